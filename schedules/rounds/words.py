"""What states, figures and cells are called on pages and in sheets, and in which tone."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from core import clock, periods, tones
from core.trends import MOST, Trend, trend_of
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization

from . import asks, fulfilment
from .asks import Ask, Group, Minutes
from .enums import Absence, DutyState, LeftOut, Mark, Phase
from .fulfilment import Kind
from .models import Duty, DutyStanding, Plan, Report, Rollup
from .models.vocabulary import Counted
from .queries.cells import CLASSES, Cell, on_time_share
from .queries.duties import Opened
from .queries.loads import Excess
from .queries.readings import ANSWERED, MARKED, UNTOUCHED, WAITING
from .queries.totals import Compared, Totals
from .queries.years import Weighing

# Of lists behind figures; the keys are what addresses ask for.
SHOWN: dict[str, str] = {
    "": "应报",
    "own": "本级",
    Counted.SUBMITTED: "已报送",
    Counted.ON_TIME: "按时",
    Counted.LATE: "迟报",
    Counted.UNSENT: "尚未报送",
    Counted.PENDING: "待报",
    Counted.MISSING: "未报",
    Counted.LOCKED: "锁定未报",
    Counted.WAITING: "待核",
    Counted.RETURNED: "退回待补",
    Counted.RETURNED_TWICE: "退回两次以上",
    "twice": "退回两次以上",
    Counted.ACCEPTED: "已通过",
}
# What is said in full of a cell that counts several, where there is any.
IN_CELLS = (
    Counted.ON_TIME,
    Counted.LATE,
    Counted.MISSING,
    Counted.LOCKED,
    Counted.PENDING,
    Counted.RETURNED,
    Counted.ACCEPTED,
)
# How a committee has dealt with what was written to it; the keys are those of queries/readings.py.
STANDINGS: dict[str, str] = {
    MARKED: "已列入调度",
    WAITING: "待答复",
    ANSWERED: "已答复",
    UNTOUCHED: "还没有处理",
}
ABSENCES = {
    Absence.NOT_OWED: "不计入应报",
    Absence.NOT_FOUNDED: "当时尚未成立",
    Absence.ELSEWHERE: "当时不在此处",
}


# Why something is not arranged for one of many.
LEFT_OUT = {
    LeftOut.SENT: "已报来",
    LeftOut.WAIVED: "已免报",
    LeftOut.NOT_WAIVED: "没有免报",
    LeftOut.BY_RULE: "由系统按组织变动免除，不能在这里恢复",
    LeftOut.CASE: "期限由原记录而定，请到那里办理延期",
    LeftOut.NO_LATER: "现在的期限已不早于这一天",
    LeftOut.MOVED: "刚刚有变动，请再看一次",
}


# When people are reminded of a case.
STEPS = {
    "B": "列出那天",
    "T-3": "到期前 3 个工作日",
    "T-1": "到期前 1 个工作日",
    "T": "到期当天",
    "T+1": "逾期 1 个工作日",
    "T+3": "逾期 3 个工作日",
    "T+8": "逾期 8 个工作日",
    "T+15": "逾期 15 个工作日",
}


def state_word(
    kind: Kind, state: str, *, is_overdue: bool = False, is_locked: bool = False
) -> tuple[str, str]:
    """The word and the tone of a duty's state."""
    if state == DutyState.OPEN:
        if is_locked:
            return locked_word(kind), "bad"
        return (kind.words.missing, "bad") if is_overdue else (kind.words.pending, "mute")
    if state == DutyState.ACCEPTED and kind.check is None:
        return kind.words.sent, "ok"  # nobody has looked at it: it was done
    return DutyState(state).label, tones.of(DutyState(state))


def locked_word(kind: Kind) -> str:
    """What was never sent and is no longer taken: 锁定未报."""
    return f"锁定{kind.words.missing}"


