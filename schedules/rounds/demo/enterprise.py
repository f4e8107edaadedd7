"""The form of branches in private enterprises, which has an item of every kind, and what they
write into it."""

import datetime as dt
from collections.abc import Mapping
from random import Random
from typing import Any

from core import periods
from orgs.enums import BRANCH_KINDS, OrganizationClass

from .. import item_kinds
from ..definitions import DEFAULTS, starter
from ..enums import ItemKind

OWN_KEYS = ("tackled", "achieved", "next_meeting", "theme_day", "topics", "funds", "requests")


def _item(key: str, title: str, kind: ItemKind, help: str, **settings: Any) -> dict[str, Any]:  # noqa: A002  (as in a spec)
    return {**starter(kind, title), "key": key, "help": help, **settings}


def form() -> dict[str, Any]:
    """The common form of a branch with items of its own behind it."""
    common = next(one for one in DEFAULTS if one["key"] == "branch")
    number = {"unit": "项", "minimum": 0, "maximum": 50, "compares": True}
    own = [
        _item(
            "tackled",
            "党员牵头的技术攻关",
            ItemKind.NUMBER,
            "正在进行的党员牵头攻关，按项目数，不按人次。没有填 0。",
            required=True,
            **number,
        ),
        _item(
            "achieved",
            "其中已见成效",
            ItemKind.NUMBER,
            "没有填 0。",
            **{**number, "compares": False},
            at_most="tackled",
        ),
        _item("next_meeting", "下次支部党员大会", ItemKind.DATE, "定了就写。", window="next"),
        _item(
            "theme_day",
            "主题党日怎样办的",
            ItemKind.CHOICE,
            "",
            options=["与班组会一起", "单独开", "参加上级或联合活动", "本月没有办"],
        ),
        _item(
            "topics",
            "本月学习的内容",
            ItemKind.CHOICES,
            "可选几个。",
            options=["党章党规", "安全生产", "业务技能", "上级会议精神"],
        ),
        _item("funds", "活动经费是否到位", ItemKind.YES_NO, "", reason_on="no"),
        _item(
            "requests",
            "需要协调的事项",
            ItemKind.TABLE,
            "没有可不填。",
            columns=["事项", "哪个单位", "何时前"],
            max_rows=3,
        ),
    ]
    return {
        "key": "enterprise",
        "name": "企业党支部月报",
        "kinds": [str(kind) for kind in BRANCH_KINDS],
        "classes": [str(OrganizationClass.PRIVATE_ENTERPRISE)],
        "items": [*common["items"][:-1], *own, common["items"][-1]],  # files are the last
    }


ASKED_AGAIN = "social_organization"  # whose form asks for what the portal counts itself


def forms() -> list[dict[str, Any]]:
    """The forms that installations start with, with this one for private enterprises, and one that
    asks for a number that a figure says: it is told of on the page of the burden."""
    kept = (one for one in DEFAULTS if one["key"] != "private_enterprise")
    return [*(_asking_again(one) if one["key"] == ASKED_AGAIN else one for one in kept), form()]


def _asking_again(form: dict[str, Any]) -> dict[str, Any]:
    again = _item(
        "members_again",
        "现有党员",
        ItemKind.NUMBER,
        "按组织关系填写。",
        unit="人",
        minimum=0,
        maximum=500,
    )
    return {**form, "items": [*form["items"][:-1], again, form["items"][-1]]}


def short_answer(rng: Random, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What a branch answers to the short question of its class; blank where there is none."""
    kind = spec["kind"]
    if kind == ItemKind.CHOICES:
        picked = set(rng.sample(spec["options"], rng.randint(1, 2)))
        return {"choices": [one for one in spec["options"] if one in picked]}
    if kind == ItemKind.YES_NO:
        return {"answer": "yes", "reason": ""}
    if kind == ItemKind.NUMBER:
        return {"number": str(rng.randint(0, 6))}
    return item_kinds.of(kind).blank


def value(rng: Random, spec: Mapping[str, Any], period: str) -> dict[str, Any]:
    """What a branch wrote into an item of its own form."""
    key = spec["key"]
    if key == "tackled":
        return {"number": str(rng.randint(2, 5))}
    if key == "achieved":
        return {"number": str(rng.randint(0, 2))}
    if key == "next_meeting":
        first = periods.first_day(periods.shift(period, 1))
        return {"date": (first + dt.timedelta(days=rng.randint(5, 24))).isoformat()}
    if key == "theme_day":
        return {"choice": rng.choice(spec["options"])}
    if key == "topics":
        picked = set(rng.sample(spec["options"], rng.randint(1, 2)))
        return {"choices": [one for one in spec["options"] if one in picked]}
    if key == "funds":
        is_there = rng.random() < 0.8
        reason = "" if is_there else "下半年经费待董事会审批"
        return {"answer": "yes" if is_there else "no", "reason": reason}
    rows = [["夜班党员公交末班车", "园区管理办", "下月底"]] if rng.random() < 0.2 else []
    return {"rows": rows}
