"""Plans and the forms of reports, changed by staff without code."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.actor import system
from core.errors import Conflict, DomainError
from core.models import AuditEntry
from orgs.enums import OrganizationClass
from schedules.rounds import item_kinds
from schedules.rounds.actions import definitions, opening, plans
from schedules.rounds.definitions import DEFAULTS
from schedules.rounds.models import Duty, Plan, Report, ReportDefinition
from schedules.rounds.queries.definitions import token_of
from tests.parallel import run_together
from tests.test_reports import CHINA, JULY_6, open_june
from tests.world import Zone, build_zone

JULY_29 = dt.datetime(2026, 7, 29, 9, tzinfo=CHINA)


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def plan_form(plan: Plan, **changes: Any) -> dict[str, Any]:
    return {
        "revision": plan.revision,
        "name": plan.name,
        "about": plan.about,
        "basis": plan.basis,
        "kinds": plan.kinds,
        "opens_day": plan.opens_day,
        "due_day": plan.due_day,
        "grace_working_days": plan.grace_working_days,
        "mend_working_days": plan.mend_working_days,
        "starts_on": plan.starts_on.isoformat(),
        **changes,
    }


def test_changed_rule_is_for_what_is_opened_later(june: Zone) -> None:
    plan = Plan.objects.get()
    path = f"/plans/{plan.pk}/"
    given = plan_form(plan, due_day=10, grace_working_days=2, lock_working_days=5)
    assert june.client("zone").post(path, given).status_code == 302
    plan.refresh_from_db()
    assert (plan.due_day, plan.revision) == (10, 2)
    assert set(Duty.objects.values_list("due_on", flat=True)) == {dt.date(2026, 7, 6)}
    with clock.at(JULY_29):
        opening.open_period(plan=plan, period="2026-07", by=system())
    duty = Duty.objects.filter(period="2026-07").first()
    assert duty is not None
    assert duty.due_on == dt.date(2026, 8, 10)
    assert duty.late_after.astimezone(CHINA).date() == dt.date(
        2026, 8, 13
    )  # midnight after the 12th
    assert duty.locks_at is not None
    assert duty.locks_at.astimezone(CHINA).date() == dt.date(2026, 8, 18)
    entry = AuditEntry.objects.get(verb="schedules.plan.edit")
    assert entry.changes["due_day"] == [5, 10]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("due_day", 29, "28"),
        ("due_day", 0, "1"),
        ("opens_day", 0, "期内第几日"),
        ("grace_working_days", -1, "0"),
        ("grace_working_days", 10**30, "20"),
        ("kinds", [], "至少选择一类"),
        ("kinds", ["work_committee"], "work_committee"),
        ("name", "", "必填"),
        ("name", "长" * 61, "60"),
        ("ends_on", "2020-01-01", "停用日期"),
        ("starts_on", "2026-02-30", "日期"),
    ],
)
def test_rule_that_cannot_be_is_refused_beside_its_field(
    june: Zone, field: str, value: Any, words: str
) -> None:
    plan = Plan.objects.get()
    given = plan_form(plan, about="改过的说明", **{field: value})
    response = june.client("zone").post(f"/plans/{plan.pk}/", given)
    assert response.status_code == 422
    assert words in "".join(response.context["form"].errors[field])
    assert "改过的说明" in response.content.decode()
    assert Plan.objects.get().revision == 1


def test_lock_before_the_grace_is_over_is_refused(june: Zone) -> None:
    plan = Plan.objects.get()
    given = plan_form(plan, grace_working_days=3, lock_working_days=1)
    response = june.client("zone").post(f"/plans/{plan.pk}/", given)
    assert "锁定不能早于宽限期满。" in response.context["form"].errors["lock_working_days"]


def test_second_editor_is_shown_the_difference_and_can_go_on(june: Zone) -> None:
    plan = Plan.objects.get()
    path, client = f"/plans/{plan.pk}/", june.client("zone")
    stale = plan_form(plan, name="月度报告")
    client.post(path, plan_form(plan, due_day=8))
    response = client.post(path, stale)
    assert response.status_code == 409
    assert ("截止日", "8", "5") in response.context["differences"]
    page = response.content.decode()
    assert "月度报告" in page
    assert 'name="revision" value="2"' in page
    assert Plan.objects.get().name == "月报"
    assert client.post(path, {**stale, "revision": 2}).status_code == 302
    assert Plan.objects.get().name == "月度报告"


@pytest.mark.django_db(transaction=True)
def test_eight_editors_at_once_are_one_change() -> None:
    open_june(build_zone())
    plan = Plan.objects.get()

    def edit(day: int) -> Any:
        return plans.edit_plan(plan=plan, revision=1, values={"due_day": day}, by=system())

    outcomes = run_together([lambda day=day: edit(day) for day in range(10, 18)])
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(isinstance(outcome.error, Conflict | None) for outcome in outcomes)
    assert Plan.objects.get().revision == 2


def test_period_is_opened_by_hand_once(june: Zone) -> None:
    plan = Plan.objects.get()
    client, path = june.client("zone"), f"/plans/{plan.pk}/open/"
    Plan.objects.update(starts_on=dt.date(2026, 1, 1))
    current = f"{clock.today():%Y-%m}"
    first = client.post(path, {"period": current}, follow=True)
    assert "新增 6 项应办" in first.content.decode()
    again = client.post(path, {"period": current}, follow=True)
    assert "早已打开" in again.content.decode()
    assert Duty.objects.filter(period=current).count() == 6


@pytest.mark.parametrize("period", ["2999-01", "1999-01", "x", "", "2026-Q2"])
def test_period_not_offered_is_refused(june: Zone, period: str) -> None:
    plan = Plan.objects.get()
    before = Duty.objects.count()
    response = june.client("zone").post(f"/plans/{plan.pk}/open/", {"period": period})
    assert response.status_code == 422
    assert Duty.objects.count() == before
    with pytest.raises(DomainError, match="不在可打开之列"):
        plans.open_now(plan=plan, period=period, by=system())


def test_plan_shows_the_deadlines_of_the_year(june: Zone) -> None:
    with clock.at(JULY_6):
        page = june.client("zone").get(f"/plans/{Plan.objects.get().pk}/")
    rows = {row["period"]: row for row in page.context["deadlines"]}
    assert len(rows) == 12
    assert (rows["2026-06"]["due_on"], rows["2026-06"]["is_moved"]) == (dt.date(2026, 7, 6), True)
    assert rows["2026-06"]["opens_on"] == dt.date(2026, 6, 26)
    assert not rows["2026-12"]["is_decreed"]  # falls into a year not entered yet
    assert "尚未公布或录入" in page.content.decode()


def test_others_read_plans_and_change_nothing(june: Zone) -> None:
    plan, form = Plan.objects.get(), ReportDefinition.objects.first()
    assert form is not None
    client = june.client("dahuangshan")
    for path in ("/plans/", "/forms/", f"/forms/{form.pk}/", "/calendar/"):
        assert client.get(path).status_code == 200
    assert client.get(f"/plans/{plan.pk}/").status_code == 404
    for path in (
        f"/plans/{plan.pk}/",
        f"/plans/{plan.pk}/open/",
        f"/forms/{form.pk}/draft/",
        f"/forms/{form.pk}/copy/",
        f"/forms/{form.pk}/edit/",
        f"/forms/{form.pk}/publish/",
        f"/forms/{form.pk}/discard/",
        "/calendar/day/",
        "/calendar/day/remove/",
        "/calendar/year/2027/",
    ):
        assert client.post(path, {"period": "2026-06"}).status_code == 404
    assert ReportDefinition.objects.count() == len(DEFAULTS)


# --- forms of reports ------------------------------------------------------------------------


def draft_of(zone: Zone, key: str = "branch") -> ReportDefinition:
    newest = ReportDefinition.objects.filter(key=key).first()
    assert newest is not None
    return definitions.draft_version(newest=newest, by=zone.actor("zone"))


def posted(draft: ReportDefinition, *new: dict[str, Any], **rows: dict[str, Any]) -> dict[str, Any]:
    """What the page's form sends: the items as they are, changed by `rows` (key -> fields)."""
    data: dict[str, Any] = {
        "token": token_of(draft),
        "name": draft.name,
        "kinds": draft.kinds,
        "classes": draft.classes,
        "item-TOTAL_FORMS": len(draft.items) + 2,
        "item-INITIAL_FORMS": len(draft.items),
    }
    for index, item in enumerate(draft.items):
        fields = {
            "key": item["key"],
            "position": index + 1,
            "title": item["title"],
            "help": item["help"],
            "max_entries": item["max_entries"],
            "max_chars": item["max_chars"],
            "chosen": item["figures"],
            **({"required": "on"} if item["required"] else {}),
            **settings_of(item),
            **rows.get(item["key"], {}),
        }
        data |= {f"item-{index}-{name}": value for name, value in fields.items()}
    for offset, fields in enumerate(new):
        index = len(draft.items) + offset
        fields = {"title": "", "kind": "text", **fields}
        data |= {f"item-{index}-{name}": value for name, value in fields.items()}
    return data


