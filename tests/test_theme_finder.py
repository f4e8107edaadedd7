"""Where a theme is wanted most: what the finder reads, how it orders, to whom it tells it, and the draft."""

import datetime as dt
import io
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.boards import words as board_words
from assessments.boards.queries.boards import stored_of
from assessments.boards.queries.losses import losses_of
from assessments.boards.registrations import _weak_mark, _weak_points
from assessments.cycles.models import Cycle
from core import clock, effects, figures, periods
from core.actor import system
from core.errors import NotAllowed
from core.figures import Gauge, gauged
from core.models import Effect
from schedules.themes import jobs, weaknesses, words
from schedules.themes.actions import finder as finders
from schedules.themes.models import Finder, FinderFigure, FinderMonth, Theme
from schedules.themes.queries.finder import Found, Gauged, found_in, quarter_for, read_ahead
from schedules.themes.rules import BETTER, CALM, WORSE, missing_of, order_of, weight_of
from schedules.themes.weaknesses import Source, Weakness
from tests.parallel import run_together
from tests.scheme_world import sealed
from tests.test_cycle_pages import NOW as JULY_20
from tests.test_cycle_pages import begun, frozen, marked
from tests.theme_world import SAMPLES, Told
from tests.world import Zone, build_zone, make_organizations

pytestmark = pytest.mark.django_db
F = Fraction
JULY_8 = dt.datetime(2026, 7, 8, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FINDER = reverse("themes:finder")
HISTORY = periods.ending("2026-06", 24)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """The sample figures are all that there are."""
    return alone(monkeypatch)


def alone(monkeypatch: pytest.MonkeyPatch, *keys: str) -> Told:
    found = Told()
    some = [one for one in SAMPLES if not keys or one.key in keys]
    monkeypatch.setattr(figures, "_figures", {one.key: one for one in some})
    monkeypatch.setattr(figures, "_providers", {one.key: found.compute for one in some})
    return found


@pytest.fixture
def no_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weaknesses, "_sources", {})


def telling(
    monkeypatch: pytest.MonkeyPatch, *rows: Weakness, mark: str = "1", seen: bool = True
) -> None:
    """A source that tells the rows, to who may see them."""
    source = Source("test", lambda actor, holder: mark if seen else "", lambda holder: (mark, rows))
    monkeypatch.setattr(weaknesses, "_sources", {"test": source})


def weakness(key: str = "w1", **more: Any) -> Weakness:
    usual: dict[str, Any] = {
        "name": "党员教育", "seen_in": "2026年上半年考核", "lost": F(114, 1000), "said": "11.4%",
        "short": 1, "of": 2, "url": "/assessment-boards/", "figures": ("sample_late",),
    }  # fmt: skip
    return Weakness(key, **(usual | more))


def read(zone: Zone, at: dt.datetime = JULY_8) -> dict[str, Found]:
    """The day's reading to its end; what was found, by key."""
    with time_machine.travel(at, tick=True):
        finders.begin(organization=zone.root, by=system())
        finder = Finder.objects.get(organization=zone.root)
        while finders.step(finder=finder, by=system()):
            pass
        finder.refresh_from_db()
        return {one.key: one for one in found_in(finder)}


def spring(zone: Zone, told: Told) -> None:
    """A second quarter in which something is missing everywhere."""
    one, two, three = zone.branch, zone.branch2, zone.neighbour_branch
    told.share("2026-Q2", rows={one: (9, 10), two: (5, 10), three: (0, 0)})
    told.say("sample_bad", "2026-Q2", {one: 0, two: 1})
    told.say("sample_items", "2026-Q2", {one: 4, three: 2})
    told.say("sample_count", "2026-Q2", {one: 1, two: 1, three: 1})
    told.say("sample_year", "2026-Q2", {one: 4, two: 4})
    told.say("sample_whole", "2025-Q2", {one: 10, two: 10})
    told.say("sample_year", "2025-Q2", {one: 5, two: 5})
    told.say("sample_whole", "2026-Q1", {one: 4})
    told.say("sample_late", "2026-Q1", {one: 4})


def page(zone: Zone, address: str = FINDER, who: str = "zone", status: int = 200) -> str:
    with time_machine.travel(JULY_8 + DAY, tick=True):
        answer = zone.client(who).get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


