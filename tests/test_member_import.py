"""The roster of members: exact counts, twice, scope, parallel writing, and the page's way."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from core import audit, clock, crypto, effects, importing
from core.actor import system
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry, MadeDocument, Notification
from members import imports
from members.actions import numbers
from members.actions.members import MemberChange, save_members
from members.exports import write_roster
from members.models import Member, MemberImport
from members.models.member import column
from orgs.models import Organization, RoleGrant

from .parallel import run_together
from .test_api_resources import caller, post, secret_of
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
    assert [error.code for error in found.errors] == ["registered_elsewhere", "outside_scope"]
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
    titles = Notification.objects.filter(user=zone.users["dahuangshan"]).values_list("title")
    assert [*titles] == [("党员花名册.xlsx 读完，等待核对",)]
    marked = client.post(reverse("members:member-import-marked", args=[batch.uid]))
    assert marked.url.startswith("/documents/")
    effects.run_due()
    document = MadeDocument.objects.get()
    assert document.state == "ready"
    assert document.expires_at - document.made_at == importing.KEPT
    file = client.get(reverse("core:document-file", args=[document.uid]))
    assert file.getvalue()[:2] == b"PK"
    assert AuditEntry.objects.filter(verb="members.import.marked").count() == 1
    again = client.post(reverse("members:member-import-marked", args=[batch.uid]))
    assert again.url == marked.url
    Notification.objects.all().delete()
    apply = reverse("members:member-import-apply", args=[batch.uid])
    assert client.post(apply).status_code == 302
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "applied"
    told = Notification.objects.get()
    assert told.title == "党员花名册.xlsx 已导入"
    assert told.url == batch.get_absolute_url()
    assert batch.counts["new"] == 1
    assert Member.objects.get().name == "张三"
    assert number(1) not in str(MemberImport.objects.values().get())


def test_upload_of_another_person_is_not_there(zone: Zone, tmp_path: Path) -> None:
    batch = upload(zone, "dahuangshan", sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch)))
    effects.run_due()
    for username in ("jinshanqiao", "zone"):
        client = zone.client(username)
        for name in ("detail",):
            url = reverse(f"members:member-import-{name}", args=[batch.uid])
            assert client.get(url).status_code == 404
        for name in ("apply", "cancel", "marked"):
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


# --- what a sheet would undo --------------------------------------------------------------------


def saved(path: Path, moment: dt.datetime, *rows: tuple[str, ...], title: str = "") -> Path:
    """A roster last saved at the moment; `title` stands above its header."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": moment.astimezone(dt.UTC).replace(tzinfo=None)})
    tab = book.add_worksheet("花名册")
    for line, row in enumerate((*([(title,)] if title else []), HEAD, *rows)):
        for place, value in enumerate(row):
            tab.write_string(line, place, value)
    book.close()
    return path


def older(path: Path, zone: Zone) -> list[str]:
    by = zone.actor("zone")
    found = imports.compare(imports.parse(path, path.name, by), by, lambda done, total: None)
    return [change.older for change in found.preview]


NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_a_sheet_from_before_a_change_on_the_page_is_marked(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("zone")
    with clock.at(NOON):
        done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222")), by)
    member = Member.objects.get()
    change = MemberChange({"phone": "10099998888"}, member_id=member.pk)
    with clock.at(NOON + dt.timedelta(days=9)):
        save_members(changes=[change], by=by)
    same = row("张三", 1, zone.branch, phone="10011112222")
    before = saved(tmp_path / "b.xlsx", NOON + dt.timedelta(days=8), same)
    assert older(before, zone) == ["系统在 2026年6月10日 登记过，比这张表（2026年6月9日）新"]
    after = saved(tmp_path / "c.xlsx", NOON + dt.timedelta(days=10), same)
    assert older(after, zone) == [""]
    stated = saved(
        tmp_path / "d.xlsx", NOON + dt.timedelta(days=10), same, title="填报时间：2026年6月5日"
    )
    assert older(stated, zone) == ["系统在 2026年6月10日 登记过，比这张表（2026年6月5日）新"]
    another = saved(tmp_path / "e.xlsx", NOON, row("张小三", 1, zone.branch, phone="10099998888"))
    assert older(another, zone) == [""]  # his name was not touched since


@pytest.mark.parametrize(
    ("stated", "until"),
    [
        ("2026年5月", dt.date(2026, 5, 31)),
        ("2026.06", dt.date(2026, 6, 20)),  # this month, as far as it has come
        ("2026年5月3日", dt.date(2026, 5, 3)),
        ("2026年8月", dt.date(2026, 8, 1)),
    ],
)
def test_a_sheet_that_states_a_month_knows_the_whole_month(
    zone: Zone, tmp_path: Path, stated: str, until: dt.date
) -> None:
    people = row("张三", 1, zone.branch)
    path = saved(tmp_path / "a.xlsx", NOON, people, title=f"填报时间：{stated}")
    with clock.at(dt.datetime(2026, 6, 20, 4, tzinfo=dt.UTC)):
        assert imports.parse(path, path.name, zone.actor("zone")).as_of == until


def test_a_sheet_older_than_the_last_one_is_marked_and_one_put_right_is_not(
    zone: Zone, tmp_path: Path
) -> None:
    by = zone.actor("zone")
    day = "填报时间：2026年5月31日"
    moment = NOON + dt.timedelta(days=1)
    new = saved(tmp_path / "a.xlsx", moment, row("张三", 1, zone.branch, "书记"), title=day)
    done(new, by)
    right = saved(tmp_path / "b.xlsx", moment, row("张三", 1, zone.branch, "委员"), title=day)
    assert older(right, zone) == [""]
    before = "填报时间：2026年4月30日"
    old = saved(tmp_path / "c.xlsx", moment, row("张三", 1, zone.branch, "委员"), title=before)
    assert older(old, zone) == ["系统里是 2026年5月31日 的花名册，比这张表（2026年4月30日）新"]


def test_an_older_sheet_is_written_only_when_that_is_known(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("dahuangshan")
    done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222")), by)
    member = Member.objects.get()
    change = MemberChange({"phone": "10099998888"}, member_id=member.pk)
    save_members(changes=[change], by=by)
    rows = [row("张三", 1, zone.branch, phone="10011112222"), row("李四", 2, zone.branch)]
    batch = upload(zone, "dahuangshan", saved(tmp_path / "b.xlsx", NOON, *rows))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.counts["older"] == 1
    client = zone.client("dahuangshan")
    text = client.get(batch.get_absolute_url()).content.decode()
    assert "比系统旧" in text
    assert "knows_older" in text
    apply = reverse("members:member-import-apply", args=[batch.uid])
    assert "仍按表中内容写入" in client.post(apply).content.decode()
    batch.refresh_from_db()
    assert batch.state == "read"
    assert client.post(apply, {"knows_older": "on"}).status_code == 302
    effects.run_due()
    member.refresh_from_db()
    assert member.unsealed("phone") == "10011112222"


def test_a_program_says_that_it_knows_of_older_rows(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("dahuangshan")
    done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch)), by)
    member = Member.objects.get()
    save_members(changes=[MemberChange({"party_post": "组织委员"}, member_id=member.pk)], by=by)
    path = saved(tmp_path / "b.xlsx", NOON, row("张三", 1, zone.branch, "书记"))
    client = caller(secret_of(zone, "dahuangshan"))
    sent = {"file": SimpleUploadedFile("党员花名册.xlsx", path.read_bytes())}
    uid = client.post(reverse("api:import-list"), sent).json()["uid"]
    effects.run_due()
    told = client.get(reverse("api:import-detail", args=[uid])).json()
    assert told["counts"]["older"] == 1
    assert [(one["row"], "新" in one["older"]) for one in told["older"]] == [(2, True)]
    refused = post(client, "import-confirm", {}, uid)
    assert (refused.status_code, refused.json()["code"]) == (400, "older_sheet")
    assert post(client, "import-confirm", {"knows_older": "yes please"}, uid).status_code == 400
    assert post(client, "import-confirm", {"knows_older": True}, uid).status_code == 202
    effects.run_due()
    member.refresh_from_db()
    assert member.party_post == "书记"


def test_as_many_other_rows_that_became_older_are_not_written(zone: Zone, tmp_path: Path) -> None:
    """One row was known to be older and is the same by now; another one is older instead."""
    by = zone.actor("dahuangshan")
    done(sheet(tmp_path / "a.xlsx", *(row("张三", n, zone.branch) for n in (1, 2))), by)
    one, other = Member.objects.order_by("pk")

    def post_of(member: Member, post: str) -> None:
        save_members(changes=[MemberChange({"party_post": post}, member_id=member.pk)], by=by)

    post_of(one, "组织委员")
    rows = [row("张三", n, zone.branch, "书记") for n in (1, 2)]
    path = saved(tmp_path / "b.xlsx", clock.now(), *rows)
    with clock.at(clock.now() + dt.timedelta(seconds=5)):
        post_of(one, "宣传委员")
        batch = upload(zone, "dahuangshan", path)
        effects.run_due()
        batch.refresh_from_db()
        assert batch.counts["older"] == 1
        post_of(one, "书记")
        post_of(other, "纪检委员")
        importing.confirm(batch=batch, by=by, knows_older=True)
        effects.run_due()
    batch.refresh_from_db()
    other.refresh_from_db()
    assert (batch.state, other.party_post) == ("refused", "纪检委员")


def test_who_typed_numbers_in_vain_imports_an_honest_sheet_all_the_same(
    zone: Zone, tmp_path: Path, settings: Any
) -> None:
    by = zone.actor("dahuangshan")
    for _ in range(settings.NUMBERS_IN_VAIN):
        numbers.note_in_vain(by)
    with pytest.raises(DomainError):
        numbers.refuse_too_many(by)
    done(sheet(tmp_path / "a.xlsx", *(row("张三", n, zone.branch) for n in (1, 2))), by)
    assert Member.objects.count() == 2


