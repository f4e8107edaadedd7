"""Objections to sealed results, and the corrections that follow: by whom, until when, and that nobody
else's result becomes another."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.actions import corrections
from assessments.cycles.models import (
    Assessed,
    Correction,
    Cycle,
    IndicatorScore,
    Posting,
    Run,
    Score,
)
from assessments.cycles.queries.explained import checked
from assessments.decisions import digest
from assessments.decisions.actions import objections, reminding
from assessments.decisions.models import Objection, ObjectionAttachment
from assessments.decisions.queries.people import candidates
from assessments.scoring.numbers import number
from core import worklist
from core.actor import Actor, system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from core.states import MovedOn, Stale
from orgs.models import OfficeHolding
from schedules.rounds.digests import Morning
from schedules.rounds.queries.calendar import load
from tests.decision_world import NOW, decided, fresh, score_of, street_of, submitted
from tests.test_cycle_pages import page
from tests.world import Zone, make_user

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
WHY = "现场会议记录齐全，应得 20 分，评分时没有看到"
FOUND = "查看了会议记录，中心工作应按 20 分计"
TWENTY = {0: {"points": "20", "reason": "核过记录"}}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


def raised(zone: Zone, cycle: Cycle, indicator: str = "work") -> Objection:
    return objections.raise_objection(
        assessed=street_of(zone, cycle),
        indicator=indicator,
        reason=WHY,
        by=zone.actor("dahuangshan"),
    )


def stored(row: Objection) -> Objection:
    return Objection.objects.select_related(
        "assessed__cycle__organization", "assessed__organization"
    ).get(pk=row.pk)


def checker(zone: Zone) -> Actor:
    """A second member of the committee, who has marked nothing."""
    if "committee2" not in zone.users:
        zone.users["committee2"] = make_user("committee2", "committee", zone.root)
    return zone.actor("committee2")


def named(zone: Zone, row: Objection) -> Objection:
    by = checker(zone)
    objections.name_rechecker(
        objection=stored(row),
        revision=stored(row).revision,
        user_id=by.user_id or 0,
        by=zone.actor("zone"),
    )
    return stored(row)


def proposed(zone: Zone, row: Objection, facts: Any = TWENTY, indicator: str = "") -> Objection:
    row = named(zone, row)
    objections.answer(
        objection=row,
        revision=row.revision,
        outcome="upheld",
        answer=FOUND,
        facts=facts,
        indicator=indicator,
        by=checker(zone),
    )
    return stored(row)


def corrected(zone: Zone, cycle: Cycle) -> Correction:
    row = proposed(zone, raised(zone, cycle))
    objections.confirm(objection=row, revision=row.revision, by=zone.actor("committee"))
    return Correction.objects.get()


# --- raising -------------------------------------------------------------------------------------


def test_it_is_raised_by_the_assessed_about_its_own_and_in_time(zone: Zone, in_july: Any) -> None:
    cycle = submitted(zone)
    with pytest.raises(Conflict, match="还没有审定"):
        raised(zone, cycle)
    from assessments.decisions.actions import decisions
    from tests.decision_world import MEETING

    decisions.decide(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"), **MEETING)
    street = street_of(zone, fresh(cycle))
    for name in ("zone", "committee", "huzhuang1", "jinshanqiao", "huzhuang"):
        with pytest.raises(NotAllowed):
            objections.raise_objection(
                assessed=street, indicator="", reason=WHY, by=zone.actor(name)
            )
    for odd in ("", "短", "长" * 1001):
        with pytest.raises(DomainError):
            objections.raise_objection(
                assessed=street, indicator="", reason=odd, by=zone.actor("dahuangshan")
            )
    with pytest.raises(DomainError):
        objections.raise_objection(
            assessed=street, indicator="none", reason=WHY, by=zone.actor("dahuangshan")
        )
    row = raised(zone, cycle)
    assert row.due_on == dt.date(2026, 8, 3)
    with pytest.raises(Conflict, match="还没有答复"):
        raised(zone, cycle)
    # The last minute of the fifth working day, and the first after it (Asia/Shanghai).
    in_july.move_to(dt.datetime(2026, 7, 27, 15, 59, tzinfo=dt.UTC))
    raised(zone, cycle, "")
    in_july.move_to(dt.datetime(2026, 7, 27, 16, 0, 30, tzinfo=dt.UTC))
    with pytest.raises(Conflict, match="2026年7月27日止"):
        raised(zone, cycle, "vacant")
    client = zone.client("dahuangshan")
    url = reverse("decisions:objection-create", args=[street.uid])
    assert "异议期已过" in client.get(url).content.decode()
    late = client.post(url, {"indicator": "vacant", "reason": WHY})
    assert late.status_code == 409
    assert WHY in late.content.decode()  # nothing typed is lost
    assert Notification.objects.filter(
        user=zone.users["zone"], about=f"objection:{row.pk}"
    ).exists()


def test_who_sees_an_objection(zone: Zone) -> None:
    cycle = decided(zone)
    row = raised(zone, cycle)
    url = row.get_absolute_url()
    secret = "会议记录齐全"
    for name in ("dahuangshan", "zone", "committee"):
        assert secret in page(zone, name, url), name
        assert "大黄山街道" in page(zone, name, reverse("decisions:objection-list"))
    for name in ("jinshanqiao", "huzhuang", "huzhuang1", "officer", "reviewer", "sysadmin"):
        assert zone.client(name).get(url).status_code == 404, name
    text = page(zone, "jinshanqiao", reverse("decisions:objection-list"))
    assert secret not in text
    assert "大黄山街道" not in text.split("<main")[1]
    # Whoever was named sees it, and nobody of the same role.
    named(zone, row)
    assert secret in page(zone, "committee2", url)


def test_files_are_added_by_whose_it_is_until_it_is_answered(zone: Zone) -> None:
    cycle = decided(zone)
    row = raised(zone, cycle)
    add = reverse("decisions:attachment-add", args=[row.uid])

    def send(who: str) -> int:
        file = SimpleUploadedFile("签到表.pdf", PDF, content_type="application/pdf")
        return zone.client(who).post(add, {"file": file}).status_code

    for name in ("zone", "committee", "jinshanqiao", "huzhuang1"):
        assert send(name) == 404, name
    assert send("dahuangshan") == 302
    (file,) = ObjectionAttachment.objects.all()
    opened = reverse("decisions:attachment-open", args=[file.uid])
    assert zone.client("committee").get(opened).status_code == 200
    for name in ("jinshanqiao", "huzhuang1", "reviewer"):
        assert zone.client(name).get(opened).status_code == 404, name
    row = proposed(zone, row)
    remove = reverse("decisions:attachment-remove", args=[file.uid])
    zone.client("dahuangshan").post(remove)
    assert ObjectionAttachment.objects.count() == 1


# --- who checks ----------------------------------------------------------------------------------


def test_who_marked_belongs_or_was_there_lately_does_not_check(zone: Zone) -> None:
    cycle = decided(zone)
    row = raised(zone, cycle)
    one = stored(row).assessed
    checker(zone)
    names = {candidate.user_id for candidate in candidates(one)}
    assert zone.users["committee2"].pk in names
    assert zone.users["zone"].pk not in names  # marked it
    assert zone.users["dahuangshan"].pk not in names
    former = make_user("former", "committee", zone.root)
    OfficeHolding.objects.create(
        organization=zone.street,
        user=former,
        person_name="former",
        post="member",
        started_on=dt.date(2023, 1, 1),
        ended_on=dt.date(2025, 1, 1),
    )
    assert former.pk not in {candidate.user_id for candidate in candidates(one)}
    for user in (former, zone.users["zone"], zone.users["dahuangshan"]):
        with pytest.raises(DomainError):
            objections.name_rechecker(
                objection=stored(row), revision=1, user_id=user.pk, by=zone.actor("zone")
            )
    with pytest.raises(NotAllowed):
        objections.name_rechecker(
            objection=stored(row),
            revision=1,
            user_id=zone.users["committee2"].pk,
            by=zone.actor("committee"),
        )


def test_only_who_was_named_answers_and_another_confirms(zone: Zone) -> None:
    cycle = decided(zone)
    row = named(zone, raised(zone, cycle))
    for name in ("zone", "committee", "dahuangshan"):
        with pytest.raises(NotAllowed):
            objections.answer(
                objection=stored(row),
                revision=row.revision,
                outcome="rejected",
                answer=FOUND,
                by=zone.actor(name),
            )
        answer = reverse("decisions:objection-answer", args=[row.uid])
        assert zone.client(name).get(answer).status_code == 404, name
    row = stored(row)
    objections.answer(
        objection=row,
        revision=row.revision,
        outcome="partly",
        answer=FOUND,
        facts=TWENTY,
        by=checker(zone),
    )
    row = stored(row)
    assert row.state == "proposed"
    with pytest.raises(NotAllowed, match="另一人"):
        objections.confirm(objection=row, revision=row.revision, by=checker(zone))
    with pytest.raises(NotAllowed):
        objections.confirm(objection=row, revision=row.revision, by=zone.actor("dahuangshan"))
    # Before it is confirmed the assessed does not see what was found.
    assert FOUND not in page(zone, "dahuangshan", row.get_absolute_url())
    objections.send_back(
        objection=row, revision=row.revision, reason="再核一次", by=zone.actor("committee")
    )
    assert stored(row).state == "rechecking"
    with pytest.raises(MovedOn):
        objections.confirm(objection=stored(row), revision=3, by=zone.actor("committee"))


def test_rejected_it_is_closed_with_the_reason(zone: Zone) -> None:
    cycle = decided(zone)
    row = named(zone, raised(zone, cycle))
    with pytest.raises(DomainError):
        objections.answer(
            objection=row, revision=row.revision, outcome="rejected", answer="", by=checker(zone)
        )
    with pytest.raises(Stale):
        objections.answer(
            objection=stored(row), revision=1, outcome="rejected", answer=FOUND, by=checker(zone)
        )
    objections.answer(
        objection=stored(row),
        revision=row.revision,
        outcome="rejected",
        answer="记录里没有那次会议",
        by=checker(zone),
    )
    assert stored(row).state == "closed"
    assert not Correction.objects.exists()
    assert "记录里没有那次会议" in page(zone, "dahuangshan", row.get_absolute_url())
    assert Notification.objects.filter(
        user=zone.users["dahuangshan"], title="异议答复：异议不成立"
    ).exists()
    # Answered, the same can be raised again while there is time.
    assert raised(zone, cycle).pk != row.pk


@pytest.mark.parametrize(
    ("facts", "indicator"),
    [
        ({}, "work"),
        ({0: {"points": "21", "reason": "x"}}, "work"),
        ({0: {"points": "18", "reason": "看过现场"}}, "work"),
        ({1: {"points": "18", "reason": "x"}}, "work"),
        ({0: {"level": "好"}}, "work"),
        ({0: {"points": "18", "reason": "x"}}, "none"),
    ],
)
def test_facts_that_do_not_hold_or_change_nothing_are_refused(
    zone: Zone, facts: Any, indicator: str
) -> None:
    cycle = decided(zone)
    row = named(zone, raised(zone, cycle, ""))
    with pytest.raises(DomainError):
        objections.answer(
            objection=row,
            revision=row.revision,
            outcome="upheld",
            answer=FOUND,
            facts=facts,
            indicator=indicator,
            by=checker(zone),
        )
    assert stored(row).state == "rechecking"


# --- the correction ------------------------------------------------------------------------------


def test_a_correction_is_a_run_of_its_own_and_changes_nobody_else(zone: Zone) -> None:
    quota = {"grade": "好", "share": "1/2", "kind": "upper"}
    bands = [["好", "40"], ["差", "0"]]
    cycle = decided(zone, "15", "20", quota=quota, bands=bands)
    street, before = street_of(zone, cycle), fresh(cycle).run
    other = Assessed.objects.get(cycle=cycle, organization=zone.neighbour_street)
    old, theirs = score_of(street), score_of(other)
    same = ("total", "grade", "band", "rank", "standing", "share", "digest", "result", "facts")
    was = {name: getattr(theirs, name) for name in same}
    row = corrected(zone, cycle)
    assert before is not None
    run = fresh(cycle).run
    assert run is not None
    assert (run.number, run.state) == (before.number + 1, "done")
    assert run.pk != before.pk
    new, kept = score_of(street), score_of(other)
    assert kept.pk != theirs.pk
    assert {name: getattr(kept, name) for name in same} == was
    assert new.total == old.total + 5
    assert (row.old_total, row.new_total) == (str(old.result["total"]), str(new.result["total"]))
    assert (row.old_points, row.new_points) == ("15", "20")
    # What it would have had: its share beside the other's, whose grade stays.
    assert new.rank == (1 if new.share >= kept.share else 2)
    # The one before is there, byte for byte, and both can be computed again.
    assert Score.objects.get(pk=old.pk).digest == old.digest
    for one in (Score.objects.get(pk=old.pk), new, kept):
        assert checked(Assessed.objects.get(pk=one.assessed_id), one).agrees
    assert IndicatorScore.objects.get(score=new, key="work").points == 20
    n = IndicatorScore.objects.filter(score=theirs).count()
    assert IndicatorScore.objects.filter(score=kept).count() == n
    # The account has the difference as its own booking.
    (booked,) = Posting.objects.filter(kind="correction")
    assert number(booked.points) == 5 * number("0.4")
    assert booked.organization_id == zone.street.pk
    stored_row = Objection.objects.get()
    assert (stored_row.state, stored_row.correction_id) == ("closed", row.pk)


def test_everything_that_shows_the_score_says_that_it_was_corrected(zone: Zone) -> None:
    cycle = decided(zone, "15", "20")
    street = street_of(zone, cycle)
    old = f"{score_of(street).total:.2f}"
    corrected(zone, cycle)
    new = f"{score_of(street).total:.2f}"
    told = f"更正：{old} → {new}"
    for who in ("dahuangshan", "zone", "committee"):
        text = page(zone, who, street.get_absolute_url())
        assert told in text, who
        assert FOUND in text, who
        assert f"为什么是 {new} 分" in text, who
    assert told in page(zone, "zone", cycle.get_absolute_url())
    assert told in page(zone, "dahuangshan", reverse("cycles:cycle-list"))
    assert told not in page(zone, "jinshanqiao", reverse("cycles:cycle-list"))
    assert f"{old} → <b>{new}" in page(
        zone, "committee", reverse("decisions:decision", args=[cycle.uid])
    )
    client = zone.client("dahuangshan")
    answer = client.get(reverse("api:score-list", args=[cycle.uid])).json()
    (row,) = answer["results"]
    assert row["total"] == str(score_of(street).result["total"])
    assert [one["new_points"] for one in row["corrections"]] == ["20"]
    client = zone.client("jinshanqiao")
    other = client.get(reverse("api:score-list", args=[cycle.uid])).json()["results"]
    assert [one["corrections"] for one in other] == [[]]
    from docx import Document

    paper = zone.client("zone").get(reverse("cycles:score-document", args=[street.uid, "docx"]))
    import io

    words = "\n".join(
        one.text for one in Document(io.BytesIO(b"".join(paper.streaming_content))).paragraphs
    )
    assert told in words


def test_confirmed_twice_it_is_corrected_once(zone: Zone) -> None:
    cycle = decided(zone, "15", "20")
    row = proposed(zone, raised(zone, cycle))
    client = zone.client("committee")
    url = reverse("decisions:objection-confirm", args=[row.uid])
    assert client.post(url, {"agreed": "yes"}).status_code == 302
    client.post(url, {"agreed": "yes"})
    assert Correction.objects.count() == 1
    n = Run.objects.filter(cycle=cycle).count()
    again = corrections.correct(
        assessed=street_of(zone, fresh(cycle)),
        indicator="work",
        facts=TWENTY,
        reason=FOUND,
        key=f"objection:{row.pk}",
        by=zone.actor("committee"),
    )
    assert again == Correction.objects.get()
    assert Run.objects.filter(cycle=cycle).count() == n
    assert Posting.objects.filter(kind="correction").count() == 1
    assert AuditEntry.objects.filter(verb="cycles.score.correct").count() == 1


def test_bonus_and_veto_are_corrected_too(zone: Zone) -> None:
    more = {
        "bands": [["好", "40"], ["差", "0"]],
        "bonus": {"rule": "bonus", "params": {"levels": {"省级": "2"}, "total_cap": "3"}},
        "vetoes": {"意识形态": {"effect": "lowest_grade", "legal_basis": "办法"}},
    }
    cycle = decided(zone, "18", "17", **more)
    street = street_of(zone, cycle)
    old = score_of(street)
    by = zone.actor("committee")
    corrections.correct(
        assessed=street,
        indicator="@awards",
        facts={0: {"awards": [{"matter": "先进", "category": "表彰", "level": "省级"}]}},
        reason="苏组〔2026〕3号，审定时漏记",
        key="a",
        by=by,
    )
    assert score_of(street).total == old.total + 2
    corrections.correct(
        assessed=street_of(zone, fresh(cycle)),
        indicator="@vetoes",
        facts={0: {"happened": ["意识形态"]}},
        reason="审定后查实",
        key="b",
        by=by,
    )
    assert score_of(street).grade == "差"
    row = corrections.correct(
        assessed=street_of(zone, fresh(cycle)),
        indicator="@vetoes",
        facts={0: {"happened": []}},
        reason="经复核不属实",
        key="c",
        by=by,
    )
    assert row.old_grade == "差"
    assert score_of(street).grade != "差"
    assert Run.objects.filter(cycle=cycle, correction__isnull=False).count() == 3


def test_the_whole_way_by_pages(zone: Zone) -> None:
    cycle = decided(zone, "15", "20")
    street = street_of(zone, cycle)
    assessed = zone.client("dahuangshan")
    assert "提出异议" in assessed.get(street.get_absolute_url()).content.decode()
    url = reverse("decisions:objection-create", args=[street.uid])
    answer = assessed.post(url, {"indicator": "", "reason": WHY})
    row = Objection.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    checker(zone)
    holder = zone.client("zone")
    form = holder.get(row.get_absolute_url()).context["name_form"]
    offered = [value for value, _ in form.fields["user_id"].choices]
    assert str(zone.users["committee2"].pk) in offered
    name = reverse("decisions:objection-name", args=[row.uid])
    body = {"user_id": str(zone.users["committee2"].pk), "revision": "1"}
    assert holder.post(name, body | {"user_id": ""}).status_code == 422
    assert holder.post(name, body).status_code == 302
    second = zone.client("committee2")
    work = reverse("decisions:objection-answer", args=[row.uid])
    asked = second.get(f"{work}?indicator=work")
    assert asked.status_code == 200
    key = f"{street.pk}-0"
    typed = {
        "outcome": "upheld",
        "answer": FOUND,
        "revision": str(asked.context["form"]["revision"].value()),
        f"{key}-points": "20",
        f"{key}-reason": "核过记录",
        f"{key}-seen": asked.context["form"][f"{key}-seen"].value(),
    }
    assert second.post(work, typed).status_code == 422  # which indicator was not said
    wrong = second.post(f"{work}?indicator=work", typed | {f"{key}-points": "99"})
    assert wrong.status_code == 422
    same = second.post(
        f"{work}?indicator=work", typed | {f"{key}-points": "15", f"{key}-reason": "看过现场"}
    )
    assert same.status_code == 422
    assert second.post(f"{work}?indicator=work", typed).status_code == 302
    decider = zone.client("committee")
    assert "批准更正</button>" in decider.get(row.get_absolute_url()).content.decode()
    assert "批准更正</button>" not in second.get(row.get_absolute_url()).content.decode()
    confirm = reverse("decisions:objection-confirm", args=[row.uid])
    assert decider.post(confirm, {"agreed": "yes"}).status_code == 302
    text = assessed.get(row.get_absolute_url()).content.decode()
    assert "更正：" in text
    assert FOUND in text


def test_lists_ask_the_same_whatever_their_number(zone: Zone) -> None:
    cycle = decided(zone)
    raised(zone, cycle)
    client, url = zone.client("zone"), reverse("decisions:objection-list")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    raised(zone, cycle, "vacant")
    raised(zone, cycle, "")
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three) < 12


# --- who is reminded -----------------------------------------------------------------------------


def titles(actor: Actor) -> list[str]:
    return [one.title for one in worklist.collect(actor).items if "大黄山街道 ·" in one.title]


def test_home_names_the_next_step_to_whose_it_is(zone: Zone, in_july: Any) -> None:
    cycle = decided(zone)
    row = raised(zone, cycle)
    checker(zone)
    assert titles(zone.actor("zone")) == ["指定复核人：大黄山街道 · work"]
    assert titles(zone.actor("committee")) == titles(zone.actor("dahuangshan")) == []
    row = named(zone, row)
    assert titles(zone.actor("committee2")) == ["复核异议：大黄山街道 · work"]
    assert titles(zone.actor("zone")) == titles(zone.actor("committee")) == []
    objections.answer(
        objection=row,
        revision=row.revision,
        outcome="upheld",
        answer=FOUND,
        facts=TWENTY,
        by=checker(zone),
    )
    assert titles(zone.actor("committee")) == ["批准更正：大黄山街道 · work"]
    assert titles(zone.actor("committee2")) == []  # not by who checked
    cards = {one.title: dict(one.rows) for one in worklist.collect(zone.actor("dahuangshan")).cards}
    assert cards["2026年上半年考核结果"]["可提异议"] == "7月27日以前"
    assert "2026年上半年考核结果" not in {
        one.title for one in worklist.collect(zone.actor("huzhuang1")).cards
    }
    in_july.move_to(dt.datetime(2026, 7, 28, 1, tzinfo=dt.UTC))
    assert "2026年上半年考核结果" not in {
        one.title for one in worklist.collect(zone.actor("dahuangshan")).cards
    }


def test_late_ones_are_told_once_to_who_has_the_next_step(zone: Zone) -> None:
    cycle = decided(zone)
    row = named(zone, raised(zone, cycle))

    def told(day: int) -> dict[int, Any]:
        morning = Morning(dt.date(2026, 8, day), load(), ())
        found = digest.parts(morning)
        reminding.told(parts=found, by=system())
        return found

    assert told(3) == {}  # the last day itself
    found = told(4)
    assert set(found) == {zone.users["committee2"].pk, zone.users["zone"].pk}
    (line,) = found[zone.users["committee2"].pk].lines
    assert "期限 8月3日，已逾期 1 个工作日" in line
    assert told(5) == {}
    objections.answer(
        objection=stored(row),
        revision=row.revision,
        outcome="upheld",
        answer=FOUND,
        facts=TWENTY,
        by=checker(zone),
    )
    assert zone.users["committee"].pk in told(6)
