"""The figures this app knows: the roll and its parts, who came onto it and who went."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from core import figures
from core.figures import Counts, Cut, Figure, Place, Sums, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .enums import KINDS_IN, KINDS_LEFT, KINDS_OUT, Category, MovementKind
from .models import Member, MemberStanding
from .models.member import EXPECTED, ON_ROLL
from .queries import movements, past

# Which members a figure counts, by conditions on a member or on how one stood.
CONDITIONS: dict[str, Q] = {
    "members_on_roll": ON_ROLL,
    "members_probationary": ON_ROLL & Q(category=Category.PROBATIONARY),
    "members_expected": EXPECTED,
    "members_mobile": ON_ROLL & Q(is_mobile=True),
    "members_suspended": Q(state="suspended"),
}
OPENING = "members_opening"
# Which movements a figure counts; the word in the address that lists them.
MOVEMENTS: dict[str, tuple[str, tuple[MovementKind, ...]]] = {
    "members_in": ("in", KINDS_IN),
    "members_out": ("out", KINDS_OUT),
    "members_joined": ("admitted", (MovementKind.ADMITTED,)),
    "members_transferred_in": ("transferred_in", (MovementKind.TRANSFERRED_IN,)),
    "members_restored": ("restored", (MovementKind.RESTORED,)),
    "members_moved_in": ("moved_in", (MovementKind.MOVED_IN,)),
    "members_left": ("left", KINDS_LEFT),
    "members_transferred_out": ("transferred_out", (MovementKind.TRANSFERRED_OUT,)),
    "members_deceased": ("deceased", (MovementKind.DECEASED,)),
    "members_removed": ("removed", (MovementKind.REMOVED,)),
    "members_suspended_now": ("suspended", (MovementKind.SUSPENDED,)),
    "members_moved_out": ("moved_out", (MovementKind.MOVED_OUT,)),
    "members_became_full": ("became_full", (MovementKind.BECAME_FULL,)),
    "members_told_late": ("late", (MovementKind.LATE,)),
}


def _cut(cut: Cut, day: str, known: str) -> dict[str, str]:
    values = {day: cut.day.isoformat()}
    if cut.known_at is not None:
        values[known] = figures.moment_word(cut.known_at)
    return values


def _list(*, at_opening: bool = False, **query: str) -> Callable[[Place, Window], str]:
    """The list of members that shows the rows: of today, or of the day and what was known then."""

    def address(place: Place, window: Window) -> str:
        values: dict[str, Any] = {"organization": place.pk, **query}
        cut = window.closing
        if at_opening:
            cut = window.opening
        if at_opening or window.is_past:
            values |= _cut(cut, "as_of", "known")
        return f"{reverse('members:member-list')}?{urlencode(values)}"

    return address


def _movements(kind: str) -> Callable[[Place, Window], str]:
    """The account of the period, with the rows of one kind."""

    def address(place: Place, window: Window) -> str:
        values = {
            "organization": place.pk,
            "period": window.period,
            "kind": kind,
            **_cut(window.opening, "since", "since_known"),
            **_cut(window.closing, "until", "until_known"),
        }
        return f"{reverse('members:member-movements')}?{urlencode(values)}"

    return address


def _figure(
    key: str,
    label: str,
    source: str,
    address: Callable[[Place, Window], str],
    sums: Sums = Sums.BELOW,
    names: tuple[str, ...] = (),
) -> Figure:
    return Figure(
        key,
        label,
        unit="人",
        source=source,
        address=address,
        permission=Permission.MEMBER_VIEW,
        sums=sums,
        from_opening=sums == Sums.WHOLE,
        since=past.kept_since,
        names=names,
    )


def _moving(key: str, label: str, *names: str, source: str = "党员增减") -> Figure:
    return _figure(key, label, source, _movements(MOVEMENTS[key][0]), Sums.WHOLE, names)


_REGISTER = "党员名册，期末"


@figures.register(
    _figure(
        "members_on_roll",
        "在册党员",
        _REGISTER,
        _list(),
        names=("在册党员", "党员", "现有党员", "实有党员", "在籍党员"),
    ),
    _figure(
        "members_probationary",
        "其中预备党员",
        _REGISTER,
        _list(category=Category.PROBATIONARY),
        names=("预备党员", "现有预备党员", "在册预备党员"),
    ),
    _figure(
        "members_expected",
        "应到党员",
        "党员名册，期末（不含流动、失联、停止党籍、免到）",
        _list(denominator="expected"),
        names=("应到党员", "应到", "应到会党员", "应参会党员"),
    ),
    _figure("members_mobile", "流动党员", _REGISTER, _list(presence="mobile"), names=("流动党员",)),
    _figure(
        "members_suspended",
        "停止党籍（不计在册）",
        _REGISTER,
        _list(state="suspended"),
        names=("停止党籍", "停止党籍党员"),
    ),
)
def count_members(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Members of today, or how they stood at the window's end. One query, and one for a past
    tree."""
    rows: QuerySet[Member] | QuerySet[MemberStanding] = Member.objects.all()
    if window.is_past:
        rows = MemberStanding.objects.on(window.end, window.known_at)
    return counted(rows, {key: CONDITIONS[key] for key in keys}, paths, window.closing, trees)


