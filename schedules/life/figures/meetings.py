"""Figures of meetings: what was held, what was owed, who was expected and who came.

Each is of the place and all below it. A meeting held together counts for each organisation that
took part: what those above read is how often their organisations held one. Attendance is told as
two numbers, never as a rate; who was not registered is in neither.
"""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q, Sum
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Gauge, Place, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from ..enums import MeetingKind, Roll
from ..queries.counted import (
    DUE,
    LATE_,
    MISSING,
    ON_TIME,
    OWED,
    SUMS,
    counted_then,
    duties,
    figure_key,
    parts,
    standing,
)
from ..rules import RULES

GROUP = "组织生活"
RECORDS = "组织生活记录"
TOGETHER = f"{RECORDS}（按单位计，联合开展的各计一次）"
ROLL = f"{RECORDS}的点名"
PLANNED = "组织生活计划（本月到期的）"
HELD, EXPECTED, UNEXCUSED = "life_held", "life_expected", "life_unexcused"
_GAUGES = {  # by the word of attendance; label and whole are those of the kind
    "present": Gauge("到会率", 90),
    "unexcused": Gauge("无故缺席率", 2, fewer=True),
}
_DUTIES: dict[str, tuple[MeetingKind | None, str]] = {}  # key -> of which kind, as which word
_PARTS: dict[str, Q | Sum] = {}

# How else people ask how often a kind was held. Of 党员大会 alone nobody can tell which it is.
_SAID: dict[MeetingKind, tuple[str, ...]] = {
    MeetingKind.COMMITTEE_MEETING: ("支部委员会会议", "支部委员会"),
    MeetingKind.LESSON: ("上党课",),
    MeetingKind.PARTY_DAY: ("主题党日活动", "支部主题党日"),
    MeetingKind.VOLUNTEERING: ("志愿服务活动",),
}


def duty_of(key: str) -> tuple[MeetingKind | None, str] | None:
    """Of which kind (none: of all) and as which word a figure counts duties; none for another."""
    return _DUTIES.get(key)


def _records(**query: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        asked = {
            "period": window.period,
            "organization": place.pk,
            **query,
            **figures.when_words(window),
        }
        return f"{reverse('life:meeting-list')}?{urlencode(asked)}"

    return address


def _owed(key: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        asked = {"figure": key, "period": window.period, "organization": place.pk}
        return f"{reverse('life:duty-list')}?{urlencode(asked | figures.when_words(window))}"

    return address


def _figure(
    key: str,
    label: str,
    unit: str,
    source: str,
    address: Callable[[Place, Window], str],
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
        names=names,
        group=GROUP,
    )


def _names(kind: MeetingKind) -> tuple[str, ...]:
    labels = (kind.label, *_SAID.get(kind, ()))
    return tuple(
        name
        for label in labels
        for name in (
            *(f"{label}次数", f"召开{label}次数", f"开展{label}次数", f"{label}召开次数"),
            *(f"{label}(次)", f"召开{label}(次)", f"开展{label}(次)", f"{label}开展次数"),
        )
    )


def _held(kind: MeetingKind) -> Figure:
    key = figure_key(kind)
    _PARTS[key] = Q(meeting__kind=kind)
    address = _records(kind=kind.value)
    return _figure(key, kind.label, "次", TOGETHER, address, _names(kind))


def _attended(kind: MeetingKind | None, word: str, label: str, *names: str) -> Figure:
    key = figure_key(kind, word) if kind else f"life_{word}"
    of_kind = Q(meeting__kind=kind) if kind else Q(meeting__kind__in=_CALLED)
    _PARTS[key] = Sum(SUMS[word], filter=of_kind)
    query = {"kind": kind.value} if kind else {}
    if word == "unexcused":
        query["unexcused"] = "1"
    gauge = _GAUGES.get(word)
    if gauge is not None:
        of = figure_key(kind, "expected") if kind else EXPECTED
        name = f"{kind.label if kind else '组织生活'}{gauge.label}"
        gauge = dataclasses.replace(gauge, label=name, of=of)
    return _figure(key, label, "人次", ROLL, _records(**query), names, gauge)


def _of_duties(kind: MeetingKind | None, word: str, label: str) -> Figure:
    key = figure_key(kind, word) if kind else f"life_{word}"
    _DUTIES[key] = (kind, word)
    gauge = None
    if word == MISSING and kind is not None:
        gauge = Gauge(f"{kind.label}未开率", 0, of=figure_key(kind, DUE), fewer=True)
    elif word == ON_TIME and kind is None:
        gauge = Gauge("组织生活按时开展率", 95, of=f"life_{DUE}")
    return _figure(key, label, "个", PLANNED, _owed(key), gauge=gauge)


# Kinds to which people are expected.
_CALLED = [kind for kind, rule in RULES.items() if rule.roll != Roll.CHOSEN]


def _of_records() -> list[Figure]:
    found = [_held(kind) for kind in RULES]
    _PARTS[HELD] = Q(pk__isnull=False)
    found.append(_figure(HELD, "组织生活合计", "次", TOGETHER, _records(), ("组织生活次数",)))
    found += [
        _attended(None, "expected", "组织生活应到"),
        _attended(None, "present", "组织生活到会"),
        _attended(None, "unexcused", "其中没有请假"),
    ]
    for kind in _CALLED:
        label = kind.label
        asked = f"参加{label}人次", f"{label}到会人次", f"{label}参加人次"
        found.append(_attended(kind, "expected", f"{label}应到", f"{label}应到人次"))
        found.append(_attended(kind, "present", f"{label}到会", *asked))
    return found


def _of_what_was_owed() -> list[Figure]:
    words = {DUE: "应开", ON_TIME: "按时开", LATE_: "迟开", MISSING: "未开"}
    found = [_of_duties(None, word, f"{text}组织生活") for word, text in words.items()]
    for kind in OWED:
        found += [_of_duties(kind, word, f"{words[word]}{kind.label}") for word in (DUE, MISSING)]
    return found


@figures.register(*_of_records())
def count_records(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """What organisations held, and who was expected and came. One query, and one for a past
    tree."""
    wanted = {key: _PARTS[key] for key in keys}
    return counted(parts(window), wanted, paths, window.closing, trees, by_time=True)


@figures.register(*_of_what_was_owed())
def count_duties(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """What was owed by the end of the window, and what became of it. One query, and one for a past
    tree; two as of a moment."""
    if window.known_at is not None:
        return counted_then({key: _DUTIES[key] for key in keys}, paths, window, trees)
    wanted = {key: standing(word, window, kind) for key in keys for kind, word in [_DUTIES[key]]}
    return counted(duties(window), wanted, paths, window.closing, trees)
