"""What a committee makes of what was written to it: 列入调度, taken off again, answered."""

from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import in_one_line
from orgs.access import expect_still
from orgs.permissions import Permission

from ..enums import MarkStepKind
from ..models import Report, ReportItem, ReportMark, ReportMarkStep
from ..models.mark import LONGEST_ANSWER, LONGEST_NOTE
from ..queries.reports import sent_rows
from . import duties


@action
def mark(*, item: ReportItem, row: int, note: str = "", by: Actor) -> ReportMark:
    """列入调度: puts one thing that a report says before the next meeting of the actor's committee,
    with a note for those who prepare it. Marked already, its note is the new one; with the same
    note nothing happens. Raises DomainError when the report does not say it (any more),
    NotAllowed for one's own report."""
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise DomainError(f"备注请写在 {LONGEST_NOTE} 字以内。", field="note")
    found = _mark_of(item, row, by)
    if found.is_marked and found.note == note:
        return found
    ReportMark.machine.move(
        found,
        "mark",
        note=note,
        text=_text_of(found.item, row),
        marked_by_id=by.user_id,
        marked_by_name=by.name,
        marked_at=clock.now(),
        step=ReportMarkStep(mark=found, kind=MarkStepKind.MARKED, text=note),
        by=by,
    )
    _audit(found, "mark", by, {"note": [None, note]} if note else None)
    return found


@action
def unmark(*, item: ReportItem, row: int, by: Actor) -> ReportMark | None:
    """Takes it off what waits for the meeting. Not marked (any more), nothing happens: None where
    it never was."""
    found = (
        ReportMark.objects.of_committee(by.organization_id)
        .filter(item=item, row=row)
        .select_related("report__organization", "item")
        .first()
    )
    if found is None or not found.is_marked:
        return found
    ReportMark.machine.move(
        found, "unmark", step=ReportMarkStep(mark=found, kind=MarkStepKind.UNMARKED), by=by
    )
    _audit(found, "unmark", by)
    return found


@action
def answer(*, item: ReportItem, row: int, text: str, revision: int, by: Actor) -> ReportMark:
    """Answers the branch: the answer stands on its report and comes into its inbox. A later answer
    takes the place of the earlier, which the steps keep; the same once more changes nothing.
    `revision` is that of the mark on the person's page, 0 where there was none. Raises DomainError for
    no text, Stale when somebody has marked or answered it meanwhile."""
    text = " ".join(text.split())
    if len(text) < 2:
        raise DomainError("请写明答复内容，让对方知道怎么办。", field="text")
    if len(text) > LONGEST_ANSWER:
        raise DomainError(f"答复请写在 {LONGEST_ANSWER} 字以内。", field="text")
    found = _mark_of(item, row, by)
    if found.answer == text:
        return found
    changes: dict[str, Any] = {"text": _text_of(found.item, row)} if not found.revision else {}
    ReportMark.machine.move(
        found,
        "answer",
        revision=revision,
        answer=text,
        answered_by_name=by.name,
        answered_at=clock.now(),
        step=ReportMarkStep(mark=found, kind=MarkStepKind.ANSWERED, text=text),
        by=by,
        **changes,
    )
    report = found.report
    report.duty.organization = report.organization  # the same, and read already
    duties.tell_writers(
        report.duty,
        by=by,
        key=f"mark-answer:{found.pk}:{found.revision}",
        title=f"{report.duty.title}有答复：{in_one_line([found.text])[:60]}",
        text=text,
        url=found.get_absolute_url(),
    )
    _audit(found, "answer", by, {"answer": [None, text]})
    return found


def _mark_of(item: ReportItem, row: int, by: Actor) -> ReportMark:
    """The mark of the actor's committee, made where there is none. Nobody takes the report back
    beside it. Raises DomainError where the report does not say it."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("organization__parent", "duty__plan", "definition")
        .get(pk=item.report_id)
    )
    expect_still(by, Permission.REPORT_MARK, report.organization, report.duty.as_thing)
    path = report.organization.path
    above = by.organization_path
    if not above or above == path or not path.startswith(above):
        raise NotAllowed("只能处理下级党组织的月报。", code="own_report")
    item = ReportItem.objects.get(pk=item.pk)
    item.report = report
    known = ReportMark.objects.of_committee(by.organization_id).filter(item=item, row=row).first()
    if known is None:
        known, _ = ReportMark.objects.get_or_create(
            item=item,
            row=row,
            committee_id=by.organization_id,
            defaults={
                "report": report,
                "organization": report.organization,
                "text": _text_of(item, row),
            },
        )
    known.item, known.report = item, report
    return known


def _text_of(item: ReportItem, row: int) -> str:
    text = sent_rows(item).get(row, "")
    if not text:
        raise DomainError("报表里已没有这一条，可能刚刚撤回或修改。请刷新页面。", code="gone")
    return text


def _audit(found: ReportMark, act: str, by: Actor, changes: Any = None) -> None:
    audit.record(
        by=by,
        verb=f"schedules.mark.{act}",
        obj=found,
        organization_id=found.organization_id,
        organization_path=found.report.organization.path,
        changes=changes,
    )
