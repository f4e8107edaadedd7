"""The lists of a cycle and their findings: how far each is, what has come back, what many share."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count as Count_
from django.db.models import Prefetch, Q, QuerySet

from assessments.cycles.models import Assessed, Cycle
from core.actor import Actor
from core.actor import system as _system
from schedules.action_items.enums import ActionState, LineState, Look
from schedules.action_items.models import ActionItem
from schedules.action_items.queries.boards import Moment

from ..enums import Stage
from ..models import CommonCause, Finding, Rectification
from ..rules import common_from

BY_ITSELF = _system().name  # who has marked a line that a fact has closed


@dataclass(slots=True)
class Count:
    """Lines of lists by how they stand: `facts` closed by themselves, `verified` by another."""

    lines: int = 0
    facts: int = 0
    verified: int = 0
    reported: int = 0
    overdue: int = 0
    credited: int = 0

    @property
    def done(self) -> int:
        """Closed, whichever way."""
        return self.facts + self.verified

    @property
    def open(self) -> int:
        """Not closed yet."""
        return self.lines - self.done

    def add(self, other: "Count") -> None:
        """Takes in another."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Listed:
    """One list with its findings and how far they are."""

    row: Rectification
    findings: Sequence[Finding]
    count: Count

    @property
    def is_lasting(self) -> bool:
        """Whether somebody else has found it lasting."""
        return self.row.item is not None and self.row.item.look == Look.LASTING

    @property
    def is_closed(self) -> bool:
        """Whether the whole list is closed."""
        return self.row.item is not None and self.row.item.state == ActionState.CLOSED

    @property
    def repeats(self) -> int:
        """How many of its findings the organisation had before."""
        return sum(one.times > 1 for one in self.findings)


@dataclass(frozen=True, slots=True)
class Issued:
    """Lists that were given out, with what they come to together."""

    lists: Sequence[Listed]

    @property
    def total(self) -> Count:
        """Their lines added up."""
        found = Count()
        for one in self.lists:
            found.add(one.count)
        return found

    @property
    def closed(self) -> int:
        """How many are closed as a whole."""
        return sum(one.is_closed for one in self.lists)

    @property
    def lasting(self) -> int:
        """How many somebody else has found lasting."""
        return sum(one.is_lasting for one in self.lists)

    @property
    def repeats(self) -> int:
        """How many of their findings the organisation had before."""
        return sum(one.repeats for one in self.lists)


def lists_of(actor: Actor, cycle: Cycle, at: Moment) -> list[Listed]:
    """The lists of a cycle that the actor sees, in the order of the tree. Two queries."""
    rows = Rectification.objects.visible_to(actor).filter(assessed__cycle=cycle)
    return _listed(rows.order_by("assessed__path"), at)


def issued_in(actor: Actor, cycle: Cycle, at: Moment) -> list[Listed]:
    """Those of them that have been given out. Two queries."""
    rows = Rectification.objects.visible_to(actor).filter(assessed__cycle=cycle)
    return _listed(rows.filter(stage=Stage.ISSUED).order_by("assessed__path"), at)


def count_issued(actor: Actor, cycle: Cycle) -> int:
    """How many these are. One query."""
    rows = Rectification.objects.visible_to(actor).filter(assessed__cycle=cycle)
    return rows.filter(stage=Stage.ISSUED).count()


def list_of(row: Rectification, at: Moment) -> Listed:
    """One list. Two queries."""
    return _listed(Rectification.objects.filter(pk=row.pk), at)[0]


def _listed(rows: QuerySet[Rectification], at: Moment) -> list[Listed]:
    findings = Finding.objects.select_related("line", "cause__cycle").with_times()
    findings = findings.order_by("number", "pk")
    wanted = rows.select_related(
        *("assessed__cycle__organization", "assessed__organization"),
        *("item__issuer", "item__owner"),
    ).prefetch_related(Prefetch("findings", findings))
    found = list(wanted)
    shown = {
        row.pk: [
            one
            for one in row.findings.all()
            if one.line_id is not None or row.stage == Stage.PROPOSED
        ]
        for row in found
    }
    return [Listed(row, shown[row.pk], count_of(row.item, shown[row.pk], at)) for row in found]


