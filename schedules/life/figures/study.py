"""The figures of make-up study and study hours."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, figures
from core.figures import Counts, Figure, Gauge, Place, Sums, Trees, Window
from members.models import MemberStanding
from members.models.member import ON_ROLL
from orgs.permissions import Permission
from orgs.queries.places import LISTED, placed, within

from ..queries.made_up import missed_by_organization
from ..queries.study import study_lines
from ..rules import MAKE_UP_DAYS, in_hours

MISSED, MADE_UP = "study_missed", "study_made_up"
REACHED, HOURS = "study_reached", "study_hours"


def _asked(place: Place, window: Window) -> dict[str, Any]:
    return {"organization": place.pk, **figures.when_words(window)}


def _missed(**more: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        values = {**_asked(place, window), "period": window.period, **more}
        return f"{reverse('life:study-missed')}?{urlencode(values)}"

    return address


def _hours(**more: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        values = {**_asked(place, window), **more, "year": window.end.year}
        if window.end < clock.today():
            values["on"] = window.end.isoformat()
        return f"{reverse('life:study-hours')}?{urlencode(values)}"

    return address


def _figure(
    key: str,
    label: str,
    unit: str,
    source: str,
    address: Callable[[Place, Window], str],
    sums: Sums = Sums.BELOW,
    names: tuple[str, ...] = (),
    gauge: Gauge | None = None,
) -> Figure:
    return Figure(
        key,
        label,
        gauge=gauge,
        unit=unit,
        source=source,
        address=address,
        permission=Permission.LIFE_VIEW,
        sums=sums,
        names=names,
    )


@figures.register(
    _figure(
        MISSED,
        "本月缺席应补课",
        "人次",
        "组织生活记录，应到而缺席",
        _missed(),
        names=("本期缺席应补课", "应补课人次"),
    ),
    _figure(
        MADE_UP,
        "其中三十天内已补课",
        "人次",
        "补课记录",
        _missed(show="made"),
        names=("三十天内补课", "三十天内已补课"),
        gauge=Gauge(
            *("缺席后三十天内补课率", 90, MISSED),
            lag=MAKE_UP_DAYS,
            lacking=_missed(show="open"),
        ),
    ),
)
def count_missed(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Who missed what in the window, and made it up within thirty days. Two
    queries."""
    then = trees.below(window.closing, paths)
    made = missed_by_organization(window, then if len(then) <= LISTED else None)
    found: dict[str, dict[str, int]] = {key: {} for key in keys}
    for pk, counts in made.items():
        if pk in then:
            for key, count in zip((MISSED, MADE_UP), counts, strict=True):
                if key in found:
                    found[key][then[pk]] = count
    return found


@figures.register(
    _figure(
        REACHED,
        "学时已够的党员",
        "人",
        "学时，年初到期末",
        _hours(show="reached"),
        names=("学时达标党员", "学时已够党员"),
        gauge=Gauge("学时达标率", 95, of="members_on_roll", since_new_year=True),
    ),
    _figure(
        HOURS,
        "党员学时合计",
        "学时",
        "学时，年初到期末",
        _hours(),
        Sums.WHOLE,
        names=("党员学时合计", "党员学习学时"),
    ),
)
def count_hours(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Who on the roll at the window's end had studied what the year asks by then, and the whole
    hours of all. Seven queries, however many people, one for a past tree."""
    cut = window.closing
    rows = MemberStanding.objects.on(cut.day, cut.known_at).filter(ON_ROLL)
    then: Mapping[Any, str] = {}
    if cut.day >= clock.today() and cut.known_at is None:
        rows = rows.filter(within(paths, "organization__path"))
    else:
        then = trees.below(cut, paths)
        there: Any = list(then)
        if len(there) > LISTED:
            there = placed(cut.day, cut.known_at).filter(within(paths)).values("organization")
        rows = rows.filter(organization__in=there)
    reached: dict[str, int] = {}
    quarters: dict[str, int] = {}
    for line in study_lines(rows, cut.day, cut.known_at):
        path = then.get(line.organization_id, line.path)
        quarters[path] = quarters.get(path, 0) + line.quarters
        if line.short == 0:
            reached[path] = reached.get(path, 0) + 1
    whole = figures.roll_up(quarters, paths)
    found: dict[str, Counts] = {
        REACHED: reached,
        HOURS: {path: int(in_hours(count)) for path, count in whole.items()},
    }
    return {key: found[key] for key in keys}
