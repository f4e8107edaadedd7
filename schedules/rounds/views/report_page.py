"""What the page of a report shows, put together for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock, figures, periods, uploads
from core.actor import Actor
from core.errors import DomainError
from orgs.permissions import Permission
from orgs.queries.namings import own_recusal

from .. import evidence, item_kinds, offers
from ..access import Rights, may_arrange, may_see_files, rights
from ..enums import ItemKind, ItemState, Outcome
from ..item_kinds.numbers import day_of
from ..item_kinds.uses import TEXTUAL
from ..models import Report, ReportEvidence, ReportItem
from ..planned import PLAN_ITEM, asked
from ..queries import books
from ..queries.estimates import Estimates
from ..queries.reports import (
    EDITABLE_ITEMS,
    is_being_mended,
    last_sent,
    mended_from,
    outcomes_sent,
    planned_before,
    previous_of,
    unsent_below,
    values_for,
    values_of,
)
from ..relations import CHECKER
from ..suggestions import Suggestion, suggestions
from ..validation import Finding
from ..words import label_of
from .answers import AnswerView, answers_of
from .timelines import remark_of, timeline_of


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
    is_sent_back: bool = False  # what the checker chose, whether or not he gave a reason
    reason_error: str = ""
    stored_text: str = ""  # what somebody else saved meanwhile, when that differs
    value: Mapping[str, Any] = field(default_factory=dict)  # as typed, else as stored
    before: str = ""  # what the report of the period before says, where the form compares
    answers: Sequence[AnswerView] = ()
    evidence: Sequence[tuple[ReportEvidence, str]] = ()  # what it refers to, with the address
    mark_rows: list[int] = field(default_factory=list)  # what the reader may mark and answer

    @property
    def kind(self) -> item_kinds.ItemType:
        """The kind of the item."""
        return item_kinds.of(self.item.kind)

    @property
    def limits(self) -> str:
        """What may be typed, in a few words."""
        return self.kind.limits(self.spec)

    @property
    def grid(self) -> list[list[str]]:
        """The item as a table, where its kind is one."""
        return [] if self.figures else self.kind.grid(self.value, self.spec)

    @property
    def chosen(self) -> list[str]:
        """Answers chosen that are among those of the form, and those that no longer are."""
        one = self.value.get("choice")
        return list(self.value.get("choices", [])) or ([one] if one else [])

    @property
    def odd_answers(self) -> list[str]:
        """Answers chosen that the form no longer has: shown, so that they are not lost unseen."""
        return [one for one in self.chosen if one not in self.spec.get("options", [])]

    @property
    def has_odd_date(self) -> bool:
        """Whether what was typed is no date that a date field could show."""
        text = str(self.value.get("date", ""))
        return bool(text) and day_of(text) is None

    @property
    def table_rows(self) -> list[list[str]]:
        """The rows typed, then blank ones up to as many as there may be."""
        width, most = len(self.spec.get("columns", [])), int(self.spec.get("max_rows") or 3)
        rows = [list(row) + [""] * (width - len(row)) for row in self.value.get("rows", [])]
        return rows + [[""] * width for _ in range(most - len(rows))]

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
        return self.text or "\n".join(self.entries) or self.kind.words(self.value, self.spec)


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
    reopened: Sequence[str] = (),
    reopening: bool = False,
    remark: str = "",
) -> dict[str, Any]:
    """The context of the report's page. A fixed number of queries for a report of any size."""
    may = rights(actor, report)
    sent = last_sent([report.pk]) if not may.is_own and is_being_mended(report) else {}
    reading = figures.Reading()
    near = books.neighbours(report) if may.may_edit else None
    values = values_for(actor, report, sent.get(report.pk, {}), reading, near)
    mended = mended_from(report)
    previous = previous_of(report, near) if near else None
    offered = suggestions(report, values, values_of(previous), actor) if may.may_edit else []
    asks = may.may_edit and any(
        item.key == PLAN_ITEM and item.state in EDITABLE_ITEMS for item in report.items.all()
    )
    things = planned_before(previous) if asks else []
    compared = {spec["key"] for spec in report.definition.items if spec.get("compares")}
    before = values_of(previous) if previous is not None and compared else {}
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
            reason=(reasons or {}).get(item.key),
            error=error if error and error.field == f"reason_{item.key}" else None,
            stored=stale.values.get(item.key, {}) if stale else None,
            is_frozen=bool(sent),
            mended=mended.get(item.key),
            reading=reading,
        )
        for item in report.items.all()
    ]
    answers, cited = answers_of(actor, report), _cited(actor, report)
    may_mark = (
        report.submitted_at is not None
        and not may.is_own
        and actor.may_at(Permission.REPORT_MARK, report.organization.path)
    )
    for view in items:
        view.answers = answers.get(view.item.pk, ())
        view.evidence = cited.get(view.item.key, ())
        if may_mark and view.item.kind in TEXTUAL:
            view.mark_rows = list(view.kind.rows(view.value, view.spec))
        if view.item.key in compared and view.is_editable:
            view.before = view.kind.words(before.get(view.item.key, {}), view.spec)
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
        "timeline": _timeline(report),
        "files": _files(report, may) if may_see_files(actor, report) else [],
        "may_arrange": may_arrange(actor, report.duty),
        "arranged": report.duty.arranged,
        "offers": offers.offered(actor, report),
        "below": unsent_below(report),
        "is_late_now": clock.now() > report.duty.late_after and not report.submitted_at,
        "is_late_now_again": clock.now() > report.duty.late_after and report.duty.mend_by is None,
        "is_locked": report.duty.is_locked(clock.now()),
        "reopen_reason": reopen_reason,
        "reopened": reopened,
        "reopening": reopening,
        "planned": asked(things, report.outcomes),
        "outcomes": outcomes_sent(report),
        "outcome_choices": Outcome.choices,
        "next_day": _next_day(report),
        "previous_word": periods.previous_word(periods.cadence_of(report.period)),
        "remark": remark,
        "said": remark_of(report.steps.all(), report.state) if may.is_own else None,
        "label": _label(report) if may.is_own else [],
        "messages_placed": any(  # refused uploads say so at the files
            view.item.kind == ItemKind.FILES for view in items
        ),
        "recusal": own_recusal(actor, CHECKER.key, report.organization_id),
        "may_see_versions": any(
            actor.may_at(one, report.organization.path, about=report.duty.as_thing)
            for one in (Permission.REPORT_DRAFT, Permission.REPORT_CHECK)
        ),
    }


