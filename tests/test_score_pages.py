"""A score explained on its page and on paper: what it says, to whom, and what it never says."""

import datetime as dt
import io
import re
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.access import get_assessed
from assessments.cycles.actions import cycles, marks, postings
from assessments.cycles.models import Assessed, Cycle, Posting, Run, Score
from assessments.cycles.queries.explained import checked, told_of
from assessments.cycles.queries.rollups import rollup_of
from assessments.schemes.enums import Level
from assessments.schemes.models import IndicatorExemption
from core import clock, derived
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import OfficeHolding, Organization
from tests import scheme_world
from tests.scheme_world import computed, content, figure, group_of, leaf, opened, published
from tests.test_cycle_runs import frozen, marked, of_organizations, score_of
from tests.world import Zone, make_member, make_organizations

pytestmark = pytest.mark.django_db
JUNE = dt.datetime(2026, 6, 20, 9, tzinfo=dt.UTC)
JULY = dt.datetime(2026, 7, 20, 9, tzinfo=dt.UTC)


def page_of(zone: Zone, name: str, one: Assessed, more: str = "") -> str:
    response = zone.client(name).get(one.get_absolute_url() + more)
    assert response.status_code == 200
    return str(response.content.decode())


def text_of(page: str) -> str:
    """What is read: without marks and blanks."""
    main = page[page.index('<main id="main"') :]
    return squeezed(re.sub(r"<[^>]+>", "", main))


def squeezed(text: str) -> str:
    """Without any blank: where one stands is the template's business."""
    return re.sub(r"\s+", "", text)


def expect(page: str, *parts: str) -> None:
    """All of the parts are read on the page."""
    for part in parts:
        assert squeezed(part) in page, part


def assessed_of(cycle: Cycle, organization: Any) -> Assessed:
    return Assessed.objects.get(cycle=cycle, organization=organization)


def ready(zone: Zone, said: dict[str, Any] | None = None, *, period: str = "2026-H1") -> Cycle:
    """A running cycle whose hand marks are given: 18 to the street, 11 to its neighbour."""
    if period == "2026-H1":
        published(zone.root, said=said)
        group_of(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"), period=period)
    for place, points in ((zone.street, "18"), (zone.neighbour_street, "11.37")):
        marks.give(
            assessed=assessed_of(cycle, place),
            indicator="work",
            facts={"points": points, "reason": f"看过{place.short_name}现场"},
            reason=f"{place.short_name}台账齐全",
            by=zone.actor("zone"),
        )
    derived.registered()["scores"].refresh_all()
    return Cycle.objects.get(pk=cycle.pk)


def sealed(zone: Zone, said: dict[str, Any] | None = None, *, period: str = "2026-H1") -> Cycle:
    cycle = frozen(ready(zone, said, period=period), zone)
    return scheme_world.sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))


# --- what it says --------------------------------------------------------------------------------


def test_the_page_goes_from_the_sum_to_the_rows(zone: Zone) -> None:
    with time_machine.travel(JUNE):
        cycle = ready(zone)
        one = assessed_of(cycle, zone.street)
        page = page_of(zone, "dahuangshan", one, "?open=1")
    said = text_of(page)
    expect(said, "为什么是 48.00 分")
    expect(said, "100.00满分−52.00失分 3 项=48.00得分")
    expect(said, "失分最多的 3 项")
    expect(said, "3 项合计 52.00 分，占失分的 100%。")
    expect(said, "书记空缺 4 个，没有达到要求")
    expect(said, "没有书记空缺得 40 分，否则不得分。")
    expect(said, "理由：看过大黄山街道现场 理由：大黄山街道台账齐全")
    assert '<details class="x-item" id="i1" open>' in page
    assert page.count("x-item") == 4
    # The rows of a figure open for who may open them, in the window of the cycle.
    assert 'href="/organizations/' in page
    expect(said, "考核期间分数只有本单位看得到")
    assert "组均" not in said
    expect(said, "配齐 4 个书记")
    expect(said, "+40.00")
    expect(said, "至 6月30日")


