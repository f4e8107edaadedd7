"""Schemes, cycles and scores for tests: written as rows where the act is not what is tested."""

import datetime as dt
from typing import Any

from assessments.cycles.actions import cycles, runs
from assessments.cycles.models import Cycle
from assessments.schemes.definitions import digest_of
from assessments.schemes.enums import Level, VersionState
from assessments.schemes.models import AssessmentGroup, Scheme, SchemeVersion
from core import clock
from orgs.models import Organization


def figure(key: str, takes: str, **more: Any) -> dict[str, Any]:
    """The source of a rule that reads a figure."""
    return {"kind": "figure", "figure": key, "takes": takes, **more}


def leaf(key: str, full: str, rule: str, params: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An indicator with one rule; `source` among `more` says where its facts come from."""
    given: dict[str, Any] = {"rule": rule, "params": params}
    if source := more.pop("source", None):
        given["source"] = source
    return {
        "key": key,
        "name": more.pop("name", key),
        "full": full,
        "rules": [given],
        "plan_basis": "徐开工委〔2025〕41号",
        "duty_entry": "第14项",
        **more,
    }


def content(**more: Any) -> dict[str, Any]:
    """A lawful scheme of 100: two indicators that are counted, one marked by hand, one a share."""
    parts = [
        leaf(
            *("vacant", "40", "all_or_nothing", {}),
            source=figure("offices_vacant", "met", when="none"),
        ),
        leaf(
            *("branches", "20", "accumulate", {"points": "5", "cap": "20"}),
            source=figure("branches", "count"),
        ),
        leaf(
            *("expected", "20", "ratio_steps", {"base": "1", "step": "1/10", "points": "2"}),
            source=figure("members_expected", "ratio", of="members_on_roll"),
        ),
        leaf("work", "20", "discretion", {"bound": "20"}),
    ]
    return {
        "root": {
            "key": "root",
            "name": "合计",
            "full": "100",
            "parts": [{"key": "g1", "name": "组织建设", "full": "100", "parts": parts}],
        },
        "bands": [["好", "90"], ["较好", "75"], ["一般", "60"], ["差", "0"]],
        "places": 2,
        "basis": "徐开工委〔2025〕41号",
        "plan_basis": "苏督查计划〔2026〕3号",
        **more,
    }


def published(
    owner: Organization,
    *,
    year: int = 2026,
    half: int = 1,
    classes: tuple[str, ...] = ("street",),
    level: str = Level.DIRECT,
    name: str = "街道类",
    said: dict[str, Any] | None = None,
) -> SchemeVersion:
    """A version in force from a half-year on."""
    scheme = Scheme.objects.create(
        organization=owner,
        year=year,
        level=level,
        name=name,
        classes=list(classes),
        created_at=clock.now(),
    )
    said = content() if said is None else said
    return SchemeVersion.objects.create(
        scheme=scheme,
        number=1,
        content=said,
        state=VersionState.PUBLISHED,
        changed_at=clock.now(),
        from_period=f"{year}-H{half}",
        document_number="徐开工委〔2025〕41号",
        document_on=dt.date(year - 1, 12, 19),
        published_at=clock.now(),
        digest=digest_of(said),
    )


def group_of(
    owner: Organization,
    *,
    year: int = 2026,
    minimum: int = 2,
    classes: tuple[str, ...] = ("street",),
) -> AssessmentGroup:
    """Those of some classes, compared with each other from so many on."""
    return AssessmentGroup.objects.create(
        organization=owner, year=year, name="街道、镇组", minimum=minimum, classes=list(classes)
    )


def opened(owner: Organization, *, by: Any, period: str = "2026-H1") -> Cycle:
    """A cycle with its first computation done, as the worker would have."""
    cycle = cycles.open_cycle(organization=owner, level=Level.DIRECT, period=period, by=by)
    return computed(cycle)


def sealed(cycle: Cycle, *, by: Any, decider: Any) -> Cycle:
    """Submitted by one and decided on by another."""
    cycle = Cycle.objects.select_related("organization").get(pk=cycle.pk)
    cycle = cycles.submit(cycle=cycle, revision=cycle.revision, by=by)
    return cycles.seal(cycle=cycle, revision=cycle.revision, by=decider)


def computed(cycle: Cycle) -> Cycle:
    """Takes what is on its way to its end."""
    for run in cycle.runs.going():
        runs.advance(run)
    cycle.refresh_from_db()
    return cycle
