"""The roster of members: exact counts, twice, scope, parallel writing, and the page's way."""

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from core import audit, crypto, effects, importing
from core.actor import system
from core.errors import NotAllowed
from core.models import AuditEntry
from members import imports
from members.exports import write_roster
from members.models import Member, MemberImport
from members.models.member import column
from orgs.models import Organization, RoleGrant

from .parallel import run_together
from .test_members import number
from .world import Zone, build_zone, make_member

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
HEAD = (
    "姓名",
    "公民身份号码",
    "人员类别",
    "入党时间",
    "转正时间",
    "所在党支部",
    "党内职务",
    "联系电话",
)


def sheet(path: Path, *rows: tuple[str, ...]) -> Path:
    """A small roster."""
    book = xlsxwriter.Workbook(str(path))
    tab = book.add_worksheet("花名册")
    for line, row in enumerate((HEAD, *rows)):
        for place, value in enumerate(row):
            tab.write_string(line, place, value)
    book.close()
    return path


def row(
    name: str, serial: int, branch: Organization, post: str = "无", phone: str = ""
) -> tuple[str, ...]:
    return (name, number(serial), "正式党员", "2010-07-01", "2011-07-01", branch.name, post, phone)


def run(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, Any]:
    capsys.readouterr()
    call_command("import_members", path, "--json", *options)
    return dict(json.loads(capsys.readouterr().out))


def done(path: Path, by: Any) -> Any:
    """Reads and writes a roster as `by`."""
    parsed = imports.parse(path, path.name, by)
    with audit.unit_of_work():
        return imports.write(parsed, by)


def test_real_roster_gives_exactly_what_is_expected(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_organizations", DATA / "organizations.xlsx", "--json")
    path = DATA / "members.xlsx"
    dry = run(capsys, path, "--dry-run")
    assert not Member.objects.exists()
    first = run(capsys, path)
    second = run(capsys, path)
    for answer in (dry, first, second):
        assert answer["rows"] == EXPECTED["members_rows"]
        assert answer["good"] == EXPECTED["members_good"]
        assert answer["refused"] == EXPECTED["members_refused"]
        assert answer["warnings"] == EXPECTED["warnings"]
    assert (first["new"], first["changed"]) == (13008, 0)
    assert (second["new"], second["changed"], second["unchanged"]) == (0, 0, 13008)
    assert Member.objects.count() == 13008
    assert AuditEntry.objects.filter(verb="members.member.create").count() == 13008
    assert not AuditEntry.objects.filter(verb="members.member.change").exists()
    member = Member.objects.get(name="蔡航国", party_post="书记")
    assert (member.name_pinyin, member.name_initials) == ("caihangguo", "chg")
    assert member.identity_masked == "******"


def test_changes_are_shown_masked_and_written_set_based(zone: Zone, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    by = zone.actor("zone")
    done(
        sheet(
            path, row("张三", 1, zone.branch, "书记", "10011112222"), row("李四", 2, zone.branch)
        ),
        by,
    )
    changed = sheet(
        path,
        row("张三", 1, zone.branch2, "无", "10033334444"),
        row("李四", 2, zone.branch),
        row("王五", 3, zone.branch, "书记"),
    )
    found = imports.compare(imports.parse(changed, "a.xlsx", by), by, lambda n, total: None)
    assert (found.new, found.changed, found.unchanged) == (1, 1, 1)
    shown = next(change for change in found.preview if change.kind == "changed")
    assert shown.changes == {
        "所在党支部": [zone.branch.name, zone.branch2.name],
        "党内职务": ["书记", ""],
        "联系电话": ["100******22", "100******44"],
    }
    done(changed, by)
    member = Member.objects.get(name="张三")
    assert (member.organization_id, member.party_post) == (zone.branch2.pk, "")
    entry = AuditEntry.objects.get(verb="members.member.change")
    assert entry.changes["phone"] == ["100******22", "100******44"]
    again = done(changed, by)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)


def test_empty_cells_leave_what_is_registered(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("zone")
    done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222")), by)
    Member.objects.update(job="教师", native_place="江苏徐州")
    done(sheet(tmp_path / "b.xlsx", row("张三", 1, zone.branch)), by)
    member = Member.objects.get()
    assert (member.job, member.native_place) == ("教师", "江苏徐州")
    assert member.phone_masked == "100******22"


def test_a_month_does_not_unsettle_a_registered_day(zone: Zone, tmp_path: Path) -> None:
    make_member(zone.branch, "张三", number(1))
    given = list(row("张三", 1, zone.branch))
    given[3], given[4] = "2010.07", "2011年8月"
    done(sheet(tmp_path / "a.xlsx", tuple(given)), zone.actor("zone"))
    member = Member.objects.get()
    assert member.joined_on is not None
    assert member.full_member_on is not None
    assert member.joined_on.isoformat() == "2010-07-01"
    assert member.full_member_on.isoformat() == "2011-08-01"


def test_street_cannot_touch_another_streets_members(zone: Zone, tmp_path: Path) -> None:
    foreign = make_member(zone.neighbour_branch, "章杉", number(5), phone="10099998888")
    before = Member.objects.values().get(pk=foreign.pk)
    path = sheet(
        tmp_path / "a.xlsx",
        row("章杉", 5, zone.branch, phone="10011112222"),  # pulled over into our branch
        row("章杉", 5, zone.neighbour_branch),
        row("新人", 6, zone.neighbour_branch),  # put into theirs
        row("张三", 7, zone.branch),
    )
    by = zone.actor("dahuangshan")
    parsed = imports.parse(path, "a.xlsx", by)
    found = imports.compare(parsed, by, lambda n, total: None)
    assert [error.code for error in found.errors] == ["outside_scope", "outside_scope"]
    told = str(found.errors[0].message) + str(found.preview)
    assert "桃园" not in told
    assert number(5) not in told
    assert found.new == 1
    done(path, by)
    assert Member.objects.values().get(pk=foreign.pk) == before
    assert set(Member.objects.values_list("name", flat=True)) == {"章杉", "张三"}


def test_member_who_left_is_not_brought_back_by_a_sheet(zone: Zone, tmp_path: Path) -> None:
    make_member(zone.branch, "张三", number(1), state="left")
    by = zone.actor("zone")
    found = done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch2)), by)
    assert [error.code for error in found.errors] == ["member_left"]
    assert Member.objects.get().state == "left"


