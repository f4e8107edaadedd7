"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from core import calendars, clock, demo, menu, searching, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs import panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission
from schedules.rounds import asks, digests, evidence, offers
from schedules.rounds.evidence import Reference, Use
from schedules.rounds.models import Report
from schedules.rounds.queries.calendar import load

from . import digest, figures, jobs, lifecycle, packs, self_checks, sources, verbs  # noqa: F401  (some register themselves)
from .actions import reminding, succession
from .actions.checking import RELAPSE
from .actions.feedback import FEEDBACK
from .actions.handing import REPORT
from .enums import ActionState, FeedbackState, LineState, Look, Priority
from .models import ActionEvidence, ActionItem
from .queries import asked, boards, returned, worked
from .queries import feedback as voices
from .queries.boards import Showing, Tab
from .queries.work import dated_items
from .rules import overdue_line
from .worklist import elsewhere, provide

HITS = 8  # of one search

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)
demo.register("schedules.action_items.demo.items", order=50)
demo.register("schedules.action_items.demo.feedback", order=55)


def _items(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Addresses of items that the actor sees. One query."""
    return {
        item.pk: item.get_absolute_url()
        for item in ActionItem.objects.visible_to(actor).filter(pk__in=ids).only("pk")
    }


sources.register(sources.Source(RELAPSE, "回头看反弹", _items))
worklist.register(provide)
worklist.register_elsewhere(elsewhere)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "督办事项",
        "action_items:item-list",
        30,
        permission=Permission.ACTION_VIEW,
        marks=(
            "action_items:item",
            "action_items:extension",
            "action_items:line",
            "action_items:alike",
        ),
    ),
)
tones.register(
    ActionState,
    {
        ActionState.DRAFT: "mute",
        ActionState.ISSUED: "info",
        ActionState.DOING: "mute",
        ActionState.WAITING: "warn",
        ActionState.REPORTED: "info",
        ActionState.CLOSED: "ok",
        ActionState.CANCELLED: "mute",
    },
)
tones.register(
    LineState, {LineState.OPEN: "mute", LineState.REPORTED: "info", LineState.DONE: "ok"}
)
tones.register(Look, {Look.NONE: "mute", Look.LASTING: "ok", Look.RELAPSED: "warn"})
tones.register(
    Priority, {Priority.NORMAL: "mute", Priority.IMPORTANT: "warn", Priority.URGENT: "bad"}
)
digests.register(
    digests.Contributor(
        "action_items", digest.parts, lambda parts, by: reminding.told(parts=parts, by=by)
    )
)
asks.register(
    asks.Source(
        asked.SOURCE,
        "督办",
        {"item": "督办", "single": "督办"},
        asked.asks_of_items,
        asked.totals_of_items,
        asked.written_items,
    )
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What the source has to do goes over to the target."""
    succession.follow(source=source, target=target, by=by)


# --- 意见建议 ---
sources.register(sources.Source(FEEDBACK, "意见建议", voices.addresses))
tones.register(
    FeedbackState,
    {
        FeedbackState.WAITING: "info",
        FeedbackState.ANSWERED: "ok",
        FeedbackState.WITHDRAWN: "mute",
    },
)
digests.register(
    digests.Contributor(
        "feedback", digest.voices, lambda parts, by: reminding.told_voices(parts=parts, by=by)
    )
)
menu.register(
    menu.Entry(
        "意见建议", "action_items:feedback-list", "voice", 10, marks=("action_items:feedback",)
    )
)


@worklist.register
def answer_voices(actor: Actor, work: worklist.Worklist) -> None:
    """How many 意见建议 wait for the actor's answer. One query and the calendar's two; none for who
    answers none."""
    if not actor.may(Permission.FEEDBACK_ANSWER):
        return
    today = clock.today()
    line = overdue_line(today, load())
    count, late, first = voices.waiting_for(actor, line)
    if not count or first is None:
        return
    work.items.append(
        worklist.WorkItem(
            title="意见建议待答复",
            text=f"{count} 条" + (f"，其中 {late} 条逾期" if late else ""),
            url=reverse("action_items:feedback-list"),
            button="答复",
            due_on=first,
            days_left=(first - today).days,
            tone="bad" if late else "",
            minutes=5 * count,
            order=(1 if late else 4, (first - today).days),
        )
    )


@searching.register
def find_feedback(actor: Actor, query: str) -> searching.Hits | None:
    """What the actor wrote, and what he answers, by words of it or of the answer; of one sign too
    much would be found. One query."""
    if len(query) < 2:
        return None
    rows = list(voices.with_words(voices.shown(actor, None), query)[:HITS])
    return searching.Hits(
        "意见建议",
        [
            searching.Hit(
                str(row),
                f"{row.get_kind_display()} · {row.written_by_name} · {row.get_state_display()}",
                row.get_absolute_url(),
            )
            for row in rows
        ],
    )


# --- reports that came back ---
sources.register(sources.Source(REPORT, "退回的报表", returned.addresses))


@offers.register
def hand_report(actor: Actor, report: Report) -> list[offers.Offer]:
    """转督办 on the page of a report that came back, or the item that was made of it. One query, none
    where the actor may not."""
    if not returned.may_hand(actor, report):
        return []
    item = returned.item_of(actor, report, REPORT)
    if item is not None:
        return [offers.Offer(f"督办{item.number}", item.get_absolute_url())]
    return [offers.Offer("转督办", reverse("action_items:item-from-report", args=[report.pk]))]


def _list(**asked: object) -> str:
    return f"{reverse('action_items:item-list')}?{urlencode(asked)}"


@searching.register
def find_items(actor: Actor, query: str) -> searching.Hits | None:
    """By title, number, owner or person. One query."""
    if not actor.may(Permission.ACTION_VIEW):
        return None
    rows = boards.found(actor, query, HITS + 1)
    hits = [
        searching.Hit(
            str(item), f"{item.owner} · {item.get_state_display()}", item.get_absolute_url()
        )
        for item in rows[:HITS]
    ]
    more = _list(tab=Tab.ALL.value, state=Showing.ANY.value, q=query) if len(rows) > HITS else ""
    return searching.Hits("督办事项", hits, more)


@panels.register
def show_items(actor: Actor, organization: Organization) -> list[Panel]:
    """What the organisation, with all below it, has to do and has done. Three queries."""
    if not actor.may_at(Permission.ACTION_VIEW, organization.path):
        return []
    at = boards.this_moment()
    rows = boards.board(actor, Tab.ALL, at, place=organization)
    number = boards.counts(rows, at).of
    shown = {Showing.OPEN: "在办", Showing.OVERDUE: "逾期", Showing.CLOSED: "近 12 个月销号"}
    if not any(number[one] for one in shown):
        return []

    def to(showing: Showing) -> str:
        return _list(tab=Tab.ALL.value, organization=organization.pk, state=showing.value)

    late = number[Showing.OVERDUE]
    lines = tuple(
        PanelRow(
            word,
            f"{number[one]} 项",
            to(one) if number[one] else "",
            "bad" if one == Showing.OVERDUE and late else "",
        )
        for one, word in shown.items()
    )
    whole = _list(tab=Tab.ALL.value, organization=organization.pk)
    return [Panel("督办事项", lines, url=whole)]


def dates_of_items(user_id: int, since: dt.datetime) -> Iterator[calendars.CalendarDay]:
    """Dates of the items that one handles; by number alone, for a title may name somebody. One
    query."""
    for item in dated_items(user_id, timezone.localdate(since)):
        if item.due_on is not None:
            yield calendars.CalendarDay(
                uid=f"action-item-{item.pk}@party-portal",
                title=f"{item.owner} 督办{item.number}（{item.get_state_display()}）",
                day=item.due_on,
                path=item.get_absolute_url(),
                is_open=item.state not in (ActionState.REPORTED, ActionState.CLOSED),
            )


calendars.register("action_items.items", dates_of_items)


evidence.register(
    evidence.EvidenceKind(
        worked.KEY, "督办", worked.find, evidence.nothing, work=worked.below_place
    )
)


@evidence.register_uses
def uses_in_items(actor: Actor, reference: Reference) -> list[Use]:
    """The items that refer to the record, newest first. One query."""
    kind, uid = reference
    rows = ActionEvidence.objects.filter(
        kind=kind, uid=uid, item__in=ActionItem.objects.visible_to(actor)
    ).select_related("item")
    return [
        Use(f"督办 {row.item} 引用", row.item.get_absolute_url()) for row in rows.order_by("-pk")
    ]
