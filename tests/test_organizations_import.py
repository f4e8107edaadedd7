"""The roster of organisations: exact, repeatable, once, and nothing half-done."""

import dataclasses
import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, effects, import_files, importing, table_statistics
from core.errors import Conflict, DomainError
from core.models import AuditEntry, Effect, MadeDocument
from orgs import imports
from orgs.actions import organization_imports, organizations, structure
from orgs.actions.history import Decision
from orgs.enums import EventKind, Post
from orgs.models import OfficeHolding, Organization, OrganizationImport, RoleGrant
from tests.parallel import run_together
from tests.world import Zone, build_zone, make_organization, make_user

DATA = Path(__file__).parent / "data"
ROSTER = DATA / "organizations.xlsx"
HEAD = [
    "序号",
    "党组织全称",
    "组织类别",
    "上级党组织",
    "书记",
    "联系人",
    "联系电话",
    "成立时间",
    "换届时间",
    "届满时间",
]
State = OrganizationImport.State


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def workbook(*rows: list[Any], name: str = "花名册.xlsx") -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile(name, content.getvalue())


def line(zone: Zone, secretary: str = "张三", **other: Any) -> list[Any]:
    """The branch of the zone as a row, with changes."""
    values = {
        "党组织全称": zone.branch.name,
        "组织类别": "党支部",
        "上级党组织": zone.general.name,
        "书记": secretary,
        **other,
    }
    return [values.get(title, "") for title in HEAD]


def upload(zone: Zone, *rows: list[Any]) -> OrganizationImport:
    """Uploads as the zone's staff and reads in the background."""
    client = zone.client("zone")
    response = client.post(reverse("orgs:organization-import"), {"file": workbook(*rows)})
    assert response.status_code == 302, response.content.decode()
    effects.run_due()
    return OrganizationImport.objects.latest("pk")


# --- the real sheet --------------------------------------------------------------------------


def command(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_organizations", str(ROSTER), "--json", *arguments, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.mark.django_db
def test_the_real_roster_comes_in_exactly_and_twice_changes_nothing() -> None:
    expected = json.loads((DATA / "expected.json").read_text())
    assert command("--dry-run")["new"] == expected["organisations"]
    assert Organization.objects.count() == 0
    found = command()
    assert (found["rows"], found["good"], found["new"]) == (530, 530, 530)
    assert found["refused"] == found["warnings"] == {}
    assert Organization.objects.count() == expected["organisations"]
    kinds = Counter(Organization.objects.values_list("kind", flat=True))
    assert kinds == {
        "work_committee": 1,
        "direct_committee": 18,
        "general_branch": 53,
        "branch": 433,
        "joint_branch": 25,
    }
    for organization in Organization.objects.select_related("parent"):
        above = organization.parent.path if organization.parent else ""
        assert organization.path[:-5] == above
    branch = Organization.objects.get(name="中共大黄山街道湖庄村第一支部委员会")
    assert branch.short_name == "湖庄村第一支部"
    assert branch.organization_class == "village"
    assert branch.term_years == 5
    assert branch.offices.get(post=Post.SECRETARY).ended_on is None
    street = Organization.objects.get(name="中共大黄山街道工作委员会")
    assert (street.short_name, street.organization_class) == ("大黄山街道", "street")
    entries = AuditEntry.objects.count()
    holdings = OfficeHolding.objects.count()
    again = command()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 530)
    assert AuditEntry.objects.count() == entries
    assert OfficeHolding.objects.count() == holdings


@pytest.mark.django_db
def test_a_broken_file_is_said_to_be_one(tmp_path: Path) -> None:
    bad = tmp_path / "a.xlsx"
    bad.write_bytes(b"no workbook")
    with pytest.raises(CommandError, match="Excel"):
        call_command("import_organizations", str(bad))


# --- from the upload to the rows -------------------------------------------------------------