def test_rows_for_no_branch_or_an_abolished_one_are_refused(zone: Zone, tmp_path: Path) -> None:
    import datetime as dt

    Organization.objects.filter(pk=zone.branch2.pk).update(abolished_on=dt.date(2025, 1, 1))
    path = sheet(tmp_path / "a.xlsx", row("张三", 1, zone.street), row("李四", 2, zone.branch2))
    found = done(path, zone.actor("zone"))
    assert [error.code for error in found.errors] == ["not_a_branch", "organisation_abolished"]
    assert not Member.objects.exists()


# --- the page's way ------------------------------------------------------------------------


def upload(zone: Zone, username: str, path: Path) -> MemberImport:
    response = zone.client(username).post(
        reverse("members:member-import"),
        {"file": SimpleUploadedFile("党员花名册.xlsx", path.read_bytes())},
    )
    assert response.status_code == 302
    return MemberImport.objects.latest("pk")


def test_upload_is_read_shown_and_applied(
    zone: Zone, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    bad = list(row("李四", 2, zone.branch))
    bad[1] = bad[1][:-1] + ("0" if bad[1][-1] != "0" else "1")
    path = sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222"), tuple(bad))
    batch = upload(zone, "dahuangshan", path)
    url = reverse("members:member-import-detail", args=[batch.uid])
    client = zone.client("dahuangshan")
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
    effects.run_due()
    text = client.get(url).content.decode()
    assert "张三" in text
    assert "校验码不符" in text
    assert number(1) not in text
    assert "10011112222" not in text
    assert not Member.objects.exists()
    marked = client.get(reverse("members:member-import-marked", args=[batch.uid]))
    assert marked.status_code == 200
    assert marked.getvalue()[:2] == b"PK"
    apply = reverse("members:member-import-apply", args=[batch.uid])
    assert client.post(apply).status_code == 302
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert batch.counts["new"] == 1
    assert Member.objects.get().name == "张三"
    assert number(1) not in str(MemberImport.objects.values().get())


def test_upload_of_another_person_is_not_there(zone: Zone, tmp_path: Path) -> None:
    batch = upload(zone, "dahuangshan", sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch)))
    effects.run_due()
    for username in ("jinshanqiao", "zone"):
        client = zone.client(username)
        for name in ("detail", "marked"):
            url = reverse(f"members:member-import-{name}", args=[batch.uid])
            assert client.get(url).status_code == 404
        for name in ("apply", "cancel"):
            url = reverse(f"members:member-import-{name}", args=[batch.uid])
            assert client.post(url).status_code == 404
        listed = client.get(reverse("members:member-import-list")).content.decode()
        assert str(batch.uid) not in listed
    batch.refresh_from_db()
    assert batch.state == "read"


