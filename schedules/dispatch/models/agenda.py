import datetime as dt
import uuid

from django.db import models
from django.db.models import Case, Q, SmallIntegerField, When

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import OutcomeKind, Section, Topic
from .meeting import DispatchMeeting, MeetingSeries

BY_SECTION = Case(
    *(When(section=section, then=place) for place, section in enumerate(Section)),
    output_field=SmallIntegerField(),
)


class AgendaCardQuerySet(models.QuerySet["AgendaCard"]):
    def backlog(self) -> "AgendaCardQuerySet":
        """Topics of a series that stand on no agenda yet (备选议题)."""
        return self.filter(meeting=None, is_removed=False)

    def on_agenda(self) -> "AgendaCardQuerySet":
        """Cards of meetings, in their order: section by section."""
        cards = self.filter(is_removed=False).exclude(meeting=None)
        return cards.order_by(BY_SECTION, "position", "pk")

    def not_come_to(self) -> "AgendaCardQuerySet":
        """Cards of meetings that nobody began, concluded anything on or put off: at the end they
        go back to the backlog."""
        return self.on_agenda().filter(
            ~Q(pk__in=Outcome.objects.filter(is_removed=False).values("card_id")),
            began_at=None,
            is_deferred=False,
        )

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.DISPATCH_VIEW
    ) -> "AgendaCardQuerySet":
        """Cards of meetings that the actor sees, the backlog of series that his organisations
        hold, and what they proposed themselves."""
        if actor is None:
            return self.none()
        meetings = DispatchMeeting.objects.visible_to(actor, permission)
        series = MeetingSeries.objects.visible_to(actor, permission)
        own = in_scope(actor, permission, "proposer")
        return self.filter(
            Q(meeting__in=meetings) | (Q(meeting=None) & (Q(series__in=series) | own))
        )


class AgendaCard(models.Model):
    """One card of an agenda, or of the backlog while it stands on none.

    `facts` are sentences with links, {text, url} each, and `figures` what the room shows large,
    {value, unit, label, tone} each, as they were at `as_of`; `chart` holds the points of a line
    with its own limits: {title, unit, points: [[label, value]], mean, lower, upper}.
    """

    PRIVACY = {
        "title": Personal("the agenda; may name people"),
        "note": Personal("the agenda; may name people"),
        "facts": Personal("the agenda; may name people"),
        "speaker_name": Personal("to know who speaks"),
        "proposed_by_name": Personal("to know who proposed it"),
    }

    series = models.ForeignKey(MeetingSeries, on_delete=models.PROTECT, related_name="cards")
    meeting = models.ForeignKey(
        DispatchMeeting, null=True, blank=True, on_delete=models.PROTECT, related_name="cards"
    )
    position = models.PositiveSmallIntegerField("次序", default=0)
    section = models.CharField("部分", max_length=12, choices=Section)
    topic = models.CharField("缘由", max_length=12, choices=Topic)
    title = models.CharField("议题", max_length=100)
    note = models.CharField("说明", max_length=500, blank=True)
    facts = models.JSONField(default=list)
    figures = models.JSONField(default=list)
    chart = models.JSONField(default=dict)
    as_of = models.DateTimeField("数据截至", null=True)
    organization = models.ForeignKey(
        "orgs.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    speaker_name = models.CharField("汇报人", max_length=50, blank=True)
    minutes = models.PositiveSmallIntegerField("分钟", default=5)
    is_chair = models.BooleanField("主持人议题", default=False)  # no limit of speech
    # What it came from: a kind of exception and the key of it, a mark on a report, a proposal.
    origin = models.CharField(max_length=60, blank=True)
    proposer = models.ForeignKey(
        "orgs.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by_name = models.CharField("提出人", max_length=100, blank=True)
    proposed_at = models.DateTimeField("提出于", null=True)
    deferred_count = models.PositiveSmallIntegerField("顺延次数", default=0)
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    # Somebody has written at what the agenda had found: from then on it is left as it is.
    is_written = models.BooleanField("人工改过", default=False)
    is_deferred = models.BooleanField("改到下次会", default=False)
    is_removed = models.BooleanField("移去", default=False)
    began_at = models.DateTimeField("开始于", null=True)
    # Of the card that the meeting is at; what it took before is in `spent_seconds`.
    running_since = models.DateTimeField("正在议", null=True)
    spent_seconds = models.PositiveIntegerField("用时（秒）", default=0)
    revision = models.PositiveIntegerField(default=1)

    objects = AgendaCardQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={
            "edit": Move("修改"),
            "place": Move("列入议程"),
            "defer": Move("顺延"),
            "remove": Move("移去"),
            "begin": Move("开始"),
            "refresh": Move("更新数字"),
            "rest": Move("停表"),
        },
        stale="另一人刚刚改过这个议题。请核对下面的最新内容后再改，写的字都在。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["position", "pk"]
        constraints = [
            # The agenda drafts itself any number of times: what it found stands there once.
            models.UniqueConstraint(
                fields=["meeting", "origin"],
                condition=~Q(origin="") & Q(is_removed=False),
                name="card_of_origin_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def seconds_used(self, now: dt.datetime) -> int:
        """What the card has taken by `now`, with the time that is running."""
        since = self.running_since
        return self.spent_seconds + (max(0, int((now - since).total_seconds())) if since else 0)


class CardMove(models.Model):
    """A card that was taken off the agenda of a meeting that had not begun, as it was called then.
    The minutes of that meeting say where it is now, and the next agenda where it comes from."""

    PRIVACY = {"title": Personal("the agenda as it was; may name people")}

    card = models.ForeignKey(AgendaCard, on_delete=models.PROTECT, related_name="moves")
    meeting = models.ForeignKey(
        DispatchMeeting, on_delete=models.PROTECT, related_name="cards_moved"
    )
    title = models.CharField("议题", max_length=100)
    at = models.DateTimeField("移于")

    class Meta:
        verbose_name = verbose_name_plural = "议题改期"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["card", "meeting"], name="card_left_meeting_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Outcome(models.Model):
    """What was concluded on a card: a text, a new item, or one that exists. A card has several."""

    PRIVACY = {
        "text": Personal("the minutes; may name people"),
        "written_by_name": Personal("to know who recorded it"),
    }

    # Made by who types: sent again after a broken line, it is the same outcome.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    card = models.ForeignKey(AgendaCard, on_delete=models.PROTECT, related_name="outcomes")
    position = models.PositiveSmallIntegerField("次序", default=0)
    kind = models.CharField("类别", max_length=10, choices=OutcomeKind)
    text = models.CharField("内容", max_length=500, blank=True)
    item = models.ForeignKey(
        "action_items.ActionItem", null=True, on_delete=models.PROTECT, related_name="outcomes"
    )
    is_removed = models.BooleanField(default=False)
    written_by_name = models.CharField("记录人", max_length=100)
    written_at = models.DateTimeField("记录于")
    revision = models.PositiveIntegerField(default=1)

    machine = Machine(
        revision="revision",
        moves={"write": Move("记录"), "remove": Move("删去")},
        stale="另一人刚刚改过这条结论。下面对照两处文字，选定后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "结论"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
