"""No page of a branch or a street reads a whole table, whatever the filter and the order; nor do
the pages of the top that are said not to grow. PostgreSQL's own plans, at real proportions.

Not asserted, because they do read much: the top's matrix and home, and its search by part
of a name in characters (docs/scale.md).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.growth import grow
from members.enums import AGE_BANDS, DENOMINATORS, POSTS, PRESENCE, STATES
from members.models import Member
from members.queries.roster import SORTS
from orgs.models import Organization, User
from schedules.rounds.queries.readings import with_words

from .world import actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# What grows with the zone. Small tables are read whole, rightly.
BIG = {
    "members_member",
    "members_ownheadcount",
    "orgs_organization",
    "schedules_duty",
    "schedules_report",
    "schedules_reportitem",
}
FILTERS = [
    "",
    *(f"category={value}" for value in ("full_member", "probationary_member")),
    *(f"state={value}" for value in STATES if value),
    *(f"age={value}" for value in AGE_BANDS),
    *(f"presence={value}" for value in PRESENCE),
    *(f"post={value}" for value in POSTS),
    *(f"denominator={value}" for value in DENOMINATORS),
    "sex=2",
    "joined_from=2001-01-01&joined_to=2002-01-01",
    "full_from=2001-01-01",
    *(f"q={text}" for text in ("zs", "zhangs", "张", "张伟", "支部", "1234")),
]
MEMBERS = [f"/members/?{found}&sort={sort}" for found in FILTERS for sort in SORTS]
ORGANIZATIONS = [
    "/organizations/",
    *(
        f"/organizations/?{found}"
        for found in ("q=zb", "q=支部", "kind=branch", "organization_class=street", "term=overdue")
    ),
]
REPORTS = [
    *("/reports/", "/reports/?months=12", "/reports/?state=missing", "/"),
    *("/reports/read/?use=all", "/reports/read/?use=problem&q=屋顶&standing=untouched"),
    *("/reports/read/totals/", "/search/?q=屋顶渗水"),
]


def plans(sql: str) -> Iterator[dict[str, Any]]:
    """Every step of the plan PostgreSQL makes for the statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    waiting = [(json.loads(found) if isinstance(found, str) else found)[0]["Plan"]]
    while waiting:
        step = waiting.pop()
        yield step
        waiting += step.get("Plans", [])


def whole_tables(username: str, addresses: list[str]) -> list[str]:
    """`address: table` for each big table that a page reads whole."""
    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="orgs.backends.NameOrPhoneBackend"
    )
    wrong = []
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        reads = [
            one["sql"] for one in queries if one["sql"].lstrip().startswith(("SELECT", "WITH"))
        ]
        assert len(reads) > 3
        wrong += [
            f"{address}: {step['Relation Name']}"
            for sql in reads
            for step in plans(sql)
            if step["Node Type"] == "Seq Scan" and step["Relation Name"] in BIG
        ]
    return wrong


def test_no_page_reads_a_whole_table_that_grows(db: None) -> None:
    """One test, for the forty small zones take longer than all its questions."""
    call_command("seed_demo", small=True, months=18, verbosity=0)
    grow(42)
    assert Member.objects.count() > 15_000
    assert Organization.objects.count() > 1000

    # Whole tables are noticed.
    steps = list(plans("SELECT * FROM members_member WHERE note LIKE '%x%'"))
    assert {step["Relation Name"] for step in steps if "Relation Name" in step} == {
        "members_member"
    }
    assert steps[-1]["Node Type"] == "Seq Scan"

    # A branch and a street read their part only.
    wrong = whole_tables("huzhuang1", MEMBERS + ORGANIZATIONS + REPORTS)
    wrong += whole_tables("dahuangshan", MEMBERS + ORGANIZATIONS + REPORTS)

    # Of the top, the pages that do not grow read no table of members, and of the tree two levels.
    addresses = [f"/members/?sort={sort}" for sort in SORTS]
    addresses += [f"/members/?{found}" for found in FILTERS[:3]]
    addresses += ["/members/?q=zhangwei", "/board/"]
    of_the_top = whole_tables("zone", addresses)
    wrong += [line for line in of_the_top if not line.endswith("orgs_organization")]
    wrong += whole_tables("zone", ["/organizations/"])
    assert not wrong, "\n".join(wrong)

    # What is searched for in reports is looked for in a year of them, however many are kept.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    top = actor(User.objects.get(username="zone"))
    with CaptureQueriesContext(connection) as queries:
        with_words(top, "屋顶渗水", 6)
    conditions = [
        step.get("Index Cond", "")
        for step in plans(queries[0]["sql"])
        if step.get("Index Name") == "report_item_said"
    ]
    assert any("period" in one for one in conditions), conditions
