"""The account of a period: who was on the roll at its beginning, who came, who went."""

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.figures import UNKNOWN, Cut, Window
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..enums import KINDS_IN, KINDS_OUT, MovementKind
from ..figures import MOVEMENTS, OPENING
from ..queries.accounts import account, account_rows

ROWS = 50
WORDS = dict(MOVEMENTS.values())
TITLES = {
    "": "全部增减",
    "in": "增加",
    "out": "减少",
    "left": "离开（转出、去世、出党）",
    "late": "补记以前的增减",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the account, with the address of its rows."""

    label: str
    value: int
    url: str
    is_sum: bool = False


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD"))
def member_movements(request: PortalRequest) -> HttpResponse:
    """Opening, in by kind, out by kind and closing of one organisation, and the people of the
    kind that the address names."""
    place = _place(request)
    window = _window(request)
    kind = request.GET.get("kind", "")
    if kind and kind not in WORDS:
        raise Http404
    reading = figures.Reading()
    keys = [OPENING, *MOVEMENTS, "members_on_roll"]
    kept = figures.registered()[OPENING].kept(window, reading.told)
    context = {
        "place": place,
        "period": periods.label(window.period),
        "kind": kind,
        "title": TITLES.get(kind) or MovementKind(kind).label,
        "until": window.end,
        "known_at": window.known_at,
        "unknown": UNKNOWN,
        "is_kept": kept is not None,
        "query_string": request.GET.urlencode(),
    }
    if kept is not None:
        counted = figures.values(keys, [place], window, reading)
        numbers = {key: row[place.pk] for key, row in counted.items()}
        urls = figures.addresses(keys, place, window, request.actor, reading)
        found = account(place, kept, reading.trees)
        rows = [row for row in found.rows if _counts(row.kind, row.is_late, kind)]
        page = Pager(rows, ROWS).get_page(request.GET.get("page"))
        context |= {
            "opened_on": found.opened_on,
            "lines": _lines(numbers, urls),
            "page": page,
            "rows": account_rows(request.actor, page.object_list),
            "late": numbers["members_told_late"],
        }
    return render(request, "members/member_movements.html", context)


def _counts(kind: MovementKind, is_late: bool, word: str) -> bool:
    if word in ("", "late"):  # becoming full changes no number
        return (is_late or not word) and kind != MovementKind.BECAME_FULL
    return kind in WORDS[word]


def _lines(numbers: dict[str, int | None], urls: dict[str, str]) -> list[Line]:
    by_kind = {kinds[0]: key for key, (_, kinds) in MOVEMENTS.items() if len(kinds) == 1}

    def line(key: str, label: str, *, is_sum: bool = False) -> Line:
        return Line(label, numbers[key] or 0, urls[key], is_sum)

    return [
        line(OPENING, "上期末在册", is_sum=True),
        *(line(by_kind[kind], f"＋ {kind.label}") for kind in KINDS_IN),
        *(line(by_kind[kind], f"－ {kind.label}") for kind in KINDS_OUT),
        line("members_on_roll", "期末在册", is_sum=True),
    ]


def _place(request: PortalRequest) -> Organization:
    text = request.GET.get("organization", "") or str(request.actor.organization_id or "")
    return get_organization(request.actor, whole_number(text) or 0, P.MEMBER_VIEW)


def _window(request: PortalRequest) -> Window:
    """The period and the two cuts of the address; the running month as it stands without any.
    Raises Http404 for what is neither."""
    given = request.GET
    try:
        period = given.get("period") or periods.containing(clock.today(), periods.MONTH)
        first, last = periods.first_day(period), periods.last_day(period)
        until = _cut(given.get("until", ""), given.get("until_known", ""))
        since = _cut(given.get("since", ""), given.get("since_known", ""))
    except (ValueError, OverflowError, LookupError) as error:
        raise Http404 from error
    today = clock.today()
    if first > today or not 1921 <= first.year <= 2099:
        raise Http404
    if until is None:
        return Window(period, today, None, since)
    if until.day > today:
        raise Http404
    day = max(until.day, last) if until.known_at is None else until.day
    return Window(period, min(day, today), until.known_at, since, until.day)


def _cut(day: str, known: str) -> Cut | None:
    if not day:
        return None
    return Cut(dt.date.fromisoformat(day), figures.moment_of(known) if known else None)