def test_the_command_asks_before_it_writes_an_older_sheet(
    zone: Zone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = zone.actor("zone")
    done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222")), by)
    member = Member.objects.get()
    save_members(changes=[MemberChange({"phone": "10099998888"}, member_id=member.pk)], by=by)
    rows = [row("张三", 1, zone.branch, phone="10011112222"), row("李四", 2, zone.branch)]
    old = saved(tmp_path / "b.xlsx", NOON, *rows)
    entries = AuditEntry.objects.count()
    answer = run(capsys, old, "--dry-run")
    assert (answer["older"], answer["changed"], answer["new"]) == (1, 1, 1)
    with pytest.raises(CommandError, match=r"有 1 行比系统中登记的旧，没有写入。.*--older") as no:
        call_command("import_members", old)
    assert no.value.returncode
    told = capsys.readouterr().err
    assert "第 2 行 张三（湖庄村第一支部）：系统在" in told
    assert "联系电话 100******88 → 100******22" in told  # masked, as the page
    assert AuditEntry.objects.count() == entries
    assert Member.objects.count() == 1
    assert run(capsys, old, "--older")["older"] == 1
    member.refresh_from_db()
    assert member.unsealed("phone") == "10011112222"
    assert Member.objects.count() == 2


def test_what_became_older_after_the_preview_is_not_written(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("dahuangshan")
    done(sheet(tmp_path / "a.xlsx", row("张三", 1, zone.branch, phone="10011112222")), by)
    path = saved(tmp_path / "b.xlsx", clock.now(), row("张三", 1, zone.branch, "书记"))
    batch = upload(zone, "dahuangshan", path)
    effects.run_due()
    change = MemberChange({"party_post": "组织委员"}, member_id=Member.objects.get().pk)
    with clock.at(clock.now() + dt.timedelta(seconds=5)):
        save_members(changes=[change], by=by)
    client = zone.client("dahuangshan")
    client.post(reverse("members:member-import-apply", args=[batch.uid]))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert "核对之后，系统里又登记了" in batch.failure
    assert Member.objects.get().party_post == "组织委员"


def test_all_changes_are_shown_before_what_is_new(zone: Zone, tmp_path: Path) -> None:
    by = zone.actor("dahuangshan")
    known = [row(f"旧{place}", place, zone.branch) for place in range(7)]
    done(sheet(tmp_path / "a.xlsx", *known), by)
    new = [row(f"新{place}", place, zone.branch) for place in range(7, 330)]
    changed = [row(f"改{place}", place, zone.branch) for place in range(7)]
    batch = upload(zone, "dahuangshan", sheet(tmp_path / "b.xlsx", *new, *changed))
    effects.run_due()
    batch.refresh_from_db()
    kinds = [one["kind"] for one in batch.preview]
    assert kinds == ["changed"] * 7 + ["new"] * 323
    text = zone.client("dahuangshan").get(batch.get_absolute_url()).content.decode()
    assert all(f"改{place}" in text for place in range(7))
    assert text.index("改6") < text.index("新7")


def test_changes_beyond_one_page_are_leafed_through(
    zone: Zone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = zone.actor("dahuangshan")
    monkeypatch.setattr("core.importing.MAX_SHOWN", 2)
    monkeypatch.setattr("core.views.imports.CHANGES", 4)
    done(sheet(tmp_path / "a.xlsx", *(row(f"旧{n}", n, zone.branch) for n in range(9))), by)
    changed = [row(f"改{n}", n, zone.branch) for n in range(9)]
    batch = upload(zone, "dahuangshan", sheet(tmp_path / "b.xlsx", *changed))
    effects.run_due()
    client = zone.client("dahuangshan")
    url = batch.get_absolute_url()
    pages = [client.get(url, {"page": page}).content.decode() for page in (1, 2, 3)]
    assert all(any(f"改{n}" in text for text in pages) for n in range(9))


def test_columns_the_portal_does_not_keep_are_named(zone: Zone) -> None:
    batch = upload(zone, "dahuangshan", DATA / "cases" / "national_export_A_B.xlsx")
    effects.run_due()
    text = zone.client("dahuangshan").get(batch.get_absolute_url()).content.decode()
    assert "没有读取的列" in text
    assert "入团日期（X）" in text
    assert "“政治面貌”（U 列）和“人员类别”（G 列）是同一项" in text
    assert "党委名称" not in text


@pytest.mark.parametrize("name", ["mark_empty_fill", "mark_sharedstrings_case"])
def test_marked_sheet_of_an_unusual_writer_is_a_list_of_what_is_wrong(
    zone: Zone, name: str
) -> None:
    batch = upload(zone, "dahuangshan", DATA / "cases" / f"{name}.xlsx")
    effects.run_due()
    client = zone.client("dahuangshan")
    client.post(reverse("members:member-import-marked", args=[batch.uid]))
    effects.run_due()
    marked = client.get(reverse("core:document-file", args=[MadeDocument.objects.get().uid]))
    assert marked.status_code == 200
    assert marked.getvalue()[:2] == b"PK"
