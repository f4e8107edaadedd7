"""What committees above made of what a report says, as its page shows it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.actor import Actor
from orgs.permissions import Permission

from .. import mark_outcomes
from ..models import Report, ReportMark


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer of one committee, what became of it, and whether the reader sees that it waits for
    a meeting: its writer does not."""

    mark: ReportMark
    outcomes: Sequence[mark_outcomes.Outcome]
    is_marked: bool


def answers_of(actor: Actor, report: Report) -> dict[int, list[AnswerView]]:
    """Item id -> what is said of it, lower committees first. One query, and those of the higher
    slices; none before the report was ever sent."""
    if report.submitted_at is None:
        return {}
    marks = list(
        ReportMark.objects.filter(report=report)
        .select_related("committee")
        .order_by("row", "-committee__path")
    )
    outcomes = mark_outcomes.of(actor, [mark.pk for mark in marks])
    found: dict[int, list[AnswerView]] = defaultdict(list)
    for mark in marks:
        sees = actor.may_at(Permission.REPORT_VIEW, mark.committee.path)
        one = AnswerView(mark, outcomes.get(mark.pk, ()), mark.is_marked and sees)
        if one.is_marked or one.outcomes or mark.answer:
            found[mark.item_id].append(one)
    return dict(found)
