"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt

from django.urls import reverse

from core import clock, menu, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import digests, offers
from schedules.rounds.models import Report
from schedules.rounds.queries.calendar import load

from . import digest, jobs, lifecycle, packs, sources, verbs  # noqa: F401  (some register themselves)
from .actions import reminding, succession
from .actions.checking import RELAPSE
from .actions.feedback import FEEDBACK
from .actions.handing import REPORT
from .enums import ActionState, FeedbackState, LineState, Look, Priority
from .queries import feedback as voices
from .queries import returned
from .rules import overdue_line

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)
sources.register(sources.Source(RELAPSE, "回头看反弹"))
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "督办事项",
        "action_items:item-list",
        30,
        permission=Permission.ACTION_VIEW,
        marks=("action_items:item", "action_items:extension", "action_items:line"),
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