# --- the arithmetic ------------------------------------------------------------------------------


def test_what_is_missing_is_a_share_of_the_way() -> None:
    share, fewer = Gauge("率", 90, of="w"), Gauge("缺率", 2, of="w", fewer=True)
    items, count = Gauge("件", 1, fewer=True, unit="项"), Gauge("次", 3, unit="次")
    assert missing_of(share, F(90), F(782, 10)) == F(118, 900)
    assert missing_of(share, F(90), F(90)) == 0
    assert missing_of(share, F(90), F(0)) == 1
    assert missing_of(fewer, F(2), F(100)) == 1
    assert missing_of(fewer, F(2), F(51)) == F(1, 2)
    assert missing_of(items, F(1), F(3, 2)) == F(1, 2)
    assert missing_of(items, F(1), F(9)) == 1  # all of it, never more
    assert missing_of(count, F(3), F(1)) == F(2, 3)


def test_a_signal_for_the_worse_counts_more_and_for_the_better_less() -> None:
    more, fewer = Gauge("率", 90, of="w"), Gauge("缺率", 2, of="w", fewer=True)
    assert [weight_of(more, side) for side in (None, True, False)] == [CALM, BETTER, WORSE]
    assert [weight_of(fewer, side) for side in (None, True, False)] == [CALM, WORSE, BETTER]
    assert order_of(F(1, 4), 1, 3, WORSE) == F(1, 6)
    assert order_of(F(1, 4), 0, 0) == 0  # nobody has anything to measure


def test_the_quarter_is_over_and_nothing_in_it_can_still_turn() -> None:
    plain, late = Gauge("率", 90, of="w"), Gauge("补", 90, of="w", lag=30)
    assert quarter_for(plain, dt.date(2026, 6, 30)) == "2026-Q1"
    assert quarter_for(plain, dt.date(2026, 7, 1)) == "2026-Q2"
    assert quarter_for(late, dt.date(2026, 7, 30)) == "2026-Q1"
    assert quarter_for(late, dt.date(2026, 7, 31)) == "2026-Q2"


def test_what_is_read_is_what_one_reckons_by_hand(zone: Zone, told: Told) -> None:
    spring(zone, told)
    found = read(zone)
    assert {
        key: (one.value, one.row.short, one.row.measured, one.row.none, one.missing, one.order)
        for key, one in found.items()
    } == {
        # 14 of 20; who has nothing to do is in neither number
        "sample_part": (F(70), 1, 2, 1, F(20, 90), F(20, 90) / 2),
        "sample_bad": (F(5), 1, 2, 1, F(3, 98), F(3, 196)),
        # 6 of 3 branches are 2 each, one too many: all of it; two of three are short
        "sample_items": (F(2), 2, 3, 0, F(1), F(2, 3)),
        "sample_count": (F(1), 3, 3, 0, F(2, 3), F(2, 3)),
        "sample_year": (F(40), 2, 2, 1, F(55, 95), F(55, 95)),
        "sample_late": (F(100), 0, 1, 2, F(0), F(0)),
    }
    assert [*found][:3] == ["sample_items", "sample_count", "sample_year"]
    assert found["sample_late"].row.period == "2026-Q1"
    assert (found["sample_year"].season, found["sample_year"].trend) == (F(50), None)
    assert found["sample_part"].season is None


@pytest.mark.parametrize(("last", "weight"), [(10, WORSE), (90, BETTER), (50, CALM)])
def test_line_tells_only_a_signal_and_weighs_it(
    zone: Zone, told: Told, last: int, weight: Fraction
) -> None:
    spring(zone, told)
    for at, month in enumerate(HISTORY[:-1]):
        told.share(month, rows={zone.branch: (49 + at % 3, 100)})
    told.share(HISTORY[-1], rows={zone.branch: (last, 100)})
    one = read(zone)["sample_part"]
    assert one.trend is not None
    assert one.trend.span == tuple(HISTORY)
    assert one.weight == weight
    assert one.order == F(1, 9) * weight
    # What can still turn for the better has no value in the line.
    late = found_in(Finder.objects.get())
    with clock.at(JULY_8):
        late = found_in(Finder.objects.get())
    trend = next(found.trend for found in late if found.key == "sample_late")
    assert trend is None or not trend.span or trend.span[-1] <= "2026-05"