def word_of(kind: Kind, word: Counted) -> str:
    """What pages, sheets and lists call those that count as the word, of duties of the kind."""
    own = {
        Counted.SUBMITTED: kind.words.sent,
        Counted.PENDING: kind.words.pending,
        Counted.MISSING: kind.words.missing,
        Counted.LOCKED: locked_word(kind),
    }
    return own.get(word, SHOWN[word])


def duty_word(kind: Kind, duty: Duty, now: dt.datetime) -> tuple[str, str]:
    """The word and the tone of one duty as it stands now."""
    return state_word(
        kind, duty.state, is_overdue=duty.is_overdue(now), is_locked=duty.is_locked(now)
    )


def counted_word(kind: Kind, duty: Duty) -> tuple[str, str]:
    """The word and the tone of one duty as figures count it, beside which it stands."""
    is_over, is_locked = duty.phase != Phase.RUNNING, duty.phase == Phase.LOCKED
    return state_word(kind, duty.state, is_overdue=is_over, is_locked=is_locked)


def words_at(one: DutyStanding, moment: dt.datetime) -> tuple[str, str, str]:
    """How a duty stood at the moment: word and tone, and the word for how it stands now where that
    is another."""
    kind = fulfilment.of(one.duty.plan)
    word, tone = state_word(
        kind, one.state, is_overdue=one.is_overdue(moment), is_locked=one.phase == Phase.LOCKED
    )
    now, _ = duty_word(kind, one.duty, clock.now())
    return word, tone, now if now != word else ""


def standing_word(kind: Kind, duty: Duty, now: dt.datetime) -> tuple[str, str]:
    """How a duty stands in one word that says too whether it was late, and its tone."""
    word, tone = duty_word(kind, duty, now)
    if duty.is_late and tone == "ok":
        return f"{kind.words.late}，{word}", "warn"
    return word, tone


def cell_words(cell: Cell, kind: Kind, parts: int = 0) -> tuple[str, str]:
    """The text of a cell and what it means in full. `parts` is how many parts came back."""
    figures = cell.figures
    if figures is None:
        return "—", ABSENCES[cell.absence]
    if cell.single is not None:
        return _single(cell, cell.single, kind, parts)
    said = [f"应报 {figures.expected}"]
    for word in IN_CELLS:
        if number := getattr(figures, word):
            said.append(f"{word_of(kind, word)} {number}")
    return f"{figures.submitted}/{figures.expected}", "，".join(said)


def cell_note(figures: Rollup, kind: Kind) -> str:
    """What is not in order in a cell that counts several, short enough to stand in it: 未3 迟2. What
    is not due yet is said only while nothing is overdue."""
    numbers = [
        (kind.words.missing[0], figures.missing),
        ("锁", figures.locked),
        ("迟", figures.late),
        ("退", figures.returned),
    ]
    if not figures.missing:
        numbers.append((kind.words.pending[0], figures.pending))
    return " ".join(f"{sign}{number}" for sign, number in numbers if number)


def signs(kind: Kind, *, locks: bool) -> str:
    """What the signs of `cell_note` mean, as a sentence below a grid."""
    words = [
        kind.words.missing,
        *(["锁定"] if locks else []),
        "迟报",
        "退回待补",
        kind.words.pending,
    ]
    return "、".join(f"{word[0]}＝{word}" for word in words)


# The classes of a heat grid, best first, as its key names them.
HEAT_WORDS = [
    f"{CLASSES[0]}%",
    *(f"{least}–{above - 1}%" for above, least in pairwise(CLASSES)),
    f"不到 {CLASSES[-1]}%",
]


