"""What committees make of what was written to them: 列入调度, answers, and what became of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from schedules.rounds import mark_outcomes
from schedules.rounds.actions import marks
from schedules.rounds.enums import MarkState
from schedules.rounds.models import ReportItem, ReportMark
from tests.parallel import run_together
from tests.test_checking import withdraw
from tests.test_reports import JULY_8, check, open_june, report_of, send
from tests.world import Zone, build_zone


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    send(zone, highlights=["带岗带责进网格", "志愿服务进楼栋"])
    return zone


def item_of(zone: Zone, key: str = "problems") -> ReportItem:
    return report_of(zone.branch).items.get(key=key)


def mark(zone: Zone, username: str = "zone", key: str = "problems", row: int = 0) -> ReportMark:
    with clock.at(JULY_8):
        return marks.mark(
            item=item_of(zone, key), row=row, note="请街道讲", by=zone.actor(username)
        )


def answer(zone: Zone, text: str, revision: int, username: str = "zone") -> ReportMark:
    with clock.at(JULY_8):
        return marks.answer(
            item=item_of(zone), row=0, text=text, revision=revision, by=zone.actor(username)
        )


def test_marked_is_what_waits_for_the_committees_own_meeting(june: Zone) -> None:
    found = mark(june)
    assert (found.text, found.note) == ("活动室屋顶渗水", "请街道讲")
    second = mark(june, "dahuangshan", "highlights", 2)
    assert second.text == "志愿服务进楼栋", "one of two entries"
    waiting = ReportMark.objects.for_dispatch()
    assert list(waiting.of_committee(june.root.pk)) == [found]
    assert list(waiting.of_committee(june.street.pk)) == [second]
    assert AuditEntry.objects.filter(verb="schedules.mark.mark").count() == 2
    assert mark(june).revision == 1, "again the same: nothing happens"
    assert found.steps.count() == 1


def test_taken_off_it_waits_no_longer_and_can_be_marked_again(june: Zone) -> None:
    mark(june)
    with clock.at(JULY_8):
        off = marks.unmark(item=item_of(june), row=0, by=june.actor("zone"))
    assert off is not None
    assert off.state == MarkState.UNMARKED
    assert not ReportMark.objects.for_dispatch().exists()
    assert marks.unmark(item=item_of(june), row=0, by=june.actor("zone")) == off
    assert marks.unmark(item=item_of(june), row=0, by=june.actor("dahuangshan")) is None
    assert mark(june).pk == off.pk
    assert [step.kind for step in off.steps.all()] == ["marked", "unmarked", "marked"]


def test_who_marks_is_a_committee_above(june: Zone) -> None:
    item = item_of(june)
    for username in ("jinshanqiao", "huzhuang1", "taoyuan1"):
        with pytest.raises(NotAllowed):
            marks.mark(item=item, row=0, by=june.actor(username))
    with pytest.raises(DomainError, match="已没有这一条"):
        mark(june, row=3)
    withdraw(june)
    with pytest.raises(DomainError, match="已没有这一条"):
        mark(june)


def test_marks_are_seen_by_their_committee_and_above_alone(june: Zone) -> None:
    of_zone, of_street = mark(june), mark(june, "dahuangshan")

    def seen(username: str) -> set[ReportMark]:
        return set(ReportMark.objects.visible_to(june.actor(username)))

    assert seen("zone") == seen("committee") == {of_zone, of_street}
    assert seen("dahuangshan") == {of_street}
    assert not any(map(seen, ("jinshanqiao", "huzhuang", "huzhuang1", "sysadmin")))
    assert not ReportMark.objects.visible_to(None).exists()


def test_an_answer_comes_to_the_branch_and_stays_answered(june: Zone) -> None:
    mark(june)
    found = answer(june, "已列入街道维修计划，八月底前修好。", 1)
    assert list(ReportMark.objects.answered()) == [found]
    assert not ReportMark.objects.unanswered().exists()
    assert found.is_marked, "an answer does not take it off"
    told = Notification.objects.filter(key__startswith="mark-answer")
    people = {one.user.username for one in told}
    assert people == {"huzhuang1", "officer"}
    assert "八月底前修好" in told[0].body
    assert told[0].url == found.get_absolute_url()
    assert answer(june, "已列入街道维修计划，八月底前修好。", 0).revision == found.revision
    with pytest.raises(Conflict, match="另一人刚刚处理过"):
        answer(june, "另一个答复", 1)
    later = answer(june, "改为九月底前。", 2)
    assert later.answer == "改为九月底前。"
    assert later.steps.filter(kind="answered").count() == 2, "the first is kept"


def test_an_answer_needs_words_and_no_mark(june: Zone) -> None:
    for text in ("", "。", "长" * 301):
        with pytest.raises(DomainError, match="答复"):
            answer(june, text, 0)
    found = answer(june, "已转社区办理。", 0)
    assert (found.state, found.text) == (MarkState.UNMARKED, "活动室屋顶渗水")
    assert not ReportMark.objects.for_dispatch().exists()


def test_what_was_marked_stays_as_it_was(june: Zone) -> None:
    found = mark(june)
    check(june, report_of(june.branch), problems="请写明牵头人")
    send(june, at=JULY_8, problems="牵头人：王某")
    found.refresh_from_db()
    assert found.text == "活动室屋顶渗水"
    assert not found.is_as_written(["牵头人：王某"])


def test_a_returned_item_is_marked_as_it_was_sent(june: Zone) -> None:
    check(june, report_of(june.branch), problems="请写明牵头人")
    ReportItem.objects.filter(pk=item_of(june).pk).update(value={"text": "草稿"})
    assert mark(june).text == "活动室屋顶渗水"


def test_higher_slices_say_what_became_of_marks(june: Zone) -> None:
    found = mark(june)
    before = list(mark_outcomes._tellers)

    def tell(actor: Actor, ids: object) -> dict[int, list[mark_outcomes.Outcome]]:
        return {found.pk: [mark_outcomes.Outcome("已列入2026年7月调度会第3项", "/x/")]}

    mark_outcomes.register(tell)
    try:
        told = mark_outcomes.of(june.actor("zone"), [found.pk])
        assert [one.text for one in told[found.pk]] == ["已列入2026年7月调度会第3项"]
        assert mark_outcomes.of(june.actor("zone"), []) == {}
    finally:
        mark_outcomes._tellers[:] = before


def test_marking_costs_the_same_for_long_and_short_items(june: Zone) -> None:
    with CaptureQueriesContext(connection) as first:
        mark(june, key="highlights", row=1)
    with CaptureQueriesContext(connection) as second:
        mark(june, key="highlights", row=2)
    assert len(first) == len(second)


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_are_one_and_a_refusal() -> None:
    zone = build_zone()
    open_june(zone)
    send(zone)
    item, by = item_of(zone), zone.actor("zone")

    def act(text: str) -> None:
        with clock.at(JULY_8):
            marks.answer(item=item, row=0, text=text, revision=0, by=by)

    outcomes = run_together([lambda text=f"答复第{n}稿": act(text) for n in range(4)])
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, Conflict | None) for one in outcomes)
    assert ReportMark.objects.get().revision == 1
    assert Notification.objects.filter(key__startswith="mark-answer").count() == 2
