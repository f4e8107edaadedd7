"""Nothing typed is lost: an ended session, another role, a refused field, a page of before."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, kept
from core.guards import page_of
from orgs.models import RoleGrant
from schedules.rounds.models import Report

from .access_objects import NOW
from .world import PASSWORD, Zone, grant

TEXT = "活动室屋顶渗水，影响党课使用。\n第二行 <b>。"


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    return zone_in_june


@pytest.fixture(autouse=True)
def in_june() -> Any:
    with clock.at(NOW):
        yield


def report_of(zone: Zone) -> Report:
    return Report.objects.get(duty__organization=zone.branch, duty__period="2026-06")


def draft(zone: Zone, text: str = TEXT) -> dict[str, str]:
    return {"version": str(report_of(zone).revision), "text-problems": text}


def hidden(page: Any) -> dict[str, str]:
    """The hidden fields of the last form on a page."""
    form = page.content.decode().rpartition("<form")[2]
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    }


def stored(zone: Zone) -> str:
    return str(report_of(zone).items.get(key="problems").value.get("text", ""))


# --- an ended session -----------------------------------------------------------------------------


def test_what_was_sent_after_the_session_ended_is_done_after_signing_in(zone: Zone) -> None:
    report = report_of(zone)
    save = reverse("schedules:report-save", args=[report.pk])
    mark = f"g{RoleGrant.objects.get(user=zone.users['huzhuang1']).pk}"
    client = Client()
    asked = client.post(save, {**draft(zone), "acting": mark})
    assert asked.status_code == 401
    page = asked.content.decode()
    assert "登录已过期" in page
    assert "活动室屋顶渗水" in page
    assert "<b>" not in page.split("kept-texts")[1]

    wrong = client.post(
        "/login/", {"username": "huzhuang1", "password": "x", "kept": hidden(asked)["kept"]}
    )
    assert wrong.status_code == 403
    assert "活动室屋顶渗水" in wrong.content.decode()
    signed = client.post(
        "/login/", {"username": "huzhuang1", "password": PASSWORD, "kept": hidden(wrong)["kept"]}
    )
    page = signed.content.decode()
    assert signed.status_code == 200
    assert "data-submit-now" in page
    assert f'action="{save}"' in page
    assert PASSWORD not in page
    done = client.post(save, hidden(signed))
    assert done.headers["Location"] == report.get_absolute_url()
    assert stored(zone) == TEXT.strip()


def test_another_person_who_signs_in_is_asked(zone: Zone) -> None:
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    mark = f"g{RoleGrant.objects.get(user=zone.users['huzhuang1']).pk}"
    client = Client()
    asked = client.post(save, {**draft(zone), "acting": mark})
    signed = client.post(
        "/login/", {"username": "taoyuan1", "password": PASSWORD, "kept": hidden(asked)["kept"]}
    )
    assert "data-submit-now" not in signed.content.decode()
    refused = client.post(save, hidden(signed))
    assert refused.status_code == 409
    assert "另一位同志" in refused.content.decode()
    assert "活动室屋顶渗水" in refused.content.decode()
    assert stored(zone) == ""


def test_passwords_are_never_kept(zone: Zone) -> None:
    given = {"current": "Old-secret-2026", "new": "New-secret-2026", "again": "New-secret-2026"}
    page = Client().post(reverse("orgs:password-change"), given).content.decode()
    assert "secret-2026" not in page


def test_scripts_and_programs_are_told_in_their_own_way(zone: Zone) -> None:
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    quiet = Client().post(save, draft(zone), headers={"X-Requested-With": "fetch"})
    assert quiet.status_code == 401
    assert quiet.content.decode() == "登录已过期"
    fragment = Client().post(save, draft(zone), headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert len(fragment.content) < 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[1,2,3]",
        '["/nowhere/", [], 0]',
        '["https://evil.example/reports/1/save/", [], 0]',
        '["//evil.example/", [], 0]',
        '["/members/", [["a", "b"]], 0]',  # takes no post
        '["/account/", [["a", "\\ud800"]], 0]',
        '["/account/", [["a", "\\u0000"]], 0]',
        '["/account/", [["a"]], 0]',
        '["/account/", [], 1e999]',
        "[" * 5_000,
    ],
)
def test_only_what_the_portal_kept_is_sent_on(text: str) -> None:
    assert kept.unpack(text) is None


def test_what_was_kept_comes_back_as_it_was() -> None:
    one = kept.Kept("/account/?x=1", (("email", "a@b.cn"), ("email", "\n\"'<")), 2)
    assert kept.unpack(one.packed) == one


def test_next_is_never_an_address_of_an_act(zone: Zone) -> None:
    report = report_of(zone)
    check = reverse("schedules:report-check", args=[report.pk])
    led = Client().get(check)
    assert led.headers["Location"] == f"/login/?next={report.get_absolute_url()}"
    signed = Client().post("/login/", {"username": "huzhuang", "password": PASSWORD, "next": check})
    assert signed.headers["Location"] == report.get_absolute_url()
    assert page_of(f"{report.get_absolute_url()}?queue=1") == f"{report.get_absolute_url()}?queue=1"


def test_a_new_password_that_is_due_keeps_what_was_typed(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    user = zone.users["huzhuang1"]
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    page = client.post(save, draft(zone))
    assert page.status_code == 409
    text = page.content.decode()
    assert "活动室屋顶渗水" in text
    assert reverse("orgs:password-change") in text
    assert stored(zone) == ""


# --- another role -----------------------------------------------------------------------------------


@pytest.fixture
def two_roles(zone: Zone) -> tuple[Client, str, str]:
    """huzhuang1 in two roles, acting in the second; the marks of both."""
    user = zone.users["huzhuang1"]
    first = RoleGrant.objects.get(user=user)
    second = grant(user, "reviewer", zone.root)
    client = zone.client("huzhuang1")
    client.post(reverse("orgs:grant-switch"), {"grant": second.pk})
    return client, f"g{first.pk}", f"g{second.pk}"


def test_a_form_is_done_in_the_role_that_it_was_opened_in(
    zone: Zone, two_roles: tuple[Client, str, str]
) -> None:
    client, first, second = two_roles
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    assert client.post(save, {**draft(zone), "acting": second}).status_code == 404
    quiet = client.post(
        save, {**draft(zone), "acting": first}, headers={"X-Requested-With": "fetch"}
    )
    assert quiet.status_code == 200
    assert stored(zone) == TEXT.strip()
    assert f'name="acting" value="{second}"' in client.get("/account/").content.decode()
    done = client.post(save, {**draft(zone, "另一句话。"), "acting": first}, follow=True)
    assert done.status_code == 200
    assert stored(zone) == "另一句话。"
    # The page that follows is one of that role.
    assert f'name="acting" value="{first}"' in done.content.decode()


def test_every_form_says_its_role(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    mark = f"g{RoleGrant.objects.get(user=zone.users['huzhuang1']).pk}"
    for url in ("/account/", report_of(zone).get_absolute_url(), "/members/new/"):
        for form in re.findall(
            r"<form[^>]*method=\"post\".*?</form>", client.get(url).content.decode(), re.S
        ):
            assert f'name="acting" value="{mark}"' in form, (url, form[:200])


def test_a_role_that_is_over_gives_the_text_back_with_the_role(
    zone: Zone, two_roles: tuple[Client, str, str]
) -> None:
    client, first, _ = two_roles
    RoleGrant.objects.filter(pk=first[1:]).update(valid_to=clock.today())
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    page = client.post(save, {**draft(zone), "acting": first})
    text = page.content.decode()
    assert page.status_code == 409
    assert "活动室屋顶渗水" in text
    assert str(zone.branch) in text
    assert "不再担任" in text
    quiet = client.post(
        save, {**draft(zone), "acting": first}, headers={"X-Requested-With": "fetch"}
    )
    assert quiet.status_code == 422
    assert "不再担任" in quiet.json()["message"]


@pytest.mark.parametrize("mark", ["g", "g0", "gx", "g" + "9" * 40, "u1", "x", "g١", "\x00"])
def test_odd_roles_give_the_text_back(zone: Zone, mark: str) -> None:
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    page = zone.client("huzhuang1").post(save, {**draft(zone), "acting": mark})
    assert page.status_code == 409
    assert "活动室屋顶渗水" in page.content.decode()


def test_signing_out_and_choosing_a_role_need_none(
    zone: Zone, two_roles: tuple[Client, str, str]
) -> None:
    client, first, second = two_roles
    switch = reverse("orgs:grant-switch")
    assert client.post(switch, {"grant": first[1:], "acting": second}).status_code == 302
    assert f'value="{first}"' in client.get("/account/").content.decode()
    assert client.post(reverse("orgs:logout"), {"acting": "g0"}).status_code == 302


# --- refusals ---------------------------------------------------------------------------------------


def test_what_is_not_there_gives_the_text_back_to_our_own_pages_only(zone: Zone) -> None:
    gone = reverse("schedules:report-save", args=[987654])
    client = zone.client("huzhuang1")
    own = client.post(gone, draft(zone), headers={"Origin": "http://testserver"})
    assert own.status_code == 404
    assert "活动室屋顶渗水" in own.content.decode()
    foreign = client.post(gone, draft(zone), headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 404
    assert "活动室屋顶渗水" not in foreign.content.decode()


def test_a_token_of_before_keeps_the_text_of_our_own_pages_only(zone: Zone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = zone.client("huzhuang1").cookies
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    given = {**draft(zone), "csrfmiddlewaretoken": "x" * 64}
    foreign = client.post(save, given, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "活动室屋顶渗水" not in foreign.content.decode()
    own = client.post(save, given, headers={"Origin": "http://testserver"})
    assert own.status_code == 403
    assert "活动室屋顶渗水" in own.content.decode()
    assert stored(zone) == ""
    fresh = hidden(own)
    assert client.post(save, fresh, headers={"Origin": "http://testserver"}).status_code == 302
    assert stored(zone) == TEXT.strip()
