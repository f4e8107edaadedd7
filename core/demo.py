"""An invented zone to try the portal with, where nobody exists: a registry that the apps fill.

A part is a module that draws rows of its app and writes them; parts are built in order, one after
the other. Each part, and each month, draws from a generator of its own: what comes out depends
on the day alone, not on what else is drawn or when. So the newest months can be written at once
and the older ones behind them, by an effect that draws the same zone again.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from . import actor, audit, clock, effects, periods, table_statistics
from .actions import action
from .actor import Actor
from .errors import DomainError
from .models import Effect

SEED = 20260706
RECORDER = "示例数据"
MONTHS, MONTHS_SMALL, MONTHS_AT_MOST = 36, 6, 60
AT_ONCE = 13  # months that are there from the start when the others are filled behind
KIND = "demo.history"
# A worker's task may last ten minutes: long before, the work goes on in an effect of its own.
SECONDS = 120.0
LONGEST_PAUSE = 0.25  # seconds

T = TypeVar("T")
# Key, place, period, moment -> what a report says of it that froze it then; None: not known here.
Told = Callable[[str, Any, str, dt.datetime], int | None]


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of the zone, by the module that draws them.

    The module has `build(seeding)`, which returns what was made, by kind. It may have
    `fill(seeding, month)` for an older month, safe to repeat; `occupied()`, the Chinese words why
    nothing can be seeded, or ""; and `accounts()`, whom to sign in as: username and about.
    """

    module: str
    order: int

    @property
    def code(self) -> ModuleType:
        """The module, imported when it is wanted: an installation at work never loads it."""
        return import_module(self.module)


_parts: list[Part] = []


def register(module: str, *, order: int) -> None:
    """Adds a part. Raises ValueError when another one has that place in the order."""
    for part in _parts:
        if part.order == order:
            raise ValueError(f"{module} stands where {part.module} does")
    _parts.append(Part(module, order))
    _parts.sort(key=lambda part: part.order)


def parts() -> Sequence[Part]:
    """All parts in order."""
    return tuple(_parts)


@dataclass
class Seeding:
    """One drawing of the zone: from when, how large, which months, and what is drawn so far."""

    now: dt.datetime
    months: Sequence[str]  # all of them, oldest first
    small: bool = False
    at_once: int = 0  # how many of the newest are written by `build`; all when 0
    by: Actor = field(default_factory=lambda: actor.system(RECORDER))
    password: str = ""
    # The zone is there already and drawn once more: `insert` looks rows up instead of writing.
    is_again: bool = False
    _drawn: dict[type, Any] = field(default_factory=dict)
    _told: list[Told] = field(default_factory=list)
    _breath: float = field(default_factory=time.monotonic)
    _unknown: int = 0  # rows written since the planner was last told

    @property
    def today(self) -> dt.date:
        """The day on which the zone is drawn."""
        return timezone.localdate(self.now)

    @property
    def recent(self) -> Sequence[str]:
        """The months that `build` writes, newest first."""
        return self.months[: -self.at_once - 1 : -1] if self.at_once else self.months[::-1]

    @property
    def older(self) -> Sequence[str]:
        """The months that are left to `fill`, newest first."""
        return self.months[::-1][len(self.recent) :]

    def rng(self, *names: str) -> random.Random:
        """The generator that belongs to these names."""
        return random.Random(":".join((str(SEED), *names)))

    def keep(self, drawn: object) -> None:
        """Hands what a part has drawn to the parts after it."""
        self._drawn[type(drawn)] = drawn

    def of(self, kind: type[T]) -> T:
        """What an earlier part has kept."""
        found: T = self._drawn[kind]
        return found

    def tell_figures(self, told: Told) -> None:
        """Lets a part say what reports of the parts after it say of its own rows."""
        self._told.append(told)

    def figure(self, key: str, place: Any, period: str, moment: dt.datetime) -> int | None:
        """What an earlier part says of a figure as it was at the moment; None when none does."""
        for told in self._told:
            value = told(key, place, period, moment)
            if value is not None:
                return value
        return None

    def insert(self, rows: Sequence[models.Model], *, found_by: str = "") -> None:
        """Writes rows of one model. When drawn again it writes nothing, and gives the rows the
        primary keys of those that have the same `found_by`: one query, none without."""
        if not self.is_again:
            self.add(rows)
        elif rows and found_by:
            manager = type(rows[0])._default_manager
            keys = dict(manager.values_list(found_by, "pk"))
            for row in rows:
                row.pk = keys[getattr(row, found_by)]

    def add(self, rows: Sequence[models.Model]) -> None:
        """Writes rows of one model, in batches."""
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=500)
            self._unknown += len(rows)

    def update(self, rows: Sequence[models.Model], fields: Sequence[str]) -> None:
        """Writes these fields of rows of one model; nothing when drawn again."""
        if rows and not self.is_again:
            type(rows[0])._default_manager.bulk_update(rows, fields, batch_size=200)

    def renew_statistics(self) -> None:
        """Tells the planner of what was written, when that is much: all of the zone may stand in
        one transaction, a million rows that PostgreSQL takes for none."""
        if self._unknown >= table_statistics.MANY:
            table_statistics.renew()
            self._unknown = 0

    @contextmanager
    def step(self) -> Iterator[None]:
        """A transaction of its own, short, with a pause behind it: people come first."""
        with transaction.atomic():
            yield
        self.breathe()

    def breathe(self) -> None:
        """Lets others work for as long as the zone was drawn since the last time. Nobody is
        waiting while everything is written at once."""
        if self.is_again:
            time.sleep(min(LONGEST_PAUSE, time.monotonic() - self._breath))
            self._breath = time.monotonic()


