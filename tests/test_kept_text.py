"""Nothing typed is lost: an ended session, another role, a refused field, a page of before."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock, kept
from core.guards import page_of
from orgs.models import RoleGrant
from schedules.rounds.models import Report

from .access_objects import NOW
from .world import PASSWORD, Zone, grant, make_member

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


@pytest.mark.parametrize("mark", ["g", "g0", "gx", "g" + "9" * 40, "u1", "x", "g١", "x\x00"])
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


# --- asked before ---------------------------------------------------------------------------------


def decided(**more: Any) -> dict[str, Any]:
    return {"on": "2026-07-01", "document_number": "", "note": "统一部署", **more}


def test_a_merger_is_asked_about_with_numbers_and_can_be_reconsidered(zone: Zone) -> None:
    make_member(zone.branch)
    client = zone.client("zone")
    url = reverse("orgs:organization-merge", args=[zone.branch.pk])
    form = hidden(client.get(url))
    given = {**form, **decided(target=zone.branch2.pk)}
    asked = client.post(url, given)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert f"1 名党员的登记转入{zone.branch2}：在册 1 名" in text
    assert "不能撤回" in text
    zone.branch.refresh_from_db()
    assert zone.branch.abolished_on is None
    back = client.post(url, {**hidden(asked), "agreed": "back"})
    assert "统一部署" in back.content.decode()
    assert "返回修改" not in back.content.decode()
    # What was agreed to is no longer what would happen: asked once more.
    stale = client.post(url, {**hidden(asked), "seen": "0" * 16, "agreed": "yes"})
    assert stale.status_code == 200
    assert "返回修改" in stale.content.decode()
    done = client.post(url, {**hidden(asked), "agreed": "yes"})
    assert done.status_code == 302
    zone.branch.refresh_from_db()
    assert zone.branch.abolished_on is not None


def test_what_would_be_refused_is_refused_before_it_is_asked_about(zone: Zone) -> None:
    url = reverse("orgs:organization-abolish", args=[zone.branch.pk])
    client = zone.client("zone")
    refused = client.post(url, {**hidden(client.get(url)), **decided()})
    if zone.branch.members.on_roll().count():
        assert refused.status_code == 422
        assert "还有在册党员" in refused.content.decode()


def test_an_exclusion_is_no_leaving_to_be_written_down(zone: Zone) -> None:
    member = make_member(zone.branch)
    url = reverse("members:member-exit", args=[member.pk])
    client = zone.client("huzhuang1")
    refused = client.post(url, {"reason": "expelled", "happened_on": "2026-07-01", "note": "批复"})
    assert refused.status_code == 422
    member.refresh_from_db()
    assert member.state == "normal"
    other = make_member(zone.branch)
    url = reverse("members:member-exit", args=[other.pk])
    moved = client.post(url, {"reason": "transferred", "happened_on": "2026-07-01"})
    assert moved.status_code == 302


# --- drafts on the device ---------------------------------------------------------------------------


def test_an_act_that_is_done_lets_its_draft_go(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    save = reverse("schedules:report-save", args=[report_of(zone).pk])
    done = client.post(save, {**draft(zone), "draft": "report-1/g2/abc"})
    assert done.cookies["draft_done"].value == "report-1/g2/abc"
    stale = client.post(save, {"version": "1", "text-problems": "别的", "draft": "report-1/g2/abd"})
    assert "draft_done" not in stale.cookies
    # Saved in the background: what is written after it may wait in the same draft.
    quiet = client.post(
        save, {**draft(zone), "draft": "report-1/g2/abc"}, headers={"X-Requested-With": "fetch"}
    )
    assert quiet.status_code == 200
    assert "draft_done" not in quiet.cookies
    odd = client.post(save, {**draft(zone), "draft": "a;b\r\nSet-Cookie: x=y"})
    assert "draft_done" not in odd.cookies


def test_a_refused_page_goes_on_with_the_draft_that_it_was_posted_from(zone: Zone) -> None:
    client, member = zone.client("huzhuang"), make_member(zone.branch)
    url = reverse("members:member-exit", args=[member.pk])
    named = f"{url}/g1/abc"
    refused = client.post(url, {"note": "只写了说明", "draft": named})
    assert refused.status_code == 422
    assert f'<meta name="posted" content="{named}">' in refused.content.decode()
    odd = client.post(url, {"note": "只写了说明", "draft": "a b"}).content.decode()
    assert '<meta name="posted" content="">' in odd


def test_a_refused_upload_is_told_at_the_files(zone: Zone) -> None:
    client, report = zone.client("huzhuang1"), report_of(zone)
    add = reverse("schedules:attachment-add", args=[report.pk])
    page = client.post(add, {"file": SimpleUploadedFile("a.exe", b"MZ")}, follow=True)
    text = page.content.decode()
    assert "没有上传" not in text.split('id="item-files"')[0]
    assert "没有上传" in text.split('id="item-files"')[1]


def test_a_check_without_its_reason_keeps_what_was_chosen(zone: Zone) -> None:
    report = report_of(zone)
    Report.objects.filter(pk=report.pk).update(state="submitted", submitted_at=clock.now())
    report.items.update(state="submitted")
    report.duty.__class__.objects.filter(pk=report.duty.pk).update(
        state="submitted", submitted_at=clock.now(), sent_at=clock.now()
    )
    given = {"version": str(report.revision), "choice-problems": "return", "reason-problems": " "}
    check = reverse("schedules:report-check", args=[report.pk])
    page = zone.client("huzhuang").post(check, given).content.decode()
    chosen = re.search(r'id="return-problems" value="return"( checked)?', page)
    assert chosen is not None
    assert chosen.group(1)
    assert re.search(r'id="accept-problems" value="accept">', page)
    assert 'id="reason-problems-error"' in page
    assert 'aria-invalid="true"' in page
    assert 'name="posted"' in page
