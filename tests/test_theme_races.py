"""Themes acted on by several at the same moment."""

from collections import Counter
from typing import Any

import pytest
import time_machine

from core.actor import system
from core.errors import Conflict
from core.models import AuditEntry, Effect
from core.states import Stale
from orgs.models import Organization
from schedules.themes import jobs
from schedules.themes.actions import drafting, readings, running
from schedules.themes.models import Theme, ThemeMonth, ThemePlace, ThemeRemark, ThemeStanding
from tests.parallel import run_together
from tests.theme_world import JULY_2, drafted, fresh, planned, published
from tests.world import Zone, build_zone, make_organizations

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(JULY_2, tick=True):
        yield


def begun() -> tuple[Zone, Theme]:
    zone = build_zone()
    return zone, published(zone.root, zone.actor("zone"))


def test_two_themes_published_at_once_are_one_and_the_other_is_told() -> None:
    zone = build_zone()
    by = zone.actor("zone")
    rows = [drafted(zone.root, by, title=f"主题{number}") for number in range(3)]
    found = run_together(
        [lambda row=row: running.publish(theme=row, revision=1, by=by) for row in rows]
    )
    errors = [one.error for one in found if one.error]
    assert len(errors) == 2
    assert all(isinstance(one, Conflict) and "已有一个主题" in str(one) for one in errors), errors
    assert Counter(Theme.objects.values_list("state", flat=True)) == {"running": 1, "draft": 2}
    # Of the others nothing is left: neither places nor an entry that they were published.
    assert ThemePlace.objects.count() == 3
    assert AuditEntry.objects.filter(verb="themes.theme.publish").count() == 1
    assert Effect.objects.filter(kind="themes.line").count() == 1


def test_one_theme_published_by_two() -> None:
    zone = build_zone()
    by, row = zone.actor("zone"), drafted(zone.root, zone.actor("zone"))
    found = run_together([lambda: running.publish(theme=fresh(row), revision=1, by=by)] * 3)
    assert sum(one.error is None for one in found) == 1
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    assert ThemeStanding.objects.count() == 3


def test_the_same_draft_sent_by_two_clicks_is_one() -> None:
    zone = build_zone()
    by = zone.actor("zone")
    found = run_together(
        [lambda: drafting.create(organization=zone.root, plan=planned(), by=by)] * 4
    )
    assert not [one.error for one in found if one.error]
    assert len({one.value for one in found}) == 1
    assert Theme.objects.count() == 1


def test_the_job_twice_and_the_scope_changed_meanwhile() -> None:
    """Whoever comes first: each organisation has one row and one start, and those count that are in the
    scope that was set last."""
    zone, theme = begun()
    by = zone.actor("zone")
    make_organizations(zone.general, [{"name": f"新{n}支部", "kind": "branch"} for n in range(3)])

    def rescope() -> Theme:
        return running.rescope(
            theme=fresh(theme),
            revision=theme.revision,
            classes=[],
            committees=[zone.street.pk],
            by=by,
        )

    found = run_together(
        [
            lambda: readings.read_now(theme=fresh(theme), by=system()),
            rescope,
            lambda: readings.read_now(theme=fresh(theme), by=system()),
            rescope,
        ]
    )
    errors = [one.error for one in found if one.error]
    assert [type(one) for one in errors] == [Stale], errors
    readings.read_now(theme=fresh(theme), by=system())
    assert ThemePlace.objects.count() == 6
    there = set(ThemePlace.objects.counted().values_list("organization__path", flat=True))
    assert len(there) == 5
    assert all(path.startswith(zone.street.path) for path in there)
    assert ThemeStanding.objects.count() == 6


def test_months_read_by_two_at_once_are_there_once() -> None:
    _, theme = begun()
    effect = Effect.objects.get(kind="themes.line")
    found = run_together(
        [
            lambda: jobs.read_line(effect),
            lambda: jobs.read_months(JULY_2),
            lambda: jobs.read(JULY_2),
            lambda: jobs.read_line(effect),
        ]
    )
    assert not [one.error for one in found if one.error], found
    months = list(ThemeMonth.objects.values_list("figure", "period"))
    assert len(months) == len(set(months)) == 25  # two years before, and July
    assert theme.figures.count() == 1


def test_concluded_by_two_drafts_the_next_once() -> None:
    zone, theme = begun()
    by = zone.actor("zone")
    with time_machine.travel(JULY_2.replace(month=10), tick=True):
        found = run_together(
            [
                lambda: running.conclude(
                    theme=fresh(theme),
                    revision=theme.revision,
                    conclusion="again",
                    reason="还差一点",
                    by=by,
                )
            ]
            * 3
        )
    assert sum(one.error is None for one in found) == 1, found
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    assert Theme.objects.filter(state="draft").count() == 1


def test_two_of_a_committee_who_say_something_leave_one_sentence() -> None:
    zone, theme = begun()
    by = zone.actor("dahuangshan")

    def say(text: str) -> Any:
        return running.remark(theme=fresh(theme), organization=zone.street, text=text, by=by)

    found = run_together([lambda n=n: say(f"第{n}句") for n in range(3)])
    assert not [one.error for one in found if one.error], found
    assert ThemeRemark.objects.count() == 1


def test_an_organisation_that_ends_while_it_is_read() -> None:
    zone, theme = begun()

    def end() -> None:
        Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=JULY_2.date())

    found = run_together([end, lambda: readings.read_now(theme=fresh(theme), by=system()), end])
    assert not [one.error for one in found if one.error], found
    readings.read_now(theme=fresh(theme), by=system())
    assert ThemePlace.objects.get(organization=zone.branch).is_out
