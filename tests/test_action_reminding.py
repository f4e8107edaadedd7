"""督办 in the one digest: each stage once, overdue rises by the ladder, silent once answered."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.models import AuditEntry, Notification
from orgs.models import OfficeHolding
from schedules.action_items import digest
from schedules.action_items.actions import checking, extensions, handling, issuing
from schedules.action_items.models import ActionItem, ActionNotice
from schedules.rounds.actions import reminders
from schedules.rounds.digests import Morning
from schedules.rounds.queries.calendar import load

from .parallel import run_together
from .test_action_items import MONDAY, day, give, receive, report
from .world import Zone, build_zone, make_user

# Given out on Monday the 6th of July 2026: receipt until the 8th, due on Friday the 10th. Overdue by
# 1 working day on the 13th, by 3 on the 15th, by 5 on the 17th.


@pytest.fixture
def posts(zone: Zone) -> Zone:
    return fill_posts(zone)


def fill_posts(zone: Zone) -> Zone:
    for username, post in (
        ("commissioner", "organization_commissioner"),
        ("chief", "organization_section_chief"),
        ("deputy_secretary", "deputy_secretary"),
    ):
        zone.users[username] = make_user(username)
        OfficeHolding.objects.create(
            organization=zone.street, post=post, person_name=username, user=zone.users[username]
        )
    return zone


def send(number: int, hour: int = 9) -> int:
    """The digests of the day so many days after the Monday."""
    moment = MONDAY.replace(hour=hour - 8) + dt.timedelta(days=number)
    with clock.at(moment):
        return reminders.send_digests(by=system())


def heard(zone: Zone, username: str) -> dict[str, str]:
    """Day -> title and body of the person's digests."""
    rows = Notification.objects.filter(user=zone.users[username], key__startswith="digest:")
    return {row.key.split(":")[1][4:]: f"{row.title}\n{row.body}" for row in rows.order_by("key")}


def every_day(first: int, last: int) -> None:
    for number in range(first, last + 1):
        send(number)


def test_owner_hears_each_stage_once_and_never_on_days_off(posts: Zone) -> None:
    with day(0):
        give(posts)
    every_day(0, 30)
    told = heard(posts, "huzhuang1")
    # 7th: to receive, three working days left; 9th: receipt overdue, one left; 10th: due today;
    # 13th, 15th, 22nd, 31st: overdue, with the receipt's own stages between.
    assert list(told) == [
        "0707", "0709", "0710", "0713", "0715", "0720", "0722", "0729", "0731",
    ]  # fmt: skip
    assert "1 件待签收" in told["0707"]
    assert "请在 7月8日 前签收" in told["0707"]
    assert "签收期限 7月8日，已逾期 1 个工作日" in told["0709"]
    assert "今天到期" in told["0710"]
    assert told["0713"].startswith("督办 1 件逾期\n督办〔2026〕1号 补齐支部党课记录（")
    assert "期限 7月10日，已逾期 1 个工作日" in told["0713"]
    assert heard(posts, "huzhuang2") == {}
    assert heard(posts, "jinshanqiao") == {}


