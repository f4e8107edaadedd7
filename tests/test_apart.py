"""Readings in a process of their own: what they may take, what is said when they take more, and
that nobody's transaction waits for one."""

import hashlib
import io
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core import apart, clock, importing
from core.errors import DomainError
from core.models import StoredAnswer
from core.tabular.errors import SheetRefused
from core.tabular.reading import read_here, read_sheets
from members.models import MemberImport
from schedules.rounds.models import Report, ReportAttachment

from . import apart_probes as probes
from .access_objects import NOW, open_month
from .test_attachments import PDF, docx
from .test_gates import DOCUMENTS, FORMULAS, PDFS, with_object
from .test_tabular_gate import book
from .world import Zone, build_zone

LITTLE = apart.Limits(
    processor=1,
    clock=5.0,
    memory=256 * apart.MB,
    answer=apart.MB,
    places=threading.BoundedSemaphore(1),
    patience=0.1,
)
WAY_OUT = "请另存后上传。"
IMPORT = "/members/imports/new/"


def call(function: Any, *arguments: Any, **more: Any) -> Any:
    limits = more.pop("limits", LITTLE)
    return apart.call(function, *arguments, limits=limits, way_out=WAY_OUT, **more)


def test_value_and_bytes_come_back() -> None:
    days = [clock.today(), NOW]
    value, content = call(probes.digest, "党", 1.5, None, days, content=b"abc\n\x00")
    assert value == [hashlib.sha256(b"abc\n\x00").hexdigest(), ["党", 1.5, None, days]]
    assert content == b"abc"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (probes.turn, "时间"),
        (probes.grow, "内存"),
        (probes.flood, "出错"),
        (probes.fail, "出错"),
        (probes.crash, "出错"),
    ],
)
def test_reading_that_runs_away_ends_and_says_what_to_do(
    function: Any, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(apart.Runaway) as refused:
        call(function)
    assert said in refused.value.message
    assert refused.value.message.endswith(WAY_OUT)
    assert (refused.value.field, refused.value.status) == ("file", 400)
    assert "张三" not in caplog.text
    call(probes.digest)  # the place is free again


def test_reading_that_sleeps_ends_by_the_clock() -> None:
    limits = replace(LITTLE, clock=0.3)
    with pytest.raises(apart.Runaway, match="时间"):
        call(probes.sleep, limits=limits)


def test_refusal_keeps_its_words() -> None:
    with pytest.raises(DomainError, match="的内容不对") as refused:
        call(probes.refuse)
    assert refused.value.code == "odd"


def test_reader_knows_no_secret_and_loads_no_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    assert "SECRET_KEY" not in call(probes.environment)[0]
    assert not call(probes.is_django_there)[0]


def test_when_all_places_are_taken_one_is_told_soon() -> None:
    with LITTLE.places, pytest.raises(apart.Busy, match="再试"):
        call(probes.digest)


def test_sheets_read_apart_are_those_read_here(tmp_path: Path) -> None:
    data = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1"><v>1.5</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1"><f>1+1</f><v>2</v></c></row>'
        '<row r="2" hidden="1"><c r="A2" t="e"><v>#REF!</v></c></row>'
    )
    path = book(tmp_path, data)
    assert read_sheets(path) == read_here(path)
    for made in sorted((Path(__file__).parent / "data").glob("*.xlsx")):
        assert read_sheets(made) == read_here(made)
    with pytest.raises(SheetRefused) as refused:
        read_sheets(book(tmp_path, prolog="<!DOCTYPE a>"))
    assert refused.value.code == "doctype"


# --- from the address to the answer --------------------------------------------------------------


