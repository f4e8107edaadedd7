"""How one action item went, up to now: every date of it follows the rules that the portal keeps."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils import timezone

from core.actor import system
from core.demo import RECORDER, Seeding
from core.periods import WorkCalendar
from orgs.models import Organization, User

from ..enums import UNDER_WAY, ActionState, ActionStepKind, Cause, ExtensionState, LineState, Look
from ..models import ActionItem, ActionLine, ActionStanding, ActionStep, Extension
from ..rules import (
    LOOK_AFTER_DAYS,
    LOOK_WITHIN_DAYS,
    RECEIPT_WORKING_DAYS,
    after_waiting,
    days_late,
)
from . import phrases

K = ActionStepKind
_KEPT = ("state", "receipt_due_on", "due_on")


@dataclass
class Rows:
    """What is to be inserted of one month, with what came back of it later; wholes before the items
    that are parts of them."""

    wholes: list[ActionItem] = field(default_factory=list)
    items: list[ActionItem] = field(default_factory=list)
    again: list[ActionItem] = field(default_factory=list)  # what came back
    lines: list[ActionLine] = field(default_factory=list)
    steps: list[ActionStep] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    standings: list[ActionStanding] = field(default_factory=list)

    def take(self, other: "Rows") -> None:
        """Adds what another holds."""
        for kind in fields(self):
            getattr(self, kind.name).extend(getattr(other, kind.name))

    def insert(self, seeding: Seeding) -> None:
        """Writes them."""
        for rows in (self.wholes, self.items, self.again, self.lines, self.steps, self.extensions):
            seeding.add(rows)
        seeding.add(self.standings)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an item: days are working days."""

    receipt: int = 1
    report: int = -2  # after its day; before it when negative
    ending: str = (
        ""  # cancelled, transferred, extended, refused, asked, waiting, held, stuck, returned
    )
    look: str = Look.LASTING
    comment: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """Who acts: who answers for the owner, and for who gave it out; who looks again."""

    owner: User | None
    issuer: User | None
    leader: str
    looker: str
    other: Organization | None = None  # to whom it is handed on, and who answers for that
    other_person: User | None = None


