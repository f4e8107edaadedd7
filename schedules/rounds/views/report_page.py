"""What the page of a report shows, put together for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from core import clock, figures, periods
from core.actor import Actor
from core.errors import DomainError
from orgs.permissions import Permission
from orgs.queries.namings import own_recusal

from ..access import Rights, may_arrange, may_see_files, rights
from ..enums import ItemKind, ItemState, Outcome, ReportState, StepKind
from ..models import Report, ReportItem, ReportStep
from ..planned import PLAN_ITEM, asked
from ..queries.reports import (
    EDITABLE_ITEMS,
    is_being_mended,
    last_sent,
    mended_from,
    outcomes_sent,
    planned_before,
    previous_report,
    unsent_below,
    values_for,
    values_of,
)
from ..relations import CHECKER
from ..suggestions import Suggestion, suggestions
from ..validation import Finding, plain_text

STEP_TONES = {StepKind.RETURNED: "bad", StepKind.REOPENED: "bad"}


@dataclass(slots=True)
class ItemView:
    """One item as the page shows it."""

    item: ReportItem
    spec: Mapping[str, Any]
    is_editable: bool
    figures: Sequence[Mapping[str, Any]] = ()  # with the address that opens each
    text: str = ""
    entries: list[str] = field(default_factory=list)
    blanks: int = 0
    findings: list[Finding] = field(default_factory=list)
    explanation: str = ""
    suggestions: list[Suggestion] = field(default_factory=list)
    reason: str = ""
    sent_before: str = ""  # what came back, of an item that was mended since
    stored_text: str = ""  # what somebody else saved meanwhile, when that differs

    @property
    def needs_explanation(self) -> bool:
        """Whether a word about a warning is wanted, or was given."""
        return any(f.level == "warning" for f in self.findings) or bool(self.explanation)

    @property
    def blank_numbers(self) -> range:
        """Numbers of the entries still free."""
        return range(len(self.entries) + 1, len(self.entries) + self.blanks + 1)

    @property
    def words(self) -> str:
        """The item's text for reading."""
        return self.text or "\n".join(self.entries)


def report_page(
    actor: Actor,
    report: Report,
    *,
    typed: Mapping[str, Any] | None = None,
    found: Sequence[Finding] = (),
    explanations: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
    error: DomainError | None = None,
    stale: Any = None,
    unsaved: Sequence[tuple[str, str]] = (),
    reopen_reason: str = "",
    reopening: bool = False,
    remark: str = "",
) -> dict[str, Any]:
    """The context of the report's page. A fixed number of queries for a report of any size."""
    may = rights(actor, report)
    sent = last_sent([report.pk]) if not may.is_own and is_being_mended(report) else {}
    values = values_for(actor, report, sent.get(report.pk, {}))
    before = mended_from(report)
    previous = previous_report(report) if may.may_edit else None
    offered = suggestions(report, values, values_of(previous)) if may.may_edit else []
    asks = may.may_edit and any(
        item.key == PLAN_ITEM and item.state in EDITABLE_ITEMS for item in report.items.all()
    )
    things = planned_before(previous) if asks else []
    items = [
        _item_view(
            actor,
            item,
            next((spec for spec in report.definition.items if spec["key"] == item.key), {}),
            values.get(item.key, {}),
            may,
            typed=(typed or {}).get(item.key),
            found=[f for f in found if f.item_key == item.key],
            explanation=(explanations or {}).get(item.key, item.explanation),
            offered=[s for s in offered if s.item_key == item.key],
            reason=(reasons or {}).get(item.key, ""),
            stored=stale.values.get(item.key, {}) if stale else None,
            is_frozen=bool(sent),
            before=before.get(item.key),
        )
        for item in report.items.all()
    ]
    returned = [view for view in items if view.item.state == ItemState.RETURNED]
    return {
        "report": report,
        "rights": may,
        "items": items,
        "found": found,
        "error": error,
        "stale": stale,
        "unsaved": unsaved,
        "returned": returned,
        "send_label": _send_label(returned),
        "timeline": _timeline(report, is_own=may.is_own),
        "files": _files(report, may) if may_see_files(actor, report) else [],
        "may_arrange": may_arrange(actor, report.duty),
        "arranged": report.duty.steps.all(),
        "below": unsent_below(report),
        "is_late_now": clock.now() > report.duty.late_after and not report.submitted_at,
        "is_late_now_again": clock.now() > report.duty.late_after and report.duty.mend_by is None,
        "is_locked": report.duty.is_locked(clock.now()),
        "reopen_reason": reopen_reason,
        "reopening": reopening,
        "planned": asked(things, report.outcomes),
        "outcomes": outcomes_sent(report),
        "outcome_choices": Outcome.choices,
        "next_day": _next_day(report),
        "previous_word": periods.previous_word(periods.cadence_of(report.period)),
        "remark": remark,
        "said": _remark_of(report) if may.is_own else None,
        "recusal": own_recusal(actor, CHECKER.key, report.organization_id),
        "may_see_versions": any(
            actor.may_at(one, report.organization.path, about=report.duty.as_thing)
            for one in (Permission.REPORT_DRAFT, Permission.REPORT_CHECK)
        ),
    }


