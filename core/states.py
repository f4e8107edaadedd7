"""Rows that move from state to state, and rows that two people could change at once.

A model declares its `Machine` beside its fields: which column holds the state, which the
revision, and the moves there are. Nobody else writes these columns. A move is one conditional
UPDATE, so of two people who act on the same row exactly one does; the other is told why not.

    class Proposal(models.Model):
        machine = Machine(
            state="state",
            moves={"confirm": Move("确认", from_=[State.PROPOSED], to=State.CONFIRMED)},
        )

    Proposal.machine.move(proposal, "confirm", decided_at=now)

How rows stood can be kept by the same writing (`Kept`), so that a past day can be counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import F, Q, QuerySet

from . import clock
from .actor import Actor
from .errors import Conflict

if TYPE_CHECKING:  # models declare machines
    from .models.step import Step

R = TypeVar("R", bound=models.Model)


class _To(Enum):
    SAME = "the state stays"
    GIVEN = "whoever moves the row says the new value, for example a day"


SAME: Literal[_To.SAME] = _To.SAME
GIVEN: Literal[_To.GIVEN] = _To.GIVEN


class MovedOn(Conflict):
    """The row is in another state by now. `row` is as it is stored."""

    def __init__(self, message: str, row: models.Model | None, *, code: str = "state") -> None:
        super().__init__(message, code=code)
        self.row = row


class Stale(Conflict):
    """Somebody changed the row since the person saw it. `row` is as it is stored, so that both
    can be shown."""

    def __init__(self, message: str, row: models.Model | None = None) -> None:
        super().__init__(message, code="stale")
        self.row = row


@dataclass(frozen=True, slots=True)
class Move:
    """`words` is what pages call the act. It is open from the states `from_` (any, when there are
    none) and leads to `to`. `refusal` is for whoever comes too late, with `{state}` where the
    machine's states have labels; `stale` for whoever saw an older revision; the machine's own
    when empty."""

    words: str
    from_: Collection[Any] = ()
    to: Any = SAME
    refusal: str = ""
    stale: str = ""
    code: str = "state"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of how rows stood, from one moment to another.

    `rows` is the accessor of the model that keeps it, which has the row's `columns` under their
    names, and `since` and `until`: empty while it holds. Rows that do not fulfil `while_` have no
    standing in force.
    """

    rows: str
    columns: tuple[str, ...]
    while_: Q = field(default_factory=Q)


