"""Eight quarters' themes that are over and the one that runs, by the real acts, each on the day on which
it would have been done; the newest that was not reached comes again as a draft."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from core import clock, periods
from core.actor import system
from core.demo import Seeding
from core.models import Effect
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from schedules.dispatch.actions import drafting as agendas
from schedules.dispatch.enums import MeetingForm, MeetingState
from schedules.dispatch.models import DispatchMeeting

from ..actions import drafting, readings, running
from ..enums import Conclusion, DateKind
from ..jobs import read_line_of
from ..models import Theme, ThemeMonth
from ..queries.measuring import aims_of
from ..queries.scope import committees_of
from ..queries.sums import Sums, totals_of

STAFF = "zone"
PAST = 8
PUBLISHED, CONCLUDED = 1, 18  # day of the quarter's first month, of the month after it
# So many of the branches have reached it: a standing practice, or enough to end.
GOOD, ENOUGH = Decimal("0.85"), Decimal("0.55")
MENTION = (3, 7, 11)  # committees that say their sentence


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a quarter's theme is about."""

    title: str
    basis: str
    aims: tuple[tuple[str, int], ...]
    origin: str = ""


# The one that runs, then those before it, newest first.
SUBJECTS = (
    _Subject(
        "到会有数、缺课补上",
        "党支部工作条例第十四条；党工委2026年工作要点第6条",
        (
            ("life_present", 92),
            ("study_made_up", 80),
            ("members_talked", 95),
            ("life_party_day_missing", 0),
        ),
        "三季度缺课没有补够；到会率多年没有动过，谈心谈话还差一成多。",
    ),
    _Subject(
        "缺课补上",
        "党员教育管理工作条例第三十条；考核细则“党员教育”",
        (("study_made_up", 85),),
        "上半年考核“党员教育”失分多，缺课没有补的占一半。",
    ),
    _Subject("月报按时", "党工委2026年工作要点第9条", (("monthly_reports_on_time", 100),)),
    _Subject("督办不拖", "督办工作办法第5条", (("items_overdue", 0), ("items_relapsed", 0))),
    _Subject(
        "谈心谈话全覆盖",
        "党支部工作条例第十八条",
        (("members_talked", 90),),
        "年中谈过心的党员刚过半。",
    ),
    _Subject(
        "主题党日月月开",
        "党支部工作条例第十六条；考核细则“组织生活”",
        (("life_party_day_missing", 0), ("life_party_day_present", 92)),
        "上半年有 60 多个支部漏开过主题党日。",
    ),
    _Subject("党课进支部", "党支部工作条例第十五条", (("life_lesson_missing", 0),)),
    _Subject("请假要说明", "党员教育管理工作条例第三十条", (("life_unexcused", 1),)),
    _Subject("组织生活按时开", "党支部工作条例第四章", (("life_on_time", 95),)),
)
SENTENCES = (
    "标准厂房 6 个支部合办补课。",
    "夜班多，送学到科室。",
    "送学上门，按楼栋排班。",
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """The theme that runs; those before it too, where all months are there at once."""
    if seeding.is_again:
        return {}
    course = _Course(seeding)
    with seeding.step():
        course.run(0)
        course.tell_agendas()
    if not seeding.older:
        course.past()
    return {"themes": Theme.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """With the oldest month all is there that the themes of the past were about."""
    if month != seeding.months[0] or Theme.objects.exclude(conclusion="").exists():
        return
    course = _Course(seeding)
    course.past()
    course.read_anew()


def _is_worse(theme: Theme, sums: Sums | None) -> bool:
    """Whether its first figure is worse than when it began, for all the branches that reached it."""
    gauge = aims_of(theme)[0].gauge
    start, now = (sums.start(gauge), sums.now(gauge)) if sums else (None, None)
    if start is None or now is None:
        return False
    return now > start if gauge.fewer else now < start


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.root = seeding.of(Tree).root
        self.now = periods.containing(seeding.today, periods.QUARTER)
        user = seeding.of(Accounts).by_username[STAFF]
        self.by = actor_of(user, user.grants.select_related("organization").get())

    def tell_agendas(self) -> None:
        """The theme comes onto the agendas that were drafted before there was one."""
        drafts = DispatchMeeting.objects.filter(organization=self.root, state=MeetingState.DRAFT)
        for meeting in drafts.exclude(drafted_at=None):
            agendas.draft_agenda(meeting=meeting, by=self.by)

    def past(self) -> None:
        """As many quarters as there are records of, with the quarter before each: its start."""
        first = periods.first_day(self.seeding.months[0])
        for back in range(PAST, 0, -1):
            quarter = periods.shift(self.now, -back)
            if periods.first_day(periods.shift(quarter, -1)) < first:
                continue
            with self.seeding.step():
                self.run(back)

    def run(self, back: int) -> None:
        """The theme of a quarter, up to its conclusion where that day is over."""
        quarter = periods.shift(self.now, -back)
        begins = self._at(periods.first_day(quarter), PUBLISHED)
        with clock.at(min(begins, self.seeding.now)):
            theme = self._published(quarter, SUBJECTS[back])
        after = periods.last_day(quarter) + dt.timedelta(days=1)
        ends = self._at(after, CONCLUDED)
        with clock.at(min(ends, self.seeding.now)):
            self._remarks(theme)
            readings.read_now(theme=theme, by=system())
            if self.seeding.older and not self.seeding.is_again:
                return  # its line is read behind
            read_line_of(theme)
            theme.refresh_from_db()
            if back:
                self._concluded(theme)
        Effect.objects.filter(kind=running.LINE, payload__theme=theme.pk).delete()

    def read_anew(self) -> None:
        """The line of the theme that runs, now that its older months are there."""
        for theme in Theme.objects.running():
            with self.seeding.step():
                ThemeMonth.objects.filter(figure__theme=theme).delete()
                read_line_of(theme)

    def _published(self, quarter: str, subject: _Subject) -> Theme:
        due = periods.last_day(quarter)
        theme = drafting.create(
            organization=self.root,
            by=self.by,
            plan=drafting.Plan(
                quarter=quarter,
                title=subject.title,
                basis=subject.basis,
                aims=[drafting.Aim(key, Decimal(goal), due) for key, goal in subject.aims],
                origin=subject.origin,
                dates=self._dates(quarter),
            ),
        )
        return running.publish(theme=theme, revision=theme.revision, by=self.by)

    def _dates(self, quarter: str) -> list[drafting.KeyDate]:
        """The quarter's first dispatch meeting begins it, a tour within it shows how it goes."""
        held = DispatchMeeting.objects.filter(
            organization=self.root, period__in=periods.within(quarter, periods.MONTH)
        ).order_by("starts_at")
        found = []
        for kind, wanted in ((DateKind.LAUNCH, False), (DateKind.TOUR, True)):
            meeting = next(
                (one for one in held if (one.form == MeetingForm.OBSERVATION_TOUR) is wanted), None
            )
            if meeting is not None:
                on = timezone.localdate(meeting.starts_at)
                found.append(drafting.KeyDate(str(kind), on, "", meeting.pk))
        return [*found, drafting.KeyDate(str(DateKind.SUMMARY), periods.last_day(quarter))]

    def _remarks(self, theme: Theme) -> None:
        places = list(committees_of(self.root))
        responsible = self.seeding.of(Accounts).responsible
        for number, text in zip(MENTION, SENTENCES, strict=True):
            user = responsible.get(places[number].pk) if number < len(places) else None
            if user is not None:
                grant = user.grants.select_related("organization").get(organization=places[number])
                running.remark(
                    theme=theme, organization=places[number], text=text, by=actor_of(user, grant)
                )

    def _concluded(self, theme: Theme) -> None:
        first = theme.figures.get(position=1)
        sums = totals_of(self.by, theme).get(first.pk)
        share = Decimal(sums.reached) / sums.measured if sums and sums.measured else Decimal(0)
        said = f"{sums.measured if sums else 0} 个支部中 {sums.reached if sums else 0} 个达到。"
        if share >= GOOD and not _is_worse(theme, sums):
            conclusion, reason = Conclusion.STANDING, f"{said}转为日常，平时看总览就够。"
        elif share >= ENOUGH:
            conclusion, reason = Conclusion.REACHED, f"{said}大部分达到，余下的由各党委盯。"
        else:
            conclusion, reason = (
                Conclusion.AGAIN,
                f"{said}夜班多、流动多的支部补不上，换个办法再来。",
            )
        running.conclude(
            theme=theme, revision=theme.revision, conclusion=conclusion, reason=reason, by=self.by
        )

    @staticmethod
    def _at(day: dt.date, number: int) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day.replace(day=number), dt.time(9, 30)))