def test_what_waits_is_said_with_what_is_known(zone: Zone) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    said = text_of(page_of(zone, "dahuangshan", assessed_of(cycle, zone.street)))
    expect(said, "已算 30.00 / 80 分")
    expect(said, "还没有评分的 1 项")
    expect(said, "80.00已计各项满分−50.00失分 2 项=30.00已得分")
    assert "等次" not in said.replace("才有总分、等次和位次", "").replace("等次不高于", "")


def test_before_anything_is_computed(zone: Zone) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    Cycle.objects.filter(pk=cycle.pk).update(run=None)
    one = assessed_of(cycle, zone.street)
    assert "还没有算出得分" in page_of(zone, "dahuangshan", one)
    for name, more in (("score-check", {}), ("score-document", {"ending": "pdf"})):
        url = reverse(f"cycles:{name}", kwargs={"uid": one.uid, **more})
        assert zone.client("dahuangshan").get(url).status_code == 404


def test_an_exemption_shows_reason_approval_and_end(zone: Zone) -> None:
    version = published(zone.root)
    day = clock.today()
    for place in (zone.street, zone.neighbour_street):
        IndicatorExemption.objects.create(
            scheme=version.scheme,
            indicator="work",
            organization=place,
            mode="rescale",
            reason=f"{place.short_name}没有重点工程",
            approved_by="党工委第3次会议",
            since=day - dt.timedelta(days=400),
            until=day + dt.timedelta(days=400),
            state="approved",
            proposed_at=clock.now(),
            approved_at=clock.now(),
        )
    cycle = opened(zone.root, by=zone.actor("zone"))
    said = text_of(page_of(zone, "dahuangshan", assessed_of(cycle, zone.street)))
    expect(said, "大黄山街道没有重点工程")
    assert "金山桥街道没有重点工程" not in said
    expect(said, "党工委第3次会议")
    expect(said, "100.00满分−50.00失分 2 项−20.00不计分的各项+7.50其余折算=37.50得分")
    expect(said, "30 ÷ 80 × 100")


def test_branches_have_a_table_with_their_own_rows(zone: Zone) -> None:
    said = content()
    said["root"]["parts"][0]["parts"][1] = leaf(
        *("branches", "20", "deduct_each", {"points": "3", "place_cap": "2"}),
        name="书记配备",
        source=figure("offices_vacant", "counts"),
    )
    cycle = ready(zone, said)
    page = page_of(zone, "dahuangshan", assessed_of(cycle, zone.street), "?open=2")
    read = text_of(page)
    expect(read, "2 个支部共 2 个书记空缺，2 个支部按封顶 2 分计。")
    expect(read, "3.00 → 2.00 封顶")
    expect(read, "同一支部封顶 2.00：起作用 2 次，相差 2.00 分；保底 0.00、最多 20.00：未触及。")
    assert zone.neighbour_branch.short_name not in read


def test_the_difference_is_from_the_half_year_before(zone: Zone) -> None:
    with time_machine.travel(dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC)):
        sealed(zone, of_organizations())
    with time_machine.travel(dt.datetime(2026, 9, 2, 9, tzinfo=dt.UTC)):
        for place in (zone.street, zone.general, zone.branch, zone.branch2):
            OfficeHolding.objects.create(
                organization=place, person_name="周永明", post="secretary", started_on="2026-08-01"
            )
        cycle = ready(zone, period="2026-H2")
        page = page_of(zone, "dahuangshan", assessed_of(cycle, zone.street))
    said = text_of(page)
    expect(said, "比上次 +40.00")
    expect(said, "2026年上半年 48.00 → 本次 88.00")
    expect(said, "2026年上半年失 40.00 分，本次失 0.00 分，少失 40.00 分。")


# --- to whom -------------------------------------------------------------------------------------


