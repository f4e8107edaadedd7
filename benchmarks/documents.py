"""What a document costs as PDF against the same one as Word: one report, and a pack of forty."""

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

REPORTS = 40


def documents(rounds: int, row: Callable[..., None]) -> None:
    """Prints the table; `row` prints a line of it."""
    from core.charts import Bar, Series, bars
    from core.documents import pdf, pictures, word
    from orgs.access import actor_of, current_grants
    from orgs.models import Organization, User
    from schedules.rounds.definitions import PLAN_KEY
    from schedules.rounds.exports import month_document, month_parts, report_document
    from schedules.rounds.models import Plan, Report
    from schedules.rounds.queries.printouts import period_printouts

    node = Organization.objects.order_by("path")[0]
    sent = Report.objects.filter(submitted_at__isnull=False)
    period = sent.order_by("-period").values_list("period", flat=True)[0]
    plan = Plan.objects.get(key=PLAN_KEY)
    reader = User.objects.get(username="zone")
    actor = actor_of(reader, current_grants(reader)[0])
    printed = period_printouts(actor, plan, node, period)
    printed.rows = found = printed.sent[:REPORTS]
    one, month = report_document(found[0]), month_document(printed)
    parts = month_parts(printed)
    drawing = bars([Bar(f"{n}月", (n,)) for n in range(1, 13)], [Series("件数")], name="件数")
    steps: tuple[tuple[str, Callable[[Any], object]], ...] = (
        ("one report, Word", lambda target: word.write(target, one)),
        ("one report, PDF", lambda target: pdf.write(target, one)),
        (f"{len(found)} reports in one, Word", lambda target: word.write(target, month)),
        (f"{len(found)} reports in one, PDF", lambda target: pdf.write(target, month)),
        (
            f"{len(found)} reports joined of parts, Word",
            lambda target: word.write_pack(target, parts),
        ),
        (
            f"{len(found)} reports joined of parts, PDF",
            lambda target: pdf.write_pack(target, parts),
        ),
        ("a chart of twelve bars, SVG", lambda target: target.write(drawing.svg().encode())),
        ("a chart of twelve bars, PNG", lambda target: target.write(pictures.png(drawing))),
    )
    print("\n## Documents\n")
    row("what", "ms", "KB", "ratio to the line above")
    row("---", "---:", "---:", "---:")
    before = 0.0
    for number, (label, write) in enumerate(steps):
        times, size = [], 0
        for _ in range(max(2, min(rounds, 7)) + 1):
            target = io.BytesIO()
            started = time.perf_counter()
            write(target)
            times.append(time.perf_counter() - started)
            size = len(target.getvalue())
        middle = statistics.median(times[1:])  # the first loads what it needs
        ratio = f"{middle / before:.1f}" if number % 2 else ""
        row(label, f"{middle * 1000:.1f}", f"{size / 1024:.0f}", ratio)
        before = middle
