"""Figures as ratios to a floor measured in the same run. `make bench`.

sheets: reading, comparing and writing the roster of 13,068 rows against bare reading with the
same library. pages: time and number of SQL queries against one indexed read; the roll-up against
hand-written SQL; pages a second against a bare page. life: saving a record, a ledger,
study hours and figures against hand-written SQL, also at ten times the size. documents: PDF against Word. growth: the same pages with ten times as
many organisations and members. rush: a deadline's last minute. scale (`make bench-scale`): a
hundred times, on PostgreSQL. Each on SQLite and PostgreSQL, in temporary folders.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import load, rush  # noqa: E402 - found by the line above
from tests import servers  # noqa: E402

DATA = ROOT / "tests" / "data"
ROUNDS = 30
LIMIT = 3600  # seconds for one part
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def timed(function: Callable[[], Any], rounds: int = 1) -> list[float]:
    """Seconds of each of `rounds` calls."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        function()
        found.append(time.perf_counter() - started)
    return found


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def sheets() -> None:
    """The rosters, from bare reading to the second import."""
    from django.core.management import call_command
    from python_calamine import CalamineWorkbook

    file = DATA / "members.xlsx"

    def bare() -> None:
        book = CalamineWorkbook.from_path(str(file))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()

    floor = statistics.median(timed(bare, 5))
    print("\n## Sheets (13,068 rows)\n")
    row("what", "seconds", "ratio to bare reading")
    row("---", "---:", "---:")
    row("bare reading", f"{floor:.2f}", "1.0")

    def command(name: str, path: Path, *options: str) -> Callable[[], None]:
        def run() -> None:
            with open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink):
                call_command(name, str(path), *options, stdout=sink, stderr=sink)

        return run

    steps = [
        (
            "organisations, 530 rows, applied",
            "import_organizations",
            DATA / "organizations.xlsx",
            (),
        ),
        ("members, dry run", "import_members", file, ("--dry-run",)),
        ("members, applied", "import_members", file, ()),
        ("members, a second time", "import_members", file, ()),
    ]
    for label, name, path, options in steps:
        seconds = timed(command(name, path, *options))[0]
        row(label, f"{seconds:.2f}", f"{seconds / floor:.1f}")


