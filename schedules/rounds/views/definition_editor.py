"""The editor of a form: its items, what they cost, from when; all on one page."""

import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest, is_by_script
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from .. import item_kinds
from ..actions import definitions
from ..definitions import starter
from ..enums import ItemKind
from ..forms import DefinitionForm, PublishForm, files_last, item_forms
from ..item_kinds.known import known, with_figure
from ..models import ReportDefinition
from ..queries.burden import Reach, differences, reach_of
from ..queries.definitions import token_of
from ..queries.openings import newest_opened, next_to_open
from ..queries.years import weigh_draft
from ..rules import usual_validity
from ..words import number, weighing_said
from .burden import load_said, month_chart, parts_chart
from .definition_preview import previewed
from .definition_words import TONES, WORDS
from .plans import labels

AHEAD = 12  # so many periods ahead a form may be put into force
PROMISED = 10  # minutes that a monthly report may take


class DraftForms:
    """A draft's head and its items, as one form; with `starts` also from when it is in force."""

    def __init__(
        self, request: PortalRequest, draft: ReportDefinition, *, starts: bool = False
    ) -> None:
        typed = acts.typed(request)
        self.head = DefinitionForm(
            typed,
            instance=copy.copy(draft),  # the form writes into its instance
            initial={"token": token_of(draft), "kinds": draft.kinds},
        )
        self.is_whole = "item-TOTAL_FORMS" in request.POST or not starts
        self.rows = item_forms(draft.items, typed if self.is_whole else None)
        initial = {"valid_until": usual_validity(clock.today())}
        self.start = PublishForm(typed if starts else None, offered=offered(draft), initial=initial)
        self.starts = starts
        self.fields = {**self.head.fields, **(self.start.fields if starts else {})}

    def add_error(self, field: str | None, error: Any) -> None:
        """Beside the field that it names, else on top."""
        if self.starts and field in self.start.fields:
            self.start.add_error(field, error)
        elif self.is_whole:
            self.head.add_error(field, error)
        else:
            self.start.add_error(None, error)

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """The head's and, where it starts, from when."""
        return {**(self.head.cleaned_data if self.is_whole else {}), **self.started}

    @property
    def started(self) -> dict[str, Any]:
        """From when it is in force."""
        return self.start.cleaned_data if self.starts else {}

    @property
    def edited(self) -> dict[str, Any]:
        """The draft as typed, for the action."""
        given = self.head.cleaned_data
        names = ("token", "name", "kinds", "classes")
        return {**{name: given[name] for name in names}, "items": self.rows.specs()}

    def is_valid(self) -> bool:
        """Whether all hold; all are checked, so that all is told at once."""
        parts: list[Any] = [self.head, self.rows] if self.is_whole else []
        parts += [self.start] if self.starts else []
        held = [part.is_valid() for part in parts]
        return all(held)

    @property
    def sentences(self) -> list[str]:
        """What is wrong, one sentence each, for who is told without the page."""
        found = [text for texts in self.head.errors.values() for text in texts]
        found += self.rows.non_form_errors()
        for place, form in enumerate(self.rows.forms, start=1):
            found += [f"第 {place} 项：{text}" for texts in form.errors.values() for text in texts]
        return [str(text) for text in found]


def offered(draft: ReportDefinition) -> list[tuple[str, str]]:
    """Months from which the draft may be in force, with the period that begins with each: the one
    opened last, then those that are not open yet."""
    newest = newest_opened(draft.plan)
    coming = next_to_open(draft.plan, newest)
    found = [*([newest] if newest else []), *(periods.shift(coming, n) for n in range(AHEAD))]
    return [(_month(period), periods.label(period)) for period in found]


def _month(period: str) -> str:
    return periods.containing(periods.first_day(period), periods.MONTH)


def _draft(request: PortalRequest, pk: int) -> ReportDefinition:
    draft = get_object_or_404(ReportDefinition.objects.select_related("plan"), pk=pk)
    if draft.is_published and request.method != "POST":
        raise Http404
    return draft


