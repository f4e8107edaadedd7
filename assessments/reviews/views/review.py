"""The review of a cycle for who carries it on: teams, how far it is, and the beginning."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import signed
from assessments.cycles.models import Assessed, Cycle
from assessments.scoring.measuring import LEAST_PAIRS
from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import rules
from ..access import get_calibrated, get_item, get_review, get_reviewed_cycle
from ..actions import beginning, marks, teams
from ..enums import Conflict, ItemState, ReviewState
from ..forms.acts import ReasonForm
from ..forms.teams import TeamsForm, initial_of, usual_due
from ..models import Review, ReviewItem
from ..queries.conflicts import conflicts
from ..queries.people import Candidate, candidates
from ..queries.progress import cases_of, leanings, members_of
from ..queries.weights import weights_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


@needs(P.ASSESSMENT_RUN, methods=READ)
def review(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Teams with whom they look at, and how far they are; before that what has to be arranged.
    Twelve queries."""
    cycle = get_reviewed_cycle(request.actor, uid)
    found = Review.objects.filter(cycle=cycle).first()
    if found is None:
        return redirect("reviews:arrange", uid=uid)
    found.cycle = cycle
    cases = cases_of(found, request.actor)
    members = members_of(found, request.actor)
    names: dict[int, list[str]] = {}
    for member in found.members.order_by("pk"):
        names.setdefault(member.team_id, []).append(member.name)
    listed: list[dict[str, Any]] = []
    for case in cases:
        if not listed or listed[-1]["team"] != case.team:
            listed.append({"team": case.team, "people": names.get(case.team.pk, []), "cases": []})
        listed[-1]["cases"].append(case)
    items = sum(case.items for case in cases)
    context = {
        "review": found,
        "cycle": cycle,
        "teams": listed,
        "idle": [one for one in found.teams.all() if one.pk not in {c.team.pk for c in cases}],
        "members": members,
        "examples": found.examples.select_related("version__scheme"),
        "items": items,
        "done": sum(case.done for case in cases),
        "unseated": sum(case.unseated for case in cases),
        "is_going": found.state == ReviewState.GOING,
        "is_open": cycle.state == CycleState.REVIEWING,
        "calibrates": request.actor.may_at(P.ASSESSMENT_DECIDE, cycle.organization.path)
        and members is not None,
        "dones": ReviewItem.objects.filter(assessed__cycle=cycle, state=ItemState.DONE).exists(),
    }
    return render(request, "reviews/review.html", context)


# --- teams ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arranging:
    """What teams are made of."""

    cycle: Cycle
    review: Review
    people: Sequence[Candidate]
    cases: Sequence[Assessed]
    barred: dict[tuple[int, int], Conflict]
    weights: dict[int, int]


def _arranging(request: PortalRequest, uid: uuid.UUID) -> Arranging:
    cycle = get_reviewed_cycle(request.actor, uid)
    found = Review.objects.filter(cycle=cycle).first() or Review(cycle=cycle)
    found.cycle = cycle
    people = candidates(cycle)
    cases = list(
        Assessed.objects.filter(cycle=cycle, is_out=False)
        .select_related("organization")
        .order_by("path")
    )
    barred = conflicts([one.user_id for one in people], cases)
    return Arranging(cycle, found, people, cases, barred, weights_of(cycle))


def _form(request: PortalRequest, subject: Arranging) -> TeamsForm:
    found = subject.review
    initial: dict[str, Any] = {"due_on": usual_due(clock.today()), "revision": found.revision}
    if found.pk:
        stored = [
            (
                [member.user_id for member in team.members.all()],
                [case.assessed_id for case in team.cases.all()],
            )
            for team in found.teams.prefetch_related("members", "cases")
        ]
        initial |= {"sampled": found.sampled, "seed": found.seed}
        if found.due_on is not None:
            initial["due_on"] = found.due_on
        initial = initial_of(stored, initial)
        initial["count"] = max(1, len(stored))
    people = [(one.user_id, one.name) for one in subject.people]
    cases = [(one.pk, one.short_name) for one in subject.cases]
    typed = acts.typed(request)
    if typed and request.POST.get("propose"):
        asked = TeamsForm(typed, people=people, cases=cases)
        asked.full_clean()
        proposed, left = _proposed(asked, subject)
        made = TeamsForm(people=people, cases=cases, initial=initial | proposed)
        made.left = [one.pk for one in left]
        return made
    return TeamsForm(typed, people=people, cases=cases, initial=initial)


def _proposed(asked: TeamsForm, subject: Arranging) -> tuple[dict[str, Any], Sequence[rules.Case]]:
    """What was typed, with a proposal for the people chosen: all who may, where none is; and whom
    none of the teams can look at."""
    given = asked.cleaned_data
    units = {one.user_id: one.path for one in subject.people}
    chosen = asked.chosen() or list(units)
    people = [
        rules.Person(
            pk, units[pk], frozenset(case for person, case in subject.barred if person == pk)
        )
        for pk in chosen
    ]
    most = rules.most_teams(len(people))
    count = max(1, min(given.get("count") or 1, most or 1))
    cases = [rules.Case(one.pk, one.path, subject.weights.get(one.pk, 1)) for one in subject.cases]
    found = rules.propose(people, cases, count)
    kept = {name: given[name] for name in ("due_on", "sampled", "seed") if name in given}
    pairs = [
        ([one.pk for one in team.people], [one.pk for one in team.cases]) for team in found.teams
    ]
    more = kept | {"count": count, "revision": asked.data.get("revision")}
    return initial_of(pairs, more), found.left


