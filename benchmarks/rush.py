"""The last minute before a deadline: every secretary saves and sends, boards are open meanwhile.

Real HTTP against the portal as it is served. Counted afterwards in the database: every report
sent, with the very text that was typed. `benchmarks/run.py rush`.
"""

import http.client
import re
import threading
import time
import urllib.parse
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from benchmarks.load import PATIENCE, Load, press, quantile
from tests import servers

WRITERS = 24
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
TEXTS = re.compile(r'name="(text-[\w-]+|entry-[\w-]+|explain-[\w-]+)"')
FOUND = re.compile(r'<a href="#item-[\w-]+">([^<]+)</a>')  # what has to be mended first
NUMBERS = re.compile(r'name="(number-[\w-]+)"')


def _pages(report: int, cookie: str, url: str) -> tuple[list[float], list[str]]:
    """One secretary: opens, saves, sends. Seconds of the three answers, and what went wrong."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
    address, mark = f"/reports/{report}/", f"报送压力测试第{report}号，无其他问题。"
    spent, wrong = [], []

    def ask(method: str, path: str, body: str = "", more: str = "") -> tuple[int, str, str]:
        headers = {"Cookie": cookie + more, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        spent.append(time.perf_counter() - started)
        given = answer.getheader("Set-Cookie") or ""
        return answer.status, text, given.split(";")[0] if "csrftoken" in given else ""

    try:
        status, page, csrf = ask("GET", address)
        token, version = TOKEN.search(page), VERSION.search(page)
        if status != 200 or not token or not version:
            return spent, [f"{address}: {status}"]
        fields = {name: mark if name[:2] != "ex" else "已核对。" for name in TEXTS.findall(page)}
        # Near what the demo wrote the month before: a jump would have to be explained.
        fields |= dict.fromkeys(NUMBERS.findall(page), "3")
        for path, wanted in ((f"{address}save/", 302), (f"{address}submit/", 302)):
            body = {**fields, "csrfmiddlewaretoken": token[1], "version": version[1]}
            status, page, _ = ask("POST", path, urllib.parse.urlencode(body), f"; {csrf}")
            if status != wanted:
                wrong.append(f"{path}: {status} {'; '.join(FOUND.findall(page)[:3])}".strip())
                break
            _, page, _ = ask("GET", address)
            version = VERSION.search(page) or version
    except OSError as error:
        wrong.append(f"{address}: {error!r}")
    finally:
        connection.close()
    return spent, wrong


def rush(
    environment: Mapping[str, str], *, within: float = 50, most: int = 530
) -> dict[str, object]:
    """Reports sent evenly over `within` seconds. Needs a seeded database and Django set up."""
    from django.db import connections
    from django.test import Client

    from orgs.models import RoleGrant, User
    from orgs.permissions import Permission
    from orgs.roles import holding
    from schedules.rounds.enums import DutyState, ItemState, ReportState
    from schedules.rounds.models import Duty, Report, ReportItem

    period = Report.objects.order_by("-period").values_list("period", flat=True)[0]
    month = Report.objects.filter(period=period)
    grants = RoleGrant.objects.current().filter(role__in=holding(Permission.REPORT_SEND))
    senders = dict(grants.values_list("organization_id", "user_id"))
    # The month as it stands on its last evening: nobody has sent anything.
    month.update(state=ReportState.DRAFT, submitted_at=None, checked_by_path="")
    ReportItem.objects.filter(report__in=month).update(state=ItemState.DRAFT)
    Duty.objects.filter(report__in=month).update(
        state=DutyState.OPEN, submitted_at=None, finished_at=None, locks_at=None
    )
    wanted = [
        row for row in month.order_by("-organization__path") if row.organization_id in senders
    ]
    wanted = wanted[:most]
    people = User.objects.in_bulk([senders[row.organization_id] for row in wanted])

    def cookie(user: User, grant: int | None = None) -> str:
        client = Client()
        client.force_login(user, backend="orgs.backends.NameOrPhoneBackend")
        if grant is not None:
            session = client.session
            session["acting_grant"] = grant
            session.save()
        return "; ".join(f"{name}={item.value}" for name, item in client.cookies.items())

    chosen = dict(grants.values_list("organization_id", "pk"))
    cookies = {
        row.pk: cookie(people[senders[row.organization_id]], chosen[row.organization_id])
        for row in wanted
    }
    reader = cookie(User.objects.get(username="zone"))
    connections.close_all()
    portal = servers.start_portal(environment)
    try:
        boards: list[Load] = []
        watcher = threading.Thread(
            target=lambda: boards.append(
                press(portal.url, "/reports/", cookie=reader, clients=2, seconds=within)
            )
        )
        watcher.start()
        started = time.perf_counter()

        def one(place: int) -> tuple[list[float], list[str]]:
            time.sleep(max(0.0, started + place * within / len(wanted) - time.perf_counter()))
            return _pages(wanted[place].pk, cookies[wanted[place].pk], portal.url)

        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(one, range(len(wanted))))
        wall = time.perf_counter() - started
        watcher.join()
    finally:
        portal.stop()
    seconds = [second for spent, _ in answers for second in spent]
    kept = Report.objects.filter(pk__in=cookies, state=ReportState.SUBMITTED)
    texts = ReportItem.objects.filter(report__in=kept, key="problems")
    right = sum(f"第{row.report_id}号" in str(row.value) for row in texts)
    return {
        "reports": len(wanted),
        "sent": kept.count(),
        "with the text typed": right,
        "seconds": round(wall, 1),
        "requests": len(seconds),
        "p50 ms": round(quantile(seconds, 0.5) * 1000),
        "p95 ms": round(quantile(seconds, 0.95) * 1000),
        "wrong": [text for _, wrong in answers for text in wrong][:5],
        "board pages": len(boards[0].seconds) if boards else 0,
        "board p95 ms": round(quantile(boards[0].seconds, 0.95) * 1000) if boards else 0,
        "board errors": boards[0].bad[:3] if boards else [],
    }