def months_of(*, until: str, count: int) -> list[str]:
    """The months to fill, oldest first. Raises ValueError for an impossible wish."""
    current = periods.containing(clock.today(), periods.MONTH)
    until = until or current
    if len(until) != 7 or not periods.is_period(until) or until[4:6] in ("-Q", "-H"):
        raise ValueError(f"{until!r} is no month: write it as {current}")
    if until > current:
        raise ValueError(f"{until} has not begun; the last month can be {current}")
    if not 1 <= count <= MONTHS_AT_MOST:
        raise ValueError(f"{count} months cannot be made: 1 to {MONTHS_AT_MOST}")
    return periods.ending(until, count)


def occupied() -> str:
    """Why nothing can be seeded, in Chinese; empty when everything can."""
    reasons = (part.code.occupied() for part in _parts if hasattr(part.code, "occupied"))
    return "；".join(filter(None, reasons))


def accounts() -> list[dict[str, str]]:
    """Whom one can sign in as, in order: username and about."""
    found = (part.code.accounts() for part in _parts if hasattr(part.code, "accounts"))
    return [account for some in found for account in some]


@action
def seed(
    *, months: Sequence[str], password: str, by: Actor, small: bool = False, at_once: int = 0
) -> Mapping[str, int]:
    """Fills an empty portal; returns what was made, by kind. Always the same on the same day.

    With `at_once` the months before that many newest ones are left to an effect. Raises
    DomainError in production, and when there is something already.
    """
    _refuse_production()
    if reason := occupied():
        raise DomainError(f"{reason}，不能再生成示例数据。")
    seeding = Seeding(
        now=clock.now(), months=months, small=small, at_once=at_once, by=by, password=password
    )
    made: dict[str, int] = {}
    for part in _parts:
        made |= part.code.build(seeding)
        seeding.renew_statistics()
    if seeding.older:
        _fill_later(
            {
                "now": seeding.now.isoformat(),
                "small": small,
                "months": list(months),
                "at_once": at_once,
                "left": list(seeding.older),
            }
        )
    audit.record(
        by=by,
        verb="demo.seeded",
        label=f"{periods.label(months[0])}至{periods.label(months[-1])}",
        changes={key: [0, value] for key, value in made.items()},
    )
    return made


def _refuse_production() -> None:
    if settings.PRODUCTION:
        raise DomainError("正式环境不能生成示例数据。")


def _fill_later(payload: Mapping[str, Any]) -> None:
    effects.enqueue(KIND, f"{KIND}:{payload['now']}:{payload['left'][0]}", **payload)


@effects.handler(KIND, label="补齐演示数据", style="long", lease_seconds=300)
def _fill_history(effect: Effect) -> None:
    """Writes the months that are left, newest first. What is there of them stays."""
    _refuse_production()
    given = effect.payload
    seeding = Seeding(
        now=dt.datetime.fromisoformat(given["now"]),
        months=given["months"],
        small=given["small"],
        at_once=given["at_once"],
        is_again=True,
    )
    until = time.monotonic() + SECONDS
    for part in _parts:
        part.code.build(seeding)
    left: list[str] = given["left"]
    while left:
        for part in _parts:
            if hasattr(part.code, "fill"):
                part.code.fill(seeding, left[0])
        left = left[1:]
        effects.keep(effect, left=left)
        if left and time.monotonic() > until:
            with transaction.atomic():
                _fill_later(effect.payload)
            return
    table_statistics.renew()


def progress() -> str:
    """What the home page says while older months are being filled; empty when they are there.
    One query."""
    unfinished = Effect.objects.filter(kind=KIND).exclude(
        state__in=(Effect.State.DONE, Effect.State.SKIPPED)
    )
    row = unfinished.order_by("-pk").values("state", "payload").first()
    if row is None or not row["payload"]["left"]:
        return ""
    reached = periods.label(periods.shift(row["payload"]["left"][0], 1))
    if row["state"] == Effect.State.DEAD:
        return f"演示数据没有补齐较早的月份（已到{reached}），请系统管理员在“后台事项”中重试。"
    return f"演示数据正在补齐较早的月份（已到{reached}）…"
