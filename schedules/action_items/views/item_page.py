"""The page of one item: both clocks, what it is, who may do what next, what has happened."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock, kept, uploads
from core.actor import Actor
from core.http import PortalRequest
from core.models import Attachment
from schedules.rounds import evidence
from schedules.rounds.words import number

from .. import forms, sources
from ..access import Rights, may_attach, rights_of
from ..enums import ActionState, ActionStepKind, ExtensionState, LineState, Shape
from ..models import ActionEvidence, ActionItem, ActionLink, ActionStep, Extension
from ..queries import alike, boards
from ..queries.asked import minutes_of_item
from ..queries.places import to_wait_for
from .board_rows import LineRow, row_of

CITABLE = dt.timedelta(days=120)  # how old records are that are offered as evidence
RUNS = (ActionState.DOING, ActionState.WAITING)  # its lines are planned and reported
STEP_TONES = {
    ActionStepKind.RETURNED: "bad",
    ActionStepKind.REFUSED: "warn",
    ActionStepKind.ESCALATED: "warn",
    ActionStepKind.CLOSED: "ok",
}


@dataclass(slots=True)
class Box:
    """An act that the page offers: its form, and what is said of it."""

    key: str
    title: str
    button: str
    url: str
    form: Any
    hint: str = ""
    is_danger: bool = False
    is_open: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is only the button to press."""
        return not self.form.visible_fields()


@dataclass(slots=True)
class LineBox:
    """A line with what may be done to it."""

    row: LineRow
    report: Any = None
    back: Any = None
    may_verify: bool = False
    is_open: str = ""


def form_of(
    actor: Actor,
    key: str,
    item: ActionItem,
    data: Any = None,
    extension: Extension | None = None,
) -> Any:
    """The form of an act on the item, as it is shown or as it was typed."""
    more: dict[str, Any] = {"auto_id": f"id_{key}_%s"}
    if key == "wait":
        more["places"] = to_wait_for(actor, item)
    return _FORMS[key](item, data, more, extension)


def _revised(form: Callable[..., Any], **initial: str) -> Callable[..., Any]:
    def make(item: ActionItem, data: Any, more: dict[str, Any], _: Any) -> Any:
        values = {name: getattr(item, source) for name, source in initial.items()}
        return form(data, initial={"revision": item.revision, **values}, **more)

    return make


def _wish(form: Callable[..., Any]) -> Callable[..., Any]:
    def make(item: ActionItem, data: Any, more: dict[str, Any], extension: Any) -> Any:
        return form(data, initial={"due_on": extension.wanted_on} if extension else {}, **more)

    return make


_FORMS: dict[str, Callable[..., Any]] = {
    "issue": _revised(forms.PlainForm),
    "receive": _revised(forms.ReceiveForm, responsible_name="responsible_name"),
    "progress": _revised(forms.ProgressForm, measure="measure"),
    "comment": _revised(forms.CommentForm),
    "wait": _revised(forms.WaitForm),
    "resume": _revised(forms.ResumeForm),
    "report": _revised(forms.ReportForm, result="result"),
    "withdraw": _revised(forms.PlainForm),
    "verify": _revised(forms.VerifyForm, cause="cause"),
    "return": _revised(forms.SendBackForm),
    "ask": _revised(forms.AskForm),
    "grant": _wish(forms.GrantForm),
    "refuse": _revised(forms.RefuseForm),
    "cancel": _revised(forms.CancelForm),
    "look": _revised(forms.LookForm),
}
# Key -> title, button, hint.
_WORDS: dict[str, tuple[str, str, str]] = {
    "issue": ("交办", "交办", "交办后责任单位收到通知，签收和办理两个钟开始走。"),
    "receive": ("签收", "签收", ""),
    "progress": ("登记进展", "登记", ""),
    "comment": ("留言", "留言", ""),
    "wait": ("等别的单位", "开始等", "等的时候本单位的钟停住，走对方的钟。"),
    "resume": ("恢复办理", "恢复办理", "停住的工作日顺延到本单位的期限里。"),
    "report": ("报结", "报结", "报结后由办理人以外的人核验。"),
    "withdraw": ("撤回报结", "撤回", "还没有核验，可以撤回再改。"),
    "verify": ("核验销号", "核验销号", ""),
    "return": ("退回", "退回", ""),
    "ask": ("申请延期", "申请", "答复之前按原来的期限算；原定期限和延期次数一直显示。"),
    "grant": ("同意延期", "同意延期", ""),
    "refuse": ("不同意延期", "不同意", ""),
    "cancel": ("作废", "作废", "文号保留，不再使用。"),
    "look": ("回头看", "登记", "由报结、核验以外的人看；没有反复才算长效。"),
}
# What the owner does; done by somebody above it is done in its stead.
OWNERS = {"receive", "resume", "progress", "report", "wait", "ask", "withdraw"}
_DANGER = {"return", "cancel", "refuse"}
_STEPS_BACK = {"cancel", "withdraw"}  # never what the page puts first: nobody is waiting for them
_ADDRESSES = {"ask": "extension-ask"}


