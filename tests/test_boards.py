"""The board of an assessment: what it says, to whom, in the same words and bytes for ever."""

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.boards import packs
from assessments.boards.access import get_board_cycle
from assessments.boards.queries.boards import board_of
from assessments.boards.queries.losses import losses_of, lost_heads
from assessments.boards.queries.sheets import sheets_of
from assessments.cycles.actions import cycles, marks
from assessments.cycles.models import Assessed, Cycle, Run, Score
from assessments.cycles.queries.explained import told_of
from assessments.schemes.models import AssessmentGroup, IndicatorExemption, Scheme
from assessments.self_assessments.enums import SelfState, Stance
from assessments.self_assessments.models import SelfAssessment, SelfItem
from core import clock, derived, worklist
from core.actor import Part
from core.documents import making
from core.models import AuditEntry
from orgs.enums import OrganizationClass
from orgs.models import Organization
from tests.scheme_world import computed, group_of, leaf, opened, published, sealed
from tests.test_cycle_pages import NOW, begun, frozen, marked, of_organizations
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db
F = Fraction


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def url(cycle: Cycle, more: str = "") -> str:
    return reverse("boards:board", args=[cycle.uid]) + more


def page(zone: Zone, who: str, address: str) -> str:
    answer = zone.client(who).get(address)
    assert answer.status_code == 200, (who, address, answer.status_code)
    return str(answer.content.decode())


def text_of(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html[html.index('<main id="main"') :]))


def two(zone: Zone, *points: str, **more: Any) -> Cycle:
    """A frozen cycle of the two streets."""
    return frozen(marked(begun(zone, **more), zone, *(points or ("18", "17.5"))), zone)


def by_two(cycle: Cycle, zone: Zone, pairs: dict[str, tuple[str, str]]) -> Cycle:
    """Several indicators marked by two each: the same pair for all."""
    for key, both in pairs.items():
        for seat, mark in enumerate(both, start=1):
            given = [
                marks.Given(one.pk, {"points": mark, "reason": "看过现场"})
                for one in Assessed.objects.filter(cycle=cycle)
            ]
            marks.give_many(
                cycle=cycle, indicator=key, given=given, seat=seat, by=zone.actor("zone")
            )
    derived.registered()["scores"].refresh_all()
    return Cycle.objects.get(pk=cycle.pk)


# --- what it says --------------------------------------------------------------------------------


def test_board_says_grades_places_and_no_rank_before_it_is_asked(zone: Zone) -> None:
    cycle = two(zone, quota={"grade": "一般", "share": "1/3", "kind": "upper"})
    text = page(zone, "committee", url(cycle))
    told = text_of(text)
    assert "均值45.25" in told
    assert "标准差2.75" in told
    assert "双人独立评分只有0项，不足10项，测不出误差" in told
    assert "明显高于组均" not in told
    assert "名次</th>" not in text
    assert "名次</th>" in page(zone, "committee", url(cycle, "?ranks=1"))
    assert "“一般”不超过1/3：2×1/3=0.67，向下取整为0个" in told
    score = Assessed.objects.get(cycle=cycle, organization=zone.street)
    assert f"{reverse('cycles:score', args=[score.uid])}?open=4#i4" in text
    assert reverse("boards:board-head", args=[cycle.uid, "work"]) in text
    assert url(cycle) in page(zone, "committee", cycle.get_absolute_url())


def test_small_group_says_why_there_is_neither_rank_nor_place(zone: Zone) -> None:
    published(zone.root, said=of_organizations())
    group_of(zone.root, minimum=5)
    cycle = frozen(marked(opened(zone.root, by=zone.actor("zone")), zone, "18", "17.5"), zone)
    told = text_of(page(zone, "zone", url(cycle)))
    assert "只有2家有总分，不足5家：不排名次、不分名额、不下判断，只按分数段定等次。" in told


