"""A record of organisation life is written, written anew, looked at and taken back."""

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import tell
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.actions import fulfilling

from ..enums import HELD, LifeStepKind, MeetingKind, MeetingState, Presence, Roll
from ..models import Attendance, LifeStep, Meeting, MeetingUnit, Vote
from ..queries.guests import Guest, guest_on
from ..queries.rolls import DayRoll, rolls_together
from ..rules import RULES, Tally, key_of
from . import invitations, rights, telling
from .rows import NOTHING, Kept, Mark, attendances, kept_of, mark_of, write

BACK = dt.timedelta(days=731)  # how long after its day something can still be written down
MOST_UNITS = 20
MOST_VOTES = 20
MOST_GUESTS = 20
MOST_MARKS = 1_000
LONGEST = {
    "topic": ("主题", 100),
    "place": ("地点", 100),
    "chair_name": ("主持人", 50),
    "recorder_name": ("记录人", 50),
    "speaker_name": ("讲课人", 50),
    "agenda": ("议题", 1_000),
    "summary": ("内容", 4_000),
    "resolutions": ("决议", 2_000),
    "guests": ("列席", 300),
}
_LATEST = Q(superseded_at=None)  # who writes it anew at the same moment is not passed over
_MULTILINE = ("agenda", "summary", "resolutions")
_NOBODY = {
    Roll.MEMBERS: "的名册上没有党员，不能点名。请先导入名册或登记党员，再来登记。",
    Roll.COMMITTEE: "没有名册上的委员，不能点名。请先登记任职，姓名要和党员名册一致。",
    Roll.GROUP: "没有编入的党员，不能点名。请先编党小组。",
}
_NOT_WORDS = re.compile(r"[\W_]+")
SHORTEST_COPY = 40  # characters; shorter texts are alike by chance


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote as it was typed."""

    subject: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Written:
    """All that is written down of one meeting but who was there."""

    kind: MeetingKind
    held_on: dt.date
    topic: str
    starts_at: dt.time | None = None
    ends_at: dt.time | None = None
    place: str = ""
    chair_name: str = ""
    recorder_name: str = ""
    speaker_name: str = ""
    agenda: str = ""
    summary: str = ""
    resolutions: str = ""
    guests: str = ""
    study_minutes: int = 0
    is_on_paper: bool = False
    votes: Sequence[Ballot] = field(default_factory=tuple)

    def values(self) -> dict[str, object]:
        """The columns, with texts as they are stored. Raises DomainError for one that is too long."""
        texts = {}
        for name, (label, most) in LONGEST.items():
            text = clean(getattr(self, name), multiline=name in _MULTILINE)
            if len(text) > most:
                raise DomainError(f"{label}请写在 {most} 字以内。", field=name, code="length")
            texts[name] = text
        return {
            **texts,
            "kind": self.kind,
            "held_on": self.held_on,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "study_minutes": self.study_minutes,
            "is_on_paper": self.is_on_paper,
            "text_digest": self.digest,
        }

    @property
    def digest(self) -> str:
        """Tells what was typed from other words (`digest_of`)."""
        return digest_of(self.agenda, self.summary, self.resolutions)


@dataclass(frozen=True, slots=True)
class Made:
    """A version with its rows, none of them stored yet."""

    meeting: Meeting
    attendances: list[Attendance]
    votes: list[Vote]


def digest_of(*texts: str) -> str:
    """SHA-256 of the words of the texts, without blanks and marks; empty for a short text, which is
    like others by chance."""
    words = _NOT_WORDS.sub("", "".join(texts))
    return hashlib.sha256(words.encode()).hexdigest() if len(words) >= SHORTEST_COPY else ""


def nobody(unit: Organization, kind: MeetingKind, roll: DayRoll) -> str:
    """Why there is nobody to call, and what to do about it; empty where somebody is on the roll,
    and of kinds that expect nobody."""
    words = _NOBODY.get(RULES[kind].roll)
    return f"{unit}这一天{words}" if words and roll.is_empty else ""


@action
def record(
    *,
    uid: UUID,
    units: Sequence[Organization],
    written: Written,
    marks: Mapping[int, Mark],
    by: Actor,
    invited: Sequence[Organization] = (),
    guests: Sequence[Guest] = (),
) -> Meeting:
    """Writes down one meeting of the first of `units`, held together with the others.

    `marks` says of each member on the rolls of the day how he took part; those of `invited` are
    for these to mark (`joint.mark`). `uid` is made by who writes: sent again it is the same record;
    with other words it is refused, for they would be lost. Raises NotAllowed, or DomainError for
    what cannot be: a day to come, somebody marked who is not on the roll, somebody expected who is
    not marked.
    """
    same = _sent_before(uid, units, by)
    if same is not None:
        return _as_it_was(same, written, marks, guests)
    for unit in units:
        rights.expect_writer(unit, by)
    now = clock.now()
    try:
        with transaction.atomic():
            meeting = _store(
                *(uid, 1, units, written, marks),
                now=now,
                recorded_at=now,
                by=by,
                guests=_guests(guests, written.held_on, marks),
            )
            invitations.invite(meeting, units, invited, by=by)
    except IntegrityError:  # sent twice at the same moment
        same = _sent_before(uid, units, by)
        if same is None:
            raise
        return _as_it_was(same, written, marks, guests)
    tell(LifeStep(meeting=meeting, kind=LifeStepKind.RECORDED), by=by)
    settle(meeting, by=by)
    telling.note(
        meeting, "life.meeting.record", by=by, changes={"held_on": [None, str(meeting.held_on)]}
    )
    return meeting


@action
def rewrite(
    *,
    meeting: Meeting,
    version: int,
    units: Sequence[Organization],
    written: Written,
    marks: Mapping[int, Mark],
    by: Actor,
    invited: Sequence[Organization] = (),
    guests: Sequence[Guest] = (),
    guests_kept: Collection[int] | None = None,
) -> Meeting:
    """Writes the record anew, as the next version; what was written before stays for figures that
    counted it. `version` is the one that the page showed. The parts of organisations for which the
    actor does not write stay as they are, and of the guests those in `guests_kept`, or all. Raises
    as `record` does; MovedOn when somebody else has written it meanwhile, but for the part of
    another organisation; Conflict for one that was taken back."""
    rights.expect_changer(meeting, by)
    for unit in units[1:]:
        rights.expect_writer(unit, by)
    if units[0].pk != meeting.organization_id:
        raise DomainError("召开单位不能改；登错了请撤回后重新登记。", field="organization")
    now = clock.now()
    if meeting.state == MeetingState.WITHDRAWN:
        raise Conflict("这份记录已经撤回，不能再改。")
    if version != meeting.version and _only_parts_since(meeting, version):
        version = meeting.version
    kept = kept_of(meeting, *_not_ours(meeting, units, guests_kept, by))
    shown = Q(version=version, state__in=HELD)  # nor taken back meanwhile
    Meeting.versions.move(meeting, "supersede", where=shown, superseded_at=now)
    newer = _store(
        meeting.uid,
        meeting.version + 1,
        units,
        written,
        marks,
        now=now,
        recorded_at=meeting.recorded_at,
        by=by,
        kept=kept,
        guests=_guests(guests, written.held_on, [*marks, *kept.counted]),
    )
    invitations.invite(newer, units, invited, by=by)
    tell(LifeStep(meeting=newer, kind=LifeStepKind.CHANGED), by=by)
    settle(meeting, newer, by=by)
    telling.note(
        newer, "life.meeting.rewrite", by=by, changes={"version": [meeting.version, newer.version]}
    )
    return newer


@action
def thank(*, meeting: Meeting, by: Actor) -> None:
    """谢谢，够了: the level above has looked, and asks for nothing. Raises NotAllowed or MovedOn."""
    rights.expect_checker(meeting, by)
    step = LifeStep(meeting=meeting, kind=LifeStepKind.THANKED)
    Meeting.machine.move(meeting, "thank", where=_LATEST, step=step, by=by, return_reason="")
    telling.note(meeting, "life.meeting.thank", by=by)


@action
def send_back(*, meeting: Meeting, reason: str, by: Actor) -> None:
    """Asks for what a thin record lacks; it counts all the same. Raises NotAllowed, MovedOn, or
    DomainError for want of a reason."""
    rights.expect_checker(meeting, by)
    reason = clean(reason, multiline=True)
    if not 2 <= len(reason) <= 300:
        raise DomainError("请写明缺什么，300 字以内。", field="reason", code="reason")
    step = LifeStep(meeting=meeting, kind=LifeStepKind.RETURNED, text=reason)
    Meeting.machine.move(meeting, "return", where=_LATEST, step=step, by=by, return_reason=reason)
    telling.note(meeting, "life.meeting.return", by=by, changes={"reason": [None, reason]})


@action
def withdraw(*, meeting: Meeting, reason: str, by: Actor) -> None:
    """Takes a record back that should not be there: it counts no more and stays readable. Raises
    NotAllowed, MovedOn, or DomainError for want of a reason."""
    rights.expect_changer(meeting, by)
    reason = clean(reason, multiline=True)
    if not 2 <= len(reason) <= 300:
        raise DomainError("请写明为什么撤回，300 字以内。", field="reason", code="reason")
    step = LifeStep(meeting=meeting, kind=LifeStepKind.WITHDRAWN, text=reason)
    Meeting.machine.move(meeting, "withdraw", where=_LATEST, step=step, by=by)
    settle(meeting, by=by)
    telling.note(meeting, "life.meeting.withdraw", by=by, changes={"reason": [None, reason]})


# --- private -----------------------------------------------------------------------------------


def _sent_before(uid: UUID, units: Sequence[Organization], by: Actor) -> Meeting | None:
    """The record with the id, if he who sends it has sent it already; nobody else's is answered."""
    same = Meeting.objects.current().filter(uid=uid).select_related("organization").first()
    if same and (same.organization_id != units[0].pk or same.written_by_id != by.user_id):
        raise DomainError("这份记录已经由别人登记。请刷新页面后再写。", field="topic")
    return same