def test_while_it_runs_nobody_but_the_unit_and_afterwards_who_stands_above(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = ready(zone, of_organizations())
        one = assessed_of(cycle, zone.street)
        names = [
            reverse(f"cycles:{name}", kwargs={"uid": one.uid, **more})
            for name, more in (
                ("score", {}),
                ("score-check", {}),
                ("score-document", {"ending": "docx"}),
            )
        ]

        def seen(name: str) -> set[int]:
            return {zone.client(name).get(url).status_code for url in names}

        everybody = ("zone", "committee", "reviewer", "huzhuang", "huzhuang1", "jinshanqiao")
        assert seen("dahuangshan") == {200}
        for name in (*everybody, "taoyuan1"):
            assert seen(name) == {404}, name
        frozen(cycle, zone)
        for name in ("zone", "committee", "dahuangshan"):
            assert seen(name) == {200}, name
        for name in ("reviewer", "huzhuang", "huzhuang1", "jinshanqiao", "taoyuan1"):
            assert seen(name) == {404}, name


def five_more(zone: Zone) -> list[Any]:
    street = OrganizationClass.STREET
    return make_organizations(
        zone.root,
        [
            {
                "name": f"中共第{number}街道工作委员会",
                "short_name": f"第{number}街道",
                "kind": OrganizationKind.DIRECT_COMMITTEE,
                "organization_class": street,
            }
            for number in range(1, 6)
        ],
    )


def test_a_group_shows_mean_and_spread_and_never_another_ones_score(zone: Zone) -> None:
    with time_machine.travel(JULY):
        others = five_more(zone)
        cycle = ready(zone, of_organizations())
        for number, place in enumerate(others):
            marks.give(
                assessed=assessed_of(cycle, place),
                indicator="work",
                facts={"points": f"1{number}.{number}3", "reason": "看过"},
                by=zone.actor("zone"),
            )
        derived.registered()["scores"].refresh_all()
        cycle = frozen(Cycle.objects.get(pk=cycle.pk), zone)
        page = page_of(zone, "dahuangshan", assessed_of(cycle, zone.street), "?open=all")
        scores = {
            f"{row.total:.2f}": row.assessed.name
            for row in Score.objects.filter(run=cycle.run_id).select_related("assessed")
        }
    own = f"{score_of(cycle, zone.street).total:.2f}"
    assert len(scores) == 7
    expect(text_of(page), "街道、镇组 7 家，均值 ")
    expect(page, "标准差")
    for total, name in scores.items():
        if total != own:
            assert total not in page, name
            assert name not in page
    assert "11.37" not in page
    assert "金山桥" not in page


def test_two_alone_show_no_mean_for_it_would_tell_the_other_one(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = frozen(ready(zone, of_organizations()), zone)
        said = text_of(page_of(zone, "dahuangshan", assessed_of(cycle, zone.street)))
    mean = next(iter(Run.objects.get(pk=cycle.run_id).summary["groups"].values()))["mean"]
    expect(said, "街道、镇组有 2 家已计分，不足 5 家，不显示均值。")
    assert mean not in said


def test_rows_open_only_for_who_may_open_them(zone: Zone, monkeypatch: Any) -> None:
    cycle = ready(zone)
    one = assessed_of(cycle, zone.street)
    actor = zone.actor("dahuangshan")
    told = told_of(actor, one, clock.today())
    assert told.urls["members_expected", "2026-H1", ""]
    monkeypatch.setattr(type(actor), "may_at", lambda *args, **more: False)
    blind = told_of(actor, one, clock.today())
    assert set(blind.urls.values()) == {""}


# --- cost, odd input -----------------------------------------------------------------------------


def test_the_page_costs_the_same_for_one_indicator_and_for_all(zone: Zone) -> None:
    short = content()
    short["root"]["parts"][0]["parts"] = [
        leaf(
            *("vacant", "100", "deduct_each", {"points": "1"}),
            source=figure("offices_vacant", "counts"),
        )
    ]
    long = content()
    long["root"]["parts"][0]["parts"][1:] = [
        leaf(
            *(f"vacant{number}", "15", "deduct_each", {"points": "1"}),
            source=figure("offices_vacant", "counts"),
        )
        for number in range(4)
    ]
    client, costs, inner = zone.client("dahuangshan"), [], []
    for said in (short, long):
        version = published(zone.root, said=said, name=f"共 {len(costs)} 版")
        cycle = opened(zone.root, by=zone.actor("zone"))
        url = assessed_of(cycle, zone.street).get_absolute_url()
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        costs.append(len(found))
        actor = zone.actor("dahuangshan")
        one = get_assessed(actor, assessed_of(cycle, zone.street).uid)
        with CaptureQueriesContext(connection) as alone:
            told_of(actor, one, clock.today())
        inner.append(len(alone))
        Cycle.objects.filter(pk=cycle.pk).update(run=None)
        Run.objects.all().delete()
        Cycle.objects.all().delete()
        version.delete()
    assert costs[0] == costs[1] == 14
    assert inner[0] == inner[1] == 7


@pytest.mark.parametrize(
    "on", ["2026-13-01", "x", "0000-00-00", "9" * 400, "2026-07-01\x00", "\ud800"]
)
def test_odd_days_are_not_there_and_odd_openings_open_nothing(zone: Zone, on: str) -> None:
    cycle = ready(zone)
    one = assessed_of(cycle, zone.street)
    client = zone.client("dahuangshan")
    asked = on.encode("utf-8", "surrogatepass")
    assert client.get(f"{one.get_absolute_url()}?on={quote(asked)}").status_code in (400, 404)
    page = client.get(f"{one.get_absolute_url()}?open={quote(asked)}")
    assert page.status_code in (200, 400)  # NUL reaches no view
    assert b" open>" not in page.content


# --- checked -------------------------------------------------------------------------------------


def test_a_check_says_whether_the_bytes_agree_and_changes_nothing(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = sealed(zone, of_organizations())
        one = assessed_of(cycle, zone.street)
        url = reverse("cycles:score-check", args=[one.uid])
        before = score_of(cycle, zone.street)
        entries = AuditEntry.objects.count()
        assert "逐字节相同" in zone.client("dahuangshan").get(url).content.decode()
        assert AuditEntry.objects.count() == entries
        broken = {**before.result, "total": "99.00"}
        Score.objects.filter(pk=before.pk).update(result=broken)
        found = checked(one, score_of(cycle, zone.street))
        assert found.agrees  # the digest is of what comes out, and that is what it was
        facts = {**before.facts["facts"], "branches": [{"count": 3}]}
        Score.objects.filter(pk=before.pk).update(facts={**before.facts, "facts": facts})
        page = zone.client("zone").get(url).content.decode()
        expect(page, "与存下的不同")
        expect(page, "branches")
        nonsense = {**before.facts, "facts": {**facts, "branches": [{"count": "x"}]}}
        Score.objects.filter(pk=before.pk).update(facts=nonsense)
        assert "无法重算" in zone.client("zone").get(url).content.decode()


# --- the account ---------------------------------------------------------------------------------


def test_the_years_account_is_booked_when_a_cycle_is_sealed(zone: Zone) -> None:
    with time_machine.travel(dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC)):
        first = sealed(zone, of_organizations())
    booked = Posting.objects.get(organization=zone.street, cycle=first)
    assert (booked.kind, booked.points, booked.about) == ("mid_year", "19.2", "48 × 0.4")
    assert Posting.objects.filter(cycle=first).count() == 2
    postings.post_sealed(first)  # whoever retries
    assert Posting.objects.filter(cycle=first).count() == 2
    one = assessed_of(first, zone.street)
    with time_machine.travel(dt.datetime(2026, 8, 20, 9, tzinfo=dt.UTC)):
        by = zone.actor("zone")
        for _ in range(2):
            given = postings.credit(
                assessed=one, points="0.60", about="主题党日补开", key="item-7", by=by
            )
    assert (given.points, given.about) == ("0.24", "主题党日补开：0.6 × 0.4")
    with time_machine.travel(dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)):
        second = sealed(zone, period="2026-H2")
        last = Posting.objects.get(organization=zone.street, cycle=second)
        assert (last.kind, last.points) == ("second_half", "28.8")
        client = zone.client("dahuangshan")
        url = assessed_of(second, zone.street).get_absolute_url()
        said = text_of(client.get(url).content.decode())
        expect(said, "已入账48.24")
        then = text_of(client.get(f"{url}?on=2026-08-21").content.decode())
        expect(then, "截至 2026年8月21日")
        expect(then, "已入账19.44")
        assert "还没有入账" in text_of(client.get(f"{url}?on=2026-06-30").content.decode())


def test_the_published_account_comes_out_exactly(zone: Zone) -> None:
    """`accounts` of the vectors, by the acts that book."""
    with time_machine.travel(dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC)):
        cycle = frozen(ready(zone, of_organizations()), zone)
        score = score_of(cycle, zone.street)
        Score.objects.filter(pk=score.pk).update(
            total="91.35", result={**score.result, "total": "91.35"}
        )
        scheme_world.sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
        one = assessed_of(cycle, zone.street)
        for number, points in enumerate(("0.60", "0.45", "0.30")):
            postings.credit(
                assessed=one, points=points, about="补办", key=str(number), by=zone.actor("zone")
            )
        told = told_of(zone.actor("dahuangshan"), one, clock.today() + dt.timedelta(days=9))
    assert [one.points for one in told.account.postings] == ["36.54", "0.24", "0.18", "0.12"]
    assert told.account.total == pytest.approx(37.08)


