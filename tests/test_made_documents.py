"""Documents made behind: asked for once, made with the rights of the moment, the asker's alone."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from core import clock, effects
from core.actor import system
from core.attachments import TYPES
from core.documents import making, word
from core.documents.making import State
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry, Effect, MadeDocument, Notification
from orgs.models import RoleGrant
from schedules.rounds import packs
from schedules.rounds.actions import opening
from schedules.rounds.exports.papers import _parted
from schedules.rounds.models import Plan, Report
from tests.test_exports_reports import MONTH, body, june  # noqa: F401  (a fixture)
from tests.test_reports import send
from tests.world import Zone, actor, make_organizations

PERIOD = "2026-06"
LATER = dt.timedelta(days=7, seconds=1)

pytestmark = pytest.mark.usefixtures("june")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path / "documents"


def ask(zone: Zone, username: str = "dahuangshan", ending: str = "docx") -> MadeDocument:
    wanted = packs.wanted(Plan.objects.get(), zone.street, PERIOD, ending)
    return making.ask(wanted=wanted, by=actor(zone.users[username]))


def made(zone: Zone, ending: str = "docx") -> MadeDocument:
    row = ask(zone, ending=ending)
    effects.run_due()
    row.refresh_from_db()
    return row


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


# --- the way of one document ---------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_long_pack_is_asked_for_made_told_and_fetched(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, own_folder: Path, ending: str
) -> None:
    send(zone, "huzhuang1")
    monkeypatch.setattr(packs, "LONG", dict.fromkeys(packs.LONG, 1))
    client, path = zone.client("dahuangshan"), f"/reports/month/{ending}/"
    page = client.get(path, MONTH).content.decode()
    count = Report.objects.filter(organization__path__startswith=zone.street.path).count()
    assert f"共 {count} 份月报" in page
    assert not MadeDocument.objects.exists(), "looking asks for nothing"
    answer = client.post(path, {"organization": zone.street.pk, "period": PERIOD}, follow=True)
    (row,) = MadeDocument.objects.all()
    assert answer.redirect_chain == [(f"/documents/{row.uid}/", 302)]
    assert "等待生成" in answer.content.decode()
    early = client.get(f"/documents/{row.uid}/file/")
    assert (early.status_code, "还在生成" in early.content.decode()) == (400, True)
    effects.run_due()
    row.refresh_from_db()
    assert (row.state, row.progress) == (State.READY, 100)
    message = Notification.objects.get(user=zone.users["dahuangshan"], key=f"document:{row.uid}")
    assert message.url == f"/documents/{row.uid}/"
    assert "已生成" in message.title
    page = client.get(message.url).content.decode()
    assert f'href="/documents/{row.uid}/file/"' in page
    answer = client.get(f"/documents/{row.uid}/file/")
    content = body(answer)
    assert len(content) == row.size
    assert answer["Content-Type"] == TYPES[ending]
    if ending == "pdf":
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    else:
        text = "".join(one.text for one in docx.Document(io.BytesIO(content)).paragraphs)
    assert "已报 1 份" in text.replace("\n", "")
    assert "带岗带责进网格" in text.replace("\n", "")
    (stored,) = files(own_folder)
    assert "汇编" not in stored
    assert (own_folder / stored).read_bytes()[:2] not in (b"PK", b"%P"), "sealed"
    verbs = list(AuditEntry.objects.order_by("sequence").values_list("verb", flat=True))
    assert [verb for verb in verbs if "document" in verb or "export" in verb] == [
        "core.document.ask",
        "core.document.make",
        "schedules.report.export",
    ]
    listed = client.get("/documents/").content.decode()
    assert f'href="/documents/{row.uid}/"' in listed
    assert f'href="/documents/{row.uid}/file/"' in listed


def test_short_pack_comes_at_once(zone: Zone) -> None:
    answer = zone.client("dahuangshan").get("/reports/month/docx/", MONTH)
    assert body(answer).startswith(b"PK")
    assert not MadeDocument.objects.exists()


def test_endless_pack_is_refused_with_what_to_do_instead(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "MOST", 2)
    client = zone.client("dahuangshan")
    for answer in (
        client.get("/reports/month/pdf/", MONTH),
        client.post("/reports/month/pdf/", MONTH),
    ):
        assert answer.status_code == 400
        assert "请选择下级组织" in answer.content.decode()
    assert not MadeDocument.objects.exists()


def test_page_shows_the_bar_and_htmx_gets_its_replacement(zone: Zone) -> None:
    row, client = ask(zone), zone.client("dahuangshan")
    url = f"/documents/{row.uid}/"
    MadeDocument.objects.filter(pk=row.pk).update(state=State.MAKING, progress=41)
    page = client.get(url).content.decode()
    assert 'value="41"' in page
    assert f'hx-get="{url}"' in page
    assert f'href="{url}"' in page, "without a script one loads it again"
    part = client.get(url, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<section")
    MadeDocument.objects.filter(pk=row.pk).update(state=State.READY)
    done = client.get(url, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")


# --- whose it is ---------------------------------------------------------------------------------


def test_document_is_the_askers_alone(zone: Zone) -> None:
    row = made(zone)
    for username in ("zone", "huzhuang", "jinshanqiao", "sysadmin", "auditor"):
        client = zone.client(username)
        for path in (f"/documents/{row.uid}/", f"/documents/{row.uid}/file/"):
            assert client.get(path).status_code == 404, username
        assert str(row.uid) not in client.get("/documents/").content.decode()


def test_nothing_can_be_asked_for_outside_the_scope(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    foreign = {"organization": zone.neighbour_street.pk, "period": PERIOD}
    assert client.post("/reports/month/pdf/", foreign).status_code == 404
    assert client.post("/reports/month/pdf/", {"period": "2026-13"}).status_code == 404
    assert not MadeDocument.objects.exists()


def test_grant_that_ends_meanwhile_gives_nothing(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    def end() -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(
            valid_from=yesterday, valid_to=yesterday
        )

    before = ask(zone)
    with transaction.atomic():
        end()
        effects.run_due()
        before.refresh_from_db()
        assert (before.state, before.stored_as) == (State.FAILED, "")
        assert "授权已变更" in before.failure
        assert Notification.objects.get(key=f"document:{before.uid}").body == before.failure
        transaction.set_rollback(True)

    # ... and while it is being written.
    write = word.write_pack

    def slow(*args: Any) -> None:
        write(*args)
        end()

    with transaction.atomic():
        monkeypatch.setattr(word, "write_pack", slow)
        effects.run_due()
        before.refresh_from_db()
        assert before.state == State.FAILED
        assert files(own_folder) == []
        transaction.set_rollback(True)
    monkeypatch.setattr(word, "write_pack", write)

    # ... and before it is fetched.
    row = made(zone)
    by = actor(zone.users["dahuangshan"])
    end()
    with pytest.raises(NotAllowed):
        making.content_of(row, by=by)


def test_organization_that_left_the_scope_is_not_read(zone: Zone) -> None:
    row = ask(zone, "dahuangshan")
    grant = RoleGrant.objects.get(user=zone.users["dahuangshan"])
    RoleGrant.objects.filter(pk=grant.pk).update(organization=zone.neighbour_street)
    effects.run_due()
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert "不再属于" in row.failure


# --- twice, killed, full -------------------------------------------------------------------------


def test_double_click_is_one_document_and_a_later_one_another(zone: Zone) -> None:
    first = ask(zone)
    assert ask(zone) == first
    assert Effect.objects.filter(kind=making.KIND).count() == 1
    assert ask(zone, ending="pdf") != first
    assert ask(zone, "zone") != first, "another's is another"
    effects.run_due()
    assert ask(zone) == first, "within the minute"
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        assert ask(zone) != first
    MadeDocument.objects.filter(pk=first.pk).update(state=State.FAILED)


def test_database_itself_keeps_a_document_single_while_it_is_made(zone: Zone) -> None:
    row = ask(zone)
    twin = MadeDocument.objects.get(pk=row.pk)
    twin.pk, twin.uid = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        MadeDocument.objects.bulk_create([twin])


def test_too_many_waiting_are_refused_with_a_reason(zone: Zone) -> None:
    by = actor(zone.users["zone"])
    below = make_organizations(zone.street, [{"name": f"支部{number}"} for number in range(6)])
    for node in below[: making.MOST_WAITING]:
        making.ask(wanted=packs.wanted(Plan.objects.get(), node, PERIOD, "docx"), by=by)
    with pytest.raises(DomainError, match="等待生成"):
        making.ask(wanted=packs.wanted(Plan.objects.get(), below[-1], PERIOD, "docx"), by=by)


def test_run_again_after_a_kill_and_by_two_at_once_brings_one_file_in(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    row = ask(zone)
    write = word.write_pack

    def killed(*args: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(word, "write_pack", killed)
    effects.run_due()
    row.refresh_from_db()
    assert row.state == State.MAKING
    assert Effect.objects.get(kind=making.KIND).state == Effect.State.PENDING

    def overtaken(*args: Any) -> None:
        monkeypatch.setattr(word, "write_pack", write)
        making.make(str(row.uid))  # another worker, meanwhile
        write(*args)

    monkeypatch.setattr(word, "write_pack", overtaken)
    making.make(str(row.uid))
    row.refresh_from_db()
    assert row.state == State.READY
    assert files(own_folder) == [f"{row.stored_as}.sealed"]
    assert Notification.objects.filter(key=f"document:{row.uid}").count() == 1
    assert AuditEntry.objects.filter(verb="core.document.make").count() == 1
    making.make(str(row.uid))
    assert files(own_folder) == [f"{row.stored_as}.sealed"], "what is ready is not made again"


def test_fault_that_stays_is_told_after_the_last_attempt(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("张三")

    row = ask(zone)
    monkeypatch.setattr(word, "write_pack", broken)
    now = clock.now()
    for hour in range(5):
        with clock.at(now + dt.timedelta(hours=2 * hour)):
            effects.run_due()
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, making.FAULT)


def test_full_disk_is_a_reason_not_a_crash(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "write_whole", full)
    row = made(zone)
    assert row.state == State.FAILED
    assert "存储空间不足" in row.failure


# --- clearing away -------------------------------------------------------------------------------


def test_expired_are_cleared_once_and_said_to_be(zone: Zone, own_folder: Path) -> None:
    row, waiting = made(zone), ask(zone, ending="pdf")
    assert making.clear() == 0
    assert len(files(own_folder)) == 1
    with clock.at(clock.now() + LATER):
        with pytest.raises(DomainError, match="保留期"):
            making.content_of(row, by=actor(zone.users["dahuangshan"]))
        assert making.clear() == 1
        assert making.clear() == 0
        assert files(own_folder) == []
        row.refresh_from_db()
        waiting.refresh_from_db()
        assert (row.state, waiting.state) == (State.EXPIRED, State.FAILED)
    client = zone.client("dahuangshan")
    assert "已过期" in client.get(f"/documents/{row.uid}/").content.decode()
    answer = client.get(f"/documents/{row.uid}/file/")
    assert (answer.status_code, "保留期" in answer.content.decode()) == (400, True)


def test_file_that_no_document_knows_is_taken_away(zone: Zone, own_folder: Path) -> None:
    row = made(zone)
    for name in (f"{'a' * 32}.sealed", f"{'b' * 32}.part", "notes.txt"):
        (own_folder / name).write_bytes(b"x")
    making.clear()
    assert len(files(own_folder)) == 4, "a young one may be under way"
    making.clear(older_than=dt.timedelta(seconds=-5))
    assert files(own_folder) == sorted(["notes.txt", f"{row.stored_as}.sealed"])


@pytest.mark.postgres
def test_two_clicks_and_two_sweeps_at_once_act_once(
    transactional_db: None, zone: Zone, own_folder: Path
) -> None:
    def close_after(function: Any) -> Any:
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: close_after(lambda: ask(zone).pk), range(4)))
        assert len(set(rows)) == 1
        effects.run_due()
        MadeDocument.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
        cleared = list(pool.map(lambda _: close_after(making.clear), range(4)))
    assert sum(cleared) == 1
    assert files(own_folder) == []


# --- parts and queries ---------------------------------------------------------------------------


def test_parts_keep_a_committee_together_and_number_on() -> None:
    class One:
        def __init__(self, path: str) -> None:
            self.organization = self
            self.path = path

    paths = ["0001"] + ["00010001" + f"{n:04d}" for n in range(25)]
    paths += [f"0001000{child}0001" for child in range(2, 7)] + [
        "00010007" + f"{n:04d}" for n in range(70)
    ]
    parts = list(_parted([One(path) for path in paths], 8))  # type: ignore[list-item]
    assert [len(part) for part in parts] == [26, 60, 15]
    assert [one.path for part in parts for one in part] == paths


def test_queries_of_making_do_not_grow_with_reports(zone: Zone) -> None:
    send(zone, "huzhuang1")
    counts = []
    for _ in range(2):
        row = ask(zone)
        with CaptureQueriesContext(connection) as found:
            making.make(str(row.uid))
        counts.append(len(found))
        MadeDocument.objects.all().delete()
        make_organizations(zone.street, [{"name": f"新支部{number}"} for number in range(3)])
        opening.open_period(plan=Plan.objects.get(), period=PERIOD, by=system())
    assert (
        counts[0] == counts[1] == 39
    )  # one for those that are counted and not named, one for minutes