def _single(cell: Cell, one: DutyStanding, kind: Kind, parts: int) -> tuple[str, str]:
    """Of a cell that stands for one duty."""
    duty = one.duty
    if cell.mark in (Mark.MISSING, Mark.LOCKED, Mark.NOT_DUE):
        is_over = cell.mark != Mark.NOT_DUE
        text = kind.words.missing if is_over else kind.words.pending
        title = locked_word(kind) if cell.mark == Mark.LOCKED else kind.words.missing
        if duty.done_count:
            text = f"{duty.done_count}/{duty.required_count}"
        elif cell.mark == Mark.LOCKED:
            text = "锁定"
        return text, title if is_over else f"{duty.due_on:%m-%d} 截止"
    if cell.mark == Mark.RETURNED:
        return f"退回{parts}项" if parts else "退回", "退回待补"
    done = Counted.ACCEPTED in one.counts_as
    if cell.mark == Mark.LATE and one.submitted_at is not None:
        days = (one.submitted_at - duty.late_after).days + 1
        return f"迟{days}天", "迟报，已通过" if done else "迟报，待核"
    return ("通过", "已通过") if done else ("待核", "待核")


# What those who stand so are asked to do, at the end of the text for a chat group.
_ASKED = {
    Counted.PENDING: "请在截止日前{act}。",
    Counted.RETURNED: "请按退回意见尽快补齐。",
    Counted.LOCKED: "已不再接收，请与上级党组织联系。",
}


def chat_text(
    kind: Kind,
    title: str,
    shown: Counted,
    rows: Sequence[tuple[Organization | None, Organization, dt.date]],
    moment: dt.datetime,
) -> str:
    """What is told to a chat group: of which matter, how many as of when, their names by committee,
    and what they are asked to do. `rows` are (committee, organisation, due day). It names no
    person."""
    local = timezone.localtime(moment)
    when = f"截至{local:%-m月%-d日 %H:%M}"
    word = word_of(kind, shown)
    if not rows:
        return f"【{title}】{when}，没有{word}的党组织。"
    groups: dict[str, list[str]] = {}
    for committee, organization, _ in rows:
        name = "本级" if committee == organization else str(organization)
        groups.setdefault(str(committee or "其他"), []).append(name)
    lines = [f"【{title}】{when}，{word} {len(rows)} 个党组织"]
    days = {due_on for *_, due_on in rows}
    if shown in (Counted.PENDING, Counted.RETURNED) and len(days) == 1:
        lines[0] += f"，{days.pop():%-m月%-d日}截止"
    lines[0] += "："
    for name, names in groups.items():
        listed = "、".join(names)
        lines.append(f"{name}（{len(names)}）：{listed}")
    asked = _ASKED.get(shown, "请尽快{act}，刚{act}的请忽略。")
    lines.append(asked.format(act=kind.words.act))
    return "\n".join(lines)


class GridOrder(TextChoices):
    """How the rows of a grid are ordered."""

    WORST = "worst", "最差在前"
    TREE = "tree", "按组织树"
    NAME = "name", "按名称"


class MatrixState(TextChoices):
    """What the rows of a matrix can be narrowed to."""

    PENDING = "pending", "待报"
    MISSING = "missing", "未报"
    LOCKED = "locked", "锁定未报"
    RETURNED = "returned", "退回"
    SUBMITTED = "submitted", "待核"
    LATE = "late", "迟报"


MARKS: dict[str, frozenset[Mark]] = {
    "": frozenset(),
    MatrixState.PENDING: frozenset({Mark.NOT_DUE}),
    MatrixState.MISSING: frozenset({Mark.MISSING}),
    MatrixState.LOCKED: frozenset({Mark.LOCKED}),
    MatrixState.RETURNED: frozenset({Mark.RETURNED}),
    MatrixState.SUBMITTED: frozenset({Mark.WAITING}),
    MatrixState.LATE: frozenset({Mark.LATE}),
}


# --- lines ---------------------------------------------------------------------------------------


def on_time_trend(plan: Plan, opened: Opened, period: str) -> Trend:
    """按时率 of the node's periods up to the one shown. A period in which something has time yet has
    no value there: it is not judged before it is over. No query."""
    now = clock.now()
    line = []
    for one in periods.ending(period, MOST):
        row = opened.figures.get(one)
        is_open = row is None or (one == period and row.pending > 0)
        line.append((one, None if row is None or is_open else on_time_share([row], now)))
    return trend_of(line, name=f"{plan.name}按时率", unit="%", low=0, high=100)