def _as_it_was(
    same: Meeting, written: Written, marks: Mapping[int, Mark], guests: Sequence[Guest]
) -> Meeting:
    """The record, which arrived although its answer did not. Raises DomainError when more has been
    written since on the page that was never answered. Three queries."""
    first = Meeting.objects.get(uid=same.uid, version=1)
    rows = list(Attendance.objects.filter(meeting=first))
    stored = {row.member_id: mark_of(row) for row in rows if row.presence != Presence.GUEST}
    sent = {
        pk: mark.as_stored
        for pk, mark in marks.items()
        if pk in stored or mark.presence != Presence.ABSENT  # who is not expected is never absent
    }
    came = len(rows) - len(stored)
    votes = [(one.subject, one.tally) for one in first.votes.all()]
    values = written.values()
    is_same = (stored, came) == (sent, len(guests)) and votes == [
        (clean(one.subject), one.tally) for one in written.votes
    ]
    if not is_same or values != {name: getattr(first, name) for name in values}:
        raise DomainError(
            "这份记录刚才已经登记成功，之后改的没有保存。改的内容还在下面，请复制到那份记录的“修改”里。",
            field="topic",
            code="recorded",
        )
    return same


def _store(
    uid: UUID,
    version: int,
    units: Sequence[Organization],
    written: Written,
    marks: Mapping[int, Mark],
    *,
    now: dt.datetime,
    recorded_at: dt.datetime,
    by: Actor,
    kept: Kept = NOTHING,
    guests: Sequence[Attendance] = (),
) -> Meeting:
    """The rows of one version: a fixed number of statements for any number of members."""
    rolls = rolls_together(units, written.kind, written.held_on)
    one = made(
        *(uid, version, units, written, marks, rolls),
        now=now,
        recorded_at=recorded_at,
        by=by,
        counted=kept.counted,
    )
    one.meeting.save(force_insert=True)
    write(one.meeting, units, [*one.attendances, *guests], kept, one.votes)
    return one.meeting