def box(
    actor: Actor,
    key: str,
    item: ActionItem,
    extension: Extension | None = None,
    form: Any = None,
) -> Box:
    """What the page offers for one act."""
    title, button, hint = _WORDS[key]
    if key in ("grant", "refuse") and extension is not None:
        url = reverse(f"action_items:extension-{key}", args=[item.pk, extension.pk])
    else:
        url = reverse(f"action_items:{_ADDRESSES.get(key, f'item-{key}')}", args=[item.pk])
    return Box(
        key=key,
        title=title,
        button=button,
        url=url,
        form=form or form_of(actor, key, item, extension=extension),
        hint=hint,
        is_danger=key in _DANGER,
        is_open=form is not None,
    )


def offered(
    actor: Actor, item: ActionItem, rights: Rights, extension: Extension | None
) -> list[str]:
    """Keys of the acts that are open now, the main one first."""
    machine, found = ActionItem.machine, []
    shared = item.shape == Shape.SHARED
    if rights.issues and machine.may(item, "issue"):
        found.append("issue")
    if rights.verifies and machine.may(item, "verify"):
        found += ["verify", "return"]
    if (
        extension is not None
        and rights.issues
        and machine.may(item, "extend")
        and extension.asked_by_id not in actor.persons
    ):
        found += ["grant", "refuse"]
    if not shared:
        found += _of_owner(item, rights, extension)
    waits = item.state == ActionState.WAITING
    if waits and rights.verifies and not rights.reports:
        found.append("resume")
    may_look = item.state == ActionState.CLOSED and item.look == "" and not shared
    if rights.looks and may_look and item.look_from and item.look_from <= clock.today():
        found.append("look")
    if rights.issues and machine.may(item, "cancel"):
        found.append("cancel")
    return found


def _of_owner(item: ActionItem, rights: Rights, extension: Extension | None) -> list[str]:
    may, found = ActionItem.machine.may, []
    if rights.handles and may(item, "receive"):
        found.append("receive")
    waits = item.state == ActionState.WAITING
    if rights.reports and waits:
        found.append("resume")
    if rights.handles and may(item, "progress"):
        found.append("progress")
    if rights.reports:
        found += [key for key in ("report", "wait") if may(item, key)]
        if may(item, "extend") and item.due_on and extension is None:
            found.append("ask")
        if may(item, "withdraw"):
            found.append("withdraw")
    return found


