"""现场调研: who is visited is drawn, and anybody can draw it again; what was seen is not lost."""

import datetime as dt
import hashlib
import io
import json
import uuid
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
from schedules.action_items.models import ActionItem
from schedules.dispatch import rules
from schedules.dispatch.actions import drawing, visits
from schedules.dispatch.enums import VisitState
from schedules.dispatch.models import FieldVisit, VisitDraw, VisitFinding
from schedules.dispatch.queries import drawing as queries
from schedules.dispatch.words import candidates_of

from .parallel import run_together
from .world import Zone, build_zone, grant, make_organizations, make_user

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
LIST, DRAW, VISIT = 9, 6, 13  # queries of a page
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


# --- visits ----------------------------------------------------------------------------------


def planned(zone: Zone, *names: str) -> FieldVisit:
    """A visit to the branch by people of the neighbour's street, held by the zone."""
    return visits.plan(
        holder=zone.root,
        organization=zone.branch,
        visitors=[zone.users[name] for name in names or ("jinshanqiao",)],
        by=zone.actor("zone"),
    )


def begun(zone: Zone) -> FieldVisit:
    visit = visits.begin(visit=planned(zone), by=zone.actor("jinshanqiao"))
    visit.refresh_from_db()
    return visit


def reads(zone: Zone, name: str, visit: FieldVisit) -> int:
    return zone.client(name).get(visit.get_absolute_url()).status_code


def test_visited_hears_of_it_when_it_is_over_and_never_reads_the_notes(zone: Zone) -> None:
    visit = begun(zone)
    visitor = zone.actor("jinshanqiao")
    visits.note(visit=visit, notes="党员反映活动室常锁着", revision=visit.revision, by=visitor)
    for name, status in {
        "zone": 200,
        "committee": 200,
        "jinshanqiao": 200,
        "dahuangshan": 404,
        "huzhuang1": 404,
        "taoyuan1": 404,
    }.items():
        assert reads(zone, name, visit) == status, name
    for name in ("huzhuang1", "dahuangshan"):
        assert "湖庄村第一支部现场调研" not in str(
            zone.client(name).get("/dispatch/visits/").content, "utf8"
        )
        page = zone.client(name).get(zone.branch.get_absolute_url())
        assert "现场调研" not in [one.title for one in page.context["panels"]]
    visit.refresh_from_db()
    with pytest.raises(DomainError, match="调研情况"):
        visits.finish(visit=visit, conclusion="", revision=visit.revision, by=visitor)
    visits.finish(
        visit=visit,
        notes="党员反映活动室常锁着",
        conclusion="党课三次属实，活动室要常开",
        revision=visit.revision,
        by=visitor,
    )
    for name in ("huzhuang1", "dahuangshan"):
        for url in (visit.get_absolute_url(), f"{visit.get_absolute_url()}print/"):
            shown = zone.client(name).get(url).content.decode()
            assert "活动室要常开" in shown
            assert "常锁着" not in shown
            assert "调研卡" not in shown
        page = zone.client(name).get(zone.branch.get_absolute_url())
        assert "现场调研" in [one.title for one in page.context["panels"]]
    assert reads(zone, "taoyuan1", visit) == 404
    assert reads(zone, "huzhuang2", visit) == 404
    with pytest.raises(MovedOn):
        visits.note(visit=visit, notes="又记", revision=visit.revision, by=visitor)


def test_only_who_makes_or_holds_it_writes(zone: Zone) -> None:
    visit = begun(zone)
    for name in ("dahuangshan", "huzhuang1", "taoyuan1"):
        by = zone.actor(name)
        with pytest.raises(NotAllowed):
            visits.note(visit=visit, notes="我也写", revision=visit.revision, by=by)
        with pytest.raises(NotAllowed):
            visits.find(visit=visit, uid=uuid.uuid4(), text="发现问题", by=by)
        with pytest.raises(NotAllowed):
            visits.cancel(visit=visit, cancel_reason="不去了", by=by)
    with pytest.raises(NotAllowed):
        visits.cancel(visit=visit, cancel_reason="不去了", by=zone.actor("jinshanqiao"))
    with pytest.raises(DomainError, match="已有一次"):
        planned(zone)
    with pytest.raises(DomainError, match="下级"):
        visits.plan(
            holder=zone.root,
            organization=zone.root,
            visitors=[zone.users["zone"]],
            by=zone.actor("zone"),
        )


def test_two_write_and_neither_loses_a_word(zone: Zone) -> None:
    visit = begun(zone)
    seen, by = visit.revision, zone.actor("jinshanqiao")
    visits.note(visit=visit, notes="甲写的记录", revision=seen, by=by)
    answer = zone.client("zone").post(
        f"{visit.get_absolute_url()}notes/", {"notes": "乙写的记录", "revision": seen}
    )
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "甲写的记录" in shown
    assert "乙写的记录" in shown
    # As shown, with what is stored now in sight, he can save.
    revision = FieldVisit.objects.get().revision
    assert f'name="revision" value="{revision}"' in shown
    answer = zone.client("zone").post(
        f"{visit.get_absolute_url()}notes/", {"notes": "甲乙写的记录", "revision": revision}
    )
    assert answer.status_code == 302
    assert FieldVisit.objects.get().notes == "甲乙写的记录"