def number_trend(name: str, found: Totals, one: Compared, *, is_open: bool) -> Trend:
    """A number of the reports up to the period shown; of one that is still being handed in
    (`is_open`) it has no value there. No query."""
    line = [
        (each, None if is_open and each == found.period else one.line.get(each))
        for each in found.span
    ]
    low = 0 if all(value >= 0 for value in one.line.values()) else None
    is_count = all(value == int(value) for value in one.line.values())
    return trend_of(line, name=name, low=low, grain=1 if is_count else 0)


def number(minutes: float) -> str:
    """Minutes as people write them: 9, 9.5."""
    return f"{minutes:.1f}".removesuffix(".0")


def excess_said(excess: Excess) -> str:
    """Where the cap is passed, as a sentence."""
    return (
        f"{periods.label(excess.month)}有 {excess.count} 个组织要办的事超过上限 "
        f"{excess.cap} 分钟，最多的约 {number(excess.minutes)} 分钟。"
    )


def rests_on(minutes: Minutes) -> str:
    """What an estimate of minutes rests on, in words."""
    if not minutes.answers:
        return "暂按同类项估计"
    said = f"按近 12 个月 {minutes.answers:,} 次填写估计"
    return f"{said}，其中 {minutes.guessed} 项暂按同类项" if minutes.guessed else said


def group_said(group: Group) -> str:
    """Class and kind of organisations: 村党支部."""
    words = dict(OrganizationClass.choices)
    kind = OrganizationKind(group.kind).label
    return f"{words.get(group.organization_class, '')}{kind}"


def ask_said(ask: Ask) -> str:
    """What is asked, as the register calls it."""
    if ask.together:
        return f"单独交办的督办 {ask.together} 项"
    return ask.title or "（内容只给相关单位看）"


def noun_of(ask: Ask) -> str:
    """What sort of thing is asked: 表样."""
    known = {source.key: source for source in asks.registered()}
    source = known.get(ask.source)
    kind = ask.key.partition(":")[0]
    return source.nouns.get(kind, source.label) if source else kind


def label_of(report: Report, minutes: float) -> list[str]:
    """What the form of a report carries on its page and on paper, with what filling it in takes. No
    query when form and plan came with it."""
    form, plan = report.definition, report.duty.plan
    return labelled(form.number, plan.basis, number(minutes), report.asked_until)


def labelled(number: str, basis: str, minutes: str, until: dt.date | None) -> list[str]:
    """What a form or a plan carries wherever it stands: 编号 · 依据 · 用时 · 有效至."""
    return [
        text
        for text in (
            f"编号：{number}" if number else "",
            f"依据：{basis}" if basis else "",
            f"约 {minutes} 分钟" if minutes else "",
            f"有效至 {until:%Y年%-m月%-d日}" if until else "",
        )
        if text
    ]


def weighing_said(weighing: Weighing | None) -> dict[str, Any] | None:
    """What each class owes already and would owe, in words: a line for all that owe the same."""
    if weighing is None or not weighing.rows:
        return None
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in weighing.rows:
        figures = (one.month_now, one.month_then, one.year_now, one.year_then)
        before = None if one.last_year is None else number(one.last_year)
        said = (*map(number, figures), before)
        line = lines.setdefault(
            (one.group.kind, said),
            {
                "names": [],
                "count": 0,
                "month_now": said[0],
                "month_then": said[1],
                "year_now": said[2],
                "year_then": said[3],
                "last_year": before,
                "is_over": one.is_over,
            },
        )
        line["count"] += one.count
        line["names"].append(group_said(one.group))
    return {
        "rows": list(lines.values()),
        "month": periods.label(weighing.month),
        "year": weighing.month[:4],
        "last": int(weighing.month[:4]) - 1,
        "cap": weighing.rows[0].cap,
        "is_over": any(one.is_over for one in weighing.rows),
    }
