"""督办: two clocks, another person closes it, what was late stays, numbers are given once."""

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import Notification
from core.periods import WorkCalendar
from core.states import MovedOn, Stale
from schedules.action_items.actions import checking, extensions, gathering, handling, issuing, lines
from schedules.action_items.enums import ActionState, LineState, Look, Shape
from schedules.action_items.models import ActionItem, ActionLine, Extension, NumberSeries
from schedules.action_items.rules import after_waiting, days_late, overdue_line

from .parallel import run_together
from .world import Zone, build_zone, grant, make_user

MONDAY = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)  # 9 o'clock in China


def day(number: int) -> Any:
    """The clock, so many days after that Monday."""
    return clock.at(MONDAY + dt.timedelta(days=number))


def give(zone: Zone, owners: list[Any] | None = None, **more: Any) -> ActionItem:
    """An item of the street for the branch, given out on the Monday, due on the Friday."""
    given = issuing.Given(**{"title": "补齐支部党课记录", "due_on": dt.date(2026, 7, 10)} | more)
    item = issuing.draft(
        issuer=zone.street,
        owners=owners or [zone.branch],
        given=given,
        by=zone.actor("dahuangshan"),
    )
    return issuing.issue(item=item, by=zone.actor("dahuangshan"), revision=item.revision)


def receive(zone: Zone, item: ActionItem) -> ActionItem:
    return handling.receive(item=item, by=zone.actor("huzhuang1"))


def report(zone: Zone, item: ActionItem, username: str = "huzhuang1") -> ActionItem:
    item.refresh_from_db()
    return handling.report(
        item=item, result="三次党课的记录都已补齐", by=zone.actor(username), revision=item.revision
    )


def verify(zone: Zone, item: ActionItem, username: str = "dahuangshan") -> ActionItem:
    item.refresh_from_db()
    return checking.verify(
        item=item, note="看过记录", by=zone.actor(username), revision=item.revision
    )


def test_days_are_working_days() -> None:
    calendar = WorkCalendar()
    friday, saturday, monday = dt.date(2026, 7, 10), dt.date(2026, 7, 11), dt.date(2026, 7, 13)
    assert overdue_line(saturday, calendar) == friday  # due on Friday: not overdue on Saturday
    assert overdue_line(monday, calendar) == monday
    assert days_late(friday, saturday, calendar) == 0
    assert days_late(friday, monday, calendar) == 1
    assert days_late(None, monday, calendar) == 0
    # Stood from Friday to Tuesday: Friday and Monday.
    assert after_waiting(monday, friday, dt.date(2026, 7, 14), calendar) == (
        dt.date(2026, 7, 15),
        2,
    )
    assert after_waiting(None, friday, monday, calendar) == (None, 1)
    assert after_waiting(monday, friday, friday, calendar) == (monday, 0)


def test_from_giving_out_to_lasting(zone: Zone) -> None:
    with day(0):
        item = give(zone)
        assert item.number == "〔2026〕1号"
        assert item.receipt_due_on == dt.date(2026, 7, 8)
        told = Notification.objects.filter(about=f"action:{item.pk}")
        assert {one.user.username for one in told} == {"huzhuang1", "officer"}
        receive(zone, item)
    with day(7):  # the Monday after its Friday
        report(zone, item)
        item.refresh_from_db()
        assert (item.state, item.late_days) == (ActionState.REPORTED, 1)
        item = verify(zone, item)
    assert item.state == ActionState.CLOSED
    assert item.late_days == 1, "closed, and it was late all the same"
    assert item.look_from == dt.date(2026, 9, 11)
    other = make_user("dahuangshan_b")
    grant(other, "committee_staff", zone.street)
    zone.users["dahuangshan_b"] = other
    with day(20), pytest.raises(DomainError, match="2026年9月11日起"):
        checking.look(item=item, lasting=True, note="一直有人记录", by=zone.actor("dahuangshan_b"))
    with day(70):
        with pytest.raises(NotAllowed):
            checking.look(
                item=item, lasting=True, note="一直有人记录", by=zone.actor("dahuangshan")
            )
        item, again = checking.look(
            item=item, lasting=False, note="八月又没有记录", by=zone.actor("dahuangshan_b")
        )
    assert item.look == Look.RELAPSED
    assert again is not None
    assert (again.relapse_of_id, again.state) == (item.pk, ActionState.DRAFT)
    kinds = list(item.steps.values_list("kind", flat=True))
    assert kinds == ["issued", "received", "reported", "closed", "looked"]


