"""What a month asks of an organisation: minutes beside last year and the cap, and why it is passed."""

import datetime as dt
import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.errors import Conflict, DomainError
from core.models import AuditEntry
from orgs.enums import OrganizationClass
from schedules.rounds.actions import burden, definitions, opening, plans
from schedules.rounds.models import BurdenCap, BurdenExcess, Duty, Plan, ReportDefinition
from schedules.rounds.queries import loads
from tests.parallel import run_together
from tests.test_new_plans import NEW, press
from tests.test_plans import draft_of, plan_form, posted
from tests.test_reports import JULY_6, open_june
from tests.world import Zone, build_zone, make_organization


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def record_plan(key: str, **given: Any) -> Plan:
    values = {
        "name": key,
        "fulfilment": "record",
        "kinds": ["branch"],
        "starts_on": dt.date(2025, 1, 1),
        **given,
    }
    return Plan.objects.create(key=key, **values)


def cap(minutes: int) -> BurdenCap:
    return burden.set_cap(
        minutes=minutes, basis="党工委第3次会议", revision=BurdenCap.objects.count(), by=system()
    )


def load(zone: Zone, month: str = "2026-07") -> loads.Load:
    with clock.at(JULY_6):
        return loads.load_of_draft(draft_of(zone), month)


# --- minutes ----------------------------------------------------------------------------------


def test_month_is_the_sum_of_what_ends_in_it(june: Zone) -> None:
    record_plan("每月两次", required_count=2)
    record_plan("每季度", cadence="quarter")
    record_plan("全年", cadence="year")
    record_plan("别的组织", kinds=["general_branch"])
    record_plan("已停用", ends_on=dt.date(2026, 6, 30))
    record_plan("办件", fulfilment="orgs.term")
    by_month = {
        month: dict(_names(load(june, month))) for month in ("2026-07", "2026-09", "2026-12")
    }
    assert by_month["2026-07"] == {"月报": 9.0, "每月两次": 6.0}
    assert by_month["2026-09"] == {"月报": 9.0, "每月两次": 6.0, "每季度": 3.0}
    assert by_month["2026-12"] == {"月报": 9.0, "每月两次": 6.0, "每季度": 3.0, "全年": 3.0}
    assert load(june, "2026-12").minutes == 21.0


def _names(one: loads.Load) -> list[tuple[str, float]]:
    return [(name, minutes) for name, minutes, _ in one.parts]


def test_what_some_owe_is_the_mean_and_named_so(june: Zone) -> None:
    ReportDefinition.objects.filter(key="village").delete()
    june.branch2.organization_class = OrganizationClass.VILLAGE
    june.branch2.save()
    record_plan("村里", classes=["village"])
    branches = sum(
        count for group, count in loads.sizes_on("2026-07").items() if group.kind == "branch"
    )
    assert ("村里", round(3 / branches, 1), False) in load(june).parts


def test_last_year_is_what_was_owed_then_on_the_form_of_then(june: Zone) -> None:
    assert load(june).last_year is None
    monthly = Plan.objects.get()
    Plan.objects.update(starts_on=dt.date(2025, 1, 1))
    with clock.at(dt.datetime(2025, 7, 29, 9, tzinfo=JULY_6.tzinfo)):
        opening.open_period(plan=monthly, period="2025-07", by=system())
        extra = record_plan("旧的", required_count=2)
        opening.open_period(plan=extra, period="2025-07", by=system())
    assert load(june).last_year == 15.0  # 9 and twice 3
    Duty.objects.filter(plan=extra).update(state="waived")
    assert load(june).last_year == 9.0
    page = text_of(_edit(june))
    assert "2026年7月每个组织要办的事约 12 分钟" not in page  # the extra plan runs on: 9 + 6
    assert "2026年7月每个组织要办的事约 15 分钟" in page
    assert "比去年同月多 6 分钟" in page
    assert "离上限 60 分钟还有 45 分钟" in page


def _edit(zone: Zone) -> Any:
    with clock.at(JULY_6):
        return zone.client("zone").get(f"/forms/{draft_of(zone).pk}/edit/")


def test_number_of_questions_is_the_same_for_any_number(june: Zone) -> None:
    monthly, counts = Plan.objects.get(), []
    Plan.objects.update(starts_on=dt.date(2025, 1, 1))
    for more in (1, 3):
        for number in range(more):
            make_organization(f"新支部{more}{number}", parent=june.general)
        with clock.at(JULY_6):
            opening.open_period(plan=monthly, period="2025-07", by=system())
            with CaptureQueriesContext(connection) as asked:
                loads.load_of_draft(ReportDefinition.objects.get(key="branch"), "2026-07")
            with CaptureQueriesContext(connection) as listed:
                loads.by_group("2026-07")
            with CaptureQueriesContext(connection) as shown:
                assert june.client("zone").get("/plans/cap/").status_code == 200
        counts.append((len(asked), len(listed), len(shown)))
    assert counts[0] == counts[1]


