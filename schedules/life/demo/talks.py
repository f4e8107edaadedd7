"""谈心谈话 of three years: nearly every member once a year, by somebody of the committee; of a few
there is something written down, invented and of no weight."""

import calendar
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from core import crypto, periods
from core.demo import Seeding
from members.demo.people import People
from members.enums import MembershipState
from members.models import Member
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import Post
from orgs.models import Organization

from ..enums import TalkPair
from ..models import Talk
from ..models.talk import column
from ..queries.rolls import ON_COMMITTEE

SHARE = (8, 10, 13)  # one member of so many is talked with in a month, by how keen the branch is
WRITTEN_BY = "湖庄村第一支部"  # whose secretary has written something down
PLACES = ("党群服务中心", "支部活动室", "党员家中", "办公室", "田间地头")
CONTENT = (
    "聊了近期的工作和生活，对支部活动安排在周末表示方便参加。",
    "谈了参加主题党日的体会，希望多安排实地学习。",
    "交流了村里环境整治的想法，愿意带头。",
)
ADVICE = "建议活动通知提前三天发。"


@dataclass
class _Talks:
    """All months, drawn at once."""

    of_month: dict[str, list[Talk]] = field(default_factory=dict)
    keys: dict[uuid.UUID, int] = field(default_factory=dict)  # of members, when drawn again


def build(seeding: Seeding) -> Mapping[str, int]:
    """The talks of the recent months."""
    talks = _Talks({month: _drawn(seeding, month) for month in seeding.months})
    seeding.keep(talks)
    if seeding.is_again:
        return {}
    for month in reversed(seeding.recent):
        seeding.add(talks.of_month[month])
    return {"talks": Talk.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """Those of one older month, all or none."""
    talks = seeding.of(_Talks)
    rows = talks.of_month[month]
    days = (periods.first_day(month), periods.last_day(month))
    if rows and not Talk.objects.filter(held_on__range=days).exists():
        with seeding.step():
            _find(talks, rows)
            seeding.add(rows)


def _find(talks: _Talks, rows: Sequence[Talk]) -> None:
    """Gives the members of a zone that is drawn again the keys of those that are there."""
    if not talks.keys:
        talks.keys = dict(Member.objects.values_list("uid", "pk"))
    for row in rows:
        for member in (row.talker, row.partner):
            if member is not None:
                member.pk = talks.keys[member.uid]
        row.talker, row.partner = row.talker, row.partner  # takes the keys over


def _drawn(seeding: Seeding, month: str) -> list[Talk]:
    """The talks of one month, all branches; none on a day to come."""
    tree, people = seeding.of(Tree), seeding.of(People)
    found = []
    last = min(periods.last_day(month), seeding.today)
    if last < periods.first_day(month):
        return []
    for number, branch in enumerate(tree.branches):
        if branch is tree.abolished:
            continue
        roll = [one for one in people.by_branch.get(branch.pk, ()) if _was_there(one, last)]
        if len(roll) < 2:
            continue
        rng = seeding.rng("talks", month, branch.code)
        names = {
            name
            for post, (name, _) in tree.leaders.get(branch.pk, {}).items()
            if Post(post) in ON_COMMITTEE
        }
        leaders = [one for one in roll if one.name in names]
        share = SHARE[number % len(SHARE)]
        # In turn, so that the year reaches everybody whose turn it is.
        turn = (int(month[:4]) * 12 + int(month[5:7])) % share
        for partner in roll[turn::share]:
            talkers = [one for one in leaders or roll if one is not partner]
            if not talkers:
                continue
            talker = talkers[0] if rng.random() < 0.6 else rng.choice(talkers)
            days = calendar.monthrange(int(month[:4]), int(month[5:7]))[1]
            day = dt.date(int(month[:4]), int(month[5:7]), rng.randint(1, days))
            uid = uuid.UUID(int=rng.getrandbits(128), version=4)
            place = rng.choice(PLACES)
            if day < last:
                found.append(_talk(seeding, branch, (talker, partner), names, day, uid, place))
        seeding.breathe()
    return found


def _was_there(member: Member, day: dt.date) -> bool:
    joined = member.joined_on is not None and member.joined_on <= day
    return joined and member.state == MembershipState.NORMAL and not member.is_lost_contact


def _talk(
    seeding: Seeding,
    branch: Organization,
    two: tuple[Member, Member],
    names: set[str],
    day: dt.date,
    uid: uuid.UUID,
    place: str,
) -> Talk:
    leads = sum(one.name in names for one in two)
    writer = seeding.of(Accounts).responsible.get(branch.pk)
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(17, 30)))
    row = Talk(
        uid=uid,
        organization=branch,
        held_on=day,
        place=place,
        pair=(TalkPair.MEMBERS, TalkPair.ACROSS, TalkPair.LEADERS)[leads],
        talker=two[0],
        partner=two[1],
        is_on_paper=True,
        recorded_at=min(at, seeding.now),
        written_by_id=writer.pk if writer else None,
        written_by_name=writer.name if writer else "示例数据",
    )
    if branch.short_name == WRITTEN_BY:
        said = {"talk_content": CONTENT[uid.int % len(CONTENT)], "talk_advice": ADVICE}
        for item, text in said.items():
            sealed = crypto.seal(text, column=column(item), row=uid)
            setattr(row, f"{item}_sealed", sealed)
        row.is_on_paper, row.written_at = False, row.recorded_at
    return row
