"""Two streets measure their branches by a scheme and groups of their own, made by the real acts on the
days on which they would have been: drawn up by one person, published by another."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import clock, periods
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationClass
from orgs.models import Organization

from ..actions import groups, versions
from ..enums import Level
from ..models import Scheme
from .contents import DRAWN_UP, ISSUED, Marks, content, counted, each, group, hand, ratio

C = OrganizationClass
PLACES = (C.VILLAGE, C.COMMUNITY)
# Of the second there are two in a street: too few for ranks and places, so that bands alone count.
GROUPS = (("村、社区支部组", PLACES), ("机关、离退休支部组", (C.ORGAN, C.RETIRED)))
NAME, BOUND = "所属支部", 6


@dataclass(frozen=True, slots=True)
class Street:
    """A street that assesses its branches: who carries it on there, and who decides. Its newest
    half-year is reviewed just now, or decided on."""

    short_name: str
    staff: str
    second: str
    document: str
    minutes: str
    is_reviewing: bool = False

    def place(self, seeding: Seeding) -> Organization:
        """Where it stands."""
        return seeding.of(Tree).by_short_name[self.short_name]


STREETS = (
    Street(
        *("大黄山街道", "dahuangshan", "dahuangshan2"),
        *("大黄山街工委〔{year}〕{number}号", "大黄山街工委纪要〔{year}〕{number}号"),
    ),
    Street(
        *("金山桥街道", "jinshanqiao", "jinshanqiao2"),
        *("金山桥街工委〔{year}〕{number}号", "金山桥街工委纪要〔{year}〕{number}号"),
        is_reviewing=True,
    ),
)


def street_of(organization: Organization) -> Street:
    """The street that holds a cycle of branches."""
    return next(one for one in STREETS if one.short_name == organization.short_name)


def person(seeding: Seeding, username: str) -> Actor:
    """Who acts, in the first grant that he holds."""
    user = seeding.of(Accounts).by_username[username]
    grant = user.grants.select_related("organization").order_by("pk")[0]
    return actor_of(user, grant)


def measure(seeding: Seeding, street: Street, year: int) -> None:
    """The year's scheme of a street's branches, and the groups in which they are compared."""
    place = street.place(seeding)
    if Scheme.objects.filter(organization=place, year=year, level=Level.BRANCH).exists():
        return
    by, second = person(seeding, street.staff), person(seeding, street.second)
    document = street.document.format(year=year - 1, number=23)
    with clock.at(_at(year - 1, *DRAWN_UP)):
        version = versions.create(
            organization=place,
            year=year,
            level=Level.BRANCH,
            name=NAME,
            classes=[*PLACES, *GROUPS[1][1]],
            by=by,
        )
        said = content_of_branches(document, year)
        versions.save(version=version, revision=version.revision, content=said, by=by)
        versions.submit(version=version, revision=version.revision, from_period=f"{year}-H1", by=by)
        for order, (name, classes) in enumerate(GROUPS):
            groups.create(
                organization=place,
                year=year,
                level=Level.BRANCH,
                name=name,
                classes=classes,
                places=(),
                order=order,
                by=by,
            )
    with clock.at(_at(year - 1, *ISSUED)):
        versions.publish(
            version=version,
            revision=version.revision,
            document_number=document,
            document_on=dt.date(year - 1, *ISSUED),
            by=second,
        )


def _at(year: int, month: int, day: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(dt.date(year, month, day), dt.time(15, 10)))


def content_of_branches(document: str, year: int) -> dict[str, Any]:
    """What such a scheme says: 16 indicators, of which people mark two. All points come in quarters, so
    that equals are nothing rare."""
    marks = _OfBranches(C.VILLAGE)
    return content(
        [
            group("g1", "支部建设", marks.building()),
            group("g2", "组织生活", marks.life()),
            group("g3", "党员教育管理", marks.education()),
            group("g4", "作用发挥", marks.work()),
        ],
        tie_break=["attendance", "life_party_day"],
        basis=document,
        plan_basis=document,
    )


class _OfBranches(Marks):
    def building(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("offices", "书记在岗", 5, "支部书记配备到位"),
                "书记空缺扣2.5分",
                each("2.5", "offices_vacant"),
            ),
            self.leaf(
                *("terms", "按期换届", 5, "任期届满按期换届，延期换届经批准"),
                "逾期未换届扣5分",
                each("5", "terms_overdue"),
            ),
            self.leaf(
                *("movements", "组织关系管理", 5, "党员增减当月登记"),
                "每有1人事后补记扣0.5分，扣完为止",
                each("0.5", "members_told_late"),
            ),
        ]

    def life(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("life_general", "支部党员大会", 8, "每季度至少召开1次"),
                "每缺1次扣2分",
                each("2", "life_general_meeting_missing"),
            ),
            self.leaf(
                *("life_committee", "支委会、党小组会", 6, "每月至少各召开1次"),
                "支委会每缺1次扣0.5分，党小组会每缺1次扣0.25分，扣完为止",
                each("0.5", "life_committee_meeting_missing"),
                each("0.25", "life_group_meeting_missing"),
            ),
            self.leaf(
                *("life_lesson", "党课", 8, "每季度至少1次"),
                "每缺1次扣2分",
                each("2", "life_lesson_missing"),
            ),
            self.leaf(
                *("life_party_day", "主题党日", 12, "每月至少开展1次"),
                "每缺1次扣1分",
                each("1", "life_party_day_missing"),
            ),
            self.leaf(
                *("life_meeting", "组织生活会与民主评议", 6, "每年1次，先谈心、后开会、再评议"),
                "没有按期召开扣3分",
                each("3", "life_life_meeting_missing"),
            ),
        ]

    def education(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("attendance", "组织生活到会率", 10, "应到党员参加组织生活"),
                "到会率80%得满分，每低1个百分点扣0.25分",
                ratio("life_present", "life_expected", "8/10", "1/100", "0.25"),
            ),
            self.leaf(
                *("made_up", "补课", 5, "缺席的三十天内补课"),
                "补课率70%得满分，每低10个百分点扣0.5分；没有缺席的得满分",
                ratio("study_made_up", "study_missed", "7/10", "1/10", "0.5"),
            ),
            self.leaf(
                *("talks", "谈心谈话", 5, "支委与党员、党员之间普遍谈心"),
                "今年谈过心的党员占在册党员30%得满分，每低10个百分点扣0.5分",
                ratio("members_talked", "members_on_roll", "3/10", "1/10", "0.5"),
                cycle=periods.YEAR,
            ),
            self.leaf(
                *("reports", "月报按时", 5, "按月报送支部月报"),
                "按时率95%得满分，每低5个百分点扣0.25分",
                ratio("monthly_reports_on_time", "monthly_reports_due", "95/100", "5/100", "0.25"),
            ),
        ]

    def work(self) -> list[dict[str, Any]]:
        return [
            self.leaf(
                *("volunteering", "志愿服务", 4, "党员参加志愿服务"),
                "每组织1次得1分，最多4分",
                {
                    "rule": "accumulate",
                    "params": {"points": "1", "cap": "4"},
                    "source": counted("life_volunteering", "count"),
                },
            ),
            self.leaf(
                *("items", "交办事项办结", 4, "交办事项按期办结"),
                "期末逾期未办结每项扣1分，扣完为止",
                each("1", "items_overdue"),
                self_marked=False,
            ),
            self.leaf(
                *("role", "党员作用发挥", 6, "党员联系户、设岗定责有安排、有落实"),
                "好6分、较好5分、一般3分、差0分",
                hand("levels", levels={"好": "6", "较好": "5", "一般": "3", "差": "0"}),
                reviewers=1,
            ),
            self.leaf(
                *("special", "特色做法", BOUND, "做法可学、有人照做、成效有来源"),
                f"酌情，0至{BOUND}分，写明理由",
                hand("discretion", bound=str(BOUND)),
            ),
        ]
