"""The way of a report: saved, sent, checked item by item, looked at again, reopened."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse

from core import audit, clock, states
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from orgs.access import expect_still
from orgs.permissions import Permission

from .. import item_kinds
from ..enums import DutyState, ItemKind, ItemState, StepKind
from ..models import Duty, Report, ReportItem, ReportStep, ReportVersion
from ..planned import sent_text
from ..queries import books
from ..queries.calendar import load
from ..queries.openings import mending
from ..queries.reports import (
    EDITABLE_ITEMS,
    accepted_above_report,
    findings,
    live_figures,
    shown_values,
)
from ..validation import clean_value
from . import duties

# Saves by the same person within this time are one version: a version is a sitting, not a key.
SITTING = dt.timedelta(minutes=15)
# Between two saves further apart than this the person was doing something else.
SENT = ("value", "sent_text", "explanation", "reply")
CHECKED = ("return_reason", "reply", "checked_by_name", "checked_at")


class StaleReport(states.Stale):
    """Somebody saved in between. Carries what is stored now, so that both can be shown."""

    def __init__(self, report: Report, values: Mapping[str, Any]) -> None:
        who = report.saved_by_name or "另一人"
        super().__init__(f"{who}刚刚保存过这份报表。下面对照两处文字，选定后再保存。", report)
        self.report = report
        self.values = values


class NotReady(DomainError):
    """The report has findings that stop its sending, or warnings without an explanation."""

    status = 422

    def __init__(self, found: list[Any]) -> None:
        super().__init__("还有需要补正或说明的地方，报送前请处理。", code="not_ready")
        self.findings = found
        self.errors = [
            {"field": one.item_key, "level": one.level, "message": one.message} for one in found
        ]


def _locked(report_id: int) -> Report:
    """The report, locked for this transaction where the database can."""
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("organization__parent", "duty__plan", "definition")
        .prefetch_related("items")
        .get(pk=report_id)
    )


def _move(report: Report, act: str, revision: int, **changes: Any) -> None:
    """Moves the report on, if it still is what the person saw. Raises Conflict otherwise."""
    try:
        Report.machine.move(report, act, revision=revision, **changes)
    except states.Stale as error:
        raise _stale(report.pk) from error


def _stale(report_id: int) -> StaleReport:
    fresh = _locked(report_id)
    return StaleReport(fresh, shown_values(fresh))


def _refuse_past_lock(report: Report, now: dt.datetime) -> None:
    if report.duty.is_locked(now):
        raise DomainError(
            f"{report.duty.title}已于 {report.duty.locks_at:%Y-%m-%d} 锁定，不再接收。"
            "确需补报，请上级党组织重新开放。",
            code="locked",
        )


def refuse_accepted_above(report: Report) -> None:
    """Once the report above is accepted, what was sent for it stands still (reopen that one
    first). Who has not sent yet, or has something to mend, is not shut out by it."""
    above = accepted_above_report(report)
    if above is not None:
        name = report.duty.plan.name
        raise DomainError(
            f"{above}的{report.duty.title}已通过，已报送的下级{name}随之锁定。"
            f"确需更正，请先重新打开上级的{name}。",
            code="locked_above",
        )


@action
def save_draft(
    *,
    report: Report,
    revision: int,
    typed: Mapping[str, Any],
    by: Actor,
    replies: Mapping[str, str] | None = None,
    outcomes: Sequence[Mapping[str, Any]] | None = None,
) -> Report:
    """Stores what was typed (item key -> text or list of texts) into the items still open, with
    `replies` to what came back (item key -> text), and what became of what was planned before
    (`outcomes`).

    Nothing changed, nothing written. `revision` is the one the person's page was made from.
    Raises StaleReport when somebody saved in between, Conflict when the report is not open.
    """
    report = _locked(report.pk)
    changed = _apply_typed(report, typed, replies or {})
    told = {"outcomes": list(outcomes)} if outcomes is not None else {}
    if not changed and told.get("outcomes", report.outcomes) == report.outcomes:
        Report.machine.expect(report, "save")
        return report
    now = clock.now()
    _move(
        report,
        "save",
        revision,
        **told,
        saved_by_name=by.name,
        saved_at=now,
        started_at=report.started_at or now,
    )
    ReportItem.objects.bulk_update(changed, ["value", "reply"])
    _keep_version(report, by, now, is_submission=False)
    _audit(report, "save", by, {"items": [None, [item.key for item in changed]]})
    return report


def _apply_typed(
    report: Report, typed: Mapping[str, Any], replies: Mapping[str, str]
) -> list[ReportItem]:
    """Puts `typed` and `replies` into the open items; returns those that changed."""
    specs = {spec["key"]: spec for spec in report.definition.items}
    changed = []
    for item in report.items.all():
        reply = replies.get(item.key, item.reply).strip()[:300]
        if item.state == ItemState.RETURNED and reply != item.reply:
            item.reply = reply
            changed.append(item)
        if item.key not in typed or item.state not in EDITABLE_ITEMS:
            continue
        if not item_kinds.of(item.kind).is_typed:
            continue
        value, _ = clean_value(specs[item.key], typed[item.key])
        if value != item.value:
            item.value = value
            if item not in changed:
                changed.append(item)
    return changed


def _is_whole(report: Report, typed: Mapping[str, Any]) -> bool:
    """Whether `typed` has every open text, so that nothing unseen would be sent with it."""
    return all(
        item.key in typed
        for item in report.items.all()
        if item.state in EDITABLE_ITEMS and item_kinds.of(item.kind).is_typed
    )


def _keep_version(report: Report, by: Actor, now: dt.datetime, *, is_submission: bool) -> None:
    values = {item.key: item.value for item in report.items.all()}
    last = None if is_submission else report.versions.first()
    if (
        last is not None
        and not last.is_submission
        and last.saved_by_id == by.user_id
        and now - last.saved_at < SITTING
    ):
        ReportVersion.objects.filter(pk=last.pk).update(
            values=values, saved_at=now, revision=report.revision
        )
        return
    ReportVersion.objects.create(
        report=report,
        revision=report.revision,
        values=values,
        saved_by_name=by.name,
        saved_by_id=by.user_id,
        saved_at=now,
        is_submission=is_submission,
    )


@action
def submit(
    *,
    report: Report,
    revision: int,
    typed: Mapping[str, Any],
    explanations: Mapping[str, str],
    by: Actor,
    replies: Mapping[str, str] | None = None,
    outcomes: Sequence[Mapping[str, Any]] | None = None,
) -> Report:
    """Sends the report with what was typed: freezes its figures, puts every open item before the
    checker, with `replies` to what came back.

    Only items that are still open are sent; what was accepted before stays accepted. Raises
    NotReady with the findings, StaleReport when somebody saved something else in between, or
    Conflict when it has been sent already.
    """
    now = clock.now()
    report = _locked(report.pk)
    Report.machine.expect(report, "submit")
    if report.duty.state == DutyState.WAIVED:
        raise DomainError(f"{report.duty.title}已免报，不必报送。", code="waived")
    _refuse_past_lock(report, now)
    changed = _apply_typed(report, typed, replies or {})
    if report.revision != revision and (changed or not _is_whole(report, typed)):
        fresh = _locked(report.pk)
        raise StaleReport(fresh, shown_values(fresh))
    values = {item.key: item.value for item in report.items.all()}
    open_items = [item for item in report.items.all() if item.state in EDITABLE_ITEMS]
    figures_at, near = report.figures_at, books.neighbours(report)
    if any(item.kind == ItemKind.FIGURES for item in open_items):
        live = books.live_window(report, near)
        figures_at, frozen = books.freezing(live, now)
        counted = books.kept(live_figures(report, live), frozen)
    specs = {spec["key"]: spec for spec in report.definition.items}
    for item in open_items:
        if item.kind == ItemKind.FIGURES:
            item.value = values[item.key] = counted
        item.explanation = str(explanations.get(item.key, item.explanation)).strip()[:300]
    if outcomes is not None:
        report.outcomes = list(outcomes)
    for item in open_items:
        asked = (item.key, item.kind)
        item.sent_text = sent_text(asked, item.value, specs.get(item.key), report.outcomes)
    found = findings(report, values, near)
    explained = {item.key for item in open_items if len(item.explanation) >= 2}
    if any(f.level == "error" or f.item_key not in explained for f in found):
        raise NotReady(found)
    again = report.submitted_at is not None
    _move(
        report,
        "submit",
        report.revision,
        submitted_at=now,
        submitted_by_id=by.user_id,
        submitted_by_name=by.name,
        saved_by_name=by.name,
        figures_at=figures_at,
        started_at=report.started_at or now,
        saved_at=now,
        outcomes=report.outcomes,
    )
    ReportItem.machine.write(dict.fromkeys(open_items, "submit"), SENT)
    _move_duty(
        report,
        "submit",
        submitted_at=report.duty.submitted_at or now,
        sent_at=now,
        check_begun_at=None,
        check_begun_by_id=None,
        check_begun_by_name="",
    )
    _keep_version(report, by, now, is_submission=True)
    kind = StepKind.RESUBMITTED if again else StepKind.SUBMITTED
    said = "；".join(f"{item.title}：{item.reply}" for item in open_items if item.reply)
    _step_of(report, kind, by, items=len(open_items), text=f"回复：{said}" if said else "")
    _audit(report, "submit", by, {"items": [None, [item.key for item in open_items]]})
    return report


@action
def check(
    *,
    report: Report,
    revision: int,
    returned: Mapping[str, str],
    by: Actor,
    remark: str = "",
) -> Report:
    """Accepts every item before the checker but those in `returned` (item key -> reason).

    With nothing returned the report is accepted; a `remark` goes to its writers and asks for
    nothing. Raises NotAllowed for the person who sent it,
    DomainError for a missing reason, Conflict when somebody else has checked it.
    """
    now = clock.now()
    report = _locked(report.pk)
    expect_still(by, Permission.REPORT_CHECK, report.organization, report.duty.as_thing)
    if report.submitted_by_id in by.persons:
        raise NotAllowed("报送和核报须由不同的人办理。", code="own_report")
    before = [item for item in report.items.all() if item.state == ItemState.SUBMITTED]
    keys = {item.key for item in before}
    for key, reason in returned.items():
        if key not in keys:
            raise DomainError("要退回的项目不在待核之列，请刷新页面。", code="unknown_item")
        if len(reason.strip()) < 2:
            raise DomainError("请写明退回原因，让对方知道补什么。", field=f"reason_{key}")
        if len(reason.strip()) > 300:
            raise DomainError("退回原因请写在 300 字以内。", field=f"reason_{key}")
    remark = remark.strip()
    if len(remark) > 300:
        raise DomainError("附言请写在 300 字以内。", field="remark")
    act = "return" if returned else "accept"
    _move(report, act, revision, checked_by_path=_level_of(report, by), checked_by_id=by.user_id)
    for item in before:
        item.return_reason, item.reply = returned.get(item.key, "").strip(), ""
        item.checked_by_name, item.checked_at = by.name, now
    ReportItem.machine.write(
        {item: "return" if item.key in returned else "accept" for item in before}, CHECKED
    )
    accepted = len(before) - len(returned)
    if accepted:
        _step_of(report, StepKind.ACCEPTED, by, items=accepted, text=remark)
    if returned:
        titles = {item.key: item.title for item in before}
        text = "；".join(f"{titles[key]}：{reason.strip()}" for key, reason in returned.items())
        _step_of(report, StepKind.RETURNED, by, items=len(returned), text=text)
    _move_duty(
        report,
        act,
        returned_count=F("returned_count") + (1 if returned else 0),
        finished_at=None if returned else now,
        **(_to_mend(report) if returned else {}),
    )
    if returned:
        _tell_returned(report, by, len(returned), "；".join(filter(None, (text, remark))))
    elif remark:
        _tell(report, by, "remark", "已通过，有附言", f"{remark}\n不需要重报。")
    _audit(
        report,
        act,
        by,
        {"returned": [None, sorted(returned)], "accepted": [None, sorted(keys - set(returned))]}
        | ({"remark": [None, remark]} if remark else {}),
    )
    return report


def _level_of(report: Report, by: Actor) -> str:
    """The path of the level that checks: the checker's own, or where he does it by name the one
    directly above, in whose stead he does."""
    if by.organization_path and report.organization.path.startswith(by.organization_path):
        return by.organization_path
    return next(iter(reversed(report.organization.ancestor_paths())), "")


@action
def confirm(*, report: Report, revision: int, by: Actor) -> Report:
    """The second look: by a level above the one that accepted, and by another person than who sent
    or accepted it, whatever role he acts in. Raises NotAllowed."""
    report = _locked(report.pk)
    expect_still(by, Permission.REPORT_CONFIRM, report.organization, report.duty.as_thing)
    _refuse_second_look(report, by)
    _move(report, "confirm", revision)
    _move_duty(report, "confirm", finished_at=clock.now())
    _step_of(report, StepKind.CONFIRMED, by)
    _audit(report, "confirm", by)
    return report


def _refuse_second_look(report: Report, by: Actor) -> None:
    above = report.checked_by_path.startswith(by.organization_path)
    if not above or len(by.organization_path) >= len(report.checked_by_path):
        raise NotAllowed("复核须由核报单位的上级办理。", code="same_level")
    if report.is_work_of(by.persons):
        raise NotAllowed("复核须由另一人办理：这份报表是你报送或通过的。", code="same_person")
    if not report.duty.needs_second_look:
        raise DomainError("这一期不要求上级复核。", code="no_second_look")


@action
def reopen(*, report: Report, revision: int, reasons: Mapping[str, str], by: Actor) -> Report:
    """Opens accepted items again (item key -> reason); the trace stays in the timeline.

    Raises DomainError while the report of an organisation above is accepted.
    """
    report = _locked(report.pk)
    expect_still(by, Permission.REPORT_REOPEN, report.organization, report.duty.as_thing)
    # The closing date does not stop a reopening: it is the superior's own decision.
    refuse_accepted_above(report)
    chosen = [
        item
        for item in report.items.all()
        if item.key in reasons and item.state in (ItemState.ACCEPTED, ItemState.SUBMITTED)
    ]
    if not chosen:
        raise DomainError("请选择要重新打开的项目。", code="nothing_chosen")
    for item in chosen:
        if len(reasons[item.key].strip()) < 2:
            raise DomainError("请写明重新打开的原因。", field="reason")
    _move(report, "reopen", revision)
    for item in chosen:
        item.return_reason = reasons[item.key].strip()[:300]
        item.checked_by_name, item.checked_at = by.name, clock.now()
    ReportItem.machine.write(dict.fromkeys(chosen, "reopen"), CHECKED)
    text = "；".join(f"{item.title}：{item.return_reason}" for item in chosen)
    _move_duty(report, "return", finished_at=None, **_to_mend(report))
    _step_of(report, StepKind.REOPENED, by, items=len(chosen), text=text)
    _tell_returned(report, by, len(chosen), text)
    _audit(report, "reopen", by, {"items": [None, [item.key for item in chosen]]})
    return report


def _to_mend(report: Report) -> dict[str, Any]:
    """A return has a day of its own, however long ago the deadline was."""
    mend_by, mend_at = mending(report.duty.plan, load())
    return {"mend_by": mend_by, "mend_at": mend_at}


def _tell(report: Report, by: Actor, what: str, title: str, text: str) -> None:
    report.duty.organization = report.organization  # the same, and read already
    duties.tell_writers(
        report.duty,
        by=by,
        key=f"{what}:{report.pk}:{report.revision}",
        title=f"{report.duty.title}{title}",
        text=text,
        url=reverse("schedules:report-detail", args=[report.pk]),
    )


def _tell_returned(report: Report, by: Actor, count: int, text: str) -> None:
    day = f"{report.duty.mend_by:%-m月%-d日}"
    text = f"{text}\n请在{day}前补齐；其余项目保留，不必重报。"
    _tell(report, by, "returned", f"退回 {count} 项，请补充", text)


def _move_duty(report: Report, act: str, **changes: Any) -> None:
    """Moves the report's duty on, and has the figures above it counted again."""
    Duty.machine.move(report.duty, act, **changes)
    duties.count_above(report.duty)


def _step_of(report: Report, kind: StepKind, by: Actor, *, items: int = 0, text: str = "") -> None:
    """Adds a step to the report's timeline."""
    states.tell(ReportStep(report=report, kind=kind, text=text, item_count=items), by=by)


def _audit(report: Report, act: str, by: Actor, changes: Mapping[str, Any] | None = None) -> None:
    audit.record(
        by=by,
        verb=f"schedules.report.{act}",
        obj=report,
        organization_id=report.organization_id,
        organization_path=report.organization.path,
        changes=changes,
    )