def test_unknown_past_is_no_number(zone: Zone, told: Told) -> None:
    for key in ("sample_part", "sample_whole"):
        told.say(key, "2026-Q2", None)
    one = read(zone)["sample_part"]
    assert (one.value, one.missing, one.order, one.row.unknown) == (None, 0, 0, 3)
    assert "没有可以算的" in page(zone)


# --- reading it ----------------------------------------------------------------------------------


def test_day_reads_once_and_the_next_reads_only_what_can_change(zone: Zone, told: Told) -> None:
    spring(zone, told)
    with time_machine.travel(JULY_8, tick=True):
        for _ in range(2):
            jobs.find(clock.now())
        assert Finder.objects.count() == 1
        for _ in range(2):
            done()
        windows = [one.period for one in told.asked]
        # Two quarters (what can be made up for is of the one before), last year's season, 24 months.
        assert sorted(windows) == sorted(["2026-Q2", "2026-Q1", "2025-Q2", *HISTORY])
        finder = Finder.objects.get()
        assert (finder.done, finder.steps, finder.is_reading) == (26, 26, False)
        jobs.find(clock.now())
        assert not Effect.objects.filter(kind=finders.FIND, state="pending").exists()
    told.asked.clear()
    with time_machine.travel(JULY_8 + DAY, tick=True):
        jobs.find(clock.now())
        done()
    months = [one.period for one in told.asked if "Q" not in one.period]
    assert months == ["2026-06", "2026-05"]  # over for more than 45 days is settled
    rows = FinderMonth.objects.filter(figure__key="sample_part")
    assert rows.count() == len(HISTORY)
    assert not rows.get(period="2026-06").is_settled


def done() -> None:
    """Does what was put down to be done."""
    for effect in list(Effect.objects.filter(kind=finders.FIND, state="pending")):
        effects.handlers()[effect.kind].function(effect)
        Effect.objects.filter(pk=effect.pk).update(state="done")


