"""Schemes for tests: one that has no problem, and versions in each of their states."""

import copy
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from assessments.schemes.actions import versions
from assessments.schemes.enums import Level
from assessments.schemes.models import SchemeVersion
from core import clock
from core.actor import Actor
from orgs.models import Organization

NOW = dt.datetime(2026, 7, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
FROM = "2027-H1"


def indicator(key: str, name: str, full: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "full": full,
        "rules": [{"rule": "discretion", "params": {"bound": full}}],
        "plan_basis": "某委〔2026〕3号第2条",
        "duty_entry": "第14项 党员教育管理",
        **more,
    }


COUNTED = {
    "rule": "deduct_each",
    "params": {"points": "0.5", "place_cap": "1"},
    "source": {"kind": "figure", "figure": "life_party_day_missing", "takes": "counts"},
}
CONTENT: dict[str, Any] = {
    "root": {
        "key": "root",
        "name": "合计",
        "full": "100",
        "parts": [
            {
                "key": "g1",
                "name": "组织生活",
                "full": "60",
                "parts": [
                    indicator("1", "主题党日", "30", rules=[COUNTED]),
                    indicator("2", "特色做法", "30", reviewers=3),
                ],
            },
            {
                "key": "g2",
                "name": "中心工作",
                "full": "40",
                "parts": [indicator("3", "书记项目推进", "40")],
            },
        ],
    },
    "places": 2,
    "bands": [["好", "90"], ["较好", "75"], ["一般", "0"]],
    "quota": {"grade": "好", "share": "1/3", "kind": "upper"},
    "vetoes": {"严重违纪": {"effect": "not_above", "grade": "一般", "legal_basis": "某条例"}},
    "basis": "某办法",
    "plan_basis": "某委〔2026〕3号",
    "mid_year_weight": "0.40",
}


def content() -> dict[str, Any]:
    """A content without problems, to be changed."""
    return copy.deepcopy(CONTENT)


def drafted(
    organization: Organization,
    by: Actor,
    *,
    name: str = "街道、镇类",
    level: str = Level.BRANCH,
    classes: tuple[str, ...] = ("street", "town"),
    year: int = 2027,
) -> SchemeVersion:
    """A draft without problems."""
    with clock.at(NOW):
        version = versions.create(
            organization=organization, year=year, level=level, name=name, classes=classes, by=by
        )
        versions.save(version=version, revision=version.revision, content=content(), by=by)
    return SchemeVersion.objects.select_related("scheme__organization").get(pk=version.pk)


def submitted(organization: Organization, by: Actor, **more: Any) -> SchemeVersion:
    """A version that waits to be published."""
    version = drafted(organization, by, **more)
    with clock.at(NOW):
        versions.submit(
            version=version,
            revision=version.revision,
            from_period=f"{version.scheme.year}-H1",
            by=by,
        )
    return version


def published(organization: Organization, by: Actor, second: Actor, **more: Any) -> SchemeVersion:
    """A version in force from the first half of 2027 on."""
    version = submitted(organization, by, **more)
    with clock.at(NOW):
        versions.publish(
            version=version,
            revision=version.revision,
            document_number="某委〔2026〕30号",
            document_on=NOW.date(),
            by=second,
        )
    return version