def test_upload_preview_and_apply_change_only_what_differs(zone: Zone) -> None:
    OfficeHolding.objects.create(organization=zone.branch, post=Post.SECRETARY, person_name="李四")
    new = [2, "中共大黄山街道湖庄村第三支部委员会", "党支部", zone.general.name, "王五"]
    batch = upload(
        zone,
        line(zone, 联系电话="10012345678"),
        new + [""] * 5,
        [3, zone.branch2.name, "党支部", zone.general.name] + [""] * 6,
        [4, "没有上级的支部", "党支部", "不存在的组织"] + [""] * 6,
    )
    assert batch.state == State.READ
    assert batch.counts == {
        "rows": 4,
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "refused": 1,
        "errors": 1,
        "warnings": 0,
        "older": 0,
    }
    client = zone.client("zone")
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "李四 → 张三" in page
    assert "不存在的组织" in page
    assert "10012345678" not in page
    assert Organization.objects.count() == 7
    client.post(reverse("orgs:organization-import-marked", args=[batch.uid]))
    effects.run_due()
    document = MadeDocument.objects.get()
    marked = client.get(reverse("core:document-file", args=[document.uid]))
    cells = openpyxl.load_workbook(io.BytesIO(marked.getvalue())).worksheets[0]
    assert cells["D5"].comment is not None
    client.post(reverse("orgs:organization-import-confirm", args=[batch.uid]))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert batch.counts["new"] == 1
    made = Organization.objects.get(name=new[1])
    assert made.parent == zone.general
    assert made.path.startswith(zone.general.path)
    current = zone.branch.offices.filter(post=Post.SECRETARY, ended_on=None)
    assert [holding.person_name for holding in current] == ["张三"]
    assert AuditEntry.objects.filter(verb="orgs.import.apply").count() == 1
    again = upload(zone, line(zone, 联系电话="10012345678"), new + [""] * 5)
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)


