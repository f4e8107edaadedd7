"""The upload gate, step by step, the scanner, and what is left lying about."""

import datetime as dt
import io
import os
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from core import attachments, clock, effects
from core.errors import Conflict, DomainError
from core.gates.word import MAIN_TYPE
from schedules.rounds.actions import attachments as actions
from schedules.rounds.models import Report, ReportAttachment

from .access_objects import NOW, open_month
from .world import Zone

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer <<>>\n%%EOF\n"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def docx(
    body: str = "<w:p/>", *, relations: str = "", more: dict[str, bytes] | None = None
) -> bytes:
    out = io.BytesIO()
    parts: dict[str, bytes] = {
        "[Content_Types].xml": (
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            f"<Override PartName='/word/document.xml' ContentType='{MAIN_TYPE}'/></Types>"
        ).encode(),
        "word/document.xml": (
            "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
            f"<w:body>{body}</w:body></w:document>"
        ).encode(),
        "word/_rels/document.xml.rels": (
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
            f"{relations}</Relationships>"
        ).encode(),
        **(more or {}),
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relation(kind: str, target: str) -> str:
    return (
        f"<Relationship Id='r1' Type='{RELATIONS}/{kind}' Target='{target}' TargetMode='External'/>"
    )


def hidden_script() -> bytes:
    packed = zlib.compress(b"<< /S /JavaScript /JS (app.alert(1)) >>")
    return PDF.replace(
        b"trailer", b"2 0 obj << /Type /ObjStm >> stream\n" + packed + b"\nendstream\ntrailer"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.png", picture()),
        ("A.JPG", picture("JPEG")),
        ("a.docx", docx()),
        ("a.docx", docx(relations=relation("hyperlink", "https://example.cn/a"))),
        ("a.docx", docx("<w:p><w:instrText> PAGE \\* MERGEFORMAT </w:instrText></w:p>")),
    ],
)
def test_plain_files_pass(name: str, content: bytes) -> None:
    found = attachments.check(io.BytesIO(content), name)
    assert found.content_type == attachments.TYPES[name.rpartition(".")[2].lower()]
    assert found.content
    assert (found.name, found.notes) == (name, ())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.html", b"<script>", "类型"),
        ("a.svg", b"<svg/>", "类型"),
        ("a.docm", docx(), "类型"),
        ("a", b"x", "类型"),
        ("a.pdf.exe", b"MZ", "类型"),
        ("a.pdf", b"", "空文件"),
        ("a.pdf", b"<html>", "不是 PDF"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /JavaScript (x)"), "脚本"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /J#61vaScript (x)"), "脚本"),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /EmbeddedFiles 1 0 R"), "嵌入"),
        ("a.pdf", hidden_script(), "脚本"),
        ("a.pdf", PDF.replace(b"<<>>", b"<< /Encrypt 3 0 R >>"), "密码"),
        ("a.png", b"\x89PNG\r\n\x1a\n<html>", "图片"),
        ("a.docx", b"PK not a zip", "损坏"),
        ("a.docx", docx(more={"word/vbaProject.bin": b"x"}), "宏"),
        ("a.docx", docx(more={"word/embeddings/o1.docx": b"x"}), "嵌入"),
        ("a.docx", docx(more={"word/media/a.zip": b"PK\x03\x04nested"}), "压缩包"),
        ("a.docx", docx(more={"word/media/b.emf": b"\0" * 3_000_000}), "压缩比"),
        ("a.docx", docx(more={"../evil.xml": b"<a/>"}), "路径"),
        ("a.docx", docx(more={"word/x.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), "文档类型"),
        ("a.docx", docx(relations=relation("image", "\\\\evil\\share\\a.png")), "外部"),
        ("a.docx", docx(relations=relation("hyperlink", "file:///c:/windows")), "外部"),
        ("a.docx", docx(relations=relation("oleObject", "http://evil/o")), "嵌入"),
        ("a.docx", docx("<w:fldSimple w:instr=' DDEAUTO c:\\\\cmd.exe '/>"), "域"),
        (
            "a.docx",
            docx(
                "<w:fldChar w:fldCharType='begin'/><w:instrText>DD</w:instrText>"
                "<w:instrText>E cmd</w:instrText>"
            ),
            "域",
        ),
        ("a.docx", docx("<w:p><w:unclosed></w:p>"), "损坏"),
    ],
)
def test_others_are_refused_with_the_reason(name: str, content: bytes, said: str) -> None:
    with pytest.raises(DomainError) as refused:
        attachments.check(io.BytesIO(content), name)
    assert said in refused.value.message
    assert f"“{name}”" in refused.value.message
    assert refused.value.field == "file"


def test_picture_is_drawn_anew_without_what_it_carried() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "MarkerOfCamera"
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    content = out.getvalue() + b"<script>alert(1)</script>"
    kept = attachments.check(io.BytesIO(content), "a.jpg").content
    assert b"MarkerOfCamera" not in kept
    assert b"<script>" not in kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\签到表.pdf", "签到表.pdf"),
        ("a\x00b\r\n.pdf", "ab .pdf"),
        ("签\u202efdp.exe.pdf", "签fdp.exe.pdf"),
        (".pdf", "pdf"),
        ("长" * 500 + ".pdf", "长" * 146 + ".pdf"),
        ("a." + "x" * 500, ("a." + "x" * 500)[:150]),
        ("", "附件"),
    ],
)
def test_name_is_data_and_harmless(given: str, kept: str) -> None:
    assert attachments.safe_name(given) == kept