@figures.register(
    _figure(
        OPENING,
        "上期末在册",
        "党员名册，上期末",
        _list(at_opening=True),
        Sums.WHOLE,
        names=("上期末在册", "上期末在册党员", "上期末党员", "期初在册党员", "期初党员"),
    ),
    _moving(
        "members_in",
        "本月增加",
        *("增加党员", "党员增加"),
        source="党员增减（接收、转入、恢复、区内调入）",
    ),
    _moving(
        "members_out",
        "本月减少",
        *("减少党员", "党员减少"),
        source="党员增减（转出、去世、出党、停止党籍、区内调出）",
    ),
    _moving(
        "members_joined",
        "本月接收预备党员",
        *("发展党员", "新发展党员", "接收预备党员", "新接收预备党员", "发展预备党员"),
    ),
    _moving(
        "members_transferred_in",
        "本月转入",
        *("转入党员", "党员转入", "组织关系转入", "转入组织关系"),
    ),
    _moving("members_restored", "本月恢复", "恢复党籍", "恢复党籍党员"),
    _moving("members_moved_in", "本月区内调入", "区内调入党员", "党员区内调入"),
    _moving("members_left", "本月离开", source="党员增减（转出、去世、出党）"),
    _moving(
        "members_transferred_out",
        "本月转出",
        *("转出党员", "党员转出", "组织关系转出", "转出组织关系"),
    ),
    _moving("members_deceased", "本月去世", "去世党员", "党员去世", "死亡党员"),
    _moving(
        "members_removed",
        "本月出党",
        *("出党", "出党党员"),
        source="党员增减（开除、除名、取消资格）",
    ),
    _moving("members_suspended_now", "本月停止党籍", "本期停止党籍", "本期停止党籍党员"),
    _moving("members_moved_out", "本月区内调出", "区内调出党员", "党员区内调出"),
    _moving("members_became_full", "本月转正", "转正党员", "党员转正", "预备党员转正", "本期转正"),
    _moving("members_told_late", "其中补记以前的增减", source="党员增减（上期报送后才登记）"),
)
def count_movements(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Where the period began, and who came and went since. Six queries, however many places and
    people."""
    opening = window.opening
    ground = movements.ground_of(opening, window.closing, paths, trees)
    found: dict[str, dict[str, int]] = {}
    if OPENING in keys:
        then = ground.then(paths)
        here = movements.on_roll_at(opening, ground.near(paths))
        there = {ground.before[pk]: n for pk, n in here.items() if pk in ground.before}
        sums = figures.roll_up(there, then.values())
        found[OPENING] = {path: sums[before] for path, before in then.items()}
    if wanted := [key for key in keys if key != OPENING]:
        steps = movements.steps(opening, window.closing, ground, ground.near(paths))
        kinds = movements.tally(steps, ground, paths)
        for key in wanted:
            found[key] = {
                path: sum(kinds[path][kind] for kind in MOVEMENTS[key][1]) for path in paths
            }
    return found
