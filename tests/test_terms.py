"""换届: what terms were on a past day, what is questioned, whose offices end, who is told."""

import datetime as dt

import pytest

from core import clock, figures
from core.actor import system
from core.errors import DomainError
from core.figures import Window
from core.shares import percent
from orgs.actions import offices, organizations, terms
from orgs.actions.history import Decision
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.queries.found import condition, standing_on
from orgs.terms import usual_years
from orgs.timers import running_terms
from tests.test_figures import CHINA, D, rows_shown
from tests.world import Zone, make_organization

KEYS = ["terms_ending", "terms_overdue", "terms_extended"]


def at(month: int, day: int, year: int = 2026) -> clock.at:  # type: ignore[valid-type]
    return clock.at(dt.datetime(year, month, day, 9, tzinfo=CHINA))


def fresh(place: Organization) -> Organization:
    return Organization.objects.get(pk=place.pk)


def elect(place: Organization, on: dt.date, years: int = 3, **more: object) -> Organization:
    place = fresh(place)
    decision = Decision(on=on, document_number="徐经开组〔2026〕7号", note="经上级批准提前换届")
    return terms.re_elect(
        organization=place,
        revision=place.revision,
        term_years=years,
        decision=decision,
        by=system(),
        **more,  # type: ignore[arg-type]
    )


def extend(place: Organization, on: dt.date, until: dt.date, note: str = "") -> Organization:
    place = fresh(place)
    return terms.extend(
        organization=place,
        revision=place.revision,
        until=until,
        decision=Decision(on=on, document_number="徐经开组〔2026〕9号", note=note),
        by=system(),
    )


@pytest.fixture
def elected(zone: Zone) -> Zone:
    """A term that ends on 20 July 2026, is extended in July until the end of the year, and ends
    with the election of September; another one that is overdue since June."""
    with at(7, 20, 2023):
        elect(zone.branch, D(2023, 7, 20))
        elect(zone.branch2, D(2023, 6, 10))
    with at(7, 10):
        extend(zone.branch, D(2026, 7, 8), D(2026, 12, 31))
    with at(9, 5):
        elect(zone.branch, D(2026, 9, 4))
    return zone


def test_past_of_terms_is_kept(elected: Zone) -> None:
    zone, found = elected, {}
    with at(10, 20):
        for month in (1, 5, 6, 7, 8, 9, 10):
            window = Window(f"2026-{month:02d}", clock.today())
            row = figures.values(KEYS, [zone.general], window)
            found[month] = tuple(row[key][zone.general.pk] for key in KEYS)
            urls = figures.addresses(KEYS, zone.general, window, zone.actor("zone"))
            for key, number in zip(KEYS, found[month], strict=True):
                assert rows_shown(zone.client("zone"), urls[key]) == number, (key, month)
    assert found == {
        1: (2, 0, 0),
        5: (2, 0, 0),
        6: (1, 1, 0),  # the second one is over
        7: (0, 1, 1),
        8: (0, 1, 1),
        9: (0, 1, 0),
        10: (0, 1, 0),
    }


def test_extension_told_late_does_not_change_what_was_frozen(elected: Zone) -> None:
    zone = elected
    with at(10, 31):
        window = Window("2026-10", D(2026, 10, 31), clock.now())
        before = figures.values(KEYS, [zone.branch2], window)
    with at(11, 6):
        extend(zone.branch2, D(2026, 10, 20), D(2026, 12, 31))
    with at(11, 20):
        assert figures.values(KEYS, [zone.branch2], window) == before
        now = figures.values(KEYS, [zone.branch2], Window("2026-10", clock.today()))
        assert [now[key][zone.branch2.pk] for key in KEYS] == [0, 0, 1]


def test_today_and_the_kept_terms_say_the_same(elected: Zone) -> None:
    for month in (1, 6, 7, 8, 10):
        with at(month, 28):
            day = clock.today()
            rows = standing_on(figures.Cut(day))
            if month == 10:
                kept = {one: one.terms.order_by("pk").last() for one in rows if one.term_ends_on}
                for one, term in kept.items():
                    assert (term.ends_on, term.extended_until) == (
                        one.term_ends_on,
                        one.extended_until,
                    )
            assert rows.filter(condition("ending", figures.Cut(day))).count() <= rows.count()


def test_early_election_and_long_extension_are_questioned(elected: Zone) -> None:
    zone = elected
    with at(10, 8):
        place = fresh(zone.branch)
        with pytest.raises(DomainError, match="提前超过 1 年") as refused:
            terms.re_elect(
                organization=place,
                revision=place.revision,
                term_years=3,
                decision=Decision(on=D(2026, 10, 8)),
                by=system(),
            )
        assert refused.value.field == "document_number"
        with pytest.raises(DomainError, match="延期超过 12 个月"):
            extend(zone.branch2, D(2026, 10, 8), D(2027, 6, 11))
        assert extend(zone.branch2, D(2026, 10, 8), D(2027, 6, 10)).extended_until
        reason = "单位改制未完成，经街道党工委批准"
        assert extend(zone.branch2, D(2026, 10, 8), D(2027, 9, 1), reason).extended_until
        assert elect(zone.branch, D(2026, 10, 8)).term_ends_on == D(2029, 10, 8)


