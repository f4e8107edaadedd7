"""Schemes of the years that the zone's records are of, groups, and who is exempt from what."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from core.demo import Seeding
from orgs.demo.tree import Tree
from orgs.enums import OrganizationClass

from ..definitions import digest_of
from ..enums import ExemptionMode, ExemptionState, Level, SchemeStepKind, VersionState
from ..models import (
    AssessmentGroup,
    IndicatorExemption,
    Scheme,
    SchemeStep,
    SchemeVersion,
)
from .contents import BASIS, DRAWN_UP, ISSUED, WORK, content_of

C = OrganizationClass
ZONE, DECIDES = "党工委组织科", "考核委员会"
GROUPS = (
    ("街道、镇组", (C.STREET, C.TOWN)),
    ("机关、企业和社会组织组", tuple(one for one in WORK if one not in (C.STREET, C.TOWN))),
)
# Class, indicator, how it counts, and why one of the class is not measured by it.
EXEMPT = (
    (
        C.SOCIAL_ORGANIZATION,
        "volunteering",
        ExemptionMode.FULL,
        "行业公益服务另有年度计划，不重复计",
    ),
    (C.INSTITUTION, "ballot", ExemptionMode.RESCALE, "机构改革中，服务对象尚未划定"),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """Schemes for all classes of the direct committees, of each year; all at once: they are few."""
    if seeding.is_again:
        return {}
    for year in sorted({int(month[:4]) for month in seeding.months}):
        _year(seeding, year)
    _draft(seeding)
    return {"schemes": Scheme.objects.count()}


def _year(seeding: Seeding, year: int) -> None:
    root = seeding.of(Tree).root
    written = _at(year - 1, *DRAWN_UP)
    classes = [one for one in WORK if one in _classes(seeding)]
    schemes = [
        Scheme(
            organization=root,
            year=year,
            level=Level.DIRECT,
            name=f"{C(one).label}类",
            classes=[one],
            created_at=written,
        )
        for one in classes
    ]
    seeding.add(schemes)
    versions = [_version(scheme, one, year) for scheme, one in zip(schemes, classes, strict=True)]
    seeding.add(versions)
    seeding.add([step for version in versions for step in _steps(version)])
    seeding.add(
        [
            AssessmentGroup(
                organization=root, year=year, name=name, order=order, classes=list(some)
            )
            for order, (name, some) in enumerate(GROUPS)
        ]
    )
    _exempt(seeding, year, dict(zip(classes, schemes, strict=True)))


def _draft(seeding: Seeding) -> None:
    """Next year's for the streets, half written: one mark too many, and an indicator that the rules
    do not allow."""
    before = Scheme.objects.filter(classes=[C.STREET]).order_by("-year").first()
    if before is None:
        return
    content = content_of(C.STREET, before.year + 1)
    education = content["root"]["parts"][2]
    for part in education["parts"]:
        if part["key"] == "hours":
            part |= {
                "full": "4",
                "standard": "学时已够的党员占在册党员25%得满分，每低10个百分点扣0.5分",
            }
            part["rules"][0]["params"] |= {"base": "25/100"}
    education["parts"].append(
        {
            **education["parts"][-1],
            "key": "logins",
            "name": "学习平台登录率",
            "full": "2",
            "text": "党员每周登录学习平台",
            "standard": "登录率90%得满分，每低10个百分点扣0.5分",
            "rules": [{"rule": "discretion", "params": {"bound": "2"}, "source": {"kind": "hand"}}],
        }
    )
    scheme = Scheme(
        organization=before.organization,
        year=before.year + 1,
        level=before.level,
        name=before.name,
        classes=before.classes,
        copied_from=before,
        created_at=seeding.now,
    )
    seeding.add([scheme])
    version = SchemeVersion(scheme=scheme, number=1, content=content, changed_at=seeding.now)
    seeding.add([version])
    seeding.add(
        [SchemeStep(version=version, kind=SchemeStepKind.CREATE, at=seeding.now, by_name=ZONE)]
    )


def _classes(seeding: Seeding) -> set[str]:
    root = seeding.of(Tree).root
    return {
        one.organization_class for one in seeding.of(Tree).organizations if one.parent_id == root.pk
    }


def _version(scheme: Scheme, organization_class: str, year: int) -> SchemeVersion:
    content = content_of(organization_class, year)
    return SchemeVersion(
        scheme=scheme,
        number=1,
        content=content,
        state=VersionState.PUBLISHED,
        revision=3,
        changed_at=_at(year - 1, *ISSUED),
        from_period=f"{year}-H1",
        document_number=BASIS.format(before=year - 1),
        document_on=dt.date(year - 1, *ISSUED),
        submitted_by_name=ZONE,
        submitted_at=_at(year - 1, *DRAWN_UP),
        published_by_name=DECIDES,
        published_at=_at(year - 1, *ISSUED),
        digest=digest_of(content),
    )


def _steps(version: SchemeVersion) -> list[SchemeStep]:
    told: tuple[tuple[SchemeStepKind, Any, str, str], ...] = (
        (SchemeStepKind.CREATE, version.submitted_at, ZONE, ""),
        (SchemeStepKind.SUBMIT, version.submitted_at, ZONE, ""),
        (SchemeStepKind.PUBLISH, version.published_at, DECIDES, version.document_number),
    )
    return [
        SchemeStep(version=version, kind=kind, at=at, by_name=name, text=text)
        for kind, at, name, text in told
    ]


def _exempt(seeding: Seeding, year: int, schemes: Mapping[str, Scheme]) -> None:
    root = seeding.of(Tree).root
    rows = []
    for organization_class, indicator, mode, reason in EXEMPT:
        scheme = schemes.get(organization_class)
        one = next(
            (
                row
                for row in seeding.of(Tree).organizations
                if row.parent_id == root.pk and row.organization_class == organization_class
            ),
            None,
        )
        if scheme is None or one is None:
            continue
        rows.append(
            IndicatorExemption(
                scheme=scheme,
                indicator=indicator,
                organization=one,
                mode=mode,
                reason=reason,
                approved_by=f"考核委员会{year}年1月12日会议",
                since=dt.date(year, 1, 12),
                until=dt.date(year, 12, 31),
                state=ExemptionState.APPROVED,
                proposed_by_name=ZONE,
                proposed_at=_at(year, 1, 8),
                decided_by_name=DECIDES,
                approved_at=_at(year, 1, 12),
            )
        )
    seeding.add(rows)


def _at(year: int, month: int, day: int) -> dt.datetime:
    moment = dt.datetime.combine(dt.date(year, month, day), dt.time(10, 20))
    return timezone.make_aware(moment)
