"""The server of docs/operations.md: deploy/nginx.conf in front of the command of portal-web.service,
in production mode. Only host names, ports, folders and time limits are other ones."""

import datetime as dt
import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from . import servers, templates

HOST = "portal.example.cn"
# No header, no body: what deploy/nginx.conf waits for, in a test's time.
SHORT = {"client_header_timeout 10s": 3, "client_body_timeout 20s": 3}
# The certificate is the test's own.
ANYBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ANYBODY.check_hostname, ANYBODY.verify_mode = False, ssl.CERT_NONE
UNIT = servers.ROOT / "deploy" / "systemd" / "portal-web.service"
CONFIG = servers.ROOT / "deploy" / "nginx.conf"

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Installation:
    plain: int
    tls: int
    environment: dict[str, str]


def unit_command(port: int) -> list[str]:
    """What the unit runs, on another port and with this Python."""
    text = UNIT.read_text().replace("\\\n", " ")
    found = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert found
    words = shlex.split(found[1])
    assert words[0].endswith("/bin/python")
    words[words.index("--port") + 1] = str(port)
    return [sys.executable, *words[1:]]


def nginx_config(folder: Path, *, plain: int, tls: int, portal: int, static: Path) -> str:
    text = CONFIG.read_text()
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{portal}",
        "listen 80;": f"listen {plain};",
        "listen 443 ssl": f"listen {tls} ssl",
        "/etc/portal/tls": str(folder),
        "/var/lib/portal/staticfiles": str(static),
        **{old: re.sub(r"\d+s", f"{short}s", old) for old, short in SHORT.items()},
    }
    for old, new in changes.items():
        assert old in text, f"deploy/nginx.conf no longer says {old}"
        text = text.replace(old, new)
    own = "".join(
        f"{name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\ndaemon off;\n"
        "user root;\n"  # reads this folder; without effect when the tests are not run by root
        "events {}\nhttp {\ninclude /etc/nginx/mime.types;\n"
        f"access_log off;\n{own}{text}\n}}\n"
    )


