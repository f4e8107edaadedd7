"""组织生活会 and 民主评议党员: lists of problems, ballots and grades, what they come to."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, figures
from core.errors import DomainError, NotAllowed
from core.figures import Window
from core.states import MovedOn, Stale
from members.actions import standings
from members.models import Member
from schedules.life import ledgers
from schedules.life.actions import appraisals, meetings, problems
from schedules.life.actions.appraisals import Ballots, Result
from schedules.life.actions.meetings import Mark, Written
from schedules.life.actions.problems import Line
from schedules.life.enums import Grade, MeetingKind, Presence, ProblemState
from schedules.life.models import Appraisal, AppraisalResult, Meeting, Problem, ProblemList
from schedules.life.queries import problems as reads
from schedules.life.queries.appraisals import Summary
from schedules.life.queries.rolls import roll_of

from .world import START, Zone, make_member

DAY = dt.date(2025, 2, 10)  # about 2024
NOW = dt.datetime(2025, 2, 20, 2, tzinfo=dt.UTC)
NEXT_DAY, NEXT = dt.date(2026, 1, 20), dt.datetime(2026, 1, 25, 2, tzinfo=dt.UTC)
BALLOTS = Ballots(4, 4, 3)


@pytest.fixture
def people(zone: Zone) -> dict[str, Member]:
    """Of the branch: three full members of whom one lives elsewhere, one on probation; a neighbour."""
    branch = zone.branch
    found = {
        "甲": make_member(branch, "甲", name_pinyin="jia"),
        "乙": make_member(branch, "乙", name_pinyin="yi"),
        "外": make_member(branch, "外", name_pinyin="wai", is_mobile=True),
        "预": make_member(branch, "预", category="probationary_member", full_member_on=None),
        "邻": make_member(zone.neighbour_branch, "邻"),
    }
    with clock.at(NOW):
        standings.fill(since=START)
    return found


def record(
    zone: Zone, kind: MeetingKind = MeetingKind.APPRAISAL, day: dt.date = DAY, place: Any = None
) -> Meeting:
    place = place or zone.branch
    who = "huzhuang1" if place == zone.branch else "zone"
    given = {one.member_id: Mark(Presence.PRESENT) for one in roll_of(place, kind, day).expected}
    written = Written(kind=kind, held_on=day, topic=f"{kind.label}{day:%Y}")
    by = zone.actor(who)
    return meetings.record(uid=uuid.uuid4(), units=[place], written=written, marks=given, by=by)


def line(text: str, **more: Any) -> Line:
    return Line(uid=uuid.uuid4(), text=text, **more)


def listed(zone: Zone, row: Meeting, *lines: Line, revision: int = 0) -> ProblemList:
    by = zone.actor("huzhuang1")
    return problems.save(record=row, revision=revision, lines=lines, by=by)


def counted(zone: Zone, row: Meeting, version: int = 0, **results: Result) -> Appraisal:
    """Results by name of the member."""
    pks = dict(Member.objects.values_list("name", "pk"))
    given = {pks[name]: result for name, result in results.items()}
    return appraisals.save(
        record=row,
        version=version,
        ballots=BALLOTS,
        results=given,
        by=zone.actor("huzhuang1"),
    )


def typed(form: Any) -> dict[str, Any]:
    """What the page's form would send as it is shown."""
    return {one.html_name: "" if one.value() is None else one.value() for one in form}


# --- lists of problems ------------------------------------------------------------------------


def test_list_is_written_in_versions(zone: Zone, people: dict[str, Member]) -> None:
    first = line(
        "学习不够经常", measure="每月一次", due_text="2026年6月30日", responsible_name="书记"
    )
    second = line("发言不够直接", member_id=people["甲"].pk, due_text="年底前")
    with clock.at(NOW):
        row = record(zone)
        whole = listed(zone, row, first, second)
        again = listed(zone, row, first, second)  # pressed twice
        assert (whole.year, again.revision, Problem.objects.count()) == (2024, 1, 2)
        days = dict(Problem.objects.values_list("due_text", "due_on"))
        assert days == {"2026年6月30日": dt.date(2026, 6, 30), "年底前": None}
    later = NOW + dt.timedelta(days=1)
    with clock.at(later):
        changed = replace(first, measure="每月两次", state=ProblemState.DONE, outcome="已落实")
        added = line("走访群众少")
        listed(zone, row, changed, replace(second, text=""), added, revision=1)
        with pytest.raises(Stale):
            listed(zone, row, replace(first, measure="另一人写的"), revision=1)
    now = {one.text: (one.measure, one.state) for one in Problem.objects.current()}
    assert now == {"学习不够经常": ("每月两次", "done"), "走访群众少": ("", "open")}
    then = {one.text: one.measure for one in Problem.objects.known(NOW)}
    assert then == {"学习不够经常": "每月一次", "发言不够直接": ""}


