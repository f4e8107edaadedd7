"""What fulfils a duty: the kinds, each with its words, its address, its work and its checker.

Whatever reads duties — home, digest, ladder, matrix, boards, calendar feed, API, panels — asks the
kind of the plan here and knows none by name. A new kind is one `register` in the slice that owns
the records; nothing else is touched.
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.urls import reverse

from core import timers
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from .models import Duty, Plan


@dataclass(frozen=True, slots=True)
class Words:
    """How people speak of the kind: `act` is the verb, the others what comes of it."""

    act: str  # 报送
    pending: str  # 待报
    missing: str  # 未报
    sent: str  # 已报送
    write: str  # 填写: the button
    hint: str = ""  # what there is to do
    ready: str = ""  # behind the title while there is time: 草稿已备好
    ready_hint: str = ""
    ready_note: str = ""  # what the portal has drafted (草稿); empty where nothing is there yet
    look: str = "查看"
    late: str = "迟报"  # before what was sent after its day


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what a duty is about, with dates of its own where the case has them."""

    organization_id: int
    kind: str = ""
    id: int = 0
    label: str = ""
    begins_on: dt.date | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What of a duty came back: the parts named, and why."""

    parts: tuple[str, ...] = ()
    reason: str = ""
    at: dt.datetime | None = None
    rest: str = ""  # what stays as it is, in words


def _page(duty: Duty) -> str:
    return reverse("schedules:duty-detail", args=[duty.pk])


def _no_parts(duties: Sequence[Duty]) -> Mapping[int, Returned]:
    return {duty.pk: Returned(reason=duty.return_reason, at=duty.finished_at) for duty in duties}


def _no_notes(duties: Sequence[Duty]) -> Mapping[int, str]:
    return {}


def _whole(duty_ids: Sequence[int]) -> Mapping[int, int]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which duties are fulfilled.

    `open(plan, period, organizations)` makes the records of the duties just opened and
    `fitting(plan, period, organizations)` tells beforehand who can have one. `returned`, `notes`
    (a word for the checker's list) and `parts` (duty id -> how many parts came back) read for many
    duties at once, one query each. `second` selects what waits for the second look of the actor's
    level. `done` tells for many duties at once on which days within their periods it was done,
    oldest first, where records of another slice fulfil it by themselves (`actions/fulfilling.py`).
    """

    key: str
    label: str
    words: Words
    minutes: int
    mend_minutes: int = 5
    cost: Callable[[Plan], float] | None = None  # minutes by the plan, where they differ
    url: Callable[[Duty], str] = _page
    join: tuple[str, ...] = ()  # what `url` reads beside the duty
    view: Permission = Permission.REPORT_VIEW
    write: Permission = Permission.REPORT_DRAFT
    send: Permission = Permission.REPORT_SEND
    check: Permission | None = Permission.REPORT_CHECK  # None: nobody checks
    fitting: Callable[[Plan, str, list[Organization]], list[Organization]] | None = None
    open: Callable[[Plan, str], None] | None = None
    cases: Callable[[dt.date], Iterable[Subject]] | None = None  # instead of periods
    stopped: Callable[[Sequence[int]], Mapping[int, dt.date]] | None = None
    returned: Callable[[Sequence[Duty]], Mapping[int, Returned]] = _no_parts
    notes: Callable[[Sequence[Duty]], Mapping[int, str]] = _no_notes
    parts: Callable[[Sequence[int]], Mapping[int, int]] = _whole
    second: Callable[[Actor], Q] | None = None
    done: Callable[[Sequence[Duty]], Mapping[int, Sequence[dt.date]]] | None = None
    done_by: Callable[[Collection[int]], Q] | None = None  # what these people have sent themselves
    has_forms: bool = False  # whether forms of a plan say what is asked, and for whom
    counts: bool = False  # whether a plan may ask for it several times a period
    takes_groups: bool = False  # whether 党小组 may owe it
    names_people: bool = False
    # Where those directly above see what below them was not done; for kinds with `done`.
    missing_url: Callable[[Organization], str] | None = None
    watched_above: bool = False  # whether the general branch above is told, too
    lead_days: int = 0  # of cases: how long before its day one is asked for, unless a plan says so
    # Of cases: each is done once for all, so that it counts whenever that was.
    is_once: bool = False
    about: str = ""  # what a plan about its cases begins with
    basis: str = ""

    @property
    def is_recorded_here(self) -> bool:
        """Whether it is written down on the page of the duty itself."""
        return self.url is _page

    @property
    def is_by_period(self) -> bool:
        """Whether it is owed once a period, not when a case asks for it."""
        return self.cases is None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Adds a kind, or puts another in the place of one."""
    _kinds[kind.key] = kind
    return kind


def kinds() -> Mapping[str, Kind]:
    """All kinds by key: those registered, and one for each clock that runs in another app."""
    return {**_kinds, **{key: _of_timer(timer) for key, timer in timers.registered().items()}}


def of(plan: Plan) -> Kind:
    """The kind of a plan. One whose app is no longer installed is a plain record."""
    return kind_called(plan.fulfilment)


def kind_called(key: str) -> Kind:
    """The kind by its key, a plain record for an unknown one."""
    found = _kinds.get(key)
    if found is None and key in timers.registered():
        found = _of_timer(timers.registered()[key])
    return found or _kinds[RECORD]


RECORD = "record"
CASE_WORDS = Words(
    act="办理",
    pending="待办",
    missing="未办",
    sent="已办",
    write="去办理",
    hint="办结后不再列出，不必另报。",
)


@functools.cache
def _of_timer(timer: timers.Timer) -> Kind:
    """A clock as a kind: done when its app says so; nothing is written here, nobody checks."""

    def cases(day: dt.date) -> Iterable[Subject]:
        for one in timer.running(day):
            yield Subject(
                one.organization_id,
                timer.key,
                one.subject_id,
                one.label,
                one.begins_on,
                one.due_on,
            )

    return Kind(
        key=timer.key,
        label=timer.label,
        words=CASE_WORDS,
        minutes=timer.minutes,
        url=lambda duty: timer.url(duty.subject_id),
        check=None,
        cases=cases,
        stopped=timer.stopped,
        lead_days=timer.lead_days,
        watched_above=timer.watched_above,
        names_people=timer.names_people,
    )


def cases_within(kind: Kind, day: dt.date, lead_days: int) -> list[Subject]:
    """The cases of the kind that are due within so many days from the day on, or were due before
    and are not done; each begins that long before its day."""
    if kind.cases is None:
        return []
    lead = dt.timedelta(days=lead_days)
    ahead = day + lead - dt.timedelta(days=kind.lead_days)
    found: dict[tuple[int, int, dt.date], Subject] = {}
    for one in kind.cases(ahead):
        if one.due_on is not None and one.due_on - lead <= day:
            case = replace(one, begins_on=one.due_on - lead)
            found.setdefault((one.organization_id, one.id, one.due_on), case)
    return list(found.values())


def url_of(duty: Duty) -> str:
    """Where the duty opens. Reads its plan, and what its kind joins."""
    return of(duty.plan).url(duty)


def joins() -> tuple[str, ...]:
    """What lists of duties of any kind read beside them, for `select_related`."""
    return ("plan", *sorted({name for kind in kinds().values() for name in kind.join}))


def by_kind(duties: Iterable[Duty]) -> dict[Kind, list[Duty]]:
    """The duties, grouped by the kind of their plan."""
    groups: dict[str, list[Duty]] = {}
    for duty in duties:
        groups.setdefault(duty.plan.fulfilment, []).append(duty)
    return {kind_called(key): rows for key, rows in groups.items()}


def held(permission_of: Callable[[Kind], Permission | None]) -> dict[Permission, list[str]]:
    """Permission -> keys of the kinds that ask for it: who writes, sends or checks what."""
    found: dict[Permission, list[str]] = {}
    for key, kind in kinds().items():
        permission = permission_of(kind)
        if permission is not None:
            found.setdefault(permission, []).append(key)
    return found
