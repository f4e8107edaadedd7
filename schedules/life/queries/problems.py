"""问题清单: the list of a record, and what the years before have left."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from core.actor import Actor
from orgs.models import Organization

from ..enums import ProblemState
from ..models import Meeting, Problem, ProblemList
from .rolls import OnRoll, members_on


def list_of(record_uid: UUID) -> ProblemList | None:
    """The record's list, if anything was written. One query."""
    return ProblemList.objects.filter(record_uid=record_uid).first()


def lines_of(whole: ProblemList, actor: Actor) -> list[Problem]:
    """Its lines that the actor may read, those of the committee first. One query."""
    rows = whole.problems.current().visible_to(actor).select_related("member")
    return sorted(rows, key=lambda row: (row.member_id is not None, row.number, row.pk))


def hidden_count(whole: ProblemList, actor: Actor) -> int:
    """How many lines there are beside those that the actor may read. One query."""
    rows = whole.problems.current()
    return rows.exclude(pk__in=rows.visible_to(actor).values("pk")).count()


def left_from_before(organization: int, year: int, actor: Actor) -> list[Problem]:
    """What a list about the year begins with: the lines of the year before, and older ones still open,
    as far as the actor may read them. One query."""
    rows = (
        Problem.objects.current()
        .visible_to(actor)
        .filter(organization=organization, list__year__lt=year)
        .filter(Q(list__year=year - 1) | Q(state=ProblemState.OPEN))
        .select_related("member", "list")
        .order_by("list__year", "list_id")
    )
    return sorted(
        rows, key=lambda row: (row.list.year, row.member_id is not None, row.number, row.pk)
    )


def reads_members_lines(actor: Actor, organization: Organization) -> bool:
    """Whether the actor is of the organisation or of the level directly above it: who reads, and
    writes, what is about single members. No query."""
    near = (organization.pk, organization.parent_id)
    return actor.organization_id is not None and actor.organization_id in near


def people_of(record: Meeting) -> list[OnRoll]:
    """The members who can stand on the record's list: the organisation's of that day. Three
    queries."""
    return members_on([record.organization_id], record.held_on)[record.organization_id]


def may_name(record: Meeting, members: Collection[int]) -> set[int]:
    """Those of the members who are of the record's organisation on its day. Three queries."""
    return {one.member_id for one in people_of(record)} & set(members)
