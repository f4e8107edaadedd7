"""Pages of cycles: how far each is, marking by hand, and a draft tried over what is over."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.actions import cycles, marks, runs
from assessments.cycles.models import Assessed, Cycle, HandMark, Run, Score
from assessments.cycles.queries.what_if import cycles_for, tried
from assessments.schemes.enums import VersionState
from assessments.schemes.models import SchemeVersion
from core import clock, derived, worklist
from core.actor import Part
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs.models import Organization
from tests.scheme_world import computed, content, figure, group_of, leaf, opened, published
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def of_organizations(**more: Any) -> dict[str, Any]:
    """A scheme that reads organisations alone, whose past is known from the beginning."""
    said = content(**more)
    said["root"]["parts"][0]["parts"][2]["rules"][0]["source"] = figure(
        "branches", "ratio", of="branches"
    )
    return said


def begun(zone: Zone, **more: Any) -> Cycle:
    published(zone.root, said=of_organizations(**more))
    group_of(zone.root)
    return opened(zone.root, by=zone.actor("zone"))


def marked(cycle: Cycle, zone: Zone, *points: str) -> Cycle:
    given = [
        marks.Given(one.pk, {"points": mark, "reason": "看过现场"})
        for one, mark in zip(
            Assessed.objects.filter(cycle=cycle).order_by("path"), points, strict=False
        )
    ]
    marks.give_many(cycle=cycle, indicator="work", given=given, by=zone.actor("zone"))
    derived.registered()["scores"].refresh_all()
    return Cycle.objects.get(pk=cycle.pk)


def frozen(cycle: Cycle, zone: Zone) -> Cycle:
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycles.freeze(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    return computed(cycle)


def agree(client: Any, url: str, typed: dict[str, str]) -> None:
    """Acts, is asked, and agrees to what was asked."""
    question = client.post(url, typed).context["question"]
    answer = client.post(url, typed | {"agreed": "yes", "seen": question.seen})
    assert answer.status_code == 302, answer.content.decode()


def drafted(zone: Zone, said: dict[str, Any]) -> SchemeVersion:
    """The next version of the only scheme, as a draft."""
    version = SchemeVersion.objects.get()
    return SchemeVersion.objects.create(
        scheme=version.scheme,
        number=2,
        content=said,
        state=VersionState.DRAFT,
        changed_at=clock.now(),
    )


def page(zone: Zone, who: str, url: str) -> str:
    response = zone.client(who).get(url)
    assert response.status_code == 200, (who, url, response.status_code)
    return response.content.decode()


def test_running_says_what_is_missing_and_no_points(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18")
    text = page(zone, "zone", cycle.get_absolute_url())
    assert "还有 1 家" not in text
    assert "还缺的评分" in text
    assert "work" in text
    assert reverse("cycles:mark", args=[cycle.uid, "work"]) in text
    assert "冻结事实" in text
    total = Score.objects.get(assessed__organization=zone.street).total
    for said in (f"{total:.2f}", "均值", "得分率", "名额"):
        assert said not in text, said
    assert f"{total:.2f}" not in page(zone, "committee", cycle.get_absolute_url())


def test_own_score_is_in_the_list_and_nobody_elses(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "7.31")
    own = Score.objects.get(assessed__organization=zone.street).total
    other = Score.objects.get(assessed__organization=zone.neighbour_street).total
    text = page(zone, "dahuangshan", reverse("cycles:cycle-list"))
    assert f"{own:.2f}" in text
    assert f"{other:.2f}" not in text
    for name in ("zone", "committee", "huzhuang", "huzhuang1"):
        text = page(zone, name, reverse("cycles:cycle-list"))
        assert f"{own:.2f}" not in text, name
        assert f"{other:.2f}" not in text, name
    # Who is only assessed has no page of the cycle.
    response = zone.client("dahuangshan").get(cycle.get_absolute_url())
    assert response.status_code == 302
    for name in ("huzhuang1", "reviewer", "sysadmin"):
        assert zone.client(name).get(cycle.get_absolute_url()).status_code == 404


def test_frozen_shows_results_and_ranks_only_when_asked(zone: Zone) -> None:
    quota = {"grade": "好", "share": "1/2", "kind": "upper"}
    said = of_organizations(quota=quota, bands=[["好", "40"], ["差", "0"]])
    published(zone.root, said=said)
    group_of(zone.root)
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone, "18", "17")
    cycle = frozen(cycle, zone)
    text = page(zone, "committee", cycle.get_absolute_url())
    for known in ("48.00", "42.00", "均值 45.00", "2 × 1/2 = 1", "限额", "失分最多的指标"):
        assert known in text, known
    assert "名次</th>" not in text
    assert "名次</th>" in page(zone, "committee", cycle.get_absolute_url() + "?ranks=1")
    assert "审定</button>" in page(zone, "zone", cycle.get_absolute_url())
    assert "审定</button>" not in text
    assert "48.00" not in page(zone, "jinshanqiao", reverse("cycles:cycle-list"))


@pytest.mark.parametrize("state", ["running", "frozen"])
def test_pages_ask_the_same_whatever_the_number(zone: Zone, state: str) -> None:
    cycle = begun(zone)
    cycle = marked(cycle, zone, "18", "17")
    if state == "frozen":
        cycle = frozen(cycle, zone)
    urls = [
        cycle.get_absolute_url(),
        reverse("cycles:cycle-list"),
        reverse("cycles:mark", args=[cycle.uid, "work"]),
    ]
    client = zone.client("zone")

    def counts() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    counts()
    few = counts()
    street = {"kind": "direct_committee", "organization_class": "street"}
    make_organizations(zone.root, [{"name": f"街道{n}", **street} for n in range(3)])
    runs.order(cycle=cycle, by=zone.actor("zone"))
    computed(cycle)
    if state == "running":
        assert Assessed.objects.filter(cycle=cycle).count() == 5
    assert counts() == few


def test_marks_are_typed_on_one_page(zone: Zone) -> None:
    cycle = begun(zone)
    street, neighbour = Assessed.objects.filter(cycle=cycle).order_by("path")
    url = reverse("cycles:mark", args=[cycle.uid, "work"])
    client = zone.client("zone")
    body = {
        f"{street.pk}-0-points": "１８.5",
        f"{street.pk}-0-reason": "现场看过",
        f"{neighbour.pk}-0-points": "21",
        f"{neighbour.pk}-0-reason": "好",
    }
    refused = client.post(url, body)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "21 分不在 0 到 20 之间" in text
    assert "１８.5" in text or "18.5" in text
    assert not HandMark.objects.exists()
    body[f"{neighbour.pk}-0-points"] = "0"
    assert client.post(url, body).status_code == 302
    given = HandMark.objects.order_by("assessed__path").values_list("facts", flat=True)
    assert [one["points"] for one in given] == ["18.5", "0"]
    # The same again, from a page made before: nothing changes, nobody is in the way.
    before = AuditEntry.objects.count()
    assert client.post(url, body).status_code == 302
    assert AuditEntry.objects.count() == before


def test_two_who_mark_do_not_write_over_each_other(zone: Zone) -> None:
    cycle = begun(zone)
    street, neighbour = Assessed.objects.filter(cycle=cycle).order_by("path")
    by = zone.actor("zone")

    def give(pk: int, points: str, seen: str | None) -> int:
        one = marks.Given(pk, {"points": points, "reason": "看过"}, seen=seen)
        return marks.give_many(cycle=cycle, indicator="work", given=[one], by=by)

    assert give(street.pk, "10", "") == 1
    with pytest.raises(Conflict):
        give(street.pk, "11", "")
    assert give(street.pk, "10", "") == 0
    client = zone.client("zone")
    url = reverse("cycles:mark", args=[cycle.uid, "work"])
    body = {
        f"{street.pk}-0-points": "12",
        f"{street.pk}-0-reason": "看过",
        f"{street.pk}-0-seen": "",
        f"{neighbour.pk}-0-points": "9",
        f"{neighbour.pk}-0-reason": "看过",
    }
    answer = client.post(url, body)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'value="12"' in text
    assert 'value="9"' in text
    assert HandMark.objects.get().facts["points"] == "10"


def test_an_emptied_mark_is_taken_back(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "17")
    street = Assessed.objects.get(organization=zone.street)
    given = [marks.Given(street.pk, None)]
    assert marks.give_many(cycle=cycle, indicator="work", given=given, by=zone.actor("zone")) == 1
    derived.registered()["scores"].refresh_all()
    assert Score.objects.current().get(assessed=street).waiting == ["work"]


RULES: list[tuple[str, dict[str, Any], dict[str, str], dict[str, Any]]] = [
    ("deduct_each", {"points": "2"}, {"count": "3"}, {"count": 3}),
    (
        "deduct_missing",
        {"items": {"方案": "2", "总结": "3"}},
        {"missing": "总结"},
        {"missing": ["总结"]},
    ),
    ("deduct_missing", {"items": {"方案": "2"}}, {"none": "on"}, {"missing": []}),
    ("all_or_nothing", {}, {"met": "no"}, {"met": False}),
    ("levels", {"levels": {"好": "20", "中": "10"}}, {"level": "中"}, {"level": "中"}),
    ("steps", {"steps": [["0", None, "5"]]}, {"value": "1.5"}, {"value": "1.5"}),
    (
        "ratio_steps",
        {"base": "1", "step": "1/10", "points": "2"},
        {"ratio": "82.5%"},
        {"ratio": "0.825"},
    ),
    (
        "ratio_steps",
        {"base": "1", "step": "1/10", "points": "2"},
        {"ratio": "470/567"},
        {"ratio": "470/567"},
    ),
    ("accumulate", {"points": "5"}, {"count": "2"}, {"count": 2}),
    (
        "rank_points",
        {"table": {"1": "20"}},
        {"rank": "1", "tied": "2"},
        {"rank": 1, "tied": 2},
    ),
    (
        "parts",
        {"parts": {"甲": "12", "乙": "8"}},
        {"n0": "10", "n1": "7.5"},
        {"parts": {"甲": "10", "乙": "7.5"}},
    ),
    ("factor", {"factor": "0.2"}, {"score": "90"}, {"score": "90"}),
    (
        "ballot",
        {"weights": {"好": "100", "差": "40"}},
        {"n0": "8", "n1": "2"},
        {"votes": {"好": 8, "差": 2}},
    ),
    (
        "bonus",
        {"levels": {"省级": "2"}},
        {"awards": "先进支部 省级 表彰\n创新案例 1.5", "why": "苏组〔2026〕3号"},
        {
            "awards": [
                {"matter": "先进支部", "category": "表彰", "level": "省级"},
                {"matter": "创新案例", "category": "", "points": "1.5"},
            ]
        },
    ),
]


@pytest.mark.parametrize(("rule", "params", "typed", "facts"), RULES)
def test_each_rule_has_its_own_fields(
    zone: Zone, rule: str, params: dict[str, Any], typed: dict[str, str], facts: dict[str, Any]
) -> None:
    said = of_organizations()
    said["root"]["parts"][0]["parts"][3] = leaf("work", "20", rule, params)
    published(zone.root, said=said)
    cycle = opened(zone.root, by=zone.actor("zone"))
    street = Assessed.objects.get(organization=zone.street)
    url = reverse("cycles:mark", args=[cycle.uid, "work"])
    client = zone.client("zone")
    body = {f"{street.pk}-0-{name}": value for name, value in typed.items()}
    answer = client.post(url, body)
    assert answer.status_code == 302, answer.content.decode()
    assert HandMark.objects.get().facts == facts
    # What is shown again says the same: sent as it stands nothing changes.
    form = client.get(url).context["form"]
    shown = {one.html_name: one.value() for one in form if one.value() not in (None, False, "")}
    assert client.post(url, shown).status_code == 302
    assert HandMark.objects.get().facts == facts
    for odd in ("-1", "abc", "9" * 59, "1/0", "㊣", "1e5"):
        for name in typed:
            answer = client.post(url, shown | {f"{street.pk}-0-{name}": odd})
            assert answer.status_code in (302, 422), (name, odd)
            shown[f"{street.pk}-0-seen"] = (
                client.get(url).context["form"][f"{street.pk}-0-seen"].value()
            )


def test_steps_ask_first_and_happen_once(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "17")
    client = zone.client("zone")
    url = reverse("cycles:cycle-freeze", args=[cycle.uid])
    asked = client.post(url)
    assert "冻结不能撤回" in asked.content.decode()
    assert Cycle.objects.get().state == "running"
    assert client.post(url, {"agreed": "yes"}).status_code == 302
    assert Cycle.objects.get().state == "frozen"
    assert "正在计算" in page(zone, "zone", cycle.get_absolute_url())
    part = client.get(cycle.get_absolute_url(), headers={"HX-Request": "true"})
    assert "run-progress" in part.content.decode()
    assert "<h1" not in part.content.decode()
    submit = reverse("cycles:cycle-submit", args=[cycle.uid])
    client.post(submit, {"agreed": "yes"})
    assert Cycle.objects.get().state == "frozen"  # still being computed
    computed(Cycle.objects.get())
    done = client.get(cycle.get_absolute_url(), headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    assert client.post(submit, {"agreed": "yes"}).status_code == 302
    assert Cycle.objects.get().state == "submitted"
    seal = reverse("decisions:decision", args=[cycle.uid])
    meeting = {"met_on": "2026-07-20", "minutes_number": "徐开工委纪要〔2026〕15号"}
    assert client.post(seal, meeting).status_code == 403
    assert Cycle.objects.get().state == "submitted"  # another person decides
    committee = zone.client("committee")
    back = reverse("cycles:cycle-send-back", args=[cycle.uid])
    assert committee.post(back, {"reason": ""}).status_code == 422
    assert committee.post(back, {"reason": "街道一项再看一次"}).status_code == 302
    assert Cycle.objects.get().state == "reviewing"
    assert client.post(submit, {"agreed": "yes"}).status_code == 302
    agree(committee, seal, meeting)
    assert Cycle.objects.get().state == "sealed"
    mark = reverse("cycles:mark", args=[cycle.uid, "work"])
    assert client.get(mark).status_code == 302
    street = Assessed.objects.get(organization=zone.street)
    body = {f"{street.pk}-0-points": "1", f"{street.pk}-0-reason": "x"}
    assert client.post(mark, body).status_code == 409
    assert "审定</button>" not in page(zone, "zone", cycle.get_absolute_url())


def test_a_cycle_is_begun_on_a_page(zone: Zone) -> None:
    published(zone.root)
    client = zone.client("zone")
    url = reverse("cycles:cycle-open")
    assert client.post(url, {"level": "direct", "period": "2099-H1"}).status_code == 422
    assert client.post(url, {"level": "direct", "period": "2025-H2"}).status_code == 422
    answer = client.post(url, {"level": "direct", "period": "2026-H1"})
    assert answer.status_code == 302
    assert answer["Location"] == Cycle.objects.get().get_absolute_url()
    assert client.post(url, {"level": "direct", "period": "2026-H1"}).status_code == 302
    assert Run.objects.count() == 1
    for name in ("committee", "huzhuang1", "reviewer"):
        assert zone.client(name).get(url).status_code == 404, name


def test_whom_no_version_measures_is_listed_with_what_to_do(zone: Zone) -> None:
    cycle = begun(zone)
    make_organizations(
        zone.root,
        [
            {
                "name": "没有类型的党委",
                "organization_class": "",
                "kind": "direct_committee",
                "founded_on": dt.date(2020, 1, 1),
            },
            {
                "name": "机关党委",
                "kind": "direct_committee",
                "organization_class": "organ",
                "founded_on": dt.date(2020, 1, 1),
            },
        ],
    )
    text = page(zone, "zone", cycle.get_absolute_url())
    assert "没有细则考核的单位" in text
    assert "没有登记组织类型" in text
    assert "没有为这一类发布自这一期起适用的细则" in text


def test_worklist_names_the_next_step(zone: Zone) -> None:
    def titles(name: str = "zone") -> list[str]:
        found = worklist.collect(zone.actor(name)).items
        return [item.title for item in found if "考核（直属党委）" in item.title]

    cycle = begun(zone)
    assert titles() == ["冻结事实：2026年上半年考核（直属党委）"]
    cycle = frozen(cycle, zone)
    assert titles() == ["补齐评分：2026年上半年考核（直属党委）"]
    cycle = marked(cycle, zone, "18", "17")
    assert titles() == ["提请审定：2026年上半年考核（直属党委）"]
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycle = cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    assert titles() == []  # another person decides
    assert titles("committee") == ["审定结果：2026年上半年考核（直属党委）"]
    cycles.seal(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"))
    assert titles("committee") == []
    assert not [
        item for item in worklist.collect(zone.actor("dahuangshan")).items if "考核（" in item.title
    ]


# --- what if -------------------------------------------------------------------------------------


def test_a_draft_is_tried_over_what_is_over_and_writes_nothing(zone: Zone) -> None:
    bands = [["好", "45"], ["差", "0"]]
    cycle = frozen(marked(begun(zone, bands=bands), zone, "18", "18"), zone)
    assert [str(one.total) for one in Score.objects.current().order_by("assessed__path")] == [
        "48.0000",
        "43.0000",
    ]
    said = of_organizations(bands=bands)
    parts = said["root"]["parts"][0]["parts"]
    parts[1]["full"] = "30"  # branches: 5 each, up to 20 of now 30
    parts[1]["rules"][0]["params"] = {"points": "8", "cap": "30"}
    parts[0]["full"] = "30"
    version = drafted(zone, said)
    before = _counted()
    found = tried(version, cycle, zone.actor("zone"))
    rows = found.comparison.rows
    assert [(str(row.now), str(row.draft), str(row.change)) for row in rows] == [
        ("48.00", "54.00", "6.00"),
        ("43.00", "46.00", "3.00"),
    ]
    assert [row.subject.draft.rank for row in rows] == [1, 2]
    assert [row.is_regraded for row in rows] == [False, True]
    assert rows[1].direction == 1
    assert list(rows[0].causes) == [("branches", rows[0].change)]
    text = page(zone, "zone", reverse("cycles:what-if", args=[version.uid]))
    assert "2026年上半年：1 家等次会变" in text
    assert f"{zone.neighbour_street.short_name}升为“好”" in text
    assert _counted() == before


def _counted() -> dict[str, Any]:
    return {
        model._meta.db_table: model._default_manager.count()
        for label in ("cycles", "schemes", "core")
        for model in apps.get_app_config(label).get_models()
    }


def test_what_has_no_facts_is_left_out_and_said(zone: Zone) -> None:
    cycle = frozen(marked(begun(zone), zone, "18", "18"), zone)
    said = of_organizations()
    parts = said["root"]["parts"][0]["parts"]
    parts[3]["full"] = "10"
    parts[3]["rules"][0]["params"] = {"bound": "20"}
    parts.append(leaf("new", "10", "discretion", {"bound": "10"}, name="新增的一项"))
    version = drafted(zone, said)
    found = tried(version, cycle, zone.actor("zone"))
    assert [(one.key, one.is_for_all) for one in found.left_out] == [("new", True)]
    # 0 + 10 + 20 + 10 of 90, scaled to 100.
    assert str(found.comparison.rows[0].draft) == "44.44"
    text = page(zone, "zone", reverse("cycles:what-if", args=[version.uid]))
    assert "“新增的一项”没有历史事实，不计入" in text


def test_figures_not_read_then_are_read_now(zone: Zone) -> None:
    cycle = frozen(marked(begun(zone), zone, "18", "18"), zone)
    said = of_organizations()
    said["root"]["parts"][0]["parts"][1]["rules"][0]["source"] = figure("terms_overdue", "count")
    found = tried(drafted(zone, said), cycle, zone.actor("zone"))
    assert list(found.read_now) == ["terms_overdue"]


def test_who_may_try_a_draft(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "17")
    version = drafted(zone, of_organizations())
    url = reverse("cycles:what-if", args=[version.uid])
    # Nobody's running points: nothing to compare with yet.
    text = page(zone, "zone", url)
    assert "还没有可以试算的一期" in text
    assert not cycles_for(version).exists()
    frozen(cycle, zone)
    assert "48.00" in page(zone, "zone", url)
    assert "48.00" in page(zone, "committee", url)
    for name in ("dahuangshan", "jinshanqiao", "huzhuang1", "reviewer", "sysadmin"):
        assert zone.client(name).get(url).status_code == 404, name
    SchemeVersion.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED)
    assert zone.client("zone").get(url).status_code == 404


def test_a_draft_whose_sums_are_off_is_tried_as_its_indicators_add_up(zone: Zone) -> None:
    bands = [["好", "48"], ["差", "0"]]
    cycle = frozen(marked(begun(zone, bands=bands), zone, "18", "18"), zone)
    said = of_organizations(bands=bands)
    said["root"]["parts"][0]["parts"][0]["full"] = "60"  # of now 120
    found = tried(drafted(zone, said), cycle, zone.actor("zone"))
    assert found.is_uneven
    assert found.comparison.is_by_rate
    rows = found.comparison.rows
    assert [(str(row.now), str(row.draft)) for row in rows] == [
        ("48.00", "40.00"),
        ("43.00", "35.83"),
    ]
    assert [row.is_regraded for row in rows] == [True, False]
    assert [str(band.least) for band in found.bands] == ["48", "0"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"root": {"key": "root", "name": "合计", "full": "0", "parts": []}},
        {"root": {"key": "root", "name": "合计", "full": "x", "parts": [{"key": 1}]}},
        {"root": None},
        {"root": {"key": "r", "name": "合计", "full": "5", "parts": [{"key": "a", "rules": 3}]}},
    ],
)
def test_a_draft_that_cannot_be_computed_says_so(zone: Zone, broken: dict[str, Any]) -> None:
    frozen(marked(begun(zone), zone, "18", "17"), zone)
    version = drafted(zone, broken)
    text = page(zone, "zone", reverse("cycles:what-if", args=[version.uid]))
    assert "草案现在还不能试算" in text


def test_a_recused_person_finds_nothing_of_the_case(zone: Zone) -> None:
    cycle = frozen(marked(begun(zone), zone, "18", "17.31"), zone)
    by = replace(
        zone.actor("zone"),
        recused=(
            Part(
                zone.neighbour_street.path,
                True,
                frozenset({"assessment.view", "assessment.run"}),
            ),
        ),
    )
    seen = Score.objects.visible_to(by).current().values_list("assessed__organization", flat=True)
    assert list(seen) == [zone.street.pk]
    version = drafted(zone, of_organizations())
    rows = tried(version, cycle, by).comparison.rows
    assert [row.subject.name for row in rows] == [zone.street.short_name]
    other = Assessed.objects.get(organization=zone.neighbour_street)
    with pytest.raises(NotAllowed):
        marks.give(assessed=other, indicator="work", facts={"points": "1", "reason": "x"}, by=by)


def test_many_marks_are_one_act(zone: Zone) -> None:
    cycle = begun(zone)
    rows = list(Assessed.objects.filter(cycle=cycle))
    by = zone.actor("zone")

    def give(some: list[Assessed], points: str) -> int:
        given = [marks.Given(one.pk, {"points": points, "reason": "好"}) for one in some]
        with CaptureQueriesContext(connection) as asked:
            marks.give_many(cycle=cycle, indicator="work", given=given, by=by)
        return len([one for one in asked if "core_audit" not in one["sql"]])

    give(rows[:1], "1")
    assert give(rows[:1], "2") == give(rows, "3") - 1  # one creates as well
    with pytest.raises(DomainError) as refused:
        give(rows, "21")
    assert [one["field"] for one in refused.value.errors] == [f"{one.pk}-0" for one in rows]
    assert Organization.objects.exists()