def test_credits_are_the_holders_and_only_of_what_was_lost(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = frozen(ready(zone, of_organizations()), zone)
        one = assessed_of(cycle, zone.street)
        given = {"assessed": one, "about": "补办", "key": "1"}
        with pytest.raises(Conflict):
            postings.credit(points="1", by=zone.actor("zone"), **given)
        scheme_world.sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
        one.cycle.refresh_from_db()
        for name in ("dahuangshan", "committee", "huzhuang1"):
            with pytest.raises(NotAllowed):
                postings.credit(points="1", by=zone.actor(name), **given)
        for points in ("0", "-1", "52.01", "x", "9" * 50, "1\x00", ""):
            with pytest.raises(DomainError):
                postings.credit(points=points, by=zone.actor("zone"), **given)
    assert Posting.objects.filter(kind="credit").count() == 0


def test_nobody_reads_the_neighbours_account(zone: Zone) -> None:
    with time_machine.travel(JULY):
        sealed(zone, of_organizations())
    for name, count in (("zone", 2), ("dahuangshan", 1), ("huzhuang1", 0), ("reviewer", 0)):
        assert Posting.objects.visible_to(zone.actor(name)).count() == count, name


# --- on paper ------------------------------------------------------------------------------------


def test_word_and_pdf_say_the_same_and_are_audited(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = frozen(ready(zone, of_organizations()), zone)
        one = assessed_of(cycle, zone.street)
        for ending in ("docx", "pdf"):
            url = reverse("cycles:score-document", args=[one.uid, ending])
            response = zone.client("dahuangshan").get(url)
            made = b"".join(response.streaming_content)
            if ending == "docx":
                xml = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    words = re.sub(r"<[^>]+>", "", xml)
    for part in (
        *("为什么是 48.00 分", "满分） − 52.00（失分 3 项） = 48.00。", "看过大黄山街道现场"),
        *("书记空缺 4 个，没有达到要求", "怎样赢回最多", "校验码", "未审定"),
    ):
        assert part in words, part
    assert "金山桥" not in words
    assert made.startswith(b"%PDF")
    assert AuditEntry.objects.filter(verb="cycles.score.export").count() == 2


# --- roll-up -------------------------------------------------------------------------------------


def branch_cycle(zone: Zone) -> Cycle:
    """The street assesses its branches: one by hand, the other not yet."""
    said = content()
    said["root"]["parts"][0]["parts"] = [
        leaf("work", "60", "discretion", {"bound": "60"}, name="重点工作"),
        leaf("days", "40", "discretion", {"bound": "40"}, name="组织生活"),
    ]
    Organization.objects.filter(path__startswith=zone.general.path).update(
        organization_class=OrganizationClass.VILLAGE
    )
    published(zone.street, said=said, level=Level.BRANCH, classes=("village",), name="支部类")
    by = zone.actor("dahuangshan")
    cycle = cycles.open_cycle(organization=zone.street, level=Level.BRANCH, period="2026-H1", by=by)
    computed(cycle)
    return cycle


def give(zone: Zone, cycle: Cycle, place: Any, work: str, days: str) -> None:
    for indicator, points in (("work", work), ("days", days)):
        marks.give(
            assessed=assessed_of(cycle, place),
            indicator=indicator,
            facts={"points": points, "reason": "看过"},
            by=zone.actor("dahuangshan"),
        )
    derived.registered()["scores"].refresh_all()


def test_a_branch_that_is_not_scored_is_no_zero(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = branch_cycle(zone)
        give(zone, cycle, zone.branch, "54", "30")
        actor = zone.actor("dahuangshan")
        assert rollup_of(actor, zone.street, "2026-H1") is None  # while it runs
        with time_machine.travel(clock.now() + dt.timedelta(days=2)):
            cycle = Cycle.objects.get(pk=cycle.pk)
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=actor)
            computed(cycle)
            found = rollup_of(actor, zone.street, "2026-H1")
            assert found is not None
            assert (found.count, found.scored, found.mean) == (2, 1, 84)
            assert found.weakest is not None
            assert (found.weakest.name, found.weakest.count) == ("组织生活", 1)
            assert found.lowest == found.highest == 84
            for name in ("huzhuang1", "jinshanqiao", "taoyuan1", "reviewer"):
                assert rollup_of(zone.actor(name), zone.street, "2026-H1") is None, name


def test_a_committees_page_shows_its_branches_and_the_neighbours_does_not(zone: Zone) -> None:
    make_member(zone.branch, "张三")
    for number in range(3):
        make_member(zone.branch2, f"李四{number}")
    with time_machine.travel(JULY):
        branches = branch_cycle(zone)
        give(zone, branches, zone.branch, "54", "30")
        give(zone, branches, zone.branch2, "60", "40")
        own = ready(zone, of_organizations())
        with time_machine.travel(clock.now() + dt.timedelta(days=2)):
            branches = Cycle.objects.get(pk=branches.pk)
            cycles.freeze(cycle=branches, revision=branches.revision, by=zone.actor("dahuangshan"))
            computed(branches)
            page = text_of(page_of(zone, "dahuangshan", assessed_of(own, zone.street)))
            other = text_of(page_of(zone, "jinshanqiao", assessed_of(own, zone.neighbour_street)))
    expect(page, "所属支部")
    expect(page, "92.00平均")
    expect(page, "84.00 至 100.00")
    expect(page, "组织生活最弱的一项")
    assert "所属支部得分" not in other
    assert "92.00" not in other


def test_the_page_of_branches_is_for_who_may_see_all_of_them(zone: Zone) -> None:
    with time_machine.travel(JULY):
        cycle = branch_cycle(zone)
        give(zone, cycle, zone.branch, "54", "30")
        url = reverse("cycles:cycle-rollup", args=[cycle.uid])
        assert zone.client("dahuangshan").get(url).status_code == 404  # while it runs
        with time_machine.travel(clock.now() + dt.timedelta(days=2)):
            cycle = Cycle.objects.get(pk=cycle.pk)
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=zone.actor("dahuangshan"))
            computed(cycle)
            page = zone.client("dahuangshan").get(url).content.decode()
            expect(text_of(page), "84.00平均", "1个支部已计分共 2 个", "湖庄村第二支部待评")
            for name in ("huzhuang", "huzhuang1", "jinshanqiao", "taoyuan1", "reviewer"):
                assert zone.client(name).get(url).status_code == 404, name
    with time_machine.travel(JULY):
        direct = frozen(ready(zone, of_organizations()), zone)
        other = reverse("cycles:cycle-rollup", args=[direct.uid])
        assert zone.client("zone").get(other).status_code == 404


def test_a_roll_up_costs_the_same_for_more_branches(zone: Zone) -> None:
    def cost() -> int:
        cycle = Cycle.objects.get(level=Level.BRANCH)
        computed(cycle)
        with CaptureQueriesContext(connection) as found:
            assert rollup_of(zone.actor("dahuangshan"), zone.street, "2026-H1") is not None
        return len(found)

    with time_machine.travel(JULY):
        cycle = branch_cycle(zone)
        give(zone, cycle, zone.branch, "54", "30")
        with time_machine.travel(clock.now() + dt.timedelta(days=2)):
            cycle = Cycle.objects.get(pk=cycle.pk)
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=zone.actor("dahuangshan"))
            one = cost()
            cycle = Cycle.objects.get(pk=cycle.pk)
            give(zone, cycle, zone.branch2, "60", "40")
            assert cost() == one


def test_marked_is_what_the_page_says(zone: Zone) -> None:
    """The shared helper of the other tests gives every one the same mark."""
    published(zone.root)
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone)
    assert "48.00" in page_of(zone, "dahuangshan", assessed_of(cycle, zone.street))
