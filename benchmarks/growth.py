"""Makes a seeded zone many times as large, set-based: copies of it, ten to a city, hang under the
top, with their members as they stand, headcounts, duties, reports with what they say and what was marked in them,
figures, office holders, action items, dispatch meetings and records of organisation life. So the top has some dozen children and the
tree two levels more, as a province has; no node has thousands of children. What the top itself gave
out, marked and put off grows with it; its agendas do not, for they have a most.

Sealed columns keep the original's text, which does not open under a new uid: the pages show
无法读取, after the same work of deciphering.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import connection, models, transaction

from core import clock, periods
from core.actor import system
from members.actions import headcounts
from members.models import Member, MemberStanding
from orgs.models import OfficeHolding, Organization, OrganizationPlacement
from orgs.models.organization import STEP
from schedules.action_items.models import (
    ActionItem,
    ActionLine,
    ActionStanding,
    ActionStep,
    Extension,
)
from schedules.dispatch.models import (
    AgendaCard,
    Attendance,
    DispatchMeeting,
    MeetingSeries,
    Outcome,
)
from schedules.life.models import Attendance as Roll
from schedules.life.models import (
    Exemption,
    GroupMembership,
    LifeStep,
    Meeting,
    MeetingUnit,
    StudyRecord,
    Vote,
)
from schedules.rounds.actions import rollups
from schedules.rounds.models import (
    Duty,
    DutyStanding,
    Report,
    ReportItem,
    ReportMark,
    ReportMarkStep,
)

APART = 10_000_000  # between the keys of one copy and the next
CITY = 10  # copies that hang under one node below the top
FIRST_STEP = 1000  # of the path of the first city, beyond the originals


def _copy(model: type[models.Model], changed: Mapping[str, str], where: str, copies: int) -> None:
    """INSERT … SELECT of all columns; `changed` are SQL expressions over t and the copy n.v."""
    quote = connection.ops.quote_name
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f"t.{quote(column)}") for column in columns)
    table = quote(model._meta.db_table)
    names = ", ".join(map(quote, columns))
    if connection.vendor == "postgresql":
        series, head = f"generate_series(1, {copies}) AS n(v)", ""
    else:
        series = "n"
        head = (
            f"WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < {copies}) "
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head}INSERT INTO {table} ({names}) "
            f"SELECT {values} FROM {table} t, {series} WHERE t.id < {APART} AND {where}"
        )


def _padded(number: str) -> str:
    """An SQL expression: one step of the path."""
    if connection.vendor == "postgresql":
        return f"lpad(({number})::text, {STEP}, '0')"
    return f"substr('00000' || ({number}), -{STEP})"


def _moved(column: str) -> str:
    """An SQL expression: the key of the same thing in the copy."""
    return f"t.{column} + n.v * {APART}"


def _unless(top: int, column: str) -> str:
    """An SQL expression: the same organisation in the copy, but the top stays the top."""
    return f"CASE WHEN t.{column} = {top} THEN {top} ELSE {_moved(column)} END"


def _copy_items(top: int, copies: int) -> None:
    """Action items with their lines and timelines: owner, whole and what came back again lie in the
    same copy; what the top gave out is given out by the top, under numbers of its own."""
    own = ("id", "owner_id", "parent_id", "relapse_of_id", "waiting_for_id")
    changed = {column: _moved(column) for column in own} | {
        "issuer_id": _unless(top, "issuer_id"),
        "serial": "t.serial + n.v * 10000",
    }
    _copy(ActionItem, changed, "TRUE", copies)
    for model in (ActionLine, ActionStep, Extension):
        _copy(model, {"id": _moved("id"), "item_id": _moved("item_id")}, "TRUE", copies)
    stood = {column: _moved(column) for column in ("id", "item_id", "owner_id")}
    _copy(ActionStanding, stood, "TRUE", copies)


def _copy_marks(top: int, where: str, copies: int) -> None:
    """What was marked in the reports that are copied; what the top marked is marked by the top."""
    own = ("id", "report_id", "item_id", "organization_id")
    changed = {column: _moved(column) for column in own}
    changed["committee_id"] = _unless(top, "committee_id")
    _copy(ReportMark, changed, where, copies)
    marks = f"t.mark_id IN (SELECT t.id FROM {ReportMark._meta.db_table} t WHERE {where})"
    _copy(ReportMarkStep, {"id": _moved("id"), "mark_id": _moved("mark_id")}, marks, copies)


def _copy_meetings(uid: str, copies: int) -> None:
    """Meetings with their cards, outcomes and rolls. The top's own have besides as many more
    outcomes on their cards, and its backlog as many more topics."""

    def moved(*columns: str) -> dict[str, str]:
        return {column: _moved(column) for column in ("id", *columns)}

    own = moved("series_id", "organization_id")
    _copy(MeetingSeries, moved("organization_id"), "TRUE", copies)
    _copy(DispatchMeeting, own | {"uid": uid}, "TRUE", copies)
    of_card = ("meeting_id", "proposer_id", "copied_from_id")
    _copy(AgendaCard, own | moved(*of_card), "TRUE", copies)
    _copy(Outcome, moved("card_id", "item_id") | {"uid": uid}, "TRUE", copies)
    _copy(Attendance, moved("meeting_id", "organization_id"), "TRUE", copies)
    more = {"id": f"t.id + (n.v + {copies}) * {APART}"}
    _copy(Outcome, moved("item_id") | more | {"uid": uid}, "TRUE", copies)
    waits = moved("organization_id", "proposer_id") | more
    _copy(AgendaCard, waits, "t.meeting_id IS NULL", copies)


def _copy_life(uid: str, copies: int, months: int) -> None:
    """Records of organisation life of the last months as they read now, with rolls, counts and
    timelines; who is in which 党小组, and who need not come."""

    def moved(*columns: str) -> dict[str, str]:
        return {column: _moved(column) for column in ("id", *columns)}

    since = clock.today() - dt.timedelta(days=31 * months)
    recent = f"t.superseded_at IS NULL AND t.held_on >= '{since}'"
    record = f"t.meeting_id IN (SELECT t.id FROM {Meeting._meta.db_table} t WHERE {recent})"
    _copy(Meeting, moved("organization_id") | {"uid": uid}, recent, copies)
    _copy(MeetingUnit, moved("meeting_id", "organization_id"), record, copies)
    _copy(Roll, moved("meeting_id", "member_id", "organization_id"), record, copies)
    _copy(Vote, moved("meeting_id"), record, copies)
    _copy(LifeStep, moved("meeting_id"), record, copies)
    _copy(GroupMembership, moved("group_id", "member_id"), "TRUE", copies)
    _copy(Exemption, moved("member_id"), "TRUE", copies)
    _copy(StudyRecord, moved("member_id", "organization_id") | {"uid": uid}, "TRUE", copies)


@transaction.atomic
def grow(times: int, *, months: int = 6) -> None:
    """The zone `times` as large; duties and reports of the last `months` only are copied."""
    zone = Organization.objects.order_by("path")[0]
    copies, top = times - 1, zone.pk
    is_postgres = connection.vendor == "postgresql"
    if is_postgres:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
    city = f"((n.v - 1) / {CITY})"
    city_key = f"({city} * {CITY} + 1) * {APART} + {APART - 1}"  # the last of its first copy
    city_path = f"'{zone.path}' || {_padded(f'{FIRST_STEP} + {city}')}"
    path = f"{city_path} || {_padded('n.v')} || substr(t.path, {len(zone.path) + 1})"
    is_first = f"(n.v - 1) % {CITY} = 0"
    uid = "gen_random_uuid()" if is_postgres else "lower(hex(randomblob(16)))"
    shifted = f"t.id + n.v * {APART}"
    owner = f"t.organization_id + n.v * {APART}"
    cities = {
        "id": city_key,
        "uid": uid,
        "code": "'D' || n.v",
        "path": city_path,
        "parent_id": str(top),
        "depth": "2",
    }
    _copy(Organization, cities, f"t.id = {top} AND {is_first}", copies)
    organizations = {
        "id": shifted,
        "uid": uid,
        "code": "'C' || n.v || '-' || t.id",
        "path": path,
        "parent_id": f"CASE WHEN t.id = {top} THEN {city_key} ELSE t.parent_id + n.v * {APART} END",
        "depth": "t.depth + 2",
    }
    _copy(Organization, organizations, "TRUE", copies)
    held = {"id": shifted, "organization_id": owner}
    placed = {**held, "path": path, "parent_id": f"t.parent_id + n.v * {APART}"}
    _copy(OrganizationPlacement, placed, "TRUE", copies)
    city_placed = {
        "id": city_key,
        "organization_id": city_key,
        "path": city_path,
        "parent_id": "NULL",
    }
    _copy(OrganizationPlacement, city_placed, f"t.organization_id = {top} AND {is_first}", copies)
    _copy(Member, {**held, "uid": uid, "identity_index": "NULL"}, "TRUE", copies)
    stood = {column: _moved(column) for column in ("id", "member_id", "organization_id")}
    _copy(MemberStanding, stood, "t.valid_to IS NULL AND t.withdrawn_at IS NULL", copies)
    _copy(OfficeHolding, held, "TRUE", copies)
    told = Report.objects.order_by("-period").values_list("period", flat=True).distinct()[:months]
    named = {
        periods.containing(periods.first_day(month), cadence)
        for month in told
        for cadence in periods.CADENCES
    }
    recent = f"t.period IN ({', '.join(map(repr, sorted(named))) or 'NULL'})"
    _copy(Duty, held, recent, copies)
    of_duty = {**held, "duty_id": f"t.duty_id + n.v * {APART}"}
    _copy(Report, of_duty, recent, copies)
    recent_ones = f"SELECT id FROM {Report._meta.db_table} WHERE {recent.removeprefix('t.')}"
    items = {"id": shifted, "report_id": f"t.report_id + n.v * {APART}"}
    _copy(ReportItem, items, f"t.report_id IN ({recent_ones})", copies)
    _copy(DutyStanding, {**of_duty, "path": path}, f"t.until IS NULL AND {recent}", copies)
    _copy_items(top, copies)
    _copy_marks(top, f"t.report_id IN ({recent_ones})", copies)
    _copy_meetings(uid, copies)
    _copy_life(uid, copies, 3 if times <= 10 else 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    headcounts.fill(by=system())
    rollups.fill(by=system())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