# --- kept, served, swept ------------------------------------------------------------------------


@pytest.fixture
def report(zone: Zone, settings: Any, tmp_path: Any) -> Iterator[Report]:
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    with clock.at(NOW):
        open_month()
        yield Report.objects.get(organization=zone.branch)


def keep(zone: Zone, report: Report, name: str = "签到表.pdf", content: bytes = PDF) -> Any:
    return actions.attach(
        report=report,
        file=attachments.check(io.BytesIO(content), name),
        by=zone.actor("huzhuang1"),
    )


def test_file_lies_in_its_place_and_is_ready(zone: Zone, report: Report) -> None:
    row = keep(zone, report)
    assert (row.state, row.scan) == ("ready", "unscanned")
    assert attachments.path_of(row).read_bytes() == PDF
    assert "签到表" not in str(attachments.path_of(row))
    assert ReportAttachment.objects.get().state == "ready"


def test_same_content_twice_is_one_file(zone: Zone, report: Report) -> None:
    assert keep(zone, report).pk == keep(zone, report, name="另名.pdf").pk
    assert ReportAttachment.objects.count() == 1


def test_eleventh_file_is_refused(
    zone: Zone, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_EACH_OWNER", 1)
    keep(zone, report)
    with pytest.raises(DomainError, match="最多 1 个附件"):
        keep(zone, report, content=PDF + b"%")


@pytest.mark.parametrize(
    ("setting", "value"), [("UPLOAD_DAILY_COUNT", 1), ("UPLOAD_DAILY_BYTES", len(PDF) + 5)]
)
def test_quota_of_a_person_and_day(
    zone: Zone, report: Report, settings: Any, setting: str, value: int
) -> None:
    setattr(settings, setting, value)
    keep(zone, report)
    with pytest.raises(DomainError, match="今天上传的文件已达上限"):
        keep(zone, report, content=PDF + b"%")
    with clock.at(NOW + dt.timedelta(days=1, hours=1)):
        attachments._check_quota(by=zone.actor("huzhuang1"), size=5)


def test_served_to_those_who_may_see_the_report_only(zone: Zone, report: Report) -> None:
    row = keep(zone, report, name='签"到\r\n表.pdf')
    url = f"/reports/files/{row.uid}/"
    answer = zone.client("huzhuang1").get(url)
    assert b"".join(answer) == PDF  # type: ignore[arg-type]
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    for username in ("taoyuan1", "jinshanqiao", "sysadmin", "secadmin", "auditor"):
        assert zone.client(username).get(url).status_code == 404, username
    actions.remove(attachment=row, by=zone.actor("huzhuang1"))
    assert zone.client("huzhuang1").get(url).status_code == 404


def test_file_opens_to_others_once_the_report_is_sent(zone: Zone, report: Report) -> None:
    url = f"/reports/files/{keep(zone, report).uid}/"
    for username in ("huzhuang", "dahuangshan", "zone", "reviewer"):
        assert zone.client(username).get(url).status_code == 404, username
    assert zone.client("officer").get(url).status_code == 200
    Report.objects.filter(pk=report.pk).update(state="submitted", submitted_at=NOW)
    for username in ("huzhuang", "dahuangshan", "zone", "reviewer"):
        assert zone.client(username).get(url).status_code == 200, username
    assert zone.client("huzhuang2").get(url).status_code == 404


def test_refused_upload_says_why_on_the_page(zone: Zone, report: Report) -> None:
    upload = SimpleUploadedFile("a.html", b"<script>alert(1)</script>")
    client = zone.client("huzhuang1")
    answer = client.post(f"/reports/{report.pk}/files/add/", {"file": upload}, follow=True)
    assert "不是可以上传的类型" in answer.content.decode()
    assert not ReportAttachment.objects.exists()


def test_sweeper_removes_orphans_both_ways_and_nothing_else(zone: Zone, report: Report) -> None:
    kept = keep(zone, report)
    orphan = keep(zone, report, content=PDF + b"%2")
    path = attachments.path_of(orphan)
    ReportAttachment.objects.filter(pk=orphan.pk).delete()
    never = ReportAttachment.objects.create(
        report=report, name="x.pdf", size=1, sha256="1" * 64, uploaded_at=NOW
    )
    part = attachments.path_of(kept).with_suffix(".part")
    part.write_bytes(b"half")
    assert attachments.sweep() == (0, 0, 0)  # all of it may still be under way
    for one in (path, part, attachments.path_of(kept)):
        os.utime(one, (1, 1))
    with clock.at(NOW + dt.timedelta(days=1)):
        assert attachments.sweep() == (2, 1, 0)
    assert not path.exists()
    assert not part.exists()
    assert not ReportAttachment.objects.filter(pk=never.pk).exists()
    assert attachments.path_of(kept).exists()
    attachments.path_of(kept).unlink()
    assert attachments.sweep() == (0, 0, 1)
    assert ReportAttachment.objects.filter(pk=kept.pk).exists()


def test_rolled_back_upload_leaves_only_what_the_sweeper_takes(
    zone: Zone, report: Report, settings: Any
) -> None:
    with transaction.atomic():
        row = keep(zone, report)
        transaction.set_rollback(True)
    assert not ReportAttachment.objects.exists()
    os.utime(attachments.path_of(row), (1, 1))
    assert attachments.sweep()[0] == 1


# --- the scanner ----------------------------------------------------------------------------------


@pytest.fixture
def clamd(settings: Any) -> Iterator[Any]:
    """A scanner that finds a virus in what holds the word EICAR, and can fall silent."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    settings.CLAMD_TIMEOUT = 2.0
    state: dict[str, Any] = {"answer": None, "seen": []}

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                state["seen"].append(content)
                found = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                line.sendall(found if state["answer"] is None else state["answer"])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield state
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(2)


def opened(zone: Zone, row: Any) -> int:
    return zone.client("huzhuang1").get(f"/reports/files/{row.uid}/").status_code


def test_scanned_file_opens_once_it_is_clean(zone: Zone, report: Report, clamd: Any) -> None:
    row = keep(zone, report)
    assert row.scan == "scanning"
    assert opened(zone, row) == 409
    effects.run_due()
    row.refresh_from_db()
    assert row.scan == "clean"
    assert clamd["seen"] == [PDF]
    assert opened(zone, row) == 200


def test_infected_file_is_deleted_and_says_so(zone: Zone, report: Report, clamd: Any) -> None:
    row = keep(zone, report, content=PDF + b"%EICAR")
    effects.run_due()
    row.refresh_from_db()
    assert row.scan == "infected"
    assert not attachments.path_of(row).exists()
    with pytest.raises(Conflict, match="病毒"):
        attachments.serve(row)


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: "])
def test_without_a_verdict_the_file_stays_shut(
    zone: Zone, report: Report, clamd: Any, answer: bytes
) -> None:
    clamd["answer"] = answer
    row = keep(zone, report)
    effects.run_due()
    row.refresh_from_db()
    assert row.scan == "scanning"
    assert opened(zone, row) == 409
    clamd["answer"] = None
    with clock.at(NOW + dt.timedelta(minutes=5)):
        effects.run_due()
        assert opened(zone, row) == 200


def test_scanner_that_is_not_there_shuts_everything(
    zone: Zone, report: Report, settings: Any
) -> None:
    before = keep(zone, report)
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    after = keep(zone, report, content=PDF + b"%2")
    effects.run_due()
    assert opened(zone, before) == opened(zone, after) == 409


def test_files_from_before_the_scanner_are_scanned_at_night(
    zone: Zone, report: Report, clamd: Any, settings: Any
) -> None:
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    row = keep(zone, report)
    settings.CLAMD_URL = url
    attachments.sweep_daily(NOW)
    effects.run_due()
    assert opened(zone, row) == 200