class Course:
    """Lets one item go its way."""

    def __init__(
        self,
        rows: Rows,
        item: ActionItem,
        *,
        rng: random.Random,
        now: dt.datetime,
        calendar: WorkCalendar,
        people: People,
        words: phrases.Theme,
        number: int,
    ) -> None:
        self.rows, self.item, self.rng, self.now = rows, item, rng, now
        self.calendar, self.people, self.words, self.number = calendar, people, words, number
        self.at = item.drafted_at
        self.standing: ActionStanding | None = None

    def run(self, fate: Fate, term: int | None, lines: Sequence[ActionLine] = ()) -> None:
        """Everything that happens to it, in order, as far as it has happened by now."""
        self._issue(term)
        if fate.ending == "cancelled" and self._on(1):
            self._cancel()
            return
        if fate.ending == "transferred" and self._on(2):
            self._transfer()
        if not self._on(fate.receipt):
            return
        self._receive()
        if fate.comment and self._on(1):
            self._step(K.COMMENT, self._pick(phrases.COMMENTS), by_issuer=True)
        if self._on(2):
            self.item.measure = self._said(self.words.measure)
            self._step(K.PROGRESS, self._said(self._pick(self.words.progress)))
            self._revise()
        if fate.ending in ("waiting", "held") and self._on(1) and not self._wait(fate):
            return
        if fate.ending in ("extended", "refused", "asked") and self.item.due_on:
            self._ask(fate)
        if fate.ending == "stuck":
            self._lines(lines, done=len(lines) // 2)
            return
        if not self._report(fate.report, lines):
            return
        if fate.ending == "returned" and self._on(1):
            self._send_back()
            if not self._on(3):
                return
            self._reported()
        if self._on(self.rng.randint(1, 3)):
            self._close(fate)

    # --- steps ------------------------------------------------------------------------------------

    def _issue(self, term: int | None) -> None:
        item, at = self.item, self.at
        item.issued_at = at
        item.issued_by_id = self.people.issuer.pk if self.people.issuer else None
        item.issued_by_name = _name(self.people.issuer)
        item.receipt_due_on = self._add(_day(at), RECEIPT_WORKING_DAYS)
        item.due_on = item.original_due_on = self._add(_day(at), term) if term else None
        item.leader_name = self.people.leader
        self._to(ActionState.ISSUED)
        self._step(K.ISSUED, by_issuer=True)

    def _cancel(self) -> None:
        self._to(ActionState.CANCELLED)
        self._step(K.CANCELLED, self._pick(phrases.CANCELS), by_issuer=True)

    def _transfer(self) -> None:
        item, other = self.item, self.people.other
        if other is None:
            return
        text = f"由{item.owner}转{other}：{self._pick(phrases.TRANSFERS)}"
        item.owner, self.people = other, replace(self.people, owner=self.people.other_person)
        item.leader_name = ""
        item.receipt_due_on = self._add(_day(self.at), RECEIPT_WORKING_DAYS)
        self._step(K.TRANSFERRED, text, by_issuer=True)
        self._revise()

    def _receive(self) -> None:
        item = self.item
        late = days_late(item.receipt_due_on, _day(self.at), self.calendar)
        item.received_at, item.received_by_name = self.at, self._owner_name()
        item.receipt_late_days = late
        item.responsible_name = item.responsible_name or self._owner_name()
        self._to(ActionState.DOING)
        self._step(K.RECEIVED, f"晚 {late} 天" if late else "")

    def _wait(self, fate: Fate) -> bool:
        """Whether it has gone on since."""
        item, since = self.item, _day(self.at)
        name, note = self._pick(phrases.OUTSIDE)
        item.waiting_name, item.waiting_note = name, note
        item.waiting_since, item.waiting_due_on = since, self._add(since, 6)
        self._to(ActionState.WAITING)
        self._step(K.WAITING, f"等{name}：{note}")
        if fate.ending == "held" or not self._on(self.rng.randint(5, 9)):
            return False
        item.due_on, days = after_waiting(item.due_on, since, _day(self.at), self.calendar)
        item.waited_days += days
        item.waiting_name = item.waiting_note = ""
        item.waiting_since = item.waiting_due_on = None
        self._to(ActionState.DOING)
        self._step(K.RESUMED, "对方已办")
        return True

    def _ask(self, fate: Fate) -> None:
        item = self.item
        before = item.due_on
        asked_on = self._add(before, -3) if before else None
        if before is None or asked_on is None:
            return
        if asked_on > _day(self.at):
            self.at, was = self._moment(asked_on), self.at
            if self.at >= self.now:
                self.at = was
                return
        wanted, reason = self._add(before, 10), self._pick(phrases.DELAYS)
        extension = Extension(
            item=item,
            due_before=before,
            wanted_on=wanted,
            reason=reason,
            asked_by_id=self.people.owner.pk if self.people.owner else None,
            asked_by_name=self._owner_name(),
            asked_at=self.at,
        )
        self.rows.extensions.append(extension)
        self._step(K.ASKED, f"申请延至 {_zh(wanted)}：{reason}")
        if fate.ending == "asked" or not self._on(1):
            return
        extension.decided_at, extension.decided_by_name = self.at, _name(self.people.issuer)
        if fate.ending == "refused":
            extension.state, extension.answer = ExtensionState.REFUSED, self._pick(phrases.REFUSALS)
            self._step(K.REFUSED, extension.answer, by_issuer=True)
            return
        extension.state, extension.due_after = ExtensionState.GRANTED, wanted
        item.due_on, item.extension_count = wanted, 1
        item.late_days = days_late(before, _day(self.at), self.calendar)
        self._step(K.EXTENDED, f"由 {_zh(before)}延至 {_zh(wanted)}", by_issuer=True)
        self._revise()

    def _report(self, lag: int, lines: Sequence[ActionLine]) -> bool:
        due_on = self.item.due_on
        day = self._add(due_on, lag) if due_on else self._add(_day(self.at), 12)
        if day > _day(self.at):
            at = self._moment(day)
            if at >= self.now:
                self._lines(lines, done=len(lines) // 2)
                return False
            self._lines(lines, done=len(lines), until=at)
            self.at = at
        else:
            self._lines(lines, done=len(lines))
            if not self._on(1):
                return False
        self._reported()
        return True

    def _reported(self) -> None:
        item = self.item
        late = days_late(item.due_on, _day(self.at), self.calendar)
        item.result, item.late_days = self._said(self.words.result), max(item.late_days, late)
        item.reported_at, item.reported_by_name = self.at, self._owner_name()
        item.reported_by_id = self.people.owner.pk if self.people.owner else None
        self._to(ActionState.REPORTED)
        self._step(K.REPORTED, f"晚 {late} 天" if late else "")

    def _send_back(self) -> None:
        item = self.item
        item.returned_count += 1
        item.reported_at, item.reported_by_id, item.reported_by_name = None, None, ""
        self._to(ActionState.DOING)
        self._step(K.RETURNED, self._pick(phrases.RETURNS), by_issuer=True)

    def _close(self, fate: Fate) -> None:
        item = self.item
        item.verified_at, item.verified_by_name = self.at, _name(self.people.issuer)
        item.verified_by_id = self.people.issuer.pk if self.people.issuer else None
        item.verify_note = self._pick(phrases.CHECKED)
        if item.cause == Cause.UNKNOWN:
            item.cause = self.words.cause
        closed_on = _day(self.at)
        item.look_from = closed_on + dt.timedelta(days=LOOK_AFTER_DAYS)
        item.look_until = closed_on + dt.timedelta(days=LOOK_WITHIN_DAYS)
        self._to(ActionState.CLOSED)
        self._step(K.CLOSED, item.verify_note, by_issuer=True)
        if not fate.look:
            return
        at = self._moment(item.look_from + dt.timedelta(days=self.rng.randint(0, 20)))
        if at >= self.now:
            return
        self.at = at
        lasts = fate.look == Look.LASTING
        item.look, item.looked_at, item.looked_by_name = fate.look, at, self.people.looker
        item.look_note = self._pick(phrases.LASTED if lasts else phrases.RELAPSED)
        text = f"{Look(fate.look).label}：{item.look_note}"
        self._step(K.LOOKED, text, by_name=self.people.looker)

    def _lines(
        self, lines: Sequence[ActionLine], *, done: int, until: dt.datetime | None = None
    ) -> None:
        """The first `done` lines are reported and marked, one each two days; the next waits."""
        for line in lines[:done]:
            if not self._on(self.rng.randint(0, 1), until=until):
                if until is None:
                    return
                self.at = max(self.at, until - dt.timedelta(hours=1))
            self._line(line, is_done=True)
        if done < len(lines) and self._on(1, until=until) and not lines[done].figure_key:
            self._line(lines[done], is_done=False)

    def _line(self, line: ActionLine, *, is_done: bool) -> None:
        line.late_days = days_late(line.due_on, _day(self.at), self.calendar)
        if line.figure_key:
            line.state, line.verified_at, line.verified_by_name = (
                LineState.DONE,
                self.at,
                system().name,
            )
            self._step(K.LINE, f"第 {line.position} 条随数据销号", by_issuer=True)
            return
        line.evidence, line.reported_at = self._pick(phrases.EVIDENCE), self.at
        line.reported_by_name = self._owner_name()
        line.reported_by_id = self.people.owner.pk if self.people.owner else None
        line.state = LineState.REPORTED
        self._step(K.LINE, f"第 {line.position} 条报结：{line.evidence}")
        if is_done:
            line.state, line.verified_at = LineState.DONE, self.at
            line.verified_by_name = _name(self.people.issuer)
            self._step(K.LINE, f"第 {line.position} 条销号", by_issuer=True)

    # --- what they share --------------------------------------------------------------------------

    def _on(self, days: int, *, until: dt.datetime | None = None) -> bool:
        """Goes on by so many working days; False, and stays, when that is still to come."""
        at = self._moment(self._add(_day(self.at), days)) if days else self.at
        if at >= (until or self.now):
            return False
        self.at = max(self.at, at)
        return True

    def _moment(self, day: dt.date) -> dt.datetime:
        while not self.calendar.is_working(day):
            day += dt.timedelta(days=1)
        time = dt.time(self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.randrange(60))
        return timezone.make_aware(dt.datetime.combine(day, time))

    def _add(self, day: dt.date, days: int) -> dt.date:
        return self.calendar.add_working_days(day, days)

    def _to(self, state: ActionState) -> None:
        self.item.state = state
        self._revise()

    def _revise(self) -> None:
        self.item.revision += 1
        self._stand()

    def _stand(self) -> None:
        """Takes down how it stands from now on, as its machine would."""
        item, before = self.item, self.standing
        kept = {name: getattr(item, name) for name in ("owner_id", *_KEPT)}
        if before and kept == {name: getattr(before, name) for name in kept}:
            return
        if before:
            before.until, self.standing = self.at, None
        if item.state in UNDER_WAY:
            self.standing = ActionStanding(item=item, **kept, since=self.at)
            self.rows.standings.append(self.standing)

    def _step(
        self, kind: ActionStepKind, text: str = "", *, by_issuer: bool = False, by_name: str = ""
    ) -> None:
        place = self.item.issuer if by_issuer or by_name else self.item.owner
        name = by_name or (_name(self.people.issuer) if by_issuer else self._owner_name())
        self.rows.steps.append(
            ActionStep(
                item=self.item,
                kind=kind,
                at=self.at,
                by_name=name,
                by_organization=str(place)[:100],
                text=text[:400],
            )
        )

    def _owner_name(self) -> str:
        return _name(self.people.owner) or self.item.owner.contact_name or RECORDER

    def _said(self, text: str) -> str:
        return text.replace("{a}", str(self.number)).replace(
            "{place}", self.item.owner.short_name or self.item.owner.name
        )

    def _pick(self, some: Sequence[Any]) -> Any:
        return self.rng.choice(some)


def _name(person: User | None) -> str:
    return person.name if person else ""


def _day(at: dt.datetime) -> dt.date:
    return timezone.localdate(at)


def _zh(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