@contextlib.contextmanager
def counted() -> Iterator[list[int]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    box = [0]
    with CaptureQueriesContext(connection) as queries:
        yield box
    box[0] = len(queries)


PAGES = (
    ("home, secretary", "huzhuang1", "/"),
    ("home, zone", "zone", "/"),
    ("members, branch secretary", "huzhuang1", "/members/"),
    ("members, street", "dahuangshan", "/members/"),
    ("members, zone", "zone", "/members/"),
    ("members, zone, probationary", "zone", "/members/?category=probationary_member"),
    ("members by initials, zone", "zone", "/members/?q=zs"),
    ("members by name order, zone", "zone", "/members/?sort=name"),
    ("tree", "zone", "/organizations/"),
    ("matrix, street", "dahuangshan", "/reports/"),
    ("matrix, zone", "zone", "/reports/"),
    ("board, zone", "zone", "/board/"),
    ("reading page, street", "dahuangshan", "/reports/read/"),
    ("reading page, zone", "zone", "/reports/read/"),
    ("reading page, zone, words", "zone", "/reports/read/?use=all&q=屋顶"),
    ("reading page, zone, marked", "zone", "/reports/read/?use=all&standing=marked"),
    ("numbers of the month, zone", "zone", "/reports/read/totals/"),
    ("search in reports, zone", "zone", "/search/?q=屋顶"),
    ("action items, secretary", "huzhuang1", "/action-items/"),
    ("action items, street", "dahuangshan", "/action-items/"),
    ("action items, zone", "zone", "/action-items/"),
    ("action items issued, zone", "zone", "/action-items/?tab=issued&state=open"),
    ("action items overdue, zone", "zone", "/action-items/?state=overdue"),
    ("action items to look at again, zone", "zone", "/action-items/?tab=look"),
    ("action items, zone, API", "zone", "/api/v1/action-items/"),
    ("action items overdue, zone, API", "zone", "/api/v1/action-items/?state=overdue"),
    ("action items closed in the month, zone", "zone", "/action-items/rows/?figure=items_closed"),
    ("dispatch meetings, zone", "zone", "/dispatch/meetings/"),
    ("dispatch meetings, zone, API", "zone", "/api/v1/dispatch-meetings/"),
)


def signed_in(username: str) -> Any:
    """A client with a session of the person."""
    from django.test import Client

    from orgs.models import User

    client = Client()
    person = User.objects.get(username=username)
    client.force_login(person, backend="orgs.backends.NameOrPhoneBackend")
    return client


@dataclass(frozen=True, slots=True)
class Took:
    """What a page costs: queries, and the middle of its seconds."""

    queries: int
    seconds: float


def agenda_pages() -> tuple[tuple[str, str, str], ...]:
    """Pages of the zone's own meetings: what is being drafted, and the last one that is over."""
    from django.urls import reverse

    from schedules.dispatch.enums import MeetingState
    from schedules.dispatch.models import DispatchMeeting

    found: list[tuple[str, str, str]] = []
    meetings = DispatchMeeting.objects.filter(organization__parent=None).order_by("-starts_at")
    draft = meetings.to_come().first()
    over = meetings.filter(state=MeetingState.CLOSED).first()
    if draft is not None:
        card = draft.cards.on_agenda()[0]
        found += [
            ("agenda, zone", "zone", draft.get_absolute_url()),
            ("room, one card", "zone", reverse("dispatch:room-card", args=[card.pk])),
        ]
    if over is not None:
        address = reverse("dispatch:meeting-minutes", args=[over.pk])
        found.append(("minutes of the last meeting", "zone", address))
    return tuple(found)


def pages(rounds: int, before: dict[str, Took] | None = None) -> dict[str, Took]:
    """Pages of the zone as its people open them; label -> what it took."""
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from benchmarks import life  # its models exist only now
    from members.models import Member
    from orgs.models import Organization
    from schedules.dispatch.models import DispatchMeeting
    from schedules.dispatch.queries.exceptions import exceptions_of

    first = Organization.objects.order_by("pk").values_list("pk", flat=True)[0]

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Organization.objects.get(pk=first).name)

    request = RequestFactory().get("/")
    floor = statistics.median(timed(lambda: bare(request), 200))
    size = f"{Organization.objects.count():,} organisations, {Member.objects.count():,} members"
    print(f"\n## Pages ({size})\n")
    row(
        *("page", "SQL", "p50 ms", "p95 ms", "processor ms", "ratio to one indexed read"),
        *("SQL at the first size", "ratio to the first size"),
    )
    row("---", *["---:"] * 7)
    row("bare indexed read", 1, f"{floor * 1000:.2f}", "", "", 1, "", "")
    found: dict[str, Took] = {}

    def measure(label: str, work: Callable[[], Any]) -> None:
        with counted() as queries:
            work()
        used = time.process_time()  # of this process: what others do beside it does not count
        times = timed(work, rounds)
        used = (time.process_time() - used) / rounds
        took = found[label] = Took(queries[0], statistics.median(times))
        old = before.get(label) if before else None
        row(
            *(label, took.queries, f"{took.seconds * 1000:.1f}"),
            *(f"{load.quantile(times, 0.95) * 1000:.1f}", f"{used * 1000:.1f}"),
            f"{took.seconds / floor:.0f}",
            *((old.queries, f"{took.seconds / old.seconds:.1f}") if old else ("", "")),
        )

    for label, username, address in (*PAGES, *agenda_pages(), *life.pages()):
        client = signed_in(username)
        if client.get(address).status_code == 404:
            continue  # this installation has no such page

        def visit(client: Any = client, address: str = address) -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")

        measure(label, visit)
    draft = DispatchMeeting.objects.to_come().filter(organization__parent=None)
    for meeting in draft.select_related("organization")[:1]:
        measure("what the agenda drafts itself from, zone", partial(exceptions_of, meeting))
    return found