def test_what_was_not_shown_is_not_taken_out(zone: Zone, people: dict[str, Member]) -> None:
    mine, others = line("我写的"), line("别人刚加的")
    with clock.at(NOW):
        row = record(zone)
        listed(zone, row, mine)
        listed(zone, row, others, revision=1)
        listed(zone, row, replace(mine, measure="改"), revision=2)
    assert set(Problem.objects.current().values_list("text", flat=True)) == {"我写的", "别人刚加的"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "长" * 301}, "问题请写在 300 字以内"),
        ({"text": "", "measure": "有措施"}, "写明是什么问题"),
        ({"member_id": -1}, "不在本组织的名册上"),
    ],
)
def test_line_that_cannot_be_is_refused(
    zone: Zone, people: dict[str, Member], changes: dict[str, Any], words: str
) -> None:
    if changes.get("member_id"):
        changes = {"member_id": people["邻"].pk}
    with clock.at(NOW):
        row = record(zone)
        with pytest.raises(DomainError, match=words):
            listed(zone, row, replace(line("问题"), **changes))
        with pytest.raises(NotAllowed):
            problems.save(record=row, revision=0, lines=[line("x")], by=zone.actor("taoyuan1"))
        other = record(zone, MeetingKind.LESSON)
        with pytest.raises(DomainError, match="才有问题清单"):
            listed(zone, other, line("问题"))
    assert not Problem.objects.exists()


def test_members_lines_are_for_their_own_and_the_level_above(
    zone: Zone, people: dict[str, Member]
) -> None:
    with clock.at(NOW):
        row = record(zone)
        listed(zone, row, line("班子的"), line("甲个人的", member_id=people["甲"].pk))
    own = {"班子的", "甲个人的"}
    for who, expected in (
        ("huzhuang1", own),
        ("huzhuang", own),  # the general branch directly above
        ("dahuangshan", {"班子的"}),
        ("zone", {"班子的"}),
        ("taoyuan1", set()),
    ):
        seen = Problem.objects.current().visible_to(zone.actor(who))
        assert set(seen.values_list("text", flat=True)) == expected, who
    path = reverse("life:problem-list", args=[row.uid])
    for who, shown in (("huzhuang1", True), ("dahuangshan", False), ("zone", False)):
        page = zone.client(who).get(path).content.decode()
        assert ("甲个人的" in page) is shown, who
        assert ("另有 1 条党员个人的问题" in page) is not shown, who
    assert zone.client("taoyuan1").get(path).status_code == 404
    with clock.at(NOW):
        # Who writes for those below does not write what he could not read, nor touch it unseen.
        edit = reverse("life:problem-edit", args=[row.uid])
        assert zone.client("dahuangshan").get(edit).status_code == 404
        with pytest.raises(NotAllowed):
            problems.save(
                record=row,
                revision=1,
                lines=[line("乙个人的", member_id=people["乙"].pk)],
                by=zone.actor("dahuangshan"),
            )
    assert set(Problem.objects.current().values_list("text", flat=True)) == own


