"""Requests no page of ours sends: odd addresses, methods, tokens, hosts, bodies, redirects."""

import html
import json
import logging
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, logs
from core.http import PermissionsPolicyMiddleware

from .access_objects import NOW, arguments, foreign, open_month, prepare
from .hostile import (
    EXAMPLES,
    asked,
    browser,
    for_this_database,
    gets,
    payload,
    person,
    posts,
    sampled,
    state_of_all,
    url_of,
)
from .test_access_matrix import ADDRESSES, undone
from .test_hostile_posts import VALUES
from .urls import FOR_ALL, OPENED_FILES
from .world import PASSWORD, Zone, make_member

# Every name that a page reads from its address, also those that others may come to read.
PARAMETERS = [
    "page",
    "sort",
    "q",
    "organization",
    "period",
    "months",
    "state",
    "category",
    "sex",
    "age",
    "presence",
    "post",
    "denominator",
    "on",
    "joined_from",
    "joined_to",
    "full_from",
    "full_to",
    "kind",
    "organization_class",
    "term",
    "abolished",
    "at",
    "parent",
    "year",
    "second",
    "all",
    "queue",
    "role",
    "person",
    "user",
    "verb",
    "before",
    "since",
    "until",
    "from",
    "to",
    "next",
    "format",
    "cursor",
    "id",
]
IN_ADDRESS = {
    **{kind: value for kind, value in VALUES.items() if isinstance(value, str) and kind != "long"},
    "evil sort": "-password__startswith",
    "traversal": "../../etc/passwd",
    "quote": "1' OR '1'='1",
    "lookup": "organization__parent__name",
    "markup": '"><script>alert(1)</script>',
}
ALWAYS = ("NUL", "surrogate", "huge", "markup")
SQLITE_MISREADS = ("NUL", "surrogate", "huge", "beyond 64 bits", "last date", "markup")


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