def page(
    request: PortalRequest,
    item: ActionItem,
    *,
    attempt: acts.Attempt[Any, Any] | None = None,
    key: str = "",
    line: int | None = None,
) -> HttpResponse:
    """The page; after a refusal with the form of `key` (of `line`) as it was typed. A fixed number
    of queries, however many lines, parts and steps."""
    actor, at = request.actor, boards.this_moment()
    rights = rights_of(actor, item)
    beside = boards.beside([item])
    wishes = list(item.extensions.all())
    waiting = next((one for one in wishes if one.state == ExtensionState.ASKED), None)
    row = row_of(item, at, beside)
    typed = attempt.form if attempt is not None and line is None else None
    boxes = [
        box(actor, one, item, waiting, typed if one == key else None)
        for one in _with_report_first(offered(actor, item, rights, waiting), row.lines)
    ]
    main = _main(boxes, rights, key)
    deputed = [one for one in boxes if one.key in OWNERS and not rights.is_own and one is not main]
    cited = evidence.with_addresses(actor, item.evidence.all())
    files = list(
        item.attachments.filter(state=Attachment.State.READY).select_related("uploaded_by")
    )
    steps = list(item.steps.all())
    lines = _lines(actor, item, rights, row.lines, attempt, key, line)
    links = _links(actor, item)
    shown = [one.form for one in boxes] + [form for one in lines for form in (one.report, one.back)]
    sides = rights.any or _is_waited_for(actor, item)
    comment = None
    if item.issued_at and sides:
        comment = box(actor, "comment", item, form=typed if key == "comment" else None)
        shown.append(comment.form)
    lost = attempt is not None and not any(form is attempt.form for form in shown)
    context: dict[str, Any] = {
        "item": item,
        "form": attempt.form if attempt is not None else None,
        "row": row,
        "rights": rights,
        "main": main,
        "folds": [one for one in boxes if one is not main and one not in deputed],
        "deputed": deputed,
        "lines": lines,
        "comment": comment,
        "minutes": number(minutes_of_item().minutes),
        "may_transfer": rights.issues
        and item.shape != Shape.SHARED
        and ActionItem.machine.may(item, "transfer"),
        "may_edit": rights.issues and item.state == ActionState.DRAFT and not item.parent_id,
        "extensions": wishes,
        "waiting": waiting,
        "links": links,
        "sheet": _sheet(item, links) if lines else None,
        "may_plan": rights.handles
        and rights.is_own
        and item.state in RUNS
        and not _all_done(row.lines),
        "alike": alike.before(actor, item),
        "relapses": list(item.relapses.select_related("issuer")),
        "files": [_file(one, actor, item, rights) for one in files],
        "may_attach": may_attach(rights, item),
        "evidence": cited,
        "citable": _citable(actor, item, cited) if may_attach(rights, item) else [],
        "came_back": _came_back(item, steps),
        "timeline": _timeline(item, steps),
        "conflict": attempt.conflict if attempt is not None else "",
        "refusal": _refusal(attempt, lost),
        "unsaved": kept.of(request).texts if attempt is not None and lost else (),
        "messages_placed": True,
        "draft_title": str(item),
    }
    status = attempt.status if attempt is not None else 200
    return render(request, "action_items/item_detail.html", context, status=status)


def _all_done(lines: Sequence[LineRow]) -> bool:
    return bool(lines) and all(one.line.state == LineState.DONE for one in lines)


def _with_report_first(keys: list[str], lines: Sequence[LineRow]) -> list[str]:
    """The acts in order: once every line of a list is done, reporting the whole is what is left, and
    comes before telling how it goes."""
    if not _all_done(lines) or not {"report", "progress"} <= set(keys):
        return keys
    others = [key for key in keys if key != "report"]
    at = others.index("progress")
    return [*others[:at], "report", *others[at:]]


def _main(boxes: list[Box], rights: Rights, key: str) -> Box | None:
    """The act that the page puts first: the refused one, else what is up to the reader."""
    if not boxes:
        return None
    for one in boxes:
        if one.key == key:
            return one
    first = boxes[0]
    is_for_others = first.key in OWNERS and not rights.is_own
    return None if first.key in _STEPS_BACK or is_for_others else first


def _refusal(attempt: acts.Attempt[Any, Any] | None, lost: bool) -> str:
    if attempt is None or attempt.error is None:
        return ""
    return attempt.error.message if attempt.conflict or lost else ""


def _is_waited_for(actor: Actor, item: ActionItem) -> bool:
    other = item.waiting_for
    return other is not None and actor.organization_id == other.pk


