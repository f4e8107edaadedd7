"""免报, 延期, 重新开放: by the level above, with a reason; and what they change."""

import datetime as dt

import pytest

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from schedules.rounds.actions import arrangements, phases, rollups
from schedules.rounds.enums import DutyState, Phase
from schedules.rounds.models import Duty, Rollup
from tests.parallel import run_together
from tests.test_reports import CHINA, check, open_june, report_of, send
from tests.world import Zone, build_zone

JULY_9 = dt.datetime(2026, 7, 9, 9, tzinfo=CHINA)
LATER = dt.datetime(2026, 7, 20, 9, tzinfo=CHINA)
WHY = {"reason": "支部正在合并", "approved_by": "街道党工委会议"}


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def duty_of(zone: Zone) -> Duty:
    return Duty.objects.get(organization=zone.branch, period="2026-06")


def do(zone: Zone, act: str, at: dt.datetime = JULY_9, **given: object) -> Duty:
    duty = duty_of(zone)
    with clock.at(at):
        phases.pass_moments(by=zone.actor("zone"))
        done: Duty = getattr(arrangements, act)(
            duty=duty, revision=duty.revision, by=zone.actor("dahuangshan"), **given
        )
    rollups.refresh_all()
    return done


def figures(zone: Zone) -> Rollup:
    return Rollup.objects.get(organization=zone.street, period="2026-06")


def test_waived_counts_nowhere_and_can_be_taken_back(june: Zone) -> None:
    assert figures(june).expected == 4
    do(june, "waive", **WHY)
    assert figures(june).expected == 3
    duty = duty_of(june)
    assert (duty.state, duty.waived_reason) == (DutyState.WAIVED, "免报：支部正在合并")
    with clock.at(JULY_9):
        page = june.client("huzhuang1").get(report_of(june.branch).get_absolute_url())
        text = page.content.decode()
        assert "支部正在合并（批准：街道党工委会议）" in text
        assert ">报送</button>" not in text
        with pytest.raises(DomainError, match="免报"):
            send(june)
    told = Notification.objects.filter(user=june.users["huzhuang1"], key__startswith="arranged:")
    assert [row.title for row in told] == ["2026年6月月报：已免报"]
    do(june, "resume", reason="合并推迟")
    assert figures(june).expected == 4
    assert duty_of(june).state == DutyState.OPEN
    assert send(june).state == "submitted"
    verbs = AuditEntry.objects.filter(verb__in=["schedules.duty.waive", "schedules.duty.resume"])
    assert verbs.count() == 2


def test_extension_is_for_one_organization_and_counts_as_on_time(june: Zone) -> None:
    until = dt.date(2026, 7, 20)
    do(june, "extend", until=until, reason="书记住院")
    duty = duty_of(june)
    assert (duty.due_on, duty.extended_from, duty.phase) == (
        until,
        dt.date(2026, 7, 6),
        Phase.RUNNING,
    )
    assert (figures(june).pending, figures(june).missing) == (1, 3)
    send(june, at=dt.datetime(2026, 7, 15, 9, tzinfo=CHINA))
    assert not duty_of(june).is_late
    assert Duty.objects.filter(due_on=dt.date(2026, 7, 6)).count() == 5


def test_extension_of_what_came_back_moves_its_own_day(june: Zone) -> None:
    check(june, send(june), problems="请写明牵头人")
    do(june, "extend", until=dt.date(2026, 7, 31), reason="材料在外地")
    duty = duty_of(june)
    assert duty.mend_by == dt.date(2026, 7, 31)
    assert duty.due_on == dt.date(2026, 7, 6)
    assert not duty.is_overdue(LATER)