def count_of(item: ActionItem | None, findings: Iterable[Finding], at: Moment) -> Count:
    """How the findings of one list stand, by the clock of its item. No query."""
    count = Count()
    runs = item is not None and item.state in (ActionState.ISSUED, ActionState.DOING)
    for one in findings:
        count.lines += 1
        count.credited += one.credited_at is not None
        line = one.line
        if line is None or item is None:
            continue
        if line.state == LineState.DONE:
            by_fact = line.verified_by_name == BY_ITSELF
            count.facts += by_fact
            count.verified += not by_fact
        elif line.state == LineState.REPORTED:
            count.reported += 1
        elif runs and (due_on := line.due_on or item.due_on) is not None and due_on < at.line:
            count.overdue += 1
    return count


@dataclass(slots=True)
class Common:
    """An indicator at which many are found, with the findings under it, and what it was made into."""

    indicator: str
    name: str
    findings: Sequence[Finding]
    cause: CommonCause | None
    of: int  # how many are assessed

    @property
    def done(self) -> int:
        """Findings that are put right."""
        return sum(
            one.line is not None and one.line.state == LineState.DONE for one in self.findings
        )


def commons_of(cycle: Cycle, *, indicator: str = "") -> list[Common]:
    """Indicators at which so many have findings in issued lists that the cause is above them, most
    first, and those that were raised already; of one `indicator` alone when it is given. Three
    queries."""
    rows = Finding.objects.issued().with_times().filter(rectification__assessed__cycle=cycle)
    if indicator:
        rows = rows.filter(indicator=indicator)
    by_key: dict[str, list[Finding]] = defaultdict(list)
    for one in rows.select_related(
        "line__item", "rectification__assessed__organization", "rectification__item"
    ).order_by("rectification__assessed__path"):
        by_key[one.indicator].append(one)
    causes = {
        one.indicator: one
        for one in CommonCause.objects.filter(cycle=cycle).select_related(
            "item__issuer", "item__owner", "cycle"
        )
    }
    of = Assessed.objects.filter(cycle=cycle, is_out=False).count()
    least = common_from(of)
    found = [
        Common(key, some[0].name, some, causes.get(key), of)
        for key, some in by_key.items()
        if key in causes or len(some) >= least
    ]
    return sorted(found, key=lambda one: (-len(one.findings), one.indicator))


def drafts_of(cycle: Cycle) -> list[Rectification]:
    """The lists that are still drafts, with their findings, in the order of the tree. Two queries."""
    findings = Finding.objects.order_by("number", "pk")
    rows = Rectification.objects.filter(assessed__cycle=cycle, stage=Stage.PROPOSED)
    return list(
        rows.select_related("assessed__organization", "assessed__cycle__organization")
        .prefetch_related(Prefetch("findings", findings))
        .order_by("assessed__path")
    )


def findings_told(actor: Actor) -> QuerySet[Finding]:
    """Issued findings that the actor sees, newest cycle first, with their lines. One query when
    evaluated."""
    rows = Finding.objects.visible_to(actor).issued().with_times()
    return rows.select_related(
        "line__item", "rectification__assessed__cycle", "rectification__item"
    ).order_by("-rectification__assessed__cycle__period", "rectification_id", "number", "pk")


def waits_for_proposal(actor: Actor) -> Cycle | None:
    """The newest sealed cycle of the actor's organisation, where no list of it has been issued. One
    query."""
    newest = (
        Cycle.objects.filter(organization=actor.organization_id, state="sealed")
        .order_by("-period", "level")
        .first()
    )
    if newest is None:
        return None
    issued = Rectification.objects.filter(assessed__cycle=newest, stage=Stage.ISSUED)
    return None if issued.exists() else newest


def addresses(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """Addresses of lists that the actor sees. One query."""
    rows = Rectification.objects.visible_to(actor).filter(pk__in=list(ids)).only("uid")
    return {row.pk: row.get_absolute_url() for row in rows}


def cause_addresses(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """The same of common causes. One query."""
    rows = CommonCause.objects.visible_to(actor).filter(pk__in=list(ids)).select_related("cycle")
    return {row.pk: row.get_absolute_url() for row in rows}


def closed_of(cycle: Cycle) -> tuple[int, int]:
    """How many lines of a cycle's lists are closed, of how many. One query."""
    rows = Finding.objects.issued().filter(rectification__assessed__cycle=cycle)
    found = rows.aggregate(
        done=Count_("pk", filter=Q(line__state=LineState.DONE)), count=Count_("pk")
    )
    return found["done"], found["count"]


def issued_of(actor: Actor, assessed: Assessed) -> Rectification | None:
    """The list of one of the assessed that has been issued, if the actor sees it. One query."""
    rows = Rectification.objects.visible_to(actor).filter(assessed=assessed, stage=Stage.ISSUED)
    return rows.select_related("item").first()
