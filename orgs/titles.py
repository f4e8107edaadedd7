"""Codes and names of organisations: what a full name tells of short name and class. Pure."""

import datetime as dt
import re
from collections.abc import Iterable

from core import pinyin
from core.text import clean, match_key

from .enums import COMMITTEE_KINDS, OrganizationClass, OrganizationKind, Sector

# Long endings first: each is the formal ending of a name and what people say instead.
_ENDINGS = (
    ("总支部委员会", "党总支"),
    ("总支委员会", "党总支"),
    ("联合支部委员会", "联合党支部"),
    ("临时支部委员会", "临时党支部"),
    ("支部委员会", "支部"),
    ("工作委员会", "党工委"),
    ("委员会", "党委"),
)
# Villages and communities are known without their street; 机关党支部 every street has.
_PLACE = re.compile(r"^.{2,8}?(?:街道|镇|乡)(?=.+(?:村|社区))")
_AREA = re.compile(r"(?:街道|镇|乡)(?:党工委|党委)$")
_SCHOOL = re.compile(r"小学|中学|幼儿园|学校|学院|大学")
_BY_SECTOR = {
    Sector.STATE_ENTERPRISE: OrganizationClass.STATE_ENTERPRISE,
    Sector.PRIVATE_ENTERPRISE: OrganizationClass.PRIVATE_ENTERPRISE,
    Sector.RURAL: OrganizationClass.VILLAGE,
    Sector.ORGAN: OrganizationClass.ORGAN,
    Sector.SCHOOL: OrganizationClass.SCHOOL,
    Sector.INSTITUTION: OrganizationClass.INSTITUTION,
    Sector.COMMUNITY: OrganizationClass.COMMUNITY,
    Sector.SOCIAL_ORGANIZATION: OrganizationClass.SOCIAL_ORGANIZATION,
}


def code_of(number: int) -> str:
    """A lasting code: meaningless for the place in the tree, so that no move breaks it."""
    return f"Z{number:06d}"


def name_key(name: str) -> str:
    """What names are compared by: spellings of one name have one key."""
    return match_key(name)[:100]


def short_name(name: str) -> str:
    """中共大黄山街道湖庄村第一支部委员会 -> 湖庄村第一支部; at most 60 characters."""
    text = clean(name).removeprefix("中共")
    for ending, said in _ENDINGS:
        if text.endswith(ending) and len(text) > len(ending):
            stem = text.removesuffix(ending)
            if said == "支部" and not re.search(r"第.{1,3}$", stem):
                said = "党支部"
            text = stem + said
            break
    if _AREA.search(text):
        text = re.sub(r"(?:党工委|党委)$", "", text)
    text = _PLACE.sub("", text)
    return text[:60]


def spelled(name: str) -> tuple[str, str]:
    """Pinyin and initials of the name as the search columns hold them: the first reading, then
    others that are usual (曾庄), with blanks between."""
    text = name.removeprefix("中共")
    first, *others = pinyin.readings(text)
    found = [("".join(one), pinyin.initials_of(one)) for one in (first, *others)]
    return _joined([full for full, _ in found], 3000), _joined([short for _, short in found], 600)


def _joined(words: Iterable[str], length: int) -> str:
    """As many of the words as fit, each once."""
    text = ""
    for word in dict.fromkeys(words):
        if len(text) + len(word) + 1 > length:
            break
        text += f" {word}" if text else word
    return text


def class_of(name: str, kind: str, unit: str = "", sector: str = "") -> str:
    """The class most likely meant, from kind, unit and sector; `other` when nothing speaks."""
    stem = unit or short_name(name)
    if kind == OrganizationKind.WORK_COMMITTEE:
        return OrganizationClass.ZONE
    if kind in COMMITTEE_KINDS and re.search(r"街道", name):
        return OrganizationClass.STREET
    if kind in COMMITTEE_KINDS and re.search(r"[镇乡](?:委员会|工作委员会)$", name):
        return OrganizationClass.TOWN
    if re.search(r"离退休|老干部", name):
        return OrganizationClass.RETIRED
    if "合作社" in name or "合作社" in stem:
        return OrganizationClass.COOPERATIVE
    if _SCHOOL.search(stem):
        return OrganizationClass.SCHOOL
    if stem.endswith("村") or "村第" in stem or "村党" in stem:
        return OrganizationClass.VILLAGE
    if "社区" in stem:
        return OrganizationClass.COMMUNITY
    return _BY_SECTOR.get(Sector(sector), OrganizationClass.OTHER) if sector else "other"


def term_years(started: dt.date | None, ends: dt.date | None) -> int | None:
    """Length of a term in whole years; None when the dates do not give one to six years."""
    if started is None or ends is None:
        return None
    years = round((ends - started).days / 365.25)
    return years if 1 <= years <= 6 else None


def placing_problem(kind: str, parent_kind: str | None) -> str:
    """Why an organisation of `kind` cannot stand below one of `parent_kind`; "" when it can."""
    kinds = OrganizationKind
    if parent_kind is None:
        return "" if kind == kinds.WORK_COMMITTEE else "只有党工委可以没有上级"
    if parent_kind == kinds.PARTY_GROUP:
        return "党小组下不能再设组织"
    if parent_kind in (kinds.BRANCH, kinds.JOINT_BRANCH, kinds.TEMPORARY_BRANCH):
        return "" if kind == kinds.PARTY_GROUP else "党支部下只能设党小组"
    if kind == kinds.PARTY_GROUP:
        return "党小组只能设在党支部下"
    if kind in COMMITTEE_KINDS and parent_kind == kinds.GENERAL_BRANCH:
        return "党总支下不能设党委"
    return ""
