"""What page, Word and PDF say of a score in the same words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from assessments.schemes.definitions import AWARDS, VETOES, scheme_of
from assessments.schemes.enums import ExemptionMode
from assessments.schemes.models import SchemeVersion
from assessments.scoring.numbers import number
from core import periods
from core.templatetags.words import date_zh, day_zh

from .enums import CycleState, PostingKind
from .explaining import OUT, Explained, Item, Win, Winnable, fixed, signed
from .explaining.amounts import exact, percent, short
from .models import Correction, Posting, Score
from .places import Cause, Last, Taker
from .queries.explained import Peers, Told
from .queries.placing import Places, cause_of_grade

CADENCES: Mapping[str, str] = {
    periods.MONTH: "月",
    periods.QUARTER: "季度",
    periods.HALF_YEAR: "半年",
    periods.YEAR: "年",
}
STANDS: Mapping[int | None, str] = {
    1: "明显高于组均值",
    0: "与组均值无明显差异",
    -1: "明显低于组均值",
}
NOTHING_DOUBLE = "没有由两人分别评分的项目，不比高低"
QUIET = "考核期间分数只有本单位看得到，上级看不到（国办函〔2026〕12号）。"


def title_of(told: Told) -> str:
    """What the page asks and answers."""
    if told.explained is None:
        return "得分说明"
    if not told.explained.is_whole:
        return f"已算 {told.explained.total} / {short(told.explained.known)} 分"
    return f"为什么是 {told.explained.total} 分"


def about(told: Told) -> str:
    """Whose score it is, by which rules, how far the cycle is."""
    assessed, cycle = told.assessed, told.assessed.cycle
    version = assessed.version
    said = [assessed.name, periods.label(cycle.period), f"{version.scheme} 第{version.number}版"]
    if cycle.state == CycleState.SEALED:
        said.append(f"{date_zh(cycle.sealed_at)} 审定")
    elif cycle.state != CycleState.RUNNING:
        said.append(f"事实截至 {date_zh(cycle.known_at)}，还没有审定")
    else:
        said.append("进行中")
    return " · ".join(said)


def sum_words(explained: Explained) -> str:
    """Below the reasons: what they come to, and what the others do."""
    if not explained.reasons:
        return "各项都没有失分。"
    count = len(explained.reasons)
    said = f"{'这一项' if count == 1 else f'{count} 项合计'} {explained.reasons_lost} 分，占失分的 {explained.reasons_share}。"
    if explained.rest:
        said += f"其余 {explained.rest} 项共 {explained.rest_lost} 分。"
    return said


# --- of one indicator ----------------------------------------------------------------------------


def basis_words(item: Item) -> str:
    """Where a rule stands, and how often the indicator is looked at."""
    said = [item.basis] if item.basis else []
    if item.cadence in CADENCES:
        said.append(f"考核周期：{CADENCES[item.cadence]}")
    said.append("自动取数，无需填报" if item.by == "自动" else item.by)
    return " · ".join(said)


def limit_words(item: Item) -> str:
    """Which bounds acted, and which were not touched."""
    acted = [f"{one.what}：{one.note}" for one in item.limits if one.acted]
    idle = [one.what for one in item.limits if not one.acted]
    said = "；".join(acted)
    if idle:
        said += f"{'；' if said else ''}{'、'.join(idle)}：未触及"
    return f"{said or '没有封顶，也没有保底'}。"


def since_words(item: Item, places: int = 2) -> str:
    """How it was the last time, and whether more or less was lost."""
    since = item.since
    if since is None:
        return "没有上一期可比。"
    label = periods.label(since.period)
    if not since.lost:
        return f"{label}：{since.words}"
    if item.points is None:
        return f"{label}失 {since.lost} 分，{since.words}"
    now = fixed(item.lost, places)
    change = "与上次相同"
    if since.change:
        change = f"{'少失' if since.change > 0 else '多失'} {fixed(abs(since.change), places)} 分"
    return f"{label}失 {since.lost} 分，本次失 {now} 分，{change}。{since.words}"


def pill_words(item: Item) -> str:
    """In place of what was lost."""
    return "免考" if item.is_granted else "无可计"


def exempt_words(item: Item) -> str:
    """Beside an indicator that was taken out."""
    if item.state == OUT:
        return "不计分，其余折算" if item.is_granted else "没有可计的，不计分，其余折算"
    return "按满分计" if item.is_granted else "没有可计的，按满分计"


def mode_words(mode: str) -> str:
    """What takes the place of an indicator that is out."""
    return ExemptionMode(mode).label if mode in ExemptionMode.values else mode


# --- of the whole --------------------------------------------------------------------------------


def bonus_said(told: Told) -> list[str]:
    """What brought the bonus, how it adds up, and by which document; nothing where the scheme has
    none."""
    explained = told.explained
    if explained is None or not explained.bonus:
        return []
    beside = explained.beside
    if not beside.awards:
        return ["没有记入的奖励", *_refused(told, AWARDS)]
    said = list(beside.awards)
    said += [f"{one.what}：{one.formula} = {one.value}" for one in beside.lines if not one.is_limit]
    said += [f"{one.what}：{one.formula}" for one in beside.lines if one.is_limit]
    said.append("同一事项只计最高一级" if explained.is_whole else "各项评完以后计入总分")
    return [*said, *_by_document(told, AWARDS)]


def vetoes_said(told: Told) -> list[str]:
    """Which vetoes happened, what they leave of the grade, and on what basis."""
    explained = told.explained
    if explained is None or not explained.beside.has_vetoes:
        return []
    return [
        *(explained.beside.vetoes or ["无"]),
        *_by_document(told, VETOES),
        *_refused(told, VETOES),
    ]


def _by_document(told: Told, key: str) -> list[str]:
    return [f"依据：{reason}" for reason in told.reasons.get((key, 0), ())]


def _refused(told: Told, key: str) -> list[str]:
    explained = told.explained
    found = explained.beside.refused.get(key, "") if explained is not None else ""
    return [f"已记入的不能用：{found}"] if found else []


# --- what would win back -------------------------------------------------------------------------


def until_words(can_win: Winnable) -> str:
    """Until when it counts."""
    return f"至 {day_zh(can_win.until)}" if can_win.until else "期限以整改清单为准"


NOT_GIVEN_BACK = "下半年的失分，整改后不再恢复"


def gain_words(win: Win, can_win: Winnable) -> str:
    """What doing it brings."""
    return f"{signed(can_win.brings(win))}"


def first_words(win: Win, can_win: Winnable) -> str:
    """What of the work is worth most for its trouble."""
    if win.first is None:
        return ""
    return f"先做其中一部分：{win.first.words}，就 {signed(can_win.brings(win.first))}"


def win_words(item: Item, can_win: Winnable) -> str:
    """What can be won back at one indicator."""
    wins = can_win.of(item.key)
    if wins and not can_win.share:
        return f"{NOT_GIVEN_BACK}。"
    if not wins:
        return "没有失分。" if item.lost <= 0 else "这一期已经没有可以补办的。"
    said = []
    for win in wins:
        first = first_words(win, can_win)
        said.append(f"{win.words}，{gain_words(win, can_win)} 分{f'（{first}）' if first else ''}")
    return f"{'；'.join(said)}。{until_words(can_win)}。"


def share_words(can_win: Winnable, total: str, *, is_sealed: bool) -> str:
    """What happens to the score itself."""
    if can_win.until is not None:
        return f"{date_zh(can_win.until)}以前做到的，直接改变得分。"
    stands = f"审定的 {total} 分不变。" if is_sealed else "这一期已过，现在做的不改变这一期的得分。"
    if not can_win.share:
        return f"{stands}{NOT_GIVEN_BACK}，整改仍按清单办。"
    share = "一半" if can_win.share * 2 == 1 else f" {percent(can_win.share)}"
    return f"{stands}整改期内补齐的，恢复所失的{share}，记入年度账户。"


# --- beside it -----------------------------------------------------------------------------------


def peers_words(peers: Peers | None) -> str:
    """The group's mean and spread, or why they are not shown."""
    if peers is None:
        return "没有编入考核分组。"
    if not peers.is_open:
        return f"{peers.name}：事实冻结以后才显示均值。"
    if peers.mean is None or peers.deviation is None:
        return f"{peers.name}有 {peers.count} 家已计分，不足 {peers.least} 家，不显示均值。"
    return f"{peers.name} {peers.count} 家，均值 {fixed(peers.mean)}，标准差 {fixed(peers.deviation)}。"