def _label(report: Report) -> list[str]:
    """What the form carries wherever it stands, for who fills it in: number, basis, minutes, until when.
    One query."""
    form = report.definition
    minutes = Estimates.load().minutes(form.key, item_kinds.asked(form.items, report.period))
    return label_of(report, minutes)


def _next_day(report: Report) -> str:
    """The day that is offered for what goes on: the last of the period that is being planned."""
    return periods.last_day(periods.shift(report.period, 1)).isoformat()


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
    specs = {spec["key"]: spec for spec in report.definition.items}
    for item in report.items.all():
        if reasons.get(item.key):
            found.append((f"{item.title}：原因", reasons[item.key]))
        if replies.get(item.key) and replies[item.key] != item.reply:
            found.append((f"{item.title}：回复", replies[item.key]))
        if item.key not in typed:
            continue
        kind, spec = item_kinds.of(item.kind), specs.get(item.key, {})
        text = kind.words(kind.clean(spec, typed[item.key]), spec)
        if text and text != kind.words(item.value, spec):
            found.append((item.title, text))
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
    reason: str | None,
    error: DomainError | None,
    stored: Mapping[str, Any] | None,
    is_frozen: bool,
    mended: Mapping[str, Any] | None,
    reading: figures.Reading,
) -> ItemView:
    counted = value.get("figures", [])
    window = _window(item, value, is_frozen or item.state not in EDITABLE_ITEMS)
    urls = figures.addresses(
        [row["key"] for row in counted], item.report.organization, window, actor, reading
    )
    kind = item_kinds.of(item.kind)
    if typed is not None:
        value = kind.clean(spec, typed)
    view = ItemView(
        item=item,
        value=value,
        spec=spec,
        is_editable=may.may_edit and item.state in EDITABLE_ITEMS,
        figures=[{**figures.as_shown(row), "url": urls[row["key"]]} for row in counted],
        text=str(value.get("text", "")),
        entries=list(value.get("entries", [])),
        findings=found,
        explanation=explanation,
        reason=reason or "",
        is_sent_back=reason is not None,
        reason_error=error.message if error else "",
    )
    if mended is not None and item.kind != ItemKind.FIGURES:
        view.sent_before = kind.words(mended, spec) or "（空）"
    if typed is not None and stored is not None:
        theirs = kind.words(stored, spec)
        if theirs != kind.words(value, spec):
            view.stored_text = theirs or "（空）"
    if item.kind == ItemKind.ENTRIES:
        view.blanks = max(0, int(spec.get("max_entries", 3)) - len(view.entries))
    present = view.words
    view.suggestions = [
        offer
        for offer in offered
        if offer.text not in present and (item.kind != ItemKind.ENTRIES or view.blanks)
    ][:12]
    return view


def _window(item: ReportItem, value: Mapping[str, Any], is_frozen: bool) -> figures.Window:
    """What the figures of the value were computed for: now, or when they were frozen."""
    if is_frozen and (frozen := books.window_of(item, value)) is not None:
        return frozen
    return books.window_now(item, value)


def _cited(actor: Actor, report: Report) -> dict[str, list[tuple[ReportEvidence, str]]]:
    """Item key -> what the item refers to, each with the address for who may open it. One query, and
    one for each kind of records among them."""
    cited: dict[str, list[tuple[ReportEvidence, str]]] = {}
    for row, url in evidence.with_addresses(actor, report.evidence.all()):
        cited.setdefault(row.item_key, []).append((row, url))
    return cited


def _send_label(returned: list[ItemView]) -> str:
    if not returned:
        return "报送"
    if len(returned) == 1:
        return f"提交第 {returned[0].item.position} 项"
    return f"提交退回的 {len(returned)} 项"


def _timeline(report: Report) -> list[dict[str, Any]]:
    """What happened to the report, oldest first, and what comes next. How long anybody took is kept
    nowhere."""
    return timeline_of(report.steps.all(), report.duty.opened_at, "系统生成草稿")


def _files(report: Report, may: Rights) -> list[dict[str, object]]:
    open_now = may.may_edit and any(
        item.kind == ItemKind.FILES and item.state in EDITABLE_ITEMS for item in report.items.all()
    )
    removes = "schedules:attachment-remove" if open_now else ""
    return [
        uploads.listed(row, opens="schedules:attachment-open", removes=removes)
        for row in report.attachments.all()
    ]
