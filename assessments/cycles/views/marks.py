"""An indicator is marked by hand, for all organisations on one page."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from assessments.schemes.definitions import AWARDS, BESIDE, VETOES
from assessments.schemes.parameters import sentence
from assessments.scoring.schemes import canonical
from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P

from .. import offers
from ..access import get_held_cycle
from ..actions import marks
from ..explaining.rules import veto_words
from ..forms.marks import Line, MarksForm
from ..models import Cycle
from ..queries.marking import Sheet, sheets_of

FORM = ("GET", "HEAD", "POST")
AWARDS_HINT = "一行一项：事项、级别（或分值）、类别，用空格隔开，如“优秀党建案例 市级 宣传”。"
# What the columns are called: of an indicator, of awards, of vetoes.
COLUMNS = {
    "": "单位,评分,理由或出处",
    AWARDS: "单位,奖励,依据的文件",
    VETOES: "单位,发生了的,依据的文件",
}


@dataclass
class Marking:
    """What the page is about: the indicator with its sheets, one for each version and rule."""

    cycle: Cycle
    indicator: str
    seat: int
    sheets: Sequence[Sheet]
    following: Sequence[tuple[str, str]]  # other indicators that people mark: key, name
    claimed: Collection[int] = ()  # the assessed of whom others mark it: reviewers, ballots

    @property
    def name(self) -> str:
        """What the indicator is called."""
        return self.sheets[0].name

    @property
    def seats(self) -> int:
        """How many may mark it by themselves."""
        return max(sheet.reviewers for sheet in self.sheets)

    @property
    def is_beside(self) -> bool:
        """Whether it is given of the whole: who has none is left empty."""
        return self.indicator.startswith(BESIDE)

    @property
    def lines(self) -> list[Line]:
        """The lines of all sheets."""
        return [line for sheet in self.sheets for line in lines_of(sheet)]


def lines_of(sheet: Sheet) -> list[Line]:
    """The lines of one sheet."""
    return [
        Line(
            one.pk,
            one.short_name,
            sheet.number,
            sheet.rule,
            sheet.full,
            mark.facts if mark is not None else None,
            mark.reason if mark is not None else "",
        )
        for one, mark in sheet.rows
    ]


def notes_of(sheet: Sheet) -> list[str]:
    """What is to be known of awards and vetoes: points and caps, what is left of the grade and why."""
    if sheet.leaf.key == AWARDS:
        return [sentence(sheet.rule), AWARDS_HINT]
    if sheet.leaf.key == VETOES:
        return [veto_words(*one) for one in sorted(sheet.rule["params"]["vetoes"].items())]
    return []


@needs(P.ASSESSMENT_RUN, methods=FORM)
def mark(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """One indicator for everybody whose version has it; each seat sees its own marks alone. As many
    queries as others can claim it, and seven."""
    asked = request.GET.get("seat", "1") if request.method != "POST" else request.POST.get("seat")
    seat = whole_number(asked or "1") or 1

    def load() -> Marking:
        cycle = get_held_cycle(request.actor, uid)
        sheets, following = sheets_of(cycle, key, seat, request.actor)
        if not sheets:
            raise Http404
        claimed = offers.claimed(cycle, key)
        found = Marking(cycle, key, seat, sheets, following, claimed)
        if not 1 <= seat <= found.seats:
            raise Http404
        return found

    def act(attempt: acts.Attempt[Marking, MarksForm]) -> int:
        subject = attempt.subject
        return marks.give_many(
            cycle=subject.cycle,
            indicator=key,
            given=attempt.form.given,
            seat=subject.seat,
            by=request.actor,
        )

    def done(attempt: acts.Attempt[Marking, MarksForm], count: int) -> HttpResponse:
        subject = attempt.subject
        text = f"“{subject.name}”已保存，改动 {count} 处。" if count else "没有变化。"
        if request.POST.get("next") == "1" and subject.following:
            after = subject.following[0][0]
            return acts.said(request, text, "cycles:mark", uid=uid, key=after)
        return acts.said(request, text, subject.cycle)

    def show(attempt: acts.Attempt[Marking, MarksForm]) -> HttpResponse:
        subject = attempt.subject
        if not subject.cycle.is_computed and request.method != "POST":
            return redirect(subject.cycle)
        return attempt.page("cycles/mark.html", **_context(attempt))

    return acts.perform(
        request,
        load=load,
        form=lambda subject: MarksForm(acts.typed(request), lines=subject.lines),
        act=act,
        done=done,
        show=show,
    )


def _context(attempt: acts.Attempt[Marking, MarksForm]) -> dict[str, Any]:
    subject, form = attempt.subject, attempt.form
    # After a conflict what is stored is another: its mark goes into the form, what was typed stays.
    if attempt.conflict:
        fresh = {line.key: line for line in subject.lines}
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        for line in form.lines:
            if line.key in fresh:
                bound = MarksForm(lines=[fresh[line.key]])[f"{line.key}-seen"]
                data[f"{line.key}-seen"] = bound.value()
        form.data = data
    shown = []
    alike = _alike(subject)
    for some in alike:
        rows: list[dict[str, Any]] = [
            {
                "name": line.name,
                "boxes": form.boxes(line),
                "why": form.why(line),
                "is_marked": line.facts is not None,
            }
            for sheet in some
            for line in lines_of(sheet)
        ]
        marked = sum(row["is_marked"] for row in rows)
        shown.append(
            {
                "sheet": some[0],
                "title": "全部单位"
                if len(alike) == 1 < len(some)
                else "、".join(sheet.version.scheme.name for sheet in some),
                "notes": notes_of(some[0]),
                "rows": rows,
                "marked": marked,
                "left": len(rows) - marked,
            }
        )
    names = {line.assessed: line.name for line in subject.lines}
    claimed = [name for pk, name in names.items() if pk in subject.claimed]
    return {
        "cycle": subject.cycle,
        "subject": subject,
        "claimed": claimed,
        # Nothing is typed first that is refused afterwards; what was typed stays in sight.
        "is_shut": len(claimed) == len(names) and attempt.request.method != "POST",
        "sheets": shown,
        "columns": COLUMNS.get(subject.indicator, COLUMNS[""]),
        "seats": range(1, subject.seats + 1) if subject.seats > 1 else (),
        "following": subject.following[0] if subject.following else None,
        "conflict": attempt.conflict,
        "draft_of": f"{subject.indicator}/{subject.seat}",
    }


def _alike(subject: Marking) -> list[list[Sheet]]:
    """The sheets, those of awards and vetoes together of which all schemes say the same."""
    if not subject.is_beside:
        return [[sheet] for sheet in subject.sheets]
    found: dict[bytes, list[Sheet]] = {}
    for sheet in subject.sheets:
        found.setdefault(canonical(sheet.rule), []).append(sheet)
    return list(found.values())
