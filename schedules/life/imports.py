"""The ledger of meetings (三会一课台账): what a sheet would add to the records, and adding it.

A row becomes a record only when it says of everybody on the roll of its day whether he came: those
named as absent, with the reason, and all others present, as many as the sheet counts. What does not
fit is said at its cell and is not written; nobody becomes absent, or present, by silence
(docs/adr/0053-ledger-import.md). A record that is there already is never changed by a sheet.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from core import clock, importing
from core.actor import Actor
from core.dates import in_words
from core.errors import DomainError
from core.importing import Change, Comparison, Progress
from core.tabular.errors import CellError
from core.tabular.parsed import ParsedSheet
from core.text import match_key
from orgs.access import actor_from_grant
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries.organizations import known_names

from .actions import ledger
from .actions.ledger import Entry
from .actions.meetings import Mark, Written
from .enums import HELD, MeetingKind, Presence, Roll
from .ledgers.meetings import name_of
from .models import LedgerImport, MeetingUnit
from .queries.rolls import DayRoll, rolls_of
from .rules import RULES, minutes_between, offered_topic
from .sheets import LedgerRow, read_ledger

LINES = uuid.UUID("6a0f6c53-3c29-5b1e-9c6a-4f5a6f0b7d11")  # of the ids that lines of ledgers get

Parsed = ParsedSheet[LedgerRow]

# Under which column a refusal of the action is shown.
_COLUMNS = {
    "held_on": "moment",
    "starts_at": "moment",
    "ends_at": "moment",
    "chair_name": "chair",
    "recorder_name": "recorder",
    "speaker_name": "speaker",
    "marks": "absent",
    "units": "unit",
}
_OF_SHEET = ("topic", "place", "agenda", "summary", "resolutions", "guests")


class _Known(NamedTuple):
    """A record that an organisation had part in."""

    uid: uuid.UUID
    topic: str
    is_held: bool
    present: int


Days = Mapping[tuple[int, str, dt.date], list[_Known]]


@dataclass(slots=True)
class _Plan:
    """What the rows come to against the records and the rolls of this moment."""

    entries: list[Entry] = field(default_factory=list)
    preview: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    unchanged: int = 0

    def comparison(self) -> Comparison:
        return Comparison(
            new=len(self.entries),
            unchanged=self.unchanged,
            preview=self.preview,
            errors=self.errors,
            warnings=self.warnings,
        )


def parse(path: Path, file_name: str, actor: Actor) -> Parsed:
    """The sheet's rows, with the organisations that the actor sees to name. Raises SheetRefused. Two
    queries."""
    known = {**_names_of_groups(actor), **known_names(actor)}
    return read_ledger(path, known, name=file_name, today=clock.today())


def compare(parsed: Parsed, actor: Actor, progress: Progress) -> Comparison:
    """Sorts the rows into new, known already and refused; writes nothing."""
    plan = _plan(parsed.rows, actor)
    progress(1, 1)
    return plan.comparison()


def write(parsed: Parsed, actor: Actor) -> Comparison:
    """Writes down what is new, compared once more. Call inside an action."""
    plan = _plan(parsed.rows, actor)
    if plan.entries:
        ledger.record_many(entries=plan.entries, by=actor)
    return plan.comparison()


def line_uid(place: int, kind: str, day: dt.date, topic: str) -> uuid.UUID:
    """The id of the record that a line of a ledger becomes, however often it is brought in."""
    return uuid.uuid5(LINES, f"{place}|{kind}|{day}|{match_key(topic)}")


# --- private -----------------------------------------------------------------------------------


def _names_of_groups(actor: Actor) -> dict[str, int]:
    """The 党小组 that the actor sees, by what the portal's own ledger of several branches calls
    them. One query."""
    rows = Organization.objects.active().visible_to(actor)
    groups = rows.filter(kind=OrganizationKind.PARTY_GROUP).select_related("parent")
    return {name_of(one): one.pk for one in groups}


def _plan(rows: Iterable[LedgerRow], actor: Actor) -> _Plan:
    """A fixed number of queries for any number of rows."""
    plan = _Plan()
    placed = _placed(rows, actor, plan)
    known = _known(placed)
    fresh = [(row, place) for row, place in placed if not _is_known(row, place, known, plan)]
    rolls = rolls_of({(place, row.kind, row.day) for row, place in fresh})
    now = clock.now()
    seen: dict[uuid.UUID, LedgerRow] = {}
    for row, place in fresh:
        topic = _topic(row)
        uid = line_uid(place.pk, row.kind, row.day, topic)
        if uid in seen:
            plan.errors.append(
                row.error(
                    "topic",
                    "duplicate_row",
                    f"与第 {seen[uid].row} 行重复，请删去一行",
                    found=row.topic,
                )
            )
            continue
        seen[uid] = row
        roll = rolls[place.pk, row.kind, row.day]
        marks, problems, odd = _marks(row, roll)
        if problems:
            plan.errors += problems
            continue
        entry = Entry(uid, place, _written(row, topic), marks)
        try:
            ledger.row_of(entry, roll, now=now, by=actor)
        except DomainError as error:
            key = _COLUMNS.get(error.field or "", error.field or "")
            key = key if key in row.cells else "moment"
            plan.errors.append(row.error(key, error.code or "refused", error.message))
            continue
        plan.warnings += odd
        plan.entries.append(entry)
        plan.preview.append(Change(row=row.row, sheet=row.sheet, label=_label(entry), kind="new"))
    return plan


def _placed(
    rows: Iterable[LedgerRow], actor: Actor, plan: _Plan
) -> list[tuple[LedgerRow, Organization]]:
    """Each row with the organisation that held it; refused are those of which the actor keeps no
    records. Two queries."""
    rows = list(rows)
    own = actor.organization_id or 0
    wanted = {own if row.unit is None else row.unit for row in rows}
    places = {place.pk: place for place in Organization.objects.filter(pk__in=wanted)}
    groups: dict[int, list[Organization]] = {}
    # Also those that are no more: their records are in ledgers.
    for group in Organization.objects.filter(parent__in=places, kind=OrganizationKind.PARTY_GROUP):
        groups.setdefault(group.parent_id or 0, []).append(group)
    found = []
    for row in rows:
        place = places.get(own if row.unit is None else row.unit)
        if place is None or not actor.may_at(Permission.LIFE_RECORD, place.path):
            plan.errors.append(_outside(row))
        elif RULES[row.kind].roll == Roll.CHOSEN:
            plan.errors.append(
                row.error("kind", "not_in_ledgers", f"{row.kind.label}请在页面上登记，点谁参加了")
            )
        elif row.is_of_group or (
            RULES[row.kind].roll == Roll.GROUP and _there(groups.get(place.pk, []), row)
        ):
            there = _there(groups.get(place.pk, []), row)
            group_ = _group(row, place, there)
            if group_ is None:
                plan.errors.append(_which_group(row, place, there))
            elif not actor.may_at(Permission.LIFE_RECORD, group_.path):
                plan.errors.append(_outside(row))
            else:
                found.append((row, group_))
        else:
            found.append((row, place))
    return found


def _outside(row: LedgerRow) -> CellError:
    wanted = "这个党组织的组织生活不由你登记，请填你负责登记的党组织"
    return row.error("unit", "outside_scope", wanted, found=row.unit_name)


def _there(groups: Iterable[Organization], row: LedgerRow) -> list[Organization]:
    """Those of the groups that it can have been."""
    return [one for one in groups if one.abolished_on is None or one.was_there(row.day)]


def _group(
    row: LedgerRow, place: Organization, groups: Iterable[Organization]
) -> Organization | None:
    key = match_key(row.group_name)
    fitting = [
        one
        for one in groups
        if key in {match_key(name) for name in (one.name, one.short_name, one.name_in(place))}
    ]
    return fitting[0] if len(fitting) == 1 else None


def _which_group(row: LedgerRow, place: Organization, groups: list[Organization]) -> CellError:
    names = "、".join(one.name_in(place) for one in groups[:5])
    if row.is_of_group:
        wanted = (
            f"类别的括号里请填党小组：{names}" if names else f"{place}没有党小组，类别请不要加括号"
        )
        return row.error("kind", "which_group", wanted, found=row.group_name)
    wanted = f"请在“党小组”一栏填是哪个党小组：{names}"
    return row.error("group", "which_group", wanted, found=row.group_name)


def _known(placed: Iterable[tuple[LedgerRow, Organization]]) -> Days:
    """(organisation, kind, day) -> the records of it. One query."""
    rows = list(placed)
    if not rows:
        return {}
    found: dict[tuple[int, str, dt.date], list[_Known]] = {}
    parts = MeetingUnit.objects.filter(
        organization__in={place.pk for _, place in rows},
        meeting__superseded_at=None,
        meeting__kind__in={row.kind for row, _ in rows},
        meeting__held_on__in={row.day for row, _ in rows},
    ).select_related("meeting")
    for part in parts:
        meeting = part.meeting
        key = (part.organization_id, meeting.kind, meeting.held_on)
        found.setdefault(key, []).append(
            _Known(meeting.uid, meeting.topic, meeting.state in HELD, part.present_count)
        )
    return found


def _is_known(row: LedgerRow, place: Organization, known: Days, plan: _Plan) -> bool:
    """Whether the record is there, or another stands in its way: then that is said of the row."""
    there = known.get((place.pk, row.kind, row.day), [])
    topic = _topic(row)
    uid = line_uid(place.pk, row.kind, row.day, topic)
    same = next(
        (one for one in there if one.uid == uid),
        next(
            (one for one in there if one.is_held and match_key(one.topic) == match_key(topic)), None
        ),
    )
    if same is not None and not same.is_held:
        plan.errors.append(
            row.error("topic", "withdrawn", "这次已登记过，后来撤回了；要重新登记请在页面上登记")
        )
        return True
    if same is not None:
        plan.unchanged += 1
        if row.present is not None and row.present != same.present:
            plan.warnings.append(
                row.error(
                    "present",
                    "differs",
                    f"已登记过这一次，到会 {same.present} 人；导入不改已有的记录，要改请到记录页面",
                    found=str(row.present),
                )
            )
        return True
    held = next((one for one in there if one.is_held), None)
    if held is not None:
        plan.errors.append(
            row.error(
                "topic",
                "same_day",
                f"{in_words(row.day)}已登记过一次{row.kind.label}“{held.topic[:30]}”；"
                "如果确是另一次，请在页面上登记",
                found=row.topic,
            )
        )
    return held is not None


def _topic(row: LedgerRow) -> str:
    return row.topic or offered_topic(row.kind, row.day)


def _written(row: LedgerRow, topic: str) -> Written:
    texts = {name: getattr(row, name) for name in _OF_SHEET if name != "topic"}
    is_study = RULES[row.kind].is_study
    return Written(
        kind=row.kind,
        held_on=row.day,
        topic=topic,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        chair_name=row.chair,
        recorder_name=row.recorder,
        speaker_name=row.speaker if row.kind == MeetingKind.LESSON else "",
        study_minutes=minutes_between(row.starts_at, row.ends_at) if is_study else 0,
        is_on_paper=row.is_on_paper,
        **texts,
    )


def _marks(
    row: LedgerRow, roll: DayRoll
) -> tuple[dict[int, Mark], list[CellError], list[CellError]]:
    """How each on the roll took part, as far as the row says it of everybody; else what does not
    fit. And what is odd and taken all the same."""
    problems: list[CellError] = []
    odd: list[CellError] = []
    marks = {one.member_id: Mark(Presence.PRESENT) for one in roll.expected}
    by_name: dict[str, list[int]] = {}
    for one in roll.people:
        by_name.setdefault(one.name, []).append(one.member_id)
    for absent in row.absent:
        people = by_name.get(absent.name, [])
        if len(people) != 1:
            why = (
                "这一天的名册上没有这个人，请核对姓名、日期或名册"
                if not people
                else "名册上这一天有同名的人，分不清是谁，请在页面上登记这一次"
            )
            problems.append(row.error("absent", "not_on_roll", why, found=absent.name))
        elif people[0] not in marks:
            told = "他这一天不计应到，不记缺席"
            odd.append(row.error("absent", "not_expected", told, found=absent.name))
        elif absent.reason is None:
            wanted = "请写明缺席原因：公务、病假、事假、外出、其他或没有请假，如 张三（病假）"
            problems.append(row.error("absent", "no_reason", wanted, found=absent.name))
        elif marks[people[0]].presence == Presence.ABSENT:
            problems.append(row.error("absent", "named_twice", "写了两次", found=absent.name))
        else:
            marks[people[0]] = Mark(Presence.ABSENT, absent.reason, absent.approver)
            if absent.told:
                told = "按“其他”登记；台账里的原话不保存"
                odd.append(row.error("absent", "other_reason", told, found=absent.name))
    if row.more_came:
        told = "表里没有写是谁，没有登记；请在记录的页面上点名"
        odd.append(row.error("note", "more_came", told, found=f"{row.more_came} 人不计应到而到会"))
    if not problems:
        problems = _miscounts(
            row, roll, sum(m.presence == Presence.PRESENT for m in marks.values())
        )
    return marks, problems, odd


def _miscounts(row: LedgerRow, roll: DayRoll, present: int) -> list[CellError]:
    """Where the sheet counts others than the roll of the day and the names of those absent do."""
    due = len(roll.expected)
    if not due:
        wanted = "系统里这一天的名册上没有人，点不了名。请先核对名册（或任职），或这一天还没有建档"
        return [row.error("moment", "empty_roll", wanted, found=in_words(row.day))]
    if row.expected is not None and row.expected != due:
        wanted = f"系统里这一天的名册应到 {due} 人。请核对名册、免到和流动情况，或改正表中的人数"
        return [row.error("expected", "expected_differs", wanted, found=str(row.expected))]
    if row.present is None:
        wanted = "请填实到人数：没有填的，不知道谁到了会"
        return [row.error("present", "missing_required", wanted)]
    if row.present != present:
        absent = due - present
        wanted = (
            f"应到 {due} 人，写明缺席的 {absent} 人，实到应为 {present} 人。请在“缺席及原因”写全是谁没来"
            if row.present < present
            else f"应到 {due} 人，写明缺席的 {absent} 人，实到最多 {present} 人。请改正，或在页面上登记"
        )
        return [row.error("present", "present_differs", wanted, found=str(row.present))]
    return []


def _label(entry: Entry) -> str:
    present = sum(mark.presence == Presence.PRESENT for mark in entry.marks.values())
    written = entry.written
    return (
        f"{in_words(written.held_on)} {written.kind.label}：{written.topic}"
        f"（{entry.unit}，应到 {len(entry.marks)}，到会 {present}）"
    )


IMPORTER: importing.Importer[LedgerRow] = importing.Importer(
    model=LedgerImport,
    parse=parse,
    compare=compare,
    write=write,
    actor=actor_from_grant,
)
