"""Cycles: which there are, how far each is, and the steps of who holds it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from assessments.schemes.definitions import scheme_of
from assessments.schemes.enums import Level
from assessments.scoring.numbers import number, rounded
from assessments.scoring.schemes import Scheme
from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest, is_fragment
from core.paging import Pager
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import offers, words
from ..access import (
    decides,
    get_cycle,
    get_decided_cycle,
    get_held_cycle,
    get_holder,
    holds,
    looks_over,
)
from ..actions import cycles, runs
from ..enums import CycleState
from ..forms.cycles import OpenForm, ReasonForm
from ..models import Cycle, Score
from ..queries import computing
from ..queries.corrected import corrected_of, corrections_of
from ..queries.overview import (
    GroupResult,
    Progress,
    cycles_over,
    overview_of,
    own_scores,
    progress_of,
    results_of,
    weakest_of,
)
from ..queries.placing import cause_of_grade
from ..standings import rules_of
from . import tracks

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 20
LINKED = 2  # newest of the own results beside which stands what else there is of them
HALVES = 4  # that a cycle can be begun for: this one and those before it
HOLDERS = (
    OrganizationKind.WORK_COMMITTEE,
    OrganizationKind.DIRECT_COMMITTEE,
    OrganizationKind.GRASSROOTS_COMMITTEE,
)
STEPS = ("算出得分", "冻结事实", "复核评分", "审定")


@needs(P.ASSESSMENT_VIEW, methods=READ)
def cycle_list(request: PortalRequest) -> HttpResponse:
    """The own score of each half-year, and the cycles that organisations of the actor hold. Six
    queries."""
    actor = request.actor
    page = Pager(cycles_over(actor), PAGE).get_page(request.GET.get("page"))
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    own = own_scores(actor)
    sealed = [one.pk for one, _ in own if one.cycle.state == CycleState.SEALED]
    corrected = corrected_of(sealed) if sealed else {}
    context = {
        "own": [
            (
                one,
                score,
                offers.links_of_assessed(actor, one) if at < LINKED else [],
                [words.correction_words(each) for each in corrected.get(one.pk, ())],
            )
            for at, (one, score) in enumerate(own)
        ],
        "links": offers.links_of_list(actor),
        "page": page,
        "may_open": place is not None
        and place.kind in HOLDERS
        and actor.may_at(P.ASSESSMENT_RUN, place.path),
        "actor": actor,
    }
    return render(request, "cycles/cycle_list.html", context)


@needs(P.ASSESSMENT_RUN, methods=FORM)
def cycle_open(request: PortalRequest) -> HttpResponse:
    """A half-year is begun by the versions in force."""

    def form(place: Organization) -> OpenForm:
        halves = periods.ending(periods.containing(clock.today(), periods.HALF_YEAR), HALVES)
        offered = [(one, _half_words(one)) for one in reversed(halves)]
        levels = [(value, label) for value, label in Level.choices if value == Level.BRANCH]
        if place.kind == OrganizationKind.WORK_COMMITTEE:
            levels = list(Level.choices)
        first = next((one for one in reversed(halves) if _is_over(one)), halves[-1])
        initial = {"level": levels[0][0], "period": first}
        return OpenForm(acts.typed(request), levels=levels, halves=offered, initial=initial)

    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=form,
        act=lambda attempt: cycles.open_cycle(
            organization=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, cycle: acts.said(
            request, f"{periods.label(cycle.period)}的考核已开始，正在计算。", cycle
        ),
        show=lambda attempt: attempt.page("cycles/cycle_open.html", place=attempt.subject),
    )


def _is_over(period: str) -> bool:
    return periods.last_day(period) < clock.today()


def _half_words(period: str) -> str:
    return periods.label(period) + ("" if _is_over(period) else "（还没有结束，可以先看还缺什么）")


# --- one cycle -----------------------------------------------------------------------------------


@needs(P.ASSESSMENT_VIEW, methods=READ)
def cycle(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """How far a cycle is, and once its facts are frozen what it gives. While it is being computed
    htmx asks for the bar alone. Who is only assessed is led to his own score. Twenty queries."""
    found = get_cycle(request.actor, uid)
    if not looks_over(request.actor, found):
        return redirect("cycles:cycle-list")
    progress = progress_of(found)
    if is_fragment(request):
        if progress is not None:
            context = {"progress": progress, "bar": _bar(progress), "cycle": found}
            return render(request, "cycles/parts/progress.html", context)
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "cycles/cycle.html", _context(request, found, progress))


def _context(request: PortalRequest, found: Cycle, progress: Progress | None) -> dict[str, Any]:
    is_running = found.state == CycleState.RUNNING
    overview = overview_of(found, request.actor)
    is_over = _is_over(found.period)
    context: dict[str, Any] = {
        "cycle": found,
        "progress": progress,
        "bar": _bar(progress) if progress else 0,
        "overview": overview,
        "hand": [one for one in overview.missing if one.by_hand],
        "unknown": [one for one in overview.missing if not one.by_hand],
        "unmeasured": [
            (one, OrganizationClass(one.organization_class).label if one.organization_class else "")
            for one in overview.unmeasured
        ],
        "may_run": holds(request.actor, found),
        "may_decide": decides(request.actor, found)
        and found.submitted_by_id not in request.actor.persons,
        "may_send_back": decides(request.actor, found),
        "links": offers.links_of(request.actor, found),
        "is_running": is_running,
        "is_over": is_over,
        "ends_on": periods.last_day(found.period),
        "steps": STEPS,
        "step": _step(found, overview.waiting),
        "shows_ranks": request.GET.get("ranks") == "1",
    }
    if not is_running and found.run_id is not None:
        groups = results_of(found, request.actor)
        corrected = (
            {one.assessed_id: words.correction_words(one) for one in corrections_of(found)}
            if found.state == CycleState.SEALED
            else {}
        )
        contents = computing.contents_of(found)
        schemes = {pk: scheme_of(content) for pk, content in contents.items()}
        first = contents[min(contents)] if contents else {}
        shown = [_group(one, schemes, corrected) for one in groups]
        scored = [row for group in shown for row in group.rows if row.score.total is not None]
        context |= {
            "groups": shown,
            "grades": _grades(first, scored),
            "quota": _quota(found, first, shown),
            "weakest": weakest_of(found, request.actor),
            "as_of": found.known_at,
        }
    return context


def _bar(progress: Progress) -> int:
    """In hundredths: half for what is read, half for what is scored."""
    read = progress.read / progress.figures if progress.figures else 1.0
    scored = progress.scored / progress.assessed if progress.assessed else 0.0
    return int(50 * min(1.0, read) + 50 * min(1.0, scored))


def _step(found: Cycle, waiting: int) -> int:
    if found.state == CycleState.SEALED:
        return len(STEPS) + 1
    if found.state == CycleState.SUBMITTED:
        return 4
    if found.state in (CycleState.FROZEN, CycleState.REVIEWING):
        return 3
    return 1 if found.run_id is None else 2


# --- results -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One organisation as the table shows it."""

    score: Score
    rate: Decimal | None
    against: str  # the mean of the group
    track: tracks.Track | None
    standing: str
    tone: str
    why: str  # why the grade is not that of the points
    is_pushed: bool  # by the quota
    corrected: str  # old → new, where it was corrected

    @property
    def name(self) -> str:
        """What the organisation is called."""
        return self.score.assessed.short_name


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """A group as the table shows it."""

    name: str
    told: dict[str, Any]
    rows: Sequence[ResultRow]
    axis: tracks.Axis | None
    has_standing: bool


