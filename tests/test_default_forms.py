"""The forms that installations start with: one for each class, none of which takes longer."""

from typing import Any

import pytest

from core import clock, figures
from core.actor import system
from orgs.enums import BRANCH_KINDS, OrganizationClass, OrganizationKind
from schedules.rounds import item_kinds, starting
from schedules.rounds.actions import definitions, opening
from schedules.rounds.definitions import BRANCH_FORMS, COMMON_PLANS, DEFAULTS, PLAN_KINDS
from schedules.rounds.item_kinds.known import known
from schedules.rounds.models import Plan, Report, ReportDefinition
from schedules.rounds.queries.definitions import definition_for
from schedules.rounds.queries.loads import Group
from schedules.rounds.validation import check
from tests.test_reports import JULY_6, TYPED, open_june
from tests.world import Zone, make_organization

COMMON = next(one for one in DEFAULTS if one["key"] == "branch")


@pytest.mark.parametrize("form", DEFAULTS, ids=lambda form: form["key"])
def test_form_is_whole_and_short(form: dict[str, Any]) -> None:
    items = form["items"]
    definitions._check_items(items)
    assert item_kinds.minutes(items) <= item_kinds.minutes(COMMON["items"])
    wanted = [spec["key"] for spec in items if spec["required"]]
    assert wanted == ["problems", "next_plan"]
    assert not known(items, "month"), "asks for what the portal counts"
    assert set(items[0]["figures"]) <= set(figures.registered())
    assert items[-1]["kind"] == "files"


@pytest.mark.parametrize("form", BRANCH_FORMS, ids=lambda form: form["key"])
def test_what_is_enough_for_the_common_form_is_enough_for_each(form: dict[str, Any]) -> None:
    """Two short texts, as for every branch: the month costs no field more."""
    values: dict[str, Any] = {
        spec["key"]: item_kinds.of(spec["kind"]).clean(spec, TYPED.get(spec["key"]))
        for spec in form["items"]
    }
    assert check(form["items"], values, period="2026-06") == []
    (own,) = form["items"][4:-1]
    assert own["why"]


def test_no_two_forms_are_for_the_same(zone: Zone) -> None:
    plan = opening.install_defaults(by=system())
    seen: dict[tuple[str, str], str] = {}
    for form in plan.definitions.all():
        definitions._refuse_overlap(form)
        for kind in form.kinds:
            for one in form.classes or [""]:
                assert seen.setdefault((kind, one), form.key) == form.key


@pytest.mark.django_db
def test_every_kind_and_class_has_its_form() -> None:
    plan = opening.install_defaults(by=system())
    choose = definition_for(plan, "2026-06")
    for kind in PLAN_KINDS:
        for one in ("", *OrganizationClass.values):
            form = choose(Group(kind, one))
            assert form is not None, (kind, one)
            if kind in BRANCH_KINDS and one and one != OrganizationClass.OTHER:
                assert one in form.classes
            elif kind in BRANCH_KINDS:
                assert form.key == "branch"


def test_branch_reports_on_the_form_of_its_class(zone: Zone) -> None:
    zone.branch2.organization_class = OrganizationClass.VILLAGE
    zone.branch2.save()
    open_june(zone)
    keys = dict(Report.objects.values_list("organization", "definition__key"))
    assert keys[zone.branch2.pk] == "village"
    assert keys[zone.branch.pk] == "branch"
    assert keys[zone.general.pk] == "general_branch"
    assert starting.forms().is_done


def test_installation_that_has_forms_keeps_them(zone: Zone) -> None:
    """As one of the release before, with its three, and one that staff have made."""
    plan = opening.install_defaults(by=system())
    ReportDefinition.objects.filter(key__in=[one["key"] for one in BRANCH_FORMS]).delete()
    before = set(ReportDefinition.objects.values_list("key", flat=True))
    opening.install_defaults(by=system())
    assert set(plan.definitions.values_list("key", flat=True)) == before


@pytest.mark.parametrize("key", sorted(COMMON_PLANS))
def test_common_plan_is_made_as_it_is_offered(zone: Zone, key: str) -> None:
    client = zone.client("zone")
    make_organization("某支部", parent=zone.general)
    with clock.at(JULY_6):
        page = client.get("/plans/new/", {"like": key})
        form = page.context["form"]
        given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        made = client.post("/plans/new/", {**given, "seen": "on"})
    assert made.status_code == 302, made.context["form"].errors
    plan = Plan.objects.get(name=COMMON_PLANS[key]["name"])
    assert plan.classes == COMMON_PLANS[key].get("classes", [])
    assert OrganizationKind.WORK_COMMITTEE not in plan.kinds
