"""Ledgers, study hours and figures of organisation life against hand-written SQL for the same facts.

Whoever has only the tables writes a few statements and adds up in Python what they give; both ways
must come to the same before they are measured.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from core import clock, figures, periods
from core.actor import Actor
from core.figures import Window
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from orgs.models.organization import STEP, path_end
from schedules.life.enums import HELD, AbsenceReason, MeetingKind, StudyGroup, StudyKind
from schedules.life.figures import meetings as meeting_figures
from schedules.life.ledgers import registered, sums_of
from schedules.life.ledgers.meetings import MEETINGS
from schedules.life.queries.rolls import ON_COMMITTEE
from schedules.life.queries.study import standings_of, study_lines
from schedules.life.rules import COUNTING, MADE_UP, RULES, STUDIED, key_of
from schedules.rounds.queries.calendar import end_of

PAGE = 30
STREET = "dahuangshan"
Piece = tuple[str, Callable[[], Any], Callable[[], Any] | None]


def pieces() -> Sequence[Piece]:
    """Label, the portal's way, and the same by hand. Raises SystemExit where the two differ."""
    actor = _actor(STREET)
    street = Organization.objects.get(pk=actor.organization_id or 0)
    zone = Organization.objects.order_by("path")[0]
    branch = Organization.objects.filter(
        kind="branch", abolished_on=None, path__startswith=street.path
    ).order_by("path")[0]
    today = clock.today()
    window = Window(periods.shift(periods.containing(today, "month"), -1), today)
    children = list(Organization.objects.filter(parent=zone).order_by("path"))[:20]
    ledger_page = partial(_ledger, actor, street, today.year, PAGE)
    found: list[Piece] = [
        (
            "ledger of a street, a page",
            ledger_page,
            partial(_ledger_by_hand, street, today.year, PAGE),
        ),
        (
            "ledger of a street, whole",
            partial(_ledger, actor, street, today.year, None),
            partial(_ledger_by_hand, street, today.year, None),
        ),
        (
            "study hours of the zone",
            partial(_hours, zone, today),
            partial(_hours_by_hand, zone, today),
        ),
        (
            "study hours of a street",
            partial(_hours, street, today),
            partial(_hours_by_hand, street, today),
        ),
        (
            "figures of the month, zone",
            partial(_figures, [zone], window),
            partial(_figures_by_hand, [zone], window),
        ),
        (
            "figures of the month, what lies below the zone",
            partial(_figures, children, window),
            partial(_figures_by_hand, children, window),
        ),
        (
            "figures of the month, a branch",
            partial(_figures, [branch], window),
            partial(_figures_by_hand, [branch], window),
        ),
    ]
    for label, own, by_hand in found:
        if by_hand is not None and (ours := own()) != (theirs := by_hand()):
            differ = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]][:2]
            raise SystemExit(f"{label}: the portal and the statements by hand differ: {differ}")
    return found


# --- private -----------------------------------------------------------------------------------


def _actor(username: str) -> Actor:
    grant = (
        RoleGrant.objects.current()
        .filter(user__username=username)
        .select_related("user", "organization")
        .order_by("pk")[0]
    )
    return actor_of(grant.user, grant)


