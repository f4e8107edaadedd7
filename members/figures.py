"""The figures this app knows: the roll and its parts, who came and who left."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Place, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .enums import Category
from .models import Member, MemberStanding
from .models.member import EXPECTED, ON_ROLL
from .queries import past


def _until(window: Window) -> dt.date:
    """The last day that counts: of a past day's figures none after it."""
    return window.last if window.known_at or not window.is_past else window.end


# Which members a figure counts, by conditions on a member or on how one stood. Who joined or
# became a full member in the period did so, whatever became of him since.
CONDITIONS: dict[str, Callable[[Window], Q]] = {
    "members_on_roll": lambda window: ON_ROLL,
    "members_probationary": lambda window: ON_ROLL & Q(category=Category.PROBATIONARY),
    "members_expected": lambda window: EXPECTED,
    "members_joined": lambda window: Q(joined_on__range=(window.first, _until(window))),
    "members_became_full": lambda window: Q(full_member_on__range=(window.first, _until(window))),
    "members_mobile": lambda window: ON_ROLL & Q(is_mobile=True),
}


def _list(**query: str) -> Callable[[Place, Window], str]:
    """The list of members that shows the rows: of today, or of the day and what was known then.
    `{w.first}` and `{until}` in a value stand for the days of the period."""

    def address(place: Place, window: Window) -> str:
        until = _until(window)
        values = {name: value.format(w=window, until=until) for name, value in query.items()}
        if window.is_past:
            values["as_of"] = window.day.isoformat()
        if window.known_at is not None:
            values["known"] = figures.moment_word(window.known_at)
        return f"{reverse('members:member-list')}?{urlencode({'organization': place.pk, **values})}"

    return address


def _figure(key: str, label: str, source: str = "党员名册", **query: str) -> Figure:
    return Figure(
        key,
        label,
        unit="人",
        source=source,
        address=_list(**query),
        permission=Permission.MEMBER_VIEW,
        since=past.kept_since,
    )


@figures.register(
    _figure("members_on_roll", "在册党员"),
    _figure("members_probationary", "其中预备党员", category=Category.PROBATIONARY),
    _figure(
        "members_expected",
        "应到党员",
        "党员名册（不含流动、失联、停止党籍、免到）",
        denominator="expected",
    ),
    _figure(
        "members_joined",
        "本月接收预备党员",
        "党员名册，入党时间在本月",
        state="all",
        joined_from="{w.first}",
        joined_to="{until}",
    ),
    _figure(
        "members_became_full",
        "本月转正",
        "党员名册，转正时间在本月",
        state="all",
        full_from="{w.first}",
        full_to="{until}",
    ),
    _figure("members_mobile", "流动党员", presence="mobile"),
)
def count_members(
    keys: Sequence[str], paths: Collection[str], window: Window
) -> Mapping[str, Counts]:
    """Members of today, or how they stood on the day. One query, and one for a past tree."""
    rows: QuerySet[Member] | QuerySet[MemberStanding] = Member.objects.all()
    if window.is_past:
        rows = MemberStanding.objects.on(window.day, window.known_at)
    return counted(rows, {key: CONDITIONS[key](window) for key in keys}, paths, window.day)


@figures.register(
    Figure(
        "members_left",
        "本月减少",
        unit="人",
        source="离开记录（转出、去世、出党）",
        address=_list(left_from="{w.first}", left_to="{until}"),
        permission=Permission.MEMBER_VIEW,
    )
)
def count_exits(
    keys: Sequence[str], paths: Collection[str], window: Window
) -> Mapping[str, Counts]:
    """Leavings of the period, where they happened. One query, and one for a past tree."""
    happened = past.happened(window.first, _until(window))
    rows = past.exits(window.known_at).filter(happened)
    return counted(rows, dict.fromkeys(keys, Q()), paths, window.day)
