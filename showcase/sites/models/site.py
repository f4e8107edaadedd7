import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission
from schedules.rounds.models import Evidence

from ..enums import SiteState, SiteStepKind
from ..rules import AHEAD, BACKGROUND, PRACTICE, PUBLIC, RESULT
from .programme import AwardProgramme

OPEN = (SiteState.DRAFT, SiteState.RETURNED)
IN_FORCE = (SiteState.NAMED, SiteState.WARNED)
LIVE = (*OPEN, SiteState.SENT, *IN_FORCE)


class DemonstrationSiteQuerySet(models.QuerySet["DemonstrationSite"]):
    def within_reach(self, actor: Actor | None) -> "DemonstrationSiteQuerySet":
        """Those of the actor's scope with all that is said of them: applications, cards, warnings. A
        draft is shown to nobody but who may write it."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.SITE_APPLY)
        told = in_scope(actor, Permission.SITE_VIEW) & ~Q(state=SiteState.DRAFT)
        return self.filter(own | told)

    def visible_to(self, actor: Actor | None) -> "DemonstrationSiteQuerySet":
        """What is within reach; and of the whole zone the sites that are in force, which have a plaque
        at the door."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.SITE_APPLY)
        told = in_scope(actor, Permission.SITE_VIEW) & ~Q(state=SiteState.DRAFT)
        public = Q(pk__in=[])
        if Permission.SITE_VIEW in actor.permissions:
            public = Q(state__in=IN_FORCE)
        return self.filter(own | told | public)

    def in_force(self) -> "DemonstrationSiteQuerySet":
        """Named, and the plaque not taken."""
        return self.filter(state__in=IN_FORCE)

    def to_review(self, day: dt.date) -> "DemonstrationSiteQuerySet":
        """Those to be looked at again by then, and those whose time to put things right is over."""
        return self.filter(
            Q(state=SiteState.NAMED, next_review_on__lte=day)
            | Q(state=SiteState.WARNED, warned_until__lte=day)
        )


class DemonstrationSite(models.Model):
    """示范点: an application, and from its naming on the site with its plaque."""

    PRIVACY = {
        "background": Personal("why the organisation applies; may name people"),
        "practice": Personal("what the organisation does; may name people"),
        "result": Personal("what came of it; may name people"),
        "responsible_name": Personal("to know who answers for the site"),
        "public_text": Personal("what the zone is told of the site; may name people"),
        "reason": Personal("why it was decided so; may name people"),
        "sent_by_name": Personal("to show who applied"),
        "decided_by_name": Personal("to show who decided"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        AwardProgramme, on_delete=models.PROTECT, related_name="sites", verbose_name="创建项目"
    )
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    title = models.CharField("名称", max_length=60)
    background = models.CharField("背景", max_length=BACKGROUND, blank=True)
    practice = models.CharField("做法", max_length=PRACTICE, blank=True)
    result = models.CharField("成效", max_length=RESULT, blank=True)
    responsible_name = models.CharField("负责人", max_length=50, blank=True)
    state = models.CharField("状态", max_length=10, choices=SiteState, default=SiteState.DRAFT)
    created_at = models.DateTimeField("拟于")
    sent_at = models.DateTimeField("申报于", null=True)
    sent_by_name = models.CharField(max_length=100, blank=True)
    plaque_number = models.CharField("牌号", max_length=40, blank=True)
    named_on = models.DateField("命名日期", null=True)
    public_text = models.CharField("公开介绍", max_length=PUBLIC, blank=True)
    next_review_on = models.DateField("下次复核", null=True)
    warned_on = models.DateField("警示日期", null=True)
    warned_until = models.DateField("整改期限", null=True)
    removed_on = models.DateField("摘牌日期", null=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_at = models.DateTimeField("决定于", null=True)
    decided_by_name = models.CharField(max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = DemonstrationSiteQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=OPEN),
            "send": Move("申报", from_=OPEN, to=SiteState.SENT),
            "send_back": Move("退回补充", from_=[SiteState.SENT], to=SiteState.RETURNED),
            "withdraw": Move("撤回", from_=[*OPEN, SiteState.SENT], to=SiteState.WITHDRAWN),
            "decline": Move("不命名", from_=[SiteState.SENT], to=SiteState.DECLINED),
            "review": Move("安排评审", from_=[SiteState.SENT]),
            "judge": Move("评审结束"),
            "check": Move("现场核查", from_=[SiteState.SENT, *IN_FORCE]),
            "name": Move("命名授牌", from_=[SiteState.SENT], to=SiteState.NAMED),
            "register": Move("登记已有", from_=[SiteState.DRAFT], to=SiteState.NAMED),
            "renew": Move("复核保留", from_=IN_FORCE, to=SiteState.NAMED),
            "warn": Move("限期整改", from_=[SiteState.NAMED], to=SiteState.WARNED),
            "remove": Move("摘牌", from_=IN_FORCE, to=SiteState.REMOVED),
            "follow": Move("随组织并入"),
        },
        refusal="现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "示范点"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization"],
                condition=Q(state__in=["draft", "sent", "returned", "named", "warned"]),
                name="demonstration_site_once",
            ),
            # A number is given once, also when its site is none any more.
            models.UniqueConstraint(
                fields=["programme", "plaque_number"],
                condition=~Q(plaque_number=""),
                name="plaque_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("sites:site-detail", args=[self.uid])

    @property
    def is_open(self) -> bool:
        """Whether its words may still be changed by who applies."""
        return self.state in OPEN

    @property
    def is_in_force(self) -> bool:
        """Whether it has its plaque."""
        return self.state in IN_FORCE

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked at again now, or soon."""
        if self.state == SiteState.WARNED:
            return self.warned_until is not None and self.warned_until <= clock.today()
        return (
            self.state == SiteState.NAMED
            and self.next_review_on is not None
            and self.next_review_on <= clock.today() + AHEAD
        )


class SiteStep(Step):
    """A step of an application or a site, as its timeline shows it."""

    site = models.ForeignKey(DemonstrationSite, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=SiteStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "示范点经过"


class SiteEvidence(Evidence):
    """A record of another slice that shows what the application says."""

    site = models.ForeignKey(DemonstrationSite, on_delete=models.CASCADE, related_name="evidence")

    class Meta(Evidence.Meta):
        verbose_name = verbose_name_plural = "示范点佐证"
        indexes = [models.Index(fields=["uid"], name="site_evidence_of")]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind", "uid"], name="site_evidence_once"),
        ]


class SiteAttachment(Attachment):
    """A photograph or a file of an application or a site."""

    site = models.ForeignKey(
        DemonstrationSite, on_delete=models.CASCADE, related_name="attachments"
    )

    class Meta:
        verbose_name = verbose_name_plural = "示范点附件"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "sha256"],
                condition=Q(state="ready"),
                name="site_attachment_once",
            ),
        ]
