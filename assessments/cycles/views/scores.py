"""One score explained: on a page, on paper, and computed again."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from assessments.schemes.definitions import MID_YEAR_WEIGHT
from assessments.scoring.refusals import Refused
from core import clock
from core.documents.writers import WRITERS
from core.guards import needs
from core.http import PortalRequest
from orgs.access import get_moment
from orgs.permissions import Permission as P

from .. import offers, words
from ..access import get_assessed, get_rolled_up
from ..enums import CycleState, PostingKind
from ..explaining import Item, fixed, signed
from ..explaining.amounts import exact, percent
from ..explaining.said import Number, Said
from ..exports.score import name_of
from ..exports.score import score_document as as_document
from ..models import Assessed, Score
from ..queries.explained import Told, checked, told_of
from ..queries.rollups import Rollup, rolled_up
from . import score_charts
from .papers import send_paper

READ = ("GET", "HEAD")
SHOWN_BRANCHES = 12
ALL = "all"


@needs(P.ASSESSMENT_VIEW, methods=READ)
def score(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Why it is so many points: the equation, what cost most, every indicator down to its rows, what
    would win back most, and the account of the year as of a day (`on`). `open` is the number of an
    indicator that stands open, or `all`."""
    assessed = get_assessed(request.actor, uid)
    on, _ = get_moment(request.GET)
    told = told_of(request.actor, assessed, on)
    page = _page(told, request.GET.get("open", ""))
    page["links"] = offers.links_of_assessed(request.actor, assessed)
    return render(request, "cycles/score_detail.html", page)


