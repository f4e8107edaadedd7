"""Stored figures that follow from other rows: marked with the change, written behind it, compared
with a full recount every night.

An app keeps the SQL and registers a `Derivation`; everything else is here. A change leaves marks
in its own transaction, and an effect that writes the figures of the marked places anew. Values
are counted and written whole, never added to, so a run that was killed is simply run again.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models import Min, Sum

from . import audit, clock, effects, health, scheduler
from .actor import Actor, system
from .batches import batched
from .models import Effect
from .models.derived import DatedLedger, FilledLedger, Ledger, Mark

LISTED = 500  # rows in one statement
SWEPT_EVERY = 10  # minutes

M = TypeVar("M", bound=Mark)
L = TypeVar("L", bound=Ledger)


@dataclass(frozen=True, slots=True)
class Check(Generic[L]):
    """One part of the comparison with a full recount. Each is made after the repairs of those
    before it.

    find(ledger): place -> how many figures are wrong there; reads only.
    repair(ledger, wrong): writes these places anew.
    words(ledger, place): what answers and operators call the place.
    waiting(ledger): places with marks, which the nightly comparison leaves alone because they
    will be written; not needed where `find` leaves them out itself.
    listed: the field of the audit entry that names the places repaired; none without it.
    """

    find: Callable[[L], Mapping[Any, int]]
    repair: Callable[[L, Mapping[Any, int]], object]
    words: Callable[[L, Any], str]
    waiting: Callable[[L], Iterable[Any]] | None = None
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Derivation(Generic[M, L]):
    """A kind of stored figures.

    kind: of its effects, like `members.headcount`. In the audit trail its acts are `<kind>.fill`
    and `<kind>.repair`, which the app names in `verbs.py`.
    plural: what operators call it: the jobs `<app>.refresh_<plural>` and
    `<app>.reconcile_<plural>`, and `manage.py recount <plural>`.
    label: what pages call it.
    marks, ledgers: the app's models. group: their foreign key, when there is a ledger for each
    plan or cycle or whatever it names; two groups are written side by side.
    write(ledger, marks): writes the marked places and all that depends on them; returns how many.
    The ledger was locked before the marks were read, so what they stand for is committed.
    write_all(ledger): writes everything of the ledger; returns how many.
    checks: the comparison with a full recount, made at `nightly` (local time).
    told_as: the name on `/readyz` when it is not `plural`.
    """

    kind: str
    plural: str
    label: str
    marks: type[M]
    ledgers: type[L]
    write: Callable[[L, list[M]], int]
    write_all: Callable[[L], int]
    checks: Sequence[Check[L]]
    nightly: dt.time
    group: str = ""
    told_as: str = ""
    lease_seconds: int = 120

    # --- behind the change -------------------------------------------------------------------

    def mark(self, marks: Iterable[M]) -> None:
        """Says in the running transaction that something changed in these places, and has their
        figures written behind it. Two inserts, however many marks."""
        now = clock.now()
        rows = list(marks)
        for row in rows:
            row.at = now
        firsts: dict[int | None, M] = {}
        for row in self.marks._default_manager.bulk_create(rows, batch_size=LISTED):
            firsts.setdefault(self._group_of(row), row)
        # A key of its own for each change: one for everybody would make all writers of a minute
        # wait for each other's commit. Whoever runs first takes all marks, the others find none.
        effects.enqueue_many(
            effects.Order(
                f"{self.kind}:{row.pk}", self.kind, {self.group: group} if self.group else {}
            )
            for group, row in firsts.items()
        )

    def refresh(self, group: int | None = None) -> int:
        """Writes what is marked, of one group where there are groups; returns how many figures.
        At most two queries when nothing is."""
        if not self._is_waiting(group):
            return 0
        with transaction.atomic():
            ledger = self._locked(group)
            return self._write(ledger, group) if ledger is not None else 0

    def refresh_all(self) -> int:
        """Writes what is marked, of every group; returns how many figures."""
        return sum(self.refresh(group) for group in self._waiting())

    def _write(self, ledger: L, group: int | None) -> int:
        # Read under the lock, before what they stand for.
        marks = list(self._marks_of(group))
        if isinstance(ledger, FilledLedger) and ledger.filled_at is None:
            written = self._write_all(ledger)
        else:
            written = self.write(ledger, marks) if marks else 0
        remove(self.marks, [one.pk for one in marks])
        return written

    # --- every night -------------------------------------------------------------------------

    def reconcile(self, *, by: Actor) -> dict[str, int]:
        """Compares all figures with a full recount and repairs those that differ, group by group,
        each in a transaction of its own; returns place -> how many were wrong. Repairs are
        audited and told on the page of background work."""
        repaired: dict[str, int] = {}
        for group in self._groups():
            with audit.unit_of_work():
                ledger = self._locked(group)
                if ledger is not None:
                    repaired |= self._compare(ledger, group, by)
        return repaired

    def _compare(self, ledger: L, group: int | None, by: Actor) -> dict[str, int]:
        # What is only waiting is no difference: it is written first, under the same lock.
        self._write(ledger, group)
        repaired: dict[str, int] = {}
        listed: dict[str, Any] = {}
        for check in self.checks:
            wrong = dict(check.find(ledger))
            # A change that was committed meanwhile has its mark, and will be written for it.
            for place in check.waiting(ledger) if check.waiting else ():
                wrong.pop(place, None)
            if not wrong:
                continue
            check.repair(ledger, wrong)
            repaired |= _told(check, ledger, wrong)
            if check.listed:
                listed[check.listed] = [None, list(wrong)]
        count = sum(repaired.values())
        self._row(ledger).update(compared_at=clock.now(), differences=count)
        if repaired:
            self._record(by, "repair", ledger, {"differences": [count, 0], **listed})
        return repaired

    def differences(self) -> dict[str, int]:
        """Place -> how many stored figures differ from a full recount there, waiting or not.
        Reads only."""
        found: dict[str, int] = {}
        for group in self._groups():
            ledger = self._ledgers(group).first() or self.ledgers(**self._key(group))
            for check in self.checks:
                found |= _told(check, ledger, check.find(ledger))
        return found

    def comparison(self) -> health.Comparison:
        """How the last comparison ended; of several groups, the oldest. One query."""
        last = self.ledgers._default_manager.aggregate(
            at=Min("compared_at"), wrong=Sum("differences")
        )
        name = self.told_as or self.plural
        return health.Comparison(name, self.label, last["at"], last["wrong"] or 0)

    # --- by hand -----------------------------------------------------------------------------

    def fill(self, *, by: Actor) -> int:
        """Counts everything anew and forgets the marks, group by group, each in a transaction of
        its own; returns how many figures were written."""
        written = 0
        for group in self._groups():
            with audit.unit_of_work():
                ledger = self._locked(group)
                if ledger is None:
                    continue
                marks = [one.pk for one in self._marks_of(group)]
                count = self._write_all(ledger)
                remove(self.marks, marks)
                if count:
                    self._record(by, "fill", ledger, {"nodes": [None, count]})
                written += count
        return written

    def _write_all(self, ledger: L) -> int:
        written = self.write_all(ledger)
        if isinstance(ledger, FilledLedger):
            self._row(ledger).update(filled_at=clock.now())
        return written

    def _record(self, by: Actor, act: str, ledger: L, changes: Mapping[str, Any]) -> None:
        owner = getattr(ledger, self.group) if self.group else None
        audit.record(by=by, verb=f"{self.kind}.{act}", obj=owner, changes=changes)

    # --- groups, marks and ledgers -----------------------------------------------------------

    def _groups(self) -> list[int | None]:
        if not self.group:
            return [None]
        return list(self._owners().order_by("pk").values_list("pk", flat=True))

    def _owners(self) -> models.QuerySet[Any]:
        owner: Any = self.ledgers._meta.get_field(self.group).related_model
        owners: models.QuerySet[Any] = owner._default_manager.all()
        return owners

    def _group_of(self, row: Mark) -> int | None:
        return getattr(row, f"{self.group}_id") if self.group else None

    def _key(self, group: int | None) -> dict[str, Any]:
        """What names the ledger of the group."""
        return {f"{self.group}_id": group} if self.group else {"pk": 1}

    def _marks_of(self, group: int | None) -> models.QuerySet[M]:
        marks = self.marks._default_manager.all()
        return marks.filter(**self._key(group)) if self.group else marks

    def _ledgers(self, group: int | None) -> models.QuerySet[L]:
        return self.ledgers._default_manager.filter(**self._key(group))

    def _row(self, ledger: L) -> models.QuerySet[L]:
        return self.ledgers._default_manager.filter(pk=ledger.pk)

    def _is_waiting(self, group: int | None) -> bool:
        if self._marks_of(group).exists():
            return True
        return issubclass(self.ledgers, FilledLedger) and not (
            self._ledgers(group).exclude(filled_at=None).exists()
        )

    def _waiting(self) -> list[int | None]:
        if not self.group or issubclass(self.ledgers, FilledLedger):
            return self._groups()
        groups = self.marks._default_manager.order_by(self.group)
        return list(groups.values_list(self.group, flat=True).distinct())

    def _locked(self, group: int | None) -> L | None:
        """The ledger, locked until the end of the transaction; None when its group is gone."""
        rows = self._ledgers(group).select_for_update(of=("self",))
        if self.group:
            if not self._owners().filter(pk=group).exists():
                return None
            rows = rows.select_related(self.group)
        self.ledgers._default_manager.bulk_create(
            [self.ledgers(**self._key(group))], ignore_conflicts=True
        )
        return rows.get()


def _told(check: Check[L], ledger: L, wrong: Mapping[Any, int]) -> dict[str, int]:
    return {check.words(ledger, place): count for place, count in wrong.items()}


def remove(marks: type[Mark], ids: Sequence[int]) -> None:
    """Removes exactly these marks."""
    for some in batched(ids, LISTED):
        marks._default_manager.filter(pk__in=some).delete()


def moment(ledger: DatedLedger) -> dt.datetime:
    """What the figures about to be written are as of: now, and later than all that were written
    before, also when the clock was set back. The ledger is locked."""
    now = clock.now()
    if ledger.as_of is not None and now <= ledger.as_of:
        now = ledger.as_of + dt.timedelta(microseconds=1)
    type(ledger)._default_manager.filter(pk=ledger.pk).update(as_of=now)
    ledger.as_of = now
    return now


_derivations: dict[str, Derivation[Any, Any]] = {}


def registered() -> Mapping[str, Derivation[Any, Any]]:
    """All derivations by their plural."""
    return _derivations


def register(derivation: Derivation[M, L]) -> Derivation[M, L]:
    """Gives the figures their effect, their jobs, their comparison on `/readyz` and on the page of
    background work, and their name for `manage.py recount`."""
    if derivation.plural in _derivations:
        raise ValueError(f"{derivation.plural} is registered")
    _derivations[derivation.plural] = derivation
    app = derivation.kind.partition(".")[0]

    def run(effect: Effect) -> None:
        # Payloads of a newer release may say more than is asked for here.
        derivation.refresh(effect.payload[derivation.group] if derivation.group else None)

    def sweep(planned_for: dt.datetime) -> None:
        derivation.refresh_all()

    def compare(planned_for: dt.datetime) -> None:
        derivation.reconcile(by=system())

    effects.handler(
        derivation.kind, label=derivation.label, lease_seconds=derivation.lease_seconds
    )(run)
    scheduler.every(
        f"{app}.refresh_{derivation.plural}", label=f"补算{derivation.label}", minutes=SWEPT_EVERY
    )(sweep)
    scheduler.daily(
        f"{app}.reconcile_{derivation.plural}",
        label=f"核对{derivation.label}",
        hour=derivation.nightly.hour,
        minute=derivation.nightly.minute,
    )(compare)
    health.register(derivation.comparison)
    return derivation