def _read(sql: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


# --- the ledger ----------------------------------------------------------------------------------


def _ledger(actor: Actor, street: Organization, year: int, most: int | None) -> list[Any]:
    """A page, or all of it: how many lines, the sums, and the lines with their addresses."""
    ledger = registered()["meetings"]
    lines = ledger.rows(actor, street, year)
    some = list(lines[:most] if most else lines)
    sums = sums_of(ledger, lines)
    return [len(lines), *sums.values(), [(one.values, one.url) for one in some]]


_UNITS = """
FROM life_meetingunit u JOIN life_meeting m ON m.id = u.meeting_id
JOIN orgs_organization o ON o.id = u.organization_id
LEFT JOIN orgs_organization p ON p.id = o.parent_id
WHERE u.organization_id IN (SELECT id FROM orgs_organization WHERE path >= %s AND path < %s)
AND m.superseded_at IS NULL AND m.state IN ({states}) AND m.kind IN ({kinds}) AND m.held_on BETWEEN %s AND %s"""


def _ledger_by_hand(street: Organization, year: int, most: int | None) -> list[Any]:
    """Five statements, three of them for each 500 lines: the sums, the lines, who was absent and
    why, who has made it up, the files; and the same words made of them."""
    states = [str(one) for one in HELD]
    kinds = [str(one) for one in MEETINGS]
    where = _UNITS.format(states=_marks(states), kinds=_marks(kinds))
    first, last = dt.date(year, 1, 1).isoformat(), dt.date(year, 12, 31).isoformat()
    asked = [street.path, path_end(street.path), *states, *kinds, first, last]
    ((count, expected, present),) = _read(
        f"SELECT COUNT(*), SUM(u.expected_count), SUM(u.present_count) {where}", asked
    )
    order = "ORDER BY o.path, m.held_on, m.recorded_at, u.id"
    limit = f" LIMIT {most}" if most else ""
    rows = _read(
        "SELECT u.id, m.id, m.uid, o.id, o.name, o.short_name, o.kind, p.short_name, m.held_on,"
        " m.starts_at, m.ends_at, m.kind, m.place, m.chair_name, m.recorder_name, m.topic,"
        " u.expected_count, u.present_count, u.extra_count, m.speaker_name, m.guests,"
        " m.is_on_paper, m.recorded_at, m.state, o.path, p.name, EXISTS(SELECT 1 FROM life_meetingunit x"
        f" WHERE x.meeting_id = m.id AND x.id <> u.id) {where} {order}{limit}",
        asked,
    )
    absent: dict[tuple[int, int], list[str]] = {}
    files: dict[Any, int] = {}
    made: dict[tuple[int, int], tuple[int, int]] = {}
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        keys, uids = [row[1] for row in some], [row[2] for row in some]
        near = {row[3]: _is_near(street, row[24], row[6]) for row in some}
        for meeting, place, name, reason, approver in _read(
            "SELECT a.meeting_id, a.organization_id, b.name, a.reason, a.approver_name"
            " FROM life_attendance a JOIN members_member b ON b.id = a.member_id"
            f" WHERE a.meeting_id IN ({_marks(keys)}) AND a.presence = 'absent'"
            " ORDER BY b.name_pinyin, a.id",
            keys,
        ):
            said = "请假"
            if reason == AbsenceReason.NONE:
                said = _REASONS[reason]
            elif near.get(place):
                said = f"{_REASONS[reason]}，{approver}准假" if approver else _REASONS[reason]
            absent.setdefault((meeting, place), []).append(f"{name}（{said}）")
        for meeting, place, whole, done in _read(
            "SELECT a.meeting_id, a.organization_id, COUNT(*), SUM(CASE WHEN EXISTS(SELECT 1 FROM"
            " life_studyrecord s WHERE s.makes_up = m.uid AND s.member_id = a.member_id"
            " AND s.withdrawn_at IS NULL) THEN 1 ELSE 0 END)"
            " FROM life_attendance a JOIN life_meeting m ON m.id = a.meeting_id"
            f" WHERE a.meeting_id IN ({_marks(keys)}) AND a.presence = 'absent'"
            f" AND a.is_expected AND m.kind IN ({_marks(MADE_UP)})"
            " GROUP BY a.meeting_id, a.organization_id",
            [*keys, *map(str, MADE_UP)],
        ):
            made[meeting, place] = (whole, done)
        for uid, many in _read(
            "SELECT record_uid, COUNT(*) FROM life_lifefile WHERE state = 'ready'"
            f" AND record_uid IN ({_marks(uids)}) GROUP BY record_uid",
            uids,
        ):
            files[uid] = many
    zone = timezone.get_current_timezone()
    lines = []
    for number, row in enumerate(rows, start=1):
        (_, meeting, uid, place, name, short, what, above, held_on, starts, ends, kind) = row[:12]
        (spot, chair, recorder, topic, due, came, more, speaker, guests) = row[12:21]
        (on_paper, recorded, state, _, above_name, joint) = row[21:27]
        day, begin, end = _day(held_on), str(starts or "")[:5], str(ends or "")[:5]
        entered = (
            recorded if isinstance(recorded, dt.datetime) else dt.datetime.fromisoformat(recorded)
        )
        entered = (entered if entered.tzinfo else entered.replace(tzinfo=dt.UTC)).astimezone(zone)
        shown, whole = short or name, above or above_name
        if what == "party_group" and whole:
            shown = f"{whole}{shown.removeprefix(whole) or shown}"
        missed = made.get((meeting, place))
        left = missed[0] - missed[1] if missed else 0
        remarks = [
            "联合开展" if joint else "",
            f"讲课人：{speaker}" if speaker else "",
            f"列席：{guests}" if guests else "",
            f"另有 {more} 人不计应到而到会" if more else "",
            "以纸质记录为准" if on_paper else "",
            f"{_zh(entered.date())}补记" if (entered.date() - day).days > 7 else "",
            "退回补充中" if state == "returned" else "",
        ]
        times = f"{begin}—{end}" if begin and end else begin or (end and f"至{end}")
        values = (
            number,
            shown,
            f"{_zh(day)}\n{times}".strip(),
            _LABELS[kind],
            *(spot, chair, recorder, topic, due, came),
            "、".join(absent.get((meeting, place), ())) or "无",
            f"已补 {missed[1]} / {missed[0]} 人{f'，还有 {left} 人没补' if left else ''}"
            if missed
            else None,
            "；".join(filter(None, remarks)),
        )
        address = uid if isinstance(uid, UUID) else UUID(uid)
        lines.append((values, f"/life/meetings/{address}/"))
    return [count, int(expected or 0), int(present or 0), lines]


_LABELS = dict(MeetingKind.choices)
_REASONS = dict(AbsenceReason.choices)


def _is_near(street: Organization, path: str, kind: str) -> bool:
    """Whether the street is told reasons of the organisation: its own and those directly below."""
    near = [path, path[:-STEP], *([path[: -2 * STEP]] if kind == "party_group" else [])]
    return street.path in near


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _zh(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# --- study hours -----------------------------------------------------------------------------------


def _hours(place: Organization, day: dt.date) -> list[tuple[int, str, int, bool, bool]]:
    return sorted(
        (
            one.member_id,
            one.name,
            one.quarters,
            one.group == StudyGroup.COMMITTEES,
            one.has_central,
        )
        for one in study_lines(standings_of(place, day), day)
    )


def _hours_by_hand(place: Organization, day: dt.date) -> list[tuple[int, str, int, bool, bool]]:
    """Four statements: the people, what each has studied, who was at the central training, who sits
    on a committee. Courses that are owed are left out."""
    today, first = day.isoformat(), dt.date(day.year, 1, 1).isoformat()
    inside = (
        "s.withdrawn_at IS NULL AND s.valid_from <= %s AND (s.valid_to IS NULL OR s.valid_to > %s)"
        " AND s.state = 'normal'"
    )
    there = "o.path >= %s AND o.path < %s"
    span = [place.path, path_end(place.path)]
    people = _read(
        "SELECT s.member_id, b.name, o.path FROM members_memberstanding s"
        " JOIN members_member b ON b.id = s.member_id"
        f" JOIN orgs_organization o ON o.id = s.organization_id WHERE {inside} AND {there}",
        [today, today, *span],
    )
    members = (
        "SELECT s.member_id FROM members_memberstanding s"
        f" JOIN orgs_organization o ON o.id = s.organization_id WHERE {inside} AND {there}"
    )
    if connection.vendor == "postgresql":
        start = "EXTRACT(HOUR FROM m.starts_at) * 60 + EXTRACT(MINUTE FROM m.starts_at)"
        least, noon = "LEAST", "TIME '12:00'"
    else:
        start = "CAST(substr(m.starts_at, 1, 2) AS INTEGER) * 60"
        start += " + CAST(substr(m.starts_at, 4, 2) AS INTEGER)"
        least, noon = "MIN", "'12:00:00'"
    before = (
        f"CASE WHEN m.starts_at IS NULL OR (m.starts_at < {noon} AND (m.ends_at IS NULL OR"
        f" m.ends_at <= {noon})) THEN m.study_minutes WHEN m.starts_at >= {noon} THEN 0"
        f" ELSE {least}(m.study_minutes, 720 - ({start})) END"
    )
    meeting = COUNTING[StudyKind.MEETING]
    quarters = " ".join(
        f"WHEN '{kind.value}' THEN r.minutes * {one.per_hour} / 60 + r.half_days * {one.per_half_day}"
        for kind, one in COUNTING.items()
    )
    most, hour = meeting.most_of_half_day, meeting.per_hour
    studied = _read(
        f"SELECT member_id, SUM(whole + {least}({2 * most}, untimed + {least}(early, {most})"
        f" + {least}(late, {most}))) FROM ("
        " SELECT member_id, SUM(whole) AS whole, SUM(untimed) AS untimed, SUM(early) AS early,"
        " SUM(late) AS late FROM ("
        f"  SELECT a.member_id, m.held_on AS day, CAST({before} AS INTEGER) * {hour} / 60 AS early,"
        f"  (m.study_minutes - CAST({before} AS INTEGER)) * {hour} / 60 AS late,"
        "  0 AS untimed, 0 AS whole"
        "  FROM life_meeting m JOIN life_attendance a ON a.meeting_id = m.id"
        "  WHERE m.superseded_at IS NULL AND m.state IN ('recorded', 'thanked', 'returned')"
        f"  AND m.kind IN ({_marks(STUDIED)}) AND m.study_minutes > 0 AND m.held_on BETWEEN %s AND %s"
        f"  AND a.presence IN ('present', 'guest') AND a.member_id IN ({members})"
        "  UNION ALL SELECT r.member_id, r.ended_on, 0, 0,"
        f"  CASE WHEN r.started_on = r.ended_on THEN CASE r.kind {quarters} ELSE 0 END ELSE 0 END,"
        f"  CASE WHEN r.started_on = r.ended_on THEN 0 ELSE CASE r.kind {quarters} ELSE 0 END END"
        "  FROM life_studyrecord r WHERE r.withdrawn_at IS NULL AND r.ended_on BETWEEN %s AND %s"
        f"  AND r.member_id IN ({members})"
        " ) parts GROUP BY member_id, day) days GROUP BY member_id",
        [
            *map(str, STUDIED),
            *(first, today, today, today, *span),
            *(first, today, today, today, *span),
        ],
    )
    central = {
        pk
        for (pk,) in _read(
            "SELECT DISTINCT r.member_id FROM life_studyrecord r WHERE r.is_central_course"
            " AND r.withdrawn_at IS NULL AND r.ended_on BETWEEN %s AND %s",
            [first, today],
        )
    }
    posts = [str(one) for one in ON_COMMITTEE]
    offices = _read(
        "SELECT h.organization_id, o.path, h.person_name FROM orgs_officeholding h"
        " JOIN orgs_organization o ON o.id = h.organization_id"
        f" WHERE h.post IN ({_marks(posts)}) AND (h.started_on IS NULL OR h.started_on <= %s)"
        " AND (h.ended_on IS NULL OR h.ended_on > %s)"
        " AND ((o.path >= %s AND o.path < %s) OR %s LIKE o.path || '%%')",
        [*posts, today, today, *span, place.path],
    )
    by_name: dict[str, list[tuple[int, str]]] = {}
    for pk, name, path in _named(offices, people, place, today):
        by_name.setdefault(name, []).append((pk, path))
    committee = set()
    for _, path, name in offices:
        who = next((pk for pk, at in by_name.get(name, ()) if at.startswith(path)), None)
        committee.add(who)
    total = dict(studied)
    return sorted(
        (pk, name, int(total.get(pk, 0)), pk in committee, pk in central) for pk, name, _ in people
    )


def _named(
    offices: Sequence[tuple[Any, ...]],
    people: Sequence[tuple[Any, ...]],
    place: Organization,
    today: str,
) -> list[tuple[Any, ...]]:
    """Who bears the name of an office, those who may vote first: one statement more."""
    names = list({name for _, _, name in offices})
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(names), 900):
        some = names[start : start + 900]
        found += _read(
            "SELECT s.member_id, b.name, o.path, CASE WHEN s.category = 'full_member'"
            " AND NOT s.is_on_party_probation THEN 0 ELSE 1 END"
            " FROM members_memberstanding s JOIN members_member b ON b.id = s.member_id"
            " JOIN orgs_organization o ON o.id = s.organization_id WHERE s.withdrawn_at IS NULL"
            " AND s.valid_from <= %s AND (s.valid_to IS NULL OR s.valid_to > %s)"
            f" AND s.state = 'normal' AND b.name IN ({_marks(some)})",
            [today, today, *some],
        )
    found.sort(key=lambda row: (row[3], row[0]))
    return [row[:3] for row in found]


# --- the figures of a month -----------------------------------------------------------------------


def _keys() -> list[str]:
    """All that is counted of records of meetings, and of what was owed."""
    group = meeting_figures.GROUP
    return [key for key, one in figures.registered().items() if one.group == group]


def _figures(places: Sequence[Organization], window: Window) -> dict[str, dict[int, int | None]]:
    return figures.values(_keys(), places, window)


def _figures_by_hand(
    places: Sequence[Organization], window: Window
) -> dict[str, dict[int, int | None]]:
    """Two statements, grouped by the places: nobody has moved since, so that the paths are those of
    today."""
    length = len(places[0].path)
    by_path = {place.path: place.pk for place in places}
    first, last = places[0].path, path_end(places[-1].path)
    records: list[tuple[str, str]] = []
    owed: list[tuple[str, str]] = []
    for key in _keys():
        duty = meeting_figures.duty_of(key)
        if duty is None:
            records.append((key, _of_records(key)))
        else:
            owed.append((key, _of_duty(*duty)))
    found: dict[str, dict[int, int | None]] = {
        key: dict.fromkeys(by_path.values(), 0) for key in _keys()
    }
    begin, end = window.first.isoformat(), window.end.isoformat()
    for columns, sql, values in (
        (
            records,
            "FROM life_meeting m JOIN life_meetingunit u ON u.meeting_id = m.id"
            " JOIN orgs_organization o ON o.id = u.organization_id WHERE m.superseded_at IS NULL"
            " AND m.state IN ('recorded', 'thanked', 'returned') AND m.held_on BETWEEN %s AND %s"
            " AND o.path >= %s AND o.path < %s",
            [begin, end, first, last],
        ),
        (
            owed,
            "FROM schedules_duty d JOIN schedules_plan p ON p.id = d.plan_id"
            " JOIN orgs_organization o ON o.id = d.organization_id"
            f" WHERE p.fulfilment IN ({_marks(meeting_figures.OWED)})"
            f" AND d.period IN ({_marks(_periods(window))}) AND d.state <> 'waived'"
            " AND o.path >= %s AND o.path < %s",
            [*map(key_of, meeting_figures.OWED), *_periods(window), first, last],
        ),
    ):
        sums = ", ".join(one for _, one in columns)
        sums = sums.replace("%(over)s", _moment(end_of(window.end)))
        sums = sums.replace("%(now)s", _moment(clock.now()))
        for path, *counts in _read(
            f"SELECT substr(o.path, 1, {length}), {sums} {sql} GROUP BY substr(o.path, 1, {length})",
            values,
        ):
            if path in by_path:
                for (key, _), count in zip(columns, counts, strict=True):
                    found[key][by_path[path]] = int(count or 0)
    return found


def _moment(moment: dt.datetime) -> str:
    text = moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"'{text}+00'" if connection.vendor == "postgresql" else f"'{text}'"


def _periods(window: Window) -> list[str]:
    from schedules.life.queries.counted import owed_within

    return owed_within(window)


def _of_records(key: str) -> str:
    words: Mapping[str, str] = {
        "expected": "expected_count",
        "present": "present_count",
        "unexcused": "unexcused_count",
    }
    name = key.removeprefix("life_")
    kind, _, word = name.rpartition("_")
    called = ", ".join(f"'{one}'" for one in meeting_figures._CALLED)
    if name in words:
        return f"SUM(CASE WHEN m.kind IN ({called}) THEN u.{words[name]} ELSE 0 END)"
    if word in words and kind in MeetingKind.values:
        return f"SUM(CASE WHEN m.kind = '{kind}' THEN u.{words[word]} ELSE 0 END)"
    if name in RULES:
        return f"SUM(CASE WHEN m.kind = '{name}' THEN 1 ELSE 0 END)"
    return "COUNT(*)"


def _of_duty(kind: MeetingKind | None, word: str) -> str:
    of_kind = f"p.fulfilment = '{key_of(kind)}' AND " if kind else ""
    done = "d.submitted_at IS NOT NULL AND d.submitted_at < %(over)s"
    condition = {
        "due": "1 = 1",
        "on_time": f"{done} AND d.submitted_at <= d.late_after",
        "late": f"{done} AND d.submitted_at > d.late_after",
        "missing": "(d.submitted_at IS NULL OR d.submitted_at >= %(over)s) AND d.due_at <= %(now)s",
    }[word]
    return f"SUM(CASE WHEN {of_kind}{condition} THEN 1 ELSE 0 END)"
