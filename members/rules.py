"""What a member's items must satisfy among each other. Pure: no database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import identity
from core.actor import Actor
from core.errors import DomainError

from .enums import Category

ADULT_AGE = 18  # 党章 art. 1: nobody joins before

IDENTITY_MESSAGES = {
    "identity_number_missing": "请填写公民身份号码。",
    "identity_number_lost_precision": "这是 Excel 中变了形的数字，末几位已经丢失。请对照证件重新输入 18 位号码。",
    "identity_number_old": "这是 15 位旧号码，请填 18 位号码。",
    "identity_number_length": "公民身份号码应为 18 位。",
    "identity_number_format": "公民身份号码应为 17 位数字加 1 位校验码（数字或 X）。",
    "identity_number_check_digit": "校验码不符，号码中有数字输错，请对照证件核对。",
    "identity_number_area": "前两位不是省级行政区代码，请对照证件核对。",
    "identity_number_birth_date": "第 7 至 14 位不是有效的出生日期，请对照证件核对。",
}
# Says the same of every number that cannot be registered here, whoever has it, and of a person who
# has come here with too many of them: nobody finds out by it who is a member elsewhere.
NOT_HERE = (
    "没有保存：这个身份号码要由上级党委核对后登记。"
    "请把本人姓名和证件报上级党委；是从别处转来的，由上级党委办理编入。"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or only odd, with one item."""

    field: str
    code: str
    message: str


ADMISSION = dt.timedelta(days=184)
"""The approval of a new member may take half a year (reference §2.2): registered later, he came
from elsewhere."""
PHONE_WANTED = "请填 11 位手机号，或带区号的固定电话，如 0516-83870000。"


def came_from_elsewhere(category: str, joined: dt.date | None, today: dt.date) -> bool:
    """Whether somebody who is registered today was a member before, so that he has a day of
    arrival."""
    return category == Category.FULL or bool(joined and joined < today - ADMISSION)


def known_from(number: str) -> dict[str, Any]:
    """Sex and birth date as a sound identity number says them; unknown and None without one."""
    if not number or identity.problem(number):
        return {"sex": "0", "birth_on": None}
    return {"sex": identity.sex(number), "birth_on": identity.birth_date(number)}


def lacking(values: Mapping[str, Any], *, today: dt.date) -> list[Finding]:
    """What nobody but the person who registers somebody can know, and has left out."""
    found = []
    if not values.get("birth_on"):
        found.append(Finding("birth_on", "birth_date_missing", "请填写出生日期。"))
    if not values.get("arrived_on") and came_from_elsewhere(
        values["category"], values.get("joined_on"), today
    ):
        found.append(
            Finding(
                "arrived_on",
                "arrival_missing",
                "请填写转入日期：入党较早，应是从别处转来的。一直在本支部的，填到本支部的日期。",
            )
        )
    return found


def registered(message: str = NOT_HERE) -> DomainError:
    """The refusal of a number, the same whoever has it unless `message` says more."""
    return DomainError(message, field="identity_number", code="duplicate_identity_number")


def covers(by: Actor, path: str) -> bool:
    """Whether `by` may write below `path`: the portal itself everywhere, people in their scope."""
    return by.user_id is None or by.covers(path)


def identity_problem(number: str) -> Finding | None:
    """What is wrong with a normalised identity number, with the sentence that helps."""
    code = identity.problem(number)
    return Finding("identity_number", code, IDENTITY_MESSAGES[code]) if code else None


def problems(values: Mapping[str, Any], *, today: dt.date) -> list[Finding]:
    """What must be put right before the items can be kept."""
    found = []
    born, joined, full = (values.get(key) for key in ("birth_on", "joined_on", "full_member_on"))
    for key, label, day in (
        ("birth_on", "出生日期", born),
        ("joined_on", "入党时间", joined),
        ("full_member_on", "转正时间", full),
        ("lost_contact_since", "失去联系日期", values.get("lost_contact_since")),
    ):
        if day and day > today:
            found.append(Finding(key, "date_in_future", f"{label}不能晚于今天。"))
    if joined and born and joined < born:
        found.append(Finding("joined_on", "dates_out_of_order", "入党时间不能早于出生日期。"))
    if joined and full and full < joined:
        found.append(Finding("full_member_on", "dates_out_of_order", "转正时间不能早于入党时间。"))
    if full and values.get("category") == Category.PROBATIONARY:
        found.append(
            Finding(
                "full_member_on",
                "probationary_with_full_date",
                "预备党员没有转正时间：请清空，或把人员类别改为正式党员。",
            )
        )
    return found


def warnings(values: Mapping[str, Any], *, number: str = "") -> list[Finding]:
    """What looks odd and is kept all the same. `number` is the sound identity number, if known."""
    found = []
    born, joined = values.get("birth_on"), values.get("joined_on")
    if number and not identity.problem(number):
        if born and born != identity.birth_date(number):
            found.append(Finding("birth_on", "birth_date_differs", "出生日期与身份号码不一致。"))
        if values.get("sex") in ("1", "2") and values["sex"] != identity.sex(number):
            found.append(Finding("sex", "sex_differs", "性别与身份号码不一致。"))
    if born and joined and joined < years_after(born, ADULT_AGE):
        found.append(Finding("joined_on", "joined_under_age", f"入党时未满 {ADULT_AGE} 周岁。"))
    if values.get("category") == Category.FULL and not values.get("full_member_on"):
        found.append(Finding("full_member_on", "full_date_missing", "正式党员还没有填转正时间。"))
    return found


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day `years` later (earlier when negative); 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