# --- the cap ----------------------------------------------------------------------------------


def test_cap_is_set_kept_and_audited(june: Zone) -> None:
    client = june.client("zone")
    assert "暂按每月 60 分钟" in text_of(client.get("/plans/cap/"))
    given = {"minutes": "45", "basis": "党工委第3次会议", "revision": "0"}
    assert client.post("/plans/cap/", given).status_code == 302
    assert client.post("/plans/cap/", given).status_code == 302  # the same again
    assert BurdenCap.objects.count() == 1
    page = text_of(client.get("/plans/cap/"))
    for words in ("每月 45 分钟", "党工委第3次会议", "党支部", "9 分"):
        assert words in page, words
    entry = AuditEntry.objects.get(verb="schedules.burden.set_cap")
    assert entry.changes["minutes"] == [60, 45]
    # Another has set one meanwhile: told, with what was typed.
    late = client.post("/plans/cap/", {"minutes": "50", "basis": "另一次会议", "revision": "0"})
    assert late.status_code == 409
    assert "另一次会议" in text_of(late)
    assert "另一人刚刚改过上限" in text_of(late)
    assert 'name="revision" value="1"' in text_of(late)
    with pytest.raises(Conflict):
        burden.set_cap(minutes=50, basis="另一次会议", revision=0, by=system())


@pytest.mark.parametrize(
    ("minutes", "basis"),
    [
        ("", "会议"),
        ("9", "会议"),
        ("1001", "会议"),
        ("x", "会议"),
        ("9" * 30, "会议"),
        ("50", ""),
        ("50", "长" * 201),
    ],
)
def test_cap_that_does_not_hold_is_refused(june: Zone, minutes: str, basis: str) -> None:
    given = {"minutes": minutes, "basis": basis, "revision": "0"}
    assert june.client("zone").post("/plans/cap/", given).status_code == 422
    assert not BurdenCap.objects.exists()


# --- more than the cap ------------------------------------------------------------------------


def start(zone: Zone, draft: ReportDefinition, **given: str) -> Any:
    draft.refresh_from_db()
    fields = posted(draft) | {
        "valid_from": "2026-07",
        "seen": "on",
        "valid_until": "2027-12-31",
        **given,
    }
    with clock.at(JULY_6):
        return zone.client("zone").post(f"/forms/{draft.pk}/publish/", fields)


def test_form_beyond_the_cap_is_warned_of_and_starts_with_a_reason(june: Zone) -> None:
    cap(10)
    draft = draft_of(june)
    assert "超过上限的理由" not in text_of(_edit(june))
    press(june, draft, "add:text")
    page = text_of(_edit(june))
    assert "个组织要办的事超过上限 10 分钟，最多的约 12 分钟" in page
    assert "超过上限的理由" in page
    refused = start(june, draft)
    assert refused.status_code == 422
    assert "请写明理由，会留存备查" in text_of(refused)
    draft.refresh_from_db()
    assert not draft.is_published
    assert not BurdenExcess.objects.exists()
    assert start(june, draft, over_reason="巡察整改期间，问到9月").status_code == 302
    kept = BurdenExcess.objects.get()
    assert (kept.definition_id, kept.cap, float(kept.minutes)) == (draft.pk, 10, 12.0)
    entry = AuditEntry.objects.get(verb="schedules.burden.exceed")
    assert entry.changes["over_reason"] == [None, "巡察整改期间，问到9月"]
    assert "巡察整改期间，问到9月" in text_of(june.client("zone").get("/plans/cap/"))


def test_what_was_added_a_moment_ago_counts_and_nothing_is_lost(june: Zone) -> None:
    """The page was made within the cap; what is typed in it is not."""
    cap(10)
    draft = draft_of(june)
    press(june, draft, "add:entries")
    press(june, draft, "", item_1={"title": "短", "max_entries": "1"})
    fields = posted(draft, item_1={"max_entries": "3", "help": "刚写的说明"})
    with clock.at(JULY_6):
        answer = june.client("zone").post(
            f"/forms/{draft.pk}/publish/",
            fields | {"valid_from": "2026-07", "seen": "on", "valid_until": "2027-12-31"},
        )
    assert answer.status_code == 422
    page = text_of(answer)
    assert "刚写的说明" in page
    assert "请写明理由" in page
    assert 'name="over_reason"' in page