_STANDINGS = {1: ("明显高于", "ok"), 0: ("无明显差异", "mute"), -1: ("明显低于", "warn")}


def _group(
    one: GroupResult, schemes: Mapping[int, Scheme], corrected: Mapping[int, str]
) -> ResultGroup:
    told = dict(one.told)
    mean = Decimal(told["mean"]) if told.get("mean") else None
    for name in ("lowest", "highest"):
        if told.get(name):
            told[name] = rounded(number(told[name]))
    rates = {score.pk: _rate(score) for score in one.scores}
    known = [rate for rate in rates.values() if rate is not None]
    compares = bool(told.get("is_ranked")) and mean is not None
    axis = tracks.axis_over(known, mean if compares else None) if known else None
    rows = []
    for score in one.scores:
        rate = rates[score.pk]
        cause = cause_of_grade(score, schemes[score.assessed.version_id])
        word, tone = (
            _STANDINGS[score.standing] if compares and score.standing is not None else ("", "")
        )
        rows.append(
            ResultRow(
                score,
                rate,
                tracks.signed(
                    rate - mean if compares and rate is not None and mean is not None else None
                ),
                axis.track(rate) if axis and rate is not None else None,
                word,
                tone,
                words.cause_words(cause),
                cause.by_quota,
                corrected.get(score.assessed_id, ""),
            )
        )
    return ResultGroup(
        one.group.name if one.group else "没有分组",
        told if one.group else {},
        rows,
        axis,
        any(row.standing for row in rows),
    )


def _rate(score: Score) -> Decimal | None:
    if score.total is None or not score.full:
        return None
    return rounded(number(score.total) / number(score.full) * 100)