def posting_words(posting: Posting) -> str:
    """What a booking is for."""
    cycle = periods.short(posting.cycle.period)
    if posting.kind == PostingKind.CREDIT:
        return f"{cycle}整改恢复 {posting.about}"
    if posting.kind == PostingKind.CORRECTION:
        return f"{cycle}更正 {posting.about}"
    return f"{cycle} {posting.about}"


def posting_points(posting: Posting) -> str:
    """Rounded for reading; the year is added up exactly."""
    return fixed(number(posting.points))


def correction_words(one: Correction) -> str:
    """更正：old → new, and the grade where that is another."""
    said = f"更正：{_total(one.old_total)} → {_total(one.new_total)}"
    if one.old_grade != one.new_grade:
        said += f"，等次 {one.old_grade or '—'} → {one.new_grade or '—'}"
    return said


def corrected_words(one: Correction) -> str:
    """What was corrected, of how many points, why, when."""
    points = ""
    if one.old_points != one.new_points:
        points = f" {_total(one.old_points)} → {_total(one.new_points)} 分"
    return f"{one.name}{points}。{one.reason.rstrip('。')}。{date_zh(one.at)} {one.by_name}批准。"


def _total(points: str) -> str:
    return fixed(number(points)) if points else "—"


def account_words(on: dt.date, today: dt.date) -> str:
    """As of when the account is told."""
    return "" if on >= today else f"截至 {date_zh(on)}"


