"""免考: asked for with a reason, approved by another person, ended by its last day."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.cycles.models import Cycle
from assessments.cycles.queries.computing import exempt_of
from assessments.schemes.actions import exemptions
from assessments.schemes.enums import ExemptionLook
from assessments.schemes.models import IndicatorExemption, Scheme, SchemeVersion
from assessments.schemes.queries.exemptions import counts, to_decide
from core import clock, worklist
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from core.states import MovedOn
from orgs.models import Organization

from .parallel import run_together
from .world import Zone, build_zone, make_user

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
LIST, PRINT, DETAIL = 8, 6, 6  # queries of a page
SECRET = "该单位书记正被留置，班子停摆"
END_OF_YEAR = dt.date(2026, 12, 31)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def content(*keys: str) -> dict[str, Any]:
    parts = [{"key": key, "name": f"指标{key}", "full": "10", "rules": []} for key in keys]
    group = {"key": "g", "name": "组织生活", "full": "0", "parts": parts}
    return {"root": {"key": "root", "name": "合计", "full": "100", "parts": [group]}}


def published(zone: Zone, **more: Any) -> Scheme:
    given = {"organization": zone.root, "year": 2026, "name": "街道", "classes": ["street"]}
    scheme = Scheme.objects.create(created_at=NOW, **given | more)
    for number, period, keys in ((1, "2026-H1", "123"), (2, "2026-H2", "124")):
        SchemeVersion.objects.create(
            scheme=scheme,
            number=number,
            content=content(*keys),
            state="published",
            from_period=period,
            changed_at=NOW,
        )
    return scheme


def asked(zone: Zone, scheme: Scheme, who: str = "zone", **more: Any) -> IndicatorExemption:
    given = {
        "indicator": "2",
        "organization": zone.street,
        "reason": SECRET,
        "since": dt.date(2026, 7, 6),
        "until": END_OF_YEAR,
    }
    return exemptions.propose(scheme=scheme, by=zone.actor(who), **given | more)


def approved(zone: Zone, scheme: Scheme, who: str = "committee", **more: Any) -> IndicatorExemption:
    row = asked(zone, scheme, **more)
    return exemptions.approve(exemption=row, approved_by="党工委会议", by=zone.actor(who))


# --- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"indicator": "9"}, "indicator"),
        ({"indicator": "3"}, "indicator"),  # the second version has it no longer
        ({"indicator": "4", "since": dt.date(2026, 6, 30)}, "indicator"),  # the first not yet
        ({"reason": " \x00\ud800 x"}, "reason"),
        ({"reason": "长" * 301}, "reason"),
        ({"until": dt.date(2026, 7, 5)}, "until"),
        ({"since": dt.date(2026, 6, 1), "until": dt.date(2026, 7, 5)}, "until"),
        ({"until": dt.date(2027, 1, 1)}, "until"),
        ({"since": dt.date(2025, 12, 31)}, "since"),
        ({"until": dt.date(9999, 12, 31)}, "until"),
        ({"mode": "half"}, "mode"),
    ],
)
def test_what_does_not_hold_is_refused_beside_its_field(
    zone: Zone, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        asked(zone, published(zone), **given)
    assert refused.value.field == field
    assert not IndicatorExemption.objects.exists()


def test_only_whom_the_scheme_measures_can_be_exempt(zone: Zone) -> None:
    scheme = published(zone)
    for place in (zone.branch, zone.root):
        with pytest.raises(DomainError, match="不由这份细则考核"):
            asked(zone, scheme, organization=place)
    Organization.objects.filter(pk=zone.street.pk).update(organization_class="town")
    with pytest.raises(DomainError, match="不由这份细则考核"):
        asked(zone, scheme)


def test_a_draft_exempts_nobody(zone: Zone) -> None:
    scheme = published(zone)
    SchemeVersion.objects.filter(scheme=scheme, from_period="2026-H1").delete()
    SchemeVersion.objects.filter(scheme=scheme).update(state="draft")
    with pytest.raises(DomainError) as refused:
        asked(zone, scheme)
    assert refused.value.field == "since"


def test_the_same_is_asked_for_once_and_again_when_it_is_over(zone: Zone) -> None:
    scheme = published(zone)
    first = asked(zone, scheme, until=dt.date(2026, 7, 31))
    with pytest.raises(Conflict, match="正等批准"):
        asked(zone, scheme)
    exemptions.approve(exemption=first, approved_by="党工委会议", by=zone.actor("committee"))
    with pytest.raises(Conflict, match="不能重复"):
        asked(zone, scheme, since=dt.date(2026, 8, 1))
    asked(zone, scheme, indicator="1")
    asked(zone, scheme, organization=zone.neighbour_street)
    with clock.at(dt.datetime(2026, 8, 1, 0, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))):
        with pytest.raises(Conflict, match="不能重复"):  # it reaches back into the first
            asked(zone, scheme, since=dt.date(2026, 7, 31))
        asked(zone, scheme, since=dt.date(2026, 8, 1))
        first.refresh_from_db()
        assert first.look == ExemptionLook.EXPIRED
    day = {"scheme_id": scheme.pk, "indicator": "2", "organization": zone.street}
    assert IndicatorExemption.objects.holding(dt.date(2026, 7, 31)).filter(**day).exists()


# --- deciding ------------------------------------------------------------------------------------


def test_another_person_approves_and_says_by_whose_word(zone: Zone) -> None:
    row = asked(zone, published(zone))
    with pytest.raises(NotAllowed, match="不能自己批准"):
        exemptions.approve(exemption=row, approved_by="党工委", by=zone.actor("zone"))
    for who in ("dahuangshan", "reviewer", "huzhuang1"):
        with pytest.raises(NotAllowed):
            exemptions.approve(exemption=row, approved_by="党工委", by=zone.actor(who))
    with pytest.raises(DomainError) as refused:
        exemptions.approve(exemption=row, approved_by=" \ud800", by=zone.actor("committee"))
    assert refused.value.field == "approved_by"
    exemptions.approve(exemption=row, approved_by="某工委〔2026〕9号", by=zone.actor("committee"))
    row.refresh_from_db()
    assert (row.state, row.approved_by, row.look) == (
        "approved",
        "某工委〔2026〕9号",
        ExemptionLook.HOLDING,
    )
    with pytest.raises(MovedOn):
        exemptions.refuse(exemption=row, reason="不该批准的", by=zone.actor("committee"))
    told = Notification.objects.get(user=zone.users["dahuangshan"])
    assert "指标2" in told.title
    assert "某工委〔2026〕9号" in told.body
    assert not Notification.objects.exclude(user=zone.users["dahuangshan"]).exists()
    assert AuditEntry.objects.filter(verb="schemes.exemption.approve").count() == 1


def test_what_was_refused_is_told_and_may_be_asked_for_again(zone: Zone) -> None:
    scheme = published(zone)
    row = asked(zone, scheme)
    with pytest.raises(DomainError):
        exemptions.refuse(exemption=row, reason="不", by=zone.actor("committee"))
    exemptions.refuse(exemption=row, reason="仍有三个支部", by=zone.actor("zone"))
    assert "仍有三个支部" in Notification.objects.get(user=zone.users["dahuangshan"]).body
    assert zone.client("dahuangshan").get(row.get_absolute_url()).status_code == 200
    asked(zone, scheme)


def test_an_exemption_is_not_approved_after_its_last_day(zone: Zone) -> None:
    row = asked(zone, published(zone), until=dt.date(2026, 7, 31))
    with clock.at(dt.datetime(2026, 7, 31, 16, tzinfo=dt.UTC)), pytest.raises(DomainError):
        exemptions.approve(exemption=row, approved_by="党工委", by=zone.actor("committee"))
    with clock.at(dt.datetime(2026, 7, 31, 15, 59, tzinfo=dt.UTC)):
        exemptions.approve(exemption=row, approved_by="党工委", by=zone.actor("committee"))


def test_it_ends_by_itself_at_midnight_after_its_last_day(zone: Zone) -> None:
    row = approved(zone, published(zone), until=dt.date(2026, 8, 31))
    with clock.at(dt.datetime(2026, 8, 31, 15, 59, 59, tzinfo=dt.UTC)):
        assert row.look == ExemptionLook.HOLDING
        assert IndicatorExemption.objects.running(clock.today()).exists()
    with clock.at(dt.datetime(2026, 8, 31, 16, tzinfo=dt.UTC)):
        assert row.look == ExemptionLook.EXPIRED
        assert not IndicatorExemption.objects.running(clock.today()).exists()
        assert IndicatorExemption.objects.over(clock.today()).exists()
        with pytest.raises(Conflict):
            exemptions.end(exemption=row, reason="不再停产", by=zone.actor("committee"))
    assert IndicatorExemption.objects.holding(dt.date(2026, 8, 31)).exists()
    assert not IndicatorExemption.objects.holding(dt.date(2026, 9, 1)).exists()
    assert not IndicatorExemption.objects.holding(dt.date(2026, 7, 5)).exists()


def test_the_engine_is_told_what_holds_on_the_last_day(zone: Zone) -> None:
    scheme = published(zone)
    approved(zone, scheme, indicator="1", since=dt.date(2026, 6, 1), mode="full")
    approved(zone, scheme)
    asked(zone, scheme, indicator="4")
    first, second = (
        Cycle.objects.create(organization=zone.root, period=period, opened_at=NOW)
        for period in ("2026-H1", "2026-H2")
    )
    assert exempt_of(first) == {zone.street.pk: {"1": "full"}}
    assert exempt_of(second) == {zone.street.pk: {"1": "full", "2": "rescale"}}


def test_what_is_against_the_assessed_begins_with_the_next_half_year(zone: Zone) -> None:
    with clock.at(dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)):
        row = approved(zone, published(zone), since=dt.date(2026, 3, 1))
        exemptions.end(exemption=row, reason="已恢复生产", by=zone.actor("committee"))
        assert row.ended_on == dt.date(2026, 7, 1)
        assert row.look == ExemptionLook.HOLDING
    assert row.look == ExemptionLook.ENDED
    assert IndicatorExemption.objects.holding(dt.date(2026, 6, 30)).exists()
    assert not IndicatorExemption.objects.holding(dt.date(2026, 7, 1)).exists()
    told = Notification.objects.filter(user=zone.users["dahuangshan"]).order_by("-pk")[0]
    assert "自2026年7月1日起照常考核" in told.body
    assert "已恢复生产" in told.body


def test_an_error_is_put_right_as_if_it_had_never_been(zone: Zone) -> None:
    row = approved(zone, published(zone))
    with pytest.raises(DomainError) as refused:  # the year ends before the next half-year
        exemptions.end(exemption=row, reason="已恢复生产", by=zone.actor("committee"))
    assert refused.value.field == "is_error"
    exemptions.end(exemption=row, reason="批准的是另一家", is_error=True, by=zone.actor("zone"))
    assert row.look == ExemptionLook.VOID
    assert not IndicatorExemption.objects.holding(dt.date(2026, 7, 6)).exists()
    later = approved(zone, row.scheme, since=dt.date(2026, 10, 1))
    assert later.look == ExemptionLook.COMING
    exemptions.end(exemption=later, reason="已恢复生产", by=zone.actor("committee"))
    assert later.ended_on == dt.date(2026, 10, 1)


# --- at the same moment --------------------------------------------------------------------------


def together(zone: Zone, row: IndicatorExemption, *acts: Any) -> list[Any]:
    def do(act: Any) -> Any:
        with clock.at(NOW):
            return act(
                IndicatorExemption.objects.select_related("scheme__organization").get(pk=row.pk)
            )

    return run_together([lambda act=act: do(act) for act in acts])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does() -> None:
    zone = build_zone()
    make_user("second", "committee", zone.root)
    row = asked(zone, published(zone))
    committee, staff = zone.actor("committee"), zone.actor("zone")
    outcomes = together(
        zone,
        row,
        lambda one: exemptions.approve(exemption=one, approved_by="甲", by=committee),
        lambda one: exemptions.approve(exemption=one, approved_by="乙", by=committee),
        lambda one: exemptions.refuse(exemption=one, reason="仍有三个支部", by=staff),
    )
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, MovedOn) for one in outcomes if one.error)
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_approval_and_end_at_once_leave_one_of_two_true_stories() -> None:
    zone = build_zone()
    row = asked(zone, published(zone))
    by = zone.actor("committee")
    outcomes = together(
        zone,
        row,
        lambda one: exemptions.approve(exemption=one, approved_by="甲", by=by),
        lambda one: exemptions.end(exemption=one, reason="批准有误", is_error=True, by=by),
    )
    assert outcomes[0].error is None
    row.refresh_from_db()
    assert row.state == ("ended" if outcomes[1].error is None else "approved")
    assert outcomes[1].error is None or isinstance(outcomes[1].error, MovedOn)
    assert (row.ended_on is None) is (row.state == "approved")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_the_same_at_once_one_does() -> None:
    zone = build_zone()
    scheme, by = published(zone), zone.actor("zone")

    def ask() -> Any:
        with clock.at(NOW):
            return exemptions.propose(
                scheme=scheme,
                indicator="2",
                organization=zone.street,
                reason=SECRET,
                since=dt.date(2026, 7, 6),
                until=END_OF_YEAR,
                by=by,
            )

    outcomes = run_together([ask, ask])
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, Conflict) for one in outcomes if one.error)


# --- who reads what ------------------------------------------------------------------------------


def text_of(zone: Zone, who: str, url: str) -> str:
    response = zone.client(who).get(url)
    return response.content.decode() if response.status_code == 200 else ""


PAGES = ("/schemes/exemptions/", "/schemes/exemptions/print/", "/schemes/exemptions/?show=proposed")


def test_what_is_asked_for_is_read_by_those_whose_work_it_is(zone: Zone) -> None:
    row = asked(zone, published(zone))
    pages = (*PAGES, row.get_absolute_url(), "/")
    zone.users["topreviewer"] = make_user("topreviewer", "reviewer", zone.root)
    for who in ("dahuangshan", "huzhuang", "huzhuang1", "jinshanqiao", "taoyuan1", "topreviewer"):
        for url in pages:
            assert SECRET not in text_of(zone, who, url), (who, url)
        assert zone.client(who).get(row.get_absolute_url()).status_code == 404
        assert counts(zone.actor(who), 2026)["proposed"] == 0
    for who in ("zone", "committee"):
        assert SECRET in text_of(zone, who, row.get_absolute_url())
    exemptions.refuse(exemption=row, reason="仍有三个支部", by=zone.actor("committee"))
    for who in ("huzhuang1", "jinshanqiao", "taoyuan1", "topreviewer"):
        for url in pages:
            assert SECRET not in text_of(zone, who, url), (who, url)
    assert SECRET in text_of(zone, "dahuangshan", row.get_absolute_url())


def test_what_was_approved_is_open_to_all_whom_the_scheme_measures(zone: Zone) -> None:
    row = approved(zone, published(zone), reason="整建制停产，无法开展")
    for who in ("dahuangshan", "huzhuang1", "jinshanqiao", "taoyuan1", "reviewer", "officer"):
        text = text_of(zone, who, "/schemes/exemptions/")
        assert all(word in text for word in ("整建制停产", "党工委会议", "指标2")), who
        page = text_of(zone, who, row.get_absolute_url())
        assert "整建制停产" in page
        assert "提前终止" not in page
        assert zone.client(who).post(f"{row.get_absolute_url()}end/", {}).status_code == 404
    for who in ("sysadmin", "auditor"):
        assert zone.client(who).get("/schemes/exemptions/").status_code == 404


def test_a_street_s_own_exemptions_stay_in_the_street(zone: Zone) -> None:
    scheme = published(zone, organization=zone.street, level="branch", classes=["other"])
    given: dict[str, Any] = {"organization": zone.branch, "reason": "整建制停产，无法开展"}
    row = asked(zone, scheme, "dahuangshan", **given)
    exemptions.approve(exemption=row, approved_by="街道党工委", by=zone.actor("zone"))
    for who in ("jinshanqiao", "taoyuan1"):
        assert "整建制停产" not in text_of(zone, who, "/schemes/exemptions/")
        assert zone.client(who).get(row.get_absolute_url()).status_code == 404
        url = f"/schemes/exemptions/new/{scheme.uid}/"
        assert zone.client(who).get(url).status_code == 404
    assert "整建制停产" in text_of(zone, "huzhuang1", "/schemes/exemptions/")
    assert {one.user_id for one in Notification.objects.all()} == {
        zone.users["huzhuang1"].pk,
        zone.users["officer"].pk,
    }


def test_the_work_list_asks_another_person_until_it_is_decided(zone: Zone) -> None:
    row = asked(zone, published(zone))

    def waiting(who: str) -> list[str]:
        items = worklist.collect(zone.actor(who)).items
        return [one.url for one in items if "免考" in one.title]

    assert waiting("committee") == [row.get_absolute_url()]
    assert waiting("zone") == [] == waiting("dahuangshan")
    assert "免考待批准" in text_of(zone, "committee", "/")
    exemptions.approve(exemption=row, approved_by="党工委", by=zone.actor("committee"))
    assert waiting("committee") == [] == list(to_decide(zone.actor("committee")))


# --- pages ---------------------------------------------------------------------------------------


def cost(zone: Zone, who: str, url: str) -> int:
    client = zone.client(who)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_pages_cost_the_same_with_one_exemption_and_with_three(zone: Zone) -> None:
    scheme = published(zone)
    row = approved(zone, scheme)
    urls = ["/schemes/exemptions/", "/schemes/exemptions/print/", row.get_absolute_url()]
    one = [cost(zone, "committee", url) for url in urls]
    approved(zone, published(zone, name="另一份", classes=["street", "town"]), indicator="1")
    approved(zone, scheme, organization=zone.neighbour_street)
    assert one == [cost(zone, "committee", url) for url in urls] == [LIST, PRINT, DETAIL]
    # Whose home is the board stays there while nothing waits for him.
    assert zone.client("committee").get("/").status_code == 302
    asked(zone, scheme, indicator="1")
    home = cost(zone, "committee", "/")
    asked(zone, scheme, indicator="4")
    asked(zone, scheme, indicator="1", organization=zone.neighbour_street)
    assert cost(zone, "committee", "/") == home


def test_a_form_that_is_refused_keeps_what_was_typed(zone: Zone) -> None:
    scheme = published(zone)
    url = f"/schemes/exemptions/new/{scheme.uid}/"
    given = {
        "organization": zone.street.pk,
        "indicator": "2",
        "mode": "full",
        "reason": "整建制停产，无法开展",
        "since": "2026-07-06",
        "until": "2026-06-31",
    }
    response = zone.client("zone").post(url, given)
    assert response.status_code == 422
    assert "整建制停产" in response.content.decode()
    response = zone.client("zone").post(url, given | {"until": "2026-08-31"})
    row = IndicatorExemption.objects.get()
    assert response.status_code == 302
    assert row.until == dt.date(2026, 8, 31)
    assert row.mode == "full"
    late = zone.client("committee")
    exemptions.refuse(exemption=row, reason="仍有三个支部", by=zone.actor("zone"))
    answer = late.post(f"{row.get_absolute_url()}approve/", {"approved_by": "党工委会议甲"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "党工委会议甲" in text
    assert "未批准" in text
    odd = {"approved_by": "x" * 101}
    other = asked(zone, scheme, indicator="1")
    assert late.post(f"{other.get_absolute_url()}approve/", odd).status_code == 422
    for query in ("year=99999999999", "year=x", "show=everything", "page=-1"):
        assert late.get(f"/schemes/exemptions/?{query}").status_code == 200