def test_bands_stand_where_ten_were_marked_by_two(zone: Zone) -> None:
    said = of_organizations()
    parts = said["root"]["parts"][0]["parts"]
    parts[3:] = [leaf(f"w{number}", "4", "discretion", {"bound": "4"}) for number in range(5)]
    published(zone.root, said=said)
    group_of(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    cycle = by_two(cycle, zone, {f"w{number}": ("3", "2.6") for number in range(5)})
    cycle = frozen(cycle, zone)
    board = board_of(get_board_cycle(zone.actor("zone"), cycle.uid))
    assert (board.pairs, board.is_measured) == (10, True)
    # s = √(10 × 0.01 ÷ 20), five items of 4 marked by two: e = √(5 × (4s)² ÷ 2).
    (reach,) = {round(float(row.reach or 0), 4) for row in board.rows}
    assert reach == round(1.96 * (5 * (4 * (0.1**2 / 2) ** 0.5) ** 2 / 2) ** 0.5, 4)
    text = page(zone, "zone", url(cycle))
    assert "误差由10项双人独立评分估出" in text_of(text)
    assert "-line" in text


def test_losses_add_up_in_both_directions_and_are_those_of_the_score_page(zone: Zone) -> None:
    published(zone.root, said=of_organizations())
    group_of(zone.root)
    IndicatorExemption.objects.create(
        scheme=Scheme.objects.get(),
        organization=zone.street,
        indicator="branches",
        mode="rescale",
        reason="本年新设",
        approved_by="考核委员会",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
        state="approved",
        proposed_at=NOW,
        approved_at=NOW,
    )
    cycle = frozen(marked(opened(zone.root, by=zone.actor("zone")), zone, "18.37", "7.11"), zone)
    losses = losses_of(board_of(get_board_cycle(zone.actor("zone"), cycle.uid)).stored)
    for row in losses.rows:
        known = [one.lost for one in row.cells.values() if one.lost is not None]
        assert sum(known, Decimal(0)) == row.lost
        assert row.full - row.lost + row.scaled + row.bonus == row.total
        told = told_of(zone.actor("zone"), row.score.assessed, dt.date(2026, 7, 20))
        assert told.explained is not None
        for item in told.explained.items:
            assert row.cells[item.key].number == item.number
            assert abs(row.cells[item.key].lost or 0) == Decimal(
                item.lost_text.strip("−+").replace("—", "") or "0"
            ), item.key
    assert sum((one.lost for one in losses.columns), Decimal(0)) == losses.lost
    assert (
        losses.weakest
        == sorted(losses.columns, key=lambda one: (-one.share, one.key))[: len(losses.weakest)]
    )


def test_indicator_opens_its_organisations_and_a_foreign_one_is_not_there(zone: Zone) -> None:
    cycle = two(zone, "18", "7.31")
    text = page(zone, "zone", reverse("boards:board-head", args=[cycle.uid, "work"]))
    told = text_of(text)
    assert "合计失14.69分" in told
    assert told.index(zone.neighbour_street.short_name) < told.index(zone.street.short_name)
    client = zone.client("zone")
    for key in ("other", "work/../vacant", "%00", "工"):
        answer = client.get(f"/assessment-boards/{cycle.uid}/indicators/{key}/")
        assert answer.status_code in (404, 400), key


def test_lost_heads_are_given_to_who_makes_something_of_them(zone: Zone) -> None:
    cycle = begun(zone)
    assert lost_heads(cycle) == []
    cycle = frozen(marked(cycle, zone, "18", "7.31"), zone)
    found = lost_heads(Cycle.objects.select_related("run").get(pk=cycle.pk))
    shares = [one.share for one, _ in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0


# --- to whom -------------------------------------------------------------------------------------


def test_running_cycle_has_no_board_and_the_assessed_never_see_one(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "7.31")
    for name in ("zone", "committee", "dahuangshan", "huzhuang1"):
        assert zone.client(name).get(url(cycle)).status_code == 404, name
        assert str(cycle.uid) not in page(zone, name, reverse("boards:board-list")), name
    cycle = frozen(cycle, zone)
    for more in ("", "indicators/work/", "summary/xlsx/", "bulletin/docx/", "sheets/docx/"):
        for name in ("dahuangshan", "jinshanqiao", "huzhuang1", "officer"):
            answer = zone.client(name).get(url(cycle, more))
            assert answer.status_code == 404, (name, more)
        assert zone.client("committee").get(url(cycle, more)).status_code == 200, more


def test_who_is_kept_from_one_organisation_gets_no_sums_of_all(zone: Zone) -> None:
    cycle = two(zone)
    actor = zone.actor("zone")
    part = Part(zone.street.path, True, frozenset({"assessment.view"}))
    kept = replace(actor, recused=(part,))
    with pytest.raises(Http404):
        get_board_cycle(kept, cycle.uid)
    assert get_board_cycle(actor, cycle.uid) == cycle


def test_portrait_of_the_own_organisation_says_nothing_of_others(zone: Zone) -> None:
    cycle = two(zone, "18", "7.31")
    own = reverse("boards:portrait", args=[zone.street.pk])
    other = reverse("boards:portrait", args=[zone.neighbour_street.pk])
    mine, theirs = (
        f"{Score.objects.current().get(assessed__organization=one).total:.2f}"
        for one in (zone.street, zone.neighbour_street)
    )
    text = page(zone, "dahuangshan", own)
    assert mine in text
    assert theirs not in text
    grade = Score.objects.current().get(assessed__organization=zone.street).grade
    assert f'data-label="等次">{grade}' not in text
    assert zone.client("dahuangshan").get(other).status_code == 404
    assert zone.client("huzhuang1").get(own).status_code == 404
    assert f'data-label="等次">{grade}' in page(zone, "committee", own)
    sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
    assert f'data-label="等次">{grade}' in page(zone, "dahuangshan", own)
    assert theirs in page(zone, "committee", other)


# --- the same for ever, at the same cost ---------------------------------------------------------


def content_of(html: str) -> str:
    """What is said, without who looks and when."""
    main = html[html.index('<main id="main"') : html.index("</main>")]
    return re.sub(r'<div class="print-head">.*?</div>', "", main, flags=re.S)


def test_sealed_board_is_the_same_bytes_months_later(zone: Zone) -> None:
    cycle = two(zone)
    sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
    with clock.at(NOW + dt.timedelta(hours=1)):
        before = content_of(page(zone, "committee", url(cycle)))
    with time_machine.travel(NOW + dt.timedelta(days=200)):
        # The next half-year has come and gone.
        with clock.at(NOW + dt.timedelta(days=200)):
            published(zone.root, said=of_organizations(), year=2027, name="街道类二")
            later = opened(zone.root, by=zone.actor("zone"), period="2026-H2")
            frozen(marked(later, zone, "3", "4"), zone)
        after = content_of(page(zone, "committee", url(cycle)))
    assert before == after
    assert "2026年7月" in before
    assert "校验码" in before


def test_line_of_a_sealed_board_keeps_what_counted_then(zone: Zone) -> None:
    first = two(zone)
    sealed(first, by=zone.actor("zone"), decider=zone.actor("committee"))
    with time_machine.travel(NOW + dt.timedelta(days=200)):
        second = opened(zone.root, by=zone.actor("zone"), period="2026-H2")
        second = frozen(marked(second, zone, "3", "4"), zone)
        sealed(second, by=zone.actor("zone"), decider=zone.actor("committee"))
        before = content_of(page(zone, "committee", url(second)))
        assert "45.25" in before
    with time_machine.travel(NOW + dt.timedelta(days=201)):
        # The first half-year is corrected: another computation counts, with other scores.
        first.refresh_from_db()
        old = Score.objects.filter(run=first.run)
        run = Run.objects.create(
            cycle=first,
            number=90,
            state="done",
            started_at=clock.now(),
            finished_at=clock.now(),
            summary=first.run.summary,
        )
        for one in old:
            one.pk, one.run, one.share = None, run, Decimal("0.9")
            one.save()
        Cycle.objects.filter(pk=first.pk).update(run=run)
        assert before == content_of(page(zone, "committee", url(second)))
        # A board that is not sealed takes what counts now.
        Cycle.objects.filter(pk=second.pk).update(sealed_at=None)
        assert before != content_of(page(zone, "committee", url(second)))


def test_board_costs_the_same_for_two_and_for_five(zone: Zone) -> None:
    published(zone.root, said=of_organizations())
    group_of(zone.root)

    def costs(cycle: Cycle) -> list[int]:
        client, found = zone.client("committee"), []
        addresses = [
            url(cycle),
            url(cycle, "indicators/work/"),
            url(cycle, "summary/xlsx/"),
            reverse("boards:portrait", args=[zone.street.pk]),
            reverse("api:board-detail", args=[cycle.uid]),
        ]
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    cycle = frozen(marked(opened(zone.root, by=zone.actor("zone")), zone, "18", "7"), zone)
    few = costs(cycle)
    sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
    make_organizations(
        zone.root,
        [
            {"name": name, "organization_class": "street", "kind": "direct_committee"}
            for name in ("街道甲", "街道乙", "街道丙")
        ],
    )
    with time_machine.travel(NOW + dt.timedelta(days=200)):
        more = opened(zone.root, by=zone.actor("zone"), period="2026-H2")
        more = frozen(marked(more, zone, *["9"] * 5), zone)
        many = costs(more)
    # A half-year more in the line, five of the assessed: not one question more.
    assert len(Assessed.objects.filter(cycle=more)) == 5
    assert many == few


def test_branches_of_one_street_are_laid_out_the_same_way(zone: Zone) -> None:
    make_organizations(
        zone.street, [{"name": f"村{number}", "kind": "branch"} for number in range(70)]
    )
    Organization.objects.filter(path__startswith=zone.street.path).exclude(
        pk=zone.street.pk
    ).update(organization_class=OrganizationClass.VILLAGE)
    said = of_organizations()
    said["root"]["parts"][0]["parts"] = [leaf("work", "100", "discretion", {"bound": "100"})]
    published(zone.street, said=said, level="branch", classes=("village",), name="支部类")
    group_of(zone.street, classes=("village",))
    AssessmentGroup.objects.update(level="branch")
    by = zone.actor("dahuangshan")
    cycle = computed(
        cycles.open_cycle(organization=zone.street, level="branch", period="2026-H1", by=by)
    )
    count = Assessed.objects.filter(cycle=cycle).count()
    assert count >= 70
    rows = Assessed.objects.filter(cycle=cycle)
    given = [
        marks.Given(one.pk, {"points": str(60 + place % 40), "reason": "看过"})
        for place, one in enumerate(rows)
    ]
    marks.give_many(cycle=cycle, indicator="work", given=given, by=by)
    derived.registered()["scores"].refresh_all()
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
    computed(cycle)
    text = page(zone, "dahuangshan", url(cycle))
    assert f"{count} 家 · 均值" in text
    assert text.count('class="on-track"') == 60
    assert page(zone, "dahuangshan", url(cycle, "?page=2")).count('class="on-track"') == count - 60
    # The sums are those of all, whatever page is looked at.
    losses = losses_of(board_of(get_board_cycle(by, cycle.uid)).stored)
    assert f"{losses.lost:.2f}" in text
    assert zone.client("jinshanqiao").get(url(cycle)).status_code == 404


# --- papers --------------------------------------------------------------------------------------


def sheet_rows(answer: Any) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    tab = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in tab.iter_rows()]


def test_summary_has_the_customary_columns_and_the_numbers_of_the_board(zone: Zone) -> None:
    cycle = two(zone, "18.37", "7.31")
    rows = sheet_rows(zone.client("zone").get(url(cycle, "summary/xlsx/")))
    heads = [a or b for a, b in zip(rows[2], rows[3], strict=True)]
    for name in ("序号", "单位", "加分", "总分", "名次", "等次", "备注"):
        assert name in heads
    for row in rows[4:6]:
        told = dict(zip(heads, row, strict=True))
        score = Score.objects.current().get(assessed__name=told["单位"])
        assert Decimal(str(told["总分"])) == score.total
        assert told["名次"] == score.rank
        assert round(100 - told["失分"] + told["加分"], 2) == told["总分"]
    assert "未审定" in rows[0][0]
    for ending in ("docx", "pdf"):
        for paper in ("summary", "bulletin"):
            answer = zone.client("zone").get(url(cycle, f"{paper}/{ending}/"))
            assert answer.status_code == 200
            assert len(b"".join(answer.streaming_content)) > 10_000
    assert zone.client("zone").get(url(cycle, "summary/exe/")).status_code == 404
    assert zone.client("zone").get(url(cycle, "bulletin/xlsx/")).status_code == 404
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"boards.summary.export", "boards.bulletin.export"} <= verbs


