"""Organisation life: its pages, and what saving a record costs against hand-written SQL.

A page of another area is one line in `pages`; another piece of work one line in `work`, a function
without arguments, with hand-written SQL beside it or none.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.urls import reverse

from benchmarks.measuring import queries, turns
from core import clock
from core.actor import Actor
from orgs.access import actor_of
from orgs.models import Organization, RoleGrant
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.models import Meeting
from schedules.life.queries.rolls import roll_of

from . import life_reads

SIZES = (48, 400)
Row = Callable[..., None]
Piece = tuple[str, Callable[[], Any], Callable[[], Any] | None]


def pages() -> tuple[tuple[str, str, str], ...]:
    """Label, who opens it, address."""
    largest = branch_of(SIZES[-1])
    secretary = secretary_of(largest)
    found = [
        ("organisation life, secretary", "huzhuang1", reverse("life:meeting-list")),
        ("organisation life, street", "dahuangshan", reverse("life:meeting-list")),
        ("organisation life, zone", "zone", reverse("life:meeting-list")),
        (
            "organisation life of a kind, zone",
            "zone",
            f"{reverse('life:meeting-list')}?kind={MeetingKind.PARTY_DAY}",
        ),
    ]
    record = Meeting.objects.current().filter(organization=largest, kind=MeetingKind.PARTY_DAY)
    for one in record.order_by("-held_on")[:1]:
        found.append(("record of the largest branch", secretary, one.get_absolute_url()))
        edit = reverse("life:meeting-edit", args=[one.uid])
        found.append(("record of the largest branch, to write anew", secretary, edit))
    form = reverse("life:meeting-create", args=[MeetingKind.GENERAL_MEETING])
    asked = f"{form}?organization={largest.pk}&on={clock.today()}"
    found.append(("form of the largest branch", secretary, asked))
    return tuple(found)


def branch_of(size: int) -> Organization:
    """The branch whose number of people expected today is nearest to the size."""
    branches = Organization.objects.filter(kind="branch", abolished_on=None).annotate(
        many=Count("members", filter=Q(members__state="normal"))
    )
    return min(branches, key=lambda one: abs(one.many - size))


def secretary_of(branch: Organization) -> str:
    """The user name of who writes for the branch."""
    return _grant(branch).user.username


def work() -> Sequence[Piece]:
    """What is measured: label, the portal's own way, and what somebody would write who had only the
    tables."""
    found: list[Piece] = []
    for size in SIZES:
        branch = branch_of(size)
        roll = roll_of(branch, MeetingKind.PARTY_DAY, clock.today())
        many = len(roll.expected)
        found += [
            (f"roll of {many}, read", partial(_roll, branch), partial(_read, branch)),
            (
                f"record with {many} attendances, saved",
                partial(_save, branch),
                partial(_save_by_hand, branch),
            ),
        ]
    return [*found, *life_reads.pieces()]


def measure(
    rounds: int, row: Row, pieces: Sequence[Piece], before: dict[str, int] | None = None
) -> dict[str, int]:
    """Each piece in turns with its hand-written counterpart; label -> its queries, which stand beside
    those of `before`."""
    size = f"{Organization.objects.count():,} organisations, {Meeting.objects.count():,} records"
    print(f"\n## Organisation life: the portal's way and hand-written SQL ({size})\n")
    row("what", "SQL", "ms", "hand-written ms", "ratio", "SQL at the first size")
    row("---", *["---:"] * 5)
    found: dict[str, int] = {}
    for label, own, by_hand in pieces:
        own()
        middle, floor = turns(rounds, own, by_hand)
        found[label] = queries(own)
        row(
            *(label, found[label], f"{middle * 1000:.2f}"),
            *((f"{floor * 1000:.2f}", f"{middle / floor:.1f}") if floor else ("", "")),
            before.get(label, "") if before else "",
        )
    return found


# --- private -----------------------------------------------------------------------------------


def _grant(branch: Organization) -> RoleGrant:
    return (
        RoleGrant.objects.current()
        .filter(organization=branch, role="branch_secretary")
        .select_related("user", "organization")[0]
    )


def _actor(branch: Organization) -> Actor:
    grant = _grant(branch)
    return actor_of(grant.user, grant)


def _roll(branch: Organization) -> int:
    return len(roll_of(branch, MeetingKind.PARTY_DAY, clock.today()).people)


def _read(branch: Organization) -> list[tuple[int, bool]]:
    """Who is on the roll today, and who of them is expected, in one statement."""
    today = clock.today().isoformat()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.member_id, m.name, m.name_initials,"
            " (NOT s.is_mobile AND NOT s.is_excused AND NOT EXISTS (SELECT 1 FROM life_exemption e"
            "  WHERE e.member_id = s.member_id AND e.ended_at IS NULL AND e.since <= %s"
            "  AND (e.until IS NULL OR e.until >= %s)))"
            " FROM members_memberstanding s JOIN members_member m ON m.id = s.member_id"
            " WHERE s.organization_id = %s AND s.withdrawn_at IS NULL AND s.valid_from <= %s"
            " AND (s.valid_to IS NULL OR s.valid_to > %s) AND s.state = 'normal'"
            " AND NOT s.is_lost_contact ORDER BY m.name_pinyin, s.member_id",
            [today, today, branch.pk, today, today],
        )
        return [(row[0], bool(row[3])) for row in cursor.fetchall()]


def _marked(place: int) -> Mark:
    if place % 12 == 5:
        return Mark(Presence.ABSENT, AbsenceReason.DUTY, "支部书记")
    return Mark(Presence.PRESENT)


def _save(branch: Organization) -> Meeting:
    """As the page saves it, from the marks that it was sent."""
    roll = roll_of(branch, MeetingKind.PARTY_DAY, clock.today())
    marks = {one.member_id: _marked(place) for place, one in enumerate(roll.expected)}
    return meetings.record(
        uid=uuid.uuid4(),
        units=[branch],
        written=Written(
            kind=MeetingKind.PARTY_DAY,
            held_on=clock.today(),
            topic="主题党日：集中学习",
            starts_at=dt.time(9),
            ends_at=dt.time(10),
            summary="先集中学习四十分钟，再围绕本支部的事讨论。" * 4,
            study_minutes=60,
        ),
        marks=marks,
        by=_actor(branch),
    )


def _save_by_hand(branch: Organization) -> None:
    """The same rows of the record in four statements, after one that reads the roll: no rights, no
    duties, no audit."""
    grant, now = _grant(branch), clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        people = [pk for pk, is_expected in _read(branch) if is_expected]
        stored = Meeting(
            uid=uuid.uuid4(),
            organization=branch,
            kind=MeetingKind.PARTY_DAY,
            held_on=clock.today(),
            topic="主题党日：集中学习",
            starts_at=dt.time(9),
            ends_at=dt.time(10),
            summary="先集中学习四十分钟，再围绕本支部的事讨论。" * 4,
            study_minutes=60,
            recorded_at=now,
            written_at=now,
            written_by_id=grant.user_id,
            written_by_name=grant.user.name,
        )
        fields = [one for one in Meeting._meta.concrete_fields if not one.primary_key]
        names = ", ".join(str(one.column) for one in fields)
        values = [one.get_db_prep_save(getattr(stored, one.attname), connection) for one in fields]
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO life_meeting ({names}) VALUES ({marks}) RETURNING id", values)
        (meeting_id,) = cursor.fetchone()
        rows: list[str | int | bool] = []
        for place, pk in enumerate(people):
            mark = _marked(place)
            rows += [meeting_id, pk, branch.pk, True, *map(str, (mark.presence, mark.reason))]
            rows.append(mark.approver_name)
        one_row = "(%s, %s, %s, %s, %s, %s, %s)"
        cursor.execute(
            "INSERT INTO life_attendance (meeting_id, member_id, organization_id, is_expected,"
            f" presence, reason, approver_name) VALUES {', '.join([one_row] * len(people))}",
            rows,
        )
        absent = sum(_marked(place).presence == Presence.ABSENT for place in range(len(people)))
        cursor.execute(
            "INSERT INTO life_meetingunit (meeting_id, organization_id, expected_count,"
            " present_count, absent_count, extra_count, unexcused_count)"
            " VALUES (%s, %s, %s, %s, %s, 0, 0)",
            [meeting_id, branch.pk, len(people), len(people) - absent, absent],
        )
        cursor.execute(
            "INSERT INTO life_lifestep (meeting_id, kind, at, by_name, by_organization, text)"
            " VALUES (%s, 'recorded', %s, %s, %s, '')",
            [meeting_id, now, grant.user.name, str(branch)],
        )