def test_the_file_lies_sealed_and_goes_when_given_up(zone: Zone) -> None:
    batch = upload(zone, line(zone, 联系电话="10012345678"))
    (place,) = (settings.DATA_DIR / "imports").iterdir()
    assert not place.read_bytes().startswith(b"PK")
    with import_files.open_source(batch) as path:
        assert openpyxl.load_workbook(path).active["A1"].value == "序号"
        inside = path
    assert not inside.exists()
    zone.client("zone").post(reverse("orgs:organization-import-cancel", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == State.CANCELLED
    assert not place.exists()
    with pytest.raises(Conflict):
        importing.confirm(batch=batch, by=zone.actor("zone"))


def test_the_same_file_sent_twice_is_one_batch(zone: Zone) -> None:
    client = zone.client("zone")
    content = workbook(line(zone)).read()
    targets = {
        client.post(
            reverse("orgs:organization-import"), {"file": SimpleUploadedFile("a.xlsx", content)}
        )["Location"]
        for _ in range(2)
    }
    assert len(targets) == 1


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0abc", "xlsx"),
        ("a.xlsx", b"PK\x03\x04broken", ""),
        ("a.csv", b"a,b", "xlsx"),
        ("a\x00b.xlsx", b"", "空"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_at_the_field(
    zone: Zone, name: str, content: bytes, word: str
) -> None:
    response = zone.client("zone").post(
        reverse("orgs:organization-import"), {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 422
    assert word in response.content.decode()
    assert not OrganizationImport.objects.exists()


def test_a_sheet_without_a_header_says_so_on_the_page(zone: Zone) -> None:
    book = openpyxl.Workbook()
    book.active.append(["一", "二", "三"])
    content = io.BytesIO()
    book.save(content)
    client = zone.client("zone")
    client.post(
        reverse("orgs:organization-import"),
        {"file": SimpleUploadedFile("a.xlsx", content.getvalue())},
    )
    effects.run_due()
    batch = OrganizationImport.objects.get()
    assert batch.state == State.REFUSED
    assert batch.failure
    assert batch.failure in client.get(batch.get_absolute_url()).content.decode()


def test_polling_answers_with_the_bar_and_then_asks_for_the_page(zone: Zone) -> None:
    client = zone.client("zone")
    client.post(reverse("orgs:organization-import"), {"file": workbook(line(zone))})
    batch = OrganizationImport.objects.get()
    headers = {"HX-Request": "true", "X-Portal-Poll": "1"}
    waiting = client.get(batch.get_absolute_url(), headers=headers)
    assert "every 2s" in waiting.content.decode()
    assert "<html" not in waiting.content.decode()
    effects.run_due()
    assert client.get(batch.get_absolute_url(), headers=headers)["HX-Refresh"] == "true"


def test_planner_is_told_of_a_large_sheet(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_statistics, "MANY", 1)
    batch = upload(zone, line(zone))
    zone.client("zone").post(reverse("orgs:organization-import-confirm", args=[batch.uid]))
    renewed = Effect.objects.filter(kind=table_statistics.KIND)
    assert not renewed.exists()
    effects.run_due()
    assert [row.state for row in renewed] == [Effect.State.DONE]


def test_a_revoked_grant_writes_nothing(zone: Zone) -> None:
    batch = upload(zone, line(zone))
    importing.confirm(batch=batch, by=zone.actor("zone"))
    RoleGrant.objects.filter(user=zone.users["zone"]).update(valid_to=dt.date(2021, 1, 1))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == State.REFUSED
    assert not zone.branch.offices.exists()


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(zone, line(zone))
    importing.confirm(batch=batch, by=zone.actor("zone"))

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(organization_imports, "_tell", fail)
        effects.run_due()
    batch.refresh_from_db()
    assert batch.state == State.APPLYING
    assert not zone.branch.offices.exists()
    Effect.objects.filter(kind="orgs.apply_import").update(not_before=clock.now())
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert zone.branch.offices.count() == 1


def test_only_those_who_may_import_see_it(zone: Zone) -> None:
    batch = upload(zone, line(zone))
    for name in ("committee", "dahuangshan", "huzhuang1", "sysadmin"):
        client = zone.client(name)
        assert client.get(reverse("orgs:organization-import")).status_code == 404
        assert client.get(batch.get_absolute_url()).status_code == 404
        for act in ("confirm", "cancel"):
            url = reverse(f"orgs:organization-import-{act}", args=[batch.uid])
            assert client.post(url).status_code == 404
    batch.refresh_from_db()
    assert batch.state == State.READ


def test_another_person_cannot_confirm_in_ones_name(zone: Zone) -> None:
    batch = upload(zone, line(zone))
    zone.users["zone2"] = make_user("zone2", "zone_staff", zone.root)
    with pytest.raises(DomainError, match="上传的人"):
        importing.confirm(batch=batch, by=zone.actor("zone2"))


def test_files_and_unconfirmed_batches_go_after_a_day(zone: Zone) -> None:
    batch = upload(zone, line(zone))
    later = clock.now() + dt.timedelta(hours=25)
    with clock.at(later):
        importing.clean_up(later)
    batch.refresh_from_db()
    assert batch.state == State.CANCELLED
    assert not import_files.has_source(batch)


# --- what the rows mean ----------------------------------------------------------------------


def save(zone: Zone, *rows: list[Any], on: dt.date = dt.date(2026, 6, 30)) -> Any:
    batch_file = workbook(*rows)
    path = settings.DATA_DIR / "direct.xlsx"
    path.write_bytes(batch_file.read())
    by = zone.actor("zone")
    parsed = imports.parse(path, "direct.xlsx", by)
    return organization_imports.save_many(rows=parsed.rows, by=by, on=on)


def test_a_changed_superior_moves_the_subtree(zone: Zone) -> None:
    save(
        zone,
        [1, zone.general.name, "党总支", zone.neighbour_street.name] + [""] * 6,
        [2, "中共金山桥街道湖庄村第九支部委员会", "党支部", zone.general.name] + [""] * 6,
    )
    zone.general.refresh_from_db()
    zone.branch.refresh_from_db()
    made = Organization.objects.get(name__contains="第九")
    assert zone.general.path.startswith(zone.neighbour_street.path)
    assert zone.branch.path.startswith(zone.general.path)
    assert made.path.startswith(zone.general.path)
    assert made.depth == zone.branch.depth == 4
    assert zone.general.events.get().kind == EventKind.MOVED
    for organization in (zone.general, zone.branch, made):
        assert organization.placements.get(valid_to=None).path == organization.path
    assert zone.branch.placements.filter(valid_to=dt.date(2026, 6, 30)).count() == 1


def test_superiors_in_a_circle_are_refused_whole(zone: Zone) -> None:
    new = "中共大黄山街道新设总支部委员会"
    make_organization("里面的总支", "general_branch", zone.general)
    with pytest.raises(DomainError, match="圈"):
        save(
            zone,
            [1, zone.general.name, "党总支", new] + [""] * 6,
            [2, new, "党总支", "里面的总支"] + [""] * 6,
        )
    assert Organization.objects.count() == 8


def test_a_new_election_and_a_former_name_are_events(zone: Zone) -> None:
    head = [*HEAD, "曾用名"]
    book = openpyxl.Workbook()
    book.active.append(head)
    values = {
        "党组织全称": "中共大黄山街道湖庄村先锋支部委员会",
        "组织类别": "党支部",
        "上级党组织": zone.general.name,
        "换届时间": "2026.05.01",
        "届满时间": "2031年5月1日",
        "曾用名": zone.branch.name,
    }
    book.active.append([values.get(title, "") for title in head])
    path = settings.DATA_DIR / "renamed.xlsx"
    book.save(path)
    by = zone.actor("zone")
    parsed = imports.parse(path, path.name, by)
    organization_imports.save_many(rows=parsed.rows, by=by, on=dt.date(2026, 6, 30))
    zone.branch.refresh_from_db()
    assert zone.branch.name.endswith("先锋支部委员会")
    assert zone.branch.term_years == 5
    assert set(zone.branch.events.values_list("kind", flat=True)) == {"renamed", "re_elected"}
    assert Organization.objects.count() == 7


def test_rows_outside_the_scope_are_refused(zone: Zone) -> None:
    grant = zone.users["zone"].grants.get()
    grant.organization = zone.street
    grant.save()
    by = zone.actor("zone")
    path = settings.DATA_DIR / "scope.xlsx"
    row = [1, zone.neighbour_branch.name, "党支部", zone.neighbour_street.name, "改了"]
    path.write_bytes(workbook(row + [""] * 5).read())
    parsed = imports.parse(path, path.name, by)
    plan = organization_imports.save_many(rows=parsed.rows, by=by)
    codes = [error.code for error in (*parsed.errors, *plan.errors)]
    assert codes in (["unknown_parent"], ["out_of_scope"])
    assert not zone.neighbour_branch.offices.exists()


def test_the_queries_do_not_grow_with_the_rows(zone: Zone) -> None:
    def cost(numbers: range) -> int:
        rows = [
            [n, f"中共测试第{n}支部委员会", "党支部", zone.general.name, f"书记{n}"] + [""] * 5
            for n in numbers
        ]
        with CaptureQueriesContext(connection) as run:
            save(zone, *rows)
        return len(run)

    cost(range(1, 2))
    assert cost(range(2, 3)) == cost(range(3, 13))


@pytest.mark.django_db(transaction=True)
def test_eight_applies_at_once_write_once() -> None:
    zone = build_zone()
    batch = upload(
        zone, line(zone), [2, "新的支部", "党支部", zone.general.name, "王五"] + [""] * 5
    )
    by = zone.actor("zone")
    outcomes = run_together([lambda: importing.confirm(batch=batch, by=by) for _ in range(8)])
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(isinstance(o.error, Conflict) for o in outcomes if o.error is not None)
    applied = run_together(
        [lambda: importing.apply(importing.importer_of(batch), str(batch.uid)) for _ in range(8)]
    )
    assert not [outcome.error for outcome in applied if outcome.error]
    assert Organization.objects.filter(name="新的支部").count() == 1
    assert zone.branch.offices.count() == 1
    assert AuditEntry.objects.filter(verb="orgs.import.apply").count() == 1


@pytest.mark.django_db(transaction=True)
def test_moves_at_once_leave_a_sound_tree() -> None:
    zone = build_zone()
    by = zone.actor("zone")
    day = Decision(on=dt.date(2026, 3, 1))
    others = [
        make_organization(f"总支{index}", "general_branch", zone.neighbour_street)
        for index in range(4)
    ]

    def under(organization: Organization, parent: Organization) -> Any:
        return lambda: structure.move(organization=organization, parent=parent, decision=day, by=by)

    a, b, c, d = others
    moves = [(a, b), (b, a), (c, d), (d, c), (a, zone.street), (b, zone.street)]
    moves += [(zone.branch, zone.street), (zone.branch2, zone.street)]
    outcomes = run_together([under(*pair) for pair in moves])
    assert all(o.error is None or isinstance(o.error, DomainError) for o in outcomes)
    seen = set()
    for organization in Organization.objects.select_related("parent"):
        above = organization.parent.path if organization.parent else ""
        assert organization.path[:-5] == above, organization
        seen.add(organization.path)
    assert len(seen) == Organization.objects.count()


def test_commissioners_of_the_committee_are_posts_and_who_leaves_loses_the_grant(
    zone: Zone,
) -> None:
    """组织委员, 宣传委员, 纪检委员 and plain 委员 are read; a roster that names another secretary
    ends the grant of the one before."""
    book = openpyxl.Workbook()
    book.active.append(
        [
            "党组织全称",
            "组织类别",
            "上级党组织",
            "书记",
            "副书记",
            "组织委员",
            "宣传委员",
            "纪检委员",
            "委员",
        ]
    )
    book.active.append(
        [
            zone.branch.name,
            "党支部",
            zone.general.name,
            "张三",
            "李四",
            "王五",
            "赵六",
            "钱七",
            "孙八、周九",
        ]
    )
    content = io.BytesIO()
    book.save(content)
    user = zone.users["huzhuang1"]
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.SECRETARY, person_name="前任", user=user
    )
    client = zone.client("zone")
    url = reverse("orgs:organization-import")
    client.post(url, {"file": SimpleUploadedFile("花名册.xlsx", content.getvalue())})
    effects.run_due()
    batch = OrganizationImport.objects.get()
    client.post(reverse("orgs:organization-import-confirm", args=[batch.uid]))
    effects.run_due()
    held = OfficeHolding.objects.current().filter(organization=zone.branch)
    found = sorted(held.values_list("post", "person_name"))
    assert found == sorted(
        [
            (Post.SECRETARY, "张三"),
            (Post.DEPUTY_SECRETARY, "李四"),
            (Post.ORGANIZATION_COMMISSIONER, "王五"),
            (Post.PUBLICITY_COMMISSIONER, "赵六"),
            (Post.DISCIPLINE_COMMISSIONER, "钱七"),
            (Post.COMMISSIONER, "孙八"),
            (Post.COMMISSIONER, "周九"),
        ]
    )
    assert not RoleGrant.objects.current().filter(user=user).exists()
    assert AuditEntry.objects.filter(verb="orgs.grant.ended", note="不再任职").count() == 1


def old_roster(zone: Zone, **cells: str) -> Path:
    """A roster of one branch, saved now."""
    book = openpyxl.Workbook()
    head = ["党组织全称", "组织类别", "上级党组织", *cells]
    book.active.append(head)
    book.active.append([zone.branch.name, "党支部", zone.general.name, *cells.values()])
    path = Path(settings.DATA_DIR) / "old.xlsx"
    book.save(path)
    return path


def older(zone: Zone, path: Path) -> list[str]:
    by = zone.actor("zone")
    parsed = imports.parse(path, path.name, by)
    found = imports.compare(parsed, by, lambda done, total: None)
    return [change.older for change in found.preview]


def test_a_roster_from_before_an_election_is_marked_whatever_its_file_says(zone: Zone) -> None:
    Organization.objects.filter(pk=zone.branch.pk).update(
        term_started_on=dt.date(2026, 5, 1), term_ends_on=dt.date(2031, 5, 1)
    )
    path = old_roster(zone, 换届时间="2021-04-20", 届满时间="2026-04-20", 书记="李四")
    assert older(zone, path) == ["系统里 2026年5月1日 已换届，表中还是 2021年4月20日 那一届"]
    path = old_roster(zone, 换届时间="2026.05", 书记="李四")
    assert older(zone, path) == [""]
    path = old_roster(zone, 届满时间="2026-04-20")
    assert older(zone, path) == ["系统里任期到 2031年5月1日，表中的届满时间更早"]


def test_who_took_office_after_the_day_of_a_roster_is_not_put_out_unseen(zone: Zone) -> None:
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.SECRETARY, person_name="王五",
        started_on=dt.date(2026, 5, 1),
    )  # fmt: skip
    by = zone.actor("zone")
    path = old_roster(zone, 书记="李四")
    parsed = imports.parse(path, path.name, by)
    for day, marks in ((dt.date(2026, 4, 30), 1), (dt.date(2026, 5, 2), 0)):
        told = dataclasses.replace(parsed, as_of=day)
        assert imports.compare(told, by, lambda done, total: None).older == marks


def test_facts_that_people_changed_since_are_marked(zone: Zone) -> None:
    by = zone.actor("zone")
    path = old_roster(zone, 联系人="李四")
    parsed = imports.parse(path, path.name, by)
    before = dataclasses.replace(parsed, as_of=clock.today() - dt.timedelta(days=1))
    assert imports.compare(before, by, lambda done, total: None).older == 0
    organizations.edit(
        organization=zone.branch,
        revision=zone.branch.revision,
        facts={"contact_name": "王五"},
        by=by,
    )
    assert imports.compare(before, by, lambda done, total: None).older == 1
    other = old_roster(zone, 单位性质="国有")
    told = dataclasses.replace(imports.parse(other, other.name, by), as_of=before.as_of)
    assert imports.compare(told, by, lambda done, total: None).older == 0


def test_the_command_asks_before_it_writes_a_roster_from_before_an_election(zone: Zone) -> None:
    known = {"term_started_on": dt.date(2026, 5, 1), "term_ends_on": dt.date(2031, 5, 1)}
    Organization.objects.filter(pk=zone.branch.pk).update(**known)
    path = old_roster(zone, 换届时间="2021-04-20", 届满时间="2026-04-20")
    why = "系统里 2026年5月1日 已换届，表中还是 2021年4月20日 那一届"
    out, err = io.StringIO(), io.StringIO()
    call_command("import_organizations", path, "--dry-run", "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue())["older"] == 1
    assert why in err.getvalue()
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"有 1 行比系统中登记的旧，没有写入。.*--older"):
        call_command("import_organizations", path, stderr=err)
    assert (
        f"第 2 行 {zone.branch.name}：{why}（换届时间 2026年5月1日 → 2021年4月20日"
        in err.getvalue()
    )
    found = Organization.objects.values("term_started_on", "term_ends_on").get(pk=zone.branch.pk)
    assert found == known
    err = io.StringIO()
    call_command("import_organizations", path, "--older", stdout=out, stderr=err)
    assert why in err.getvalue()
    zone.branch.refresh_from_db()
    assert zone.branch.term_started_on == dt.date(2021, 4, 20)
