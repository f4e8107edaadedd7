"""Production with HTTPS: cookies, HSTS, the way from HTTP, headers of every page. In a process of
its own, for these settings are read once."""

import json
from typing import Any

import pytest

from . import servers, templates
from .urls import FOR_ALL, OPENED_FILES, addresses

GOLDEN = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CSP = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
# Whoever watches the portal from the same machine has no certificate.
WITHOUT_TLS = {"core:healthz", "core:readyz"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What tests/https_walk.py found."""
    environment = servers.production_environment(tmp_path_factory.mktemp("https"))
    templates.migrate(environment)
    servers.manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    code = "from tests.https_walk import main; main()"
    return json.loads(servers.manage(environment, "shell", "-c", code).splitlines()[-1])


def test_every_page_has_the_headers_of_a_closed_house(walked: Any) -> None:
    pages = walked["pages"]
    wanted = {one.name for one in addresses() if one.marker and "GET" in one.marker.methods}
    assert set(pages) == wanted
    for name, both in pages.items():
        found = both["secure"]
        assert found["status"] < 500 or name == "core:readyz", name
        golden = GOLDEN
        if name.startswith("api:"):
            assert "no-store" in found["Cache-Control"], name
            golden = {**GOLDEN, "Cache-Control": found["Cache-Control"]}
        if name in FOR_ALL:
            golden = {**GOLDEN, "Cache-Control": "public, max-age=0, must-revalidate"}
        if name == "api:calendar-feed":  # its address is a secret
            golden = {**golden, "Referrer-Policy": "no-referrer"}
        assert {key: found[key] for key in GOLDEN} == golden, name
        given = {one.strip() for one in found["Content-Security-Policy"].split(";")}
        if name.endswith(OPENED_FILES):
            assert given == {"sandbox", "default-src 'none'"}
        else:
            assert given == CSP, name


def test_every_refusal_has_them_too(walked: Any) -> None:
    for name, found in walked["refusals"].items():
        assert 300 <= found["status"] < 500, name
        golden = {**GOLDEN, "Cache-Control": found["Cache-Control"]}
        assert {key: found[key] for key in GOLDEN} == golden, name
        assert "no-store" in found["Cache-Control"], name


def test_http_leads_to_https_and_nothing_else(walked: Any) -> None:
    for name, both in walked["pages"].items():
        found = both["plain"]
        if name in WITHOUT_TLS:
            assert found["status"] in (200, 503)
            continue
        assert found["status"] == 301, name
        path = both["url"].partition("?")[0]
        assert found["Location"].partition("?")[0] == f"https://testserver{path}", name
        assert found["cookies"] == {}


def test_cookies_belong_to_this_host_alone(walked: Any) -> None:
    journey = walked["journey"]
    assert journey["signed in"]["status"] == 302
    given: dict[str, Any] = {}
    for step in journey.values():
        given |= step["cookies"]
    assert {"__Host-sid", "__Host-csrf"} <= set(given)
    assert set(given) <= {"__Host-sid", "__Host-csrf", "messages"}
    for name, cookie in given.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
    for name, both in walked["pages"].items():
        for cookie in both["secure"]["cookies"].values():
            assert (cookie["secure"], cookie["httponly"]) == (True, True), name


def test_posts_of_this_origin_pass_and_others_do_not(walked: Any) -> None:
    journey = walked["journey"]
    assert journey["foreign origin"]["status"] == 403
    assert journey["plain origin"]["status"] == 403
    assert journey["saved"]["status"] == 302
    assert journey["behind the proxy"]["status"] == 200