@needs(P.ASSESSMENT_VIEW, methods=READ)
def score_check(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Computes the score again from its stored facts, and says whether the bytes are the same.
    Changes nothing."""
    assessed = get_assessed(request.actor, uid)
    score = _stored(assessed)
    try:
        found, refused = checked(assessed, score), ""
    except Refused as refusal:
        found, refused = None, str(refusal)
    context = {"assessed": assessed, "score": score, "found": found, "refused": refused}
    return render(request, "cycles/score_check.html", context)


@needs(P.ASSESSMENT_VIEW, methods=("GET",))
def score_document(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The same explanation as Word (`docx`) or PDF."""
    if ending not in WRITERS:
        raise Http404
    assessed = get_assessed(request.actor, uid)
    _stored(assessed)
    on, _ = get_moment(request.GET)
    told = told_of(request.actor, assessed, on)
    made = as_document(told)
    return send_paper(
        request, assessed, made, name=name_of(told), ending=ending, verb="cycles.score.export"
    )


@needs(P.ASSESSMENT_VIEW, methods=READ)
def cycle_rollup(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What a committee's branches have in a half-year: mean, by members, spread, weakest indicator, and
    each of them."""
    cycle = get_rolled_up(request.actor, uid)
    context = {"cycle": cycle, "rollup": _rollup(rolled_up(cycle))}
    return render(request, "cycles/cycle_rollup.html", context)


def _stored(assessed: Assessed) -> Score:
    """Its score in the computation that counts. Raises Http404 while there is none."""
    found = Score.objects.filter(assessed=assessed, run=assessed.cycle.run_id).first()
    if found is None:
        raise Http404
    return found


# --- the page ------------------------------------------------------------------------------------


def _page(told: Told, wanted: str) -> dict[str, Any]:
    explained, can_win = told.explained, told.winnable
    page: dict[str, Any] = {
        "told": told,
        "assessed": told.assessed,
        "cycle": told.assessed.cycle,
        "score": told.score,
        "title": words.title_of(told),
        "about": words.about(told),
        "account": _account(told),
        "rollup": _rollup(told.rollup),
        "quiet": words.QUIET if told.is_running else "",
        "corrections": [
            (words.correction_words(one), words.corrected_words(one)) for one in told.corrections
        ],
    }
    if explained is None or can_win is None or told.score is None:
        return page
    rows = {item.key: _item(item, told, wanted) for item in explained.items}
    difference = explained.difference
    numbers = {item.key: item.number for item in explained.items}
    return {
        **page,
        "explained": explained,
        "is_all_open": wanted == ALL,
        "reasons": [
            {**rows[item.key], "bar": score_charts.loss_bar(item, explained)}
            for item in explained.reasons
        ],
        "sum_words": words.sum_words(explained),
        "bonus": words.bonus_said(told),
        "vetoes": words.vetoes_said(told),
        "parts": [
            {
                "part": part,
                "rows": [rows[item.key] for item in part.rows],
                "kept": [rows[item.key] for item in part.kept],
            }
            for part in explained.parts
        ],
        "waiting": [rows[item.key] for item in explained.waiting],
        "exempt": [_exempt(item, told) for item in explained.exempt],
        "wins": [
            {
                "win": win,
                "gain": words.gain_words(win, can_win),
                "first": words.first_words(win, can_win),
                "url": told.urls.get((win.figure, win.period, ""), ""),
                "number": numbers[win.indicator],
            }
            for win in can_win.best
        ],
        "until": words.until_words(can_win),
        "share_words": words.share_words(
            can_win, explained.total, is_sealed=told.assessed.cycle.state == CycleState.SEALED
        ),
        "gives_back": bool(can_win.share),
        "together": signed(can_win.together),
        "of_year": _of_year(told),
        "peers_words": words.peers_words(told.peers),
        "stands": words.STANDS.get(told.score.standing, words.NOTHING_DOUBLE)
        if told.peers is not None and told.peers.mean is not None
        else "",
        # While it runs, what the unit's own points come to; places are shared out afterwards.
        "grade": told.score.band if told.is_running else told.score.grade,
        "grade_why": ""
        if told.is_running
        else words.grade_words(told.score, told.assessed.version),
        "rank": None if told.is_running else told.score.rank,
        "place": score_charts.place_among(told.score, told.peers),
        "difference": difference,
        "changes": score_charts.changes(difference, numbers) if difference else None,
        "last_url": told.last.assessed.get_absolute_url() if told.last else "",
        "digest": _digest(told.score.digest),
    }


def _item(item: Item, told: Told, wanted: str) -> dict[str, Any]:
    rules: list[dict[str, Any]] = [
        {
            "words": rule.words,
            "said": rule.said,
            "numbers": [_number(one, told) for one in rule.said.numbers],
            "branches": [
                {"row": row, "url": _url(row.number, told)}
                for row in rule.said.branches[:SHOWN_BRANCHES]
            ],
            "more": max(len(rule.said.branches) - SHOWN_BRANCHES, 0),
            "reasons": _reasons(item, place, rule.said, told),
        }
        for place, rule in enumerate(item.rules)
    ]
    for rule in rules:
        rule["has_rows"] = any(one["url"] for one in rule["numbers"])
    opened = next((one for rule in rules for one in rule["numbers"] if one["url"]), None)
    return {
        "item": item,
        "rules": rules,
        "opened": opened,
        "is_open": wanted == ALL or wanted == str(item.number),
        "bar": score_charts.share_bar(item) if item.lost > 0 else None,
        "basis": words.basis_words(item),
        "limits": words.limit_words(item),
        "since": words.since_words(item, told.explained.places if told.explained else 2),
        "win": words.win_words(item, told.winnable) if told.winnable else "",
        "exempt": words.exempt_words(item),
        "pill": words.pill_words(item),
    }


def _url(number: Number, told: Told) -> str:
    return told.urls.get((number.figure, number.period, number.place), "")


def _number(number: Number, told: Told) -> dict[str, Any]:
    return {"number": number, "url": _url(number, told)}


def _reasons(item: Item, place: int, said: Said, told: Told) -> list[str]:
    """What was written beside the marks, each once."""
    found = [said.reason] if said.reason else []
    return list(dict.fromkeys([*found, *told.reasons.get((item.key, place), ())]))


def _exempt(item: Item, told: Told) -> dict[str, Any]:
    return {
        "item": item,
        "row": told.exemptions.get(item.key),
        "words": words.exempt_words(item),
        "text": item.summary,
    }


def _account(told: Told) -> dict[str, Any]:
    account, today = told.account, clock.today()
    half = told.assessed.cycle.period
    return {
        "year": account.year,
        "rows": [
            {"row": one, "words": words.posting_words(one), "points": words.posting_points(one)}
            for one in account.postings
        ],
        "total": fixed(account.total),
        "on": account.on,
        "as_of": words.account_words(account.on, today),
        "wants": f"{half[:4]}年下半年还没有审定"
        if account.postings and not account.of(PostingKind.SECOND_HALF)
        else "",
    }


def _of_year(told: Told) -> str:
    """What all of them come to in the year, where they are credits."""
    can_win = told.winnable
    if (
        can_win is None
        or can_win.until is not None
        or not told.assessed.cycle.period.endswith("H1")
    ):
        return ""
    weight = str(told.assessed.version.content.get("mid_year_weight", MID_YEAR_WEIGHT))
    return f"折入年度（× {percent(weight)}）{words.part_of_year(can_win.together, weight)} 分"


def _rollup(found: Rollup | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "found": found,
        "count_note": f"共 {found.count} 个",
        "mean": _share(found.mean),
        "by_members": _share(found.by_members),
        "spread": f"{_share(found.lowest)} 至 {_share(found.highest)}" if found.scored else "",
        "weakest": found.weakest.name if found.weakest else "",
        "weakest_share": f"失 {percent(found.weakest.share)}" if found.weakest else "",
        "rows": [
            {
                "score": one,
                "url": one.assessed.get_absolute_url(),
                "share": _share(None if one.share is None else exact(str(one.share)) * 100),
            }
            for one in found.rows
        ],
    }


def _share(value: Any) -> str:
    return "" if value is None else fixed(value)


def _digest(digest: str) -> str:
    """Its first letters, in groups that can be read aloud."""
    return "-".join((digest[:4], digest[4:8])).upper()
