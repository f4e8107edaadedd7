"""What page, sheet, Word and PDF say of a board in the same words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import fixed, signed
from assessments.cycles.models import Cycle
from assessments.cycles.standings import HUNDRED
from assessments.cycles.words import cause_words, last_words
from assessments.scoring.numbers import rounded
from core import periods, trends
from core.templatetags.words import date_zh, datetime_zh

from .queries.boards import Board, GroupBoard, Row
from .queries.losses import EXEMPT, WAITING, LossCell, Losses
from .queries.portraits import Portrait
from .queries.trends import Pace, Paced, Trend

NOTHING, OUTSIDE = "·", "—"
STATES = {WAITING: "待", EXEMPT: "免"}
# Sign, words and tone, so that neither colour nor shape alone tells them apart.
STANDINGS: dict[int | None, tuple[str, str, str]] = {
    1: ("●", "明显高于", "ok"),
    0: ("○", "无明显差异", "mute"),
    -1: ("■", "明显低于", "warn"),
}
ADDED = (
    "格内为失分，负数为超出满分。总分只舍入一次；为使每行、每列和总计都相符，"
    "个别格的末位按最大余数法调整，与得分说明页一致。"
)
DRAFT = "未审定"
NO_REVIEW = "这一期没有安排考核组复核。"
NOT_TOLD = {
    CycleState.FROZEN: "考核组还没有开始复核。",
    CycleState.REVIEWING: "考核组正在复核，评齐以前这里不说哪一项评得怎么样。",
    CycleState.SUBMITTED: "正在审定，还可能退回复核。你在这一期评过分，审定以后再看两人之差。",
}
NEAR = Fraction(1)  # hundredths within which one is at the pace


def title_of(cycle: Cycle) -> str:
    """The name of a board."""
    return f"{periods.label(cycle.period)}{'支部' if cycle.level == 'branch' else ''}考核"


def half(period: str) -> str:
    """A half-year beside others, as short as it can be told: 26上."""
    return f"{period[2:4]}{'上' if period.endswith('1') else '下'}"


def as_of(board: Board) -> str:
    """As of when, by which computation: the same for ever once it is sealed."""
    cycle, run = board.cycle, board.stored.run
    said = [f"数据截至 {datetime_zh(cycle.known_at or run.finished_at)}"]
    if cycle.state == CycleState.SEALED:
        said.append(f"{date_zh(cycle.sealed_at)}审定")
        if board.corrections:
            said.append(f"{date_zh(board.decided_at)}更正")
    else:
        said.append(f"{datetime_zh(run.finished_at)}计算，{DRAFT}")
    said.append(f"校验码 {board.check}")
    return " · ".join(said)


def standing(row: Row, group: GroupBoard) -> tuple[str, str, str]:
    """Sign, words and tone of how it compares with its group; empty where nobody can tell."""
    if not group.is_ranked or group.mean is None or row.score.standing is None:
        return ("", "", "")
    return STANDINGS[row.score.standing]


def why(row: Row) -> str:
    """Why the grade is not that of the points, and that it is not the one that was sealed."""
    told = (cause_words(row.cause), "更正后" if row.corrections else "")
    return "、".join(word for word in told if word)


def share_of(row: Row) -> str:
    """In hundredths of full marks, as it is printed everywhere."""
    return OUTSIDE if row.share is None else f"{rounded(row.share):f}"


def interval(row: Row) -> str:
    """Between which the true share lies in 95 of 100 cases."""
    if row.share is None or row.reach is None:
        return OUTSIDE
    return f"{fixed(row.share - row.reach)} 至 {fixed(row.share + row.reach)}"


def against(row: Row, group: GroupBoard) -> str:
    """How far from the mean of the group."""
    if row.share is None or group.mean is None or not group.is_ranked:
        return OUTSIDE
    return signed(rounded(row.share) - group.mean)


def grouped(group: GroupBoard) -> str:
    """What a group is called."""
    return group.group.name if group.group else "没有分组"


def spread(group: GroupBoard, board: Board) -> str:
    """Number, mean, standard deviation and error of a group."""
    said = [f"{len(group.rows)} 家"]
    if group.count < len(group.rows):
        said.append(f"{group.count} 家有总分")
    if group.mean is not None:
        said.append(f"均值 {group.mean}")
    if group.deviation is not None:
        said.append(f"标准差 {fixed(group.deviation)}")
    if group.reach is not None:
        said.append(f"误差最大 ±{fixed(group.reach)}（{board.pairs} 项双评）")
    return " · ".join(said)


def small(group: GroupBoard) -> str:
    """The warning of a small number; empty where there are enough."""
    if group.group is None:
        return "没有编入考核分组，不与别家比较，只按分数段定等次。"
    if not group.is_ranked:
        return (
            f"只有 {group.count} 家有总分，不足 {group.minimum} 家："
            "不排名次、不分名额、不下判断，只按分数段定等次。"
        )
    return ""


def measured(board: Board, *, with_marks: bool = True) -> str:
    """What the judgement stands on, or why there is none; with what lines beside it mean."""
    if board.is_measured:
        marks = "横线为测量误差（95%），虚线为组均；误差" if with_marks else "测量误差（95%）"
        return f"{marks}由 {board.pairs} 项双人独立评分估出，与组均的距离不超过误差的不分高低。"
    return (
        f"双人独立评分只有 {board.pairs} 项，不足 {board.least} 项，测不出误差，"
        "不下“明显高于、低于”的判断。"
    )


# --- places --------------------------------------------------------------------------------------


def quota(board: Board) -> str:
    """The places over the whole as arithmetic; empty where there is no quota."""
    rules = board.rules
    if not rules.quota_grade or board.places is None:
        return ""
    if not board.taking:
        return (
            f"“{rules.quota_grade}”的名额只在家数够的考核分组里分；这一期没有，只按分数段定等次。"
        )
    is_upper = rules.quota_kind == "upper"
    share = f"{rules.quota_share.numerator}/{rules.quota_share.denominator}"
    exact = rules.quota_share * board.taking
    equation = f"{board.taking} × {share} = {_number(exact)}"
    if exact.denominator != 1:
        equation += f"，{'向下' if is_upper else '向上'}取整为 {board.places}"
    about = f"“{rules.quota_grade}”" + ("" if is_upper else "及以下")
    return (
        f"{about}{'不超过' if is_upper else '不少于'} {share}：{equation} 个。"
        "各组先得整数部分，余下的按余数从大到小分。"
    )


def part(group: GroupBoard, board: Board) -> str:
    """The places of a group as arithmetic."""
    if group.quota is None:
        return ""
    found, share = group.quota.places.part, board.rules.quota_share
    said = f"{found.count} × {share.numerator}/{share.denominator} = {_number(found.exact)}"
    if found.exact.denominator != 1:
        said += f"，整数部分 {found.whole}"
        said += f"，余数 {_number(found.remainder)}"
        said += "，进一个" if found.is_raised else "，不进"
    return f"{said}：{found.places} 个名额"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{rounded(value):f}"


def last(group: GroupBoard, indicators: Mapping[str, str]) -> Sequence[str]:
    """How the last place was decided, in sentences."""
    if group.quota is None:
        return ()
    names = {row.score.pk: row.name for row in group.rows}
    return last_words(group.quota.places, names, indicators)


# --- losses --------------------------------------------------------------------------------------


def cell(one: LossCell | None, places: int = 2) -> str:
    """What stands in a cell: points, `·` for nothing, 免, 待, — for what is not in that scheme."""
    if one is None:
        return OUTSIDE
    if one.state:
        return STATES[one.state]
    return lost(one.lost or Decimal(0), places)


def lost(value: Decimal, places: int = 2) -> str:
    """Points lost, `·` for none."""
    return f"{rounded(Fraction(value), places):f}".replace("-", "−") if value else NOTHING


def weakest(losses: Losses) -> str:
    """The heads that lost most, in a sentence."""
    some = losses.weakest
    if not some:
        return "各项都没有失分。"
    named = "、".join(f"{one.name}（失 {percent(one.share)}）" for one in some)
    return f"失分最多的 {len(some)} 项：{named}。"


def percent(share: Fraction) -> str:
    """A share in percent with one place."""
    return f"{rounded(share * HUNDRED, 1):f}%".replace("-", "−")


def step_of(number: int, size: int) -> str:
    """A bar of differences in words."""
    return f"相差 {number * size}% 至不足 {(number + 1) * size}%"


# --- lines ---------------------------------------------------------------------------------------


def line_of(trend: Trend) -> trends.Trend:
    """The means of all over the half-years, as a line that says what it says."""
    line = [(one.period, one.mean) for one in trend.pasts]
    return trends.trend_of(line, name="得分率均值", unit="%", places=2)


def line_of_one(portrait: Portrait) -> trends.Trend:
    """The shares of one organisation, the same."""
    line = [(one.cycle.period, one.share) for one in portrait.counted]
    return trends.trend_of(line, name="得分率", unit="%", places=2)


# --- the year ------------------------------------------------------------------------------------


def pace_title(pace: Pace) -> str:
    """What the year is laid beside."""
    return f"到 {date_zh(pace.on)}，全年过去 {rounded(pace.gone, 1)}%"


def paced(row: Paced, pace: Pace) -> tuple[str, str]:
    """Slower or faster than the calendar, in plain words, with the tone."""
    between = rounded(row.share - pace.gone, 1)
    if abs(row.share - pace.gone) <= NEAR:
        return ("与序时持平", "mute")
    if between < 0:
        return (f"慢 {-between} 个百分点", "warn")
    return (f"快 {between} 个百分点", "ok")