def test_finding_is_one_however_often_it_is_sent_and_becomes_one_item(zone: Zone) -> None:
    visit, by, uid = begun(zone), zone.actor("jinshanqiao"), uuid.uuid4()
    for _ in range(2):
        finding = visits.find(visit=visit, uid=uid, text="活动室常锁着，党员进不去", by=by)
    assert visit.findings.count() == 1
    url = f"/dispatch/findings/{finding.pk}/hand/"
    assert zone.client("jinshanqiao").get(url).status_code == 404, "the holder gives out"
    typed = {
        "owner": zone.branch.pk,
        "title": "活动室每天开放",
        "priority": "normal",
        "category": "other",
        "cause": "unknown",
        "is_issued": "on",
    }
    assert zone.client("zone").post(url, typed).status_code == 302
    assert zone.client("zone").post(url, typed).status_code == 409
    item = ActionItem.objects.get()
    assert (item.issuer, item.owner, item.source_kind) == (zone.root, zone.branch, "visit")
    assert item.state == "issued"
    page = zone.client("zone").get(item.get_absolute_url()).content.decode()
    assert visit.get_absolute_url() in page
    # The branch sees where it came from, and cannot go there before the visit is over.
    page = zone.client("huzhuang1").get(item.get_absolute_url()).content.decode()
    assert "现场调研" in page
    assert visit.get_absolute_url() not in page


def test_card_says_what_to_verify(zone: Zone) -> None:
    item = issuing.draft(
        issuer=zone.root,
        owners=[zone.branch],
        given=issuing.Given(title="补齐党课记录", due_on=dt.date(2026, 7, 7)),
        by=zone.actor("zone"),
    )
    issuing.issue(item=item, by=zone.actor("zone"))
    before = FieldVisit.objects.create(
        holder=zone.root, organization=zone.branch, state=VisitState.DONE, done_at=NOW
    )
    VisitFinding.objects.create(
        visit=before, text="台账缺三月的", written_by_name="甲", written_at=NOW
    )
    with clock.at(NOW + dt.timedelta(days=7)):
        page = zone.client("jinshanqiao").get(begun(zone).get_absolute_url()).content.decode()
    assert "补齐党课记录" in page
    assert "台账缺三月的" in page
    assert "没有报过" in page

    # The one before had none of it to look for, and is not told of what came later.
    page = zone.client("zone").get(before.get_absolute_url()).content.decode()
    assert "台账缺三月的" in page, "its own finding"
    assert "上次调研的发现" not in page
    assert "补齐党课记录" not in page


def test_work_of_a_visitor_is_on_his_desk_and_found(zone: Zone) -> None:
    visit = planned(zone)
    home = zone.client("jinshanqiao").get("/").content.decode()
    assert "湖庄村第一支部现场调研" in home
    assert "湖庄村第一支部现场调研" not in zone.client("dahuangshan").get("/").content.decode()
    found = zone.client("jinshanqiao").get("/search/", {"q": "湖庄村第一"}).content.decode()
    assert visit.get_absolute_url() in found
    found = zone.client("huzhuang1").get("/search/", {"q": "湖庄村第一"}).content.decode()
    assert visit.get_absolute_url() not in found


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same(zone: Zone, count: int, django_assert_num_queries: Any) -> None:
    rows = make_organizations(
        zone.street, [{"name": f"支部{n}", "kind": "branch"} for n in range(count)]
    )
    for place in rows:
        visits.plan(
            holder=zone.root,
            organization=place,
            visitors=[zone.users["zone"], zone.users["jinshanqiao"]],
            by=zone.actor("zone"),
        )
    draw = drawing.draw(draw=seeded(zone, count=count), by=zone.actor("zone"))
    first, client = FieldVisit.objects.filter(draw=None).order_by("pk")[0], zone.client("zone")
    visit = visits.begin(visit=first, by=zone.actor("zone"))
    for number in range(count):
        text = f"第{number}个问题要改"
        visits.find(visit=visit, uid=uuid.uuid4(), text=text, by=zone.actor("zone"))
    for url in ("/dispatch/visits/", draw.get_absolute_url(), visit.get_absolute_url()):
        client.get(url)
    with django_assert_num_queries(LIST):
        client.get("/dispatch/visits/?show=open")
    with django_assert_num_queries(DRAW):
        client.get(draw.get_absolute_url())
    with django_assert_num_queries(VISIT):
        client.get(visit.get_absolute_url())


def test_draw_page_shows_all_and_gives_the_text(zone: Zone) -> None:
    client = zone.client("zone")
    typed = {"title": "七月现场调研", "seed": SEED, "seed_source": "中国福彩网"}
    answer = client.post("/dispatch/draws/new/", typed | {"count": "2", "visitors_each": "2"})
    draw = VisitDraw.objects.get()
    assert answer.url == draw.get_absolute_url()
    assert client.get(f"{answer.url}text/").status_code == 404
    client.post(f"{answer.url}run/", {"agreed": "yes"})
    page = client.get(answer.url).content.decode()
    draw.refresh_from_db()
    for words in ("湖庄村第一支部", "书记空缺（+6）", draw.digest, SEED, "缺"):
        assert words in page
    text = client.get(f"{answer.url}text/").content
    assert hashlib.sha256(text).hexdigest() == draw.digest
    assert zone.client("huzhuang1").get(answer.url).status_code == 404
    client.post(f"{answer.url}publish/", {"agreed": "yes"})
    assert zone.client("huzhuang1").get(answer.url).status_code == 200
    assert zone.client("huzhuang1").get(f"{answer.url}text/").content == text


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