def test_overdue_rises_one_level_at_a_time_once_for_each_rung(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
    every_day(0, 30)
    assert list(heard(posts, "commissioner")) == ["0713"]
    assert list(heard(posts, "chief")) == ["0715"]
    assert list(heard(posts, "deputy_secretary")) == ["0717"]
    told = heard(posts, "chief")["0715"]
    assert told.startswith("下级有 1 件督办逾期，请督促")
    assert "期限 7月10日，已逾期 3 个工作日，请督促" in told
    steps = list(item.steps.filter(kind="escalated").values_list("text", flat=True))
    assert steps == [
        "逾期 1 个工作日，报组织委员",
        "逾期 3 个工作日，报组织科长",
        "逾期 5 个工作日，报副书记",
    ]
    assert AuditEntry.objects.filter(verb="action_items.item.escalate").count() == 3
    assert not any(heard(posts, name) for name in ("zone", "jinshanqiao"))


def test_what_nobody_was_told_for_days_rises_once(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
    send(9)
    assert [len(heard(posts, name)) for name in ("commissioner", "chief")] == [1, 1]
    step = item.steps.get(kind="escalated")
    assert step.text == "逾期 3 个工作日，报组织委员、组织科长"


def test_not_received_rises_too(posts: Zone) -> None:
    with day(0):
        item = give(posts, due_on=None)
    every_day(0, 5)
    assert list(heard(posts, "commissioner")) == ["0709"]
    assert "签收期限 7月8日" in heard(posts, "commissioner")["0709"]
    assert item.steps.get(kind="escalated").text == "未签收，逾期 1 个工作日，报组织委员"


@pytest.mark.parametrize("how", ["report", "wait", "ask", "progress", "cancel"])
def test_silent_as_soon_as_it_is_answered(posts: Zone, how: str) -> None:
    branch = posts.actor("huzhuang1")
    with day(0):
        item = give(posts)
        receive(posts, item)
    every_day(0, 7)
    assert list(heard(posts, "commissioner")) == ["0713"]
    with day(8):
        item.refresh_from_db()
        if how == "report":
            report(posts, item)
        elif how == "wait":
            handling.wait(
                item=item, name="供电公司", note="等电表迁走", due_on=dt.date(2026, 7, 30),
                revision=item.revision, by=branch,
            )  # fmt: skip
        elif how == "ask":
            extensions.ask(
                item=item, wanted_on=dt.date(2026, 8, 10), reason="等电表迁走", by=branch
            )
        elif how == "progress":
            handling.progress(item=item, text="已补两次", by=branch, revision=item.revision)
        else:
            issuing.cancel(
                item=item, reason="不用办了", revision=item.revision, by=posts.actor("dahuangshan")
            )
    every_day(9, 11)  # Wednesday, Thursday, Friday
    for name in ("chief", "deputy_secretary"):
        assert heard(posts, name) == {}, name
    assert "0715" not in heard(posts, "huzhuang1")
    every_day(12, 16)
    # A word holds for three working days: then it goes on where it was.
    expected = ["0720"] if how == "progress" else []
    assert list(heard(posts, "chief")) == list(heard(posts, "deputy_secretary")) == expected


def test_wish_of_the_one_before_keeps_nobody_silent_after_a_transfer(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
        extensions.ask(
            item=item, wanted_on=dt.date(2026, 8, 3), reason="等材料到", by=posts.actor("huzhuang1")
        )
        item.refresh_from_db()
        issuing.transfer(
            item=item, owner=posts.branch2, reason="人员调整", revision=item.revision,
            by=posts.actor("dahuangshan"),
        )  # fmt: skip
        assert item.extensions.get().state == "refused"
        handling.receive(item=item, by=posts.actor("huzhuang2"))
    send(7)
    assert "已逾期 1 个工作日" in heard(posts, "huzhuang2")["0713"]
    assert list(heard(posts, "commissioner")) == ["0713"]
    with day(8):
        extensions.ask(
            item=item, wanted_on=dt.date(2026, 8, 3), reason="刚刚接手", by=posts.actor("huzhuang2")
        )


def test_line_reported_is_an_answer_and_one_that_came_back_is_none(posts: Zone) -> None:
    from schedules.action_items.actions import lines

    with day(0):
        item = give(posts, lines=[issuing.LineGiven("缺一次记录"), issuing.LineGiven("缺照片")])
        receive(posts, item)
    with day(1):
        line = item.lines.first()
        assert line is not None
        lines.report_line(line=line, evidence="看记录本", by=posts.actor("huzhuang1"))
    with day(7):  # the day on which it is overdue by one working day
        lines.return_line(line=line, reason="没有签字", by=posts.actor("dahuangshan"))
    send(7)
    assert list(heard(posts, "commissioner")) == ["0713"], "what the checker does is no answer"
    with day(8):
        lines.report_line(line=line, evidence="已补签字", by=posts.actor("huzhuang1"))
    send(9)
    assert heard(posts, "chief") == {}


def test_date_put_off_begins_the_ladder_anew(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
    every_day(0, 7)
    with day(8):
        wish = extensions.ask(
            item=item,
            wanted_on=dt.date(2026, 7, 20),
            reason="等材料到",
            by=posts.actor("huzhuang1"),
        )
        extensions.grant(extension=wish, by=posts.actor("dahuangshan"))
    every_day(9, 15)
    assert list(heard(posts, "commissioner")) == ["0713", "0721"]


def test_who_checks_is_told_of_what_waits_and_who_reported_is_not(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
        report(posts, item, "dahuangshan")  # for the branch: he does not check it then
    every_day(1, 4)
    # Nobody else at the street: the level above.
    assert heard(posts, "dahuangshan") == {}
    assert list(heard(posts, "zone")) == ["0709"]
    assert "7月6日报结，已等核验 3 个工作日" in heard(posts, "zone")["0709"]
    posts.users["second"] = make_user("second", "committee_staff", posts.street)
    every_day(7, 9)
    assert list(heard(posts, "second")) == ["0713"]
    assert list(heard(posts, "zone")) == ["0709"]
    with day(10):
        checking.send_back(
            item=item, reason="还差一次", by=posts.actor("second"), revision=_fresh(item)
        )
        report(posts, item, "huzhuang1")
    every_day(11, 15)
    assert list(heard(posts, "second")) == ["0713", "0721"]


def test_other_unit_is_told_and_its_lateness_rises_at_its_own_place(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
        handling.wait(
            item=item, name="", organization=posts.neighbour_street, note="请提供转出名单",
            due_on=dt.date(2026, 7, 8), revision=_fresh(item), by=posts.actor("huzhuang1"),
        )  # fmt: skip
    every_day(0, 4)
    other = heard(posts, "jinshanqiao")
    assert "请提供转出名单" in other["0706"]
    assert "已超期 1 个工作日" in other["0709"]
    # Nobody of the neighbour holds a post: who checks there is told of the rise as well.
    assert "下级有 1 件督办逾期" not in other["0708"]
    assert "1 件被别的单位耽搁" in heard(posts, "huzhuang1")["0709"]
    assert "1 件被别的单位耽搁" in heard(posts, "dahuangshan")["0709"]
    assert heard(posts, "commissioner") == {}
    assert item.steps.get(kind="escalated").text.startswith("对方逾期 1 个工作日")


def test_wish_for_more_time_and_look_again(posts: Zone) -> None:
    with day(0):
        item = give(posts)
        receive(posts, item)
        extensions.ask(
            item=item,
            wanted_on=dt.date(2026, 8, 10),
            reason="等材料到",
            by=posts.actor("huzhuang1"),
        )
    every_day(1, 4)
    assert "申请延至 8月10日，已等答复 3 个工作日" in heard(posts, "dahuangshan")["0709"]
    with day(5):
        report(posts, item)
        checking.verify(
            item=item, note="看过", by=posts.actor("dahuangshan"), revision=_fresh(item)
        )
    posts.users["second"] = make_user("second", "committee_staff", posts.street)
    Notification.objects.all().delete()
    every_day(60, 110)
    assert list(heard(posts, "second")) == ["0909", "1002", "1012"]
    assert "销号后该回头看，10月9日 前办" in heard(posts, "second")["0909"]
    assert heard(posts, "dahuangshan") == {}, "who closed it does not look again"


def _fresh(item: ActionItem) -> int:
    item.refresh_from_db()
    return item.revision


def test_one_digest_with_duties_and_items_and_the_same_day_again_adds_nothing(posts: Zone) -> None:
    from schedules.rounds.actions import opening

    with clock.at(dt.datetime(2026, 6, 26, tzinfo=dt.UTC)):
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    with day(0):
        give(posts)
    send(1)
    told = heard(posts, "huzhuang1")["0707"]
    title, *lines = told.split("\n")
    assert title == "有 1 件事待办，其中 1 件已过截止日；督办 1 件待签收"
    assert len(lines) == 2
    marks = ActionNotice.objects.count()
    assert send(1) == send(1, 14) == 0
    assert ActionNotice.objects.count() == marks


def test_nobody_is_marked_before_his_hour(posts: Zone) -> None:
    user = posts.users["huzhuang1"]
    user.reminder_hour = 14
    user.save()
    with day(0):
        give(posts)
    send(1)
    assert not ActionNotice.objects.filter(user_id=user.pk).exists()
    send(1, 14)
    assert list(heard(posts, "huzhuang1")) == ["0707"]


def test_summary_of_the_week_names_what_is_known(posts: Zone) -> None:
    posts.users["huzhuang1"].weekly_summary = True
    posts.users["huzhuang1"].save()
    with day(0):
        item = give(posts, due_on=dt.date(2026, 7, 15))
        receive(posts, item)
    every_day(0, 7)
    # The stage of three days before is the 10th; Monday the 13th names it again.
    assert list(heard(posts, "huzhuang1")) == ["0710", "0713"]


def test_costs_the_same_for_many(posts: Zone) -> None:
    with day(0):
        give(posts)
    costs = []
    for owners in ([], [posts.branch2, posts.general]):
        if owners:
            with day(0):
                give(posts, owners)
        with (
            day(9),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            morning = Morning(clock.today(), load(), set())
            found = digest.parts(morning)
        costs.append(len(queries))
    assert len(found[posts.users["chief"].pk].marks) == 6
    assert costs[0] == costs[1] <= 18, costs


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races_of_the_digest() -> None:
    """Several runs at once tell once, without any plan; an item transferred while it falls overdue
    is told as it is. (Threads have their own clock.)"""
    zone = fill_posts(build_zone())
    with day(0):
        items = [give(zone, title=f"第{number}件要办的事") for number in range(6)]
        for item in items:
            receive(zone, item)
    moved = items[0]
    moved.refresh_from_db()

    def morning() -> Any:
        return send(7)

    def transfer() -> Any:
        with day(7):
            return issuing.transfer(
                item=moved, owner=zone.branch2, reason="人员调整", revision=moved.revision,
                by=zone.actor("dahuangshan"),
            )  # fmt: skip

    results = run_together([morning, transfer, morning, morning])
    assert all(one.error is None for one in results), results
    assert sum(one.value for one in results if isinstance(one.value, int)) == (
        Notification.objects.filter(key__startswith="digest:").count()
    )
    for username in ("commissioner", "huzhuang1"):
        assert list(heard(zone, username)) == ["0713"], username
    told = heard(zone, "commissioner")["0713"]
    moved.refresh_from_db()
    step_kinds = list(moved.steps.values_list("kind", flat=True))
    if moved.number in told:
        # The digest came first or last: what it says of the owner was so at its moment.
        named = (
            "第一支部"
            if step_kinds.index("escalated") < step_kinds.index("transferred")
            else "第二支部"
        )
        line = next(line for line in told.split("\n") if moved.number in line)
        assert named in line
    else:
        assert "escalated" not in step_kinds
    for item in items:
        rungs = item.steps.filter(kind="escalated").count()
        assert rungs == ActionNotice.objects.filter(item=item, stage="C260710R1").count() <= 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_lines_turn_good_once_though_several_look() -> None:
    from schedules.action_items.actions import lines
    from schedules.action_items.enums import LineState
    from schedules.action_items.models import ActionLine

    from .world import make_member

    zone = build_zone()
    bound = issuing.LineGiven("党员太少", figure_key="members_on_roll", goal=1)
    with day(0):
        make_member(zone.branch, "王五")
        items = [give(zone, due_on=None, lines=[bound]) for _ in range(5)]

    def look() -> Any:
        with day(40):
            return lines.turn_good(by=system())

    results = run_together([look] * 4)
    assert sum(one.value or 0 for one in results) == 5, results
    assert ActionLine.objects.filter(state=LineState.DONE).count() == 5
    for item in items:
        assert item.steps.filter(kind="line").count() == 1