def made(
    uid: UUID,
    version: int,
    units: Sequence[Organization],
    written: Written,
    marks: Mapping[int, Mark],
    rolls: Mapping[int, DayRoll],
    *,
    now: dt.datetime,
    recorded_at: dt.datetime,
    by: Actor,
    counted: Collection[int] = (),
) -> Made:
    """The rows of one version, checked against the rolls of its day and not stored: what acts on one
    record and on many have in common. Who is `counted` has his row already. No query. Raises
    DomainError."""
    _check(units, written, marks)
    values = written.values()
    if len(str(values["topic"])) < 2:
        raise DomainError("请写明主题，一句话即可。", field="topic", code="length")
    for unit in units:
        words = nobody(unit, written.kind, rolls[unit.pk])
        if words:
            raise DomainError(words, field="marks", code="nobody")
    rows = attendances(rolls, marks, counted)
    meeting = Meeting(
        uid=uid,
        version=version,
        organization=units[0],
        recorded_at=recorded_at,
        written_at=now,
        written_by_id=by.user_id,
        written_by_name=by.name[:100],
        **values,
    )
    votes = [
        Vote(
            number=number,
            subject=clean(one.subject),
            entitled=one.tally.entitled,
            present=one.tally.present,
            for_count=one.tally.for_,
            against_count=one.tally.against,
            abstained_count=one.tally.abstained,
        )
        for number, one in enumerate(written.votes, start=1)
    ]
    return Made(meeting, rows, votes)


