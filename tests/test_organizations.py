"""Organisations: scope, the tree in few queries, and what happens to them over time."""

import datetime as dt
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs import lifecycle, thresholds, titles
from orgs.actions import offices, organizations, structure, terms
from orgs.actions.history import Decision
from orgs.enums import EventKind, OrganizationKind, Post
from orgs.headcounts import Headcount
from orgs.models import OfficeHolding, Organization, OrganizationPlacement
from orgs.queries import organizations as queries
from orgs.sheets import read_organizations
from tests.world import Zone, make_organization

K = OrganizationKind
DAY = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 7, 6, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def july() -> object:
    with clock.at(NOW):
        yield


def decision(on: dt.date = DAY) -> Decision:
    return Decision(on=on, approved_by="党工委", document_number="徐开组〔2026〕5号")


def paths_are_sound() -> None:
    """Every path continues its parent's, and there is one current placement for each."""
    for organization in Organization.objects.select_related("parent"):
        parent = organization.parent.path if organization.parent else ""
        assert organization.path.startswith(parent)
        assert len(organization.path) == len(parent) + 5
        assert organization.depth == len(organization.path) // 5
        current = organization.placements.filter(valid_to=None)
        if organization.abolished_on is None:
            placed = current.get()
            assert (placed.path, placed.name, placed.kind, placed.parent_id) == (
                organization.path,
                organization.name,
                organization.kind,
                organization.parent_id,
            )
        else:
            assert not current.exists()


# --- pages and scope -------------------------------------------------------------------------


def test_the_tree_starts_at_ones_own_place_and_shows_nobody_elses(zone: Zone) -> None:
    page = zone.client("dahuangshan").get(reverse("orgs:organization-list")).content.decode()
    assert "湖庄村党总支" in page
    assert "桃园" not in page
    assert "金山桥" not in page


@pytest.mark.parametrize("name", ["organization-detail", "organization-children"])
def test_a_neighbours_organisation_is_not_there(zone: Zone, name: str) -> None:
    client = zone.client("dahuangshan")
    assert client.get(reverse(f"orgs:{name}", args=[zone.neighbour_branch.pk])).status_code == 404
    assert client.get(reverse(f"orgs:{name}", args=[zone.general.pk])).status_code == 200
    assert client.get(reverse(f"orgs:{name}", args=[10**30])).status_code == 404


