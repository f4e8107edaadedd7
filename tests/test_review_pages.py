"""Pages of the review: teams, the desk, examples, and that nobody is told what another gave."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.models import HandMark
from assessments.reviews.actions import examples
from assessments.reviews.forms.marks import MarkForm
from assessments.reviews.models import (
    EvidenceLook,
    ExampleMark,
    Review,
    ReviewExample,
    ReviewSeat,
    ReviewTeam,
)
from assessments.schemes.models import SchemeVersion
from assessments.self_assessments.models import SelfAssessment, SelfEvidence, SelfItem
from core import clock, effects
from core.models import AuditEntry
from orgs.models import Organization, RoleGrant
from tests.review_world import Reviewed, arranged, reviewing
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def page(zone: Zone, who: str, url: str) -> str:
    answer = zone.client(who).get(url)
    assert answer.status_code == 200, (who, url, answer.status_code)
    return answer.content.decode()


def typed(form: Any) -> dict[str, Any]:
    """What a form would send as it stands."""
    shown = {one.html_name: one.value() for one in form}
    return {name: value for name, value in shown.items() if value is not None and value != ""}


# --- teams ---------------------------------------------------------------------------------------


def test_teams_are_proposed_changed_and_saved(zone: Zone) -> None:
    found = arranged(zone)
    url = reverse("reviews:arrange", args=[found.cycle.uid])
    client = zone.client("zone")
    text = page(zone, "zone", url)
    assert "大黄山街道" in text
    assert "dahuangshan（是这家单位的人）" in text
    before = ReviewTeam.objects.count()
    body = typed(client.get(url).context["form"]) | {"propose": "1", "count": "2"}
    for name in [key for key in body if key.startswith("p-")]:
        body[name] = "0"
    chosen = [zone.users[name].pk for name in ("gao", "lin", "shen", "dahuangshan")]
    body |= {f"p-{pk}": "1" for pk in chosen}
    proposal = client.post(url, body)
    assert proposal.status_code == 200
    assert ReviewTeam.objects.count() == before
    body = typed(proposal.context["form"])
    assert sorted(body[f"p-{pk}"] for pk in chosen) == ["1", "1", "2", "2"]
    assert client.post(url, body).status_code == 302
    assert ReviewTeam.objects.count() == 2
    own = zone.users["dahuangshan"].pk
    street = found.assessed(zone.street).pk
    assert body[f"p-{own}"] != body[f"c-{street}"]
    # The other way round it is refused, and what was chosen is still there.
    body = typed(client.get(url).context["form"])
    body[f"c-{street}"] = body[f"p-{own}"]
    refused = client.post(url, body)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "dahuangshan是这家单位的人（大黄山街道）" in text
    assert str(refused.context["form"][f"c-{street}"].value()) == body[f"c-{street}"]
    # Another tab has saved meanwhile: told so, and again it holds.
    body[f"c-{street}"] = "1" if body[f"p-{own}"] == "2" else "2"
    assert client.post(url, body).status_code == 302
    assert client.post(url, body).status_code == 409


def test_who_cannot_be_put_together_is_said_with_what_to_do(zone: Zone) -> None:
    found = arranged(zone)
    url, client = reverse("reviews:arrange", args=[found.cycle.uid]), zone.client("zone")
    text = page(zone, "zone", url)
    assert "没有账号的，请系统管理员开账号" in text
    assert "凑不成一个组" not in text
    body = typed(client.get(url).context["form"]) | {"propose": "1", "count": "1"}
    body |= {name: "0" for name in body if name.startswith("p-")}
    own = {f"p-{zone.users[name].pk}": "1" for name in ("dahuangshan", "jinshanqiao")}
    text = client.post(url, body | own).content.decode()
    assert "2 家没有组能评：大黄山街道、金山桥街道" in text
    # Nobody is left but those who belong to the streets, and one more.
    RoleGrant.objects.filter(role="reviewer").delete()
    text = page(zone, "zone", url)
    assert "2 家不用回避的人不足 2 个，凑不成一个组：大黄山街道、金山桥街道" not in text
    RoleGrant.objects.filter(user__username="jinshanqiao").delete()
    text = page(zone, "zone", url)
    assert "1 家不用回避的人不足 2 个，凑不成一个组：大黄山街道" in text


def test_whom_an_award_does_not_convince_writes_so() -> None:
    rule = {"rule": "bonus", "params": {"levels": {"市级": "1"}}}
    form = MarkForm({"r0-awards": "", "revision": "0"}, rules=[(0, rule)], full="0")
    assert not form.is_valid()
    assert form.errors["r0-awards"] == ["还没有评：认定的一行一项写上，都不予认定的写“无”。"]
    form = MarkForm({"r0-awards": "无", "revision": "0"}, rules=[(0, rule)], full="0")
    assert form.is_valid()
    assert form.facts == {0: {"awards": []}}


def test_the_review_begins_on_its_page(zone: Zone) -> None:
    found = arranged(zone)
    client = zone.client("zone")
    url = reverse("reviews:begin", args=[found.cycle.uid])
    asked = client.post(url)
    assert "各单位看不到自己的得分" in asked.content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', asked.content.decode())
    assert seen
    assert client.post(url, {"agreed": "yes", "seen": seen[1]}).status_code == 302
    assert Review.objects.get().state == "going"
    text = page(zone, "zone", reverse("reviews:review", args=[found.cycle.uid]))
    assert "已评齐 0 / 2 项" in text
    # The assessed see nothing of their score now.
    street = found.assessed(zone.street)
    assert zone.client("dahuangshan").get(street.get_absolute_url()).status_code == 404
    assert "审定后反馈" in page(zone, "dahuangshan", reverse("cycles:cycle-list"))
    assert zone.client("zone").get(street.get_absolute_url()).status_code == 200


# --- the desk ------------------------------------------------------------------------------------


def claimed(found: Reviewed, place: Organization) -> SelfItem:
    """What the street says of its work, with a record."""
    whole, _ = SelfAssessment.objects.get_or_create(
        assessed=found.assessed(place), defaults={"state": "sent", "sent_at": clock.now()}
    )
    item = SelfItem.objects.create(
        self_assessment=whole,
        indicator="work",
        stance="marked",
        facts={"0": {"points": "19", "reason": "做法推广到三个村"}},
        reason="做法推广到三个村，台账齐全",
    )
    SelfEvidence.objects.create(
        item=item,
        kind="life",
        uid="5f0c5a34-0000-4000-8000-000000000001",
        label="5月20日支部党员大会",
        linked_at=clock.now(),
        linked_by_name="张干事",
    )
    return item


def test_an_item_is_marked_beside_what_the_street_says(zone: Zone) -> None:
    found = reviewing(zone)
    claimed(found, zone.street)
    seat = found.seat("gao", zone.street)
    url = reverse("reviews:seat", args=[seat.uid])
    text = page(zone, "gao", url)
    assert "做法推广到三个村，台账齐全" in text
    assert "19.00" in text
    assert "已看 0 / 1" in text
    client = zone.client("gao")
    look = reverse("reviews:evidence-look", args=[seat.uid])
    key = "record:life:5f0c5a34-0000-4000-8000-000000000001"
    assert client.post(look, {"key": key}).status_code == 302
    assert client.post(look, {"key": key}).status_code == 302
    assert EvidenceLook.objects.count() == 1
    assert client.post(look, {"key": "record:life:x"}).status_code == 404
    assert "已看 1 / 1" in page(zone, "gao", f"{url}?see={key}")
    wrong = client.post(url, {"revision": "1", "r0-points": "21", "r0-reason": "现场看过"})
    assert wrong.status_code == 422
    assert "现场看过" in wrong.content.decode()
    right = {"revision": "1", "r0-points": "18.5", "r0-reason": "现场看过"}
    answer = client.post(url, right)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("reviews:desk")
    stored = ReviewSeat.objects.get(pk=seat.pk)
    assert (stored.facts, stored.n_evidence, stored.n_unopened) == (
        {"0": {"points": "18.5", "reason": "现场看过"}},
        1,
        0,
    )
    # Sent twice it is one mark; from another window it is told so.
    assert client.post(url, right).status_code == 409
    assert "18.5" in page(zone, "gao", url)
    entry = AuditEntry.objects.get(verb="reviews.seat.give")
    assert "18.5" not in f"{entry.changes}{entry.note}{entry.object_label}"


def test_what_was_not_sent_is_not_shown(zone: Zone) -> None:
    found = reviewing(zone)
    item = claimed(found, zone.street)
    SelfAssessment.objects.filter(pk=item.self_assessment_id).update(state="draft", sent_at=None)
    seat = found.seat("gao", zone.street)
    text = page(zone, "gao", reverse("reviews:seat", args=[seat.uid]))
    assert "5月20日支部党员大会" not in text
    assert "做法推广到三个村" not in text
    look = reverse("reviews:evidence-look", args=[seat.uid])
    key = "record:life:5f0c5a34-0000-4000-8000-000000000001"
    assert zone.client("gao").post(look, {"key": key}).status_code == 404


def test_examples_come_first(zone: Zone) -> None:
    found = arranged(zone)
    version = SchemeVersion.objects.get()
    url = reverse("reviews:example-new", args=[found.cycle.uid, version.pk, "work"])
    client = zone.client("zone")
    body = {"revision": "0", "case": "某支部全年开展推广活动，有记录无总结。", "r0-points": "14"}
    assert client.post(url, body).status_code == 422
    assert client.post(url, body | {"r0-reason": "缺总结"}).status_code == 302
    example = ReviewExample.objects.get()
    from assessments.reviews.actions import beginning

    review = Review.objects.select_related("cycle__organization").get()
    beginning.begin(review=review, revision=review.revision, by=zone.actor("zone"))
    assert (
        zone.client("zone")
        .post(reverse("reviews:example-edit", args=[example.uid]), body | {"r0-reason": "改"})
        .status_code
        == 409
    )
    seat = found.seat("gao", zone.street)
    gao = zone.client("gao")
    mark = {"revision": "1", "r0-points": "18", "r0-reason": "看过现场"}
    refused = gao.post(reverse("reviews:seat", args=[seat.uid]), mark)
    assert "请先评样题" in refused.content.decode()
    try_it = reverse("reviews:example", args=[example.uid])
    assert "缺总结" not in page(zone, "gao", try_it)
    assert (
        gao.post(try_it, {"revision": "0", "r0-points": "16", "r0-reason": "记录齐"}).status_code
        == 302
    )
    assert (
        gao.post(try_it, {"revision": "0", "r0-points": "2", "r0-reason": "再评"}).status_code
        == 302
    )
    assert ExampleMark.objects.get().facts == {"0": {"points": "16", "reason": "记录齐"}}
    text = page(zone, "gao", try_it)
    assert "16.00" in text
    assert "14.00" in text
    assert "缺总结" in text
    assert gao.post(reverse("reviews:seat", args=[seat.uid]), mark).status_code == 302
    assert zone.client("shen").get(try_it).status_code == 404
    assert examples.MOST_EXAMPLES == 5


def test_leniency_is_told_to_who_decides_alone(zone: Zone) -> None:
    found = reviewing(zone)
    for place in (zone.street, zone.neighbour_street):
        found.give("gao", place, "18")
        found.give("lin", place, "16")
    from core import derived

    derived.registered()["scores"].refresh_all()
    url = reverse("reviews:calibration", args=[found.cycle.uid])
    assert url in page(zone, "committee", reverse("cycles:cycle", args=[found.cycle.uid]))
    text = page(zone, "committee", url)
    assert "gao" in text
    rows = zone.client("committee").get(url).context["rows"]
    told = {row["one"].name: (row["one"].pairs, row["by_pairs"]) for row in rows}
    assert told["gao"] == (2, "+10.0")
    assert told["lin"] == (2, "−10.0")
    for name in ("gao", "dahuangshan"):
        assert zone.client(name).get(url).status_code in (403, 404)


# --- independence --------------------------------------------------------------------------------

TOKEN = re.compile(r'name="csrf-?\w+" (?:value|content)="[^"]+"|nonce-[\w-]+|nonce="[^"]+"')


def shown(zone: Zone, who: str, urls: list[str]) -> list[tuple[int, str, int]]:
    """Status, bytes and number of queries of each."""
    found = []
    for url in urls:
        client = zone.client(who)
        client.get("/account/password/")  # sets what a first page sets
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        text = TOKEN.sub("", answer.content.decode())
        found.append((answer.status_code, text, len(queries)))
    return found


@pytest.mark.parametrize("second", ["lin", "zone"])
def test_before_the_own_mark_nothing_tells_of_anothers(zone: Zone, second: str) -> None:
    """Pages, lists, search, API, inbox and errors of the second reviewer, also of one who carries the
    cycle on, are the same bytes by the same number of queries, with and without the mark of the first;
    so are those of the street and of the committee."""
    with time_machine.travel(NOW, tick=False):
        found = reviewing(zone, sampled=1, second=second)
        claimed(found, zone.street)
        street = found.assessed(zone.street)
        seat = found.seat(second, zone.street)
        other = found.seat("gao", zone.street)
        desk = [
            reverse("reviews:desk"),
            reverse("reviews:seat", args=[seat.uid]),
            reverse("reviews:seat", args=[other.uid]),
            reverse("reviews:case-hand-over", args=[street.uid]),
            reverse("reviews:case-recuse", args=[street.uid]),
            reverse("cycles:cycle-list"),
            reverse("cycles:cycle", args=[found.cycle.uid]),
            street.get_absolute_url(),
            reverse("cycles:mark", args=[found.cycle.uid, "work"]),
            reverse("reviews:review", args=[found.cycle.uid]),
            "/",
            "/search/?q=大黄山",
            "/inbox/",
            "/api/v1/assessments/",
            "/api/v1/reviews/",
            f"/api/v1/reviews/{seat.uid}/",
            f"/api/v1/reviews/{other.uid}/",
            reverse("boards:board", args=[found.cycle.uid]),
            reverse("self_assessments:self-assessment", args=[street.uid]),
        ]
        people = {second: desk, "dahuangshan": desk, "committee": desk}

        def everything() -> dict[str, list[tuple[int, str, int]]]:
            return {name: shown(zone, name, urls) for name, urls in people.items()}

        before = everything()
        bad = {"revision": "1", "r0-points": "99", "r0-reason": "x"}
        url = reverse("reviews:seat", args=[seat.uid])
        refused = TOKEN.sub("", zone.client(second).post(url, bad).content.decode())
        found.give("gao", zone.street, "18")
        after = everything()
        for name, pages in before.items():
            for address, one, two in zip(people[name], pages, after[name], strict=True):
                assert one == two, (name, address)
        again = TOKEN.sub("", zone.client(second).post(url, bad).content.decode())
        assert again == refused
        assert not HandMark.objects.exists()


def test_giving_costs_the_same_whether_or_not_others_have(zone: Zone) -> None:
    found = reviewing(zone)
    counts = []
    for place, first in ((zone.street, False), (zone.neighbour_street, True)):
        if first:
            found.give("gao", place, "18")
        seat = found.seat("lin", place)
        client = zone.client("lin")
        url = reverse("reviews:seat", args=[seat.uid])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(url, {"revision": "1", "r0-points": "18", "r0-reason": "看过"})
        counts.append((answer.status_code, len(queries)))
        # The other case of lin is open still at the first, none at the second.
    assert counts[0] == counts[1]
    effects.run_due()


def test_whoever_keeps_out_finds_nothing(zone: Zone) -> None:
    found = reviewing(zone)
    street = found.assessed(zone.street)
    seat = found.seat("gao", zone.street)
    client = zone.client("gao")
    url = reverse("reviews:case-recuse", args=[street.uid])
    asked = client.post(url, {"reason": "亲属在该街道任职"})
    seen = re.search(r'name="seen" value="(\w+)"', asked.content.decode())
    assert seen
    body = {"reason": "亲属在该街道任职", "agreed": "yes", "seen": seen[1]}
    assert client.post(url, body).status_code == 302
    for address in (
        reverse("reviews:seat", args=[seat.uid]),
        reverse("reviews:case-hand-over", args=[street.uid]),
        url,
    ):
        assert zone.client("gao").get(address).status_code == 404, address
    assert "大黄山街道" not in page(zone, "gao", reverse("reviews:desk"))
    text = page(zone, "zone", reverse("reviews:review", args=[found.cycle.uid]))
    assert "有 1 项还没有人评" in text
    assign = reverse("reviews:case-assign", args=[street.uid])
    holder = zone.client("zone")
    form = holder.get(assign).context["form"]
    offered = [value for value, _ in form.fields["to"].choices]
    assert str(zone.users["gao"].pk) not in offered
    body = {"of": "0", "to": str(zone.users["tang"].pk), "reason": "补位"}
    assert holder.post(assign, body).status_code == 302
    assert "有 1 项还没有人评" not in page(
        zone, "zone", reverse("reviews:review", args=[found.cycle.uid])
    )


# --- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["zone", "gao"])
def test_pages_cost_the_same_for_one_and_three(zone: Zone, who: str) -> None:
    def cost(found: Reviewed) -> list[int]:
        urls = {
            "zone": [
                reverse("reviews:review", args=[found.cycle.uid]),
                reverse("reviews:arrange", args=[found.cycle.uid]),
            ],
            "gao": [
                reverse("reviews:desk"),
                reverse("reviews:seat", args=[found.seat("gao", zone.street).uid]),
            ],
        }[who]
        return [count for _, _, count in shown(zone, who, urls)]

    make_organizations(
        zone.root,
        [
            {
                "name": f"{name}街道党工委",
                "short_name": name,
                "kind": "direct_committee",
                "organization_class": "street",
                "founded_on": dt.date(2020, 1, 1),
            }
            for name in ("东", "西", "南")
        ],
    )
    found = reviewing(zone, sampled=1)
    many = cost(found)
    gone = ["东", "西", "南", zone.neighbour_street.short_name]
    from assessments.cycles.models import Assessed

    Assessed.objects.filter(organization__short_name__in=gone).delete()
    assert cost(found) == many