def test_long_reading_goes_on_in_a_task_of_its_own(
    zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SECONDS", -1.0)
    with time_machine.travel(JULY_8, tick=True):
        jobs.find(clock.now())
        for number in range(1, 4):
            done()
            assert Finder.objects.get().done == number
        assert Effect.objects.filter(kind=finders.FIND, state="pending").count() == 1


def test_button_reads_anew_once_and_tells_how_far_it_is(zone: Zone, told: Told) -> None:
    spring(zone, told)
    client = zone.client("zone")
    with time_machine.travel(JULY_8, tick=True):
        assert "还没有读过" in client.get(FINDER).content.decode()
        for _ in range(2):
            answer = client.post(reverse("themes:finder-read"), follow=True)
            assert "正在重算" in answer.content.decode()
        assert Effect.objects.filter(kind=finders.FIND).count() == 1
        finder = Finder.objects.get()
        finders.step(finder=finder, by=system())
        bar = client.get(FINDER, headers={"HX-Request": "true"})
        assert "已读 1 / 26" in bar.content.decode()
        done()
        bar = client.get(FINDER, headers={"HX-Request": "true"})
        assert (bar.status_code, bar.headers["HX-Refresh"]) == (204, "true")
        assert "样例率" in client.get(FINDER).content.decode()


def test_reading_whose_worker_died_can_be_asked_for_again(zone: Zone, told: Told) -> None:
    by = zone.actor("zone")
    with time_machine.travel(JULY_8, tick=True):
        first = finders.ask(organization=zone.root, by=by).begun_at
        assert finders.ask(organization=zone.root, by=by).begun_at == first
    with time_machine.travel(JULY_8 + dt.timedelta(minutes=16), tick=True):
        assert finders.ask(organization=zone.root, by=by).begun_at > first


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_readings_at_the_same_moment_keep_each_step_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(JULY_8, tick=True):
        zone = build_zone()
        told = alone(monkeypatch)
        spring(zone, told)
        outcomes = run_together(
            [
                lambda: finders.begin(organization=zone.root, by=system()),
                lambda: finders.ask(organization=zone.root, by=zone.actor("zone")),
                lambda: jobs.find(clock.now()),
            ]
        )
        assert [one.error for one in outcomes] == [None] * 3
        assert Effect.objects.filter(kind=finders.FIND).count() == 1
        effect = Effect.objects.get(kind=finders.FIND)
        outcomes = run_together([lambda: jobs.find_now(effect)] * 3)
        assert [one.error for one in outcomes] == [None] * 3
        assert {one.period for one in told.asked} == {"2026-Q2", "2026-Q1", "2025-Q2", *HISTORY}
        assert Finder.objects.get().done == 26
        assert FinderMonth.objects.filter(figure__key="sample_part").count() == len(HISTORY)
        # On SQLite nobody else could write as long as a step is measured under a lock.
        assert told.held == []


def test_step_measured_before_it_was_begun_anew_is_not_kept(zone: Zone, told: Told) -> None:
    with time_machine.travel(JULY_8, tick=True):
        finders.begin(organization=zone.root, by=system())
        finder = Finder.objects.get()
        ahead = read_ahead(finder)
        assert finders.step(finder=finder, by=system(), ahead=ahead)
        assert Finder.objects.get().done == 1
        assert finders.step(finder=finder, by=system(), ahead=ahead), "there is more to do"
        assert Finder.objects.get().done == 1, "once"
        Finder.objects.update(begun_at=clock.now() + DAY, done=0)
        assert finders.step(finder=finder, by=system(), ahead=read_ahead(finder))
        assert Finder.objects.get().done == 0


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_sources")
def test_page_orders_says_how_and_folds_what_is_good(zone: Zone, told: Told) -> None:
    spring(zone, told)
    read(zone)
    text = page(zone)
    # Where two are alike, that of which more is missing.
    places = [
        text.index(f"> {label}<")
        for label in ("样例逾期", "样例次数", "样例学时率", "样例率", "样例缺率")
    ]
    assert places[0] < places[2] < places[3] < places[4]
    assert "66.67" in text
    assert "11.11" in text
    assert "差 20 个百分点" in text
    assert "多 1 项" in text
    assert "1 / 2" in text
    assert "年内累计，不画界限；去年同季 50.0%" in text
    assert "到了目标的 1 项" in text
    assert 'value="sample_late"' not in text
    assert words.HOW in text
    assert "主题发现" in page(zone, reverse("themes:theme-list"))
    assert "主题发现" in page(zone, reverse("themes:theme-create"))


def test_weak_points_stand_among_them_without_code(
    zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    spring(zone, told)
    by_hand = weakness("w/2 特", name="特色做法", figures=(), said="25.0%", lost=F(1, 4))
    telling(monkeypatch, weakness(short=2), by_hand)
    read(zone)
    text = page(zone)
    # 11.4 of a hundred at all two of them, before 22.2 at one of two.
    assert text.index("党员教育") < text.index("样例率") < text.index("样例缺率")
    assert "失分 11.4%" in text
    assert "用 样例补课率" in text
    assert "没有可以直接用的指标" in text
    assert 'value="test:w1"' in text
    assert 'value="test:w/2' not in text
    # A new indicator, stored by the next reading, and at once where it is of another account.
    telling(monkeypatch, weakness("new", name="全新的一项"), mark="2")
    text = page(zone)
    assert "全新的一项" in text
    assert "党员教育" not in text
    # Who may not see the assessment reads nothing of it, stored or not.
    telling(monkeypatch, weakness(), mark="1", seen=False)
    assert "党员教育" not in page(zone)


def drafted(zone: Zone, *rows: str, status: int = 302) -> Any:
    with time_machine.travel(JULY_8 + DAY, tick=True):
        answer = zone.client("zone").get(FINDER, {"draft": "1", "row": rows})
    assert answer.status_code == status, answer.status_code
    return answer


def test_chosen_rows_draft_the_theme_with_their_numbers(
    zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    spring(zone, told)
    telling(monkeypatch, weakness())
    read(zone)
    address = urlsplit(drafted(zone, "sample_part", "test:w1", "nonsense").url)
    asked = parse_qs(address.query)
    assert address.path == reverse("themes:theme-create")
    assert asked["figure"] == ["sample_part", "sample_late"]
    assert asked["origin"] == [
        "2026年第二季度样例率 70.0%，比通常的目标 90% 差 20 个百分点，2 个支部中 1 个没有达到；"
        "2026年上半年考核“党员教育”失分 11.4%。"
    ]
    form = page(zone, f"{address.path}?{address.query}")
    assert "比通常的目标 90% 差 20 个百分点" in form
    assert form.count(" selected>样例") == 2
    assert not Theme.objects.exists()  # nothing is done before it is saved


def test_none_and_too_many_are_refused_and_the_ticks_stay(
    zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    spring(zone, told)
    wide = weakness(figures=("sample_late", "sample_part"))
    telling(monkeypatch, wide, weakness("hand", figures=()))
    read(zone)
    assert "还没有选" in drafted(zone, status=422).content.decode()
    assert "还没有选" in drafted(zone, "nonsense", status=422).content.decode()
    assert "没有可以直接用的指标" in drafted(zone, "test:hand", status=422).content.decode()
    five = ["sample_bad", "sample_items", "sample_count", "sample_year"]
    text = drafted(zone, *five, "test:w1", status=422).content.decode()
    assert "最多 5 个指标，选出来的有 6 个" in text
    assert text.count(" checked>") == 5
    # The same figure by two rows counts once.
    drafted(zone, *five[:3], "sample_part", "test:w1")


def test_origin_is_never_cut_in_its_middle() -> None:
    some = [(f"{at}" + "长" * 120, f"{at}短") for at in range(5)]
    said = words.origin(some)
    assert said == f"{some[0][0]}；{some[1][0]}；2短；3短；4短。"
    assert len(words.origin([("长" * 200, "中" * 150)] * 5)) <= words.ORIGIN
    assert words.origin([]) == ""


def test_row_opens_committees_and_branches_worst_first(zone: Zone, told: Told) -> None:
    spring(zone, told)
    told.say("sample_items", "2026-Q2", {zone.branch: 4, zone.branch2: 6, zone.neighbour_branch: 2})
    address = reverse("themes:finder-figure", args=["sample_items"])
    text = page(zone, address)  # also before anything was read: it is read now
    assert "3 个支部没有达到" in text
    assert text.index(zone.street.short_name) < text.index(zone.neighbour_street.short_name)
    assert zone.branch.short_name not in text
    text = page(zone, f"{address}?open={zone.street.pk}")
    assert text.index(zone.branch2.short_name) < text.index(zone.branch.short_name)
    assert "多 5 项" in text
    assert zone.neighbour_branch.short_name not in text
    for key in ("life_present", "sample_whole", "工", "nothing"):
        page(zone, reverse("themes:finder-figure", args=[key]), status=404)
    for opened in ("x", "9" * 30, str(zone.root.pk)):
        page(zone, f"{address}?open={opened}")


def test_sheet_has_what_is_seen(zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(zone, told)
    telling(monkeypatch, weakness())
    read(zone)
    with time_machine.travel(JULY_8 + DAY, tick=True):
        answer = zone.client("zone").get(reverse("themes:finder-sheet"))
        content = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    said = {row[1]: row for row in rows if row[1]}
    assert said["样例率"][:8] == (
        11.11, "样例率", "2026年第二季度", "70.0%", "90% 以上", "差 20 个百分点", 1, 2,
    )  # fmt: skip
    assert said["党员教育"][5:8] == ("失分 11.4%", 1, 2)
    telling(monkeypatch, weakness(), seen=False)
    with time_machine.travel(JULY_8 + DAY, tick=True):
        answer = zone.client("zone").get(reverse("themes:finder-sheet"))
        content = b"".join(answer.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert "党员教育" not in {row[1] for row in rows}


# --- to whom -------------------------------------------------------------------------------------


def test_only_who_keeps_themes_reads_it_and_each_only_his_own(zone: Zone, told: Told) -> None:
    spring(zone, told)
    read(zone)
    addresses = [FINDER, reverse("themes:finder-sheet")]
    addresses.append(reverse("themes:finder-figure", args=["sample_part"]))
    for who in ("committee", "dahuangshan", "huzhuang1", "officer", "sysadmin"):
        client = zone.client(who)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code in (403, 404), (who, address)
            assert "样例率" not in answer.content.decode()
        assert client.post(reverse("themes:finder-read")).status_code in (403, 404)
        if who != "sysadmin":
            with pytest.raises(NotAllowed):
                finders.ask(organization=zone.root, by=zone.actor(who))
    # What was read for another holder is not on the page.
    mine = Finder.objects.get()
    Finder.objects.create(
        organization=zone.street, begun_at=JULY_8, touched_at=JULY_8, read_at=JULY_8
    ).figures.create(
        key="sample_part", period="2026-Q2", part=1, whole=777, known=1, short=77, read_at=JULY_8
    )
    text = page(zone)
    assert "/ 2<" in text
    assert "77" not in text.split("样例率", 1)[1][:400]
    assert mine.figures.count() == len(SAMPLES) - 1


def test_number_is_that_of_the_board_and_goes_with_the_right_to_it(zone: Zone) -> None:
    with time_machine.travel(JULY_20, tick=True):
        cycle = frozen(marked(begun(zone), zone, "18", "7.31"), zone)
        by = zone.actor("zone")
        assert _weak_mark(by, zone.root) == ""  # not decided on yet
        assert _weak_points(zone.root) == ("", ())
        sealed(cycle, by=by, decider=zone.actor("committee"))
        cycle = Cycle.objects.select_related("run").get(pk=cycle.pk)
        mark, rows = _weak_points(zone.root)
        assert mark
        assert mark == _weak_mark(by, zone.root)
        columns = {one.key: one for one in losses_of(stored_of(cycle)).columns if one.share > 0}
        assert {one.key for one in rows} == set(columns)
        for one in rows:
            column = columns[one.key]
            assert (one.lost, one.short, one.of) == (column.share, column.count, column.of)
            assert one.said == board_words.percent(column.share)
        board = zone.client("zone").get(reverse("boards:board", args=[cycle.uid])).content.decode()
        assert rows[0].said in board
        assert zone.client("zone").get(rows[0].url).status_code == 200
        for who in ("dahuangshan", "huzhuang1", "officer"):
            assert _weak_mark(zone.actor(who), zone.root) == "", who
        # Stored, it is the same again.
        kept = weaknesses.stored(zone.root)
        assert weaknesses.seen_by(by, zone.root, kept) == [("assessments", one) for one in rows]
        assert weaknesses.seen_by(zone.actor("dahuangshan"), zone.root, kept) == []
        text = zone.client("zone").get(FINDER).content.decode()
        assert f"失分 {rows[0].said}" in text


# --- what it costs -------------------------------------------------------------------------------


def cost(zone: Zone, address: str = FINDER) -> int:
    with time_machine.travel(JULY_8 + DAY, tick=True):
        client = zone.client("zone")
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
    return len(queries)


def test_page_costs_the_same_with_one_figure_and_three_and_ten_times_the_branches(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling(monkeypatch, weakness())
    figure = reverse("themes:finder-figure", args=["sample_items"])
    told = alone(monkeypatch, "sample_items")
    spring(zone, told)
    read(zone)
    one, opened, sheet = cost(zone), cost(zone, figure), cost(zone, reverse("themes:finder-sheet"))
    assert page(zone).count('name="row"') == 1
    told = alone(monkeypatch, "sample_items", "sample_count", "sample_bad", "sample_whole")
    spring(zone, told)
    some = [{"name": f"新支部{number}", "kind": "branch"} for number in range(30)]
    make_organizations(zone.street, some)
    told.say("sample_items", "2026-Q2", {zone.branch: 400})  # still two each, of 33
    read(zone, JULY_8 + DAY / 2 * 3)
    assert page(zone).count('name="row"') == 3
    assert cost(zone) == one
    assert cost(zone, figure) == opened
    assert cost(zone, reverse("themes:finder-sheet")) == sheet
    assert one <= 14


def test_new_installation_says_calmly_that_nothing_is_there(zone: Zone) -> None:
    text = page(zone)
    assert "还没有读过" in text
    assert "现在重算" in text
    with time_machine.travel(JULY_8 + DAY, tick=True):
        assert zone.client("zone").get(reverse("themes:finder-sheet")).status_code == 200


def test_one_of_many_does_not_read_as_none() -> None:
    of = next(Gauged(*one) for one in gauged().values() if one[1].label == "督办反弹")
    row = FinderFigure(part=1, known=458, short=1, reached=457)
    assert words.few(of, row) == ("1 个支部有", "多 1 项")
    row.part = 0
    assert words.few(of, row) == ("", "")
    assert words.few(of, FinderFigure(part=40, known=458, short=30)) == ("", "")
