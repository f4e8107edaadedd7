"""Figures as ratios to a floor measured in the same run. `make bench`.

Sheets: reading, comparing and writing the roster of 13,068 rows against bare reading with the
same library. Pages: time and number of SQL queries against a bare page with one indexed read.
Runs on SQLite in temporary folders.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = ROOT / "tests" / "data"
ROUNDS = 30


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


def pages() -> None:
    """Pages of the demo zone as its people open them."""
    from django.http import HttpRequest, HttpResponse
    from django.test import Client, RequestFactory

    from orgs.models import Organization, User

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Organization.objects.get(pk=first).name)

    first = Organization.objects.order_by("pk").values_list("pk", flat=True)[0]
    request = RequestFactory().get("/")
    floor = statistics.median(timed(lambda: bare(request), 200))
    print("\n## Pages (530 organisations, 13,000 members, 18 months)\n")
    row("page", "SQL", "p50 ms", "p95 ms", "ratio to one indexed read")
    row("---", "---:", "---:", "---:", "---:")
    row("bare indexed read", 1, f"{floor * 1000:.2f}", "", 1)
    for label, username, address in (
        ("home, secretary", "huzhuang1", "/"),
        ("home, street", "dahuangshan", "/"),
        ("members, zone", "zone", "/members/"),
        ("members, street", "dahuangshan", "/members/"),
        ("members by initials", "zone", "/members/?q=zs"),
        ("tree", "zone", "/organizations/"),
        ("matrix, zone", "zone", "/reports/"),
        ("matrix, street", "dahuangshan", "/reports/"),
        ("matrix, twelve months", "zone", "/reports/?months=12"),
    ):
        client = Client()
        client.force_login(
            User.objects.get(username=username), backend="orgs.backends.NameOrPhoneBackend"
        )

        def visit(client: Any = client, address: str = address) -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")

        visit()
        with counted() as queries:
            visit()
        times = sorted(timed(visit, ROUNDS))
        p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
        row(label, queries[0], f"{p50 * 1000:.1f}", f"{p95 * 1000:.1f}", f"{p50 / floor:.0f}")


def main() -> None:
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if not part:
        # Each part on a database of its own, in a process of its own.
        for name in ("sheets", "pages"):
            with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
                environment = {
                    **os.environ,
                    "PORTAL_MODE": "test",
                    "DATA_DIR": folder,
                    "DATABASE_URL": "",
                }
                subprocess.run([sys.executable, __file__, name], env=environment, check=True)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with open(os.devnull, "w") as sink:
        call_command("migrate", verbosity=0, stdout=sink)
        if part == "pages":
            call_command("seed_demo", stdout=sink)
    print(f"\n{connection.vendor}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores")
    {"sheets": sheets, "pages": pages}[part]()


if __name__ == "__main__":
    main()
