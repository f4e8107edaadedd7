"""A quarter's theme with all branches in it: its page, its sheet, and its figures read anew, against the
sums by one statement of SQL. The pages whose work must not grow with it stand beside."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, reverse

from benchmarks.measuring import queries, turns
from core import clock, periods
from core.actor import system
from schedules.themes.actions import finder as finders
from schedules.themes.actions import readings
from schedules.themes.models import Finder, Theme
from schedules.themes.queries.finder import read_ahead

Row = Callable[..., None]
# What the headline and the table of figures are made of.
SUMS = """SELECT s.figure_id, s.outcome, COUNT(*), SUM(s.short), SUM(s.part), SUM(s.whole)
FROM themes_themestanding s JOIN themes_themeplace p ON p.id = s.place_id
WHERE p.theme_id = %s AND NOT p.is_out GROUP BY s.figure_id, s.outcome"""
PAGES = (("theme finder", "themes:finder"), ("burden of the zone", "schedules:burden"))


def measure(rounds: int, row: Row) -> None:
    """The theme that runs, as large as the zone is now."""
    from benchmarks.run import signed_in

    theme = Theme.objects.running().get()
    readings.read_now(theme=theme, by=system())
    finder = _begun_anew(theme)
    many = theme.places.counted().count()
    print(f"\n## Themes: {many} branches\n")
    row("what", "SQL", "ms", "hand-written SQL for the same sums, ms", "ratio")
    row("---", *["---:"] * 4)
    client = signed_in("zone")
    by_hand = partial(_sums, theme)
    pages: list[tuple[str, str]] = [("page of a theme", theme.get_absolute_url())]
    for what, name in PAGES:
        try:
            pages.append((what, reverse(name)))
        except NoReverseMatch:
            continue
    for what, address in pages:
        work = partial(_visit, client, address)
        took, floor = turns(rounds, work, by_hand)
        cells = f"{took * 1000:.0f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"
        row(what, queries(work), *cells)
    month = periods.containing(clock.today(), periods.MONTH)
    for what, act in (
        # Measured and kept by nobody, so that each turn is the same step: kept, the next would be a shorter one,
        # or none where the reading is over.
        ("a quarter of the finder measured", partial(read_ahead, finder)),
        ("sheet of all branches", partial(_visit, client, _paper(theme))),
        ("all branches read anew", partial(readings.read_now, theme=theme, by=system())),
        (
            "a month of the line read",
            partial(readings.read_month, theme=theme, month=month, by=system()),
        ),
    ):
        took, _ = turns(max(2, rounds // 6), act, None)
        row(what, queries(act), f"{took * 1000:.0f}", "", "")


def _begun_anew(theme: Theme) -> Finder:
    """The finder of the theme's holder, with a reading at work: its next step is the newest quarter, of all
    figures."""
    finders.begin(organization=theme.organization, by=system())
    rows = Finder.objects.filter(organization=theme.organization)
    rows.update(begun_at=clock.now(), touched_at=clock.now())
    return rows.get()


def _paper(theme: Theme) -> str:
    return reverse("themes:theme-paper", args=[theme.uid, "xlsx"])


def _visit(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    if answer.streaming:
        for _ in answer.streaming_content:
            pass


def _sums(theme: Theme) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [theme.pk])
        return len(cursor.fetchall())