FIGURES_BY_HAND = """COUNT(*),
  SUM(CASE WHEN d.submitted_at IS NOT NULL THEN 1 ELSE 0 END),
  SUM(CASE WHEN d.submitted_at <= d.late_after THEN 1 ELSE 0 END),
  SUM(CASE WHEN d.submitted_at > d.late_after THEN 1 ELSE 0 END),
  SUM(CASE WHEN d.state = 'returned' THEN 1 ELSE 0 END),
  SUM(CASE WHEN d.returned_count >= 2 THEN 1 ELSE 0 END),
  SUM(CASE WHEN d.state IN ('accepted', 'confirmed') THEN 1 ELSE 0 END)"""
OWED = "d.plan_id = %s AND d.state <> 'waived' AND d.period >= %s AND d.period <= %s"
# What somebody would write who had only the duties: for the top and each of its children, and
# for every node of the tree.
BY_CHILD = f"""
SELECT substr(o.path, 1, %s), d.period, {FIGURES_BY_HAND}
FROM schedules_duty d JOIN orgs_organization o ON o.id = d.organization_id
WHERE {OWED} GROUP BY substr(o.path, 1, %s), d.period"""
BY_NODE = f"""
SELECT up.id, d.period, {FIGURES_BY_HAND}
FROM schedules_duty d JOIN orgs_organization o ON o.id = d.organization_id
JOIN (VALUES (5), (10), (15), (20), (25), (30), (35)) AS n ON n.column1 <= length(o.path)
JOIN orgs_organization up ON up.path = substr(o.path, 1, n.column1)
WHERE {OWED} GROUP BY up.id, d.period"""


