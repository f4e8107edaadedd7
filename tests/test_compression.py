"""Compressed answers, and static files that browsers may keep."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.compression import CompressionMiddleware
from core.static_files import DemoStaticFilesStorage
from tests.world import Zone

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
TEXT = "党员" * 400


def answered(response: Any, **headers: str) -> Any:
    return CompressionMiddleware(lambda request: response)(
        RequestFactory().get("/", headers=headers or GZIP)
    )


def test_page_is_compressed_for_who_reads_that(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    plain, packed = client.get("/members/"), client.get("/members/", headers=GZIP)
    assert not plain.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    # The same page, but for the CSRF token that each page has masked anew.
    page = gzip.decompress(packed.content).decode()
    assert page.count("<tr") == plain.content.decode().count("<tr")


def test_size_of_a_compressed_page_varies() -> None:
    sizes = {len(answered(HttpResponse(TEXT)).content) for _ in range(20)}
    assert len(sizes) > 3


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("短"),
        HttpResponse(TEXT, content_type="application/vnd.openxmlformats-officedocument"),
        HttpResponse(TEXT, content_type="image/png"),
        HttpResponse(TEXT, headers={"Content-Disposition": 'attachment; filename="a.csv"'}),
        HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        StreamingHttpResponse([TEXT]),
        FileResponse(io.BytesIO(TEXT.encode()), content_type="text/plain"),
    ],
)
def test_files_and_short_answers_stay_as_they_are(response: Any) -> None:
    before = dict(response.headers)
    content = None if response.streaming else response.content
    answer = answered(response)
    assert answer.get("Content-Encoding") in (None, "br")
    assert {**answer.headers, "Vary": ""} == {**before, "Vary": ""}
    assert answer.streaming or answer.content == content


@pytest.mark.parametrize(
    "kind", ["application/json", "application/problem+json", "text/calendar", "image/svg+xml"]
)
def test_texts_of_other_kinds_are_compressed(kind: str) -> None:
    answer = answered(HttpResponse(TEXT, content_type=kind))
    assert gzip.decompress(answer.content).decode() == TEXT


def test_static_files_carry_a_hash_once_they_are_collected(tmp_path: Path, settings: Any) -> None:
    def storage() -> DemoStaticFilesStorage:
        return DemoStaticFilesStorage(location=tmp_path, base_url="/static/")

    assert storage().url("css/portal.css") == "/static/css/portal.css"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "core.static_files.DemoStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    address = storage().url("css/portal.css")
    assert address.startswith("/static/css/portal.")
    assert address != "/static/css/portal.css"
    assert (tmp_path / f"{address.removeprefix('/static/')}.gz").exists()
    assert storage().url("css/none.css") == "/static/css/none.css"
