"""The quarter's theme on the agenda of a monthly meeting: the numbers of its own page."""

from collections.abc import Sequence

from core import clock, periods
from orgs.models import Organization
from orgs.models.organization import STEP
from schedules.dispatch.agenda_feeds import Fed
from schedules.dispatch.models import DispatchMeeting

from . import words
from .models import Theme
from .queries.dates import dates_of
from .queries.measuring import Aimed, aims_of
from .queries.sums import CommitteeSums, Sums, by_child, totals_below

NAMED = 2  # of those who lack most


def feed(meeting: DispatchMeeting) -> list[Fed]:
    """The themes that run in the meeting's quarter, of who holds the meeting or of those above him: how
    far his own branches are. Nothing of a draft, nor where no branch of his is concerned. One query
    where none runs; else five for each theme, however many branches there are."""
    holder = meeting.organization
    quarter = periods.containing(periods.first_day(meeting.period), periods.QUARTER)
    above = [holder.path[:end] for end in range(STEP, len(holder.path) + 1, STEP)]
    rows = (
        Theme.objects.running()
        .filter(organization__path__in=above, quarter=quarter)
        .select_related("organization")
        .order_by("organization__path")
    )
    return [one for theme in rows if (one := _card(theme, meeting, holder)) is not None]


def _card(theme: Theme, meeting: DispatchMeeting, holder: Organization) -> Fed | None:
    totals = totals_below(theme, holder)
    aims = [one for one in aims_of(theme) if one.row.pk in totals]
    if not aims:
        return None
    parts = by_child(theme, holder)
    facts = [_fact(theme, one, totals[one.row.pk], parts) for one in aims]
    days = _days(theme, meeting)
    return Fed(
        f"theme:{theme.pk}",
        f"季度主题：{theme}",
        note=f"{f'{days}。' if days else ''}依据 {theme.basis}",
        facts=facts,
        figures=_figures(aims[0], totals[aims[0].row.pk]),
    )


def _fact(theme: Theme, aim: Aimed, sums: Sums, parts: Sequence[CommitteeSums]) -> dict[str, str]:
    """A figure in one line, with the page's address: how many have reached the goal, who are short and by
    how much, those who lack most first."""
    row = aim.row
    said = f"{aim.gauge.label} {sums.reached} / {sums.measured} 个支部达到"
    if sums.short:
        found = [(one.committee, one.sums[row.pk]) for one in parts if row.pk in one.sums]
        short = sorted(
            ((place, its.lacking) for place, its in found if its.short),
            key=lambda pair: (-pair[1], pair[0].path),
        )
        names = "、".join(f"{place} {count}" for place, count in short[:NAMED])
        more = f" 等 {len(short)} 个单位" if len(short) > NAMED else ""
        said += f"，{sums.short} 个共{words.lacking(sums.lacking, aim)}：{names}{more}"
    return {"text": said, "url": f"{theme.get_absolute_url()}?figure={row.position}"}


def _figures(aim: Aimed, sums: Sums) -> list[dict[str, str]]:
    bad = "warn" if sums.short else ""
    values = (
        (
            str(sums.reached),
            f"/ {sums.measured} 个支部",
            f"{aim.gauge.label}已达到",
            "ok" if sums.reached else "",
        ),
        (str(sums.short), "个支部", "还差", bad),
        (str(sums.lacking), aim.figure.unit, "共多" if aim.gauge.fewer else "共差", bad),
    )
    return [
        {"value": value, "unit": unit, "label": label, "tone": tone}
        for value, unit, label, tone in values
    ]


def _days(theme: Theme, meeting: DispatchMeeting) -> str:
    """The key dates that fall in the meeting's month: 观摩 7月21日."""
    today = clock.today()
    said = [
        words.date_of(one, today)[:2]
        for one in dates_of(theme)
        if periods.containing(one.day, periods.MONTH) == meeting.period
    ]
    return "、".join(f"{what} {day}" for what, day in said)
