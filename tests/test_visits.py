"""现场调研: who is visited is drawn, and anybody can draw it again; what was seen is not lost."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import clock
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry
from core.states import MovedOn
from orgs.enums import Post
from orgs.models import NamedRight, OfficeHolding
from schedules.action_items.actions import issuing
from schedules.dispatch import rules
from schedules.dispatch.actions import drawing
from schedules.dispatch.enums import VisitState
from schedules.dispatch.models import FieldVisit, VisitDraw
from schedules.dispatch.queries import drawing as queries
from schedules.dispatch.words import candidates_of

from .parallel import run_together
from .world import Zone, build_zone, grant, make_organizations, make_user

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
SEED = "双色球 2026077期 03 08 14 22 25 31 + 09"


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def staff(zone: Zone, count: int = 3) -> None:
    for number in range(count):
        make_user(f"staff{number}", "zone_staff", zone.root)


def seeded(zone: Zone, seed: str = SEED, **more: Any) -> VisitDraw:
    return drawing.fix_seed(
        organization=zone.root,
        by=zone.actor("zone"),
        **{"title": "七月现场调研", "seed": seed, "seed_source": "中国福彩网", "count": 2} | more,
    )


def printed(**options: Any) -> str:
    out = io.StringIO()
    call_command("draw_visits", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_seed_is_fixed_first_and_used_once(zone: Zone) -> None:
    with pytest.raises(NotAllowed):
        drawing.fix_seed(
            organization=zone.root,
            title="七月现场调研",
            seed=SEED,
            seed_source="中国福彩网",
            count=2,
            by=zone.actor("dahuangshan"),
        )
    draw = seeded(zone)
    assert not FieldVisit.objects.exists(), "nobody knows yet what it gives"
    with pytest.raises(DomainError, match="已经用过"):
        seeded(zone)
    for wrong in ({"seed": "  "}, {"count": 0}, {"visitors_each": 1}, {"seed_source": ""}):
        with pytest.raises(DomainError):
            seeded(zone, **{"seed": "另一个种子"} | wrong)
    drawing.draw(draw=draw, by=zone.actor("zone"))
    with pytest.raises(MovedOn):
        drawing.draw(draw=draw, by=zone.actor("zone"))
    verbs = AuditEntry.objects.filter(verb__startswith="dispatch.draw").order_by("pk")
    assert [one.verb for one in verbs] == ["dispatch.draw.seed", "dispatch.draw.draw"]


def test_command_gives_the_same_text_whatever_has_changed_since(zone: Zone) -> None:
    staff(zone)
    before = printed(seed=SEED, count=2)
    draw = drawing.draw(draw=seeded(zone), by=zone.actor("zone"))
    assert before == draw.published, "the command alone, before: byte for byte the same"
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.SECRETARY, person_name="蔡航国"
    )
    zone.users["zone"].name = "改了名"
    zone.users["zone"].save()
    assert printed(draw=draw.pk) == printed(seed=SEED) == draw.published
    assert rules.digest(draw.published) == draw.digest
    # Somebody with the database in his hands puts another branch into it.
    told = json.loads(draw.published)
    told["drawn"][0]["code"] = "T000000"
    VisitDraw.objects.update(published=json.dumps(told))
    with pytest.raises(CommandError, match="does not give"):
        printed(draw=draw.pk)
    with pytest.raises(CommandError):
        printed(draw=draw.pk + 99)
    with pytest.raises(CommandError):
        printed()


def test_visits_are_of_those_drawn_with_two_who_have_no_ties(zone: Zone) -> None:
    staff(zone)
    draw = drawing.draw(draw=seeded(zone, count=3), by=zone.actor("zone"))
    visits = list(FieldVisit.objects.order_by("pk").select_related("organization"))
    told = json.loads(draw.published)
    assert [one.organization.code for one in visits] == [row["code"] for row in told["drawn"]]
    assert {one.state for one in visits} == {VisitState.PLANNED}
    streets = {zone.street.path: "dahuangshan", zone.neighbour_street.path: "jinshanqiao"}
    for visit in visits:
        names = {one.user.username for one in visit.visitors.select_related("user")}
        assert len(names) == 2
        assert streets[visit.organization.path[:10]] not in names, "his own street"


def test_reasons_are_what_the_records_say(zone: Zone) -> None:
    item = issuing.draft(
        issuer=zone.root,
        owners=[zone.branch],
        given=issuing.Given(title="补齐党课记录", due_on=dt.date(2026, 7, 7)),
        by=zone.actor("zone"),
    )
    issuing.issue(item=item, by=zone.actor("zone"))
    for place, started in ((zone.branch2, dt.date(2026, 6, 1)), (zone.neighbour_branch, None)):
        OfficeHolding.objects.create(
            organization=place, post=Post.SECRETARY, person_name="书记", started_on=started
        )
    FieldVisit.objects.create(
        holder=zone.root,
        organization=zone.neighbour_branch,
        state=VisitState.DONE,
        done_at=NOW - dt.timedelta(days=100),
    )
    with clock.at(NOW + dt.timedelta(days=10)):
        found = {one.name: one for one in candidates_of(queries.standings(zone.root))}
    assert found["湖庄村第一支部"].reasons == (("督办逾期 1 件", 2), ("书记空缺", 6))
    assert found["湖庄村第二支部"].reasons == (("书记到任不满6个月", 3),)
    neighbour = found["桃园社区第一支部"]
    assert (neighbour.reasons, neighbour.months_since_visit, neighbour.lots) == ((), 3, 1)
    assert neighbour.stratum == zone.neighbour_street.code


def test_ties_are_grants_offices_and_recusals(zone: Zone) -> None:
    user = zone.users["zone"]
    grant(user, "branch_secretary", zone.branch)
    NamedRight.objects.create(
        user=user,
        relation="schedules.checker",
        organization=zone.neighbour_street,
        includes_below=True,
        is_recusal=True,
        valid_from=dt.date(2026, 1, 1),
        reason="亲属在该街道",
        named_by_name="测试",
        named_at=NOW,
    )
    found = {one.name: one for one in queries.visitors(zone.root, queries.standings(zone.root))}
    assert found["zone"].ties == {
        zone.branch.code,
        zone.street.code,
        zone.neighbour_branch.code,
    }
    assert found["dahuangshan"].ties == {zone.street.code}
    assert "huzhuang1" not in found
    assert "officer" not in found


@pytest.mark.parametrize("count", [1, 3])
def test_draw_costs_the_same(zone: Zone, count: int, django_assert_num_queries: Any) -> None:
    staff(zone, count)
    make_organizations(
        zone.neighbour_street, [{"name": f"支部{n}", "kind": "branch"} for n in range(count)]
    )
    draw = seeded(zone, count=count)
    with django_assert_num_queries(23):
        drawing.draw(draw=draw, by=zone.actor("zone"))


def test_published_is_for_those_below_and_nobody_before(zone: Zone) -> None:
    draw = drawing.draw(draw=seeded(zone), by=zone.actor("zone"))

    def seen(name: str) -> bool:
        return VisitDraw.objects.visible_to(zone.actor(name)).exists()

    assert seen("zone")
    assert seen("committee")
    assert not seen("dahuangshan")
    assert not seen("huzhuang1")
    with pytest.raises(NotAllowed):
        drawing.publish(draw=draw, by=zone.actor("dahuangshan"))
    drawing.publish(draw=draw, by=zone.actor("zone"))
    assert seen("dahuangshan")
    assert seen("huzhuang1")
    assert seen("taoyuan1")
    assert not seen("reviewer")
    assert not seen("sysadmin")
    # A street's own draw is the street's.
    own = drawing.fix_seed(
        organization=zone.street,
        title="街道调研",
        seed="街道的种子",
        seed_source="公开号码",
        count=1,
        by=zone.actor("dahuangshan"),
    )
    own = drawing.draw(draw=own, by=zone.actor("dahuangshan"))
    drawing.publish(draw=own, by=zone.actor("dahuangshan"))
    assert own in VisitDraw.objects.visible_to(zone.actor("huzhuang1"))
    assert own not in VisitDraw.objects.visible_to(zone.actor("jinshanqiao"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_draw_at_once_draw_once() -> None:
    zone = build_zone()
    staff(zone)
    with clock.at(NOW):
        draw = seeded(zone)

    def attempt() -> Any:
        with clock.at(NOW):
            return drawing.draw(draw=VisitDraw.objects.get(pk=draw.pk), by=zone.actor("zone"))

    results = run_together([attempt, attempt])
    assert sorted(type(one.error).__name__ for one in results) == ["MovedOn", "NoneType"], results
    assert FieldVisit.objects.count() == 2