@pytest.mark.parametrize("name", [one.name for one in gets() if not one.name.startswith("api")])
def test_rubbish_in_the_address_is_never_an_error_of_ours(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        url = url_of(zone, name)
        client = browser(zone, name, "GET")
        wrong = []
        values = for_this_database(IN_ADDRESS, SQLITE_MISREADS)
        for kind, value in sampled(values, name, always=ALWAYS).items():
            with undone():
                answer = client.get(url, dict.fromkeys(PARAMETERS, value))
                if answer.status_code >= 500:
                    wrong.append(("all", kind, answer.status_code))
                if kind == "markup" and not answer.streaming:
                    assert b"<script>alert(1)" not in answer.content
        assert not wrong


@pytest.mark.parametrize("name", [one.name for one in gets() if not one.name.startswith("api")])
def test_ids_of_a_neighbour_in_the_address_show_nothing_of_him(
    zone: Zone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(NOW):
        url = url_of(zone, name)
        who = person(name, "GET")
        if who in ("zone", "sysadmin", "secadmin", "auditor"):
            pytest.skip("acts for the whole zone")
        make_member(zone.neighbour_branch, name="外人甲")
        client = zone.client(who)
        told = ("organization", "at", "parent", "user", "person", "q")
        with asked(monkeypatch) as names, undone():
            client.get(url)
            client.get(url, dict.fromkeys(told, str(zone.branch.pk)))
        words: tuple[str, ...] = ("桃园社区", "金山桥", "外人甲")
        if name == "concerns:filing-create":  # residents choose among the streets of the zone
            words = words[-1:]
        for parameter in [one for one in told if one in names]:
            for pk in (zone.neighbour_branch.pk, zone.neighbour_street.pk):
                value = "桃园" if parameter == "q" else str(pk)
                with undone():
                    answer = client.get(url, {parameter: value})
                    assert answer.status_code in (200, 302, 400, 404)
                    if answer.streaming:
                        continue
                    page = answer.content.decode(errors="replace")
                    # What was typed stands in the search box again.
                    page = page.replace('value="桃园"', "").replace("“桃园”", "")
                    for word in words:
                        assert word not in page, (parameter, word)


def test_raw_bytes_in_the_address_are_refused_calmly(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    client.raise_request_exception = False
    for query in ("q=%00", "q=%ED%A0%80", "q=%FF", "%00=1", "page=%C0%80", "&&==&"):
        assert client.get(f"/members/?{query}").status_code in (200, 400), query
    for path in ("/%00", "/members/%FF/", "/members/%ED%A0%80/", "/" + "a" * 10_000):
        assert client.get(path).status_code in (301, 400, 404), path


# --- methods, tokens, hosts, bodies ---------------------------------------------------------------


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "PATCH", "FOO"])
def test_odd_methods_are_refused(zone: Zone, method: str) -> None:
    client = zone.client("huzhuang1")
    for url in ("/", "/members/", f"/organizations/{zone.branch.pk}/", "/login/"):
        assert client.generic(method, url).status_code in (403, 405), url


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name in posts() if name in EXAMPLES])
def test_post_without_the_token_is_refused_and_changes_nothing(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = Client(enforce_csrf_checks=True)
        if name != "orgs:login":
            client.force_login(zone.users[person(name)], backend="orgs.backends.NameOrPhoneBackend")
        before = state_of_all(without=("Session",))
        for token in (None, "x" * 64, ""):
            sent = {**fields, **({"csrfmiddlewaretoken": token} if token is not None else {})}
            answer = client.post(url, sent)
            assert answer.status_code == 403
            assert "页面已过期" in answer.content.decode()
        assert state_of_all(without=("Session",)) == before


def test_post_from_a_foreign_page_is_refused(zone: Zone) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/login/")
    token = page.context["csrf_token"]
    sent = {"username": "huzhuang1", "password": PASSWORD, "csrfmiddlewaretoken": str(token)}
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        assert client.post("/login/", sent, headers={"Origin": origin}).status_code == 403
    assert client.post("/login/", sent, headers={"Origin": "http://testserver"}).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https:evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        " //evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "evil.example",
        "core:home",
        "/" + "a" * 5_000,
        "/a\r\nSet-Cookie: b=c",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(zone: Zone, target: str) -> None:
    for given in ("form", "address"):
        client = Client()
        fields = {"username": "huzhuang1", "password": PASSWORD}
        if given == "form":
            answer = client.post("/login/", {**fields, "next": target})
        else:
            answer = client.post(f"/login/?{urlencode({'next': target})}", fields)
        assert answer.status_code == 302
        assert re.match(r"/(?![/\\])", answer["Location"]), answer["Location"]
        assert "Set-Cookie: b" not in str(answer.headers)


def test_referer_of_another_site_is_no_way_back(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    for referer in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\x00"):
        page = client.get("/members/999999999/", headers={"Referer": referer})
        assert b"evil.example" not in page.content
        assert b"javascript:" not in page.content


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver@evil.example", "testserver:80:80", "a b", "", "\u4e2d"]
)
def test_foreign_host_is_refused(zone: Zone, host: str) -> None:
    for url in ("/login/", "/", "/members/"):
        answer = zone.client("huzhuang1").get(url, headers={"Host": host})
        assert answer.status_code == 400
        assert b"evil.example" not in answer.content
    forwarded = Client().get("/login/", headers={"X-Forwarded-Host": "evil.example"})
    assert b"evil.example" not in forwarded.content


BODIES: list[tuple[str, bytes]] = [
    ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(3_000))),
    ("application/x-www-form-urlencoded", b"%00=%FF&name=%ED%A0%80"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    ("multipart/form-data; boundary=" + "b" * 500, b"x"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a'),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="\x00\xff/../a.pdf"\r\n\r\n'
        b"x\r\n--b--\r\n",
    ),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--\r\n",
    ),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a": 1, "a": NaN}'),
    ("\x00", b"x"),
    ("", b""),
]


@pytest.mark.parametrize("number", range(len(BODIES)))
@pytest.mark.parametrize(
    "name",
    [
        "orgs:login",
        "members:member-create",
        "schedules:report-save",
        "schedules:attachment-add",
        "members:member-import",
        "schedules:definition-edit",
    ],
)
def test_broken_bodies_get_a_clear_answer(zone: Zone, name: str, number: int) -> None:
    kind, body = BODIES[number]
    with clock.at(NOW):
        url = url_of(zone, name)
        answer = browser(zone, name).post(url, body, content_type=kind)
        assert answer.status_code < 500