def test_groups_and_dispatched_bodies_have_no_term(zone: Zone) -> None:
    with at(10, 8):
        group = make_organization("第一党小组", parent=zone.branch, kind="party_group")
        for place, word in ((group, "党小组"), (zone.root, "党工委")):
            with pytest.raises(DomainError, match=word):
                elect(place, D(2026, 10, 8))
        window = Window("2026-10", clock.today())
        vacant = figures.values(["offices_vacant"], [zone.branch, group], window)
        assert vacant["offices_vacant"] == {zone.branch.pk: 1, group.pk: 0}
        vacant_below = f"/organizations/?below={zone.branch.pk}&only=vacant"
        assert rows_shown(zone.client("zone"), vacant_below) == 1


def test_offices_of_the_old_committee_end_with_the_election(elected: Zone) -> None:
    zone = elected
    with at(10, 1):
        for post, name in (
            *(("secretary", "甲"), ("organization_commissioner", "乙")),
            ("first_secretary", "丙"),
        ):
            offices.take_up(
                organization=zone.branch2,
                post=post,
                person_name=name,
                started_on=D(2026, 3, 1),
                by=system(),
            )
    with at(10, 20):
        secretary = OfficeHolding.objects.get(post="secretary", ended_on=None)
        elect(zone.branch2, D(2026, 10, 16), continuing=[secretary.pk])
        held = OfficeHolding.objects.filter(organization=zone.branch2)
        now = {(one.person_name, one.started_on) for one in held.current()}
        assert now == {("甲", D(2026, 10, 16)), ("丙", D(2026, 3, 1))}
        before = {one.person_name for one in held.held_on(D(2026, 10, 15))}
        assert before == {"甲", "乙", "丙"}
        with pytest.raises(DomainError, match="连任"):
            elect(zone.branch2, D(2026, 10, 18), continuing=[999_999])


def test_term_watch_speaks_to_secretary_and_those_above_before_and_after(elected: Zone) -> None:
    zone = elected
    for month, day, words in ((6, 1, "30 天内届满"), (10, 20, "逾期未换届")):
        with at(month, day):
            for username in ("huzhuang2", "huzhuang", "dahuangshan"):
                page = zone.client(username).get("/").content.decode()
                assert "换届提醒" in page, (month, username)
                assert words in page, (month, username)
            assert {one.organization_id for one in running_terms(clock.today())}


def test_founded_organisation_keeps_its_first_term(zone: Zone) -> None:
    with at(10, 8):
        made = organizations.found(
            name="中共新村支部委员会",
            kind="branch",
            parent=zone.general,
            decision=Decision(on=D(2026, 10, 8)),
            by=system(),
            term_started_on=D(2026, 10, 8),
            term_ends_on=D(2031, 10, 8),
        )
        assert [row.ends_on for row in made.terms.all()] == [D(2031, 10, 8)]


def test_terms_are_three_or_five_years_by_kind_of_unit() -> None:
    assert usual_years("branch", "private_enterprise") == 3
    assert usual_years("branch", "village") == 5
    assert usual_years("direct_committee", "street") == 5
    assert usual_years("branch", "village", 3) == 3  # as is kept for it


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        *((0, 7, 0), (1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (5, 8, 63)),
        *((999, 1000, 99), (1000, 1000, 100), (0, 0, None), (528, 530, 99)),
    ],
)
def test_shares_are_rounded_half_up_and_whole_only_when_nothing_is_missing(
    part: int, whole: int, share: int | None
) -> None:
    assert percent(part, whole) == share


def test_re_election_lists_the_committee_in_the_order_of_posts(zone: Zone) -> None:
    zone.branch2.offices.all().delete()
    posts = [Post.SECRETARY, Post.DEPUTY_SECRETARY, Post.ORGANIZATION_COMMISSIONER]
    for post in reversed(posts):
        OfficeHolding.objects.create(
            organization=zone.branch2, post=post, person_name="某某", started_on=D(2023, 10, 16)
        )
    page = zone.client("dahuangshan").get(f"/organizations/{zone.branch2.pk}/re-elect/")
    choices = page.context["form"].fields["continuing"].choices
    held = OfficeHolding.objects.in_bulk([int(key) for key, _ in choices])
    assert [held[int(key)].post for key, _ in choices] == posts


def test_missing_account_is_told_of_who_answers_and_of_nobody_else(zone: Zone) -> None:
    zone.branch2.offices.all().delete()
    for post, name in ((Post.SECRETARY, "王书记"), (Post.PUBLICITY_COMMISSIONER, "赵委员")):
        OfficeHolding.objects.create(
            organization=zone.branch2, post=post, person_name=name, started_on=D(2023, 10, 16)
        )
    page = zone.client("dahuangshan").get(f"/organizations/{zone.branch2.pk}/").content.decode()
    assert page.count("没有账号") == 1
    assert page.index("没有账号") < page.index("赵委员")
