"""The figures this slice knows: what was answered in time, called back, and found solved.

Never how many were taken in. Satisfaction is a part of all answers, not of those that were called back:
who calls nobody back satisfies nobody (decision 85).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core import clock, figures, periods
from core.actor import Actor
from core.figures import Counts, Figure, Gauge, Place, Trees, Window
from core.shares import percent
from orgs.permissions import Permission
from orgs.queries.places import counted

from .models import ConcernTerm
from .queries.counted import ANSWERED, CALLED, DUE, KEYS, ON_TIME, SATISFIED, condition

LAG = 7  # days after an answer within which somebody calls back
SOURCE = "群众诉求"


def _figure(key: str, label: str, gauge: Gauge | None = None) -> Figure:
    return Figure(
        key,
        label,
        gauge=gauge,
        unit="件",
        source=SOURCE,
        address=figures.rows_at("concerns:concern-rows", key),
        permission=Permission.CONCERN_VIEW,
        group=SOURCE,
        only_whole=gauge is None,
    )


@figures.register(
    _figure(DUE, "本月到期诉求"),
    _figure(ON_TIME, "到期诉求按期答复", Gauge("诉求按期答复率", 95, of=DUE)),
    _figure(ANSWERED, "本月答复诉求"),
    _figure(CALLED, "答复后已回访", Gauge("诉求回访率", 90, of=ANSWERED, lag=LAG)),
    _figure(
        SATISFIED, "答复后回访满意", Gauge("诉求回访满意率（占全部答复）", 85, of=ANSWERED, lag=LAG)
    ),
)
def count_terms(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Time limits by who had them. One query, one for a past tree."""
    wanted = {key: condition(key, window) for key in keys}
    found: dict[str, Counts] = {}
    found |= counted(ConcernTerm.objects.all(), wanted, paths, window.closing, trees)
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as a page, a sheet and an answer say it: the share is of the gauge's whole."""

    key: str
    label: str
    value: int
    share: int | None
    url: str

    @property
    def said(self) -> str:
        """The share in words: of what, too, where it is easily misread."""
        if self.share is None:
            return ""
        return f"占全部答复 {self.share}%" if self.key == SATISFIED else f"{self.share}%"


def told_of(place: Place, actor: Actor, window: Window) -> list[Told]:
    """All figures of a place, those that are one. Queries as for `core.figures.values`."""
    found = figures.values(KEYS, [place], window)
    urls = figures.addresses(KEYS, place, window, actor)
    known = figures.registered()
    numbers = {key: found[key][place.pk] or 0 for key in KEYS}
    told = []
    for key in KEYS:
        gauge = known[key].gauge
        share = percent(numbers[key], numbers[gauge.of]) if gauge else None
        label = known[key].label_in(window.period)
        told.append(Told(key, label, numbers[key], share, urls[key]))
    return told


def this_month() -> Window:
    """The month that runs, as it stands."""
    today = clock.today()
    return Window(periods.containing(today, periods.MONTH), today)


def sentence(told: Sequence[Told]) -> str:
    """The same in one line above a sheet; nothing where there was nothing."""
    if not any(one.value for one in told):
        return ""
    return "，".join(f"{one.label} {one.value} 件" for one in told) + "；"
