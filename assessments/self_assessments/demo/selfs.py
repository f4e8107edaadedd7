"""What the assessed say of themselves in the newest half-year, committees and the branches of two streets:
marks with records that show them, some questions, some awards, and an item that was returned and
answered. One comes without."""

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from assessments.cycles.demo.moments import newest
from assessments.cycles.demo.streets import SENT_AFTER
from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.definitions import AWARDS
from assessments.schemes.enums import Level
from core import clock, periods
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of, who_may
from orgs.demo.tree import Tree
from orgs.models import RoleGrant
from orgs.permissions import Permission
from schedules.rounds import evidence as records

from ..actions import evidence, items, sending
from ..models import SelfAssessment
from ..queries.sheet import Row, sheet_of

SAID = (
    "按年初计划推进，做法已在全部支部推开，数据和记录在系统里可查。",
    "上半年重点工作按节点完成，有两个支部作为示范先行。",
    "制度健全、记录完整，还有个别支部落实不够均衡。",
)
QUESTIONS = (
    "有一次党员大会当天已开，登记晚了两天，请核对会议记录。",
    "一名党员是上月刚转入的，不应计入应到，请核对。",
    "该事项等外单位审批，期限应当顺延，请核对办理经过。",
)
AWARD = {"matter": "优秀党建案例", "category": "宣传", "level": "市级"}
DOCUMENT = "徐组通〔{year}〕{number}号"
RETURNED = "写明是哪几个支部、各做了什么"
ANSWERED = "补充：第一、第二支部已建立联系户台账，记录见佐证。"
QUESTIONED, AWARDED, CITED = 0.45, 0.3, 2
DAYS = 3  # after the facts were frozen


def between(seeding: Seeding, cycle: Cycle) -> None:
    """The newest half-year that is over, its facts being frozen. Those of years ago had them on
    paper."""
    if cycle.period != newest(seeding.now):
        return
    is_direct = cycle.level == Level.DIRECT
    rows = list(
        Assessed.objects.filter(cycle=cycle, is_out=False)
        .select_related(
            *("cycle__organization", "cycle__run", "organization", "group"),
            "version__scheme__organization",
        )
        .order_by("path")
    )
    holder = _holder(cycle)
    days = DAYS if is_direct else SENT_AFTER
    sent_at = timezone.localtime(cycle.known_at or clock.now()) + dt.timedelta(days=days)
    for number, one in enumerate(rows):
        if SelfAssessment.objects.filter(assessed=one).exists():
            continue
        # Those of the committees are carried out today; the zone says when they would have been.
        with seeding.step(), clock.at(clock.now() if is_direct else sent_at):
            rng = seeding.rng("selfs", cycle.period, seeding.of(Tree).number(one.organization_id))
            by = _people(one)
            if by is None:
                if holder is not None:
                    sending.go_without(assessed=one, by=holder)
                continue
            _fill(one, rng, by, CITED if is_direct else 1)
            own = SelfAssessment.objects.get(assessed=one)
            sending.send(assessed=one, revision=own.revision, by=by)
            if number == 1 and holder is not None and is_direct:
                _return(one, holder, by)
            SelfAssessment.objects.filter(assessed=one).update(sent_at=sent_at)


def _people(one: Assessed) -> Actor | None:
    """Who answers for it, in the grant that he holds there."""
    people = who_may(Permission.ASSESSMENT_ANSWER, one.organization, nearest=True)
    return _first(people.order_by("pk"), one.organization_id)


def _holder(cycle: Cycle) -> Actor | None:
    people = who_may(Permission.ASSESSMENT_RUN, cycle.organization, nearest=True)
    return _first(people.order_by("pk"), cycle.organization_id)


def _first(people: Iterable[Any], organization: int) -> Actor | None:
    grants = RoleGrant.objects.current().filter(
        user__in=people, organization=organization, deputy_for=None
    )
    for grant in grants.select_related("user", "organization").order_by("pk"):
        return actor_of(grant.user, grant)
    return None


def _fill(one: Assessed, rng: random.Random, by: Actor, cited: int) -> None:
    sheet = sheet_of(one)
    found = _found(one, by)
    for row in sheet.asked:
        facts = {str(place): _facts(row, place, rng) for place in row.places}
        items.save(
            assessed=one,
            indicator=row.key,
            facts=facts,
            reason=rng.choice(SAID),
            revision=0,
            by=by,
        )
        for record in rng.sample(found, min(cited, len(found))):
            evidence.cite(assessed=one, indicator=row.key, reference=record.reference, by=by)
    losing = [
        row
        for row in sheet.rows.values()
        if not row.by_hand and row.item is not None and row.item.lost > 0
    ]
    if losing and rng.random() < QUESTIONED:
        row = rng.choice(losing)
        items.question(
            assessed=one, indicator=row.key, reason=rng.choice(QUESTIONS), revision=0, by=by
        )
    has_awards = any(row.is_awards for row in sheet.rows.values())
    if has_awards and rng.random() < AWARDED:
        year = one.cycle.year
        items.save(
            assessed=one,
            indicator=AWARDS,
            facts={"0": {"awards": [AWARD]}},
            reason=DOCUMENT.format(year=year, number=rng.randint(8, 60)),
            revision=0,
            by=by,
        )


def _found(one: Assessed, by: Actor) -> list[records.Found]:
    period = one.cycle.period
    days = periods.first_day(period), periods.last_day(period)
    return records.offered_below(by, one.organization, *days)


def _facts(row: Row, place: int, rng: random.Random) -> dict[str, Any]:
    """The mark that people would give themselves: rather good than not."""
    rule = row.leaf.node["rules"][place]
    params = rule["params"]
    if rule["rule"] == "levels":
        names = sorted(params["levels"], key=lambda name: -float(params["levels"][name]))
        return {"level": names[0] if rng.random() < 0.6 else names[1]}
    if rule["rule"] == "deduct_missing":
        items_ = sorted(params["items"])
        return {"missing": items_[:1] if rng.random() < 0.2 else []}
    if rule["rule"] == "discretion":
        bound = float(params["bound"])
        points = f"{bound * rng.choice((0.7, 0.8, 0.9)):.1f}"
        return {"points": points, "reason": rng.choice(SAID)}
    return {}


def _return(one: Assessed, holder: Actor, by: Actor) -> None:
    """One item is returned and answered, one more waits."""
    own = SelfAssessment.objects.select_related("assessed__cycle__organization").get(assessed=one)
    own.assessed = one
    keys = [row.key for row in sheet_of(one).asked][:1]
    if not keys:
        return
    sending.return_items(self_assessment=own, items=[(keys[0], RETURNED)], by=holder)
    row = sheet_of(one).rows[keys[0]]
    if row.said is None:
        return
    items.save(
        assessed=one,
        indicator=row.key,
        facts=row.said.facts,
        reason=ANSWERED,
        revision=row.said.revision,
        by=by,
        answers=True,
    )
