"""The public form for residents' concerns: off, told first, stored once, asked for by number and code."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect, Notification
from orgs.enums import OrganizationClass
from orgs.models import Organization
from schedules.concerns import rules, words
from schedules.concerns.actions import concerns, filings, public_forms
from schedules.concerns.actions.filings import Raised
from schedules.concerns.enums import ConcernState
from schedules.concerns.models import Concern, Filing, OtherBody, PublicForm
from schedules.concerns.models.intake import code_of
from schedules.concerns.queries.filings import places

from .access_objects import NOW, concern_of, filing_at, open_public_form, own
from .parallel import run_together
from .world import Zone, actor, build_zone

NEW, QUERY = "/showcase/concerns/new/", "/showcase/concerns/query/"
SAID = {"text": "东门的路灯坏了三盏，晚上看不见路", "place": "东门外"}
PERSON, PHONE = "王建国", "13900000000"


@pytest.fixture
def open_zone(zone: Zone) -> Any:
    """The zone with the form switched on and a village to choose."""
    Organization.objects.filter(pk=zone.general.pk).update(
        organization_class=OrganizationClass.VILLAGE
    )
    open_public_form()
    with clock.at(NOW):
        yield zone


def post(button: str = "", **typed: Any) -> Any:
    fields = {"token": str(uuid.uuid4()), **SAID, **typed}
    return Client().post(NEW, {**fields, **({button: "1"} if button else {})})


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def leads(client: Client, page: str = "/showcase/") -> bool:
    """Whether a page for all leads to the form."""
    return f'href="{NEW}"' in page_of(client.get(page))


def test_off_it_is_not_there(zone: Zone) -> None:
    for client in (Client(), zone.client("zone")):
        assert client.get(NEW).status_code == client.get(QUERY).status_code == 404
        assert client.post(NEW, {**SAID, "token": uuid.uuid4(), "send": "1"}).status_code == 404
    with pytest.raises(DomainError, match="没有开放"):
        filings.file(token=uuid.uuid4(), raised=Raised(**SAID), community=None, by=system())
    assert not Concern.objects.exists()


def test_only_the_office_switches_it_and_the_usual_bodies_come_once(
    zone: Zone, client: Client
) -> None:
    given = {
        "introduction": "写在这里",
        "emergency_words": "着火",
        "subject_words": "路灯",
        "is_on": True,
    }
    for name in ("dahuangshan", "huzhuang1", "committee", "sysadmin"):
        assert zone.client(name).get(reverse("concerns:form-edit")).status_code == 404
        with pytest.raises(NotAllowed):
            public_forms.edit(by=actor(zone.users[name]), revision=1, **given)
    assert [leads(client), leads(client, "/login/")] == [False, False]
    zone_client = zone.client("zone")
    answer = zone_client.post(reverse("concerns:form-edit"), {**given, "revision": 1}, follow=True)
    assert "表单现在开放" in page_of(answer)
    assert [leads(client), leads(client, "/login/")] == [True, True]
    assert OtherBody.objects.count() == len(rules.OTHER_BODIES)
    OtherBody.objects.all().delete()  # taken out by the office: they do not come again
    public_forms.edit(by=actor(zone.users["zone"]), revision=2, **{**given, "is_on": False})
    assert not OtherBody.objects.exists()
    assert client.get(NEW).status_code == 404
    assert [leads(client), leads(client, "/login/")] == [False, False]
    entry = AuditEntry.objects.filter(verb="concerns.public_form.edit").latest("sequence")
    assert entry.changes["is_on"] == [True, False]


def test_it_arrives_unassigned_at_the_street_of_the_place_and_nothing_is_sent(
    open_zone: Zone,
) -> None:
    answer = post("send", community=open_zone.general.pk)
    page = page_of(answer)
    filing = Filing.objects.select_related("concern").get()
    concern = filing.concern
    assert (concern.state, concern.organization, concern.intake) == (
        ConcernState.WAITING,
        open_zone.street,
        open_zone.street,
    )
    assert (concern.person_sealed, concern.phone_sealed) == ("", "")
    assert answer["Cache-Control"] == "no-store"
    assert "不会有任何人联系您" in page
    code = code_of(uuid.UUID(answer.wsgi_request.POST["token"]))
    assert f"{code[:4]} {code[4:]}" in page
    assert code not in {filing.number, filing.code_hash}
    assert filing.opens_with(code)
    assert not filing.opens_with("00000000")
    assert not Notification.objects.exists()
    assert not Effect.objects.exists()
    entry = AuditEntry.objects.get(verb="concerns.filing.file")
    assert (entry.user_id, entry.ip) == (None, "")
    assert SAID["text"] not in str(vars(entry))
    home = page_of(open_zone.client("dahuangshan").get("/"))
    assert "公开表单来的未核实 1 件" in home
    assert "未核实" in page_of(open_zone.client("dahuangshan").get(concern.get_absolute_url()))
    assert open_zone.client("jinshanqiao").get(concern.get_absolute_url()).status_code == 404
    # Without a place: the office of the zone.
    post("send", text="不知道归哪里管的一件事")
    assert Concern.objects.latest("pk").organization == open_zone.root


def test_who_left_his_name_is_sealed_and_forgotten_after_the_end(open_zone: Zone) -> None:
    answer = post("send", person=PERSON, phone=PHONE)
    assert "可能打电话了解情况" in page_of(answer)
    concern = Concern.objects.get()
    assert concern.contact() == (PERSON, PHONE)
    assert PHONE not in concern.phone_sealed
    by = open_zone.actor("zone")
    filings.drop(concern=concern, reason="写的是广告，不是诉求", revision=1, by=by)
    with clock.at(NOW + dt.timedelta(days=rules.KEPT_DAYS + 1)):
        assert concerns.forget(by=system()) == 1
    concern.refresh_from_db()
    assert concern.contact() == ("", "")


def test_emergencies_and_other_bodies_are_told_before_anybody_is_asked_who_he_is(
    open_zone: Zone,
) -> None:
    OtherBody.objects.create(name="人社热线", words="欠薪 拖欠工资", phone="12333")
    OtherBody.objects.create(name="旧的热线", words="欠薪", phone="96111", is_used=False)
    urgent = post(text="隔壁楼着 火了快来人")
    page = page_of(urgent)
    assert all(f"tel:{number}" in page for number in ("110", "119", "120"))
    assert 'name="person" value' not in page or 'type="hidden" name="person"' in page
    assert "着 火了" in page  # carried, not lost
    elsewhere = page_of(post(text="老板欠薪两个月不发"))
    assert "12333" in elsewhere
    assert "96111" not in elsewhere
    assert "怎么称呼您" not in elsewhere
    assert "怎么称呼您" in page_of(post("calm", text="邻居家灶台着火是上个月的事"))
    assert not Concern.objects.exists()


def test_duplicates_tell_no_words_of_others_and_answer_no_probing(open_zone: Zone) -> None:
    place = own(open_zone)
    concern_of(place)  # 路灯坏了四盏…, by 王建国, at the branch of the village
    closed = concern_of(place, "closed")
    Concern.objects.filter(pk=closed.pk).update(
        text="李某某家门口的路灯坏了", place="七号楼八零二室", answer="已给李某某修好"
    )
    page = page_of(post(community=open_zone.general.pk))
    assert page.count("<span>湖庄村，") == 2
    assert "已办结" in page
    for secret in ("李某某", "七号楼", "四盏", PERSON, PHONE, "已给", "第一支部"):
        assert secret not in page, secret
    # Only the office's subject words are compared: a name finds nothing, nor does another place.
    assert "怎么称呼您" in page_of(post(text="李某某家里的事", community=open_zone.general.pk))
    other = open_zone.neighbour_street.pk
    assert "怎么称呼您" in page_of(post(community=other))
    filings.drop(
        concern=filing_at(place, text="路灯广告").concern,
        reason="写的是广告",
        revision=1,
        by=open_zone.actor("dahuangshan"),
    )
    assert page_of(post(community=open_zone.general.pk)).count("<span>湖庄村，") == 2


def test_number_and_code_open_it_and_all_else_is_answered_alike(open_zone: Zone) -> None:
    answer = post("send")
    filing, code = Filing.objects.get(), code_of(uuid.UUID(answer.wsgi_request.POST["token"]))

    def asked(number: str, secret: str) -> Any:
        return Client().post(QUERY, {"number": number, "code": secret})

    right = page_of(asked(f"{filing.number[:4]} {filing.number[4:]}", code))
    assert "已收到" in right
    assert "最迟答复" in right
    assert SAID["text"] not in right
    unknown, wrong = asked("99999999", code), asked(filing.number, "00000000")
    assert unknown.status_code == wrong.status_code == 422

    def bare(page: Any, number: str, secret: str) -> str:
        lines = page_of(page).replace(number, "N").replace(secret, "C").splitlines()
        return "\n".join(line for line in lines if "csrf" not in line)

    assert bare(unknown, "99999999", code) == bare(wrong, filing.number, "00000000")
    by, concern = open_zone.actor("zone"), filing.concern
    concern = concerns.assign(concern=concern, organization=open_zone.branch, revision=1, by=by)
    concern = concerns.answer(concern=concern, text="路灯修好了", revision=2, by=by)
    assert "路灯修好了" in page_of(asked(filing.number, code))
    by = open_zone.actor("dahuangshan")
    concerns.call_back(
        concern=concern, result="unsolved", note="内部说的话", revision=concern.revision, by=by
    )
    again = page_of(asked(filing.number, code))
    assert "正在重新办理" in again
    assert "内部说的话" not in again


def test_tries_are_locked_by_number_and_by_address(open_zone: Zone, settings: Any) -> None:
    settings.PUBLIC_FORM_RATES = {**settings.PUBLIC_FORM_RATES, "query-number": "2/h"}
    settings.PUBLIC_FORM_RATES = {**settings.PUBLIC_FORM_RATES, "query": "5/h"}
    answer = post("send")
    filing, code = Filing.objects.get(), code_of(uuid.UUID(answer.wsgi_request.POST["token"]))

    def asked(number: str, secret: str, ip: str) -> Any:
        return Client(REMOTE_ADDR=ip).post(QUERY, {"number": number, "code": secret})

    for number in (filing.number, "99999998"):  # also of a number that there is not
        tried = [asked(number, "1", f"192.0.2.{turn}").status_code for turn in range(3)]
        assert tried == [422, 422, 429], number
    locked = asked(filing.number, code, "192.0.2.9")  # also with the right code
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 0
    assert "暂时不能查询" in page_of(locked)
    found = [asked(f"8000000{turn}", "1", "198.51.100.7").status_code for turn in range(6)]
    assert found == [422] * 5 + [429]


def test_too_many_is_told_kindly_and_loses_nothing(open_zone: Zone, settings: Any) -> None:
    settings.PUBLIC_FORM_RATES = {**settings.PUBLIC_FORM_RATES, "send": "1/h"}
    network = {"REMOTE_ADDR": "203.0.113.5"}
    typed = {**SAID, "person": PERSON, "phone": PHONE, "send": "1"}
    assert Client(**network).post(NEW, {**typed, "token": uuid.uuid4()}).status_code == 200
    refused = Client(**network).post(NEW, {**typed, "token": uuid.uuid4()})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    page = page_of(refused)
    assert "写的内容都还在" in page
    assert all(text in page for text in (SAID["text"], SAID["place"], PERSON, PHONE))
    assert Concern.objects.count() == 1
    settings.PUBLIC_FORM_RATES = {
        **settings.PUBLIC_FORM_RATES,
        "send-all": "1/h",
    }  # counted over all addresses
    assert Client(REMOTE_ADDR="203.0.113.6").post(NEW, {**typed, "token": uuid.uuid4()}).status_code
    assert (
        Client(REMOTE_ADDR="203.0.113.7").post(NEW, {**typed, "token": uuid.uuid4()}).status_code
        == 429
    )


def test_sent_twice_it_is_one_and_shows_the_same_code(open_zone: Zone) -> None:
    token = str(uuid.uuid4())
    first, second = post("send", token=token), post("send", token=token)
    number, code = Filing.objects.get().number, code_of(uuid.UUID(token))
    for page in (page_of(first), page_of(second)):
        assert f"{number[:4]} {number[4:]}" in page
        assert f"{code[:4]} {code[4:]}" in page
    assert AuditEntry.objects.filter(verb="concerns.filing.file").count() == 1
    # Other words on the same form: told, with another token, so that pressing again is another concern.
    other = post("send", token=token, text="西门的路灯也坏了")
    assert other.status_code == 409
    assert token not in page_of(other)
    assert "西门的路灯也坏了" in page_of(other)
    assert Concern.objects.count() == 1
    with clock.at(NOW + dt.timedelta(hours=1)):
        late = page_of(post("send", token=token))
    assert code[:4] + " " + code[4:] not in late
    assert "没有重复提交" in late


def test_what_is_dropped_is_told_politely_and_by_the_street_alone(open_zone: Zone) -> None:
    concern = filing_at(own(open_zone)).concern
    with pytest.raises(NotAllowed):
        filings.drop(
            concern=concern, reason="不是诉求", revision=1, by=open_zone.actor("huzhuang1")
        )
    by = open_zone.actor("dahuangshan")
    with pytest.raises(DomainError, match="公开表单来的"):
        filings.drop(concern=concern_of(own(open_zone)), reason="不是诉求", revision=1, by=by)
    concern = filings.drop(concern=concern, reason="写的是广告，欢迎再填", revision=1, by=by)
    assert words.stands(concern)[0] == "没有按诉求办理"
    assert concern.ended_at == NOW
    assert concern.uid in _found(open_zone, Filing.objects.get().number)
    reopened = concerns.reopen(concern=concern, reason="看错了，是诉求", revision=2, by=by)
    assert reopened.state == ConcernState.DOING


def _found(zone: Zone, number: str) -> list[uuid.UUID]:
    """What the list shows for a number as a resident reads it out."""
    words_ = {"q": f"{number[:4]} {number[4:]}"}
    page = zone.client("dahuangshan").get(reverse("concerns:concern-list"), words_).context["page"]
    return [row.uid for row in page]


def test_who_left_no_contact_is_not_said_to_be_called(open_zone: Zone) -> None:
    by = open_zone.actor("dahuangshan")
    anonymous, named = filing_at(own(open_zone)).concern, concern_of(own(open_zone), "answered")
    row = concerns.assign(concern=anonymous, organization=open_zone.branch, revision=1, by=by)
    text, secretary = "路灯修好了", open_zone.actor("huzhuang1")
    row = concerns.answer(concern=row, text=text, revision=row.revision, by=secretary)
    given = {"result": "no_contact", "note": "", "by": by}
    row = concerns.call_back(concern=row, revision=row.revision, **given)
    assert row.state == ConcernState.CLOSED
    with pytest.raises(DomainError, match="先联系"):
        concerns.call_back(concern=named, revision=named.revision, **given)


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        "路" * 250_000,
        "\x00路灯坏了\x00",
        "\ud800路灯坏了",
        "<script>alert(1)</script>路灯坏了",
        " ",
        "路",
    ],
    ids=["long", "nul", "surrogate", "markup", "blank", "short"],
)
def test_odd_words_are_no_error_of_ours(open_zone: Zone, text: str) -> None:
    typed = {**SAID, "text": text.encode("utf-8", "surrogatepass"), "token": str(uuid.uuid4())}
    client, kind = Client(raise_request_exception=False), "application/x-www-form-urlencoded"
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(NEW, urlencode({**typed, "send": "1"}), content_type=kind)
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in page_of(answer)
    if answer.status_code == 422:  # refused before a transaction was begun
        assert not [one for one in asked.captured_queries if "SAVEPOINT" in one["sql"]]
        assert not Concern.objects.exists()


def test_places_are_streets_with_what_lies_below_once(open_zone: Zone) -> None:
    Organization.objects.filter(pk=open_zone.branch.pk).update(
        organization_class=OrganizationClass.VILLAGE
    )
    found = [words.place_word(place) for place in places()]
    assert found == ["大黄山街道", "湖庄村", "金山桥街道"]


def test_pages_cost_the_same_with_more_rows(open_zone: Zone) -> None:
    place, token = own(open_zone), uuid.uuid4

    def cost(call: Any) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert call().status_code == 200
        return len(asked)

    def told() -> Any:
        return post(community=open_zone.general.pk)

    office = open_zone.client("zone")
    url = reverse("concerns:form-edit")
    found = []
    OtherBody.objects.create(name="旧的", words="路灯", phone="1")
    concern_of(place)
    found.append((cost(told), cost(lambda: Client().get(NEW)), cost(lambda: office.get(url))))
    for number in range(2):
        concern_of(place)
        filing_at(place, token(), text=f"路灯又坏了{number}")
        OtherBody.objects.create(name=f"又一个{number}", words="路灯", phone="1")
    found.append((cost(told), cost(lambda: Client().get(NEW)), cost(lambda: office.get(url))))
    assert found[0] == found[1]
    assert found[0][:2] == (4, 2)


def test_without_cookies_the_page_says_so_and_keeps_what_was_typed(open_zone: Zone) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    answer = client.post(NEW, {**SAID, "token": uuid.uuid4(), "send": "1"})
    assert answer.status_code == 403
    assert "Cookie" in page_of(answer)
    assert SAID["text"] in page_of(answer)
    assert not Concern.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_equal_forms_at_once_are_one() -> None:
    build_zone()
    open_public_form()
    token, root = uuid.uuid4(), Organization.objects.get(parent=None)

    def send() -> str:
        filing = filings.file(token=token, raised=Raised(**SAID), community=root, by=system())
        return str(filing.number)

    found = run_together([send, send])
    assert len(set(found)) == 1
    assert Concern.objects.count() == Filing.objects.count() == 1
    assert AuditEntry.objects.filter(verb="concerns.filing.file").count() == 1


def test_a_place_that_is_merged_stays_the_place(open_zone: Zone) -> None:
    filing = filing_at(own(open_zone))
    Filing.objects.update(community=open_zone.general)
    filings.follow(source=open_zone.general, target=open_zone.neighbour_street, by=system())
    filing.refresh_from_db()
    assert filing.community == open_zone.neighbour_street


def test_the_form_is_one_row(open_zone: Zone) -> None:
    assert PublicForm.objects.count() == 1
    with pytest.raises(Conflict):
        public_forms.edit(
            by=open_zone.actor("zone"),
            revision=7,
            is_on=True,
            introduction="写在这里",
            emergency_words="着火",
            subject_words="",
        )
