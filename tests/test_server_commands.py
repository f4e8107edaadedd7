"""Commands for whoever keeps the server: a test mail, an unlocked account, the first plan."""

from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from core.models import AuditEntry
from schedules.rounds.models import CalendarYear, Duty, Plan, ReportDefinition

from .mail_sink import mail_sink
from .world import PASSWORD, Zone


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


# --- mail ---------------------------------------------------------------------------------------
def smtp(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 2


@pytest.mark.django_db
def test_mail_goes_out_and_the_server_is_named(settings: Any) -> None:
    with mail_sink() as sink:
        smtp(settings, sink.port)
        assert f"127.0.0.1:{sink.port} has taken the mail" in run(
            "mail_test", "--to", "office@example.cn"
        )
        assert len(sink.mails) == 1
        assert "office@example.cn" in sink.mails[0]

        for behaviour in ("refuse", "later", "silent", "cut"):
            sink.behaviour = behaviour
            with pytest.raises(CommandError, match=r"127\.0\.0\.1"):
                run("mail_test", "--to", "office@example.cn")
    with pytest.raises(CommandError, match="SMTP_HOST"):
        run("mail_test", "--to", "office@example.cn")  # nobody listens any more


@pytest.mark.django_db
def test_without_a_server_it_says_that_nobody_is_reached(settings: Any) -> None:
    assert "没有设置邮件服务器" in run("mail_test", "--to", "office@example.cn")
    assert len(mail.outbox) == 1
    with pytest.raises(CommandError, match="no mail address"):
        run("mail_test", "--to", "office")


# --- locks --------------------------------------------------------------------------------------
def test_a_locked_account_signs_in_again(zone: Zone) -> None:
    browser = Client()
    for _ in range(6):
        browser.post("/login/", {"username": "huzhuang1", "password": "wrong"})
    right = {"username": "huzhuang1", "password": PASSWORD}
    assert browser.post("/login/", right).status_code != 302
    assert AccessAttempt.objects.filter(username="huzhuang1").exists()

    assert "unlocked" in run("unlock", "Huzhuang1")
    assert browser.post("/login/", right).status_code == 302
    entry = AuditEntry.objects.get(verb="orgs.user.unlocked")
    assert entry.changes == {"locks": [1, 0]}

    assert "was not locked" in run("unlock", "huzhuang1")
    assert AuditEntry.objects.filter(verb="orgs.user.unlocked").count() == 1
    for nobody in ("nobody", "\x00", "x" * 500):
        with pytest.raises(CommandError, match="没有登录名"):
            run("unlock", nobody)


# --- the first plan -----------------------------------------------------------------------------
def test_defaults_are_installed_once(zone: Zone) -> None:
    Plan.objects.all().delete()
    assert "13 forms" in run("install_defaults")
    duties = Duty.objects.count()
    assert duties
    assert CalendarYear.objects.exists()
    ReportDefinition.objects.filter(key="branch").update(name="改过的名称")
    assert "0 duties opened" in run("install_defaults")
    assert Duty.objects.count() == duties
    assert ReportDefinition.objects.filter(name="改过的名称").count() == 1