def _guests(guests: Sequence[Guest], day: dt.date, known: Collection[int]) -> list[Attendance]:
    """A row for each guest, which counts where he belongs. Raises DomainError for one who is not
    found by what was typed, or who is marked already."""
    if len(guests) > MOST_GUESTS:
        raise DomainError(f"一次最多登记 {MOST_GUESTS} 名外来党员。", field="guests")
    rows: list[Attendance] = []
    for guest in guests:
        standing = guest_on(day, guest)
        if standing is None:
            raise DomainError(
                "没有找到姓名和手机号都相符的党员。请向本人核对；对不上的写进“列席”。",
                field=f"guest-{guest.number}-name",
                code="guest",
            )
        if standing.member_id in known or standing.member_id in {row.member_id for row in rows}:
            raise DomainError(
                f"{standing.member.name}已经在点名里了。",
                field=f"guest-{guest.number}-name",
                code="guest",
            )
        rows.append(
            Attendance(
                member=standing.member,
                organization=standing.organization,
                is_expected=False,
                presence=Presence.GUEST,
            )
        )
    return rows


def _only_parts_since(meeting: Meeting, version: int) -> bool:
    """Whether since the version only other organisations have called their own rolls."""
    later = LifeStep.objects.filter(meeting__uid=meeting.uid, meeting__version__gt=version)
    return not later.filter(kind=LifeStepKind.CHANGED).exists() and 0 < version < meeting.version


def _not_ours(
    meeting: Meeting,
    units: Sequence[Organization],
    guests_kept: Collection[int] | None,
    by: Actor,
) -> tuple[list[int], list[int]]:
    """Which organisations' parts the writer does not touch, and which guests stay."""
    ours = {unit.pk for unit in units}
    places = [
        part.organization_id
        for part in meeting.units.select_related("organization")
        if part.organization_id not in ours
        and not by.may_at(Permission.LIFE_RECORD, part.organization.path)
    ]
    rows = meeting.attendances.filter(presence=Presence.GUEST)
    guests = list(rows.values_list("member_id", flat=True))
    if guests_kept is not None:
        guests = [pk for pk in guests if pk in guests_kept]
    return places, guests


def _check(units: Sequence[Organization], written: Written, marks: Mapping[int, Mark]) -> None:
    today = clock.today()
    if written.held_on > today:
        raise DomainError("还没到这一天。开完会再登记。", field="held_on", code="day")
    if written.held_on < today - BACK:
        raise DomainError("只能补记两年以内的记录。", field="held_on", code="day")
    if written.starts_at and written.ends_at and written.ends_at <= written.starts_at:
        raise DomainError("结束时间要晚于开始时间。", field="ends_at", code="day")
    if not 0 <= written.study_minutes <= 24 * 60:
        raise DomainError("学习时长应在 0 到 1440 分钟之间。", field="study_minutes")
    if len({unit.pk for unit in units}) != len(units) or len(units) > MOST_UNITS:
        raise DomainError(f"联合开展的单位最多 {MOST_UNITS} 个，不能重复。", field="units")
    for unit in units:
        if not unit.was_there(written.held_on):
            raise DomainError(f"{unit}在这一天还没有成立，或已经撤销。", field="held_on")
    if len(marks) > MOST_MARKS:
        raise DomainError(f"一次最多登记 {MOST_MARKS} 人。", field="marks")
    rule = RULES[written.kind]
    if written.votes and not rule.has_votes:
        raise DomainError(f"{written.kind.label}没有表决。", field="votes")
    if len(written.votes) > MOST_VOTES:
        raise DomainError(f"一次会最多 {MOST_VOTES} 项表决。", field="votes")
    for number, one in enumerate(written.votes):
        if not 2 <= len(clean(one.subject)) <= 100:
            raise DomainError("请写明表决什么，100 字以内。", field=f"votes-{number}-subject")
        for name, words in one.tally.objections():
            raise DomainError(words, field=f"votes-{number}-{name}")


def settle(*versions: Meeting, by: Actor) -> None:
    """Has the duties counted anew that the versions of one record fulfil, or fulfilled."""
    units = MeetingUnit.objects.filter(meeting__in=versions)
    places = set(units.values_list("organization_id", flat=True))
    for kind in dict.fromkeys(MeetingKind(one.kind) for one in versions):
        fulfilling.settle(
            kind=key_of(kind),
            organizations=places,
            days={one.held_on for one in versions},
            by=by,
        )