class Watched:
    """`apart.call`, which tells whether a transaction was open, and what became of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.call, self.transactions, self.runaway = apart.call, 0, 0
        self.calls = 0
        monkeypatch.setattr(apart, "call", self)

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        self.calls += 1
        self.transactions += connection.in_atomic_block
        try:
            return self.call(*arguments, **more)
        except apart.Runaway:
            self.runaway += 1
            raise


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_read(
    watched: Watched, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    zone = build_zone()
    with clock.at(NOW):
        open_month()
        report = Report.objects.get(organization=zone.branch)
        writer, importer = zone.client("huzhuang1"), zone.client("dahuangshan")
        writer.post(f"/reports/{report.pk}/files/add/", {"file": SimpleUploadedFile("a.pdf", PDF)})
        for number, key in enumerate(
            ({}, {"HTTP_IDEMPOTENCY_KEY": "k1"}, {"HTTP_IDEMPOTENCY_KEY": "k1"})
        ):
            content = PDF + b"%" + str(min(number, 1)).encode()
            answer = writer.post(
                f"/api/v1/monthly-reports/{report.pk}/attachments/",
                {"file": SimpleUploadedFile("b.pdf", content)},
                **key,
            )
            assert answer.status_code == 201, answer.content
        assert ReportAttachment.objects.count() == 3
        assert StoredAnswer.objects.count() == 1
        sheet = book(tmp_path).read_bytes()
        importer.post(IMPORT, {"file": SimpleUploadedFile("a.xlsx", sheet)})
        importer.post(
            "/api/v1/imports/",
            {"file": SimpleUploadedFile("a.xlsx", sheet)},
            HTTP_IDEMPOTENCY_KEY="k2",
        )
        batch = MemberImport.objects.get()
        importing.read(importing.importer_of(batch), str(batch.uid))
    assert watched.calls == 7
    assert not watched.transactions


def test_whoever_may_not_add_a_file_has_none_read(zone_in_june: Zone, watched: Watched) -> None:
    report = Report.objects.get(organization=zone_in_june.branch)
    with clock.at(NOW):
        for username in ("taoyuan1", "auditor"):
            client = zone_in_june.client(username)
            for address in (
                f"/reports/{report.pk}/files/add/",
                f"/api/v1/monthly-reports/{report.pk}/attachments/",
            ):
                upload = SimpleUploadedFile("a.pdf", PDF)
                assert client.post(address, {"file": upload}).status_code in (403, 404)
    assert not watched.calls


def large(n: int) -> dict[str, bytes]:
    """Each kind of runaway file, `n` times as large."""
    return {
        **{f"{kind}.pdf": with_object(make(100 * n)) for kind, make in PDFS.items()},
        **{f"{kind}.docx": docx(make(100 * n)) for kind, make in DOCUMENTS.items()},
    }


@pytest.mark.parametrize("n", [1, 10, 100])
def test_every_kind_of_large_file_is_answered(
    n: int, zone_in_june: Zone, watched: Watched, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    report = Report.objects.get(organization=zone_in_june.branch)
    client = zone_in_june.client("huzhuang1")
    kinds = large(n)
    with clock.at(NOW):
        for name, content in kinds.items():
            ReportAttachment.objects.all().delete()
            upload = SimpleUploadedFile(name, content)
            answer = client.post(f"/reports/{report.pk}/files/add/", {"file": upload}, follow=True)
            page = answer.content.decode()
            is_kept = ReportAttachment.objects.exists()
            assert answer.status_code == 200
            assert is_kept or f"“{name}”" in page, name
    assert watched.calls == len(kinds)
    assert not watched.runaway


@pytest.mark.parametrize("n", [1, 10, 100])
def test_every_kind_of_large_formula_is_answered(
    n: int, zone: Zone, watched: Watched, tmp_path: Path
) -> None:
    client = zone.client("dahuangshan")
    for make in FORMULAS.values():
        cells = "".join(
            f'<row r="{row}"><c r="A{row}">{make(1000)}</c></row>' for row in range(1, n + 1)
        )
        upload = SimpleUploadedFile("a.xlsx", book(tmp_path, cells).read_bytes())
        answer = client.post(IMPORT, {"file": upload})
        assert answer.status_code in (302, 422)
    assert not watched.runaway


def test_runaway_file_is_named_on_the_page(
    zone_in_june: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "IN_A_REQUEST", replace(apart.IN_A_REQUEST, clock=0.001))
    report = Report.objects.get(organization=zone_in_june.branch)
    uploads = [SimpleUploadedFile(f"签到表{number}.pdf", PDF) for number in range(2)]
    client = zone_in_june.client("huzhuang1")
    with clock.at(NOW):
        answer = client.post(f"/reports/{report.pk}/files/add/", {"file": uploads}, follow=True)
    page = answer.content.decode()
    assert "“签到表0.pdf”内容异常，读取所需的时间超出限度，没有接收。请用原来的软件打开" in page
    assert "其余的文件没有读" in page
    sheet = SimpleUploadedFile("花名册.xlsx", io.BytesIO(b"PK\x03\x04").getvalue())
    answer = zone_in_june.client("dahuangshan").post(IMPORT, {"file": sheet})
    assert answer.status_code == 422
    assert "读取所需的时间超出限度" in answer.content.decode()
