"""From an empty production installation to a branch secretary at his home page; what the steps of
starting say; accounts, grants and slips in bulk."""

import html
import io
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, effects, start_steps
from core.actor import system
from core.models import AuditEntry, StartMark
from core.start_steps import Progress
from orgs.actions import starting
from orgs.models import OfficeHolding, Organization, User
from orgs.queries.rosters import sealed_phone
from orgs.queries.starting import last_mail

from . import servers, templates
from .start_reviewing import ORGAN, SCHOOL
from .world import Zone, make_member, make_user


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What tests/start_walk.py found."""
    environment = servers.production_environment(tmp_path_factory.mktemp("start"))
    templates.migrate(environment)
    servers.manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    before = json.loads(servers.manage(environment, "start_steps", "--json"))
    secrets = servers.manage(environment, "create_administrators")
    code = "from tests.start_walk import main; main()"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=servers.ROOT, env=environment, input=secrets, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:].replace("\n", " ")
    seen = json.loads(done.stdout.splitlines()[-1])
    return {
        **seen,
        "before": before,
        "after": json.loads(servers.manage(environment, "start_steps", "--json")),
    }


def test_each_step_names_the_next(walked: Any) -> None:
    first = next(step for step in walked["before"]["steps"] if step["next"])
    assert first["key"] == "root"
    assert walked["next"] == [
        "登记党工委",
        "建立党工委工作人员的账号",
        "授权党工委工作人员",
        "印党工委的密码条",
        "导入党组织",
        "按任职批量开户",
        "分党委印密码条",
    ]


def test_the_office_starts_in_production(walked: Any) -> None:
    opened, granted = int(walked["opened"][0]), int(walked["granted"][0])
    assert opened > 500
    assert granted >= opened
    assert walked["ladder"] >= opened
    assert walked["left to open"]
    assert walked["left to grant"]
    assert walked["slips"] > 10
    assert walked["home"]


def test_no_secret_goes_to_who_opens_or_is_shown_twice(walked: Any) -> None:
    assert not walked["opener sees a secret"]
    assert not walked["secret shown twice"]
    assert walked["printed again"]
    assert not walked["identity on preview"]
    assert walked["wrong"]
    assert walked["elsewhere"]


def test_the_first_half_year_is_assessed_by_the_sheet_of_the_office(walked: Any) -> None:
    seen = walked["assessed"]
    assert seen["wrong"] == [], "one number of the plan stands for all indicators"
    assert seen["version"] == "published"
    assert seen["unmeasured"], "the classes for which no scheme was drawn up"
    assert seen["sent"] == [True, True]
    assert not seen["a ballot is asked"], "others vote on that"
    for said in (
        *("how people come in", "nobody left", "conflicts refused", "arranged", "begun"),
        *("example first", "sent again", "counts differ", "settled"),
    ):
        assert seen[said], said
    # Five items of each by two; of one what it questions and its award by one, of the other what the
    # lot drew by two; then a third for one.
    assert seen["marked"] == [12, 12, 1]
    assert not seen["one of two counted"], "nothing is told before both have"


def test_the_first_half_year_is_decided_told_and_put_right(walked: Any) -> None:
    seen = walked["assessed"]
    # 100 − 4 (the median of 20, 10 and 16 of 20) − 2 − 1.75 (93 % of 25) + 1; and
    # 100 − 2 − 5 − 10 (all of it) − 2.5 (90 % of 25).
    assert seen["first"] == {ORGAN: "93.25 好", SCHOOL: "80.50 较好"}
    assert seen["feedback"] == [200] * 4
    assert seen["unpublished"]
    assert seen["published"]
    assert seen["who marked checks nothing"]
    assert seen["corrected"]
    assert seen["after the objection"] == {ORGAN: "93.25 好", SCHOOL: "85.50 较好"}
    assert seen["lists"] == ["2"]
    assert len(seen["lines"]) == 3
    assert seen["line closed"]


def test_the_year_comes_to_what_the_rule_says(walked: Any) -> None:
    seen = walked["assessed"]
    assert seen["reports"] == [True, True]
    assert seen["second"] == {ORGAN: "90.25 好", SCHOOL: "82.50 较好"}
    weight, half = Decimal("0.40"), Decimal("0.5")
    given_back = 4 * half  # of the line that was put right by its date
    organ = Decimal("93.25") * weight + given_back * weight + Decimal("90.25") * (1 - weight)
    school = Decimal("85.50") * weight + Decimal("82.50") * (1 - weight)
    assert seen["year"][ORGAN] == ["37.30", "0.80", "54.15", f"{organ:.2f}"]
    assert seen["year"][SCHOOL] == ["32.20", "2.00", "49.50", f"{school:.2f}"]
    assert "6 in 3 computation(s)" in seen["verified"], "with the one before the correction"


def test_what_is_left_is_said(walked: Any) -> None:
    steps = {step["key"]: step for step in walked["after"]["steps"]}
    for key in ("root", "organizations", "offices", "members", "accounts", "grants"):
        assert steps[key]["done"], key
    assert not steps["slips"]["done"]
    assert not walked["after"]["complete"]
    assert steps["mail"]["optional"]


# --- steps --------------------------------------------------------------------------------------


def pages(zone: Zone, username: str) -> str:
    return html.unescape(zone.client(username).get("/").content.decode())


def test_steps_stand_on_the_homes_of_those_who_can_do_them(zone: Zone) -> None:
    make_member(zone.branch, name="无关人")
    for name in ("zone", "sysadmin", "secadmin"):
        page = pages(zone, name)
        assert "启用步骤" in page, name
        assert "下一步" in page, name
        assert "无关人" not in page
    for name in ("huzhuang1", "dahuangshan", "committee", "auditor"):
        assert "启用步骤" not in pages(zone, name), name
    # The way is shown only to whose it is.
    assert reverse("orgs:user-open") in pages(zone, "sysadmin")
    assert reverse("orgs:user-open") not in pages(zone, "zone")
    assert reverse("schedules:calendar") in pages(zone, "zone")


def test_steps_cost_the_same_with_more_rows(zone: Zone) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            start_steps.standings()
        return len(queries)

    OfficeHolding.objects.create(
        organization=zone.branch, post="secretary", person_name="甲", user=make_user("a", name="甲")
    )
    make_user("w1", "branch_officer", zone.branch, proof_due=True)
    one = counted()
    for number, place in enumerate((zone.branch2, zone.neighbour_branch, zone.general)):
        OfficeHolding.objects.create(
            organization=place,
            post="secretary",
            person_name="乙",
            user=make_user(f"b{number}", name="乙"),
        )
        make_user(f"w2{number}", "branch_officer", zone.branch, proof_due=True)
    assert counted() == one


def test_steps_disappear_for_good_when_all_are_done(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not starting.note_complete(by=system())
    done = [replace(step, look=lambda: Progress(True, "好")) for step in start_steps.registered()]
    monkeypatch.setattr(start_steps, "_steps", done)
    assert starting.note_complete(by=system())
    assert starting.note_complete(by=system())
    assert AuditEntry.objects.filter(verb="orgs.start.complete").count() == 1
    monkeypatch.undo()
    assert "启用步骤" not in pages(zone, "sysadmin")


def test_readyz_says_what_is_missing_beside(zone: Zone, client: Client) -> None:
    report = client.get("/readyz").json()["start"]
    assert report["complete"] is False
    assert "accounts" in report["missing"]
    assert "root" not in report["missing"]
    assert not any("启" in str(words) for words in report.values())


def test_command_names_the_steps(zone: Zone) -> None:
    out = io.StringIO()
    call_command("start_steps", stdout=out)
    assert "登记党工委" in out.getvalue()


def test_root_is_entered_once_and_only_by_the_system_administrator(zone: Zone) -> None:
    url = reverse("orgs:start-root")
    fields = {"name": "中共另一个工作委员会", "on": "2021-06-08"}
    answer = zone.client("sysadmin").post(url, fields)
    assert answer.status_code == 409
    assert Organization.objects.filter(parent=None).count() == 1
    assert zone.client("secadmin").post(url, fields).status_code == 404


# --- mail ---------------------------------------------------------------------------------------


def test_mail_is_sent_and_the_answer_is_said(zone: Zone, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.cn"  # the suite's outbox stands for it
    client, url = zone.client("sysadmin"), reverse("orgs:mail-test")
    page = client.post(url, {"address": "somebody@example.cn"}, follow=True).content.decode()
    assert "正在发送" in page
    assert client.post(url, {"address": "somebody@example.cn"}).status_code == 409
    effects.run_due()
    assert [one.to for one in mail.outbox] == [["somebody@example.cn"]]
    page = client.get(url).content.decode()
    assert "已发出" in page
    assert "so***@example.cn" in page
    assert last_mail().is_good


def test_mail_that_cannot_be_sent_says_why(zone: Zone, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers.free_port()
    with pytest.raises(CommandError, match="连不上邮件服务器"):
        call_command("mail_test", "--to", "a@example.cn")
    page = zone.client("sysadmin").get(reverse("orgs:mail-test")).content.decode()
    assert "没有发出" in page
    assert "连不上邮件服务器" in page


def test_mail_without_a_server_is_optional(zone: Zone) -> None:
    step = next(one for one in start_steps.standings() if one.step.key == "mail")
    assert step.progress.is_optional
    assert not step.progress.is_done


# --- commands -----------------------------------------------------------------------------------


def test_commands_open_grant_and_print_once(zone: Zone) -> None:
    def said(*command: str, **options: Any) -> str:
        out = io.StringIO()
        call_command(*command, stdout=out, **options)
        return out.getvalue()

    zone.branch.contact_name = "蔡航国"
    zone.branch.contact_phone_sealed = sealed_phone(zone.branch, "10000001234")
    zone.branch.save()
    OfficeHolding.objects.create(organization=zone.branch, post="secretary", person_name="蔡航国")
    assert "caihangguo\tnew" in said("open_accounts", "--dry-run")
    assert "opened: 1" in said("open_accounts")
    assert "opened: 0" in said("open_accounts")
    assert "branch_secretary" in said("give_grants", "--dry-run")
    assert "given: 1" in said("give_grants")
    assert "given: 0" in said("give_grants")
    assert "due 1" in said("print_slips")
    assert "caihangguo\t" in said("print_slips", zone.street.code)
    with pytest.raises(CommandError):
        call_command("print_slips", zone.street.code)
    with pytest.raises(CommandError):
        call_command("print_slips", "Z999999")


def test_later_the_administrators_are_told_of_a_new_secretary(zone: Zone) -> None:
    StartMark.objects.create(key=start_steps.COMPLETE, at=clock.now(), by_name="系统")
    assert "没有要办的事" in pages(zone, "sysadmin")
    OfficeHolding.objects.create(organization=zone.branch, post="secretary", person_name="蔡航国")
    assert "1 项任职还没有账号" in pages(zone, "sysadmin")
    assert "蔡航国" not in pages(zone, "sysadmin")
    call_command("open_accounts")
    assert "1 项任职还没有授权" in pages(zone, "secadmin")
    assert "没有账号" not in pages(zone, "zone")
    call_command("give_grants")
    User.objects.filter(name="蔡航国").update(phone_sealed="x")
    assert "1 张密码条没有印" in pages(zone, "secadmin")
