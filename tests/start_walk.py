"""Run by tests/test_starting.py in production mode on an empty database: from three one-time secrets
to the home page of a branch secretary, and to the first half-year that is assessed
(tests/start_assessing.py), by the pages alone. Prints what was seen, as JSON."""

import html
import io
import json
import re
import sys
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from core import effects
from core.identity import check_digit
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization, User
from orgs.queries.rosters import phone_of

from .start_assessing import assess
from .start_browser import NEW, SECRET, Browser, Office
from .test_sheets_import import DATA

ROOT = "中共徐州经济技术开发区工作委员会"


def step_words(page: str) -> dict[str, str]:
    """Step -> its state, from the home page."""
    rows = re.findall(
        r'<th scope="row">\d+\. ([^<]+)</th>.*?<span class="pill[^>]*>([^<]+)<', page, re.DOTALL
    )
    return dict(rows)


def next_of(page: str) -> str:
    return next((label for label, word in step_words(page).items() if word == "下一步"), "")


def bring_in(browser: Browser, url: str, act: str, name: str, content: bytes) -> None:
    """Upload, look, confirm; the work behind is done at once."""
    answer = browser.client.post(url, {"file": SimpleUploadedFile(name, content)}, secure=True)
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    batch = answer.headers["Location"]
    effects.run_due()
    page = browser.get(batch)
    assert "确认" in page, page
    browser.client.post(f"{batch}{act}/", secure=True)
    effects.run_due()
    browser.get(batch)


def members_sheet(branch: Organization, name: str) -> bytes:
    """A register of one: the secretary, by his identity number."""
    first = "32039919740315003"
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(
        ["序号", "姓名", "公民身份号码", "人员类别", "入党时间", "转正时间", "所在党支部"]
    )
    number = first + check_digit(first)
    book.active.append(["1", name, number, "正式党员", "2001-10-18", "2002-10-18", branch.name])
    book.save(content)
    return content.getvalue()


def main() -> None:
    secrets = dict(line.split("\t")[:2] for line in sys.stdin.read().splitlines() if "\t" in line)
    seen: dict[str, Any] = {"next": []}
    system, security = Browser(), Browser()
    seen["next"].append(next_of(system.enter("sysadmin", secrets["sysadmin"])))
    security.enter("secadmin", secrets["secadmin"])
    Browser().enter("auditor", secrets["auditor"])

    # The first organisation, the first account, its grant, its slip.
    seen["next"].append(
        next_of(system.post("/administration/start/root/", name=ROOT, on="2021-06-08"))
    )
    made = system.post(
        "/administration/accounts/new/", username="zhao", name="赵开", phone="10012341234"
    )
    seen["opener sees a secret"] = "data-secret" in made
    seen["next"].append(next_of(system.get("/")))
    root, zhao = Organization.objects.get(), User.objects.get(username="zhao")
    security.post(
        "/administration/grants/new/?person=zhao&role=zone_staff&organization=",
        user=zhao.pk, organization=root.pk, role="zone_staff", valid_from="2026-11-01",
    )  # fmt: skip
    seen["next"].append(next_of(security.get("/")))
    slip = SECRET.search(security.confirm(f"/administration/slips/{root.pk}/"))
    assert slip
    zone = Browser()
    home = zone.enter(slip[2], slip[3], "1234")
    seen["next"].append(next_of(home))

    # The zone brings in the rest.
    bring_in(
        zone,
        "/organizations/import/",
        "confirm",
        "党组织花名册.xlsx",
        (DATA / "organizations.xlsx").read_bytes(),
    )
    held = OfficeHolding.objects.filter(
        post=Post.SECRETARY, organization__kind=OrganizationKind.BRANCH
    )
    office = held.select_related("organization").order_by("pk")[0]
    branch = office.organization
    seen["phone"] = bool(phone_of(branch))
    bring_in(
        zone,
        "/members/imports/new/",
        "apply",
        "党员花名册.xlsx",
        members_sheet(branch, office.person_name),
    )
    seen["next"].append(next_of(zone.get("/")))

    # Accounts, grants, slips; each a second time does nothing.
    page = system.get("/administration/accounts/opening/")
    seen["identity on preview"] = "32039919740315003" in page
    said = system.confirm("/administration/accounts/opening/")
    seen["opened"] = re.findall(r"已开 (\d+) 个账号", said)
    seen["opener sees a secret"] |= "data-secret" in said
    seen["left to open"] = "没有要开的账号" in system.get("/administration/accounts/opening/")
    said = security.confirm("/administration/grants/offices/")
    seen["granted"] = re.findall(r"已授权 (\d+) 项", said)
    seen["left to grant"] = "没有要授权的任职" in security.get("/administration/grants/offices/")
    committee = Organization.objects.get(path=branch.path[: len(root.path) * 2])
    sheet = security.confirm(f"/administration/slips/{committee.pk}/")
    slips = {name: (login, secret) for name, login, secret in SECRET.findall(sheet)}
    seen["slips"] = len(slips)
    seen["printed again"] = "没有再印" in security.post(
        f"/administration/slips/{committee.pk}/", status=409, seen="old"
    )
    login, secret = slips[office.person_name]
    seen["secret shown twice"] = secret in security.get(f"/administration/slips/{committee.pk}/")
    # He is asked the end of his identity number; the wrong one first.
    secretary = Browser()
    assert "核对本人" in secretary.post("/login/", username=login, password=secret)
    wrong = secretary.post("/account/first-use/", status=422, answer="0000")
    seen["wrong"] = "还可以再试 4 次" in wrong
    seen["elsewhere"] = "核对本人" in secretary.get("/members/")
    first = "32039919740315003"
    page = secretary.post("/account/first-use/", answer=(first + check_digit(first))[-4:])
    assert "设置自己的密码" in page
    home = secretary.post("/account/password/", new=NEW.format(1), again=NEW.format(1))
    seen["home"] = branch.short_name in home and "我的工作" in home
    seen["ladder"] = OfficeHolding.objects.current().filter(user__isnull=False).count()
    seen["next"].append(next_of(system.get("/")))

    # A second person, who publishes what the first draws up.
    office = Office(system, security, root)
    people = {"qian": ("钱审", "10012345678")}
    publisher = office.engage("committee", "2026-11-01", people)["qian"]
    seen["assessed"] = assess(office, zone, publisher)
    print(json.dumps(seen, ensure_ascii=False))  # noqa: T201
