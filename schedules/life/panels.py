"""What this app shows on pages of other apps: an organisation's year, a member's year, and what
searching finds."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, figures, searching
from core.actor import Actor
from core.dates import in_words
from core.figures import Window
from core.searching import Hit, Hits
from members import panels as member_panels
from members.models import Member
from orgs import panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from .queries.attendance import Took, took_part
from .queries.counted import MISSING, OWED, figure_key
from .queries.records import with_words
from .queries.study import standings_of, study_lines
from .queries.talk_readers import sees_names
from .queries.talks import last_on
from .rules import RULES, in_hours

FOUND = 6  # records of one search
SEARCHED = dt.timedelta(days=400)  # how far back searching looks


@panels.register
def show_year(actor: Actor, organization: Organization) -> list[Panel]:
    """What the organisation, with all below it, held this year, and what of it is overdue. Two
    queries."""
    if not actor.may_at(Permission.LIFE_VIEW, organization.path):
        return []
    today = clock.today()
    window = Window(str(today.year), today)
    keys = {
        kind: (figure_key(kind), figure_key(kind, MISSING) if kind in OWED else "")
        for kind in RULES
    }
    wanted = [key for pair in keys.values() for key in pair if key]
    values = figures.values(wanted, [organization], window)
    addresses = figures.addresses(wanted, organization, window, actor)
    rows = []
    for kind, (held, missing) in keys.items():
        number = values[held][organization.pk] or 0
        lacking = (values[missing][organization.pk] or 0) if missing else 0
        if lacking:
            rows.append(
                PanelRow(kind.label, f"{number} 次，未开 {lacking}", addresses[missing], "warn")
            )
        elif number:
            rows.append(PanelRow(kind.label, f"{number} 次", addresses[held]))
    whole = f"{reverse('life:meeting-list')}?{urlencode({'organization': organization.pk})}"
    return [Panel(f"{today.year}年组织生活", tuple(rows), url=whole)] if rows else []


@member_panels.register
def show_members_year(actor: Actor, member: Member) -> list[Panel]:
    """How a member took part this year until today, what he studied and when somebody last talked
    with him; for who may read the records of his organisation. Eleven queries at most."""
    place = member.organization
    if not actor.may_at(Permission.LIFE_VIEW, place.path):
        return []
    today = clock.today()
    took = took_part(actor, member.pk, dt.date(today.year, 1, 1), today)
    rows = _attendance_rows(took, member, today.year)
    standing = standings_of(place, today).filter(member=member)
    for line in study_lines(standing, today):  # one, or none for who is on no roll
        hours, norm = in_hours(line.quarters), in_hours(line.norm.quarters)
        address = f"{reverse('life:study-member', args=[member.pk])}?year={today.year}"
        rows.append(PanelRow("学时 / 应学", f"{hours} / {norm}", address))
    if rows and sees_names(actor, place):
        rows.append(_talk_row(place, last_on(member.pk, today.year), today.year))
    if not rows:
        return []
    whole = f"{reverse('life:attendance-list', args=[member.pk])}?year={today.year}"
    more = "在你看不到的单位参加的不在此列，学时都计入。" if took.is_more else ""
    return [Panel(f"{today.year}年组织生活（截至今天）", tuple(rows), url=whole, text=more)]


def _attendance_rows(took: Took, member: Member, year: int) -> list[PanelRow]:
    if took.is_empty:
        return []

    def row(label: str, value: str, show: str, tone: str = "") -> PanelRow:
        query = urlencode({"year": year, "show": show})
        return PanelRow(
            label, value, f"{reverse('life:attendance-list', args=[member.pk])}?{query}", tone
        )

    rows = [row("应到", f"{took.expected} 次", "expected")]
    if took.expected:
        rows += [
            row("到会", f"{took.present} 次", "present"),
            row("请假", f"{took.excused} 次", "excused"),
            row("没有请假", f"{took.unexcused} 次", "unexcused"),
        ]
    if took.missed:
        left = took.missed > took.made_up
        said = f"{took.missed} 次，已补 {took.made_up}"
        rows.append(row("缺席应补课", said, "missed", "warn" if left else ""))
    if took.extra:
        rows.append(row("不计应到而到会", f"{took.extra} 次", "extra"))
    if took.elsewhere:
        rows.append(row("在外单位参加", f"{took.elsewhere} 次", "elsewhere"))
    return rows


def _talk_row(place: Organization, day: dt.date | None, year: int) -> PanelRow:
    """That a talk took place, and when; the list of the branch's talks says no more of it."""
    query = urlencode({"organization": place.pk, "year": year})
    said = in_words(day) if day else "今年还没有"
    return PanelRow("最近谈心谈话", said, f"{reverse('life:talk-list')}?{query}")


@searching.register
def find_records(actor: Actor, query: str) -> Hits | None:
    """Records of the last year by what they were about and where; of one sign too much would be
    found. One query."""
    if not actor.may(Permission.LIFE_VIEW) or len(query) < 2:
        return None
    rows = with_words(actor, query, since=clock.today() - SEARCHED)[:FOUND]
    return Hits(
        "组织生活",
        [
            Hit(
                row.topic,
                f"{row.get_kind_display()} · {row.organization} · "
                f"{row.held_on.year}年{row.held_on.month}月{row.held_on.day}日",
                row.get_absolute_url(),
            )
            for row in rows
        ],
    )