def test_score_sheet_has_own_marks_only_when_they_were_sent(zone: Zone) -> None:
    cycle = two(zone, "18.37", "7.31")
    one = Assessed.objects.get(cycle=cycle, organization=zone.street)
    own = SelfAssessment.objects.create(assessed=one)
    SelfItem.objects.create(
        self_assessment=own,
        indicator="work",
        stance=Stance.MARKED,
        facts={"0": {"points": "19.5", "reason": "都做了"}},
    )
    address = reverse("boards:sheet", args=[one.uid, "xlsx"])

    def told(name: str) -> dict[str, Any]:
        rows = sheet_rows(zone.client(name).get(address))
        at = next(place for place, row in enumerate(rows) if row[0] == "序号")
        lines = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
        return next(line for line in lines if line["二级指标"] == "work")

    assert told("zone")["自评分"] == "—"
    SelfAssessment.objects.update(state=SelfState.SENT)
    line = told("dahuangshan")
    assert (line["自评分"], line["考核得分"], line["分值"]) == (19.5, 18.37, 20)
    assert all(value not in (None, "") for value in line.values())
    assert zone.client("jinshanqiao").get(address).status_code == 404
    assert zone.client("huzhuang1").get(address).status_code == 404


def test_pack_holds_every_sheet_and_costs_the_same_for_more(zone: Zone) -> None:
    cycle = two(zone)
    cycle = get_board_cycle(zone.actor("zone"), cycle.uid)
    client = zone.client("zone")
    ask = client.get(url(cycle, "sheets/docx/"))
    assert "2 份评分表" in re.sub(r"\s+", " ", ask.content.decode())
    answer = client.post(url(cycle, "sheets/docx/"))
    assert answer.status_code == 302
    told: list[tuple[int, int]] = []
    target = io.BytesIO()
    wanted = packs.wanted(cycle, "docx")
    packs.make(target, wanted.what, zone.actor("zone"), lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    assert target.getvalue().startswith(b"PK")
    with pytest.raises(Http404):
        packs.check(wanted.what, zone.actor("dahuangshan"))
    assert making.ask(wanted=wanted, by=zone.actor("zone")).title.startswith(
        "2026年上半年考核评分表汇编"
    )
    pks = list(Score.objects.filter(run=cycle.run_id).values_list("assessed_id", flat=True))
    with CaptureQueriesContext(connection) as one:
        list(sheets_of(zone.actor("zone"), cycle, pks[:1]))
    with CaptureQueriesContext(connection) as both:
        list(sheets_of(zone.actor("zone"), cycle, pks))
    assert len(one) == len(both)


def test_api_tells_the_numbers_of_the_page(zone: Zone) -> None:
    cycle = two(zone, "18.37", "7.31")
    address = f"/api/v1/assessments/{cycle.uid}/board/"
    told = zone.client("zone").get(address).json()
    text = page(zone, "zone", url(cycle))
    (group,) = told["groups"]
    for row in group["rows"]:
        assert row["total"] in text
        assert Decimal(100) - Decimal(row["lost"]) + Decimal(row["bonus"]) + Decimal(
            row["scaled"]
        ) == Decimal(row["total"])
    assert told["as_of"] in text
    assert sum(Decimal(one["lost"]) for one in told["indicators"]) == Decimal(told["lost"])
    for name in ("dahuangshan", "huzhuang1"):
        assert zone.client(name).get(address).status_code == 404


def test_home_leads_to_the_newest_board(zone: Zone) -> None:
    cycle = begun(zone)
    assert not any(
        one.url.startswith("/assessment-boards/")
        for one in worklist.collect(zone.actor("committee")).cards
    )
    cycle = frozen(marked(cycle, zone, "18", "7"), zone)
    cards = worklist.collect(zone.actor("committee")).cards
    assert url(cycle) in [one.url for one in cards]
    assert url(cycle) not in [one.url for one in worklist.collect(zone.actor("huzhuang1")).cards]
