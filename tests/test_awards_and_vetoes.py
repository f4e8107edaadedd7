"""What is given of a score beside its indicators: awards that bring a bonus, vetoes that happened."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from assessments.cycles.actions import marks
from assessments.cycles.models import Assessed, Cycle, HandMark, Score
from assessments.cycles.queries.explained import checked
from assessments.cycles.queries.overview import overview_of
from assessments.cycles.queries.recount import differing
from assessments.schemes.definitions import AWARDS, VETOES, fault_of
from assessments.schemes.models import SchemeVersion
from core import derived
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from tests import scheme_world
from tests.scheme_world import group_of, leaf, opened, published
from tests.test_cycle_runs import frozen, marked, of_organizations
from tests.test_score_pages import JULY, expect, page_of, text_of
from tests.world import Zone

pytestmark = pytest.mark.django_db
LEVELS = {"省级": "3", "市级": "2", "区级": "1.5"}
BONUS = {"rule": "bonus", "params": {"levels": LEVELS, "category_cap": "5", "total_cap": "5"}}
VETO_RULES = {
    "发生重大安全责任事故": {
        "effect": "not_above",
        "grade": "一般",
        "legal_basis": "安全生产责任制规定",
    },
    "严重违纪违法": {"effect": "lowest_grade", "legal_basis": "问责条例"},
}
PAPER = "苏组〔2026〕3号，2026年3月1日"
# 3 + 2 + 1.5 = 6.5, of one category at most 5 (reference §6.12, rule 9).
TYPED = "智慧党建案例 省级 表彰\n先进支部 市级 表彰\n先进支部 区级 表彰\n志愿服务 区级 表彰"


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(JULY, tick=True):
        yield


def begun(zone: Zone) -> Cycle:
    """Everybody marked; the scheme knows bonus and vetoes."""
    bands = [["好", "45"], ["较好", "40"], ["一般", "20"], ["差", "0"]]
    said = {**of_organizations(), "bands": bands, "bonus": BONUS, "vetoes": VETO_RULES}
    published(zone.root, said=said)
    group_of(zone.root)
    return marked(opened(zone.root, by=zone.actor("zone")), zone)


def street_of(zone: Zone, cycle: Cycle) -> Assessed:
    return Assessed.objects.get(cycle=cycle, organization=zone.street)


def score_of(one: Assessed) -> Score:
    derived.registered()["scores"].refresh_all()
    return Score.objects.current().get(assessed=one)


def give(zone: Zone, one: Assessed, key: str, facts: Any, reason: str = PAPER) -> None:
    marks.give(assessed=one, indicator=key, facts=facts, reason=reason, by=zone.actor("zone"))


def send(zone: Zone, cycle: Cycle, key: str, **typed: Any) -> Any:
    one = street_of(zone, cycle)
    body = {f"{one.pk}-0-{name}": value for name, value in typed.items()}
    return zone.client("zone").post(reverse("cycles:mark", args=[cycle.uid, key]), body)


def shown(zone: Zone, cycle: Cycle, key: str) -> str:
    """What the page says that it was made from."""
    page = zone.client("zone").get(reverse("cycles:mark", args=[cycle.uid, key]))
    return str(page.context["form"][f"{street_of(zone, cycle).pk}-0-seen"].value())


def test_awards_add_up_to_the_cap_and_are_told_with_their_paper(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    before = score_of(one)
    assert send(zone, cycle, AWARDS, awards=TYPED, why=PAPER).status_code == 302
    now = score_of(one)
    assert now.total - before.total == 5
    assert now.waiting == [], "awards wait for nobody"
    page = text_of(page_of(zone, "dahuangshan", one))
    expect(page, "加分", "智慧党建案例，省级，表彰类", "6.5 → 5", f"依据：{PAPER}", "只计最高一级")
    assert "无" in page[page.index("一票否决") :]
    entry = AuditEntry.objects.filter(verb="cycles.mark.give").latest("pk")
    assert entry.changes["indicator"] == [None, "加分"]
    # Taken back, it is as it was.
    assert (
        send(zone, cycle, AWARDS, awards="", why="", seen=shown(zone, cycle, AWARDS)).status_code
        == 302
    )
    assert score_of(one).total == before.total


def test_of_one_matter_the_highest_alone(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    before = score_of(one).total
    twice = [
        {"matter": "先进支部", "level": "市级", "category": "表彰"},
        {"matter": "先进支部", "level": "区级", "category": "表彰"},
    ]
    give(zone, one, AWARDS, {"awards": twice})
    assert score_of(one).total - before == 2


def test_a_veto_limits_the_grade_and_says_why(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    before = score_of(one)
    assert before.grade == "好", "else nothing could be taken"
    answer = send(zone, cycle, VETOES, happened=["发生重大安全责任事故"], why=PAPER)
    assert answer.status_code == 302
    now = score_of(one)
    assert (now.total, now.band, now.grade) == (before.total, before.band, "一般")
    page = text_of(page_of(zone, "dahuangshan", one))
    expect(page, "发生重大安全责任事故：等次不高于“一般”（安全生产责任制规定）", f"依据：{PAPER}")
    # Two: the strictest counts.
    give(zone, one, VETOES, {"happened": ["发生重大安全责任事故", "严重违纪违法"]})
    assert score_of(one).grade == "差"


def test_without_a_document_nothing_is_taken_and_nothing_is_lost(zone: Zone) -> None:
    cycle = begun(zone)
    for key, typed in ((AWARDS, {"awards": TYPED}), (VETOES, {"happened": ["严重违纪违法"]})):
        answer = send(zone, cycle, key, **typed)
        assert answer.status_code == 422
        assert "写明依据的文件" in answer.content.decode()
        for value in typed.values():
            assert str(value if isinstance(value, str) else value[0]) in answer.content.decode()
    answer = send(zone, cycle, AWARDS, awards="甲 世界级", why=PAPER)
    assert "“世界级”不是分值，写细则里的级别（省级、市级、区级）或分值。" in answer.content.decode()
    one = street_of(zone, cycle)
    for key, facts in (
        (AWARDS, {"awards": [{"matter": "x", "level": "省级"}]}),
        (VETOES, {"happened": ["严重违纪违法"]}),
    ):
        with pytest.raises(DomainError, match="写明依据的文件"):
            give(zone, one, key, facts, reason=" ")
    # That there was nothing needs no paper.
    give(zone, one, AWARDS, {"awards": []}, reason="")
    assert not HandMark.objects.filter(indicator=VETOES).exists()


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        (VETOES, {"happened": ["不在细则里"]}),
        (VETOES, {"happened": []}),
        (VETOES, {"happened": "严重违纪违法"}),
        (VETOES, {"happened": [["严重违纪违法"]]}),
        (VETOES, {"happened": ["严重违纪违法"], "count": 1}),
        (VETOES, {}),
        (AWARDS, {"awards": [{"matter": "x", "level": "世界级"}]}),
        (AWARDS, {"awards": [{"level": "省级"}]}),
        (AWARDS, {"awards": [{"matter": "x", "points": "-1"}]}),
        (AWARDS, {"awards": [{"matter": "x", "points": "1e9999999"}]}),
        (AWARDS, {"awards": [{"matter": "\x00", "points": "1"}]}),
        (AWARDS, {"awards": [{"matter": "甲" * 5000, "points": "1"}]}),
        (AWARDS, {"awards": 3}),
        ("@nothing", {"count": 1}),
    ],
)
def test_what_the_scheme_does_not_know_is_refused(zone: Zone, key: str, facts: Any) -> None:
    one = street_of(zone, begun(zone))
    with pytest.raises(DomainError):
        give(zone, one, key, facts)
    assert not HandMark.objects.filter(indicator=key).exists()


def test_only_who_holds_the_cycle_gives_them(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    give(zone, one, VETOES, {"happened": ["严重违纪违法"]})
    for name in ("dahuangshan", "jinshanqiao", "huzhuang1"):
        with pytest.raises(NotAllowed):
            marks.give(
                assessed=one,
                indicator=AWARDS,
                facts={"awards": []},
                by=zone.actor(name),
            )
        address = reverse("cycles:mark", args=[cycle.uid, VETOES])
        assert zone.client(name).get(address).status_code in (403, 404)
    # The neighbour reads nothing of it, by page or by document.
    for address in (
        one.get_absolute_url(),
        reverse("cycles:score-document", args=[one.uid, "docx"]),
    ):
        assert zone.client("jinshanqiao").get(address).status_code == 404


def test_sealed_with_them_it_is_computed_again_to_the_same_bytes(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    give(zone, one, AWARDS, {"awards": [{"matter": "案例", "level": "省级"}]})
    give(zone, one, VETOES, {"happened": ["发生重大安全责任事故"]})
    derived.registered()["scores"].refresh_all()
    cycle = frozen(Cycle.objects.get(pk=cycle.pk), zone)
    scheme_world.sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
    score = Score.objects.current().get(assessed=one)
    assert score.grade == "一般"
    assert checked(one, score).agrees
    assert differing(cycle) == {}
    with pytest.raises(Conflict):
        give(zone, one, VETOES, {"happened": ["严重违纪违法"]})
    # A bit of it changed in the database is seen.
    Score.objects.filter(pk=score.pk).update(facts={**score.facts, "happened": []})
    score.refresh_from_db()
    assert not checked(one, score).agrees


def test_what_a_later_version_does_not_know_is_said_and_not_counted(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    before = score_of(one)
    give(zone, one, AWARDS, {"awards": [{"matter": "案例", "level": "省级"}]})
    give(zone, one, VETOES, {"happened": ["严重违纪违法", "发生重大安全责任事故"]})
    version = SchemeVersion.objects.get()
    kept = {name: VETO_RULES[name] for name in ("发生重大安全责任事故",)}
    bonus = {"rule": "bonus", "params": {"levels": {"国家级": "5"}}}
    SchemeVersion.objects.update(content={**version.content, "bonus": bonus, "vetoes": kept})
    now = score_of(one)
    assert (now.total, now.grade) == (before.total, "一般")
    page = text_of(page_of(zone, "dahuangshan", one))
    expect(
        page,
        "已记入的不能用：细则里没有“省级”这一级",
        "已记入的不能用：细则里没有“严重违纪违法”这一票否决",
    )


def test_the_cycles_page_leads_to_them_and_counts(zone: Zone) -> None:
    cycle = begun(zone)
    give(zone, street_of(zone, cycle), VETOES, {"happened": ["严重违纪违法"]})
    actor = zone.actor("zone")
    assert overview_of(cycle, actor).beside == [(AWARDS, "加分", 0), (VETOES, "一票否决", 1)]
    page = zone.client("zone").get(cycle.get_absolute_url()).content.decode()
    assert reverse("cycles:mark", args=[cycle.uid, VETOES]) in page
    marking = zone.client("zone").get(reverse("cycles:mark", args=[cycle.uid, VETOES]))
    text = text_of(marking.content.decode())
    expect(text, "严重违纪违法：定为最低等次（问责条例）", "已记 1 家")
    # A scheme without them has neither.
    SchemeVersion.objects.update(content=of_organizations())
    assert overview_of(cycle, actor).beside == []
    address = reverse("cycles:mark", args=[cycle.uid, AWARDS])
    assert zone.client("zone").get(address).status_code == 404


def test_the_api_says_the_same_of_both(zone: Zone) -> None:
    cycle = begun(zone)
    one = street_of(zone, cycle)
    client, address = zone.client("dahuangshan"), f"/api/v1/assessments/{cycle.uid}/scores/"
    (row,) = client.get(address).json()["results"]
    assert (row["bonus"], row["vetoes"]) == ("0", [])
    give(zone, one, AWARDS, {"awards": [{"matter": "案例", "level": "区级"}]})
    give(zone, one, VETOES, {"happened": ["严重违纪违法"]})
    total = score_of(one).total
    (row,) = client.get(address).json()["results"]
    assert (row["bonus"], row["vetoes"]) == ("1.5", ["严重违纪违法"])
    points = sum(float(part["points"]) for part in row["indicators"])
    assert points + 1.5 == float(row["total"]) == float(total)


def test_no_indicator_takes_their_keys() -> None:
    said = of_organizations()
    assert not fault_of(said)
    said["root"]["parts"][0]["parts"].append(leaf(AWARDS, "0", "discretion", {"bound": "1"}))
    assert fault_of(said) == "key of a node"