def test_upload_that_is_no_workbook_is_refused_at_the_field(zone: Zone) -> None:
    client = zone.client("zone")
    for name, content in (
        ("a.xlsx", b"not a zip"),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.xlsx", b""),
    ):
        response = client.post(
            reverse("members:member-import"), {"file": SimpleUploadedFile(name, content)}
        )
        assert response.status_code == 422
        assert 'id="id_file_error"' in response.content.decode()
    assert not MemberImport.objects.exists()


def test_rights_lost_before_applying_stop_it(zone: Zone, tmp_path: Path) -> None:
    batch = upload(zone, "dahuangshan", sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch)))
    effects.run_due()
    importing.confirm(batch=batch, by=zone.actor("dahuangshan"))
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to="2020-01-02")
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert not Member.objects.exists()


def test_scope_is_checked_again_when_applying(zone: Zone, tmp_path: Path) -> None:
    """Between reading and applying the member was moved to another street."""
    member = make_member(zone.branch, "张三", number(1))
    batch = upload(
        zone, "dahuangshan", sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, "书记"))
    )
    effects.run_due()
    batch.refresh_from_db()
    assert batch.counts["changed"] == 1
    importing.confirm(batch=batch, by=zone.actor("dahuangshan"))
    Member.objects.update(organization=zone.neighbour_branch)
    effects.run_due()
    batch.refresh_from_db()
    member.refresh_from_db()
    assert batch.state == "applied"
    assert (batch.counts["changed"], batch.counts["refused"]) == (0, 1)
    assert (member.party_post, member.organization_id) == ("", zone.neighbour_branch.pk)


# --- several at once -----------------------------------------------------------------------


@pytest.fixture
def lasting_zone(transactional_db: None) -> Zone:
    return build_zone()


def test_eight_parallel_applies_have_one_effect(lasting_zone: Zone, tmp_path: Path) -> None:
    zone = lasting_zone
    path = sheet(tmp_path / "a.xlsx", *(row("张三", n, zone.branch) for n in range(1, 40)))
    batch = upload(zone, "dahuangshan", path)
    effects.run_due()
    importing.confirm(batch=batch, by=zone.actor("dahuangshan"))

    outcomes = run_together(
        [lambda: importing.apply(imports.IMPORTER, str(batch.uid)) for _ in range(8)]
    )
    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert Member.objects.count() == 39
    assert AuditEntry.objects.filter(verb="members.member.create").count() == 39
    assert AuditEntry.objects.filter(verb="members.import.apply").count() == 1
    assert audit.verify().is_intact


def test_two_files_with_the_same_people_make_each_of_them_once(
    lasting_zone: Zone, tmp_path: Path
) -> None:
    zone = lasting_zone
    rows = [row("张三", n, zone.branch) for n in range(1, 30)]
    paths = [sheet(tmp_path / "a.xlsx", *rows), sheet(tmp_path / "b.xlsx", *reversed(rows))]
    outcomes = run_together([lambda p=path: done(p, system()) for path in paths * 2])
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert Member.objects.count() == 29
    index = crypto.blind_index(number(1), column=column("identity_number"))
    assert Member.objects.filter(identity_index=index).count() == 1


def test_actor_without_a_grant_imports_nothing(zone: Zone) -> None:
    with pytest.raises(NotAllowed):
        imports.IMPORTER.actor(zone.users["dahuangshan"].pk, 10**6)


def test_full_export_reads_back_as_unchanged(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("zone")
    done(
        sheet(
            tmp_path / "a.xlsx",
            row("张三", 1, zone.branch, "书记", "10011112222"),
            row("阿依古丽·买买提", 2, zone.neighbour_branch),
        ),
        by,
    )
    path = tmp_path / "out.xlsx"
    with path.open("wb") as target:
        write_roster(
            target,
            Member.objects.select_related("organization"),
            title="党员花名册",
            subtitle="",
            stamp="",
            is_full=True,
        )
    found = imports.compare(imports.parse(path, "out.xlsx", by), by, lambda n, total: None)
    assert (found.new, found.changed, found.unchanged, list(found.errors)) == (0, 0, 2, [])