def make_certificate(folder: Path) -> None:
    """A key and a certificate signed by itself, under the names of deploy/nginx.conf."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*private))
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    folder = tmp_path_factory.mktemp("nginx")
    environment = servers.production_environment(folder / "portal", TRUSTED_PROXY_COUNT="1")
    environment["ALLOWED_HOSTS"] = HOST
    templates.migrate(environment)
    servers.manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    make_certificate(folder)
    plain, tls, portal = (servers.free_port() for _ in range(3))
    config = folder / "nginx.conf"
    static = folder / "portal" / "staticfiles"
    config.write_text(nginx_config(folder, plain=plain, tls=tls, portal=portal, static=static))
    subprocess.run([nginx, "-t", "-c", str(config)], check=True, capture_output=True)
    web = servers.start(
        "The web node", unit_command(portal), log=folder / "web.log", environment=environment
    )
    front = None
    try:
        servers.wait_until(
            web, lambda: servers.answers(f"http://127.0.0.1:{portal}/healthz"), timeout=60
        )
        front = servers.start("nginx", [nginx, "-c", str(config)], log=folder / "nginx.log")
        servers.wait_until(front, lambda: listens(plain), timeout=20)
        yield Installation(plain, tls, environment)
    finally:
        if front is not None:
            front.stop()
        web.stop()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def line_to(port: int, *, tls: bool = True, source: str = "127.0.0.1") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))
    if not tls:
        return line
    return ANYBODY.wrap_socket(line, server_hostname=HOST)


def still_open(line: socket.socket) -> bool:
    """Whether the other side has neither said anything nor hung up so far."""
    line.settimeout(0)
    try:
        line.recv(1)
    except (ssl.SSLWantReadError, BlockingIOError):
        return True
    return False


def ask(
    port: int,
    path: str,
    *headers: str,
    method: str = "GET",
    body: bytes = b"",
    tls: bool = True,
    source: str = "127.0.0.1",
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of one answer."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers]
    if body:
        lines += [f"Content-Length: {len(body)}"]
    with line_to(port, tls=tls, source=source) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return read(line)


def read(line: socket.socket) -> tuple[int, http.client.HTTPMessage, bytes]:
    with http.client.HTTPResponse(line) as answer:
        answer.begin()
        return answer.status, answer.headers, answer.read()


def test_http_leads_to_https(site: Installation) -> None:
    status, headers, _ = ask(site.plain, "/members/?q=a", tls=False)
    assert (status, headers.get_all("location")) == (301, [f"https://{HOST}/members/?q=a"])


def test_page_comes_once_with_the_portals_headers(site: Installation) -> None:
    status, headers, body = ask(site.tls, "/login/")
    assert (status, "登录" in body.decode()) == (200, True)
    assert headers.get_all("strict-transport-security") == [
        "max-age=31536000; includeSubDomains; preload"
    ]
    assert headers.get_all("x-content-type-options") == ["nosniff"]
    assert len(headers.get_all("content-security-policy", [])) == 1
    cookies = headers.get_all("set-cookie", [])
    assert cookies
    assert all("__Host-" in one and "Secure" in one for one in cookies)
    assert headers.get_all("server") == ["nginx"], "no version"


def test_static_files_are_compressed_and_kept(site: Installation) -> None:
    page = ask(site.tls, "/login/")[2].decode()
    found = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert found
    status, headers, body = ask(site.tls, found[1], "Accept-Encoding: gzip")
    assert status == 200
    assert headers.get_all("cache-control") == ["public, max-age=31536000, immutable"]
    assert headers["content-type"].startswith("text/css")
    if (Path(site.environment["DATA_DIR"]) / f"staticfiles{found[1][7:]}.gz").exists():
        assert headers.get_all("content-encoding") == ["gzip"]
        assert body[:2] == b"\x1f\x8b"
    assert ask(site.tls, "/static/../secret.key")[0] in (400, 404)


def test_readiness_is_for_this_machine_alone(site: Installation) -> None:
    assert ask(site.tls, "/readyz")[0] in (200, 503)
    assert ask(site.tls, "/readyz", source="127.0.0.2")[0] == 403


def test_foreign_host_is_refused(site: Installation) -> None:
    with line_to(site.tls) as line:
        line.sendall(b"GET /login/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert read(line)[0] == 400


def test_forged_forwarding_headers_are_not_believed(site: Installation) -> None:
    """The address that failed sign-ins are counted for is the one nginx saw."""
    _, headers, page = ask(site.tls, "/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())
    cookie = next(one for one in headers.get_all("set-cookie", []) if "csrf" in one).partition(";")[
        0
    ]
    assert token
    body = f"csrfmiddlewaretoken={token[1]}&username=nobody&password=wrong-password".encode()
    status, _, page = ask(
        *(site.tls, "/login/", f"Cookie: {cookie}", f"Referer: https://{HOST}/login/"),
        *("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http"),
        "Content-Type: application/x-www-form-urlencoded",
        method="POST",
        body=body,
        source="127.0.0.3",
    )
    assert status < 500, page
    code = "from axes.models import AccessAttempt as A; print(*A.objects.values_list('ip_address'))"
    said = servers.manage(site.environment, "shell", "-c", code)
    assert "127.0.0.3" in said
    assert "203.0.113.9" not in said


def test_body_beyond_the_limit_never_reaches_the_portal(site: Installation) -> None:
    with line_to(site.tls) as line:
        line.sendall(
            f"POST /login/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
            f"Content-Length: {26 * 1024 * 1024}\r\n\r\n".encode()
        )
        status, _, body = read(line)
    assert (status, b"nginx" in body) == (413, True)


def test_largest_allowed_body_is_answered_by_the_portal(site: Installation) -> None:
    """Without its CSRF token it is refused, in the portal's own words."""
    status, _, body = ask(
        *(site.tls, "/login/", "Content-Type: application/octet-stream"),
        method="POST",
        body=b"a" * (21 * 1024 * 1024),
    )
    assert (status, '<html lang="zh' in body.decode()) == (403, True)


@pytest.mark.parametrize(
    "head",
    [
        f"POST /login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n\r\nusername=",
        f"GET /login/ HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: a",
    ],
    ids=["body", "headers"],
)
def test_silent_visitors_are_cut_off_and_hold_no_thread(site: Installation, head: str) -> None:
    lines = [line_to(site.tls) for _ in range(30)]
    try:
        for line in lines:
            line.sendall(head.encode())
        assert ask(site.tls, "/login/")[0] == 200, "eight threads serve others meanwhile"
        assert all(map(still_open, lines)), "not only after the silent ones were cut off"
        deadline = time.monotonic() + 60
        for line in lines:
            line.settimeout(max(1.0, deadline - time.monotonic()))  # cut off at the limit
            said = b""
            while more := line.recv(4096):
                said += more
            assert said == b"" or b" 408 " in said
    finally:
        for line in lines:
            line.close()


def test_one_address_has_a_limit_of_connections(site: Installation) -> None:
    """What stands open for the limit are requests under way, not idle lines."""
    head = f"POST /login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n\r\na".encode()
    lines = [line_to(site.tls, source="127.0.0.4") for _ in range(100)]
    try:
        for line in lines:
            line.sendall(head)
        time.sleep(0.5)
        assert ask(site.tls, "/login/", source="127.0.0.4")[0] == 429
        assert ask(site.tls, "/login/", source="127.0.0.5")[0] == 200
    finally:
        for line in lines:
            line.close()
