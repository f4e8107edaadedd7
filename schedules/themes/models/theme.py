import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import periods
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import STEP
from orgs.permissions import Permission

from ..enums import Conclusion, DateKind, ThemeState
from ..rules import ORIGIN

TOLD = (ThemeState.RUNNING, ThemeState.CONCLUDED)


class ThemeQuerySet(models.QuerySet["Theme"]):
    def visible_to(self, actor: Actor | None) -> "ThemeQuerySet":
        """Those held in the actor's scope, as drafts only for who keeps them; and, once they are
        published, those held above his organisation."""
        if actor is None:
            return self.none()
        kept = in_scope(actor, Permission.THEME_EDIT)
        told = in_scope(actor, Permission.THEME_VIEW)
        if Permission.THEME_VIEW in actor.permissions:
            path = actor.organization_path
            above = [path[:end] for end in range(STEP, len(path) + 1, STEP)]
            told |= Q(organization__path__in=above)
        return self.filter(kept | (told & Q(state__in=TOLD)))

    def running(self) -> "ThemeQuerySet":
        """Published, without a conclusion."""
        return self.filter(state=ThemeState.RUNNING)


class Theme(models.Model):
    """一季一主题: a campaign of a quarter over figures that exist. It asks nobody for a plan, a
    progress report or a summary (若干规定)."""

    PRIVACY = {
        "origin": Personal("where the theme was seen; may name people"),
        "reason": Personal("why it was concluded so; may name people"),
        "published_by_name": Personal("to know who published"),
        "concluded_by_name": Personal("to know who concluded"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="主办单位"
    )
    quarter = models.CharField("季度", max_length=8)
    title = models.CharField("主题", max_length=30)
    basis = models.CharField("依据", max_length=200)
    origin = models.CharField("从哪里看出来的", max_length=ORIGIN, blank=True)
    classes = models.JSONField("支部类型", default=list)  # empty: all
    state = models.CharField("状态", max_length=10, choices=ThemeState, default=ThemeState.DRAFT)
    # Something that truly must be done once: a kind of duty, which opens as a plan of the quarter.
    step_kind = models.CharField("要办一次的事", max_length=40, blank=True)
    plan = models.ForeignKey(
        "schedules.Plan", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("拟于")
    published_at = models.DateTimeField("发布于", null=True)
    published_by_name = models.CharField(max_length=100, blank=True)
    read_at = models.DateTimeField("数据截至", null=True)
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    concluded_at = models.DateTimeField("作结论于", null=True)
    concluded_by_name = models.CharField(max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ThemeQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=[ThemeState.DRAFT]),
            "publish": Move("发布", from_=[ThemeState.DRAFT], to=ThemeState.RUNNING),
            "drop": Move("不办", from_=[ThemeState.DRAFT], to=ThemeState.DROPPED),
            "rescope": Move("改范围", from_=[ThemeState.RUNNING]),
            "arrange": Move("改日子", from_=[ThemeState.DRAFT, ThemeState.RUNNING]),
            "conclude": Move("作结论", from_=[ThemeState.RUNNING], to=ThemeState.CONCLUDED),
        },
        refusal="这个主题现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这个主题。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "季度主题"
        ordering = ["-quarter", "-pk"]
        constraints = [
            # Each quarter has one: of two who publish at once the second is told.
            models.UniqueConstraint(
                fields=["organization", "quarter"],
                condition=Q(state__in=["running", "concluded"]),
                name="theme_once_a_quarter",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("themes:theme-detail", args=[self.uid])

    @property
    def number(self) -> str:
        """Its number in the register of what is asked for: its quarter has one theme."""
        return f"题〔{self.quarter[:4]}〕{self.quarter[-1]}号"

    @property
    def is_draft(self) -> bool:
        """Whether nobody is told of it yet."""
        return self.state == ThemeState.DRAFT

    @property
    def is_running(self) -> bool:
        """Whether its figures are still read."""
        return self.state == ThemeState.RUNNING

    @property
    def begins_on(self) -> dt.date:
        """Its first day: that of the quarter, or the day it was published, if later."""
        first = periods.first_day(self.quarter)
        if self.published_at is None:
            return first
        return max(first, self.published_on)

    @property
    def published_on(self) -> dt.date:
        """The day on which its start was taken down."""
        if self.published_at is None:
            raise ValueError(f"{self} is not published")
        return timezone.localdate(self.published_at)

    @property
    def ends_on(self) -> dt.date:
        """The last day of its quarter."""
        return periods.last_day(self.quarter)


class ThemeCommittee(models.Model):
    """A committee to which a theme is limited; a theme without any is for all."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="limits")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "主题范围"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "organization"], name="theme_committee_once")
        ]

    def __str__(self) -> str:
        return str(self.organization)


class ThemeFigure(models.Model):
    """A registered figure that a theme is to move, the goal for each organisation, and by when."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField("次序")
    key = models.CharField("指标", max_length=60)
    goal = models.DecimalField("目标", max_digits=8, decimal_places=2)
    due_on = models.DateField("到哪天")

    class Meta:
        verbose_name = verbose_name_plural = "主题指标"
        ordering = ["theme", "position"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "key"], name="theme_figure_once"),
            models.UniqueConstraint(fields=["theme", "position"], name="theme_figure_in_order"),
        ]

    def __str__(self) -> str:
        return self.key


class ThemeDate(models.Model):
    """A key date of a theme; that of a meeting or tour of the dispatch, where one is set."""

    PRIVACY = {"note": Personal("what is done on the day; may name people")}

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="dates")
    kind = models.CharField("什么", max_length=10, choices=DateKind)
    on = models.DateField("哪天")
    note = models.CharField("说明", max_length=40, blank=True)
    meeting = models.ForeignKey(
        "dispatch.DispatchMeeting",
        null=True,
        on_delete=models.SET_NULL,
        related_name="theme_dates",
        verbose_name="会议或观摩",
    )

    class Meta:
        verbose_name = verbose_name_plural = "主题日子"
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "kind"], name="theme_date_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def day(self) -> dt.date:
        """The meeting's, where there is one: it may have been moved since."""
        return self.on if self.meeting is None else timezone.localdate(self.meeting.starts_at)


class ThemeRemark(models.Model):
    """The one sentence that a committee may say about a theme, and need not."""

    PRIVACY = {
        "text": Personal("what a committee says of a theme; may name people"),
        "by_name": Personal("to know who said it"),
    }

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="remarks")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField("想说的一句话", max_length=60)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"say": Move("改写")},
        stale="本单位另一人刚刚改过这句话。请对照后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "主题留言"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "organization"], name="theme_remark_once"),
        ]

    def __str__(self) -> str:
        return self.text