class Machine:
    """The moves of a model's rows. `state` and `revision` name columns, either of which may be
    missing; `touched` one that takes the moment of each move; `kept` what is taken down of each.

    `refusal` and `stale` are told to whoever comes too late: the state, or the revision, is no
    longer the one his act was meant for.
    """

    def __init__(
        self,
        *,
        moves: Mapping[str, Move],
        state: str = "",
        revision: str = "",
        touched: str = "",
        refusal: str = "",
        stale: str = "",
        kept: Kept | None = None,
    ) -> None:
        self.moves = moves
        self.state = state
        self.revision = revision
        self.touched = touched
        self.refusal = refusal
        self.stale = stale
        self.kept = kept

    @property
    def columns(self) -> set[str]:
        """The columns that nobody else writes."""
        return {self.state, self.revision} - {""}

    # --- one row -----------------------------------------------------------------------------

    def move(
        self,
        row: models.Model,
        act: str,
        /,
        *,
        revision: int | None = None,
        where: Q | None = None,
        step: "Step | None" = None,
        by: Actor | None = None,
        **changes: Any,
    ) -> None:
        """Moves the stored row on and sets the same values on `row`. One query, one for the
        `step` of its timeline, which `by` takes, and up to three where its standing is kept.

        `revision` is the one the person's page was made from; None takes whatever is there. `where`
        is a further condition. Raises MovedOn or Stale with nothing written.
        """
        if step is not None and by is None:
            raise TypeError("a step says who took it")
        rows = _stored(row)
        condition = self._condition(act, where)
        found = rows.filter(condition)
        if revision is not None:
            found = found.filter(**{self.revision: revision})
        values = self._values(act, changes)
        if not found.update(**values):
            raise self._refused(row, act, condition)
        _take_over(row, values)
        self._keep(type(row), [row.pk], values)
        if revision is not None:
            setattr(row, self.revision, revision + 1)
        if step is not None and by is not None:
            tell(step, by=by)

    def may(self, row: models.Model, act: str) -> bool:
        """Whether the act is open in the state that `row` is in. No query."""
        return not self.moves[act].from_ or getattr(row, self.state) in self.moves[act].from_

    def expect(self, row: models.Model, act: str, revision: int | None = None) -> None:
        """Raises MovedOn or Stale as `move` would, for a row that the caller has just locked. No
        query."""
        if not self.may(row, act):
            raise self._moved_on(row, act)
        if revision is not None and getattr(row, self.revision) != revision:
            raise self._stale(row, act)

    # --- many rows ---------------------------------------------------------------------------

    def move_many(self, rows: QuerySet[R], act: str, /, **changes: Any) -> int:
        """Moves those of the rows on that are in a state for it; returns how many. One query, and
        up to four where their standing is kept."""
        found, values = rows.filter(self._condition(act, None)), self._values(act, changes)
        if self.kept is None or not self._is_kept(values):
            return found.update(**values)
        pks = list(found.order_by().values_list("pk", flat=True))
        moved = found.filter(pk__in=pks).update(**values) if pks else 0
        self._keep(rows.model, pks, values)
        return moved

    def write(self, moves: Mapping[R, str], fields: Collection[str] = ()) -> None:
        """Moves each row by its act and stores it with its `fields`, as they are on the instance.
        For rows that the caller has locked; one query, and up to three where their standing is
        kept. Raises MovedOn."""
        rows = list(moves)
        for row, act in moves.items():
            self.expect(row, act)
            self.advance(row)
            to = self._values(act, {}).get(self.state, SAME)
            if to is not SAME:
                setattr(row, self.state, to)
        if rows:
            columns = (self.columns | {self.touched, *fields}) - {""}
            type(rows[0])._default_manager.bulk_update(rows, sorted(columns), batch_size=500)
            self._keep(type(rows[0]), [row.pk for row in rows], columns)

    def advance(self, row: models.Model) -> None:
        """Gives the instance its next revision, for a row that the caller has locked and stores
        himself together with others."""
        if self.revision:
            setattr(row, self.revision, getattr(row, self.revision) + 1)
        if self.touched:
            setattr(row, self.touched, clock.now())

    # --- private -----------------------------------------------------------------------------

    def _is_kept(self, columns: Collection[str]) -> bool:
        return self.kept is not None and not set(self.kept.columns).isdisjoint(columns)

    def _keep(self, model: type[models.Model], pks: list[Any], columns: Collection[str]) -> None:
        """Takes down how the rows stand from now on, where a column has been written that is kept:
        as they are stored, not as an instance shows them. What stood until now ends."""
        if self.kept is None or not pks or not self._is_kept(columns):
            return
        named: Any = model._meta.get_field
        relation = named(self.kept.rows)
        standing, link, now = relation.related_model, relation.field.attname, clock.now()
        standing.objects.filter(**{f"{link}__in": pks}, until=None).update(until=now)
        names = [named(name).attname for name in self.kept.columns]
        rows = model._default_manager.filter(self.kept.while_, pk__in=pks)
        standing.objects.bulk_create(
            [
                standing(**{link: pk}, **dict(zip(names, values, strict=True)), since=now)
                for pk, *values in rows.order_by("pk").values_list("pk", *names)
            ],
            batch_size=500,
        )

    def _condition(self, act: str, where: Q | None) -> Q:
        condition = Q() if where is None else where
        from_ = list(self.moves[act].from_)
        if len(from_) == 1:
            return condition & Q(**{self.state: from_[0]})
        return condition & Q(**{f"{self.state}__in": from_}) if from_ else condition

    def _values(self, act: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        to = self.moves[act].to
        values = dict(changes)
        if not isinstance(to, _To):
            values[self.state] = to
        elif (self.state in values) is not (to is GIVEN):
            raise TypeError(f"{act} says the state: {to.value}")
        if self.revision:
            values[self.revision] = F(self.revision) + 1
        if self.touched:
            values[self.touched] = clock.now()
        return values

    def _refused(self, row: models.Model, act: str, condition: Q) -> Conflict:
        """Why nothing was moved, by the row as it is stored."""
        rows = _stored(row)
        fresh = rows.first()
        if fresh is not None and rows.filter(condition).exists():
            return self._stale(fresh, act)
        return self._moved_on(fresh, act)

    def _stale(self, row: models.Model, act: str) -> Stale:
        return Stale(self.moves[act].stale or self.stale, row)

    def _moved_on(self, row: models.Model | None, act: str) -> MovedOn:
        if row is None:
            return MovedOn("这一项已不存在，请刷新页面查看最新情况。", None, code="gone")
        move = self.moves[act]
        display = getattr(row, f"get_{self.state}_display", None)
        text = (move.refusal or self.refusal).format(state=display() if display else "")
        return MovedOn(text, row, code=move.code)


def machines() -> dict[type[models.Model], list[Machine]]:
    """The machines of each model that has any, inherited ones too."""
    found = {}
    for model in apps.get_models():
        own = {
            name: value
            for base in reversed(model.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Machine)
        }
        if own:
            found[model] = list(own.values())
    return found


def tell(step: "Step", *, by: Actor) -> None:
    """Adds a step, whose kind and row the caller has set, to a row's timeline. One query."""
    _sign(step, by)
    step.save(force_insert=True)


def tell_many(steps: "Sequence[Step]", *, by: Actor) -> None:
    """The same to the timelines of many rows, all at one moment. One query."""
    for step in steps:
        _sign(step, by)
    if steps:
        type(steps[0])._default_manager.bulk_create(steps, batch_size=500)


def _sign(step: "Step", by: Actor) -> None:
    step.at = clock.now()
    step.by_name = by.name
    step.by_organization = by.organization_name
    step.text = step.text[: step._meta.get_field("text").max_length]


def _stored(row: models.Model) -> QuerySet[models.Model]:
    return type(row)._default_manager.filter(pk=row.pk)


def _take_over(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if hasattr(value, "resolve_expression"):
            row.__dict__.pop(name, None)  # read from the database when somebody asks for it
        else:
            setattr(row, name, value)
