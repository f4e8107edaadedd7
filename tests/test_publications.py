"""Results are told to the one whom they are about; whoever else reads them does so by an act."""

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from assessments.cycles.models import Cycle
from assessments.decisions.actions import publications
from assessments.decisions.models import Publication
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.states import MovedOn
from tests.decision_world import NOW, decided, fresh, score_of, street_of, submitted
from tests.test_cycle_pages import page
from tests.test_objections import FOUND, corrected
from tests.world import Zone

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 7, 20)
TYPED = {
    "audience": "assessed",
    "shown": "grades",
    "reason": "党工委会议决定在被考核单位间公布",
    "since": "2026-07-20",
    "until": "2026-07-26",
}
EVERYBODY = ("zone", "committee", "dahuangshan", "jinshanqiao", "huzhuang", "huzhuang1", "officer")


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


def published(zone: Zone, cycle: Cycle, **more: Any) -> Publication:
    given: dict[str, Any] = {
        "audience": "assessed",
        "shown": "grades",
        "reason": TYPED["reason"],
        "since": TODAY,
        "until": TODAY + dt.timedelta(days=6),
        **more,
    }
    return publications.publish(cycle=fresh(cycle), by=zone.actor("zone"), **given)


def test_nothing_is_published_by_itself(zone: Zone) -> None:
    cycle = decided(zone, "18", "7.31")
    theirs = f"{score_of(street_of(zone, cycle)).total:.2f}"
    for name in ("jinshanqiao", "huzhuang", "huzhuang1", "officer"):
        text = page(zone, name, reverse("cycles:cycle-list"))
        assert "公布的结果" not in text
        assert theirs not in text, name
    assert not Publication.objects.exists()


def test_it_is_shown_to_whom_it_says_and_only_so_long(zone: Zone, in_july: Any) -> None:
    cycle = decided(zone, "18", "7.31")
    street = street_of(zone, cycle)
    total = f"{score_of(street).total:.2f}"
    row = published(zone, cycle)
    url = row.get_absolute_url()
    for name in ("jinshanqiao", "dahuangshan", "zone", "committee"):
        text = page(zone, name, url)
        assert "大黄山街道" in text, name
        assert total not in text, name  # grades alone
        assert "公布的结果" in page(zone, name, reverse("cycles:cycle-list"))
    for name in ("huzhuang", "huzhuang1", "officer", "taoyuan1", "reviewer", "sysadmin"):
        assert zone.client(name).get(url).status_code == 404, name
    # Not the points, the facts or the page of the score.
    assert zone.client("jinshanqiao").get(street.get_absolute_url()).status_code == 404
    feedback = reverse("decisions:feedback-document", args=[street.uid, "docx"])
    assert zone.client("jinshanqiao").get(feedback).status_code == 404
    in_july.move_to(dt.datetime(2026, 7, 26, 15, 59, tzinfo=dt.UTC))
    assert zone.client("jinshanqiao").get(url).status_code == 200
    in_july.move_to(dt.datetime(2026, 7, 26, 16, 1, tzinfo=dt.UTC))
    assert zone.client("jinshanqiao").get(url).status_code == 404
    assert zone.client("zone").get(url).status_code == 200  # whoever publishes looks after it


def test_before_its_time_and_after_it_was_withdrawn_nobody_else_sees_it(zone: Zone) -> None:
    cycle = decided(zone)
    row = published(zone, cycle, since=TODAY + dt.timedelta(days=1))
    url = row.get_absolute_url()
    for name in ("jinshanqiao", "dahuangshan"):
        assert zone.client(name).get(url).status_code == 404, name
    Publication.objects.update(since=TODAY)
    assert zone.client("jinshanqiao").get(url).status_code == 200
    withdraw = reverse("decisions:publication-withdraw", args=[row.uid])
    client = zone.client("zone")
    assert zone.client("jinshanqiao").post(withdraw, {"reason": "收回"}).status_code == 404
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    assert client.post(withdraw, {"reason": "名单有误，核对后再公布"}).status_code == 302
    for name in ("jinshanqiao", "dahuangshan"):
        assert zone.client(name).get(url).status_code == 404, name
        assert "公布的结果" not in page(zone, name, reverse("cycles:cycle-list"))
    assert "名单有误" in page(zone, "zone", url)
    assert client.post(withdraw, {"reason": "再撤一次"}).status_code == 409
    verbs = AuditEntry.objects.filter(verb__startswith="decisions.publication")
    assert [(one.verb, one.note) for one in verbs.order_by("sequence")] == [
        ("decisions.publication.make", TYPED["reason"]),
        ("decisions.publication.withdraw", "名单有误，核对后再公布"),
    ]