# --- headers --------------------------------------------------------------------------------------

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
GOLDEN = {
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PermissionsPolicyMiddleware.POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.once
@pytest.mark.parametrize("name", [one.name for one in gets() if not one.name.startswith("api")])
def test_headers_of_every_page_are_these(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        answer = browser(zone, name, "GET").get(url_of(zone, name))
    found = {key: answer.headers.get(key) for key in GOLDEN}
    kept = {"Cache-Control": "public, max-age=0, must-revalidate"} if name in FOR_ALL else {}
    assert found == GOLDEN | kept
    if name.endswith(OPENED_FILES):
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    else:
        given = {one.strip() for one in answer["Content-Security-Policy"].split(";")}
        assert given == {one.strip() for one in CSP.split(";")}
    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-Id"])
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


@pytest.mark.parametrize("url", ["/no/such/page/", "/members/", "/members/x/"])
def test_headers_of_refusals_are_the_same(db: None, url: str) -> None:
    answer = Client().get(url)
    assert {key: answer.headers.get(key) for key in GOLDEN} == GOLDEN


def test_cookies_are_closed_to_scripts_and_other_sites(zone: Zone) -> None:
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "huzhuang1", "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


# --- nothing personal in addresses and logs ---------------------------------------------------------

NUMBER = "110101199003074557"
PHONE = "13987654321"
ADDRESS = "某某路八十八号三单元"


class Lines(logging.Handler):
    """Keeps what a JSON log would hold."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_a_day_of_work_leaves_no_numbers_in_logs_and_addresses(zone: Zone) -> None:
    root, lines = logging.getLogger(), Lines()
    names = ("portal.requests", "django", "django.request", "portal")
    levels = {name: logging.getLogger(name).level for name in names}
    root.addHandler(lines)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    seen: list[str] = []
    try:
        with clock.at(NOW):
            open_month()
            client = zone.client("huzhuang1")
            client.raise_request_exception = False
            fields = {
                **payload(zone, "members:member-create"),
                "identity_number": NUMBER,
                "phone": PHONE,
                "address": ADDRESS,
            }
            for url, sent in (
                ("/members/new/", fields),
                ("/members/new/", fields),  # a second time: refused
                ("/members/find/", {"number": NUMBER}),
                ("/members/find/", {"number": PHONE}),
                ("/login/", {"username": PHONE, "password": NUMBER}),
            ):
                answer = client.post(url, sent)
                seen += [answer.get("Location", ""), answer.get("X-Request-Id", "")]
                if not answer.streaming:
                    seen += re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
            from members.models import Member

            member = Member.objects.get(name="李四")
            client.post(f"/members/{member.pk}/reveal/", {"item": "phone", "reason": "电话通知"})
            client.get(f"/members/{member.pk}/")
            client.get("/members/", {"q": PHONE})
            client.get(f"/no/such/{NUMBER}/")
            logging.getLogger("portal.test").error("kept %s and %s", NUMBER, PHONE)
    finally:
        root.removeHandler(lines)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    text = "\n".join(lines.lines)
    assert "members:member-create" in text  # the log is really there
    for marker in (NUMBER, PHONE, ADDRESS, PASSWORD, "李四"):
        assert marker not in text, marker
        assert marker not in "\n".join(seen), marker
    for line in lines.lines:
        json.loads(line)


def test_admins_page_of_an_address_beyond_the_scope_names_nobody(zone: Zone) -> None:
    with clock.at(NOW):
        for name, address in ADDRESSES.items():
            if not address.arguments or "GET" not in (
                address.marker.methods if address.marker else ()
            ):
                continue
            if name.startswith(
                (
                    "orgs:user-",
                    "orgs:grant-",
                    "orgs:job-",
                    "action_items:alike-",  # a category and a cause, nobody's id
                    "life:meeting-create",  # a kind, nobody's id
                    "life:ledger-",  # a ledger by its key, nobody's id
                    "schedules:plan-",
                    "schedules:definition-",
                    # That there is a theme, everybody below its holder is told; whose numbers, see
                    # tests/test_theme_leaks.py.
                    *("themes:theme-detail", "themes:theme-paper"),
                    # A programme of the zone is told to all below it, its applications are not.
                    *("sites:programme-", "sites:site-apply"),
                    "weak_cases:criterion-",  # rules of the whole zone
                    "concerns:body-",  # bodies of other matters, told to everybody
                    *FOR_ALL,
                    "brands:copy-create",  # a named brand is told to the whole zone, to be copied
                    "api",
                )
            ):
                continue
            with undone():
                prepare(name)
                url = reverse(name, kwargs=arguments(name, foreign(zone)))
                page = zone.client("huzhuang1").get(url)
                assert page.status_code == 404, name
                assert "桃园" not in html.unescape(page.content.decode())