def settings_of(item: dict[str, Any]) -> dict[str, Any]:
    """The fields that an item's kind has beside the common ones."""
    kept = {name: item[name] for name in item_kinds.of(item["kind"]).settings if item.get(name)}
    lists = {name: "\n".join(kept[name]) for name in ("options", "columns") if name in kept}
    return {**kept, **lists}


def edit(client: Client, draft: ReportDefinition, data: dict[str, Any]) -> Any:
    return client.post(f"/forms/{draft.pk}/edit/", data)


def test_new_version_is_drafted_changed_and_published_from_a_month_on(june: Zone) -> None:
    client = june.client("zone")
    first = ReportDefinition.objects.get(key="branch")
    before = first.items
    response = client.post(f"/forms/{first.pk}/draft/")
    draft = ReportDefinition.objects.get(key="branch", version=2)
    assert response["Location"] == f"/forms/{draft.pk}/edit/"
    assert client.get(f"/forms/{draft.pk}/edit/").status_code == 200
    data = posted(
        draft,
        {"title": "党员教育", "kind": "text", "max_chars": 300, "position": 2, "required": "on"},
        figures={"chosen": ["members_on_roll", "offices_vacant"]},
        files={"remove": "on"},
        problems={"title": "问题", "position": 1},
    )
    assert edit(client, draft, data).status_code == 302
    draft.refresh_from_db()
    assert [spec["key"] for spec in draft.items] == [
        "figures",
        "problems",
        "highlights",
        "item_1",
        "next_plan",
    ]
    assert draft.items[0]["figures"] == ["members_on_roll", "offices_vacant"]
    assert draft.items[3] == {
        "key": "item_1",
        "title": "党员教育",
        "kind": "text",
        "help": "",
        "required": True,
        "figures": [],
        "max_entries": 3,
        "max_chars": 300,
        "use": "",
    }
    first.refresh_from_db()
    assert first.items == before
    month = f"{clock.today():%Y-%m}"
    client.post(
        f"/forms/{draft.pk}/publish/",
        {"valid_from": month, "seen": "on", "valid_until": "2027-12-31"},
    )
    draft.refresh_from_db()
    assert (draft.is_published, draft.valid_from) == (True, month)
    opening.open_period(plan=Plan.objects.get(), period=month, by=system())
    report = Report.objects.get(organization=june.branch, period=month)
    assert report.definition == draft
    assert [item.title for item in report.items.all()][1] == "问题"
    old = Report.objects.get(organization=june.branch, period="2026-06")
    assert old.definition == first