Attempt = acts.Attempt[ReportDefinition, DraftForms]


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def definition_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """The items of a draft: changed, moved, added, taken out and put back. One that was published
    while its page was open is refused, with what was typed."""
    is_quiet = is_by_script(request)
    pressed = request.POST.get("press", "")

    def act(attempt: Attempt) -> ReportDefinition:
        edited = attempt.form.edited
        edited["items"] = files_last(moved(attempt.subject, edited["items"], pressed))
        return definitions.edit_draft(draft=attempt.subject, by=request.actor, **edited)

    def done(attempt: Attempt, draft: ReportDefinition) -> HttpResponse:
        if is_quiet:
            saved = f"{timezone.localtime(clock.now()):%H:%M}"
            return JsonResponse({"version": token_of(draft), "saved_at": saved})
        if not pressed:
            return acts.said(request, "草稿已保存。", "schedules:definition-edit", pk=pk)
        key = opened_by(draft, pressed)
        address = reverse("schedules:definition-edit", args=[pk])
        return redirect(f"{address}?open={key}#item-{key}" if key else address)

    def show(attempt: Attempt) -> HttpResponse:
        if is_quiet and attempt.status == 409:
            context = {"attempt": attempt, "token": token_of(attempt.subject)}
            return render(request, "schedules/definition_conflict.html", context, status=409)
        if is_quiet:
            said = attempt.form.sentences or ["有内容不合要求。"]
            return JsonResponse({"message": said[0]}, status=acts.INVALID)
        return _page(attempt)

    return acts.perform(
        request,
        load=lambda: _draft(request, pk),
        form=lambda draft: DraftForms(request, draft),
        act=act,
        done=done,
        show=show,
    )


def _page(attempt: Attempt) -> HttpResponse:
    draft, form = attempt.subject, attempt.form
    in_force = (
        ReportDefinition.objects.filter(key=draft.key, is_published=True)
        .order_by("-version")
        .first()
    )
    reach = reach_of(draft, in_force)
    changes = differences(in_force.items, draft.items) if in_force else []
    tags = {change.title: (WORDS[change.word], TONES[change.word]) for change in changes}
    opened = _opened(attempt)
    if reach.load.excess is not None or form.start["over_reason"].value():
        form.start.want_reason()
    asked_for = known(draft.items, draft.plan.cadence)
    rows = [
        (
            one,
            tags.get(one.spec.get("title", "")),
            one.spec.get("key") == opened or bool(one.errors),
            asked_for.get(one.spec.get("key", "")),
        )
        for one in form.rows
    ]
    return attempt.page(
        "schedules/definition_edit.html",
        definition=draft,
        head=form.head,
        rows=form.rows,
        item_rows=rows,
        opened=opened,
        in_force=in_force,
        counts={word: sum(change.word == word for change in changes) for word in WORDS},
        reach=reach,
        said=said_of(reach),
        burden=month_chart(reach.load),
        share=parts_chart(reach.load),
        start=form.start,
        choices=_choices(reach, form),
        kinds=labels(OrganizationKind.choices, draft.kinds),
        classes=labels(OrganizationClass.choices, draft.classes),
        adds=[
            (key, kind.adds)
            for key, kind in item_kinds.registered().items()
            if key != ItemKind.FIGURES
        ],
        asked_for=list(asked_for.values()),
        weighed=weighing_said(weigh_draft(draft, reach.load.month)),
        **previewed(draft),
    )


def said_of(reach: Reach) -> dict[str, str]:
    """The cost in words: minutes before and after, and the sum for all."""
    after, more = number(reach.minutes), reach.more
    found = {
        "minutes": f"{after} 分钟"
        if reach.before is None
        else f"{number(reach.before)} → {after} 分钟",
        "change": "",
        "tone": "",
        "all": f"{number(reach.hours)} 小时",
        "sum": f"{reach.count} × {number(more)} 分钟",
        "next": periods.label(reach.next_period),
        "opened": "",
        **load_said(reach.load),
    }
    if reach.before is not None and not more:
        found |= {"minutes": f"{after} 分钟", "change": "与现用的一样", "all": "不变", "sum": ""}
    elif reach.before is not None:
        found["change"] = f"{'多' if more > 0 else '少'} {number(abs(more))} 分钟"
        found["all"] = f"{'多' if more >= 0 else '少'} {number(abs(reach.hours))} 小时"
        found["sum"] = f"{reach.count} × {number(abs(more))} 分钟"
    if reach.minutes > PROMISED and reach.plan.cadence == periods.MONTH:
        found["change"] += f"{'，' if found['change'] else ''}超出承诺的 {PROMISED} 分钟"
        found["tone"] = "warn"
    if reach.open_period:
        found["opened"] = f"{periods.label(reach.open_period)}已打开"
    return found


def _opened(attempt: Attempt) -> str:
    pressed = attempt.request.POST.get("press", "")
    if pressed:
        return pressed.partition(":")[2]
    return attempt.request.GET.get("open", "")


