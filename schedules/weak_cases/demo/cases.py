"""The criteria, and cases by the real acts, each on the day on which it would have been done: one that
is being put right, one that waits for a decision; where the years before are there, one that is
followed and one whose year is over."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from core import clock
from core.actor import Actor
from core.demo import Seeding
from core.models import Effect, Notification
from core.periods import WorkCalendar
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree, months_before
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.action_items.actions import checking, handling
from schedules.action_items.models import ActionItem
from schedules.rounds.queries.calendar import load

from ..actions import cases, criteria
from ..models import CaseMeasure, Criterion, WeakCase

STAFF = "zone"
BASIS = "党工委《软弱涣散基层党组织排查整顿办法》"
CRITERIA = (
    ("书记空缺三个月以上，或书记长期不在岗、管不了事", "第四条第一项"),
    ("组织生活长期不正常，三个月以上没有开过党员大会或主题党日", "第四条第二项"),
    ("两年以上没有发展党员，也没有入党积极分子", "第四条第三项"),
    ("班子不团结、议不成事，群众意见大，满意度低于六成", "第四条第四项"),
    ("任务长期落后，督办一年里反弹三次以上", "第五条第一项"),
)
ENDED_CRITERION = ("年度考核排在末位", "第五条第二项（已废止：不下指标、不按比例）")


@dataclass(frozen=True, slots=True)
class _Story:
    """What was found at one organisation, and what was done about it."""

    facts: Mapping[int, str]  # by place among the criteria
    reason: str
    leader: str
    measures: Sequence[tuple[str, str]]


ENDED = _Story(
    {0: "书记去年调走，半年没有补上，由委员轮流代管。", 1: "二、三季度只开过一次主题党日。"},
    "党委会研究：书记空缺半年，组织生活停摆，认定。",
    "刘建军",
    (
        ("选好配强支部书记，按期补选", "党委组织委员"),
        ("恢复组织生活，补齐两个季度的党员大会", "新任书记"),
    ),
)
FOLLOWED = _Story(
    {2: "三年没有发展党员，没有积极分子。", 3: "年中测评 31 名党员中 14 名不满意。"},
    "党委会研究：发展党员断档，党员意见集中，认定。",
    "孙丽华",
    (
        ("班子逐人谈心，当面把意见说开", "党委副书记"),
        ("在车间骨干里培养 3 名入党积极分子", "支部书记"),
    ),
)
RIGHTING = _Story(
    {1: "7 月以来没有开过支部党员大会。", 4: "一年里 3 件督办回头看反弹。"},
    "党委会研究：两条都有记录，认定；先抓组织生活。",
    "赵国强",
    (
        ("下派第一书记，每月到支部两次", "党委组织委员"),
        ("补开支部党员大会，排好全年组织生活", "支部书记"),
        ("把反弹的 3 件督办重办一遍，逐件回访", "支部书记"),
    ),
)
PROPOSED = {0: "书记住院四个月，没有明确谁来主持。"}
DONE = "已按方案办完，记录和照片存支部。"


def build(seeding: Seeding) -> Mapping[str, int]:
    """The criteria and what goes on now; the years before too, where all months are there at once."""
    if seeding.is_again:
        return {}
    course = _Course(seeding)
    with seeding.step():
        course.criteria()
        course.present()
        if not seeding.older:
            course.past()
    return {"weak_cases": WeakCase.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """With the oldest month all numbers of the years before are given out."""
    if month != seeding.months[0] or WeakCase.objects.filter(accepted_on__isnull=False).exists():
        return
    with seeding.step():
        _Course(seeding).past()


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.calendar: WorkCalendar = load()
        self.tree, self.accounts = seeding.of(Tree), seeding.of(Accounts)
        self.by = self._actor(self.tree.root, STAFF)
        self.places = self._places()

    def criteria(self) -> None:
        """Five in force, one that was ended."""
        with clock.at(self._at(30)):
            since = self.seeding.today.replace(month=1, day=1)
            since = since.replace(year=since.year - 3)
            for name, where in CRITERIA:
                given = criteria.Given(name, f"{BASIS}{where}", since)
                criteria.create(given=given, by=self.by)
            name, where = ENDED_CRITERION
            until = since.replace(year=since.year + 1, month=12, day=31)
            criteria.create(given=criteria.Given(name, f"{BASIS}{where}", since, until), by=self.by)

    def present(self) -> None:
        """One that is being put right, one that waits for a decision."""
        if len(self.places) < 2:
            return
        case = self._planned(self.places[0], RIGHTING, 2, 25)
        items = self._items(case)
        self._done(items[0], self._at(1))
        for item in items[1:]:
            self._received(item)
        with clock.at(self._at(0, 4)):
            cases.open_case(
                organization=self.places[1], facts=self._facts(PROPOSED), by=self._above(1)
            )
        self._forget()

    def past(self) -> None:
        """One that is followed, and one whose year is over."""
        for place, story, begun, accepted in ((2, FOLLOWED, 11, 6), (3, ENDED, 23, 17)):
            if len(self.places) <= place:
                return
            case = self._planned(self.places[place], story, begun, 60)
            for item in self._items(case):
                self._done(item, self._at(begun - 2))
            # Half a year is over in some days: the look stands on the zone's list.
            with clock.at(self._at(accepted, -8 if place == 2 else 0)):
                case = cases.accept(
                    case=case,
                    acceptance="passed",
                    note="听了汇报，查了记录，访了 9 名党员，都说好转。",
                    revision=case.revision,
                    by=self.by,
                )
            if place == 3:
                for months, note in (
                    (10, "半年没有缺过一次，书记在岗。"),
                    (4, "一年稳住了，结束。"),
                ):
                    with clock.at(self._at(months)):
                        case = cases.follow_up(
                            case=case,
                            found="lasting",
                            note=note,
                            revision=case.revision,
                            by=self.by,
                        )
        self._forget()

    def _planned(self, place: Organization, story: _Story, months: int, days: int) -> WeakCase:
        """Proposed, decided on a week later, planned five days after."""
        above = self._above(self.places.index(place))
        with clock.at(self._at(months)):
            case = cases.open_case(organization=place, facts=self._facts(story.facts), by=above)
        with clock.at(self._at(months, -7)):
            case = cases.decide(
                case=case, finding="weak", reason=story.reason, revision=case.revision, by=above
            )
        moment = self._at(months, -12)
        with clock.at(moment):
            first = timezone.localdate(moment) + dt.timedelta(days=days)
            measures = [
                cases.Measure(title, first + dt.timedelta(days=30 * number), who)
                for number, (title, who) in enumerate(story.measures)
            ]
            return cases.plan(
                case=case,
                leader_name=story.leader,
                measures=measures,
                revision=case.revision,
                by=above,
            )

    def _facts(self, facts: Mapping[int, str]) -> dict[int, str]:
        rows = list(Criterion.objects.order_by("pk"))
        return {rows[place].pk: text for place, text in facts.items()}

    @staticmethod
    def _items(case: WeakCase) -> list[ActionItem]:
        rows = CaseMeasure.objects.filter(case=case).select_related("item__owner", "item__issuer")
        return [one.item for one in rows]

    def _received(self, item: ActionItem) -> ActionItem:
        with clock.at((item.issued_at or self.seeding.now) + dt.timedelta(days=1)):
            return handling.receive(item=item, by=self._actor(item.owner))

    def _done(self, item: ActionItem, moment: dt.datetime) -> None:
        """Received soon after it was given out, reported and closed by another."""
        item = self._received(item)
        with clock.at(moment - dt.timedelta(days=2)):
            item = handling.report(
                item=item, result=DONE, revision=item.revision, by=self._actor(item.owner)
            )
        with clock.at(moment):
            checking.verify(
                item=item, note="看过记录，同意销号", by=self.by, revision=item.revision
            )

    def _places(self) -> list[Organization]:
        """Branches of four committees that have somebody and were there all the time."""
        found: list[Organization] = []
        since = months_before(self.seeding.today, 26)
        taken: set[int] = set()
        for branch in self.tree.branches[::-1]:
            above = self._committee(branch)
            if above is None or above.pk in taken or branch.pk not in self.accounts.responsible:
                continue
            if branch.was_there(since) and branch.was_there(self.seeding.today):
                taken.add(above.pk)
                found.append(branch)
            if len(found) == 4:
                break
        return found

    def _committee(self, branch: Organization) -> Organization | None:
        """The direct committee above, where somebody works for it."""
        for one in self.tree.organizations:
            is_above = branch.path.startswith(one.path)
            if is_above and one.kind == OrganizationKind.DIRECT_COMMITTEE:
                return one if one.pk in self.accounts.responsible else None
        return None

    def _above(self, number: int) -> Actor:
        return self._actor(self._committee(self.places[number]) or self.tree.root)

    def _actor(self, place: Organization, username: str = "") -> Actor:
        user = (
            self.accounts.by_username[username] if username else self.accounts.responsible[place.pk]
        )
        return actor_of(user, user.grants.select_related("organization").get(organization=place))

    def _at(self, months: int, days: int = 0) -> dt.datetime:
        """So many months and days ago (days below nothing: later), on a working day's morning."""
        day = months_before(self.seeding.today, months) - dt.timedelta(days=days)
        day = self.calendar.roll_forward(day) if days < 0 or months else day
        return timezone.make_aware(dt.datetime.combine(day, dt.time(9, 40)))

    def _forget(self) -> None:
        """Messages of days long past are told to nobody."""
        items = CaseMeasure.objects.values_list("item_id", flat=True)
        about = [f"action:{pk}" for pk in items]
        told = Notification.objects.filter(about__in=about)
        keys = [f"mail:{key}" for key in told.values_list("key", flat=True)]
        Effect.objects.filter(key__in=keys).delete()
        told.delete()