def test_a_branch_secretary_sees_his_branch_alone(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    page = client.get(reverse("orgs:organization-list")).content.decode()
    assert "湖庄村第一支部" in page
    assert "湖庄村第二支部" not in page
    detail = client.get(zone.branch.get_absolute_url()).content.decode()
    assert "大黄山街道工作委员会" not in detail.split("<main")[1].split("基本情况")[0]
    assert client.get(zone.general.get_absolute_url()).status_code == 404


def test_an_at_outside_the_scope_is_not_found(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    url = reverse("orgs:organization-list")
    assert client.get(url, {"at": zone.neighbour_street.pk}).status_code == 404
    assert client.get(url, {"at": zone.general.pk}).status_code == 200
    for bad in ("x", "-1", "９", "1" * 40, "a\x00"):
        assert client.get(url, {"at": bad}).status_code in (400, 404)


@pytest.mark.parametrize("text", ["湖庄", "hzc", "huzhuang", "第一支部"])
def test_search_finds_by_name_pinyin_and_initials(zone: Zone, text: str) -> None:
    for organization in Organization.objects.all():
        pinyin, initials = titles.spelled(organization.name)
        Organization.objects.filter(pk=organization.pk).update(
            name_pinyin=pinyin, name_initials=initials
        )
    page = zone.client("dahuangshan").get(reverse("orgs:organization-list"), {"q": text})
    assert "湖庄村第一支部" in page.content.decode()
    assert "桃园" not in page.content.decode()


def test_the_tree_costs_the_same_with_one_and_with_three_branches(zone: Zone) -> None:
    url = reverse("orgs:organization-list")
    client = zone.client("dahuangshan")
    client.get(url)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_run:
            assert client.get(url).status_code == 200
        return len(queries_run)

    one = cost()
    for index in range(3, 6):
        child = make_organization(f"第{index}总支", K.GENERAL_BRANCH, zone.street)
        OfficeHolding.objects.create(
            organization=child, post=Post.SECRETARY, person_name=f"书记{index}"
        )
    assert cost() == one
    assert one <= 6, one


def test_the_page_of_an_organisation_costs_the_same_with_more_on_it(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    url = zone.general.get_absolute_url()
    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    for index in range(3):
        make_organization(f"湖庄村第{index + 7}支部", K.BRANCH, zone.general)
        offices.take_up(
            organization=zone.general,
            post=Post.DEPUTY_SECRETARY,
            person_name=f"副{index}",
            started_on=DAY,
            by=zone.actor("zone"),
        )
    with CaptureQueriesContext(connection) as after:
        client.get(url)
    assert len(after) == len(before)
    # Its own figures, the panel's and those of the level below, in one read.
    assert sum("members_totalheadcount" in query["sql"] for query in after) == 1


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("edit", {"zone", "dahuangshan"}),
        ("re-elect", {"zone", "dahuangshan"}),
        ("extend", {"zone", "dahuangshan"}),
        ("rename", {"zone"}),
        ("upgrade", {"zone"}),
        ("move", {"zone"}),
        ("merge", {"zone"}),
        ("abolish", {"zone"}),
    ],
)
def test_acts_are_for_those_who_keep_the_tree(zone: Zone, act: str, allowed: set[str]) -> None:
    url = reverse(f"orgs:organization-{act}", args=[zone.branch.pk])
    for name in ("zone", "dahuangshan", "committee", "huzhuang1", "jinshanqiao", "sysadmin"):
        status = zone.client(name).get(url).status_code
        assert status == (200 if name in allowed else 404), name


def test_a_parent_outside_the_scope_is_refused_in_the_body(zone: Zone) -> None:
    grant = zone.users["zone"].grants.get()
    grant.organization = zone.street
    grant.save()
    response = zone.client("zone").post(
        reverse("orgs:organization-move", args=[zone.branch.pk]),
        {"parent": zone.neighbour_street.pk, "on": "2026-03-01"},
    )
    assert response.status_code == 422
    zone.branch.refresh_from_db()
    assert zone.branch.parent == zone.general


@pytest.mark.parametrize(
    "bad", ["a\x00b", "\ud800", "x" * 5000, "９" * 30, "=1+1", "<script>alert(1)</script>"]
)
def test_odd_input_gives_a_message_and_never_an_error(zone: Zone, bad: str) -> None:
    client = zone.client("zone")
    for name, fields in (
        ("organization-edit", ["unit_name", "contact_phone", "group_count", "revision"]),
        ("organization-rename", ["name", "on", "revision"]),
        ("office-create", ["person_name", "post", "started_on"]),
        ("organization-move", ["parent", "on"]),
    ):
        url = reverse(f"orgs:{name}", args=[zone.branch.pk])
        value = quote(bad.encode("utf-8", "surrogatepass"))
        body = "&".join(f"{name}={value}" for name in fields)
        response = client.post(url, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (200, 302, 409, 422), (name, response.content.decode())
        assert b"<script>alert" not in response.content


# --- acts ------------------------------------------------------------------------------------


def test_founding_writes_place_event_and_audit(zone: Zone) -> None:
    made = organizations.found(
        name="中共大黄山街道湖庄村第三支部委员会",
        kind=K.BRANCH,
        parent=zone.general,
        decision=decision(),
        by=zone.actor("zone"),
        contact_phone="13800000000",
    )
    assert made.short_name == "湖庄村第三支部"
    assert made.organization_class == "village"
    assert made.name_initials.endswith("hzcdszbwyh")
    assert "138" not in made.contact_phone_sealed
    assert made.events.get().kind == EventKind.FOUNDED
    entry = AuditEntry.objects.get(verb="orgs.organization.found")
    assert entry.object_id == str(made.pk)
    paths_are_sound()


def test_founding_refuses_a_taken_name_and_a_wrong_place(zone: Zone) -> None:
    common = {"decision": decision(), "by": zone.actor("zone")}
    with pytest.raises(DomainError, match="同名"):
        organizations.found(name=zone.branch.name, kind=K.BRANCH, parent=zone.general, **common)
    with pytest.raises(DomainError, match="党小组"):
        organizations.found(name="新支部", kind=K.BRANCH, parent=zone.branch, **common)
    with pytest.raises(NotAllowed):
        organizations.found(
            name="新支部",
            kind=K.BRANCH,
            parent=zone.neighbour_street,
            decision=decision(),
            by=zone.actor("dahuangshan"),
        )


def test_moving_takes_the_subtree_along_and_keeps_the_past(zone: Zone) -> None:
    structure.move(
        organization=zone.general,
        parent=zone.neighbour_street,
        decision=decision(),
        by=zone.actor("zone"),
    )
    paths_are_sound()
    zone.branch.refresh_from_db()
    assert zone.branch.path.startswith(zone.neighbour_street.path)
    then = OrganizationPlacement.objects.get(organization=zone.branch, valid_to=DAY)
    assert then.path.startswith(zone.street.path)
    before = queries.past_level(zone.actor("zone"), DAY - dt.timedelta(days=1), zone.street.pk)
    after = queries.past_level(zone.actor("zone"), DAY, zone.street.pk)
    assert [node.name for node in before] == ["大黄山街道", "湖庄村党总支"]
    assert [node.name for node in after] == ["大黄山街道"]


def test_a_move_costs_the_same_for_a_large_subtree(zone: Zone) -> None:
    def cost(parent: Organization) -> int:
        with CaptureQueriesContext(connection) as run:
            structure.move(
                organization=zone.general,
                parent=parent,
                decision=decision(),
                by=zone.actor("zone"),
            )
        return len(run)

    organizations.rename(  # the first entry makes the head of the audit chain
        organization=zone.general,
        revision=1,
        name="总支",
        decision=decision(),
        by=zone.actor("zone"),
    )
    one = cost(zone.neighbour_street)
    general = Organization.objects.get(pk=zone.general.pk)
    for index in range(3):
        make_organization(f"第{index}支部", K.BRANCH, general)
    with clock.at(NOW + dt.timedelta(days=1)):
        assert cost(zone.street) == one


def test_an_organisation_cannot_be_moved_below_itself(zone: Zone) -> None:
    make_organization("总支下的总支", K.GENERAL_BRANCH, zone.general)
    below = Organization.objects.get(name="总支下的总支")
    with pytest.raises(DomainError, match="自己"):
        structure.move(
            organization=zone.general, parent=below, decision=decision(), by=zone.actor("zone")
        )
    paths_are_sound()


def test_a_day_before_the_last_change_or_in_the_future_is_refused(zone: Zone) -> None:
    by = zone.actor("zone")
    organizations.rename(
        organization=zone.branch, revision=1, name="新名", decision=decision(), by=by
    )
    for day, word in ((dt.date(2026, 2, 1), "早于"), (dt.date(2027, 1, 1), "今天")):
        with pytest.raises(DomainError, match=word) as caught:
            structure.move(
                organization=zone.branch,
                parent=zone.street,
                decision=decision(day),
                by=by,
            )
        assert caught.value.field == "on"


def test_renaming_keeps_the_former_name(zone: Zone) -> None:
    old = zone.branch.name
    organizations.rename(
        organization=zone.branch,
        revision=1,
        name="中共大黄山街道湖庄村先锋支部委员会",
        decision=decision(),
        by=zone.actor("zone"),
    )
    paths_are_sound()
    page = zone.client("dahuangshan").get(zone.branch.get_absolute_url()).content.decode()
    assert "曾用名" in page
    assert old in page


def test_two_editors_collide_and_the_second_keeps_his_words(zone: Zone) -> None:
    url = reverse("orgs:organization-edit", args=[zone.branch.pk])
    client = zone.client("dahuangshan")
    body = {"organization_class": "village", "unit_name": "湖庄村", "revision": 1}
    assert client.post(url, body).status_code == 302
    second = client.post(url, {**body, "unit_name": "湖庄村委会"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "湖庄村委会" in page
    assert 'name="revision" value="2"' in page
    zone.branch.refresh_from_db()
    assert zone.branch.unit_name == "湖庄村"
    assert client.post(url, {**body, "unit_name": "湖庄村委会", "revision": 2}).status_code == 302


def test_a_stale_rename_is_a_conflict(zone: Zone) -> None:
    with pytest.raises(Conflict):
        organizations.rename(
            organization=zone.branch,
            revision=9,
            name="新名",
            decision=decision(),
            by=zone.actor("zone"),
        )
    zone.branch.refresh_from_db()
    assert zone.branch.name.endswith("第一支部委员会")


def test_merging_moves_children_and_runs_the_steps(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    def step(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
        told.append((str(source), str(target)))

    monkeypatch.setattr(lifecycle, "_merge_steps", [step])
    target = make_organization("另一总支", K.GENERAL_BRANCH, zone.neighbour_street)
    make_organization("原有支部", K.BRANCH, target)
    structure.merge(source=zone.general, target=target, decision=decision(), by=zone.actor("zone"))
    paths_are_sound()
    zone.branch.refresh_from_db()
    zone.general.refresh_from_db()
    assert zone.branch.parent == target
    assert zone.general.abolished_on == DAY
    assert told == [("湖庄村党总支", "另一总支")]
    assert target.events.get().kind == EventKind.MERGED


def test_abolishing_says_what_stands_in_the_way(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = zone.actor("zone")
    with pytest.raises(DomainError, match="下级党组织 2 个"):
        structure.abolish(organization=zone.general, decision=decision(), by=by)
    monkeypatch.setattr(lifecycle, "_blockers", [lambda organization: ["还有在册党员 12 名"]])
    with pytest.raises(DomainError, match="12 名"):
        structure.abolish(organization=zone.branch, decision=decision(), by=by)
    monkeypatch.setattr(lifecycle, "_blockers", [])
    OfficeHolding.objects.create(organization=zone.branch, post=Post.SECRETARY, person_name="张三")
    structure.abolish(organization=zone.branch, decision=decision(), by=by)
    paths_are_sound()
    assert zone.branch.offices.get().ended_on == DAY
    page = zone.client("dahuangshan").get(
        reverse("orgs:organization-list"), {"at": zone.general.pk}
    )
    assert "湖庄村第一支部" not in page.content.decode()


def test_re_election_ends_an_extension(zone: Zone) -> None:
    by = zone.actor("dahuangshan")
    Organization.objects.filter(pk=zone.branch.pk).update(
        term_started_on=dt.date(2021, 1, 1), term_ends_on=dt.date(2026, 1, 1), term_years=5
    )
    with pytest.raises(DomainError, match="晚于"):
        terms.extend(
            organization=zone.branch,
            revision=1,
            until=dt.date(2025, 1, 1),
            decision=decision(),
            by=by,
        )
    extended = terms.extend(
        organization=zone.branch,
        revision=1,
        until=dt.date(2026, 12, 1),
        decision=decision(),
        by=by,
    )
    assert queries.term_of(extended, dt.date(2026, 7, 6)).level == "180"
    elected = terms.re_elect(
        organization=zone.branch, revision=2, term_years=5, decision=decision(), by=by
    )
    assert elected.term_ends_on == dt.date(2031, 3, 1)
    assert elected.extended_until is None
    assert [event.kind for event in elected.events.order_by("pk")] == ["extended", "re_elected"]


def test_a_working_committee_has_no_election(zone: Zone) -> None:
    with pytest.raises(DomainError, match="不换届"):
        terms.re_elect(
            organization=zone.root,
            revision=1,
            term_years=5,
            decision=decision(),
            by=zone.actor("zone"),
        )


@pytest.mark.parametrize(
    ("ends", "extended", "level"),
    [
        (dt.date(2027, 7, 6), None, "ok"),
        (dt.date(2027, 1, 2), None, "180"),
        (dt.date(2026, 10, 4), None, "90"),
        (dt.date(2026, 8, 5), None, "30"),
        (dt.date(2026, 7, 6), None, "30"),
        (dt.date(2026, 7, 5), None, "overdue"),
        (dt.date(2025, 7, 5), None, "error"),
        (dt.date(2025, 7, 5), dt.date(2027, 7, 6), "ok"),
        (None, None, "unknown"),
    ],
)
def test_terms_warn_at_180_90_30_and_0_days(
    zone: Zone, ends: dt.date | None, extended: dt.date | None, level: str
) -> None:
    Organization.objects.filter(pk=zone.branch.pk).update(
        term_ends_on=ends, extended_until=extended
    )
    zone.branch.refresh_from_db()
    assert queries.term_of(zone.branch, clock.today()).level == level
    counts = queries.term_counts(zone.actor("dahuangshan"))
    expected = {"180": "d180", "90": "d90", "30": "d30"}.get(level, level)
    assert sum(counts.values()) == (0 if level in ("ok", "unknown") else 1)
    if expected in counts:
        assert counts[expected] == 1


def test_one_secretary_at_a_time(zone: Zone) -> None:
    by = zone.actor("dahuangshan")
    common = {"organization": zone.branch, "post": Post.SECRETARY, "by": by}
    holding = offices.take_up(person_name="张三", started_on=DAY, **common)
    with pytest.raises(DomainError, match="张三"):
        offices.take_up(person_name="李四", started_on=DAY, **common)
    offices.leave(holding=holding, ended_on=DAY, by=by)
    with pytest.raises(Conflict):
        offices.leave(holding=holding, ended_on=DAY, by=by)
    offices.take_up(person_name="李四", started_on=DAY, **common)
    with pytest.raises(NotAllowed):
        offices.take_up(
            organization=zone.branch,
            post=Post.SECRETARY,
            person_name="王五",
            started_on=DAY,
            by=zone.actor("jinshanqiao"),
        )


def test_thresholds_warn_and_never_block(zone: Zone) -> None:
    def warnings(organization: Organization, **counts: int) -> str:
        return "；".join(
            thresholds.warnings(organization, Headcount(**counts), posts={Post.SECRETARY})
        )

    zone.branch.has_committee = False
    assert "50" in warnings(zone.branch, on_roll=51, full=51)
    assert "联合党支部" in warnings(zone.branch, on_roll=2, full=2)
    assert "委员会" in warnings(zone.branch, on_roll=7, full=7)
    assert warnings(zone.branch, on_roll=6, full=6) == ""
    assert "50 至 99" in warnings(zone.general, on_roll=20, full=20)
    assert "党委" in warnings(zone.general, on_roll=120, full=120)


def test_export_gives_the_scope_only_and_reads_back(zone: Zone, tmp_path: Path) -> None:
    Organization.objects.filter(pk=zone.branch.pk).update(unit_name="=HYPERLINK(1)")
    response = zone.client("dahuangshan").post(
        reverse("orgs:organization-export"), {"scope": "masked"}
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(response.getvalue())
    parsed = read_organizations(path, {zone.root.name: 1})
    assert {row.name for row in parsed.rows} == {
        row.name for row in (zone.street, zone.general, zone.branch, zone.branch2)
    }
    assert not parsed.errors
    assert AuditEntry.objects.filter(verb="orgs.organization.export").count() == 1


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("中共大黄山街道湖庄村第一支部委员会", "湖庄村第一支部"),
        ("中共大黄山街道湖庄村总支部委员会", "湖庄村党总支"),
        ("中共大黄山街道工作委员会", "大黄山街道"),
        ("中共徐庄镇委员会", "徐庄镇"),
        ("中共大庙街道机关支部委员会", "大庙街道机关党支部"),
        ("中共徐州经济技术开发区工作委员会", "徐州经济技术开发区党工委"),
        ("中共经开区教育系统委员会", "经开区教育系统党委"),
        ("中共示例单位180联合支部委员会", "示例单位180联合党支部"),
        ("委员会", "委员会"),
        ("", ""),
    ],
)
def test_a_short_name_is_what_people_say(name: str, short: str) -> None:
    assert titles.short_name(name) == short


@pytest.mark.parametrize(
    ("day", "is_there"),
    [("2026-05-31", False), ("2026-06-01", True), ("2026-06-29", True), ("2026-06-30", False)],
)
def test_organization_is_there_from_its_founding_until_the_day_it_is_abolished(
    zone: Zone, day: str, is_there: bool
) -> None:
    branch = zone.branch
    branch.founded_on, branch.abolished_on = dt.date(2026, 6, 1), dt.date(2026, 6, 30)
    branch.save()
    on = dt.date.fromisoformat(day)
    assert branch.was_there(on) is is_there
    assert Organization.objects.active(on).filter(pk=branch.pk).exists() is is_there