def test_who_reported_never_closes(zone: Zone) -> None:
    """The street's own worker may report for the branch; then somebody else closes it."""
    with day(0):
        item = give(zone)
        receive(zone, item)
        report(zone, item, "dahuangshan")
        with pytest.raises(NotAllowed):
            verify(zone, item, "dahuangshan")
        with pytest.raises(NotAllowed):
            verify(zone, item, "huzhuang1")  # the branch checks nothing that the street gave out
        with pytest.raises(NotAllowed):
            verify(zone, item, "jinshanqiao")
        assert verify(zone, item, "zone").state == ActionState.CLOSED


def test_owner_issuer_and_strangers(zone: Zone) -> None:
    with day(0):
        item = give(zone)
        draft = issuing.draft(
            issuer=zone.street,
            owners=[zone.branch],
            given=issuing.Given(title="还没有交办的事"),
            by=zone.actor("dahuangshan"),
        )
        for username, seen in [
            ("huzhuang1", {item.pk}),
            ("officer", {item.pk}),
            ("dahuangshan", {item.pk, draft.pk}),
            ("zone", {item.pk, draft.pk}),
            ("huzhuang", {item.pk}),
            ("huzhuang2", set()),
            ("jinshanqiao", set()),
            ("taoyuan1", set()),
            ("sysadmin", set()),
        ]:
            found = ActionItem.objects.visible_to(zone.actor(username))
            assert set(found.values_list("pk", flat=True)) == seen, username
        for username in ("jinshanqiao", "huzhuang2", "committee", "auditor"):
            with pytest.raises(NotAllowed):
                handling.receive(item=item, by=zone.actor(username))
        with pytest.raises(NotAllowed):
            issuing.draft(
                issuer=zone.street,
                owners=[zone.neighbour_branch],
                given=issuing.Given(title="别家的支部"),
                by=zone.actor("dahuangshan"),
            )
        with pytest.raises(NotAllowed):
            issuing.issue(item=draft, by=zone.actor("huzhuang1"))
        with pytest.raises(NotAllowed):
            handling.report(
                item=receive(zone, item),
                result="支委不能报结",
                by=zone.actor("officer"),
                revision=3,
            )


def test_waiting_stops_the_owners_clock_and_runs_the_others(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
        item.refresh_from_db()
        item = handling.wait(
            item=item,
            organization=zone.branch2,
            name="",
            note="对方提供三月的签到簿",
            due_on=dt.date(2026, 7, 8),
            revision=item.revision,
            by=zone.actor("huzhuang1"),
        )
        assert ActionItem.objects.visible_to(zone.actor("huzhuang2")).get() == item
    with day(7):
        line = overdue_line(clock.today(), WorkCalendar())
        assert not ActionItem.objects.overdue(line).exists(), "the owner's clock stands"
        assert ActionItem.objects.held_up(line).get() == item
        item = handling.resume(item=item, by=zone.actor("huzhuang1"), revision=item.revision)
        assert item.due_on == dt.date(2026, 7, 17)  # five working days later
        assert (item.original_due_on, item.waited_days) == (dt.date(2026, 7, 10), 5)
        assert report(zone, item).late_days == 0
    assert not ActionItem.objects.visible_to(zone.actor("huzhuang2")).exists()


def test_item_without_a_date_is_never_overdue(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone, due_on=None))
    with day(300):
        assert not ActionItem.objects.overdue(clock.today()).exists()
        assert report(zone, item).late_days == 0