def test_next_year_begins_with_what_is_left(zone: Zone, people: dict[str, Member]) -> None:
    by = zone.actor("huzhuang1")
    with clock.at(NOW):
        row = record(zone, MeetingKind.LIFE_MEETING)
        listed(zone, row, line("甲"), line("乙", measure="办法"), line("丙"))
    with clock.at(NEXT):
        standings.fill(since=START)
        client = zone.client("huzhuang1")
        form = client.get("/life/meetings/new/life_meeting/")
        assert form.status_code == 200, form
        assert [one.text for one in form.context["left"]] == ["甲", "乙", "丙"]
        later = record(zone, MeetingKind.LIFE_MEETING, NEXT_DAY)
        path = reverse("life:problem-list", args=[later.uid])
        left = client.get(path).context["left"]
        done, carried, _ = left
        for name, one in (("done", done), ("carry", carried)) * 2:  # each pressed twice
            tap = reverse(f"life:problem-{name}", args=[later.uid, one.uid])
            assert client.post(tap).status_code == 302
        page = client.get(path)
        assert [one.state for one in page.context["left"]] == ["done", "carried", "open"]
        (line_,) = page.context["lines"]
        assert (line_.text, line_.measure, line_.carried_from) == ("乙", "办法", carried.uid)
        assert page.context["whole"].year == 2025
        # Taken out of the new list, the old line is open as before.
        listed(zone, later, Line(uid=line_.uid, text=""), revision=1)
        again = reads.left_from_before(zone.branch.pk, 2025, by)
        assert [one.state for one in again] == ["done", "open", "open"]
        assert zone.client("taoyuan1").post(tap).status_code == 404


def test_form_of_problems_keeps_all_when_refused_and_warns(
    zone: Zone, people: dict[str, Member]
) -> None:
    with clock.at(NOW):
        row = record(zone)
        client, path = zone.client("huzhuang1"), reverse("life:problem-edit", args=[row.uid])
        form = client.get(path).context["form"]
        given = typed(form)
        refused = client.post(
            path, {**given, "line-0-measure": "只写了措施", "line-3-text": "另一条"}
        )
        assert refused.status_code == 422
        assert refused.context["form"].errors == {"line-0-text": ["请写明是什么问题。"]}
        page = refused.content.decode()
        assert "请写明是什么问题" in page
        assert "只写了措施" in page
        assert "另一条" in page
        listed(zone, row, line("别人先写的"))
        late = client.post(path, {**given, "line-0-text": "我写的"})
        assert late.status_code == 409
        page = late.content.decode()
        assert "别人先写的" in page
        assert "我写的" in page
        form = late.context["form"]
        again = typed(form)
        assert client.post(path, again).status_code == 302
    assert set(Problem.objects.current().values_list("text", flat=True)) == {"别人先写的", "我写的"}


# --- ballots and grades -----------------------------------------------------------------------


def test_ballots_are_kept_in_versions_and_add_up(zone: Zone, people: dict[str, Member]) -> None:
    good = Result((2, 1, 0, 0), Grade.EXCELLENT)
    with clock.at(NOW):
        row = record(zone)
        first = counted(zone, row, 甲=good, 外=Result((0, 3, 0, 0), Grade.QUALIFIED))
        assert counted(zone, row, 甲=good, 外=Result((0, 3, 0, 0), Grade.QUALIFIED)).pk == first.pk
        counted(zone, row, 1, 甲=good, 预=Result((0, 3, 0, 0)))
        with pytest.raises(MovedOn, match="另一人刚刚改过"):
            counted(zone, row, 1, 甲=Result((0, 3, 0, 0), Grade.QUALIFIED))
    now = Appraisal.objects.current().get()
    assert (now.version, now.year) == (2, 2024)
    assert set(now.results.values_list("member__name", "grade", "is_probationary")) == {
        ("甲", "excellent", False),
        ("预", "", True),
    }
    assert first.results.count() == 2  # what was written before stays


@pytest.mark.parametrize(
    ("ballots", "results", "words"),
    [
        (Ballots(3, 4, 3), {}, "收回 4 票，多于发出的 3 票"),
        (Ballots(4, 3, 4), {}, "有效 4 票，多于收回的 3 票"),
        (BALLOTS, {"甲": Result((2, 2, 0, 0))}, "甲的票合计 4 张，多于有效的 3 票"),
        (
            BALLOTS,
            {"预": Result((0, 3, 0, 0), Grade.QUALIFIED)},
            "预是预备党员，参加评议，不定等次",
        ),
        (BALLOTS, {"邻": Result((1, 0, 0, 0))}, "名单变了"),
    ],
)
def test_ballots_that_cannot_be_are_refused(
    zone: Zone,
    people: dict[str, Member],
    ballots: Ballots,
    results: dict[str, Result],
    words: str,
) -> None:
    with clock.at(NOW):
        row = record(zone)
        given = {people[name].pk: result for name, result in results.items()}
        with pytest.raises(DomainError, match=words):
            appraisals.save(
                record=row, version=0, ballots=ballots, results=given, by=zone.actor("huzhuang1")
            )
    assert not Appraisal.objects.exists()


