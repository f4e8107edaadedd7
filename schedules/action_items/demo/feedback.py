"""What people have wished for in three years (意见建议), and what they were answered."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping

from django.utils import timezone

from core import periods
from core.demo import Seeding
from core.periods import WorkCalendar
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization, User
from schedules.rounds.queries.calendar import load

from ..enums import FeedbackKind, FeedbackState
from ..models import Feedback
from ..rules import ANSWER_WITHIN_WORKING_DAYS, days_late

# Kind, what was wished for, what was answered.
WISHES = (
    (
        "burden",
        "花名册和月报里的党员人数要填两遍，能不能只填一次。",
        "月报人数已改由系统从名册带出。",
    ),
    ("burden", "迎检台账一年要了三次，都是同样的内容。", "今年起同一台账一年只要一次，已发通知。"),
    ("burden", "季度报表和月报的亮点重复，建议二选一。", "季度报表不再要亮点，从月报里摘取。"),
    ("burden", "照片每次都要传原图，手机流量不够用。", "系统会自动缩小照片，传小图即可。"),
    ("system", "手机上表格太宽，看不到最后一列。", "列表在手机上已改成一条一张卡片。"),
    ("system", "字太小，年纪大的同志看不清。", "右上角姓名里有“大字显示”。"),
    ("system", "退回的时候希望能看到上次写的是什么。", "“历次版本”里能看到每次报送的内容。"),
    ("system", "消息太多，能不能一天只发一次。", "已改成每天一条，按自己选的时间发。"),
    ("work", "联合支部几家单位时间凑不到一起，主题党日能否分两次开。", "可以分两次，都记入当月。"),
    ("work", "流动党员在外地，党费怎么交方便。", "可由支部代收，线上缴纳正在联系开通。"),
    ("work", "新任书记多，希望每季度办一次业务培训。", "已列入下季度培训安排。"),
    ("work", "活动室和社区共用，晚上常被占用。", "已请社区排出每月两个固定晚上。"),
    ("other", "希望能看到别的支部好的做法。", "总览里的亮点可以查阅，季度再选编一期。"),
    ("other", "组织科电话中午打不通，能否留一个值班手机。", "中午由值班人员接听转接。"),
)
A_MONTH = 3
# Whatever the day: written so many working days ago, and how it stands.
NEWEST = ((1, 8, "waiting"), (13, 0, "waiting"), (6, 12, "withdrawn"), (7, 5, "answered"))


def build(seeding: Seeding) -> Mapping[str, int]:
    """Those of the recent months."""
    wishes = _Wishes(seeding, load())
    seeding.keep(wishes)
    if seeding.is_again:
        return {}
    for month in seeding.recent:
        seeding.add(wishes.of_month[month])
    return {"feedback": Feedback.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """One older month, whole or not at all."""
    rows = seeding.of(_Wishes).of_month[month]
    if (
        not rows
        or Feedback.objects.filter(
            written_by_id=rows[0].written_by_id, written_at=rows[0].written_at
        ).exists()
    ):
        return
    with seeding.step():
        seeding.add(rows)


class _Wishes:
    """All months, drawn at once."""

    def __init__(self, seeding: Seeding, calendar: WorkCalendar) -> None:
        self.seeding, self.calendar = seeding, calendar
        tree, accounts = seeding.of(Tree), seeding.of(Accounts)
        self.answerer = accounts.by_username["zone"]
        places = sorted(
            (place for place in tree.organizations if place.pk in accounts.responsible),
            key=lambda place: place.path,
        )
        self.writers: list[tuple[User, Organization]] = [
            (accounts.responsible[place.pk], place) for place in places if place is not tree.root
        ]
        self.of_month: dict[str, list[Feedback]] = defaultdict(list)
        for month in seeding.months:
            self._of_month(month)
        if seeding.months[-1] == periods.containing(seeding.today, periods.MONTH):
            self._newest()

    def _of_month(self, month: str) -> None:
        rng = self.seeding.rng("feedback", month)
        first = periods.first_day(month)
        chosen = rng.sample(range(len(WISHES)), A_MONTH)
        for place in chosen[: rng.randint(1, A_MONTH)]:
            day = self.calendar.roll_forward(first + dt.timedelta(days=rng.randrange(25)))
            writer = rng.choice(self.writers)
            passed = rng.choices((1, 3, 6, 9, 12), (20, 30, 25, 17, 8))[0]
            row = self._row(writer, place, day, "answered", passed)
            # What is not answered yet, or was written where nobody was, is among the newest.
            if row.answered_at and row.answered_at < self.seeding.now and writer[1].was_there(day):
                self.of_month[month].append(row)

    def _newest(self) -> None:
        rng = self.seeding.rng("feedback", "newest")
        earliest = self.seeding.today - dt.timedelta(days=60)
        there = [
            (user, place)
            for user, place in self.writers
            if place.was_there(self.seeding.today) and place.was_there(earliest)
        ]
        for days, place, state in NEWEST:
            day = self.calendar.add_working_days(self.seeding.today, -days)
            row = self._row(rng.choice(there or self.writers), place, day, state, 4)
            self.of_month[self.seeding.months[-1]].append(row)

    def _row(
        self, writer: tuple[User, Organization], place: int, day: dt.date, state: str, passed: int
    ) -> Feedback:
        """One wish written on the day; answered after so many working days."""
        kind, text, answer = WISHES[place]
        user, organization = writer
        due_on = self.calendar.add_working_days(day, ANSWER_WITHIN_WORKING_DAYS)
        row = Feedback(
            kind=FeedbackKind(kind),
            text=text,
            organization=organization,
            written_by_id=user.pk,
            written_by_name=user.name,
            written_at=_moment(day, 9, 10 + place),
            fingerprint=hashlib.sha256(text.encode()).hexdigest(),
            due_on=due_on,
            state=FeedbackState(state),
        )
        if row.state == FeedbackState.ANSWERED:
            answered = self.calendar.add_working_days(day, passed)
            row.answer, row.answered_by_name = answer, self.answerer.name
            row.answered_at = _moment(answered, 15, 20)
            row.late_days = days_late(due_on, answered, self.calendar)
        return row


def _moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    at = dt.datetime.combine(day, dt.time(hour, minute))
    return at.replace(tzinfo=timezone.get_current_timezone())
