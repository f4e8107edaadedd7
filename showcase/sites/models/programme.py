import datetime as dt
import uuid

from django.db import models
from django.urls import reverse

from core import clock
from core.actor import Actor
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import paths_above
from orgs.permissions import Permission

from ..enums import ProgrammeState, SiteLevel
from ..rules import MOST_YEARS, USUAL_YEARS


class AwardProgrammeQuerySet(models.QuerySet["AwardProgramme"]):
    def visible_to(self, actor: Actor | None) -> "AwardProgrammeQuerySet":
        """Those held in the actor's scope, as drafts only for who keeps them; once opened, those held
        above his organisation too."""
        if actor is None:
            return self.none()
        kept = in_scope(actor, Permission.SITE_EDIT)
        told = in_scope(actor, Permission.SITE_VIEW)
        if Permission.SITE_VIEW in actor.permissions:
            path = actor.organization_path
            told |= models.Q(organization__path__in=[*paths_above(path), path])
        return self.filter(kept | (told & ~models.Q(state=ProgrammeState.DRAFT)))

    def taking(self) -> "AwardProgrammeQuerySet":
        """Those that take applications today."""
        return self.filter(
            models.Q(closes_on=None) | models.Q(closes_on__gte=clock.today()),
            state=ProgrammeState.OPEN,
        )


class AwardProgramme(models.Model):
    """示范创建项目: under which document, by whose naming and by which criteria sites are named. There is
    none without a basis (创建示范活动管理办法)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="组织单位"
    )
    title = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=SiteLevel)
    basis = models.CharField("依据", max_length=200)
    awarded_by = models.CharField("命名机关", max_length=100)
    criteria = models.JSONField("标准", default=list)
    closes_on = models.DateField("申报截止", null=True, blank=True)
    quota = models.PositiveSmallIntegerField("拟命名数", null=True, blank=True)
    review_years = models.PositiveSmallIntegerField("复核周期（年）", default=USUAL_YEARS)
    plaque_prefix = models.CharField("牌号字头", max_length=20, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=ProgrammeState, default=ProgrammeState.DRAFT
    )
    created_at = models.DateTimeField("拟于")
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AwardProgrammeQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=[ProgrammeState.DRAFT]),
            "open": Move("开始受理", from_=[ProgrammeState.DRAFT], to=ProgrammeState.OPEN),
            "close": Move("停止申报", from_=[ProgrammeState.OPEN], to=ProgrammeState.CLOSED),
        },
        refusal="这个项目现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这个项目。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "示范创建项目"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(basis=""), name="award_programme_has_a_basis"
            ),
            models.CheckConstraint(
                condition=models.Q(review_years__gte=1, review_years__lte=MOST_YEARS),
                name="award_programme_is_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("sites:programme-detail", args=[self.uid])

    @property
    def takes_applications(self) -> bool:
        """Whether somebody can apply today. No query."""
        return self.state == ProgrammeState.OPEN and not self.is_over(clock.today())

    def is_over(self, day: dt.date) -> bool:
        """Whether the day of applying has passed."""
        return self.closes_on is not None and self.closes_on < day
