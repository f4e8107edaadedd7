import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission
from showcase.panels.queries.seats import judged_by

from ..enums import BrandState, Passed, Phase
from ..rules import FILE, REASON
from .highlight import Highlight

TOLD = (BrandState.NAMED, BrandState.RECHECKING)
OWN = (BrandState.CANDIDATE, BrandState.CULTIVATING)
JUDGED = (BrandState.REVIEWING, BrandState.RECHECKING)
KIND = "brand"  # of what panels judge


class BrandQuerySet(models.QuerySet["Brand"]):
    def visible_to(self, actor: Actor | None) -> "BrandQuerySet":
        """Those of organisations in the actor's scope; once they are named, all: a named brand is told
        to the whole zone."""
        if actor is None or Permission.BRAND_VIEW not in actor.permissions:
            return self.none()
        judged = Q(uid__in=judged_by(actor, KIND))
        return self.filter(in_scope(actor, Permission.BRAND_VIEW) | Q(state__in=TOLD) | judged)

    def held_in(self, actor: Actor) -> "BrandQuerySet":
        """Those of organisations in the actor's scope alone."""
        return self.filter(in_scope(actor, Permission.BRAND_VIEW))

    def named(self) -> "BrandQuerySet":
        """Those that have their name today, also while they are looked at again."""
        return self.filter(state__in=TOLD)


class Brand(models.Model):
    """党建品牌: what began as a bright spot, is cultivated in dated steps, reviewed by named people,
    named, copied, and looked at again."""

    PRIVACY = {
        "slogan": Personal("what the brand says of itself; may name people"),
        "meaning": Personal("what the brand means; may name people"),
        "practice": Personal("how it works; may name people"),
        "carriers": Personal("what carries it; may name people"),
        "results": Personal("what came of it; may name people"),
        "wanted_why": Personal("why it should be looked at again; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    highlight = models.OneToOneField(
        Highlight, null=True, on_delete=models.PROTECT, related_name="brand", editable=False
    )
    name = models.CharField("名称", max_length=FILE["name"])
    slogan = models.CharField("一句话", max_length=FILE["slogan"], blank=True)
    meaning = models.CharField("内涵", max_length=FILE["meaning"], blank=True)
    method = models.CharField("工作法", max_length=FILE["method"], blank=True)
    practice = models.CharField("做法", max_length=FILE["practice"], blank=True)
    carriers = models.CharField("载体", max_length=FILE["carriers"], blank=True)
    results = models.CharField("成效", max_length=FILE["results"], blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=BrandState, default=BrandState.CANDIDATE
    )
    taken_on = models.DateField("列为候选")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    # Who judges, or judged, since it was last sent to be reviewed.
    panel = models.ForeignKey(
        "panels.Panel", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    basis = models.CharField("命名依据", max_length=REASON, blank=True)
    named_on = models.DateField("命名于", null=True)
    recheck_on = models.DateField("下次复审", null=True)
    # 建议复审: its own figures have left their limits.
    wanted_on = models.DateField("建议复审于", null=True)
    wanted_why = models.CharField("建议复审的原因", max_length=REASON, blank=True)
    ended_on = models.DateField("结束于", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = BrandQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=OWN),
            "begin": Move("列入培育", from_=[BrandState.CANDIDATE], to=BrandState.CULTIVATING),
            "plan": Move("排培育步骤", from_=OWN),
            "submit": Move("提交评审", from_=[BrandState.CULTIVATING], to=BrandState.REVIEWING),
            "arrange": Move("安排评审", from_=JUDGED),
            "return": Move("退回培育", from_=[BrandState.REVIEWING], to=BrandState.CULTIVATING),
            "name": Move("命名", from_=[BrandState.REVIEWING], to=BrandState.NAMED),
            "want": Move("建议复审", from_=[BrandState.NAMED]),
            "recheck": Move("开始复审", from_=[BrandState.NAMED], to=BrandState.RECHECKING),
            "keep": Move("复审通过", from_=[BrandState.RECHECKING], to=BrandState.NAMED),
            "inherit": Move("随合并转出"),
            "withdraw": Move("撤销", from_=TOLD, to=BrandState.WITHDRAWN),
            "drop": Move("不再培育", from_=[*OWN, BrandState.REVIEWING], to=BrandState.DROPPED),
        },
        refusal="这个品牌现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这个品牌。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "党建品牌"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "recheck_on"], name="brand_state")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("brands:brand-detail", args=[self.uid])

    @property
    def is_told(self) -> bool:
        """Whether the whole zone reads of it."""
        return self.state in TOLD

    @property
    def is_own(self) -> bool:
        """Whether its file is still written by its organisation."""
        return self.state in OWN


class BrandStep(models.Model):
    """One dated step of cultivating: what is to be done until when, and when it was."""

    PRIVACY = {"what": Personal("what is to be done; may name people")}

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField("次序")
    phase = models.CharField("阶段", max_length=12, choices=Phase)
    what = models.CharField("做什么", max_length=80)
    due_on = models.DateField("到哪天")
    done_on = models.DateField("办成于", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "培育步骤"
        ordering = ["brand", "position"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "position"], name="brand_step_in_order"),
        ]

    def __str__(self) -> str:
        return self.what


class BrandPassage(Step):
    """One step of a brand's way."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="passages")
    kind = models.CharField(max_length=12, choices=Passed)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "品牌经过"

    def __str__(self) -> str:
        return self.get_kind_display()


class BrandMark(Attachment):
    """标识: the picture of a brand, through the upload gate as every file."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="marks")

    class Meta:
        verbose_name = verbose_name_plural = "品牌标识"
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "sha256"],
                condition=Q(state="ready"),
                name="brand_mark_once",
            ),
        ]
