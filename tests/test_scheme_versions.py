"""Versions of schemes: written, submitted, published by a second person; races and odd input."""

import datetime as dt
import re
from functools import partial
from typing import Any

import pytest

from assessments.schemes import editing
from assessments.schemes.actions import scans, versions
from assessments.schemes.enums import Level, SchemeStepKind, VersionState
from assessments.schemes.models import Scheme, SchemeScan, SchemeVersion
from core import attachments, clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.states import MovedOn, Stale

from .parallel import run_together
from .scheme_versions_world import FROM, NOW, content, drafted, published, submitted
from .world import Zone, actor, build_zone, make_user

ON = NOW.date()
NUMBER = "某委〔2026〕30号"


@pytest.fixture(autouse=True)
def july() -> Any:
    with clock.at(NOW):
        yield


def publish(version: SchemeVersion, by: Any, **more: Any) -> SchemeVersion:
    given = {"document_number": NUMBER, "document_on": ON, **more}
    return versions.publish(version=version, revision=version.revision, by=by, **given)


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="schemes.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def stored(version: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.select_related("scheme__organization").get(pk=version.pk)


# --- the usual way --------------------------------------------------------------------------------


def test_from_draft_to_publication(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    version = published(zone.root, writer, second, level=Level.DIRECT)
    row = stored(version)
    assert (row.state, row.document_number, row.document_on) == ("published", NUMBER, ON)
    assert row.from_period == FROM
    assert len(row.digest) == 64
    kinds = list(row.steps.order_by("pk").values_list("kind", flat=True))
    assert kinds == [SchemeStepKind.CREATE, SchemeStepKind.SUBMIT, SchemeStepKind.PUBLISH]
    assert verbs() == [
        "schemes.scheme.create",
        "schemes.version.save",
        "schemes.version.submit",
        "schemes.version.publish",
    ]
    for act in (
        lambda: versions.save(version=row, revision=row.revision, content=content(), by=writer),
        lambda: versions.discard(version=row, by=writer),
        lambda: versions.send_back(version=row, reason="再改", by=second),
        lambda: publish(row, second),
    ):
        with pytest.raises(MovedOn):
            act()
    with pytest.raises(Conflict, match="已经发布"):
        versions.edit(scheme=row.scheme, name="改名", classes=["town"], by=writer)


def test_given_back_written_anew_and_laid_aside(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    version = submitted(zone.root, writer, level=Level.DIRECT)
    with pytest.raises(MovedOn):
        versions.save(version=version, revision=version.revision, content=content(), by=writer)
    with pytest.raises(DomainError, match="理由"):
        versions.send_back(version=version, reason=" \x00 ", by=second)
    versions.send_back(version=version, reason="第二组再商量", by=second)
    step = version.steps.get(kind=SchemeStepKind.SEND_BACK)
    assert step.text == "第二组再商量"
    assert version.state == VersionState.DRAFT
    versions.discard(version=version, by=writer)
    assert stored(version).state == VersionState.DISCARDED
    again = versions.begin_next(scheme=version.scheme, by=writer)
    assert again.number == 2
    assert again.content["root"]["parts"] == []


def test_the_next_version_says_what_it_changes(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    first = published(zone.root, writer, second, level=Level.DIRECT)
    draft = versions.begin_next(scheme=first.scheme, by=writer)
    assert versions.begin_next(scheme=first.scheme, by=writer) == draft
    assert draft.content == first.content
    draft = stored(draft)
    changed = editing.set_marks(draft.content, {"1": "25", "2": "35"})
    versions.save(version=draft, revision=draft.revision, content=changed, by=writer)
    given = {"version": draft, "from_period": "2027-H2", "by": writer}
    with pytest.raises(DomainError) as refused:
        versions.submit(revision=draft.revision, **given)
    assert refused.value.field == "note"
    versions.submit(revision=draft.revision, note="党日减五分", **given)
    publish(draft, second)
    assert SchemeVersion.objects.in_force("2027-H1").get() == first
    assert SchemeVersion.objects.in_force("2027-H2").get() == draft
    third = stored(versions.begin_next(scheme=first.scheme, by=writer))
    with pytest.raises(DomainError, match="更晚的一期"):
        versions.submit(
            version=third, revision=third.revision, from_period="2027-H1", note="改回", by=writer
        )


def test_last_years_scheme_is_copied_without_what_was_taken_out(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    first = published(zone.root, writer, second, level=Level.DIRECT)
    with_gone = drafted(zone.root, writer, level=Level.DIRECT, name="另一份", classes=("organ",))
    taken = editing.remove(with_gone.content, "3")
    versions.save(version=with_gone, revision=with_gone.revision, content=taken, by=writer)
    for source in (first, with_gone):
        copied = versions.create(
            organization=zone.root,
            year=2028,
            level=Level.DIRECT,
            name=source.scheme.name,
            classes=source.scheme.classes,
            copied_from=source,
            by=writer,
        )
        assert copied.scheme.copied_from == source.scheme
        assert copied.content == editing.finished(source.content)


def test_what_was_taken_out_is_no_part_of_what_is_submitted(zone: Zone) -> None:
    writer = zone.actor("zone")
    version = drafted(zone.root, writer, level=Level.DIRECT)
    taken = editing.set_marks(editing.remove(version.content, "2"), {"g1": "30", "root": "70"})
    versions.save(version=version, revision=version.revision, content=taken, by=writer)
    assert stored(version).content["removed"]
    versions.submit(version=version, revision=version.revision, from_period=FROM, by=writer)
    assert "removed" not in stored(version).content


# --- who, when, on what paper ---------------------------------------------------------------------


def test_nobody_publishes_what_he_submitted(zone: Zone) -> None:
    writer = zone.actor("zone")
    version = submitted(zone.root, writer, level=Level.DIRECT)
    with pytest.raises(NotAllowed, match="另一人"):
        publish(version, writer)
    assert stored(version).state == VersionState.SUBMITTED
    other = make_user("zone_too", "zone_staff", zone.root)
    publish(version, actor(other))


def test_only_who_makes_the_scheme_writes_it(zone: Zone) -> None:
    version = drafted(zone.street, zone.actor("dahuangshan"))
    for name in ("jinshanqiao", "committee", "huzhuang1", "reviewer", "sysadmin"):
        by = zone.actor(name)
        for act in (
            lambda by=by: versions.save(
                version=version, revision=version.revision, content=content(), by=by
            ),
            lambda by=by: versions.discard(version=version, by=by),
            lambda by=by: versions.begin_next(scheme=version.scheme, by=by),
            lambda by=by: versions.submit(
                version=version, revision=version.revision, from_period=FROM, by=by
            ),
            lambda by=by: versions.edit(scheme=version.scheme, name="a", classes=["town"], by=by),
        ):
            with pytest.raises(NotAllowed):
                act()
    for name in ("jinshanqiao", "huzhuang1", "reviewer"):
        with pytest.raises(NotAllowed):
            publish(version, zone.actor(name))
    with pytest.raises(NotAllowed):
        drafted(zone.branch, zone.actor("zone"))
    with pytest.raises(DomainError, match="党工委制定"):
        drafted(zone.street, zone.actor("dahuangshan"), level=Level.DIRECT)


@pytest.mark.parametrize("period", ["2026-H2", "2028-H1", "2027-06", "2027-Q1", "", "2027-H3"])
def test_from_a_half_year_of_its_year_alone(zone: Zone, period: str) -> None:
    version = drafted(zone.root, zone.actor("zone"), level=Level.DIRECT)
    with pytest.raises(DomainError) as refused:
        versions.submit(
            version=version, revision=version.revision, from_period=period, by=zone.actor("zone")
        )
    assert refused.value.field == "from_period"


def test_nobody_is_measured_by_a_rule_that_came_later(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    version = drafted(zone.root, writer, level=Level.DIRECT, year=2026)
    given = {"version": version, "revision": version.revision, "by": writer}
    with pytest.raises(DomainError, match="已经开始"):
        versions.submit(from_period="2026-H2", **given)
    late = submitted(zone.root, writer, level=Level.DIRECT, name="迟了")
    with (
        clock.at(NOW.replace(year=2027, month=1, day=1)),
        pytest.raises(DomainError, match="已经开始"),
    ):
        publish(late, second)


def scan(version: SchemeVersion, by: Any) -> SchemeScan:
    file = attachments.Checked("细则.pdf", "application/pdf", b"%PDF-1.4")
    return scans.attach(version=version, file=file, by=by)


def test_paper_of_before_the_period_is_entered_later(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    version = drafted(zone.root, writer, level=Level.DIRECT, year=2026)
    before = dt.date(2025, 12, 20)

    def submit(**more: Any) -> None:
        given = {"from_period": "2026-H1", "document_number": NUMBER, "document_on": before, **more}
        versions.submit(
            version=version, revision=version.revision, is_entered_later=True, by=writer, **given
        )

    for more, field in (
        ({}, "scan"),
        ({"document_number": " "}, "document_number"),
        ({"document_on": None}, "document_on"),
        ({"document_on": dt.date(2026, 1, 1)}, "document_on"),
    ):
        with pytest.raises(DomainError) as refused:
            submit(**more)
        assert refused.value.field == field
    row = scan(version, writer)
    assert scan(version, writer) == row  # the same file is one
    submit()
    with pytest.raises(MovedOn):
        scans.detach(scan=row, version=version, by=writer)
    with pytest.raises(DomainError, match="开始前发布"):
        publish(version, second, document_on=ON)
    publish(version, second, document_on=before)
    row = stored(version)
    assert row.is_entered_later
    assert row.document_on == before


def test_scans_come_and_go_with_a_draft_alone(zone: Zone) -> None:
    writer = zone.actor("dahuangshan")
    version = drafted(zone.street, writer)
    row = scan(version, writer)
    with pytest.raises(NotAllowed):
        scan(version, zone.actor("jinshanqiao"))
    with pytest.raises(NotAllowed):
        scans.detach(scan=row, version=version, by=zone.actor("huzhuang1"))
    scans.detach(scan=row, version=version, by=writer)
    scans.detach(scan=row, version=version, by=writer)
    assert not version.scans.filter(state="ready").exists()
    assert verbs()[-2:] == ["schemes.version.attach", "schemes.version.detach"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"document_number": ""}, "document_number"),
        ({"document_number": "\u200b"}, "document_number"),
        ({"document_on": None}, "document_on"),
        ({"document_on": ON + dt.timedelta(days=1)}, "document_on"),
    ],
)
def test_publication_has_number_and_date(zone: Zone, more: Any, field: str) -> None:
    version = submitted(zone.root, zone.actor("zone"), level=Level.DIRECT)
    with pytest.raises(DomainError) as refused:
        publish(version, zone.actor("committee"), **more)
    assert refused.value.field == field


def test_a_class_has_one_scheme(zone: Zone) -> None:
    writer, second = zone.actor("zone"), zone.actor("committee")
    first = published(zone.root, writer, second, level=Level.DIRECT)
    other = submitted(
        zone.root, writer, level=Level.DIRECT, name="镇、机关类", classes=("town", "organ")
    )
    with pytest.raises(Conflict, match="镇已有“街道、镇类”在用"):
        publish(other, second)
    # Another level, another maker and another year are other rules.
    published(zone.root, writer, second, name="支部")
    street = zone.actor("dahuangshan")
    published(zone.street, street, second, name="街道的支部")
    published(zone.root, writer, second, level=Level.DIRECT, year=2028)
    with pytest.raises(Conflict, match="同名"):
        drafted(zone.root, writer, level=Level.DIRECT)
    assert first.scheme.classes == ["street", "town"]


def test_a_content_with_problems_is_kept_and_not_submitted(zone: Zone) -> None:
    writer = zone.actor("zone")
    version = drafted(zone.root, writer, level=Level.DIRECT)
    uneven = editing.set_marks(version.content, {"g1": "61"})
    versions.save(version=version, revision=version.revision, content=uneven, by=writer)
    with pytest.raises(DomainError, match="不能提交") as refused:
        versions.submit(version=version, revision=version.revision, from_period=FROM, by=writer)
    assert refused.value.code == "problems"


# --- odd input ------------------------------------------------------------------------------------


def deep(levels: int) -> Any:
    node: Any = {"key": "x", "name": "x", "full": "1", "rules": []}
    for level in range(levels):
        node = {"key": f"d{level}", "name": "x", "full": "1", "parts": [node]}
    return {"root": node}


ODD: list[Any] = [
    {},
    {"root": 7},
    {"root": {"parts": []}},
    {**content(), "basis": "a\x00"},
    {**content(), "basis": "\udfff"},
    {**content(), "basis": "长" * 10_000_000},
    {**content(), "places": 10**400},
    {**content(), "places": 1.5},
    {**content(), "places": float("inf")},
    {**content(), "bands": "x" * 90},
    {**content(), "more": [["长" * 3000] * 60] * 4},
    deep(20),
    deep(900),
    deep(5000),
]


@pytest.mark.parametrize("odd", ODD)
def test_what_cannot_be_stored_is_refused_in_words(zone: Zone, odd: Any) -> None:
    version = drafted(zone.root, zone.actor("zone"), level=Level.DIRECT)
    with pytest.raises(DomainError) as refused:
        versions.save(
            version=version, revision=version.revision, content=odd, by=zone.actor("zone")
        )
    assert re.search("[一-鿿]", refused.value.message)
    assert stored(version).content == content()


@pytest.mark.parametrize(
    "odd",
    [
        {"year": 10**12},
        {"year": -1},
        {"name": "\u200b"},
        {"level": "x"},
        {"classes": ()},
        {"classes": ("x",)},
        {"classes": ("street", "\x00")},
    ],
)
def test_odd_schemes_are_refused_in_words(zone: Zone, odd: Any) -> None:
    with pytest.raises(DomainError):
        drafted(zone.root, zone.actor("zone"), **{"level": Level.DIRECT, **odd})
    assert not Scheme.objects.exists()


# --- at the same moment ---------------------------------------------------------------------------


def test_a_page_that_is_older_is_told(zone: Zone) -> None:
    writer = zone.actor("zone")
    version = drafted(zone.root, writer, level=Level.DIRECT)
    old = version.revision
    versions.save(version=version, revision=old, content=content(), by=writer)
    with pytest.raises(Stale):
        versions.save(version=stored(version), revision=old, content=content(), by=writer)
    with pytest.raises(Stale):
        versions.submit(version=stored(version), revision=old, from_period=FROM, by=writer)
    versions.submit(version=version, revision=version.revision, from_period=FROM, by=writer)
    with pytest.raises(Stale):
        versions.publish(
            version=stored(version),
            revision=version.revision - 1,
            document_number=NUMBER,
            document_on=ON,
            by=zone.actor("committee"),
        )


def pinned(act: Any) -> Any:
    """The act at the tests' moment, in a thread of its own."""

    def run() -> Any:
        with clock.at(NOW):
            return act()

    return run


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_publications_for_one_class_at_once_one_stands() -> None:
    zone = build_zone()
    writer, second = zone.actor("zone"), zone.actor("committee")
    rows = [
        submitted(zone.root, writer, level=Level.DIRECT, name=name, classes=("town", more))
        for name, more in (("甲", "street"), ("乙", "organ"))
    ]
    outcomes = run_together([pinned(lambda row=row: publish(row, second)) for row in rows])
    errors = [one.error for one in outcomes if one.error is not None]
    assert len(errors) == 1
    assert isinstance(errors[0], Conflict)
    assert SchemeVersion.objects.published().count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_the_same_one_does() -> None:
    zone = build_zone()
    row = submitted(zone.root, zone.actor("zone"), level=Level.DIRECT)
    others = [zone.actor("committee"), actor(make_user("zone_too", "zone_staff", zone.root))]
    outcomes = run_together([pinned(lambda by=by: publish(stored(row), by)) for by in others])
    errors = [one.error for one in outcomes if one.error is not None]
    assert len(errors) == 1
    assert isinstance(errors[0], Conflict)
    assert row.steps.filter(kind=SchemeStepKind.PUBLISH).count() == 1
    assert verbs().count("schemes.version.publish") == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_submitted_is_what_was_seen() -> None:
    """Who saves and who submits at once: either the submission has the content of its own page, or
    it is told of the other."""
    zone = build_zone()
    writer = zone.actor("zone")
    for turn in range(3):
        row = drafted(zone.root, writer, level=Level.DIRECT, name=f"第{turn}次")
        seen = row.content
        changed = editing.set_settings(seen, {"basis": "另一份"})
        given = {"revision": row.revision, "by": writer}
        outcomes = run_together(
            [
                pinned(partial(versions.save, version=stored(row), content=changed, **given)),
                pinned(partial(versions.submit, version=stored(row), from_period=FROM, **given)),
            ]
        )
        errors = [one.error for one in outcomes if one.error is not None]
        assert len(errors) == 1
        assert isinstance(errors[0], Conflict)
        row = stored(row)
        assert row.content == (seen if row.state == VersionState.SUBMITTED else changed)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_the_next_version_both_find_one() -> None:
    zone = build_zone()
    writer, second = zone.actor("zone"), zone.actor("committee")
    first = published(zone.root, writer, second, level=Level.DIRECT)
    outcomes = run_together(
        [pinned(lambda: versions.begin_next(scheme=first.scheme, by=writer)) for _ in range(4)]
    )
    assert not [one.error for one in outcomes if one.error is not None]
    assert len({one.value.pk for one in outcomes}) == 1
    assert first.scheme.versions.count() == 2
