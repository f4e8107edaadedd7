"""民主评议党员: who is appraised at a record, what was written down, and what it comes to."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from core.actor import Actor
from orgs.models import Organization

from ..enums import Grade, LifeStepKind, MeetingKind
from ..models import Appraisal, AppraisalResult, LifeStep, Meeting
from ..models.appraisal import AppraisalQuerySet
from ..rules import may_be_excellent
from .rolls import members_on


@dataclass(frozen=True, slots=True)
class Appraised:
    """A member who takes part. `is_probationary`: gets no grade; `is_expected`: was to be there."""

    member_id: int
    name: str
    is_probationary: bool = False
    is_expected: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """What an appraisal comes to. `graded` are those with a grade."""

    taking_part: int = 0
    graded: int = 0
    grades: Mapping[str, int] | None = None
    held_on: dt.date | None = None  # where the record's day is told with it

    def of(self, grade: Grade) -> int:
        """How many have the grade."""
        return (self.grades or {}).get(grade, 0)

    @property
    def excellent_share(self) -> float | None:
        """优秀 of those graded, in percent; None where nobody is."""
        return round(self.of(Grade.EXCELLENT) * 100 / self.graded, 1) if self.graded else None

    @property
    def is_beyond(self) -> bool:
        """Whether 优秀 went to more than a third, which it generally should not."""
        return self.of(Grade.EXCELLENT) > may_be_excellent(self.graded)


def appraisal_of(record_uid: UUID) -> Appraisal | None:
    """What was written of the record, as it reads today. One query."""
    return Appraisal.objects.current().filter(record_uid=record_uid).first()


def results_of(whole: Appraisal) -> list[AppraisalResult]:
    """Its rows with their members, in the order of the roll. One query."""
    return list(whole.results.select_related("member"))


def appraised_at(record: Meeting, before: Appraisal | None) -> list[Appraised]:
    """Who is appraised: all on the organisation's roll of the record's day, also those who live
    elsewhere or are exempt, and whom `before` has a row of. Three queries, four with `before`."""
    people = [
        Appraised(one.member_id, one.name, one.is_probationary, one.is_expected)
        for one in members_on([record.organization_id], record.held_on)[record.organization_id]
    ]
    known = {one.member_id for one in people}
    gone = [
        Appraised(row.member_id, row.member.name, row.is_probationary, is_expected=False)
        for row in (results_of(before) if before else ())
        if row.member_id not in known
    ]
    return [*people, *gone]


def summary_of(results: Sequence[AppraisalResult]) -> Summary:
    """What the rows come to. No query."""
    grades = Counter(row.grade for row in results if row.grade)
    return Summary(len(results), sum(grades.values()), grades)


def written_of(records: QuerySet[Meeting], at: dt.datetime | None = None) -> AppraisalQuerySet:
    """The appraisals of the records, as they read at the moment or read today."""
    return Appraisal.objects.known(at).filter(record_uid__in=records.order_by().values("uid"))


def held(kinds: Collection[MeetingKind], at: dt.datetime | None = None) -> QuerySet[Meeting]:
    """The records of the kinds that count, as they read at the moment or read today."""
    rows = Meeting.objects.known(at).filter(kind__in=kinds)
    return rows.filter(~Exists(_withdrawn(OuterRef("uid"), at)))


Days = tuple[dt.date, dt.date]


def latest_of_days(
    actor: Actor, organizations: QuerySet[Organization], days: Days
) -> list[tuple[Appraisal, Summary]]:
    """Each organisation's appraisals held from the first day to the last that the actor sees, by
    its place in the tree, with what they come to. Two queries."""
    rows = list(_of_days(actor, organizations, days).select_related("organization"))
    sums = summaries([row.pk for row in rows])
    return [
        (row, replace(sums.get(row.pk, Summary()), held_on=getattr(row, "held_on", None)))
        for row in rows
    ]


def summaries(appraisals: Collection[int]) -> dict[int, Summary]:
    """Appraisal -> what it comes to. One query for any number."""
    wanted = {f"n_{grade}": Count("pk", filter=Q(grade=grade)) for grade in Grade.values}
    rows: Any = (
        AppraisalResult.objects.filter(appraisal__in=appraisals)
        .order_by()
        .values("appraisal")
        .annotate(n=Count("pk"), graded=Count("pk", filter=~Q(grade="")), **wanted)
    )
    return {
        row["appraisal"]: Summary(
            row["n"], row["graded"], {grade: row[f"n_{grade}"] for grade in Grade.values}
        )
        for row in rows
    }


def members_of_days(
    actor: Actor, organizations: QuerySet[Organization], days: Days
) -> list[AppraisalResult]:
    """Each member's result of those appraisals, by the organisation's place in the tree. One
    query."""
    whole = _of_days(actor, organizations, days).order_by().values("pk")
    return list(
        AppraisalResult.objects.filter(appraisal__in=whole)
        .select_related("member", "appraisal__organization")
        .order_by("appraisal__organization__path", "pk")
    )


def _of_days(actor: Actor, organizations: QuerySet[Organization], days: Days) -> AppraisalQuerySet:
    """Those of records of the days, each with its day as `held_on`."""
    records = held([MeetingKind.APPRAISAL]).filter(held_on__range=days)
    day = Meeting.objects.current().filter(uid=OuterRef("record_uid")).values("held_on")[:1]
    return (
        written_of(records)
        .visible_to(actor)
        .filter(organization__in=organizations)
        .annotate(held_on=Subquery(day))
        .order_by("organization__path", "held_on", "pk")
    )


def _withdrawn(uid: Any, at: dt.datetime | None) -> QuerySet[LifeStep]:
    steps = LifeStep.objects.filter(kind=LifeStepKind.WITHDRAWN, meeting__uid=uid)
    return steps if at is None else steps.filter(at__lte=at)