def test_locked_is_opened_again_until_a_day_and_stays_late(june: Zone) -> None:
    Duty.objects.update(locks_at=dt.datetime(2026, 7, 14, tzinfo=CHINA))
    with pytest.raises(DomainError, match="锁定"):
        send(june, at=LATER)
    do(june, "unlock", at=LATER, until=dt.date(2026, 7, 22), reason="网络中断")
    assert (figures(june).missing, figures(june).locked) == (1, 3)
    with clock.at(LATER):
        page = june.client("huzhuang1").get(report_of(june.branch).get_absolute_url())
        assert ">报送</button>" in page.content.decode()
    send(june, at=LATER)
    assert duty_of(june).is_late


@pytest.mark.parametrize(
    ("act", "given", "message"),
    [
        ("waive", {**WHY, "reason": " "}, "原因"),
        ("waive", {**WHY, "approved_by": ""}, "批准"),
        ("extend", {"until": dt.date(2026, 7, 6), "reason": "书记住院"}, "之后"),
        ("extend", {"until": dt.date(2029, 7, 6), "reason": "书记住院"}, "一年以内"),
        ("unlock", {"until": dt.date(2026, 7, 22), "reason": "网络中断"}, "没有锁定"),
    ],
)
def test_refusals_say_what_to_do(
    june: Zone, act: str, given: dict[str, object], message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        do(june, act, **given)


def test_arranged_by_the_level_above_alone(june: Zone) -> None:
    duty = duty_of(june)
    send(june)
    with pytest.raises(Conflict):
        do(june, "waive", **WHY)
    own = Duty.objects.get(organization=june.street, period="2026-06")
    with pytest.raises(NotAllowed):
        arrangements.waive(duty=own, revision=own.revision, by=june.actor("dahuangshan"), **WHY)
    for username in ("huzhuang", "huzhuang1", "committee", "jinshanqiao"):
        answer = june.client(username).get(f"/duties/{duty.pk}/arrange/")
        assert answer.status_code in (403, 404)
    assert june.client("dahuangshan").get(f"/duties/{own.pk}/arrange/").status_code == 404


def test_page_offers_what_fits_and_is_found_from_the_report(june: Zone) -> None:
    duty = duty_of(june)
    client, url = june.client("dahuangshan"), f"/duties/{duty.pk}/arrange/"
    with clock.at(JULY_9):
        report = client.get(report_of(june.branch).get_absolute_url()).content.decode()
        assert url in report
        assert set(client.get(url).context["forms"]) == {"extend", "waive"}
        Duty.objects.filter(pk=duty.pk).update(locks_at=dt.datetime(2026, 7, 8, tzinfo=CHINA))
        assert set(client.get(url).context["forms"]) == {"extend", "waive", "unlock"}
        given = {"revision": duty.revision, **WHY}
        assert client.post(f"/duties/{duty.pk}/waive/", given).status_code == 302
        assert set(client.get(url).context["forms"]) == {"resume"}


def test_what_was_typed_comes_back_though_it_has_been_sent_meanwhile(june: Zone) -> None:
    duty = duty_of(june)
    send(june)
    given = {**WHY, "revision": duty.revision}
    with clock.at(JULY_9):
        client = june.client("dahuangshan")
        page = client.post(f"/duties/{duty.pk}/waive/", given).content.decode()
        assert WHY["reason"] in page
        assert WHY["approved_by"] in page
        # Opened again, the address leads to where the forms stand, not to the report.
        led = client.get(f"/duties/{duty.pk}/waive/")
    assert led.headers["Location"] == f"/duties/{duty.pk}/arrange/"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sent_and_waived_at_once_is_one_of_them() -> None:
    zone = build_zone()
    open_june(zone)
    duty = duty_of(zone)

    def waive() -> str:
        with clock.at(JULY_9):
            arrangements.waive(
                duty=duty, revision=duty.revision, by=zone.actor("dahuangshan"), **WHY
            )
        return "waived"

    outcomes = run_together([waive, lambda: send(zone, at=JULY_9) and "sent"])
    assert sum(outcome.error is None for outcome in outcomes) == 1
    fresh = duty_of(zone)
    sent = report_of(zone.branch).state == "submitted"
    assert fresh.state == (DutyState.SUBMITTED if sent else DutyState.WAIVED)
