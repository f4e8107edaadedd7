"""Stories and what anybody reads of them: by whom published, with whose consent, on which days, from which
rows, and gone with the next request."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import attachments
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs import lifecycle as organizations
from orgs.models import Organization
from showcase.public.actions import pictures, publishing, stories, succession
from showcase.public.models import PublicPage, PublicPicture, Story
from showcase.public.queries.listing import waiting_to_be_published
from showcase.public.rules import figures, headed, paragraphs, quotes, unagreed
from showcase.public.subjects import parted, standing
from showcase.public.views.plan import cells_of, drawn, short

from .parallel import run_together
from .story_world import (
    ASKED,
    agreed,
    concern_in,
    fresh,
    pictured,
    published,
    site_in,
    story_in,
    subject_in,
    words,
)
from .test_access_matrix import NOW
from .world import Zone, build_zone, make_member

FRONT = "/showcase/"
# What public pages may be made from.
TABLES = {"public_publicpage", "public_publicpicture", "public_publicstamp"}


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        yield


def own(zone: Zone, state: str = "draft", **more: Any) -> Story:
    return story_in(zone.branch, zone.actor("huzhuang1"), zone.actor("zone"), state, **more)


def seen(url: str) -> tuple[int, str]:
    answer = Client().get(url)
    return answer.status_code, answer.content.decode(errors="replace")


# --- who may ------------------------------------------------------------------------------------


def test_who_wrote_or_handed_in_does_not_publish(zone: Zone) -> None:
    staff = zone.actor("zone")
    story = stories.create(subject=subject_in(zone.branch, staff), words=words(), by=staff)
    story = stories.hand_in(story=story, by=zone.actor("huzhuang1"))
    with pytest.raises(NotAllowed, match="另一位同志"):
        published(story, staff)
    story = stories.take_back(story=story, by=staff)
    stories.edit(story=story, revision=story.revision, words=words(), by=zone.actor("huzhuang1"))
    story = stories.hand_in(story=fresh(story), by=staff)
    with pytest.raises(NotAllowed, match="另一位同志"):
        published(story, staff)
    assert waiting_to_be_published(staff) == 0
    with pytest.raises(NotAllowed, match="党工委"):
        published(story, zone.actor("dahuangshan"))
    assert not PublicPage.objects.exists()


def test_a_draft_is_shown_to_who_writes_alone(zone: Zone) -> None:
    story = own(zone)
    assert "公开故事待发布" not in zone.client("zone").get("/").content.decode()
    assert zone.client("taoyuan1").get(story.get_absolute_url()).status_code == 404
    assert zone.client("officer").get(story.get_absolute_url()).status_code == 404
    assert "夜班两场会" not in zone.client("taoyuan1").get("/stories/").content.decode()
    assert zone.client("dahuangshan").get(story.get_absolute_url()).status_code == 200


def test_one_story_of_one_thing(zone: Zone) -> None:
    by, subject = zone.actor("huzhuang1"), subject_in(zone.branch, zone.actor("zone"))
    first = stories.create(subject=subject, words=words(), by=by)
    assert stories.create(subject=subject, words=words(), by=by) == first
    with pytest.raises(Conflict, match="已有一篇"):
        stories.create(subject=subject, words=words(title="又一篇"), by=by)


def test_a_site_without_its_plaque_is_not_published(zone: Zone) -> None:
    story = own(zone, "handed_in")
    site_in(zone.branch, zone.actor("zone")).__class__.objects.update(state="removed")
    with pytest.raises(DomainError, match="现在不能公开"):
        published(story, zone.actor("zone"))


def test_the_page_of_a_site_leads_to_its_story(zone: Zone) -> None:
    site = site_in(zone.branch, zone.actor("zone"))

    def link(name: str) -> str:
        text = zone.client(name).get(site.get_absolute_url()).content.decode()
        found = re.search(r'href="(/stories/[^"]*)">(?:写成公开故事|公开故事（)', text)
        return found[1] if found else ""

    assert link("taoyuan1") == ""  # sees the site, and does not write of it
    begun = zone.client("huzhuang1").get(link("huzhuang1"))
    assert begun.status_code == 200
    assert begun.context["subject"] == f"site:{site.uid}"
    story = own(zone)
    assert link("huzhuang1") == story.get_absolute_url()
    site.__class__.objects.update(state="removed")
    assert link("huzhuang1") == story.get_absolute_url()
    Story.objects.all().delete()
    assert link("huzhuang1") == ""  # nothing is told any more


def test_who_publishes_hears_of_a_page_that_is_no_longer_so(zone: Zone) -> None:
    story = own(zone, "published")
    told = "公开页面已不符合"

    def homes() -> list[int]:
        names = ("zone", "huzhuang1", "dahuangshan")
        return [zone.client(one).get("/").content.decode().count(told) for one in names]

    assert homes() == [0, 0, 0]
    site_in(zone.branch, zone.actor("zone")).__class__.objects.update(state="removed")
    assert homes() == [1, 0, 0]
    assert "已经摘牌" in zone.client("zone").get(story.get_absolute_url()).content.decode()
    publishing.take_down(story=fresh(story), reason="示范点已经摘牌", by=zone.actor("zone"))
    assert homes() == [0, 0, 0]


# --- consent --------------------------------------------------------------------------------------


def test_nobody_is_named_who_has_not_agreed(zone: Zone) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    make_member(zone.branch2, "李向阳")
    make_member(zone.branch2, "高峰")
    story = own(zone, copied="李向阳带着大家爬过高峰。")
    story = stories.hand_in(story=story, by=by)
    with pytest.raises(DomainError, match="李向阳，没有登记本人同意"):
        published(story, staff)
    story = stories.take_back(story=story, by=by)
    told = words(copied="李向阳带着大家爬过高峰。", people=[agreed()])
    stories.edit(story=story, revision=story.revision, words=told, by=by)
    story = stories.hand_in(story=fresh(story), by=by)
    with pytest.raises(DomainError, match="“高峰”也是本系统党员的姓名") as refused:
        published(story, staff)
    assert refused.value.field == "not_names"
    page = published(story, staff, not_names=True)
    assert page.names_people
    entry = AuditEntry.objects.filter(verb="public.story.publish").latest("pk")
    assert entry.changes["not_names"] == [None, "高峰"]
    _, text = seen(page.get_absolute_url())
    assert "文中人物均已同意" in text
    assert "同意书" not in text


@pytest.mark.parametrize(
    ("lacking", "why"),
    [
        ("有事打 13987654321。", "手机号码"),
        ("身份证 110101199003074557 登记。", "身份证号码"),
    ],
)
def test_no_numbers_of_people_in_public(zone: Zone, lacking: str, why: str) -> None:
    with pytest.raises(DomainError, match=why):
        published(own(zone, "handed_in", lacking=lacking), zone.actor("zone"))


@pytest.mark.parametrize(
    ("practice", "why"),
    [
        (f"他说：{ASKED}", "原话"),
        ("黄秀兰家的灯换好了。", "诉求人"),
        ("灯换好了，回了电话。", ""),
    ],
)
def test_an_echo_tells_in_own_words(zone: Zone, practice: str, why: str) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    subject = standing("echo", concern_in(zone.branch).uid)
    assert subject is not None
    assert "楼道灯" not in subject.label
    told = words(
        lead="楼道里的灯不亮。",
        practice=practice,
        told_on=dt.date(2026, 7, 3),
        is_solved=False,
        promised_on=dt.date(2026, 8, 1),
    )
    story = stories.create(subject=subject, words=told, by=by)
    assert story.origin == ""  # an echo tells no more than its kind
    story = stories.hand_in(story=story, by=by)
    if why:
        with pytest.raises(DomainError, match=why):
            published(story, staff)
        return
    page = published(story, staff)
    client = zone.client("huzhuang1")
    assert "答应过再回音" not in client.get("/").content.decode()
    with time_machine.travel(NOW + dt.timedelta(days=24)):
        assert "答应过再回音：夜班两场会" in zone.client("huzhuang1").get("/").content.decode()
    _, text = seen("/showcase/echoes/")
    assert "还没有解决，2026年8月1日前再回音" in text
    assert "2026年8月1日前在这里再回音" in seen(page.get_absolute_url())[1]


def test_an_unsolved_echo_promises_a_day(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    subject = standing("echo", concern_in(zone.branch).uid)
    assert subject is not None
    told = words(told_on=dt.date(2026, 7, 3), is_solved=False)
    story = stories.create(subject=subject, words=told, by=by)
    with pytest.raises(DomainError, match="答应再回音的日期"):
        stories.hand_in(story=story, by=by)


# --- days and the cache ---------------------------------------------------------------------------


def test_pages_begin_and_end_with_their_days(zone: Zone) -> None:
    today = NOW.date()
    day = dt.timedelta(days=1)
    page = published(
        own(zone, "handed_in"),
        zone.actor("zone"),
        shown_from=today + day,
        shown_until=today + 2 * day,
    )
    url = page.get_absolute_url()
    for passed, status in ((0, 404), (1, 200), (2, 200), (3, 404)):
        with time_machine.travel(NOW + passed * day, tick=True):
            assert seen(url)[0] == status, passed
            assert ("夜班两场会" in seen(FRONT)[1]) == (status == 200), passed


def test_days_are_changed_at_once(zone: Zone) -> None:
    story = own(zone, "published")
    url = story.page.get_absolute_url()
    assert seen(url)[0] == 200
    yesterday = NOW.date() - dt.timedelta(days=1)
    publishing.schedule(
        story=story,
        revision=story.revision,
        shown_from=yesterday,
        shown_until=yesterday,
        by=zone.actor("zone"),
    )
    assert seen(url)[0] == 404
    with pytest.raises(DomainError, match="结束日期"):
        publishing.schedule(
            story=fresh(story),
            revision=fresh(story).revision,
            shown_from=None,
            shown_until=yesterday,
            by=zone.actor("zone"),
        )


def test_taken_down_is_gone_with_the_next_request(zone: Zone) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    story = own(zone)
    pictured(story, by)
    page = published(stories.hand_in(story=story, by=by), staff)
    picture = page.pictures.get()
    urls = [page.get_absolute_url(), f"/showcase/pictures/{picture.uid}/"]
    kept = Client().get(urls[0])
    assert [seen_status(url) for url in urls] == [200, 200]
    again = Client().get(urls[0], headers={"If-None-Match": kept["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    path = attachments.path_of(picture)
    publishing.take_down(story=fresh(story), reason="有一句写错了", by=staff)
    status, text = seen(urls[0])
    assert status == 410
    assert "夜班" not in text
    assert "夜班" not in seen(FRONT)[1]
    assert seen_status(urls[1]) == 404
    assert Client().get(urls[0], headers={"If-None-Match": kept["ETag"]}).status_code == 410
    assert not PublicPicture.objects.exists()
    assert path.is_file()  # until the transaction commits
    # It comes back under its address, which hangs on walls.
    story = stories.reopen(story=fresh(story), by=by)
    story = stories.hand_in(story=story, by=by)
    assert published(story, staff).get_absolute_url() == urls[0]
    assert seen_status(urls[0]) == 200


def seen_status(url: str) -> int:
    return seen(url)[0]


def test_writing_again_changes_nothing_before_it_is_published(zone: Zone) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    story = own(zone, "published")
    url = story.page.get_absolute_url()
    story = stories.reopen(story=story, by=by)
    stories.edit(story=story, revision=story.revision, words=words(title="一会两开"), by=by)
    Organization.objects.filter(pk=zone.branch.pk).update(short_name="改了名的支部")
    status, text = seen(url)
    assert (status, "夜班两场会" in text, "改了名" in text) == (200, True, False)
    story = stories.hand_in(story=fresh(story), by=by)
    published(story, staff)
    assert "一会两开" in seen(url)[1]
    assert PublicPage.objects.count() == 1


def test_deleted_is_not_there(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    story = own(zone, "published")
    url = story.page.get_absolute_url()
    with pytest.raises(Conflict, match="先由发布人撤下"):
        stories.remove(story=story, by=by)
    publishing.take_down(story=story, reason="不再这样做了", by=zone.actor("zone"))
    stories.remove(story=fresh(story), by=by)
    assert seen(url)[0] == 404
    assert not Story.objects.exists()


# --- what they are made from ----------------------------------------------------------------------


def test_public_pages_read_public_rows_alone(zone: Zone) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    story = own(zone)
    pictured(story, by)
    page = published(stories.hand_in(story=story, by=by), staff)
    urls = [
        FRONT,
        *(f"/showcase/{kind}/" for kind in ("sites", "brands", "projects", "echoes")),
        page.get_absolute_url(),
        f"/showcase/pictures/{page.pictures.get().uid}/",
        "/showcase/sites/99/",
    ]
    for url in urls:
        with CaptureQueriesContext(
            connection,
        ) as cold:
            Client().get(url)
        with CaptureQueriesContext(connection) as warm:
            Client().get(url)
        for query in cold.captured_queries:
            found = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"]))
            assert found <= TABLES, (url, query["sql"])
        assert len(cold) <= 3, url
        assert len(warm) <= (2 if "99" in url else 1), url


@pytest.mark.parametrize("count", [1, 3])
def test_front_and_list_cost_the_same(
    zone: Zone, count: int, django_assert_num_queries: Any
) -> None:
    by, staff = zone.actor("dahuangshan"), zone.actor("zone")
    for place in (zone.branch, zone.branch2, zone.general)[:count]:
        story_in(place, by, staff, "published")
    with django_assert_num_queries(2):
        assert Client().get(FRONT).content.decode().count("夜班两场会") >= count
    with django_assert_num_queries(1):
        Client().get(FRONT)
    client = zone.client("dahuangshan")
    client.get("/stories/")
    with django_assert_num_queries(6):
        client.get("/stories/")
    story = Story.objects.latest("pk")
    with django_assert_num_queries(9):
        client.get(story.get_absolute_url())


def test_a_flood_asks_the_database_nothing(
    zone: Zone, settings: Any, django_assert_num_queries: Any
) -> None:
    own(zone, "published")
    settings.API_RATES = {**settings.API_RATES, "public": "5/h"}
    client = Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(5):
        client.get(FRONT)
    with django_assert_num_queries(0):
        for url in (FRONT, "/showcase/sites/", "/showcase/sites/1/", "/showcase/nothing/x/"):
            answer = client.get(url)
            assert answer.status_code == 429
            assert int(answer["Retry-After"]) > 0
            assert answer["Cache-Control"] == "no-store"
    assert Client(REMOTE_ADDR="198.51.100.8").get(FRONT).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["sites/%00/", "sites/1%27or1/", f"sites/{'9' * 300}/", "sites/-1/", "nobody/1/", "sites/一/"],
)
def test_odd_addresses_are_not_there(db: None, path: str) -> None:
    assert Client().get(FRONT + path).status_code in (400, 404)


def test_who_is_signed_in_reads_the_same(zone: Zone) -> None:
    url = own(zone, "published").page.get_absolute_url()
    answer = zone.client("zone").get(url)
    assert answer.content == Client().get(url).content
    assert "csrf" not in answer.content.decode()
    assert not answer.cookies


def test_sign_in_leads_there_while_there_is_something(zone: Zone) -> None:
    assert FRONT not in Client().get("/login/").content.decode()
    story = own(zone, "published")
    assert f'href="{FRONT}"' in Client().get("/login/").content.decode()
    publishing.take_down(story=story, reason="不再这样做了", by=zone.actor("zone"))
    assert FRONT not in Client().get("/login/").content.decode()


# --- pictures -------------------------------------------------------------------------------------


def test_pictures_are_copies_without_their_names(zone: Zone) -> None:
    by, staff = zone.actor("huzhuang1"), zone.actor("zone")
    story = own(zone)
    client = zone.client("huzhuang1")
    from .act_bodies import picture as photo

    client.post(f"/stories/{story.uid}/pictures/", {"file": photo()})
    (row,) = story.pictures.all()
    with pytest.raises(DomainError, match="图上是什么"):
        stories.hand_in(story=story, by=by)
    pictures.describe(picture=row, alt="一面红墙", caption="", revision=row.revision, by=by)
    page = published(stories.hand_in(story=story, by=by), staff)
    copy = page.pictures.get()
    assert copy.uid != row.uid
    assert (copy.name, copy.uploaded_by) == ("图1.png", None)
    assert attachments.path_of(copy) != attachments.path_of(row)
    answer = Client().get(f"/showcase/pictures/{copy.uid}/")
    assert answer.content == attachments.path_of(row).read_bytes()
    assert answer["Content-Disposition"] == "inline"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Client().get(f"/showcase/pictures/{row.uid}/").status_code == 404
    assert Client().get(f"/stories/pictures/{row.uid}/").status_code == 302
    # What is taken out of the story stays in public until it is published again.
    story = stories.reopen(story=fresh(story), by=by)
    pictures.remove(picture=row, by=by)
    assert Client().get(f"/showcase/pictures/{copy.uid}/").status_code == 200
    published(stories.hand_in(story=fresh(story), by=by), staff)
    assert Client().get(f"/showcase/pictures/{copy.uid}/").status_code == 404


def test_only_pictures_come_in(zone: Zone) -> None:
    file = attachments.Checked("表.pdf", "application/pdf", b"%PDF-1.4 of a test")
    with pytest.raises(DomainError, match="JPG 或 PNG"):
        pictures.add(story=own(zone), file=file, by=zone.actor("huzhuang1"))


# --- what is typed is shown as it was typed -------------------------------------------------------


def test_markup_is_words(zone: Zone) -> None:
    story = own(zone, "handed_in", lead="<script>alert(1)</script>", origin="<b>粗</b>\n\n二段")
    page = published(story, zone.actor("zone"))
    _, text = seen(page.get_absolute_url())
    assert "<script>alert" not in text
    assert "&lt;b&gt;粗&lt;/b&gt;" in text
    assert "<p>二段</p>" in text


def test_how_texts_are_read() -> None:
    assert paragraphs("一\n二\n\n\n三\n \n四") == ["一\n二", "三", "四"]
    assert [(one.head, one.text) for one in headed("定岗：写明\n认岗: 认领")] == [
        ("定岗", "写明"),
        ("认岗", "认领"),
    ]
    assert headed("定岗：写明\n就这样") == []
    assert [(one.head, one.text) for one in figures("64 名党员\n95% 到会率\n31 → 9 件")] == [
        ("64", "名党员"),
        ("95%", "到会率"),
        ("31 → 9", "件"),
    ]
    assert figures("做了很多") == []
    assert quotes(
        "他说 我家楼道灯坏了三个月了一直没有人，对", "我家楼道灯坏了三个月了一直没有人来修"
    )
    assert not quotes("楼道灯坏了", "我家楼道灯坏了三个月了一直没有人来修")
    assert unagreed("李向阳和李向", ["李向", "李向阳", "王"], ["李向阳"]) == ["李向"]
    assert parted("site:nothing") is None
    assert parted("members:1") is None
    assert short("桃园社区第一支部") == "桃园社区"
    assert short("党支部") == "党支部"


def test_plan_has_a_cell_for_each_place() -> None:
    pages = [
        PublicPage(kind=kind, slug=str(n), title=f"故事{n}", place=place, committee=committee)
        for n, (kind, place, committee) in enumerate(
            [
                ("site", "桃园社区党总支", "金山桥街道"),
                ("brand", "桃园社区第一支部", "金山桥街道"),
                ("project", "大黄山街道", ""),
                ("echo", "湖庄村第一支部", "大黄山街道"),
            ]
        )
    ]
    cells = cells_of(pages)
    assert [(one.place, one.number, len(one.pages)) for one in cells] == [
        ("大黄山街道", 0, 1),
        ("桃园社区", 1, 2),
    ]
    svg = drawn(cells)
    assert svg.count("<a ") == 2
    assert "style=" not in svg
    assert drawn([]) == ""


# --- when organisations change --------------------------------------------------------------------


def test_merged_organisations_keep_what_is_read(zone: Zone) -> None:
    story = own(zone, "published")
    url, before = story.page.get_absolute_url(), seen(story.page.get_absolute_url())[1]
    assert any(
        "公开着的页面 1 个" in one for one in organizations.objections_to_abolishing(zone.branch)
    )
    assert any("1 篇公开故事" in one for one in organizations.foreseen(zone.branch, zone.branch2))
    assert succession.follow(source=zone.branch, target=zone.branch2, by=zone.actor("zone")) == 1
    assert fresh(story).organization == zone.branch2
    assert seen(url)[1] == before


def test_accounts_that_go_leave_the_story(zone: Zone) -> None:
    story = own(zone, "published")
    assert story.written_by == zone.users["huzhuang1"]
    Story.objects.update(written_by=None, handed_in_by=None)
    assert zone.client("zone").get(story.get_absolute_url()).status_code == 200


# --- at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_publish_at_once_and_make_one_page() -> None:
    zone = build_zone()
    staff, by = zone.actor("zone"), zone.actor("dahuangshan")
    story = own(zone, "handed_in")
    other = story_in(zone.branch2, by, staff, "handed_in")
    found = run_together(
        [lambda row=row: published(row, staff) for row in (story, story, other)]  # type: ignore[misc]
    )
    assert sum(one.error is None for one in found) == 2
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    assert sorted(PublicPage.objects.values_list("slug", flat=True)) == ["1", "2"]
    assert AuditEntry.objects.filter(verb="public.story.publish").count() == 2
