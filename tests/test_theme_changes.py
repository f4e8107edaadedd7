"""The pages on which themes are written: what is wrong is said where it was typed, and nothing is lost."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from schedules.dispatch.models import DispatchMeeting
from schedules.themes.enums import DateKind
from schedules.themes.models import Theme
from tests.access_objects import zone_series
from tests.theme_world import JULY_2, QUARTER, SHANGHAI, drafted, fresh, published
from tests.world import Zone

pytestmark = pytest.mark.django_db
TYPED = {
    "quarter": QUARTER,
    "title": "到会率再高一点",
    "basis": "考核细则第 4 条",
    "aim_0": "life_present",
    "goal_0": "92.5",
    "due_0": "2026-09-20",
}


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(JULY_2):
        yield


def create(zone: Zone, **changes: Any) -> Any:
    return zone.client("zone").post(reverse("themes:theme-create"), {**TYPED, **changes})


def test_what_was_typed_is_the_draft(zone: Zone) -> None:
    answer = create(
        zone,
        aim_3="items_overdue",
        committees=[str(zone.street.pk)],
        classes=["village", "community"],
        on_launch="2026-07-10",
        note_launch="启动会",
    )
    theme = Theme.objects.get()
    assert answer.headers["Location"] == theme.get_absolute_url()
    rows = [(one.position, one.key, str(one.goal), one.due_on) for one in theme.figures.all()]
    # Of the fourth row neither goal nor day was typed: the usual goal, the quarter's last day.
    assert rows == [
        (1, "life_present", "92.50", dt.date(2026, 9, 20)),
        (2, "items_overdue", "0.00", dt.date(2026, 9, 30)),
    ]
    assert theme.classes == ["community", "village"]
    assert [one.organization for one in theme.limits.all()] == [zone.street]
    said = zone.client("zone").get(theme.get_absolute_url()).content.decode()
    for word in ("92.5% 以上", "启动 启动会", "7月10日", "大黄山街道"):
        assert word in said, word


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "补"}, "title"),
        ({"title": "长" * 31}, "title"),
        ({"title": "\x00\x00"}, "title"),
        ({"basis": ""}, "basis"),
        ({"quarter": "2026-Q2"}, "quarter"),
        ({"quarter": "9" * 400}, "quarter"),
        ({"aim_0": ""}, "aim_0"),
        ({"aim_0": "members_on_roll"}, "aim_0"),
        ({"aim_1": "life_present"}, "aim_1"),
        ({"aim_2": "", "goal_2": "80"}, "aim_2"),
        ({"goal_0": "101"}, "goal_0"),
        ({"goal_0": "0"}, "goal_0"),
        ({"goal_0": "-1"}, "goal_0"),
        ({"goal_0": "1e400"}, "goal_0"),
        ({"goal_0": "NaN"}, "goal_0"),
        ({"goal_0": "Infinity"}, "goal_0"),
        ({"goal_0": "9" * 5000}, "goal_0"),
        ({"goal_0": "1.234"}, "goal_0"),
        ({"aim_0": "items_overdue", "goal_0": "100000.01"}, "goal_0"),
        ({"due_0": "2026-10-01"}, "due_0"),
        ({"due_0": "9999-12-31"}, "due_0"),
        ({"due_0": "0001-01-01"}, "due_0"),
        ({"due_0": "2026-02-30"}, "due_0"),
        ({"on_tour": "9999-12-31"}, "on_tour"),
        ({"on_tour": "0001-01-01"}, "on_tour"),
        ({"note_tour": "长" * 41}, "note_tour"),
        ({"meeting_tour": "987654321"}, "meeting_tour"),
        ({"meeting_tour": "9" * 400}, "meeting_tour"),
        ({"committees": ["987654321"]}, "committees"),
        ({"committees": ["x"]}, "committees"),
        ({"classes": ["nothing"]}, "classes"),
        ({"step_kind": "monthly_report"}, "step_kind"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(
    zone: Zone, changes: dict[str, Any], field: str
) -> None:
    answer = create(zone, **changes)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert not Theme.objects.exists()
    kept = "basis" if field == "title" else "title"
    assert TYPED[kept] in answer.content.decode()


@pytest.mark.parametrize(
    "odd", ["a\x00b缺课", "缺课\ud800补上", "缺课\u202e补上", "缺课\r\n补上", "💮" * 30]
)
def test_odd_letters_are_no_error_of_ours(zone: Zone, odd: str) -> None:
    typed = odd.encode("utf-8", "surrogatepass")
    data = b"&".join(
        name.encode() + b"=" + b"".join(b"%%%02X" % one for one in value)
        for name, value in {
            **{key: text.encode() for key, text in TYPED.items()},
            **dict.fromkeys(("title", "basis", "origin", "note_launch"), typed),
        }.items()
    )
    answer = zone.client("zone").post(
        reverse("themes:theme-create"), data, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (302, 400, 422)
    for theme in Theme.objects.all():
        assert "\x00" not in theme.title + theme.basis
        assert zone.client("zone").get(theme.get_absolute_url()).status_code == 200


def test_an_address_begins_a_draft_with_figures(zone: Zone) -> None:
    url = reverse("themes:theme-create")
    asked = [("figure", "life_present"), ("figure", "nothing"), ("figure", "items_overdue")]
    query = "&".join(f"{key}={value}" for key, value in asked)
    form = zone.client("zone").get(f"{url}?{query}&origin=上半年失分").context["form"]
    begun = {name: form[name].value() for name in ("aim_0", "goal_0", "aim_1", "aim_2", "origin")}
    assert begun == {
        "aim_0": "life_present",
        "goal_0": 90,
        "aim_1": "items_overdue",
        "aim_2": None,
        "origin": "上半年失分",
    }
    many = "&".join(["figure=life_present"] * 3000) + "&origin=" + "长" * 900 + "%00%ED%A0%80"
    assert zone.client("zone").get(f"{url}?{many}").status_code in (200, 400)


@pytest.mark.parametrize(
    "query",
    ["?open=x", "?open=" + "9" * 400, "?figure=-1", "?figure=%00", "?figure=5", "?page=1e400"],
)
def test_an_odd_address_is_no_error_of_ours(zone: Zone, query: str) -> None:
    theme = published(zone.root, zone.actor("zone"))
    for name in ("zone", "dahuangshan", "huzhuang1"):
        client = zone.client(name)
        for url in (theme.get_absolute_url(), reverse("themes:theme-list")):
            assert client.get(url + query).status_code in (200, 400), (name, url)
        short = reverse("themes:theme-short", args=[theme.uid, zone.street.pk])
        assert client.get(short + query).status_code in (200, 400, 404)


def test_a_meeting_brings_its_own_day(zone: Zone) -> None:
    from schedules.dispatch.actions import meetings

    series = zone_series()
    meeting = meetings.draft(
        series=series,
        period="2026-08",
        starts_at=dt.datetime(2026, 8, 20, 0, 30, tzinfo=SHANGHAI),  # still the 19th in UTC
        by=zone.actor("zone"),
    )
    create(zone, meeting_summary=str(meeting.pk), on_summary="2026-09-01")
    (row,) = Theme.objects.get().dates.all()
    assert (row.kind, row.on, row.meeting_id) == (
        DateKind.SUMMARY,
        dt.date(2026, 8, 20),
        meeting.pk,
    )
    # It follows the meeting, also where that is moved or called off.
    theme = Theme.objects.get()
    moved = dt.datetime(2026, 8, 27, 14, tzinfo=SHANGHAI)
    DispatchMeeting.objects.filter(pk=meeting.pk).update(starts_at=moved)
    client = zone.client("zone")
    said = client.get(theme.get_absolute_url()).content.decode()
    assert "8月27日" in said
    assert "8月20日" not in said
    told = client.get(reverse("api:theme-detail", args=[theme.uid])).json()
    assert told["dates"] == [{"kind": "summary", "on": "2026-08-27", "note": ""}]
    DispatchMeeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert "已取消" in client.get(theme.get_absolute_url()).content.decode()
    form = client.get(reverse("themes:theme-dates", args=[theme.uid])).context["form"]
    assert str(meeting.pk) not in dict(form.fields["meeting_tour"].choices)


def post(zone: Zone, name: str, theme: Theme, user: str = "zone", **typed: Any) -> Any:
    url = reverse(f"themes:theme-{name}", args=[theme.uid])
    return zone.client(user).post(url, typed)


def test_publishing_what_the_quarter_has_already_says_so_on_the_page(zone: Zone) -> None:
    published(zone.root, zone.actor("zone"))
    second = drafted(zone.root, zone.actor("zone"), title="第二个")
    answer = post(zone, "publish", second, seen="on", revision="1")
    assert answer.status_code == 409
    assert "2026年第三季度已有一个主题" in answer.content.decode()
    assert fresh(second).is_draft
    assert post(zone, "publish", second, revision="1").status_code == 422  # not looked at
    late = dt.datetime(2026, 10, 9, 9, tzinfo=SHANGHAI)
    with clock.at(late):
        answer = post(zone, "publish", second, seen="on", revision="1")
    assert answer.status_code == 422
    assert "请选择本季度或以后的季度" in answer.content.decode()


def test_the_scope_from_an_older_page_is_not_taken(zone: Zone) -> None:
    theme = published(zone.root, zone.actor("zone"))
    older = str(theme.revision)
    first = post(zone, "scope", theme, committees=[str(zone.street.pk)], revision=older)
    assert first.status_code == 302
    answer = post(zone, "scope", theme, committees=[str(zone.neighbour_street.pk)], revision=older)
    assert answer.status_code == 409
    assert answer.context["form"]["committees"].value() == [str(zone.neighbour_street.pk)]
    said = answer.content.decode()
    assert "另一人刚刚改过这个主题" in said
    assert "不同之处" in said
    assert [one.organization for one in fresh(theme).limits.all()] == [zone.street]


def test_a_sentence_too_long_stays_and_an_empty_one_takes_it_back(zone: Zone) -> None:
    theme = published(zone.root, zone.actor("zone"))
    answer = post(zone, "remark", theme, "dahuangshan", text="字" * 61)
    assert answer.status_code == 422
    assert "字" * 61 in answer.content.decode()
    assert post(zone, "remark", theme, "dahuangshan", text="夜班多").status_code == 302
    page = zone.client("zone").get(theme.get_absolute_url()).content.decode()
    assert "夜班多" in page
    assert post(zone, "remark", theme, "dahuangshan", text=" 　").status_code == 302
    page = zone.client("zone").get(theme.get_absolute_url()).content.decode()
    assert "夜班多" not in page


def test_the_conclusion_is_refused_before_its_day_and_kept_on_the_page(zone: Zone) -> None:
    theme = published(zone.root, zone.actor("zone"))
    typed = {"conclusion": "standing", "reason": "照数看已达到", "revision": str(theme.revision)}
    answer = post(zone, "conclude", theme, **typed)
    assert answer.status_code == 422
    assert "9月30日以后才能作结论" in answer.content.decode()
    assert "照数看已达到" in answer.content.decode()
    with clock.at(dt.datetime(2026, 10, 1, 0, 10, tzinfo=SHANGHAI)):
        assert post(zone, "conclude", theme, **typed).status_code == 302
        page = zone.client("huzhuang1").get(theme.get_absolute_url()).content.decode()
    assert "达到，定为常规做法" in page


def test_a_figure_that_is_known_no_more_does_not_break_its_pages(zone: Zone) -> None:
    theme = published(zone.root, zone.actor("zone"), "life_present", "items_overdue")
    theme.figures.filter(position=1).update(key="gone")
    for name in ("zone", "dahuangshan", "huzhuang1"):
        for url in (
            theme.get_absolute_url(),
            reverse("themes:theme-list"),
            reverse("themes:theme-paper", args=[theme.uid, "xlsx"]),
            reverse("themes:theme-paper", args=[theme.uid, "docx"]),
            reverse("api:theme-detail", args=[theme.uid]),
        ):
            assert zone.client(name).get(url).status_code == 200, (name, url)
    theme.figures.filter(position=2).update(key="gone too")
    assert "没有可以算的指标" in zone.client("zone").get(theme.get_absolute_url()).content.decode()