def test_published_version_is_never_changed(june: Zone) -> None:
    form = ReportDefinition.objects.get(key="branch")
    client = june.client("zone")
    assert client.get(f"/forms/{form.pk}/edit/").status_code == 404
    # A page that was open while another tab published it: refused, with what was typed.
    assert edit(client, form, posted(form)).status_code == 409
    assert client.post(f"/forms/{form.pk}/discard/").status_code == 409
    with pytest.raises(Conflict, match="已启用"):
        definitions.edit_draft(
            draft=form,
            token=token_of(form),
            name="x",
            kinds=[],
            classes=[],
            items=[],
            by=june.actor("zone"),
        )
    with pytest.raises(Conflict, match="已启用"):
        definitions.publish(draft=form, valid_from="2999-01", by=june.actor("zone"))
    assert ReportDefinition.objects.get(pk=form.pk).name == "党支部月报"


def test_key_of_a_removed_item_is_not_given_to_another(june: Zone) -> None:
    draft = draft_of(june)
    client = june.client("zone")
    edit(client, draft, posted(draft, {"title": "甲"}, {"title": "乙"}))
    month = f"{clock.today():%Y-%m}"
    definitions.publish(draft=draft, valid_from=month, by=june.actor("zone"))
    third = draft_of(june)
    edit(client, third, posted(third, item_1={"remove": "on"}))
    third.refresh_from_db()
    edit(client, third, posted(third, {"title": "丙"}))
    third.refresh_from_db()
    assert [(spec["key"], spec["title"]) for spec in third.items[-3:-1]] == [
        ("item_2", "乙"),
        ("item_3", "丙"),
    ]


@pytest.mark.parametrize(
    ("new", "rows", "words"),
    [
        ({}, {"figures": {"chosen": []}}, "至少选择一项数据"),
        ({}, {"figures": {"remove": "on"}}, "有且只有一个“数据”项目"),
        ({}, {"figures": {"chosen": ["made_up"]}}, "made_up"),
        ({}, {"problems": {"title": ""}}, "写明项目名称"),
        ({}, {"problems": {"title": "下月打算"}}, "出现了两次"),
        ({}, {"problems": {"max_chars": 5000}}, "2000"),
        ({}, {"highlights": {"max_entries": 99}}, "10"),
        ({"title": "又一个附件", "kind": "files"}, {}, "附件项目最多一个"),
        ({"title": "又一个数据", "kind": "figures"}, {}, "figures"),
        ({"title": "长" * 61}, {}, "60"),
    ],
)
def test_items_that_make_no_form_are_refused_and_kept_as_typed(
    june: Zone, new: dict[str, Any], rows: dict[str, Any], words: str
) -> None:
    draft = draft_of(june)
    data = posted(draft, new, **rows) | {"item-3-help": "刚刚写的说明"}
    response = edit(june.client("zone"), draft, data)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "刚刚写的说明" in page
    assert ReportDefinition.objects.get(pk=draft.pk).items == draft.items


