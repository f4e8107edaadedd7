"""The room in a real browser: the line is cut while somebody types, two recorders at one outcome, the
screen on the wall follows and steps aside, keys, a phone, the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import servers

pytestmark = pytest.mark.browser

HOLD = """
import datetime as dt
from core import clock
from orgs.access import actor_from_grant
from orgs.models import Organization, RoleGrant
from schedules.dispatch.actions import cards, meetings
grant = RoleGrant.objects.current().get(user__username="zone")
by = actor_from_grant(grant.user_id, grant.pk)
root = Organization.objects.get(parent=None)
series = meetings.create_series(organization=root, name="投屏的会", by=by)
meeting = meetings.draft(series=series, period=clock.today().strftime("%Y-%m"),
    starts_at=clock.now() + dt.timedelta(hours=1), by=by)
for title in ("装备制造产业园：按期率掉到自身界限以下", "前姚社区第三支部：书记空缺 3 个月"):
    cards.add(meeting=meeting, content=cards.Content("exceptions", "limits", title), by=by)
meeting.refresh_from_db()
meetings.call(meeting=meeting, revision=meeting.revision, by=by)
meetings.open_meeting(meeting=meeting, by=by)
print("CARD", meeting.cards.order_by("position")[0].pk, "MEETING", meeting.pk)
"""


def environment_of(portal: servers.Server) -> dict[str, str]:
    """What the portal was started with, for commands on its data."""
    text = Path(f"/proc/{portal.process.pid}/environ").read_text()
    return dict(pair.split("=", 1) for pair in text.split("\0") if "=" in pair)


def press(page: Any, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_line_is_cut_and_two_recorders_write(
    open_page: Callable[..., Any], live_portal: servers.Server, sign_in: Callable[..., None]
) -> None:
    said = servers.manage(environment_of(live_portal), "shell", "-c", HOLD)
    card = said.rsplit("CARD", 1)[1].split()[0]
    meeting = said.rsplit("MEETING", 1)[1].split()[0]
    address = f"/dispatch/cards/{card}/room/"
    one, wall = open_page(), open_page(width=1600)
    for page in (one, wall):
        sign_in(page, "zone")
        page.goto(address)

    # The line is cut while somebody types: the words stay, and are sent once when it is back.
    press(one, "n")
    one.context.set_offline(True)
    one.fill("[name=text]", "三班倒的支部，组织生活可按班次分两场开")
    one.wait_for_selector("[data-autosave-status]:has-text('没有网络连接')")
    one.context.set_offline(False)
    one.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    wall.wait_for_selector(".wall-row:has-text('按班次分两场开')")
    with one.expect_navigation():
        one.click("#outcome .btn.go")
    one.reload()
    assert one.locator(".wall-row").count() == 1

    # Both change it: the later one sees both texts and decides.
    for page in (one, wall):
        with page.expect_navigation():
            page.click(".wall-row .acts a")
    wall.fill("[name=text]", "另一个记录人改过的结论")
    wall.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    one.fill("[name=text]", "这一边改过的结论")
    one.wait_for_selector("[data-autosave-conflict] .diff")
    assert "另一个记录人" in one.inner_text("[data-autosave-conflict]")
    assert one.input_value("[name=text]") == "这一边改过的结论"
    one.click("[data-autosave-resume]")
    one.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")

    # Reloaded in the middle of a word: it lies on the device, is offered, and stays one outcome.
    one.goto(f"{address}?new=text")
    one.context.set_offline(True)
    one.fill("[name=text]", "第二条结论写到一半")
    one.wait_for_timeout(900)
    one.context.set_offline(False)
    one.once("dialog", lambda dialog: dialog.accept())
    one.goto(f"{address}?new=text")
    if one.locator(".draft-offer").count():
        one.click(".draft-offer button:has-text('取回来')")
        one.wait_for_selector("[data-autosave-status]:has-text('已自动保存')")
    with one.expect_navigation():
        one.click("#outcome a:has-text('收起')")
    one.wait_for_selector(".wall-row:has-text('第二条结论写到一半')")
    assert one.locator(".wall-row").count() == 2
    assert one.locator(".wall-row:has-text('这一边改过的结论')").count() == 1

    # The wall shows, and follows: the recorder moves on and writes, and nobody touches the wall.
    wall.goto(f"/dispatch/meetings/{meeting}/screen/")
    wall.wait_for_selector("h1:has-text('装备制造')")
    history = wall.evaluate("history.length")
    press(one, "n")
    one.fill("[name=text]", "第三条结论，写完就到下一题")
    with one.expect_navigation():  # what is being written is saved on the way
        one.click(".wall-foot button:has-text('下一题')")
    one.wait_for_selector("[data-used][data-runs]")
    wall.wait_for_selector("h1:has-text('前姚社区')")
    assert "前姚社区" in wall.title()
    assert wall.evaluate("history.length") == history, "back leads where it led"
    press(one, "n")
    one.fill("[name=text]", "书记人选月底前报来")
    wall.wait_for_selector(".wall-row:has-text('书记人选月底前报来')")

    # Whoever steps at the wall by hand is left there; one press and it follows again.
    press(wall, "ArrowLeft")
    wall.wait_for_selector(".wall-row:has-text('写完就到下一题')")
    with one.expect_navigation():
        one.click("#outcome .btn.go")
    wall.wait_for_selector(".wall-outcomes:has-text('现在议')")
    assert wall.locator("h1:has-text('装备制造')").count() == 1
    assert wall.locator(".wall-follow:not(.is-on)").count() == 1
    assert wall.locator("#outcome, .acts, [data-key=n]").count() == 0, "it writes nothing"
    press(wall, "f")
    wall.wait_for_selector(".wall-follow.is-on")
    wall.wait_for_selector("h1:has-text('前姚社区')")

    # Looking back moves no wall, going on with an earlier card does.
    press(one, "ArrowLeft")
    one.wait_for_selector(".wall-outcomes:has-text('现在议')")
    one.set_viewport_size({"width": 390, "height": 844})
    wide = one.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, wide
    assert wall.locator("h1:has-text('前姚社区')").count() == 1
    press(one, "b")
    wall.wait_for_selector("h1:has-text('装备制造')")

    # The end shows by itself.
    press(one, "ArrowRight")
    with one.expect_navigation():
        one.click(".wall-foot button:has-text('闭会')")
    with one.expect_navigation():
        one.click("main button:has-text('闭会')")
    wall.wait_for_selector("h1:has-text('已闭会')")
    wall.wait_for_selector("text=看会议记录")
