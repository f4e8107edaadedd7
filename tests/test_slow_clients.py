"""Slow and huge requests against the server as `manage.py serve` starts it."""

import contextlib
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from . import servers, templates
from .test_faults import _NoRedirect, _sign_in

SLOW = 50
# Without the cookie the portal refuses a POST before it reads any of it.
HEADERS = (
    b"Host: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"
)
BODY_LIMIT = 20  # seconds: config/front.py
HEADER_LIMIT = 10


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """The embedded portal with nothing in it."""
    environment = servers.portal_environment(tmp_path_factory.mktemp("slow"))
    running = servers.start_portal(environment)
    yield running
    running.stop()


class Slow(threading.Thread):
    """Sends `head`, then one byte a second; notes when it was cut off, and what it was told."""

    def __init__(self, url: str, head: bytes) -> None:
        super().__init__(daemon=True)
        parts = urlsplit(url)
        self.line = socket.create_connection((str(parts.hostname), int(parts.port or 0)))
        self.head, self.said, self.cut_after = head, b"", 0.0

    def run(self) -> None:
        started = time.monotonic()
        self.line.settimeout(1)
        try:
            self.line.sendall(self.head)
            while time.monotonic() - started < 90:
                with contextlib.suppress(TimeoutError):
                    said = self.line.recv(65536)
                    self.said += said
                    if not said:
                        break
                self.line.sendall(b"a")
        except OSError:
            pass
        self.cut_after = time.monotonic() - started
        self.line.close()


def get_a_page(url: str) -> None:
    with urllib.request.urlopen(f"{url}/login/", timeout=30) as answer:  # noqa: S310
        assert answer.status == 200


@pytest.mark.long
@pytest.mark.parametrize(
    ("head", "limit", "told"),
    [
        (
            b"POST /login/ HTTP/1.1\r\n" + HEADERS + b"Content-Length: 100000\r\n\r\nusername=",
            BODY_LIMIT,
            "没有收完这次提交",
        ),
        (b"GET /login/ HTTP/1.1\r\nX-Slow: a", HEADER_LIMIT, ""),
    ],
    ids=["body", "headers"],
)
def test_slow_clients_stop_nobody_and_are_cut_off(
    portal: servers.Server, head: bytes, limit: int, told: str
) -> None:
    get_a_page(portal.url)
    slow = [Slow(portal.url, head) for _ in range(SLOW)]
    for one in slow:
        one.start()
    time.sleep(2)
    served = 0
    for _ in range(10):
        get_a_page(portal.url)
        served += all(one.is_alive() for one in slow)
    assert served, "pages came only after the slow ones had been cut off"
    for one in slow:
        one.join(timeout=limit * 2 + 15)
    assert not [one for one in slow if one.is_alive()]
    # Nobody sooner than is promised; a busy machine can only make it later.
    assert limit - 2 < min(one.cut_after for one in slow)
    assert all(told in one.said.decode(errors="replace") for one in slow)


# --- large uploads ----------------------------------------------------------------------------------

MEGABYTE = 1024 * 1024
LIMIT = 20 * MEGABYTE
FILL = """
from core import clock
from tests.access_objects import open_month
from tests.world import build_zone
zone = build_zone()
open_month()
from schedules.rounds.models import Report
print(Report.objects.get(organization=zone.branch).pk)
"""
ROWS = """
from schedules.rounds.models import ReportAttachment
print(list(ReportAttachment.objects.values_list("name", "size", "state")))
"""


def pdf(size: int, fill: bytes) -> bytes:
    head, tail = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n%", b"\ntrailer <<>>\n%%EOF\n"
    return head + fill * (size - len(head) - len(tail)) + tail


def upload(url: str, name: str, content: bytes, *, cookie: str, token: str) -> tuple[int, str]:
    """Status and page of the answer; a redirect is followed, as a browser does."""
    mark = "----portal-test"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    headers = {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={mark}"}
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        request = urllib.request.Request(url, body, headers)  # noqa: S310
        with opener.open(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code != 302:
            return error.code, error.read().decode()
        said = [one.partition(";")[0] for one in error.headers.get_all("Set-Cookie", [])]
        where = urllib.parse.urljoin(url, error.headers["Location"]).partition("#")[0]
    request = urllib.request.Request(where, headers={"Cookie": "; ".join([cookie, *said])})  # noqa: S310
    with opener.open(request, timeout=120) as answer:
        return answer.status, answer.read().decode()


def peak_memory(portal: servers.Server) -> int:
    """The largest memory that the serving process has held so far, in bytes."""
    peaks = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[2]) != portal.process.pid:
                continue  # of another process group
            status = (path.parent / "status").read_text()
            peaks += [int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line]
    return max(peaks) * 1024


@pytest.mark.long
def test_uploads_up_to_the_limit_are_taken_and_nothing_is_left_of_larger_ones(
    tmp_path: Path,
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = servers.portal_environment(tmp_path / "data", TMPDIR=str(temporary))
    (tmp_path / "data").mkdir()
    templates.migrate(environment)
    pk = servers.manage(environment, "shell", "-c", FILL).splitlines()[-1]
    portal = servers.start_portal(environment)

    def files() -> list[int]:
        folder = tmp_path / "data" / "attachments"
        return sorted(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def rows() -> str:
        return servers.manage(environment, "shell", "-c", ROWS).splitlines()[-1]

    try:
        cookie, token = _sign_in(portal.url)
        cookies = {"cookie": cookie, "token": token}
        url = f"{portal.url}/reports/{pk}/files/add/"
        upload(url, "small.pdf", pdf(2000, b"s"), **cookies)  # everything is loaded now
        before = peak_memory(portal)

        status, page = upload(url, "whole.pdf", pdf(LIMIT, b"w"), **cookies)
        assert status == 200
        assert "whole.pdf" in page
        assert files() == [2000, LIMIT]
        assert "('whole.pdf', 20971520, 'ready')" in rows()
        grown = peak_memory(portal) - before
        assert grown < 3 * LIMIT, f"{grown / MEGABYTE:.0f} MB for a file of 20 MB"

        kept = rows()
        status, page = upload(url, "byte.pdf", pdf(LIMIT + 1, b"b"), **cookies)
        assert status == 200  # led back to the report, which says what is wrong with which file
        assert "“byte.pdf”超过 20 MB，不能接收" in page

        for size in (26 * MEGABYTE, 60 * MEGABYTE):
            status, page = upload(url, "huge.pdf", pdf(size, b"h"), **cookies)
            assert status == 413
            assert "提交的内容太大" in page
        assert rows() == kept
        assert files() == [2000, LIMIT]
        assert not list(temporary.iterdir())
        grown = peak_memory(portal) - before
        assert grown < 3 * LIMIT, f"{grown / MEGABYTE:.0f} MB"
        get_a_page(portal.url)
    finally:
        portal.stop()