def _lines(
    actor: Actor,
    item: ActionItem,
    rights: Rights,
    rows: Sequence[LineRow],
    attempt: acts.Attempt[Any, Any] | None,
    key: str,
    line: int | None,
) -> list[LineBox]:
    runs = item.state in RUNS
    found = []
    for row in rows:
        one = LineBox(row)
        state, ids = row.line.state, f"id_line{row.line.pk}_%s"
        initial = {"measure": row.line.measure, "evidence": row.line.evidence}
        if rights.handles and runs and state == LineState.OPEN and not row.line.closes_itself:
            one.report = forms.LineReportForm(None, initial=initial, auto_id=ids)
        checks = rights.verifies and row.line.reported_by_id not in actor.persons
        if checks and state == LineState.REPORTED:
            one.may_verify, one.back = True, forms.LineReturnForm(None, auto_id=ids)
        if attempt is not None and line == row.line.pk:
            one.is_open = key
            if key == "report" and one.report:
                one.report = attempt.form
            elif key == "return" and one.back:
                one.back = attempt.form
        found.append(one)
    return found


def _came_back(item: ActionItem, steps: Iterable[ActionStep]) -> ActionStep | None:
    """Why it was sent back, as long as it has not been reported again."""
    if not item.returned_count or item.reported_at or item.state == ActionState.CLOSED:
        return None
    back = [step for step in steps if step.kind == ActionStepKind.RETURNED]
    return back[-1] if back else None


def _timeline(item: ActionItem, steps: Iterable[ActionStep]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = [
        {"at": item.drafted_at, "text": "拟稿", "by": "", "note": "", "tone": "mute"}
    ]
    for step in steps:
        entries.append(
            {
                "at": step.at,
                "text": ActionStepKind(step.kind).label,
                "by": step.by_name,
                "note": step.text,
                "tone": STEP_TONES.get(ActionStepKind(step.kind), ""),
            }
        )
    return entries


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Where an item came from or came up again, with the address that the reader may open."""

    word: str
    label: str
    url: str
    link: ActionLink


def _links(actor: Actor, item: ActionItem) -> list[LinkRow]:
    """One query, and what each kind of source asks for its addresses."""
    links: QuerySet[ActionLink] = item.links.all()
    ids: dict[str, list[int]] = {}
    for link in links:
        ids.setdefault(link.source_kind, []).append(link.source_id)
    known = sources.registered()
    addresses = {
        kind: known[kind].addresses(actor, found) for kind, found in ids.items() if kind in known
    }
    return [
        LinkRow(
            word=known[link.source_kind].label if link.source_kind in known else "",
            label=link.label,
            url=addresses.get(link.source_kind, {}).get(link.source_id, ""),
            link=link,
        )
        for link in links
    ]


def _sheet(item: ActionItem, links: Sequence[LinkRow]) -> tuple[str, str] | None:
    """Name and address of the page on which all lines are planned, where the list came from one that
    the reader may open. No query."""
    source = sources.registered().get(item.source_kind)
    if source is None or not source.sheet:
        return None
    urls = [one.url for one in links if one.link.source_kind == source.key and one.url]
    return (source.sheet, urls[0]) if urls else None


def _citable(
    actor: Actor, item: ActionItem, cited: Sequence[tuple[ActionEvidence, str]]
) -> list[evidence.Found]:
    """Records of the owner of the last months that the item does not refer to yet. One query for
    each kind."""
    known = {(row.kind, row.uid) for row, _ in cited}
    today = clock.today()
    offered = evidence.offered(actor, item.owner, today - CITABLE, today)
    return [one for one in offered if one.reference not in known]


def _file(row: Any, actor: Actor, item: ActionItem, rights: Rights) -> dict[str, object]:
    removes = row.uploaded_by_id in actor.persons or rights.is_own
    return uploads.listed(
        row,
        opens="action_items:attachment-open",
        removes="action_items:attachment-remove" if removes and may_attach(rights, item) else "",
        by=uploads.name_of_sender(row),
    )
