"""One item, and what its two sides do to it: each act a post that leads back to its page."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from core import acts, clock, figures
from core.guards import needs
from core.http import PortalRequest
from core.periods import WorkCalendar
from core.templatetags.words import date_zh
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from .. import words
from ..access import get_extension, get_item, get_line, rights_of
from ..actions import checking, extensions, handling, issuing, lines
from ..enums import Shape
from ..forms import LineReportForm, LineReturnForm, TransferForm
from ..models import ActionItem
from ..queries.places import to_give_to
from ..rules import RECEIPT_WORKING_DAYS
from .item_page import form_of, page

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
NAMED = 12  # organisations in one sentence

Attempt = acts.Attempt[ActionItem, Any]


@needs(P.ACTION_VIEW, methods=READ)
def item_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom and when; both clocks, the lines, what one may do, the timeline."""
    return page(request, get_item(request.actor, pk))


def _perform(
    request: PortalRequest,
    pk: int,
    key: str,
    action: Callable[..., Any],
    text: str,
    ask: Callable[[Attempt], acts.Question] | None = None,
) -> HttpResponse:
    """One action on the item of the address, told what the form of `key` holds. What is refused is
    shown on its page as it was typed."""
    return acts.perform(
        request,
        load=lambda: get_item(request.actor, pk),
        form=lambda item: form_of(request.actor, key, item, request.POST),
        act=lambda attempt: action(item=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, result: acts.said(request, text, "action_items:item-detail", pk=pk),
        show=lambda attempt: page(request, attempt.subject, attempt=attempt, key=key),
        ask=ask,
    )


# --- the issuer ------------------------------------------------------------------------------


def given_out(item: ActionItem, owners: list[str], calendar: WorkCalendar) -> list[str]:
    """What giving the item out means, line by line, before it is done."""
    receipt = calendar.add_working_days(clock.today(), RECEIPT_WORKING_DAYS)
    named = "、".join(owners[:NAMED]) + (" 等" if len(owners) > NAMED else "")
    return [
        f"交办给 {len(owners)} 个单位：{named}",
        f"事项：{item.title}",
        f"签收期限：{date_zh(receipt)}（{RECEIPT_WORKING_DAYS} 个工作日）",
        f"办理期限：{date_zh(item.due_on)}" if item.due_on else "没有办理期限，不算逾期",
        "责任单位立即收到通知；交办后事项、要求和清单不能再改。",
    ]


def weighed_question(
    item: ActionItem, owners: Sequence[Organization], lines: Sequence[str], title: str
) -> acts.Question:
    """The question before an item is given out: to so many that it weighs, with what each class owes
    already and would owe, which is to be ticked; what a figure says already is named."""
    weighed, tick = words.weighed(item.due_on, owners)
    shown = {"weighed": weighed, "reuses": figures.mentioned(f"{item.title} {item.demand}")}
    return acts.Question(
        title, lines, "交办", part="action_items/weighing.html", shown=shown, tick=tick
    )


def _ask_to_issue(attempt: Attempt) -> acts.Question:
    item = attempt.subject
    owners = (
        [part.owner for part in item.children.select_related("owner")]
        if item.shape == Shape.SHARED
        else [item.owner]
    )
    lines = given_out(item, [str(one) for one in owners], load())
    return weighed_question(item, owners, lines, f"交办 {item.number}")


@needs(P.ACTION_ISSUE, methods=POST)
def item_issue(request: PortalRequest, pk: int) -> HttpResponse:
    """Gives the draft out, after it was said to whom."""
    return _perform(
        *(request, pk, "issue", partial(issuing.issue, seen=True)),
        "已交办，责任单位已收到通知。",
        _ask_to_issue,
    )


def _given_out(request: PortalRequest, pk: int) -> ActionItem:
    """An item that the actor's side gave out. Raises Http404."""
    item = get_item(request.actor, pk)
    if not rights_of(request.actor, item).issues:
        raise Http404
    return item


@needs(P.ACTION_ISSUE, methods=FORM)
def item_transfer(request: PortalRequest, pk: int) -> HttpResponse:
    """Hands the item to another organisation below the issuer."""
    return acts.perform(
        request,
        load=lambda: _given_out(request, pk),
        form=lambda item: TransferForm(
            acts.typed(request),
            places=to_give_to(item.issuer).exclude(pk=item.owner_id),
            initial={"revision": item.revision},
        ),
        act=lambda attempt: issuing.transfer(
            item=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, item: acts.said(request, f"已转给{item.owner}。", item),
        show=lambda attempt: attempt.page(
            "action_items/item_transfer.html", item=attempt.subject, conflict=attempt.conflict
        ),
    )


def _ask_to_cancel(attempt: Attempt) -> acts.Question:
    item = attempt.subject
    who = f"{item.children.count()} 个单位" if item.shape == Shape.SHARED else str(item.owner)
    return acts.Question(
        f"作废 {item.number}",
        [
            f"事项：{item.title}",
            f"责任单位：{who}" + ("，会收到通知" if item.issued_at else "，还没有交办"),
            f"理由：{attempt.given['reason']}",
            "作废后不再办理，文号保留。",
        ],
        "作废",
    )


@needs(P.ACTION_ISSUE, methods=POST)
def item_cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """Cancels the item; its number stays its own."""
    return _perform(request, pk, "cancel", issuing.cancel, "已作废。", _ask_to_cancel)


# --- the owner -------------------------------------------------------------------------------


@needs(P.ACTION_HANDLE, methods=POST)
def item_receive(request: PortalRequest, pk: int) -> HttpResponse:
    """The owner takes it on."""
    return _perform(request, pk, "receive", handling.receive, "已签收。")


@needs(P.ACTION_HANDLE, methods=POST)
def item_progress(request: PortalRequest, pk: int) -> HttpResponse:
    """How far it is."""
    return _perform(request, pk, "progress", handling.progress, "已登记进展。")


@needs(P.ACTION_HANDLE, P.ACTION_VERIFY, methods=POST)
def item_comment(request: PortalRequest, pk: int) -> HttpResponse:
    """A word from either side."""
    return _perform(request, pk, "comment", handling.comment, "已留言，对方会收到消息。")


@needs(P.ACTION_REPORT, methods=POST)
def item_wait(request: PortalRequest, pk: int) -> HttpResponse:
    """The owner's clock stands, another unit's runs."""
    return _perform(request, pk, "wait", handling.wait, "已登记，本单位的时限停走。")


@needs(P.ACTION_REPORT, P.ACTION_VERIFY, methods=POST)
def item_resume(request: PortalRequest, pk: int) -> HttpResponse:
    """The waiting is over."""
    return _perform(request, pk, "resume", handling.resume, "已恢复办理，期限已顺延。")


@needs(P.ACTION_REPORT, methods=POST)
def item_report(request: PortalRequest, pk: int) -> HttpResponse:
    """The owner says that it is done."""
    return _perform(request, pk, "report", handling.report, "已报结，等待核验。")


@needs(P.ACTION_REPORT, methods=POST)
def item_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """The owner takes his report back."""
    return _perform(request, pk, "withdraw", handling.withdraw, "已撤回，可以修改后再报结。")


# --- another person --------------------------------------------------------------------------


@needs(P.ACTION_VERIFY, methods=POST)
def item_verify(request: PortalRequest, pk: int) -> HttpResponse:
    """Somebody else closes it."""
    return _perform(request, pk, "verify", checking.verify, "已核验销号。")


@needs(P.ACTION_VERIFY, methods=POST)
def item_send_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Not done yet."""
    return _perform(request, pk, "return", checking.send_back, "已退回，责任单位会收到原因。")


@needs(P.ACTION_VERIFY, methods=POST)
def item_look(request: PortalRequest, pk: int) -> HttpResponse:
    """Somebody else has looked again: it has lasted, or begins anew."""

    def done(attempt: Attempt, result: tuple[ActionItem, ActionItem | None]) -> HttpResponse:
        _, again = result
        if again is None:
            return acts.said(request, "已登记为长效。", "action_items:item-detail", pk=pk)
        text = f"已登记反弹，并拟好新的督办{again.number}，核对后交办。"
        return acts.said(request, text, again)

    return acts.perform(
        request,
        load=lambda: get_item(request.actor, pk),
        form=lambda item: form_of(request.actor, "look", item, request.POST),
        act=lambda attempt: checking.look(item=attempt.subject, by=request.actor, **attempt.given),
        done=done,
        show=lambda attempt: page(request, attempt.subject, attempt=attempt, key="look"),
    )


# --- more time -------------------------------------------------------------------------------


@needs(P.ACTION_REPORT, methods=POST)
def extension_ask(request: PortalRequest, pk: int) -> HttpResponse:
    """The owner asks for a later date."""
    return _perform(request, pk, "ask", extensions.ask, "已申请，答复之前按原来的期限算。")


def _decide(
    request: PortalRequest,
    pk: int,
    record: int,
    key: str,
    action: Callable[..., Any],
    text: str,
) -> HttpResponse:
    return acts.perform(
        request,
        load=lambda: get_extension(request.actor, record, pk),
        form=lambda extension: form_of(request.actor, key, extension.item, request.POST, extension),
        act=lambda attempt: action(extension=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, result: acts.said(request, text, "action_items:item-detail", pk=pk),
        show=lambda attempt: page(request, attempt.subject.item, attempt=attempt, key=key),
    )


@needs(P.ACTION_ISSUE, methods=POST)
def extension_grant(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """The issuer gives more time."""
    return _decide(
        request,
        pk,
        record,
        "grant",
        extensions.grant,
        "已同意延期。",
    )


@needs(P.ACTION_ISSUE, methods=POST)
def extension_refuse(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """No more time."""
    return _decide(
        request,
        pk,
        record,
        "refuse",
        extensions.refuse,
        "未同意延期，理由已告知责任单位。",
    )


# --- lines -----------------------------------------------------------------------------------


def _at_line(request: PortalRequest, pk: int, text: str) -> HttpResponse:
    response = acts.said(request, text, "action_items:item-detail", pk=pk)
    return redirect(f"{response['Location']}#lines")


def _on_line(
    request: PortalRequest, pk: int, record: int, key: str, form: Any, action: Any, text: str
) -> HttpResponse:
    return acts.perform(
        request,
        load=lambda: get_line(request.actor, record, pk),
        form=lambda line: form(request.POST, auto_id=f"id_line{record}_%s"),
        act=lambda attempt: action(line=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, line: _at_line(request, pk, text),
        show=lambda attempt: page(
            request, attempt.subject.item, attempt=attempt, key=key, line=record
        ),
    )


@needs(P.ACTION_HANDLE, methods=POST)
def line_report(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """The owner says that a line is done."""
    return _on_line(
        request,
        pk,
        record,
        "report",
        LineReportForm,
        lines.report_line,
        "已报结这一条。",
    )


@needs(P.ACTION_VERIFY, methods=POST)
def line_verify(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Another person marks a line as done."""
    return acts.perform(
        request,
        load=lambda: get_line(request.actor, record, pk),
        form=lambda line: acts.Nothing(),
        act=lambda attempt: lines.verify_line(line=attempt.subject, by=request.actor),
        done=lambda attempt, line: _at_line(request, pk, "已销这一条。"),
        show=lambda attempt: page(
            request, attempt.subject.item, attempt=attempt, key="verify", line=record
        ),
    )


@needs(P.ACTION_VERIFY, methods=POST)
def line_send_back(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Another person sends a line back."""
    return _on_line(
        request,
        pk,
        record,
        "return",
        LineReturnForm,
        lines.return_line,
        "已退回这一条。",
    )