def test_everybody_inside_sees_what_is_for_the_zone(zone: Zone) -> None:
    cycle = decided(zone)
    row = published(zone, cycle, audience="zone", shown="totals")
    total = f"{score_of(street_of(zone, cycle)).total:.2f}"
    for name in EVERYBODY:
        assert total in page(zone, name, row.get_absolute_url()), name
    for name in ("sysadmin", "secadmin", "auditor", "reviewer"):
        assert zone.client(name).get(row.get_absolute_url()).status_code == 404, name


def test_a_correction_is_what_is_shown(zone: Zone) -> None:
    cycle = decided(zone, "15", "13")
    row = published(zone, cycle, shown="totals")
    old = f"{score_of(street_of(zone, cycle)).total:.2f}"
    corrected(zone, cycle)
    new = f"{score_of(street_of(zone, cycle)).total:.2f}"
    text = page(zone, "jinshanqiao", row.get_absolute_url())
    assert new in text
    assert "更正后" in text
    assert f"{old} <" not in text
    assert FOUND not in text  # why is the unit's own


@pytest.mark.parametrize(
    "more",
    [
        {"audience": "world"},
        {"shown": "facts"},
        {"reason": " "},
        {"until": TODAY - dt.timedelta(days=1)},
        {"since": TODAY + dt.timedelta(days=9)},
        {"until": TODAY + dt.timedelta(days=4000)},
    ],
)
def test_what_cannot_be_published_is_refused(zone: Zone, more: dict[str, Any]) -> None:
    cycle = decided(zone)
    with pytest.raises(DomainError):
        published(zone, cycle, **more)
    assert not Publication.objects.exists()


def test_once_to_the_same_and_only_after_the_seal(zone: Zone) -> None:
    cycle = submitted(zone)
    with pytest.raises(Conflict):
        published(zone, cycle)
    url = reverse("decisions:publication-create", args=[cycle.uid])
    assert zone.client("zone").get(url).status_code == 404
    from assessments.decisions.actions import decisions
    from tests.decision_world import MEETING

    decisions.decide(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"), **MEETING)
    first = published(zone, cycle)
    with pytest.raises(Conflict):
        published(zone, cycle, shown="totals")
    published(zone, cycle, audience="zone")
    for name in ("dahuangshan", "huzhuang1"):
        with pytest.raises(NotAllowed):
            publications.withdraw(publication=first, reason="不该", by=zone.actor(name))
        assert zone.client(name).get(url).status_code == 404, name
    publications.withdraw(publication=first, reason="改公布内容", by=zone.actor("committee"))
    with pytest.raises(MovedOn):
        publications.withdraw(publication=first, reason="再撤", by=zone.actor("committee"))
    asked = zone.client("committee").post(url, TYPED).content.decode()
    assert "公布给这一期被考核的单位" in asked
    assert zone.client("committee").post(url, TYPED | {"agreed": "yes"}).status_code == 302


def test_the_letter_says_the_own_result_and_until_when(zone: Zone) -> None:
    cycle = decided(zone, "18", "7.31")
    street = street_of(zone, cycle)
    own = f"{score_of(street).total:.2f}"
    text = page(zone, "dahuangshan", street.get_absolute_url())
    assert "提出异议" in text
    assert "7月27日以前" in text
    assert "7月27日以前" in page(zone, "dahuangshan", reverse("cycles:cycle-list"))
    url = reverse("decisions:feedback-document", args=[street.uid, "docx"])
    for name in ("dahuangshan", "zone", "committee"):
        answer = zone.client(name).get(url)
        assert answer.status_code == 200, name
        paragraphs = Document(io.BytesIO(b"".join(answer.streaming_content))).paragraphs
        said = "\n".join(one.text for one in paragraphs)
        for word in (own, "徐开工委纪要〔2026〕15号", "2026年7月27日以前", "考核结果反馈书"):
            assert word in said, word
    pdf = zone.client("dahuangshan").get(url.replace("docx", "pdf"))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert zone.client("dahuangshan").get(url.replace("docx", "exe")).status_code == 404
    for name in ("jinshanqiao", "huzhuang", "huzhuang1"):
        assert zone.client(name).get(url).status_code == 404, name
