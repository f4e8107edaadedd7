import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed
from assessments.schemes.models.scheme import above
from core.actor import Actor
from core.models import Attachment
from core.privacy import Personal
from core.states import SAME, Machine, Move
from orgs.access import in_scope, not_recused
from orgs.permissions import Permission
from orgs.roles import Reviewer

from ..enums import RoundState

ABOUT = {ASSESSED: "assessed_id"}  # people are named, and keep out, for one of the assessed


class BallotRoundQuerySet(models.QuerySet["BallotRound"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "BallotRoundQuerySet":
        """Those of cycles that the actor's organisations hold, and those that he counts as one who
        is named for the organisation; the own organisation's once the result is sealed."""
        if actor is None:
            return self.none()
        own = Assessed.objects.own(actor).filter(cycle__state=CycleState.SEALED)
        held = in_scope(actor, permission, "assessed__cycle__organization")
        held &= not_recused(actor, permission, "assessed__organization", ABOUT)
        named = in_scope(actor, Permission.ASSESSMENT_REVIEW, "assessed__organization", ABOUT)
        others = (held | named) & ~self.of_own(actor)
        return self.filter(others | Q(assessed__in=own.values("pk")))

    @staticmethod
    def of_own(actor: Actor) -> Q:
        """The condition that a round is of the organisation that the actor acts for, or of one that
        this lies in. Who is there as 考核组成员 does not belong to it."""
        path = "" if actor.role == Reviewer.key else actor.organization_path
        return Q(assessed__organization__path__in=above(path)) if path else Q(pk__in=[])

    def to_count(self, actor: Actor) -> "BallotRoundQuerySet":
        """Those that the actor may count, as who holds the cycle or by name; never those of the own
        organisation."""
        held = in_scope(actor, Permission.ASSESSMENT_RUN, "assessed__cycle__organization")
        held &= not_recused(actor, Permission.ASSESSMENT_RUN, "assessed__organization", ABOUT)
        named = in_scope(actor, Permission.ASSESSMENT_REVIEW, "assessed__organization", ABOUT)
        return self.filter(held | named).exclude(self.of_own(actor))

    def going(self) -> "BallotRoundQuerySet":
        """Those that are not counted to the end."""
        return self.exclude(state=RoundState.DONE)


class BallotRound(models.Model):
    """一次测评: the paper ballot on one of the assessed for one indicator. Whoever comes in by the
    counts is written into `BallotCount`; the figures here are there once two persons agree."""

    PRIVACY = {
        "reason": Personal("why counts were settled or made anew; may name people"),
        "reason_by_name": Personal("to know who settled them"),
        "place": Personal("where the ballot was held; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessed = models.ForeignKey(
        Assessed, on_delete=models.CASCADE, related_name="ballot_rounds", verbose_name="单位"
    )
    indicator = models.CharField("指标", max_length=40)
    held_on = models.DateField("测评日期")
    place = models.CharField("场合", max_length=100)
    state = models.CharField("状态", max_length=10, choices=RoundState, default=RoundState.OPEN)
    take = models.PositiveSmallIntegerField("第几次计票", default=1)
    issued = models.PositiveIntegerField("发出", null=True)
    collected = models.PositiveIntegerField("收回", null=True)
    votes = models.JSONField("票数", default=dict)
    invalid = models.PositiveIntegerField("无效", null=True)
    reason = models.CharField("核对或重计的理由", max_length=300, blank=True)
    reason_by_name = models.CharField("核对人", max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = BallotRoundQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "arrange": Move("改日期和场合", from_=[RoundState.OPEN], to=SAME),
            "agree": Move("两人一致", from_=[RoundState.OPEN], to=RoundState.DONE),
            "differ": Move("两人不一致", from_=[RoundState.OPEN], to=RoundState.DIFFERING),
            "settle": Move("核对", from_=[RoundState.DIFFERING], to=RoundState.DONE),
            "reopen": Move(
                "重新计票", from_=[RoundState.DIFFERING, RoundState.DONE], to=RoundState.OPEN
            ),
        },
        refusal="这次测评现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办理过这次测评。请核对后再办。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "测评"
        ordering = ["assessed_id", "indicator"]
        constraints = [
            models.UniqueConstraint(fields=["assessed", "indicator"], name="ballot_round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.indicator}"

    def get_absolute_url(self) -> str:
        return reverse("ballots:round", args=[self.uid])

    @property
    def valid(self) -> int:
        """The valid ballots."""
        return sum(self.votes.values())


class BallotCount(models.Model):
    """计票: what one of two persons counted, by himself. `take` tells the counts of a ballot that is
    counted anew from those before."""

    PRIVACY = {"by_name": Personal("to know who counted")}

    round = models.ForeignKey(BallotRound, on_delete=models.CASCADE, related_name="counts")
    take = models.PositiveSmallIntegerField("第几次计票")
    seat = models.PositiveSmallIntegerField("第几人")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField("计票人", max_length=100)
    issued = models.PositiveIntegerField("发出")
    collected = models.PositiveIntegerField("收回")
    votes = models.JSONField("票数")
    invalid = models.PositiveIntegerField("无效")

    class Meta:
        verbose_name = verbose_name_plural = "计票"
        ordering = ["round_id", "take", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["round", "take", "seat"], name="ballot_count_once"),
            models.CheckConstraint(condition=Q(seat__in=[1, 2]), name="ballot_count_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.take}/{self.seat}"


class CountScan(Attachment):
    """The signed sheet of a count (计票单)."""

    round = models.ForeignKey(BallotRound, on_delete=models.CASCADE, related_name="scans")

    class Meta:
        verbose_name = verbose_name_plural = "计票单扫描件"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sha256"], condition=Q(state="ready"), name="count_scan_once"
            ),
        ]