def test_only_the_branch_writes_and_only_appraisals(zone: Zone, people: dict[str, Member]) -> None:
    with clock.at(NOW):
        row = record(zone)
        for who in ("taoyuan1", "committee"):
            with pytest.raises(NotAllowed):
                appraisals.save(
                    record=row, version=0, ballots=BALLOTS, results={}, by=zone.actor(who)
                )
        other = record(zone, MeetingKind.LIFE_MEETING)
        with pytest.raises(DomainError, match="才有评议结果"):
            counted(zone, other)


@pytest.mark.parametrize(
    ("excellent", "graded", "is_beyond"),
    [(0, 0, False), (1, 3, False), (1, 2, True), (2, 5, True), (2, 6, False), (17, 50, True)],
)
def test_a_third_is_a_warning(excellent: int, graded: int, is_beyond: bool) -> None:
    summary = Summary(graded, graded, {Grade.EXCELLENT: excellent})
    assert summary.is_beyond is is_beyond


def test_grid_is_typed_and_beyond_a_third_is_only_said(
    zone: Zone, people: dict[str, Member]
) -> None:
    pk = people["甲"].pk
    with clock.at(NOW):
        row = record(zone)
        client = zone.client("huzhuang1")
        path = reverse("life:appraisal-edit", args=[row.uid])
        form = client.get(path).context["form"]
        assert [one.name for one in form.people] == ["甲", "外", "乙", "预"]
        assert f"a-{people['预'].pk}-grade" not in form.fields
        given = typed(form)
        given |= {"given": "4", "returned": "4", "valid": "3", f"a-{pk}-excellent": "3"}
        wrong = client.post(
            path, {**given, f"a-{pk}-qualified": "1", f"a-{people['乙'].pk}-basic": "x"}
        )
        assert wrong.status_code == 422
        words = wrong.content.decode()
        assert "甲的票合计 4 张" in words
        assert "乙基本合格票请填整数" in words
        saved = client.post(path, {**given, f"a-{pk}-grade": "excellent"}, follow=True)
        assert saved.status_code == 200
        page = saved.content.decode()
        assert "一般不超过定等次人数的三分之一（0 人）" in page
        late = client.post(path, {**given, f"a-{pk}-grade": "qualified"})
        assert late.status_code == 409
        assert ("甲的等次", "优秀", "合格") in late.context["different"]
        again = typed(late.context["form"])
        assert client.post(path, again).status_code == 302
    assert AppraisalResult.objects.get(appraisal__superseded_at=None).grade == "qualified"


def test_grades_are_not_for_neighbours_nor_for_search(
    zone: Zone, people: dict[str, Member]
) -> None:
    with clock.at(NOW):
        row = record(zone)
        counted(zone, row, 甲=Result((3, 0, 0, 0), Grade.EXCELLENT))
        path = reverse("life:appraisal-detail", args=[row.uid])
        for who in ("huzhuang1", "huzhuang", "dahuangshan", "zone"):
            rows = zone.client(who).get(path).context["rows"]
            assert [one.member.name for one in rows] == ["甲"], who
        assert zone.client("taoyuan1").get(path).status_code == 404
        assert "优秀" not in zone.client("huzhuang1").get("/search/", {"q": "甲"}).content.decode()


# --- what they come to ------------------------------------------------------------------------

KEYS = (
    "life_meetings_held",
    "appraisals_held",
    "members_appraised_excellent",
    "members_appraised_qualified",
)


def told(zone: Zone, window: Window, place: Any) -> list[int | None]:
    found = figures.values(KEYS, [place], window)
    return [found[key][place.pk] for key in KEYS]


