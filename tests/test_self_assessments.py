"""Self-assessments: filled, questioned, shown by records, sent, returned item by item."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.actions import cycles, marks
from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.definitions import AWARDS
from assessments.self_assessments.actions import evidence, items, sending
from assessments.self_assessments.models import SelfAssessment, SelfEvidence, SelfItem, SelfNotice
from assessments.self_assessments.queries.sheet import sheet_of
from assessments.self_assessments.queries.side import sides_of
from core import derived, worklist
from core.actor import Part, system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from core.states import MovedOn, Stale
from members.actions import standings
from schedules.life.actions import meetings
from schedules.life.enums import MeetingKind, Presence
from schedules.life.models import Meeting
from schedules.life.queries.rolls import roll_of
from schedules.rounds import evidence as records
from schedules.rounds.actions import reminders
from tests.ballot_world import KEY, ballot_cycle
from tests.self_world import EIGHTEEN, NOW, assessed_of, begun, marked, sent
from tests.world import Zone, make_member, make_organizations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def page_of(zone: Zone, who: str, assessed: Assessed) -> Any:
    return zone.client(who).get(reverse("self_assessments:self-assessment", args=[assessed.uid]))


def text_of(zone: Zone, who: str, assessed: Assessed) -> str:
    response = page_of(zone, who, assessed)
    assert response.status_code == 200
    return str(response.content.decode())


def address(name: str, assessed: Assessed, *more: Any) -> str:
    return reverse(f"self_assessments:{name}", args=[assessed.uid, *more])


def record(zone: Zone, topic: str = "清洁家园") -> Meeting:
    """Held by the branch in June, with somebody absent for a reason of his own."""
    for name in ("钱立本", "孙缺席"):
        make_member(zone.branch, name)
    standings.fill(since=dt.date(2026, 1, 1))
    day = dt.date(2026, 6, 10)
    roll = roll_of(zone.branch, MeetingKind.PARTY_DAY, day).expected
    given = {one.member_id: meetings.Mark(Presence.PRESENT) for one in roll}
    return meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=meetings.Written(
            kind=MeetingKind.PARTY_DAY, held_on=day, topic=topic, summary="清理河道三处"
        ),
        marks=given,
        by=zone.actor("huzhuang1"),
    )


def test_nothing_to_fill_before_facts_are_frozen(zone: Zone) -> None:
    from tests.scheme_world import opened, published
    from tests.self_world import scheme

    published(zone.root, said=scheme())
    opened(zone.root, by=zone.actor("zone"))
    found = assessed_of(zone.street)
    assert page_of(zone, "dahuangshan", found).status_code == 404
    with pytest.raises(Conflict, match="还没有冻结"):
        marked(zone, zone.street)


def test_it_starts_filled_and_reading_writes_nothing(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    text = text_of(zone, "dahuangshan", found)
    assert "还差 1 项" in text
    assert text.count(">有异议<span") == 3  # of each that was counted
    assert text.count(">自评<span") == 1
    assert not SelfAssessment.objects.exists()
    # What a reviewer or the holder marks meanwhile changes no byte of it.
    given = [marks.Given(found.pk, {"points": "3", "reason": "暗访"})]
    marks.give_many(cycle=found.cycle, indicator="work", given=given, by=zone.actor("zone"))
    derived.registered()["scores"].refresh_all()
    again = text_of(zone, "dahuangshan", found)
    assert strip(again) == strip(text)


def strip(text: str) -> str:
    """Without what every page has anew."""
    return "\n".join(
        line for line in text.splitlines() if "csrf" not in line and "nonce" not in line
    ).split("</header>")[-1]


def test_only_its_own_people_before_it_is_sent(zone: Zone) -> None:
    begun(zone)
    found = marked(zone, zone.street)
    for name in ("zone", "committee", "jinshanqiao", "huzhuang", "huzhuang1", "reviewer"):
        assert page_of(zone, name, found).status_code == 404, name
        assert zone.client(name).get(address("item-edit", found, "work")).status_code == 404
    sending.send(
        assessed=found,
        revision=SelfAssessment.objects.get().revision,
        by=zone.actor("dahuangshan"),
    )
    for name in ("zone", "committee", "dahuangshan"):
        assert "三个支部照做" in text_of(zone, name, found), name
    for name in ("jinshanqiao", "huzhuang", "huzhuang1", "reviewer"):
        assert page_of(zone, name, found).status_code == 404, name


def test_page_costs_the_same_with_more_rows(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    client = zone.client("dahuangshan")
    url = reverse("self_assessments:self-assessment", args=[found.uid])

    def cost(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    by = zone.actor("dahuangshan")
    marked(zone, zone.street)
    one = record(zone)
    evidence.cite(assessed=found, indicator="work", reference=("life.meeting", one.uid), by=by)
    first = cost(url), cost(address("item-edit", found, "work"))
    for key in ("vacant", "branches"):
        items.question(assessed=found, indicator=key, reason="数不对", revision=0, by=by)
        evidence.cite(assessed=found, indicator=key, reference=("life.meeting", one.uid), by=by)
    more = Meeting.objects.get(pk=one.pk)
    for day in (11, 12):
        more.pk, more.uid, more.held_on = None, uuid.uuid4(), dt.date(2026, 6, day)
        more.save(force_insert=True)
        more.units.create(organization=zone.branch)
        given = {"assessed": found, "indicator": "work", "by": by}
        evidence.cite(reference=("life.meeting", more.uid), **given)
    assert (cost(url), cost(address("item-edit", found, "work"))) == first
    assert max(first) <= 34


def test_own_mark_is_in_the_words_of_its_rule_and_counts_in_the_sum(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    client, url = zone.client("dahuangshan"), address("item-edit", found, "work")
    assert "0-points" in client.get(url).content.decode()
    for points, said in (("21", "20"), ("abc", "不是数"), ("", "写明为什么不评")):
        response = client.post(url, {"0-points": points, "reason": "", "revision": "0"})
        assert response.status_code == 422, points
        assert said in response.content.decode(), points
    assert not SelfItem.objects.exists()
    body = {"0-points": "１８", "reason": "三个支部照做", "revision": "0"}
    assert client.post(url, body).status_code == 302
    item = SelfItem.objects.get()
    assert item.facts == EIGHTEEN
    text = text_of(zone, "dahuangshan", found)
    assert "酌情评 18.00 分" in text
    assert "可以报送" in text
    assert AuditEntry.objects.filter(verb="self_assessments.item.save").count() == 1
    # The same once more is nothing new.
    assert client.post(url, {**body, "revision": "1"}).status_code == 302
    assert SelfItem.objects.get().revision == 1


def test_what_others_vote_on_is_not_asked_of_them(zone: Zone) -> None:
    ballot_cycle(zone)
    found = assessed_of(zone.street)
    text = text_of(zone, "dahuangshan", found)
    assert "由测评投票得出，不用自评" in text
    rows = sheet_of(found).rows
    assert (rows[KEY].by_hand, rows[KEY].is_voted, rows[KEY].is_asked) == (True, True, False)


def test_two_tabs_lose_nothing(zone: Zone) -> None:
    begun(zone)
    found = marked(zone, zone.street)
    client, url = zone.client("dahuangshan"), address("item-edit", found, "work")
    body = {"0-points": "15", "reason": "两个支部照做", "revision": "1"}
    assert client.post(url, body).status_code == 302
    response = client.post(url, {"0-points": "12", "reason": "一个支部照做", "revision": "1"})
    assert response.status_code == 409
    text = response.content.decode()
    for said in ("15", "两个支部照做", "12", "一个支部照做", 'name="revision" value="2"'):
        assert said in text, said
    assert SelfItem.objects.get().facts["0"]["points"] == "15"


def test_evidence_first_leaves_a_half_typed_mark_as_it_was(zone: Zone) -> None:
    """What was typed before the record was referred to is nobody else's change."""
    begun(zone)
    found = assessed_of(zone.street)
    client, url = zone.client("dahuangshan"), address("item-edit", found, "work")
    cite = address("evidence-add", found, "work")
    assert client.post(cite, {"evidence": f"life.meeting:{record(zone).uid}"}).status_code == 302
    assert 'name="revision" value="0"' in client.get(url).content.decode()
    body = {"0-points": "15", "reason": "两个支部照做", "revision": "0"}
    assert client.post(url, body).status_code == 302
    other = client.post(url, {"0-points": "12", "reason": "一个支部照做", "revision": "0"})
    assert other.status_code == 409
    assert SelfItem.objects.get().facts["0"]["points"] == "15"