@needs(P.ASSESSMENT_RUN, methods=FORM)
def arrange(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who is in which team and looks at whom. “系统提议” fills it in and stores nothing. Fourteen
    queries, however many people and organisations."""

    def show(attempt: acts.Attempt[Arranging, TeamsForm]) -> HttpResponse:
        return attempt.page("reviews/arrange.html", **_arrange_context(attempt))

    if request.method == "POST" and request.POST.get("propose"):
        subject = _arranging(request, uid)
        return show(acts.Attempt(request, subject, _form(request, subject)))

    def act(attempt: acts.Attempt[Arranging, TeamsForm]) -> Review:
        given = attempt.given
        return teams.arrange(
            review=teams.prepare(cycle=attempt.subject.cycle, by=request.actor),
            revision=given["revision"],
            teams=attempt.form.teams(),
            due_on=given["due_on"],
            sampled=given["sampled"],
            seed=given["seed"],
            by=request.actor,
        )

    return acts.perform(
        request,
        load=lambda: _arranging(request, uid),
        form=lambda subject: _form(request, subject),
        act=act,
        done=lambda attempt, found: acts.said(request, "安排已保存。", "reviews:review", uid=uid),
        show=show,
    )


def _arrange_context(attempt: acts.Attempt[Arranging, TeamsForm]) -> dict[str, Any]:
    subject, form = attempt.subject, attempt.form
    short = {one.pk: one.short_name for one in subject.cases}
    names = {one.user_id: one.name for one in subject.people}
    barred_of: dict[int, list[str]] = {}
    barred_by: dict[int, list[str]] = {}
    for (person, case), why in subject.barred.items():
        barred_of.setdefault(person, []).append(short[case])
        barred_by.setdefault(case, []).append(f"{names[person]}（{why.label}）")
    few = [
        one.short_name
        for one in subject.cases
        if len(subject.people) - len(barred_by.get(one.pk, ())) < rules.LEAST
    ]
    return {
        "cycle": subject.cycle,
        "review": subject.review,
        "conflict": attempt.conflict,
        "few": few,
        "left": [short[pk] for pk in form.left if short[pk] not in few],
        "least": rules.LEAST,
        "people": [
            {"one": one, "box": form.box("p", one.user_id), "barred": barred_of.get(one.user_id)}
            for one in subject.people
        ],
        "cases": [
            {
                "one": one,
                "box": form.box("c", one.pk),
                "weight": subject.weights.get(one.pk, 0),
                "barred": barred_by.get(one.pk),
            }
            for one in subject.cases
        ],
        "is_begun": subject.review.state == ReviewState.GOING,
    }


@needs(P.ASSESSMENT_RUN, methods=ACT)
def begin(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The review begins, after it was said what that means."""

    def ask(found: Review) -> acts.Question:
        cases = sum(team.cases.count() for team in found.teams.all())
        lines = [
            f"{periods.label(found.cycle.period)}考核，{found.teams.count()} 个组，{cases} 家单位",
            f"考核组成员 {found.members.count()} 人收到通知，"
            + (f"先评 {found.examples.count()} 道样题" if found.examples.exists() else "没有样题"),
            "从现在起到审定，各单位看不到自己的得分；审定以后一并反馈",
            "开始以后样题和抽样不能再改，人员可以移交",
        ]
        return acts.Question("开始复核", lines, "开始复核")

    return acts.press(
        request,
        load=lambda: get_review(request.actor, uid),
        act=lambda found: beginning.begin(review=found, revision=found.revision, by=request.actor),
        done=lambda found, result: acts.said(
            request, "复核已开始，考核组成员已收到通知。", "reviews:review", uid=uid
        ),
        ask=ask,
        back=lambda found: found,
    )


@needs(P.ASSESSMENT_RUN, methods=FORM)
def item_reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """A complete item is marked once more, with a reason."""
    return acts.perform(
        request,
        load=lambda: get_item(request.actor, pk),
        form=lambda item: ReasonForm(acts.typed(request)),
        act=lambda attempt: marks.reopen(
            item=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, item: acts.said(
            request,
            "已请考核组重评。",
            "reviews:review",
            uid=attempt.subject.assessed.cycle.uid,
        ),
        show=lambda attempt: attempt.page(
            "reviews/item_reopen.html",
            item=attempt.subject,
            cycle=attempt.subject.assessed.cycle,
            name=marks.leaf_of(attempt.subject)[0].name,
        ),
    )


@needs(P.ASSESSMENT_DECIDE, methods=READ)
def calibration(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """How reviewers mark beside each other and beside the reference, and evidence never opened: for
    who decides alone. Never a deduction. Eight queries."""
    found = get_calibrated(request.actor, uid)
    rows = [
        {
            "one": one,
            "by_pairs": _leaning(one.by_pairs),
            "by_examples": _leaning(one.by_examples),
            "is_few": one.pairs < LEAST_PAIRS,
        }
        for one in leanings(found)
    ]
    context = {"review": found, "cycle": found.cycle, "rows": rows, "least": LEAST_PAIRS}
    return render(request, "reviews/calibration.html", context)


def _leaning(value: Fraction | None) -> str:
    """In hundredths of full marks, with its sign."""
    return "" if value is None else signed(value, 1)