def test_figures_count_what_their_addresses_open(zone: Zone, people: dict[str, Member]) -> None:
    with clock.at(NOW):
        row = record(zone)
        record(zone, MeetingKind.LIFE_MEETING)
        counted(
            zone, row, 甲=Result((3, 0, 0, 0), Grade.EXCELLENT), 乙=Result(grade=Grade.QUALIFIED)
        )
    at = NOW + dt.timedelta(hours=1)
    with clock.at(NOW + dt.timedelta(days=2)):
        counted(zone, row, 1, 甲=Result((0, 3, 0, 0), Grade.QUALIFIED))
        today = clock.today()
        window = Window("2025-02", today)
        frozen = Window("2025-02", dt.date(2025, 2, 20), at)
        assert told(zone, window, zone.street) == [1, 1, 0, 1]
        assert told(zone, frozen, zone.street) == [1, 1, 1, 1]
        assert told(zone, Window("2025-01", today), zone.street) == [0, 0, 0, 0]
        assert told(zone, window, zone.neighbour_street) == [0, 0, 0, 0]
        meetings.withdraw(meeting=row, reason="登错了", by=zone.actor("huzhuang1"))
        assert told(zone, window, zone.street) == [1, 0, 0, 0]
        assert told(zone, frozen, zone.street) == [1, 1, 1, 1]
        client, actor = zone.client("dahuangshan"), zone.actor("dahuangshan")
        for window_, numbers in ((window, [1, 0, 0, 0]), (frozen, [1, 1, 1, 1])):
            addresses = figures.addresses(KEYS, zone.street, window_, actor)
            shown = [client.get(addresses[key]).context["page"].paginator.count for key in KEYS]
            assert shown == numbers
        url = figures.addresses(KEYS, zone.street, frozen, actor)[KEYS[2]]
        assert zone.client("taoyuan1").get(url).status_code == 404


def test_ledger_tells_each_branch_and_each_member(zone: Zone, people: dict[str, Member]) -> None:
    with clock.at(NOW):
        row = record(zone)
        record(zone, place=zone.neighbour_branch)
        counted(
            zone,
            row,
            甲=Result((3, 0, 0, 0), Grade.EXCELLENT),
            乙=Result((0, 3, 0, 0), Grade.QUALIFIED),
            预=Result((0, 3, 0, 0)),
        )
        whole, single = (ledgers.registered()[key] for key in ("appraisal", "appraisal_members"))
        (line_,) = whole.rows(zone.actor("zone"), zone.root, 2024)
        assert len(line_.values) == len(whole.columns)
        assert line_.values[2:] == (DAY, 4, 3, 3, 2, 1, 1, 0, 0, "50.0%", "优秀超过三分之一")
        rows = single.rows(zone.actor("huzhuang1"), zone.branch, 2024)
        assert {one.values[2:] for one in rows} == {
            ("甲", 3, 0, 0, 0, "优秀", None),
            ("乙", 0, 3, 0, 0, "合格", None),
            ("预", 0, 3, 0, 0, "不定等次", "预备党员"),
        }
        assert whole.rows(zone.actor("zone"), zone.root, 2025) == []
        # The binder of 2025 holds the record, so it holds what came of it; that of 2024 neither.
        for ledger in (whole, single):
            bound, by = ledger.bound_rows, zone.actor("huzhuang1")
            assert bound is not None
            assert bound(by, zone.branch, 2025) == ledger.rows(by, zone.branch, 2024)
            assert bound(by, zone.branch, 2024) == []
        for ledger in (whole, single):
            assert not ledger.rows(zone.actor("taoyuan1"), zone.root, 2024)


def test_three_members_cost_as_many_statements_as_thirty(zone: Zone) -> None:
    def cost(count: int) -> int:
        for number in range(count):
            make_member(zone.branch, f"人{number}")
        standings.fill(since=START)
        row = record(zone)
        expected = roll_of(zone.branch, MeetingKind.APPRAISAL, DAY).expected
        given = {one.member_id: Result((1, 1, 0, 0), Grade.QUALIFIED) for one in expected}
        by = zone.actor("huzhuang1")
        with CaptureQueriesContext(connection) as asked:
            appraisals.save(record=row, version=0, ballots=BALLOTS, results=given, by=by)
            zone.client("huzhuang1").get(reverse("life:appraisal-edit", args=[row.uid]))
            zone.client("huzhuang1").get(reverse("life:appraisal-detail", args=[row.uid]))
        return len(asked)

    with clock.at(NOW):
        cost(1)
        assert cost(3) == cost(30)