def test_rows_that_did_not_arrive_are_not_taken_for_removed(june: Zone) -> None:
    draft = draft_of(june)
    data = posted(draft) | {"item-TOTAL_FORMS": "2", "item-INITIAL_FORMS": "2"}
    response = edit(june.client("zone"), draft, data)
    assert response.status_code == 422
    assert "有的项目没有传到" in response.content.decode()
    for broken in ({}, {"item-TOTAL_FORMS": "x"}, {"item-TOTAL_FORMS": "9" * 40}):
        given = {"name": "x", "kinds": ["branch"], **broken}
        assert edit(june.client("zone"), draft, given).status_code == 422


def test_draft_changed_meanwhile_is_not_overwritten(june: Zone) -> None:
    draft = draft_of(june)
    stale = posted(draft, problems={"title": "先来"})
    client = june.client("zone")
    assert edit(client, draft, posted(draft, problems={"title": "先到"})).status_code == 302
    response = edit(client, draft, stale)
    assert response.status_code == 409
    assert "另一人刚刚改过" in response.content.decode()
    draft.refresh_from_db()
    assert draft.items[2]["title"] == "先到"


@pytest.mark.parametrize("month", ["2020-01", "2026-Q2", "x", ""])
def test_month_that_is_over_cannot_be_published_from(june: Zone, month: str) -> None:
    draft = draft_of(june)
    client = june.client("zone")
    client.post(
        f"/forms/{draft.pk}/publish/",
        {"valid_from": month, "seen": "on", "valid_until": "2027-12-31"},
    )
    with pytest.raises(DomainError, match="本月或以后"):
        definitions.publish(draft=draft, valid_from=month, by=june.actor("zone"))
    assert not ReportDefinition.objects.get(pk=draft.pk).is_published


def test_form_of_its_own_needs_organizations_of_its_own(june: Zone) -> None:
    client = june.client("zone")
    ReportDefinition.objects.filter(key="private_enterprise").delete()
    source = ReportDefinition.objects.get(key="branch")
    client.post(f"/forms/{source.pk}/copy/", {"name": "非公企业党支部月报"})
    draft = ReportDefinition.objects.get(name="非公企业党支部月报")
    month = f"{clock.today():%Y-%m}"
    response = client.post(
        f"/forms/{draft.pk}/publish/",
        {"valid_from": month, "seen": "on", "valid_until": "2027-12-31"},
        follow=True,
    )
    assert "已用于同样的组织" in response.content.decode()
    data = posted(draft) | {"classes": ["private_enterprise"]}
    assert edit(client, draft, data).status_code == 302
    client.post(
        f"/forms/{draft.pk}/publish/",
        {"valid_from": month, "seen": "on", "valid_until": "2027-12-31"},
    )
    june.branch2.organization_class = OrganizationClass.PRIVATE_ENTERPRISE
    june.branch2.save()
    opening.open_period(plan=Plan.objects.get(), period=month, by=system())
    found = {
        report.organization_id: report.definition_id
        for report in Report.objects.filter(period=month)
    }
    assert found[june.branch2.pk] == draft.pk
    assert found[june.branch.pk] == source.pk


def test_copy_without_a_name_is_refused(june: Zone) -> None:
    source = ReportDefinition.objects.get(key="branch")
    for name in ("", " x ", "长" * 61):
        june.client("zone").post(f"/forms/{source.pk}/copy/", {"name": name})
    assert ReportDefinition.objects.count() == len(DEFAULTS)


def test_draft_is_made_once_and_can_be_discarded(june: Zone) -> None:
    client, first = june.client("zone"), ReportDefinition.objects.get(key="branch")
    for _ in range(3):
        client.post(f"/forms/{first.pk}/draft/")
    assert ReportDefinition.objects.filter(key="branch").count() == 2
    draft = draft_of(june)
    assert client.post(f"/forms/{draft.pk}/discard/").status_code == 302
    assert ReportDefinition.objects.filter(key="branch").count() == 1
    assert client.post(f"/forms/{draft.pk}/discard/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_eight_publish_at_once_and_one_does() -> None:
    zone = build_zone()
    open_june(zone)
    draft = draft_of(zone)
    month, actor = f"{clock.today():%Y-%m}", zone.actor("zone")
    outcomes = run_together(
        [lambda: definitions.publish(draft=draft, valid_from=month, by=actor)] * 8
    )
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert AuditEntry.objects.filter(verb="schedules.definition.publish").count() == 1