def _next_day(report: Report) -> str:
    """The day that is offered for what goes on: the last of the period that is being planned."""
    return periods.last_day(periods.shift(report.period, 1)).isoformat()


def _remark_of(report: Report) -> ReportStep | None:
    """What the checker wrote when he accepted the report, for those who wrote it."""
    if report.state not in (ReportState.ACCEPTED, ReportState.CONFIRMED):
        return None
    accepted = [step for step in report.steps.all() if step.kind == StepKind.ACCEPTED]
    return accepted[-1] if accepted and accepted[-1].text else None


def unsaved(
    report: Report,
    typed: Mapping[str, Any],
    reasons: Mapping[str, str],
    replies: Mapping[str, str],
    remark: str,
) -> list[tuple[str, str]]:
    """Title and text of what was typed and is not what is stored, for a report that moved on
    while somebody wrote. No queries."""
    found = []
    for item in report.items.all():
        if reasons.get(item.key):
            found.append((f"{item.title}：原因", reasons[item.key]))
        if replies.get(item.key) and replies[item.key] != item.reply:
            found.append((f"{item.title}：回复", replies[item.key]))
        value = typed.get(item.key, "")
        text = value if isinstance(value, str) else "\n".join(one for one in value if one.strip())
        if text.strip() and text.strip() != plain_text(item.kind, item.value):
            found.append((item.title, text.strip()))
    if remark:
        found.append(("附言", remark))
    return found


def _item_view(
    actor: Actor,
    item: ReportItem,
    spec: Mapping[str, Any],
    value: Mapping[str, Any],
    may: Rights,
    *,
    typed: Any,
    found: list[Finding],
    explanation: str,
    offered: list[Suggestion],
    reason: str,
    stored: Mapping[str, Any] | None,
    is_frozen: bool,
    before: Mapping[str, Any] | None,
) -> ItemView:
    counted = value.get("figures", [])
    window = _window(item, is_frozen or item.state not in EDITABLE_ITEMS)
    urls = figures.addresses(
        [row["key"] for row in counted], item.report.organization, window, actor
    )
    view = ItemView(
        item=item,
        spec=spec,
        is_editable=may.may_edit and item.state in EDITABLE_ITEMS,
        figures=[{**row, "url": urls[row["key"]]} for row in counted],
        text=str(value.get("text", "")),
        entries=list(value.get("entries", [])),
        findings=found,
        explanation=explanation,
        reason=reason,
    )
    if before is not None and item.kind != ItemKind.FIGURES:
        view.sent_before = plain_text(item.kind, before) or "（空）"
    if typed is not None:
        if isinstance(typed, list):
            view.entries = [entry for entry in typed if entry.strip()]
        else:
            view.text = str(typed)
        if stored is not None and plain_text(item.kind, stored) != view.words.strip():
            view.stored_text = plain_text(item.kind, stored) or "（空）"
    if item.kind == ItemKind.ENTRIES:
        view.blanks = max(0, int(spec.get("max_entries", 3)) - len(view.entries))
    present = view.words
    view.suggestions = [
        offer
        for offer in offered
        if offer.text not in present and (item.kind != ItemKind.ENTRIES or view.blanks)
    ][:12]
    return view


def _window(item: ReportItem, is_frozen: bool) -> figures.Window:
    """What the item's figures were computed for: now, or when they were frozen, which their rows
    must be found by however much later."""
    frozen_at = item.report.figures_at if is_frozen else None
    day = timezone.localdate(frozen_at) if frozen_at else clock.today()
    return figures.Window(item.report.period, day, frozen_at)


def _send_label(returned: list[ItemView]) -> str:
    if not returned:
        return "报送"
    if len(returned) == 1:
        return f"提交第 {returned[0].item.position} 项"
    return f"提交退回的 {len(returned)} 项"


def _timeline(report: Report, *, is_own: bool) -> list[dict[str, Any]]:
    """What happened to the report, oldest first, and what comes next. How long it took is for
    those alone who wrote it: to those above it would read like counting time online."""
    entries = [
        {"at": report.duty.opened_at, "text": "系统生成草稿", "by": "", "note": "", "tone": ""}
    ]
    first = True
    for step in report.steps.all():
        kind = StepKind(step.kind)
        count = f" {step.item_count} 项" if step.item_count and kind != StepKind.SUBMITTED else ""
        note = step.text
        if is_own and kind == StepKind.SUBMITTED and first and report.spent_seconds:
            note, first = f"{max(1, round(report.spent_seconds / 60))} 分钟", False
        entries.append(
            {
                "at": step.at,
                "text": f"{kind.label}{count}",
                "by": step.by_name,
                "note": note,
                "tone": STEP_TONES.get(kind, ""),
            }
        )
    return entries


def _files(report: Report, may: Rights) -> list[dict[str, Any]]:
    open_now = may.may_edit and any(
        item.kind == ItemKind.FILES and item.state in EDITABLE_ITEMS for item in report.items.all()
    )
    return [
        {
            "name": row.name,
            "url": reverse("schedules:attachment-open", args=[row.uid]),
            "size": row.size,
            "at": row.uploaded_at,
            "delete_url": reverse("schedules:attachment-remove", args=[row.uid])
            if open_now
            else "",
        }
        for row in report.attachments.all()
    ]
