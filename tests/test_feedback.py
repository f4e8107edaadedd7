"""意见建议: everybody writes, staff of the zone answer within ten working days, each is told once."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, worklist
from core.errors import Conflict, NotAllowed
from core.models import AuditEntry, Notification
from core.states import MovedOn
from orgs.access import actor_of
from schedules.action_items import digest, sources
from schedules.action_items.access import get_feedback, get_feedback_to_answer
from schedules.action_items.actions import feedback as feedbacks
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem, Feedback, FeedbackNotice
from schedules.rounds.digests import Morning
from schedules.rounds.queries.calendar import load

from .parallel import run_together
from .test_action_items import day
from .test_action_reminding import heard, send
from .world import Zone, build_zone, make_user


def write(
    zone: Zone, username: str = "huzhuang1", text: str = "台账表格太多，能不能合并"
) -> Feedback:
    return feedbacks.write(kind="burden", text=text, by=zone.actor(username))


def test_from_writing_to_the_answer(zone: Zone) -> None:
    with day(0):
        row = write(zone)
        assert row.due_on == dt.date(2026, 7, 20)  # ten working days
        with pytest.raises(Conflict, match="同样的意见"):
            write(zone)
        with pytest.raises(NotAllowed):
            feedbacks.answer(feedback=row, text="自己答复自己", by=zone.actor("huzhuang1"))
    with day(15):
        row = feedbacks.answer(feedback=row, text="七月起合并", by=zone.actor("zone"))
        assert row.late_days == 1
        with pytest.raises(MovedOn):
            feedbacks.answer(feedback=row, text="再答复一次", by=zone.actor("zone"))
        write(zone)  # the same words again, for the first are answered
    told = Notification.objects.get(about=f"feedback:{row.pk}")
    assert told.user == zone.users["huzhuang1"]
    assert "七月起合并" in told.body
    assert not AuditEntry.objects.filter(
        verb__contains="feedback", object_label__contains="台账"
    ).exists()


def test_only_who_wrote_it_and_who_answers_see_it(zone: Zone) -> None:
    """Nobody else: not the committee above, nor a colleague, nor the neighbour."""
    admin = make_user("sys", admin_kind="system")
    with day(0):
        own = write(zone)
        of_admin = feedbacks.write(kind="system", text="备份页面打不开", by=actor_of(admin, None))
    for username, seen in [
        ("huzhuang1", {own.pk}),
        ("zone", {own.pk, of_admin.pk}),
        ("officer", set()),
        ("dahuangshan", set()),
        ("jinshanqiao", set()),
        ("taoyuan1", set()),
        ("committee", set()),
    ]:
        rows = Feedback.objects.visible_to(zone.actor(username))
        assert set(rows.values_list("pk", flat=True)) == seen, username
    assert Feedback.objects.visible_to(actor_of(admin, None)).get() == of_admin
    with pytest.raises(Http404):
        get_feedback(zone.actor("dahuangshan"), own.pk)
    with pytest.raises(Http404):
        get_feedback_to_answer(zone.actor("huzhuang1"), own.pk)


def test_pages_for_everybody_also_administrators(zone: Zone) -> None:
    make_user("sys", admin_kind="system")
    zone.users["sys"] = make_user("sys2", admin_kind="audit")
    for username in ("huzhuang1", "sys"):
        client = zone.client(username)
        with day(0):
            page = client.get(reverse("action_items:feedback-create"))
            assert "能看到是谁提的" in page.content.decode()
            answer = client.post(
                reverse("action_items:feedback-create"),
                {"kind": "system", "text": f"{username}希望字大一点"},
                follow=True,
            )
            assert "7月20日前答复" in answer.content.decode()
    with day(15):
        page = zone.client("zone").get(reverse("action_items:feedback-list")).content.decode()
        assert page.count("逾期未答复") == 3  # the figure and both rows
        assert "huzhuang1希望字大一点" in page
        mine = zone.client("huzhuang1").get(reverse("action_items:feedback-list")).content.decode()
        assert "sys希望字大一点" not in mine
        found = worklist.collect(zone.actor("zone"))
        item = next(one for one in found.items if one.title == "意见建议待答复")
        assert item.text == "2 条，其中 2 条逾期"
        other = worklist.collect(zone.actor("dahuangshan"))
        assert not any(one.title == "意见建议待答复" for one in other.items)


def test_becomes_an_item_once_and_is_still_answered(zone: Zone) -> None:
    with day(0):
        row = write(zone)
        client = zone.client("zone")
        url = reverse("action_items:feedback-hand", args=[row.pk])
        assert row.text in client.get(url).content.decode()
        typed = {
            "owner": zone.street.pk, "title": "合并台账表格", "demand": row.text, "is_issued": "on",
            "priority": "normal", "category": "reporting", "cause": "unknown",
        }  # fmt: skip
        assert client.post(url, typed).status_code == 302
        item = ActionItem.objects.get()
        assert (item.source_kind, item.source_id, item.state) == ("feedback", row.pk, "issued")
        assert (item.issuer, item.owner) == (zone.root, zone.street)
        assert client.post(url, typed).status_code == 409
        assert ActionItem.objects.count() == 1
        assert sources.registered()["feedback"].addresses(zone.actor("zone"), [row.pk]) == {
            row.pk: row.get_absolute_url()
        }
        # Who has to do it does not read who wished it.
        assert sources.registered()["feedback"].addresses(zone.actor("dahuangshan"), [row.pk]) == {}
        issuing.cancel(
            item=item, reason="另行办理", revision=_revision(item), by=zone.actor("zone")
        )
        assert client.post(url, typed).status_code == 302
        page = client.get(row.get_absolute_url()).content.decode()
        assert page.count("合并台账表格") == 2
    assert Notification.objects.filter(about=f"feedback:{row.pk}").count() == 2
    row.refresh_from_db()
    assert row.state == "waiting"


def _revision(item: ActionItem) -> int:
    item.refresh_from_db()
    return item.revision


def test_digest_tells_who_answers_and_what_is_late_rises(zone: Zone) -> None:
    from orgs.models import OfficeHolding

    chief = zone.users["root_chief"] = make_user("root_chief")
    OfficeHolding.objects.create(
        organization=zone.root, post="organization_section_chief", person_name="科长", user=chief
    )
    with day(0):
        write(zone)
        feedbacks.write(kind="work", text="党工委自己的一条", by=zone.actor("zone"))
    for number in range(25):
        send(number)
    told = heard(zone, "zone")
    # New, three days before, one, the day, and overdue by 1, 3 (5 rises to nobody else), then 8.
    assert list(told) == ["0707", "0715", "0717", "0720", "0721", "0723", "0727", "0730"]
    assert (
        "意见建议（减负，huzhuang1）台账表格太多，能不能合并：请在 7月20日 前答复" in told["0707"]
    )
    assert "党工委自己的一条" not in "".join(told.values()), "nobody is told of his own"
    assert list(heard(zone, "root_chief")) == ["0723"]
    raised = heard(zone, "root_chief")["0723"]
    assert raised.startswith("有 2 条意见建议逾期未答复，请督促")
    assert "台账" not in raised
    assert heard(zone, "dahuangshan") == heard(zone, "huzhuang1") == {}


def test_costs_the_same_for_many(zone: Zone) -> None:
    costs, pages = [], []
    for more in (1, 2):
        with day(0):
            for number in range(more):
                write(zone, "huzhuang1", f"第{more}次的第{number}条意见")
        with day(16):
            with CaptureQueriesContext(connection) as queries:
                found = digest.voices(Morning(clock.today(), load(), set()))
            costs.append(len(queries))
            client: Any = zone.client("zone")
            client.get(reverse("action_items:feedback-list"))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("action_items:feedback-list"))
            pages.append(len(queries))
    assert len(found[zone.users["zone"].pk].marks) == 6
    assert costs[0] == costs[1] <= 9, costs
    assert pages[0] == pages[1], pages


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races_of_feedback() -> None:
    """Eight who write the same write one; of two answers one stands; told once."""
    zone = build_zone()

    def on_monday(act: Any) -> Any:
        def run() -> Any:
            with day(0):
                return act()

        return run

    made = run_together([on_monday(lambda: write(zone))] * 6)
    assert sum(one.error is None for one in made) == 1, made
    row = Feedback.objects.get()

    def answer(text: str) -> Any:
        return on_monday(lambda: feedbacks.answer(feedback=row, text=text, by=zone.actor("zone")))

    both = run_together([answer("一号答复"), answer("二号答复"), lambda: send(1), lambda: send(1)])
    assert sum(one.error is None for one in both[:2]) == 1, both
    assert FeedbackNotice.objects.count() <= 1
    assert Notification.objects.filter(key__startswith="digest:").count() <= 1