def _choices(reach: Reach, form: DraftForms) -> list[dict[str, Any]]:
    """The two honest choices: from what is not open yet, or from what is."""
    chosen = form.start["valid_from"].value()
    later, now = _month(reach.next_period), ""
    found = [
        {
            "value": later,
            "label": f"{periods.label(reach.next_period)}起",
            "note": "还没有打开，打开前都可以再改。",
        }
    ]
    if reach.open_period:
        now = _month(reach.open_period)
        note = (
            f"没有动过的 {reach.untouched} 份草稿换成这一版，已动笔或已报的 {reach.begun} 份不换。"
        )
        found.append(
            {"value": now, "label": f"{periods.label(reach.open_period)}就换", "note": note}
        )
    if chosen not in (later, now):
        chosen = later
    return [{**one, "is_chosen": one["value"] == chosen} for one in found]


def moved(
    draft: ReportDefinition, specs: list[dict[str, Any]], pressed: str
) -> list[dict[str, Any]]:
    """The items after a button of the editor: up, down, remove, copy, restore and figure (which puts
    the portal's figure in the item's place) name an item, add a kind. Another word changes nothing."""
    act, _, name = pressed.partition(":")
    keys = [spec["key"] for spec in specs]
    if act == "add" and name in item_kinds.registered() and name != ItemKind.FIGURES:
        return [*specs, starter(ItemKind(name), _fresh(f"新的{ItemKind(name).label}项", specs))]
    if act == "restore":
        gone = next((spec for spec in draft.removed if spec["key"] == name), None)
        if gone is not None and name not in keys:
            return [*specs, {**gone, "title": _fresh(gone["title"], specs)}]
        return specs
    if name not in keys:
        return specs
    place = keys.index(name)
    if act == "remove":
        return _without(specs, name)
    if act == "figure":
        cadence = draft.plan.cadence
        is_known = name in known(specs, cadence)
        return _without(with_figure(specs, name, cadence), name) if is_known else specs
    if act == "copy":
        twin = {**copy.deepcopy(specs[place]), "key": ""}
        twin["title"] = _fresh(twin["title"], specs)
        return [*specs[: place + 1], twin, *specs[place + 1 :]]
    other = place + {"up": -1, "down": 1}.get(act, 0)
    if 0 <= other < len(specs):
        specs[place], specs[other] = specs[other], specs[place]
    return specs


def _without(specs: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The items without one, and no other that looks to it."""
    kept = [spec for spec in specs if spec["key"] != key]
    for spec in kept:
        if key in spec.get("total_of", []):
            spec["total_of"] = [one for one in spec["total_of"] if one != key]
        if spec.get("at_most") == key:
            spec["at_most"] = ""
    return kept


def _fresh(title: str, specs: list[dict[str, Any]]) -> str:
    titles, number, found = {spec["title"] for spec in specs}, 2, title
    while found in titles:
        found, number = f"{title[:55]}（{number}）", number + 1
    return found


def opened_by(draft: ReportDefinition, pressed: str) -> str:
    """Key of the item that stands open after a button."""
    act, _, name = pressed.partition(":")
    keys = [spec["key"] for spec in draft.items]
    if act == "add":  # the newest of its kind: keys of the same form are given in their order
        return next((spec["key"] for spec in reversed(draft.items) if spec["kind"] == name), "")
    if act == "copy" and name in keys:
        return keys[min(keys.index(name) + 1, len(keys) - 1)]
    return name if name in keys and act in ("open", "restore") else ""


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts a draft into force, with what was typed in its page."""

    def act(attempt: Attempt) -> definitions.Started:
        form = attempt.form
        return definitions.publish(
            draft=attempt.subject,
            valid_from=form.started["valid_from"],
            edited=form.edited if form.is_whole else None,
            over_reason=form.started["over_reason"],
            valid_until=form.started["valid_until"],
            by=request.actor,
        )

    def done(attempt: Attempt, started: definitions.Started) -> HttpResponse:
        text = f"{started.form}自{periods.label(started.form.valid_from)}起用。"
        if started.renewed:
            text += f"没有动过的 {started.renewed} 份草稿已换成这一版。"
        return acts.said(request, text, "schedules:definition-list")

    def show(attempt: Attempt) -> HttpResponse:
        if attempt.form.is_whole:
            return _page(attempt)
        if attempt.error is None:
            for texts in attempt.form.start.errors.values():
                messages.error(request, str(texts[0]))
            return redirect("schedules:definition-edit", pk=pk)
        if attempt.conflict:  # in force by now: there is no draft to go back to
            return acts.turned_back(attempt, "schedules:definition-list")
        return acts.turned_back(attempt, "schedules:definition-edit", pk=pk)

    return acts.perform(
        request,
        load=lambda: _draft(request, pk),
        form=lambda draft: DraftForms(request, draft, starts=True),
        act=act,
        done=done,
        show=show,
    )