def test_said_why_not_is_enough_and_nothing_is_not(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    by = zone.actor("dahuangshan")
    with pytest.raises(DomainError, match="还有 1 项") as refused:
        sending.send(assessed=found, revision=0, by=by)
    assert refused.value.code == "missing"
    given = {"assessed": found, "indicator": "work", "facts": {}, "by": by}
    with pytest.raises(DomainError):
        items.save(reason=" ", revision=0, **given)
    items.save(reason="本期没有开展", revision=0, **given)
    sending.send(assessed=found, revision=SelfAssessment.objects.get().revision, by=by)
    assert SelfAssessment.objects.get().state == "sent"


def test_what_was_counted_is_questioned_with_a_reason(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    client, url = zone.client("dahuangshan"), address("item-edit", found, "vacant")
    text = client.get(url).content.decode()
    assert "由考核组复核时核对" in text
    assert client.post(url, {"reason": "", "revision": "0"}).status_code == 422
    assert client.post(url, {"reason": "6月已到任", "revision": "0"}).status_code == 302
    assert SelfItem.objects.get().stance == "questioned"
    assert "6月已到任" in text_of(zone, "dahuangshan", found)
    with pytest.raises(DomainError, match="提出异议"):
        items.save(
            assessed=found,
            indicator="vacant",
            facts={"0": {"met": True}},
            reason="",
            revision=1,
            by=zone.actor("dahuangshan"),
        )
    assert client.post(address("item-stand", found, "vacant")).status_code == 302
    assert SelfItem.objects.get().stance == "stands"
    # Known only to themselves before it is sent.
    assert sides_of([found.pk]) == {}


def test_awards_want_their_document(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    client, url = zone.client("dahuangshan"), address("item-edit", found, AWARDS)
    award = {"0-awards": "优秀党建案例 市级 宣传", "revision": "0"}
    response = client.post(url, {**award, "reason": ""})
    assert response.status_code == 422
    assert "写明依据的文件" in response.content.decode()
    assert client.post(url, {**award, "reason": "徐组通〔2026〕12号"}).status_code == 302
    text = text_of(zone, "dahuangshan", found)
    assert "优秀党建案例 市级（宣传）" in text
    assert "+3.00" in text


def test_records_below_are_offered_found_and_taken_out(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    one = record(zone)
    client, url = zone.client("dahuangshan"), address("item-edit", found, "work")
    assert "湖庄村第一支部 6月10日 主题党日“清洁家园”" in client.get(url).content.decode()
    assert "清洁家园" not in client.get(f"{url}?q=消防").content.decode()
    assert "清洁家园" in client.get(f"{url}?q=主题").content.decode()
    word = f"life.meeting:{one.uid}"
    cite = address("evidence-add", found, "work")
    for _ in range(2):
        assert client.post(cite, {"evidence": word}).status_code == 302
    row = SelfEvidence.objects.get()
    assert row.item.facts == {}
    text = client.get(url).content.decode()
    assert "清洁家园" in text
    assert f'value="{word}"' not in text  # not offered a second time
    # Another street's people may neither open nor drop it.
    drop = reverse("self_assessments:evidence-remove", args=[row.pk])
    assert zone.client("jinshanqiao").post(drop).status_code == 404
    assert client.post(drop).status_code == 302
    assert not SelfEvidence.objects.exists()
    assert Meeting.objects.filter(uid=one.uid).exists()


def test_what_others_held_cannot_be_referred_to(zone: Zone) -> None:
    begun(zone)
    one = record(zone)
    found = assessed_of(zone.neighbour_street)
    with pytest.raises(DomainError):
        evidence.cite(
            assessed=found,
            indicator="work",
            reference=("life.meeting", one.uid),
            by=zone.actor("jinshanqiao"),
        )
    assert not SelfEvidence.objects.exists()
    client = zone.client("jinshanqiao")
    assert "清洁家园" not in client.get(address("item-edit", found, "work")).content.decode()


def test_a_summary_has_what_was_written_and_nobodys_name(zone: Zone) -> None:
    one = record(zone)
    reference = ("life.meeting", one.uid)
    told = records.summaries([reference, ("life.meeting", uuid.uuid4())])
    assert list(told) == [reference]
    said = dict(told[reference].lines)
    assert told[reference].title == "主题党日“清洁家园”"
    assert said["内容"] == "清理河道三处"
    assert said["人数"] == "应到 2 人，到会 2 人"
    assert "孙缺席" not in str(told[reference])


@pytest.mark.parametrize("count", [1, 3])
def test_sides_and_summaries_cost_the_same(zone: Zone, count: int) -> None:
    begun(zone)
    by, found = zone.actor("dahuangshan"), marked(zone, zone.street)
    one = record(zone)
    for key in ("work", "vacant", "branches")[:count]:
        evidence.cite(assessed=found, indicator=key, reference=("life.meeting", one.uid), by=by)
    sending.send(assessed=found, revision=SelfAssessment.objects.get().revision, by=by)
    with CaptureQueriesContext(connection) as caught:
        sides = sides_of([found.pk])
        shown = [
            list(side.evidence.all()) + list(side.attachments.all()) for side in sides.values()
        ]
        records.summaries([(row.kind, row.uid) for some in shown for row in some])
    assert len(sides) == count
    assert len(caught) == 5


def test_after_sending_it_is_locked(zone: Zone) -> None:
    begun(zone)
    row = sent(zone, zone.street)
    found, by = assessed_of(zone.street), zone.actor("dahuangshan")
    assert row.sent_by_name == by.name
    common = {"assessed": found, "indicator": "work", "by": by}
    with pytest.raises(Conflict, match="已经报送"):
        items.save(facts={"0": {"points": "20", "reason": "x"}}, reason="y", revision=1, **common)
    with pytest.raises(Conflict):
        items.question(**{**common, "indicator": "vacant"}, reason="不对", revision=0)
    with pytest.raises(Conflict):
        evidence.cite(reference=("life.meeting", record(zone).uid), **common)
    with pytest.raises(MovedOn):
        sending.send(assessed=found, revision=row.revision, by=by)
    assert zone.client("dahuangshan").get(address("item-edit", found, "work")).status_code == 302
    assert sides_of([found.pk])[found.pk, "work"].facts == EIGHTEEN


def test_a_send_that_did_not_see_the_last_edit_is_refused(zone: Zone) -> None:
    begun(zone)
    found, by = marked(zone, zone.street), zone.actor("dahuangshan")
    seen = SelfAssessment.objects.get().revision
    items.question(assessed=found, indicator="vacant", reason="不对", revision=0, by=by)
    with pytest.raises(Stale):
        sending.send(assessed=found, revision=seen, by=by)
    assert SelfAssessment.objects.get().state == "draft"


def test_items_are_returned_and_sent_again_one_by_one(zone: Zone) -> None:
    begun(zone)
    row = sent(zone, zone.street)
    found, by = assessed_of(zone.street), zone.actor("dahuangshan")
    cycle = Cycle.objects.select_related("organization").get(pk=found.cycle_id)
    cycles.begin_review(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    both = [("work", "写明是哪三个支部"), ("vacant", "附任职文件")]
    for who in ("committee", "jinshanqiao", "dahuangshan", "reviewer"):
        with pytest.raises(NotAllowed):
            sending.return_items(self_assessment=row, items=both, by=zone.actor(who))
    assert sending.return_items(self_assessment=row, items=both, by=zone.actor("zone")) == 2
    assert sending.return_items(self_assessment=row, items=both, by=zone.actor("zone")) == 0
    told = Notification.objects.get(user=zone.users["dahuangshan"])
    assert "写明是哪三个支部" in told.body
    assert Notification.objects.count() == 1
    found = assessed_of(zone.street)
    work = worklist.Worklist()
    from assessments.self_assessments.worklist import provide

    provide(by, work)
    assert [one.title for one in work.items] == ["自评退回 2 项：2026年上半年考核"]
    # The good part is kept: what was not returned stays shut.
    with pytest.raises(Conflict, match="已经报送"):
        items.question(assessed=found, indicator="branches", reason="不对", revision=0, by=by)
    item = SelfItem.objects.get(indicator="work")
    body = {"0-points": "16", "reason": "一、二、三支部", "revision": item.revision, "answer": "1"}
    response = zone.client("dahuangshan").post(address("item-edit", found, "work"), body)
    assert response.status_code == 302
    assert SelfAssessment.objects.get().state == "returned"
    assert not SelfItem.objects.get(indicator="work").is_open
    assert (
        zone.client("dahuangshan").post(address("item-answer", found, "vacant")).status_code == 302
    )
    again = SelfAssessment.objects.get()
    assert (again.state, again.sent_at) == ("sent", row.sent_at)
    assert sides_of([found.pk])[found.pk, "work"].reason == "一、二、三支部"


def test_a_reviewer_named_for_it_returns_items(zone: Zone) -> None:
    begun(zone)
    row = sent(zone, zone.street)
    found = assessed_of(zone.street)
    part = Part(
        path=zone.street.path,
        includes_below=False,
        permissions=frozenset({"assessment.review"}),
        subject=("assessed", found.pk),
    )
    by = replace(zone.actor("reviewer"), named=(part,))
    items_ = [("work", "写明支部")]
    assert sending.return_items(self_assessment=row, items=items_, by=by) == 1
    other = sent(zone, zone.neighbour_street, "jinshanqiao")
    with pytest.raises(NotAllowed):
        sending.return_items(self_assessment=other, items=items_, by=by)


def test_who_has_not_sent_is_reviewed_without(zone: Zone) -> None:
    begun(zone)
    found = marked(zone, zone.street)
    client = zone.client("zone")
    url = address("self-assessment-without", found)
    assert "不因此扣分" in client.post(url).content.decode()
    with pytest.raises(NotAllowed):
        sending.go_without(assessed=found, by=zone.actor("dahuangshan"))
    row = sending.go_without(assessed=found, by=zone.actor("zone"))
    assert row.is_without
    assert sending.go_without(assessed=found, by=zone.actor("zone")).is_without
    # What was drafted says nothing, and nobody above reads it.
    assert sides_of([found.pk]) == {}
    assert page_of(zone, "zone", found).status_code == 404
    with pytest.raises(Conflict, match="没有报送自评"):
        sending.return_items(
            self_assessment=row, items=[("work", "写明支部")], by=zone.actor("zone")
        )
    listed = client.get(reverse("self_assessments:self-assessment-list", args=[found.cycle.uid]))
    assert "未自评，按事实考核" in listed.content.decode()


def test_when_the_review_begins_drafts_are_shut(zone: Zone) -> None:
    begun(zone)
    found = marked(zone, zone.street)
    cycle = Cycle.objects.select_related("organization").get(pk=found.cycle_id)
    cycles.begin_review(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    found = assessed_of(zone.street)
    with pytest.raises(Conflict, match="复核已经开始"):
        sending.send(
            assessed=found,
            revision=SelfAssessment.objects.get().revision,
            by=zone.actor("dahuangshan"),
        )
    text = text_of(zone, "dahuangshan", found)
    assert "没有自评不扣分" in text
    assert "报送</button>" not in text


def test_the_list_says_who_has_sent_and_costs_the_same(zone: Zone) -> None:
    begun(zone)
    sent(zone, zone.street)
    cycle = assessed_of(zone.street).cycle
    client = zone.client("zone")
    url = reverse("self_assessments:self-assessment-list", args=[cycle.uid])
    with CaptureQueriesContext(connection) as few:
        text = client.get(url).content.decode()
    assert "1 / 2 家已报" in text
    assert "1 / 2 家已报" in client.get(cycle.get_absolute_url()).content.decode()
    sent(zone, zone.neighbour_street, "jinshanqiao")
    with CaptureQueriesContext(connection) as more:
        assert "2 / 2 家已报" in client.get(url).content.decode()
    assert len(few) == len(more)
    for name in ("dahuangshan", "huzhuang1", "reviewer"):
        assert zone.client(name).get(url).status_code == 404


def test_it_is_on_the_list_and_in_the_digest_once(zone: Zone) -> None:
    begun(zone)
    from assessments.self_assessments.worklist import provide

    for name, count in (("dahuangshan", 1), ("zone", 0), ("huzhuang", 0), ("committee", 0)):
        work = worklist.Worklist()
        provide(zone.actor(name), work)
        assert len(work.items) == count, name
    with time_machine.travel(NOW.replace(day=21, hour=2)):
        reminders.send_digests(by=system())
        reminders.send_digests(by=system())
    told = Notification.objects.filter(title__contains="自查自评")
    assert {one.user.username for one in told} == {"dahuangshan", "jinshanqiao"}
    assert SelfNotice.objects.count() == 2
    with time_machine.travel(NOW.replace(day=22, hour=2)):
        reminders.send_digests(by=system())
    assert SelfNotice.objects.count() == 2
    sent(zone, zone.street)
    with time_machine.travel(NOW.replace(day=27, hour=2)):
        reminders.send_digests(by=system())
    last = SelfNotice.objects.filter(stage__startswith="last:")
    assert [one.user_id for one in last] == [zone.users["jinshanqiao"].pk]


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_it_is_printed_as_a_score_sheet(zone: Zone, ending: str) -> None:
    begun(zone)
    found = marked(zone, zone.street)
    url = address("self-assessment-document", found, ending)
    response = zone.client("dahuangshan").get(url)
    assert response.status_code == 200
    assert len(response.getvalue()) > 2000
    assert zone.client("zone").get(url).status_code == 404


def test_paper_has_the_columns_of_score_sheets(zone: Zone) -> None:
    from assessments.self_assessments.exports.paper import HEAD, paper
    from assessments.self_assessments.queries.sheet import sheet_of
    from core.documents import Table

    begun(zone)
    found = marked(zone, zone.street)
    made = paper(sheet_of(found))
    tables = [one for one in made.blocks if isinstance(one, Table)]
    assert tables[0].rows[0] == HEAD
    own = next(row for row in tables[0].rows if row[1] == "work")
    assert own[-1] == "18.00"
    assert made.stamp == "未报送"


def test_programs_read_write_and_send_their_own(zone: Zone) -> None:
    begun(zone)
    found = assessed_of(zone.street)
    client = zone.client("dahuangshan")
    one = reverse("api:self-assessment-detail", args=[found.uid])
    told = client.get(one)
    assert told.status_code == 200
    assert told.json()["missing"] == ["work"]
    assert zone.client("zone").get(one).status_code == 404
    write = reverse("api:self-item-write", args=[found.uid, "work"])
    how: dict[str, Any] = {"content_type": "application/json"}
    body = {"facts": EIGHTEEN, "reason": "三个支部照做"}
    assert client.post(write, body, **how).status_code == 428
    response = client.post(write, body, headers={"If-Match": '"0"'}, **how)
    assert response.status_code == 200, response.content
    assert response.json()["missing"] == []
    stale = client.post(write, {**body, "reason": "x"}, headers={"If-Match": '"0"'}, **how)
    assert stale.status_code == 412
    for wrong in ({"facts": {"7": {"points": "1"}}}, {"facts": {"0": {"points": "99"}}}):
        answer = client.post(write, {**wrong, "reason": "x"}, headers={"If-Match": '"1"'}, **how)
        assert answer.status_code in (400, 422), answer.content
    send = reverse("api:self-assessment-send", args=[found.uid])
    revision = client.get(one).headers["ETag"]
    assert client.post(send, {}, headers={"If-Match": revision}, **how).json()["state"] == "sent"


def test_a_branch_assesses_itself_the_same_way(zone: Zone) -> None:
    """Its street holds the cycle: the secretary fills it, the street reads it once it is sent."""
    from tests.scheme_world import computed, content, leaf, published

    (other,) = make_organizations(
        zone.general, [{"name": "第三支部", "short_name": "第三支部", "kind": "branch"}]
    )
    for one in (zone.branch, zone.branch2, other):
        one.organization_class = "village"
        one.save()
    said = content()
    said["root"]["parts"][0]["parts"] = [leaf("work", "100", "discretion", {"bound": "100"})]
    published(zone.street, said=said, level="branch", classes=("village",), name="支部类")
    by = zone.actor("dahuangshan")
    cycle = cycles.open_cycle(organization=zone.street, level="branch", period="2026-H1", by=by)
    computed(cycle)
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
    computed(cycle)
    found = Assessed.objects.get(cycle=cycle, organization=zone.branch)
    client, url = zone.client("huzhuang1"), address("item-edit", found, "work")
    body = {"0-points": "88", "reason": "按月开展", "revision": "0"}
    assert client.post(url, body).status_code == 302
    for name in ("officer", "huzhuang", "huzhuang2", "dahuangshan", "zone"):
        assert zone.client(name).get(url).status_code == 404, name
    revision = SelfAssessment.objects.get().revision
    send = address("self-assessment-send", found)
    asked = client.post(send, {"revision": revision})
    seen = asked.content.decode().split('name="seen" value="')[1].split('"')[0]
    response = client.post(send, {"revision": revision, "agreed": "yes", "seen": seen})
    assert response.status_code == 302
    assert SelfAssessment.objects.get().state == "sent"
    for name, status in (("dahuangshan", 200), ("officer", 200), ("huzhuang2", 404)):
        assert page_of(zone, name, found).status_code == status, name