def _grades(first: Mapping[str, Any], rows: Sequence[ResultRow]) -> list[tuple[str, str, int]]:
    """(grade, its points, how many) by the bands of the first version, as they are on paper."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.score.grade] = counts.get(row.score.grade, 0) + 1
    bands = first.get("bands") or []
    order = [str(band[0]) for band in sorted(bands, key=lambda band: -number(band[1]))]
    least = {str(band[0]): str(band[1]) for band in bands}
    listed = []
    for place, grade in enumerate(order):
        top = least[order[place - 1]] if place else ""
        span = f"{least[grade]} 分以上" if not place else f"{least[grade]} 至不足 {top}"
        listed.append((grade, span, counts.pop(grade, 0)))
    return listed + [(grade, "", n) for grade, n in counts.items() if grade]


def _quota(
    found: Cycle, first: Mapping[str, Any], groups: Sequence[ResultGroup]
) -> dict[str, Any] | None:
    """The quota as arithmetic: of each group its share, its places, and how many have the grade."""
    rules = rules_of(first)
    places = found.run.summary.get("places") if found.run is not None else None
    if not rules.quota_grade or places is None:
        return None
    share = f"{rules.quota_share.numerator}/{rules.quota_share.denominator}"
    lines, whole, held = [], 0, 0
    for group in groups:
        if group.told.get("places") is None:
            continue
        have = [row for row in group.rows if row.score.grade == rules.quota_grade]
        pushed = [row for row in group.rows if row.is_pushed]
        count = int(group.told["count"])
        whole += count
        held += len(have)
        lines.append(
            {
                "name": group.name,
                "count": count,
                "exact": rounded(rules.quota_share * count),
                "places": group.told["places"],
                "have": len(have),
                "pushed": [row.name for row in pushed],
            }
        )
    return {
        "grade": rules.quota_grade,
        "word": "不超过" if rules.quota_kind == "upper" else "不少于",
        "way": "向下取整" if rules.quota_kind == "upper" else "向上取整",
        "share": share,
        "whole": whole,
        "places": places,
        "held": held,
        "lines": lines,
    }


# --- steps ---------------------------------------------------------------------------------------


@needs(P.ASSESSMENT_RUN, methods=ACT)
def cycle_recompute(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The whole is computed anew behind the page."""
    return acts.press(
        request,
        load=lambda: get_held_cycle(request.actor, uid),
        act=lambda found: runs.order(cycle=found, by=request.actor),
        done=lambda found, run: acts.said(
            request, "正在重新计算，算完之前仍显示原来的结果。", found
        ),
        back=lambda found: found,
    )


@needs(P.ASSESSMENT_RUN, methods=ACT)
def cycle_freeze(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Ends the time in which facts change, after it was said what that means."""

    def ask(found: Cycle) -> acts.Question:
        n = found.assessed.filter(is_out=False).count()
        lines = [
            f"{periods.label(found.period)}考核，{n} 家单位",
            "以后发生、补录或更正的事不再计入这一期，得分按现在已记录的事实计算",
            "人工评分在审定以前仍可以给、可以改",
            f"冻结后，{found.organization}可以看到各单位的得分；各单位仍只看到自己的",
            "冻结不能撤回",
        ]
        return acts.Question("冻结考核事实", lines, "冻结")

    return acts.press(
        request,
        load=lambda: get_held_cycle(request.actor, uid),
        act=lambda found: cycles.freeze(cycle=found, revision=found.revision, by=request.actor),
        done=lambda found, result: acts.said(request, "事实已冻结，正在按冻结的事实计算。", found),
        ask=ask,
        back=lambda found: found,
    )


@needs(P.ASSESSMENT_RUN, methods=ACT)
def cycle_review(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The reviewers begin, after it was said what that means."""

    def ask(found: Cycle) -> acts.Question:
        lines = [
            f"{periods.label(found.period)}考核，{found.assessed.filter(is_out=False).count()} 家单位",
            "从现在起到审定，各单位看不到自己的得分；审定以后一并反馈",
            "复核开始不能撤回",
        ]
        return acts.Question("开始复核", lines, "开始复核")

    return acts.press(
        request,
        load=lambda: get_held_cycle(request.actor, uid),
        act=lambda found: cycles.begin_review(
            cycle=found, revision=found.revision, by=request.actor
        ),
        done=lambda found, result: acts.said(request, "复核已开始。", found),
        ask=ask,
        back=lambda found: found,
    )


@needs(P.ASSESSMENT_RUN, methods=ACT)
def cycle_submit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Results are laid before those who decide, after it was said what that means."""

    def ask(found: Cycle) -> acts.Question:
        n = found.assessed.filter(is_out=False).count()
        lines = [
            f"{periods.label(found.period)}考核，{n} 家单位",
            "提请以后评分不能再改，得分不再变动",
            "审定由另一人办理；审定以前可以退回复核",
        ]
        return acts.Question("提请审定", lines, "提请审定")

    return acts.press(
        request,
        load=lambda: get_held_cycle(request.actor, uid),
        act=lambda found: cycles.submit(cycle=found, revision=found.revision, by=request.actor),
        done=lambda found, result: acts.said(request, "已提请审定。", found),
        ask=ask,
        back=lambda found: found,
    )


@needs(P.ASSESSMENT_DECIDE, methods=FORM)
def cycle_send_back(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What was submitted goes back to be looked at once more, with a reason."""
    return acts.perform(
        request,
        load=lambda: get_decided_cycle(request.actor, uid),
        form=lambda found: ReasonForm(acts.typed(request)),
        act=lambda attempt: cycles.send_back(
            cycle=attempt.subject,
            revision=attempt.subject.revision,
            by=request.actor,
            **attempt.given,
        ),
        done=lambda attempt, cycle: acts.said(request, "已退回复核。", attempt.subject),
        show=lambda attempt: attempt.page("cycles/cycle_send_back.html", cycle=attempt.subject),
    )
