"""Run by tests/test_https.py in production mode: what every page answers over TLS, as JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.test import Client

from core import clock

from .access_objects import NOW
from .hostile import browser, gets, url_of
from .test_access_matrix import undone
from .world import PASSWORD, Zone, build_zone

HOST = "portal.example.cn"
HEADERS = (
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cache-Control",
    "Location",
)


def facts(answer: Any) -> dict[str, Any]:
    """Status, headers and cookies of an answer."""
    return {
        "status": answer.status_code,
        **{name: answer.headers.get(name) for name in HEADERS},
        "cookies": {
            name: {key: cookie[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
            for name, cookie in answer.cookies.items()
            if cookie["max-age"] != 0  # it is being deleted
        },
    }


def pages(zone: Zone) -> Iterator[tuple[str, dict[str, Any]]]:
    for address in gets():
        with undone():
            url = url_of(zone, address.name)
            client = browser(zone, address.name, "GET")
            secure = facts(client.get(url, secure=True))
            plain = facts(client.get(url, secure=False))
            yield address.name, {"secure": secure, "plain": plain, "url": url}


def refusals() -> Iterator[tuple[str, dict[str, Any]]]:
    client = Client(raise_request_exception=False)
    yield "unknown", facts(client.get("/no/such/", secure=True))
    yield "signed out", facts(client.get("/members/", secure=True))
    yield "method", facts(client.put("/members/", secure=True))
    yield "host", facts(client.get("/login/", secure=True, headers={"host": "evil.example"}))
    yield "address", facts(client.get("/login/?q=%00", secure=True))
    yield "interface", facts(client.get("/api/v1/members/", secure=True))
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    yield "no token", facts(strict.post("/login/", {"username": "x"}, secure=True))


def token_of(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def journey() -> dict[str, Any]:
    """Signing in as a browser does, with checks of origin, and saving something."""
    client = Client(enforce_csrf_checks=True, headers={"host": HOST})
    page = client.get("/login/", secure=True)
    token = token_of(page)
    fields = {"username": "huzhuang1", "password": PASSWORD, "csrfmiddlewaretoken": token}
    own, other = f"https://{HOST}", "https://evil.example"
    foreign = client.post("/login/", fields, secure=True, headers={"origin": other})
    plain = client.post("/login/", fields, secure=True, headers={"origin": f"http://{HOST}"})
    signed_in = client.post("/login/", fields, secure=True, headers={"origin": own})
    token = token_of(client.get("/account/", secure=True))
    fields = {"email": "a@example.cn", "csrfmiddlewaretoken": token}
    saved = client.post("/account/", fields, secure=True, headers={"origin": own})
    proxied = client.get("/account/", headers={"x-forwarded-proto": "https"})
    return {
        "page": facts(page),
        "foreign origin": facts(foreign),
        "plain origin": facts(plain),
        "signed in": facts(signed_in),
        "saved": facts(saved),
        "behind the proxy": facts(proxied),
    }


def main() -> None:
    zone = build_zone()
    with clock.at(NOW):
        found = {"pages": dict(pages(zone)), "refusals": dict(refusals())}
    found["journey"] = journey()
    print(json.dumps(found))  # noqa: T201