def part_of_year(gain: object, weight: str) -> str:
    """What a credit comes to in the year."""
    return signed(exact(gain) * exact(weight))


# --- grades and places ---------------------------------------------------------------------------


def cause_words(cause: Cause) -> str:
    """Why the grade is not that of the points: 否决, 限额, or both."""
    told = (("否决", cause.by_veto), ("限额", cause.by_quota))
    return "、".join(word for word, holds in told if holds)


def grade_words(score: Score, version: SchemeVersion) -> str:
    """The same of one score, by the version that it was measured by. No query."""
    return cause_words(cause_of_grade(score, scheme_of(version.content)))


def last_words(
    places: Places, names: Mapping[int, str], indicators: Mapping[str, str]
) -> Sequence[str]:
    """How the last place of a group was decided, in sentences: who took it and who came next, whether
    that is more than chance, and what parted equals. `names` by score, `indicators` by key. Empty
    where the quota kept nobody out."""
    found = places.last
    if found is None:
        return ()
    outside = "、".join(names[pk] for pk in found.outside)
    theirs = places.takers[found.outside[0]]
    said = []
    if found.inside and not found.is_open:  # else nobody took it
        mine = places.takers[found.inside[0]]
        inside = "、".join(names[pk] for pk in found.inside)
        said.append(
            f"最后一个名额：{inside} {fixed(mine.share)}，"
            f"下一家 {outside} {fixed(theirs.share)}，相差 {fixed(found.distance or Fraction(0))}。"
        )
        said.append(_certain(found))
        if found.tie:
            name = indicators.get(found.tie, found.tie)
            said.append(
                f"得分率相同，按取舍规则比“{name}”定先后："
                f"{_points_at(mine, found.tie)} 对 {_points_at(theirs, found.tie)}。"
            )
    if found.is_open:
        said.append(f"{outside}并列，取舍规则也分不出先后，名额不够，都不占，名额空着。")
    elif not found.inside:
        said.append(f"没有名额，{outside}因此降一等。")
    return said


def _certain(found: Last) -> str:
    if found.reach is None:
        return "测不出误差，不能说这个差距是不是偶然。"
    if found.is_within_error:
        return f"小于两家之差的测量误差 {fixed(found.reach)}：这个名额由误差以内的差距决定。"
    return f"大于两家之差的测量误差 {fixed(found.reach)}。"


def _points_at(taker: Taker, key: str) -> str:
    points = taker.points.get(key)
    return "没有这一项" if points is None else f"{fixed(points)} 分"