def test_more_time_keeps_the_original_date_in_sight(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
        wish = extensions.ask(
            item=item,
            wanted_on=dt.date(2026, 7, 20),
            reason="讲课人出差，月中回来",
            by=zone.actor("huzhuang1"),
        )
        with pytest.raises(Conflict):
            extensions.ask(
                item=item,
                wanted_on=dt.date(2026, 7, 21),
                reason="再申请一次",
                by=zone.actor("huzhuang1"),
            )
        with pytest.raises(NotAllowed):
            extensions.grant(extension=wish, by=zone.actor("huzhuang1"))
        extensions.grant(extension=wish, by=zone.actor("dahuangshan"), due_on=dt.date(2026, 7, 17))
        item.refresh_from_db()
        assert item.due_on == dt.date(2026, 7, 17)
        assert (item.original_due_on, item.extension_count) == (dt.date(2026, 7, 10), 1)
        with pytest.raises(MovedOn):
            extensions.refuse(
                extension=Extension.objects.get(pk=wish.pk),
                answer="不同意",
                by=zone.actor("dahuangshan"),
            )


def test_back_with_its_reason_and_the_clock_runs_on(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
        report(zone, item)
        item.refresh_from_db()
        checking.send_back(
            item=item, reason="缺四月的记录", by=zone.actor("dahuangshan"), revision=item.revision
        )
    with day(8):
        item.refresh_from_db()
        assert (item.state, item.returned_count) == (ActionState.DOING, 1)
        report(zone, item)
        assert ActionItem.objects.get().late_days == 2


def test_other_organisation_begins_anew_and_the_lateness_stays_in_the_history(zone: Zone) -> None:
    with day(0):
        item = receive(zone, give(zone))
    with day(8):
        item.refresh_from_db()
        item = issuing.transfer(
            item=item,
            owner=zone.branch2,
            reason="记录在第二支部",
            revision=item.revision,
            by=zone.actor("dahuangshan"),
        )
        assert (item.state, item.owner, item.late_days) == (ActionState.ISSUED, zone.branch2, 0)
        assert "转办前已逾期 2 天" in item.steps.last().text
        assert item.receipt_due_on == dt.date(2026, 7, 16)
        with pytest.raises(Stale):
            issuing.transfer(
                item=item,
                owner=zone.branch,
                reason="另一页里的旧样子",
                revision=item.revision - 1,
                by=zone.actor("dahuangshan"),
            )


def test_one_task_for_many_closes_with_its_last_part(zone: Zone) -> None:
    with day(0):
        whole = give(zone, owners=[zone.branch, zone.branch2])
        assert (whole.shape, whole.owner) == (Shape.SHARED, zone.street)
        first, second = whole.children.order_by("part")
        assert [first.number, second.number] == ["〔2026〕1号之1", "〔2026〕1号之2"]
        assert ActionItem.objects.under_way().counted().count() == 2
        assert not ActionItem.objects.visible_to(zone.actor("huzhuang2")).filter(pk=first.pk)
        handling.receive(item=first, by=zone.actor("huzhuang1"))
        handling.receive(item=second, by=zone.actor("huzhuang2"))
        report(zone, first)
        report(zone, second, "huzhuang2")
        verify(zone, first)
        assert ActionItem.objects.get(pk=whole.pk).state == ActionState.DOING
        verify(zone, second)
        assert ActionItem.objects.get(pk=whole.pk).state == ActionState.CLOSED


def test_many_alike_become_one_with_their_own_numbers(zone: Zone) -> None:
    with day(0):
        one, two = give(zone), give(zone, owners=[zone.branch2])
        whole = gathering.gather(
            items=[one, two],
            issuer=zone.root,
            given=issuing.Given(title="全区党课记录不全"),
            by=zone.actor("zone"),
        )
        assert sorted(child.number for child in whole.children.all()) == [
            "〔2026〕1号",
            "〔2026〕2号",
        ]
        assert whole.issuer == zone.root
        with pytest.raises(DomainError):
            gathering.gather(
                items=[one, two],
                issuer=zone.root,
                given=issuing.Given(title="再并一次也不行"),
                by=zone.actor("zone"),
            )
        with pytest.raises(NotAllowed):
            gathering.gather(
                items=[one, two],
                issuer=zone.street,
                given=issuing.Given(title="别家的不能并"),
                by=zone.actor("jinshanqiao"),
            )


def test_cancelled_keeps_its_number(zone: Zone) -> None:
    with day(0):
        item = give(zone)
        issuing.cancel(
            item=item, reason="重复交办", revision=item.revision, by=zone.actor("dahuangshan")
        )
        assert give(zone).number == "〔2026〕2号"
        with pytest.raises(MovedOn):
            receive(zone, item)


def test_lines_are_marked_one_by_one(zone: Zone) -> None:
    with day(0):
        item = give(
            zone,
            lines=[
                issuing.LineGiven("一季度没有党课", "补讲两次", "张三", dt.date(2026, 7, 8)),
                issuing.LineGiven("在册人数不对", figure_key="members_on_roll", goal=0, months=1),
            ],
        )
        receive(zone, item)
        first, second = item.lines.all()
        with pytest.raises(DomainError, match="随数据"):
            lines.report_line(line=second, evidence="有佐证", by=zone.actor("huzhuang1"))
    with day(3):  # Thursday; it was due on Wednesday
        line = lines.report_line(line=first, evidence="记录本第 3 页", by=zone.actor("huzhuang1"))
        assert line.late_days == 1
        with pytest.raises(NotAllowed):
            lines.verify_line(line=line, by=zone.actor("huzhuang1"))
        with pytest.raises(DomainError, match="还有 2 条"):
            report(zone, item)
        line = lines.verify_line(line=line, by=zone.actor("dahuangshan"))
        assert (line.state, line.late_days) == (LineState.DONE, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races() -> None:
    """Numbers are given once; of three who close an item one does. (Threads have their own clock.)"""
    zone = build_zone()

    def on_monday(act: Any) -> Any:
        def run() -> Any:
            with day(0):
                return act()

        return run

    made = run_together([on_monday(lambda: give(zone))] * 6)
    assert sorted(one.value.serial for one in made) == [1, 2, 3, 4, 5, 6], made
    assert NumberSeries.objects.get().last == 6
    with day(0):
        item = ActionItem.objects.get(serial=1)
        receive(zone, item)
        report(zone, item)
        item.refresh_from_db()
    revision = item.revision

    def close(username: str) -> Any:
        return on_monday(
            lambda: checking.verify(
                item=item, note="看过", by=zone.actor(username), revision=revision
            )
        )

    results = run_together([close("dahuangshan"), close("zone"), close("zone")])
    assert sum(one.error is None for one in results) == 1, results
    assert sum(isinstance(one.error, Conflict) for one in results) == 2, results
    assert item.steps.filter(kind="closed").count() == 1


def test_lines_bound_to_a_figure_close_by_themselves(zone: Zone) -> None:
    from core.actor import system

    from .world import make_member

    with day(0):
        item = give(
            zone,
            lines=[issuing.LineGiven("党员太少", figure_key="members_on_roll", goal=1, months=1)],
        )
        receive(zone, item)
        assert lines.turn_good(by=system()) == 0
    with day(0):
        make_member(zone.branch, "王五")
    with day(40):
        assert lines.turn_good(by=system()) == 1
        assert lines.turn_good(by=system()) == 0
        assert ActionLine.objects.get().state == LineState.DONE


def test_lines_turn_good_in_as_many_queries_for_many_and_by_the_clock(zone: Zone) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.actor import system

    from .world import make_member

    with day(0):
        make_member(zone.branch, "王五")
        make_member(zone.branch2, "赵六")
    bound = issuing.LineGiven("党员太少", figure_key="members_on_roll", goal=1)
    costs = []
    for owners in ([zone.branch], [zone.branch, zone.branch2, zone.branch2]):
        with day(0):
            for owner in owners:
                give(zone, [owner], lines=[bound, issuing.LineGiven("别的")])
        with day(40), CaptureQueriesContext(connection) as queries:
            assert lines.turn_good(by=system()) == len(owners)
        costs.append(len(queries))
    assert costs[0] == costs[1], costs
    assert ActionLine.objects.filter(state=LineState.DONE).count() == 4
    with day(0):
        item = give(zone, lines=[bound])
    call_command("tick", now="2026-08-20T02:55+08:00")
    assert item.lines.get().state == LineState.DONE
    assert item.lines.get().late_days == 29