def test_less_than_before_needs_no_reason_though_it_is_beyond(june: Zone) -> None:
    cap(10)
    record_plan("别的", required_count=3)
    draft = draft_of(june)
    press(june, draft, "", highlights={"max_entries": "1"})
    assert "这一版没有再加" in text_of(_edit(june))
    assert start(june, draft).status_code == 302
    assert not BurdenExcess.objects.exists()


def test_a_later_month_counts(june: Zone) -> None:
    cap(14)
    record_plan("年终", cadence="year")
    draft = draft_of(june)
    press(june, draft, "add:text")  # 12 in July, 15 in December
    page = text_of(start(june, draft))
    assert "2026年12月有" in page
    assert "超过上限 14 分钟，最多的约 15 分钟" in page


def test_plan_beyond_the_cap_says_why(june: Zone) -> None:
    cap(11)
    client = june.client("zone")
    with clock.at(JULY_6):
        look = text_of(client.post("/plans/new/", {**NEW, "look": "1"}))
        assert "保存时要写明理由" in look
        assert "连同别的事，每个组织约 12 分钟" in look
        refused = client.post("/plans/new/", NEW)
        assert refused.status_code == 422
        assert "超过上限的理由" in text_of(refused)
        assert not Plan.objects.filter(name="主题党日").exists()
        made = client.post("/plans/new/", {**NEW, "over_reason": "条例规定每月一次"})
    assert made.status_code == 302
    kept = BurdenExcess.objects.get()
    assert (kept.plan.name, kept.reason) == ("主题党日", "条例规定每月一次")


def test_yearly_plan_is_weighed_in_the_month_in_which_it_falls(june: Zone) -> None:
    given = {**NEW, "cadence": "year", "look": "1"}
    with clock.at(JULY_6):
        look = text_of(june.client("zone").post("/plans/new/", given))
    assert "<dt>2026年12月</dt>" in look.replace("\n", "")
    assert "每个组织约 12 分钟" in look


def test_plan_changed_beyond_the_cap_says_why(june: Zone) -> None:
    plan = record_plan("谈心", basis="条例")
    cap(12)
    client, path = june.client("zone"), f"/plans/{plan.pk}/"
    with clock.at(JULY_6):
        assert (
            client.post(path, plan_form(plan, about="说明", required_count=1)).status_code == 302
        )  # asks no more
        plan.refresh_from_db()
        twice = plan_form(plan, required_count=2)
        refused = client.post(path, twice)
        assert refused.status_code == 422
        assert "超过上限的理由" in text_of(refused)
        assert "已有多少事" in text_of(refused)
        unseen = client.post(path, {**twice, "over_reason": "上级要求"})
        assert unseen.status_code == 422
        assert "请先看过各类组织已有的用时" in text_of(unseen)
        given = {**twice, "over_reason": "上级要求", "seen": "on"}
        assert client.post(path, given).status_code == 302
    plan.refresh_from_db()
    assert plan.required_count == 2
    assert BurdenExcess.objects.get().reason == "上级要求"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_do_not_pass_the_cap_together() -> None:
    """Each keeps within it: 9 and 3 and 3, or 3 more for one of them."""
    open_june(build_zone())
    made = [record_plan(name, basis="条例") for name in ("谈心", "走访")]
    cap(18)

    def ask_more(plan: Plan) -> None:
        with clock.at(JULY_6):
            plans.edit_plan(
                plan=plan, revision=plan.revision, values={"required_count": 2}, by=system()
            )

    outcomes = run_together([lambda one=one: ask_more(one) for one in made])
    errors = [one.error for one in outcomes if one.error is not None]
    assert [type(error) for error in errors] == [DomainError]
    assert getattr(errors[0], "code", "") == "over_cap"
    assert sorted(
        Plan.objects.filter(fulfilment="record").values_list("required_count", flat=True)
    ) == [1, 2]


@pytest.mark.parametrize("reason", ["", " ", "短", "长" * 301, "\x00"])
def test_reason_has_to_be_one(june: Zone, reason: str) -> None:
    cap(10)
    draft = draft_of(june)
    press(june, draft, "add:text")
    draft.refresh_from_db()
    with clock.at(JULY_6), pytest.raises(DomainError):
        definitions.publish(
            draft=draft, valid_from="2026-07", by=june.actor("zone"), over_reason=reason
        )
    draft.refresh_from_db()
    assert not draft.is_published
