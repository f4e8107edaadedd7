"""Figures by which things can become better: part and whole fit, and the pages agree with both."""

import datetime as dt

import pytest
from django.urls import resolve

from core import clock, figures
from core.figures import Window
from schedules.life.models import StudyRecord

from .test_life_figures import GONE, ILL, JUNE, LATER, QUARTER, june, write, written  # noqa: F401
from .test_life_study import enter
from .world import Zone

GAUGED = figures.gauged()
SHARES = sorted(key for key, (_, gauge) in GAUGED.items() if gauge.of)


def test_every_gauge_is_of_a_figure_that_there_is() -> None:
    """None is passed over because its whole was renamed."""
    gauges = {key: one.gauge for key, one in figures.registered().items() if one.gauge}
    assert sorted(gauges) == sorted(GAUGED)
    labels = [gauge.label for gauge in gauges.values()]
    assert len(labels) == len(set(labels))
    for key, gauge in gauges.items():
        assert not gauge.of or gauge.of in figures.registered(), key
        assert gauge.of != key
        # A share is for a hundred, and its goal a part of it.
        assert (gauge.unit == "%") == bool(gauge.of), key
        assert 0 <= gauge.goal <= (100 if gauge.of else 1000), key
        assert gauge.fewer or gauge.goal, key


@pytest.mark.parametrize("key", sorted(GAUGED))
def test_what_is_behind_a_gauge_can_be_opened(zone: Zone, key: str) -> None:
    figure, gauge = GAUGED[key]
    window = Window("2026-Q2", clock.today())
    assert figure.address is not None
    for address in (figure.address, gauge.lacking or figure.address):
        assert resolve(address(zone.branch, window).partition("?")[0])
    assert figure.permission


def in_a_busy_june(zone: Zone) -> None:
    """Both branches met, one also with its neighbour absent; who was ill made it up, one too late."""
    for day, unit, mark in (
        (10, zone.branch, GONE),
        (11, zone.branch2, ILL),
        (12, zone.neighbour_branch, GONE),
    ):
        write(zone, unit, what=written(day), mark=mark)
    lesson = write(zone, zone.branch, what=written(20, "lesson"), mark=ILL)
    ill = lesson.attendances.get(reason="illness").member
    enter(
        zone,
        ill,
        makes_up=lesson,
        started_on=dt.date(2026, 6, 28),
        ended_on=dt.date(2026, 6, 28),
    )


def test_no_part_is_more_than_its_whole(june: Zone) -> None:  # noqa: F811
    with clock.at(LATER):
        in_a_busy_june(june)
        places = [june.branch, june.branch2, june.street, june.neighbour_street, june.root]
        some = set()
        for window in (
            JUNE,
            QUARTER,
            Window("2026", LATER.date()),
            Window("2026-07", LATER.date()),
        ):
            keys = {key for one in SHARES for key in (one, GAUGED[one][1].of)}
            found = figures.values(keys, places, window)
            for key in SHARES:
                for place in places:
                    part, whole = found[key][place.pk], found[GAUGED[key][1].of][place.pk]
                    if part is None or whole is None:
                        continue
                    assert 0 <= part <= whole, (key, place, window)
                    some |= {key} if part else set()
    assert some >= {"life_present", "life_unexcused", "life_on_time", "study_made_up"}


def test_absence_without_a_reason_is_what_its_page_adds_up(june: Zone) -> None:  # noqa: F811
    with clock.at(LATER):
        in_a_busy_june(june)
        for place, who, wanted in (
            (june.branch, "huzhuang1", (1, 4)),
            (june.street, "dahuangshan", (1, 5)),
            (june.root, "zone", (2, 6)),
        ):
            keys = ("life_unexcused", "life_expected")
            found = figures.values(keys, [place], QUARTER)
            assert tuple(found[key][place.pk] for key in keys) == wanted
            shown = figures.addresses(keys, place, QUARTER, june.actor(who))
            client = june.client(who)
            sums = {key: client.get(shown[key]).context["sums"] for key in keys}
            assert sums["life_unexcused"]["unexcused"] == wanted[0]
            assert sums["life_expected"]["expected"] == wanted[1]


def test_what_was_made_up_and_what_is_lacking_are_all_that_was_missed(june: Zone) -> None:  # noqa: F811
    with clock.at(LATER):
        in_a_busy_june(june)
        place, client = june.branch, june.client("huzhuang1")
        figure, gauge = GAUGED["study_made_up"]
        found = figures.values(["study_made_up", gauge.of], [place], QUARTER)
        made, missed = found["study_made_up"][place.pk], found[gauge.of][place.pk]
        assert made is not None
        assert missed is not None
        assert (made, missed) == (1, 2)
        assert figure.address is not None
        assert gauge.lacking is not None

        def rows(address: str) -> int:
            return int(client.get(address).context["page"].paginator.count)

        assert rows(figure.address(place, QUARTER)) == made
        assert rows(gauge.lacking(place, QUARTER)) == missed - made
        assert StudyRecord.objects.count() == 1