def rollup(rounds: int) -> None:
    """Twelve months: what readers get and what is counted behind them, against SQL by hand."""
    from django.db import connection, transaction

    from core import periods
    from core.models import Effect
    from orgs.models import Organization
    from orgs.models.organization import STEP
    from schedules.rounds.actions import rollups
    from schedules.rounds.definitions import PLAN_KEY
    from schedules.rounds.models import Duty, Plan, Report
    from schedules.rounds.queries.rates import reporting_rates
    from schedules.rounds.queries.standings import counted

    zone = Organization.objects.order_by("path")[0]
    plan = Plan.objects.get(key=PLAN_KEY)
    last = Report.objects.order_by("-period").values_list("period", flat=True)[0]
    span = periods.ending(last, 12)
    length = len(zone.path) + STEP
    some = Duty.objects.filter(plan=plan, period=last).order_by("-organization__path")[0]

    def read(sql: str, *values: str | int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def by_child() -> Any:
        return read(BY_CHILD, length, plan.pk, span[0], span[-1], length)

    def one_report() -> None:
        with transaction.atomic():
            rollups.mark(plan_id=plan.pk, period=last, organization_ids=[some.organization_id])
            rollups.refresh(plan_id=plan.pk)
            Effect.objects.filter(kind=rollups.KIND).delete()

    parts: tuple[tuple[str, Callable[[], Any], str], ...] = (
        ("by child, hand-written SQL", by_child, "child"),
        (
            "by child, as board and API read it",
            lambda: list(reporting_rates(plan, zone, first=span[0], last=span[-1]).rows),
            "child",
        ),
        (
            "every node month by month, hand-written SQL",
            lambda: [read(BY_NODE, plan.pk, month, month) for month in span],
            "node",
        ),
        (
            "every node month by month, as figures are counted",
            lambda: [counted(plan, month) for month in span],
            "node",
        ),
        ("one report: its nodes marked, counted and written", one_report, ""),
    )
    reports = Report.objects.filter(period__in=span).count()
    print(f"\n## Roll-up of {reports:,} reports by organisation and month\n")
    row("what", "ms", "ratio to SQL by hand")
    row("---", "---:", "---:")
    times: dict[str, list[float]] = {label: [] for label, *_ in parts}
    for turn in range(rounds + 1):  # in turns, so that what disturbs one disturbs all
        for label, work, _ in parts:
            times[label] += timed(work)[:turn]  # the first turn only warms up
    floors: dict[str, float] = {}
    for label, _, kind in parts:
        middle = statistics.median(times[label])
        floors.setdefault(kind, middle)
        row(label, f"{middle * 1000:.1f}", f"{middle / floors[kind]:.2f}" if kind else "")


def throughput(seconds: float, turns: int) -> None:
    """Pages a second at eight keep-alive clients, two web workers. The pages take turns, so that
    what else the machine does meanwhile falls on all of them; each is compared within its turn."""
    steps = (
        ("bare, 50 rows", "", "/bare/", "</table>"),
        ("members, branch secretary", "huzhuang1", "/members/", "名党员"),
        ("members, street", "dahuangshan", "/members/", "名党员"),
        ("API: 50 members", "dahuangshan", "/api/v1/members/", '"identity_masked"'),
        ("API: 50 reports", "dahuangshan", "/api/v1/monthly-reports/", '"submitted_by"'),
        ("API: 50 duties", "dahuangshan", "/api/v1/duties/", '"returned_count"'),
    )
    cookies = {
        username: "; ".join(f"{name}={item.value}" for name, item in client.cookies.items())
        for username, client in ((name, signed_in(name)) for _, name, _, _ in steps if name)
    }
    found: dict[str, list[load.Load]] = {label: [] for label, *_ in steps}
    with load.web(os.environ) as url:
        load.press(url, "/bare/", seconds=min(1.0, seconds))
        for _ in range(turns):
            for label, username, address, wanted in steps:
                cookie = cookies.get(username, "")
                got = load.press(url, address, cookie=cookie, wanted=wanted, seconds=seconds)
                found[label].append(got)
    print("\n## HTTP: 2 web workers, 8 keep-alive clients, load generator on the same cores\n")
    print(f"{turns} turns of {seconds:g} s each; the medians, and the best turn\n")
    row("page", "pages/s", "best", "p50 ms", "p95 ms", "share of the bare page", "errors")
    row("---", "---:", "---:", "---:", "---:", "---:", "---:")
    floors = [got.rate for got in found[steps[0][0]]]
    for label, runs in found.items():
        rates = [got.rate for got in runs]
        shares = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
        seconds_of_all = [one for got in runs for one in got.seconds]
        row(
            *(label, f"{statistics.median(rates):.0f}", f"{max(rates):.0f}"),
            *(f"{load.quantile(seconds_of_all, share) * 1000:.0f}" for share in (0.5, 0.95)),
            *(f"{statistics.median(shares):.2f}", sum(len(got.bad) for got in runs)),
        )


def deadline(within: float, most: int) -> None:
    """530 secretaries within a minute."""
    print("\n## Deadline rush: save and send over real HTTP while two people read the matrix\n")
    row("what", "")
    row("---", "---:")
    for name, value in rush.rush(os.environ, within=within, most=most).items():
        row(name, value if value != [] else "none")


def work(part: str, *, quick: bool) -> None:
    """One part, on the database of the environment."""
    rounds = 2 if quick else ROUNDS
    if part == "sheets":
        sheets()
    elif part == "pages":
        pages(rounds)
        rollup(rounds)
        throughput(0.5 if quick else 2, 2 if quick else 9)
    elif part == "documents":
        from benchmarks.documents import documents  # its models exist only now

        documents(rounds, row)
    elif part == "life":
        from benchmarks import growth, life

        pieces = life.work()
        queries = life.measure(rounds, row, pieces)
        growth.grow(2 if quick else 10)
        life.measure(2 if quick else 7, row, pieces, queries)
    elif part == "assessments":
        from benchmarks import assessments, growth

        assessments.measure(rounds, row)
        growth.grow(2 if quick else 10)
        assessments.measure(2 if quick else 7, row)
    elif part == "themes":
        from benchmarks import growth, themes

        themes.measure(rounds, row)
        growth.grow(2 if quick else 10)
        themes.measure(2 if quick else 7, row)
    elif part == "projects":
        from benchmarks import projects

        projects.fill(30 if quick else projects.MANY)
        projects.measure(rounds, row)
        projects.fill(60 if quick else projects.MANY * 9)
        projects.measure(2 if quick else 7, row)
    elif part == "concerns":
        from benchmarks import concerns

        for each in (2, 18) if quick else (20, 180):
            concerns.fill(each)
            concerns.measure(rounds, row)
    elif part == "public":
        from benchmarks import public

        public.measure(rounds, row)
    elif part in ("growth", "scale"):
        times = 2 if quick else 10 if part == "growth" else 100
        from benchmarks import growth  # its models exist only now

        before = pages(rounds)
        started = time.perf_counter()
        growth.grow(times)
        print(f"\nGrown {times} times in {time.perf_counter() - started:.0f} s")
        pages(2 if quick else 7, before)
        rollup(2 if quick else 5)
    else:
        deadline(2 if quick else 50, 8 if quick else 530)


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a new database of the kind, and of Redis beside PostgreSQL."""
    common = {**os.environ, "PORTAL_MODE": "demo", "DATA_DIR": str(folder / "portal")}
    common.pop("PORTAL_BACKGROUND", None)
    if kind == "sqlite":
        yield {**common, "DATABASE_URL": "", "REDIS_URL": ""}
        return
    with contextlib.ExitStack() as stack:
        postgres = servers.start_postgres(folder / "postgres")
        stack.callback(postgres.stop)
        redis = servers.start_redis(folder)
        stack.callback(redis.stop)
        yield {**common, "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}


def run_part(command: list[str], environment: dict[str, str], *, limit: float) -> None:
    """Runs one part to its end. Whatever happens meanwhile, it is stopped with all it started."""
    part = servers.start("The part", command, environment=environment)
    try:
        code = part.process.wait(limit)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"{command[-1]}: not done within {limit:.0f} seconds") from None
    finally:
        part.stop(timeout=45)  # it stops servers of its own
    if code:
        raise SystemExit(code)


def end_in_order() -> None:
    """Lets the signals that end a program run its `finally`: there the servers are stopped."""

    def leave(number: int, frame: object) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)  # once is enough: do not disturb the stopping
        raise SystemExit(128 + number)

    for each in ENDING:
        signal.signal(each, leave)


def main() -> None:
    """`run.py [--quick] [--limit=seconds] [part ...] [sqlite|postgres]`: sheets, pages,
    life, assessments, themes, projects, concerns, public, documents, growth, rush; scale on request. A part that is not done
    within the limit is stopped."""
    end_in_order()
    arguments = [word for word in sys.argv[1:] if not word.startswith("--") or word == "--here"]
    quick = "--quick" in sys.argv
    limits = [word.partition("=")[2] for word in sys.argv if word.startswith("--limit=")]
    limit = float(limits[-1]) if limits else LIMIT
    if arguments[:1] != ["--here"]:
        kinds = [word for word in arguments if word in ("sqlite", "postgres")]
        parts = [word for word in arguments if word not in kinds]
        for part in parts or [
            "sheets",
            "pages",
            "life",
            "assessments",
            "themes",
            "projects",
            "concerns",
            "public",
            "documents",
            "growth",
            "rush",
        ]:
            usual = {"scale": ["postgres"], "documents": ["sqlite"]}  # no matter which, or too big
            for kind in kinds or usual.get(part, ["sqlite", "postgres"]):
                # Each part on a database of its own, in a process of its own.
                with (
                    tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
                    database(kind, Path(folder)) as environment,
                ):
                    command = [sys.executable, __file__, "--here", part]
                    command += ["--quick"] if quick else []
                    run_part(command, environment, limit=limit)
        return
    part = arguments[1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from core.actor import system
    from orgs.actions import starting

    with open(os.devnull, "w") as sink:
        call_command("migrate", verbosity=0, stdout=sink)
        if part != "sheets":
            options: dict[str, Any] = {"small": True} if quick else {"months": 18}
            call_command("seed_demo", stdout=sink, **options)
            starting.note_complete(by=system())  # as the schedule does: pages stop telling of it
    print(f"\n# {part}, {connection.vendor}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores")
    work(part, quick=quick)


if __name__ == "__main__":
    main()
