"""Choices of demonstration sites. Values are stable and never reused."""

from django.db.models import TextChoices


class SiteLevel(TextChoices):
    """Whose honour it is."""

    DISTRICT = "district", "区级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    STATE = "state", "国家级"


class ProgrammeState(TextChoices):
    """拟定 (nobody is told) → 受理申报 → 停止申报: what it has named stays named."""

    DRAFT = "draft", "拟定"
    OPEN = "open", "受理申报"
    CLOSED = "closed", "停止申报"


class SiteState(TextChoices):
    """An application until it is decided on; from its naming on a site, until its plaque is taken."""

    DRAFT = "draft", "申报草稿"
    SENT = "sent", "待评审"
    RETURNED = "returned", "退回补充"
    WITHDRAWN = "withdrawn", "已撤回"
    DECLINED = "declined", "未命名"
    NAMED = "named", "已命名"
    WARNED = "warned", "限期整改"
    REMOVED = "removed", "已摘牌"


class CheckMark(TextChoices):
    """What the card says of one criterion."""

    MET = "met", "符合"
    PARTLY = "partly", "基本符合"
    UNMET = "unmet", "不符合"


class SiteStepKind(TextChoices):
    """What happened to an application or a site."""

    SENT = "sent", "申报"
    RETURNED = "returned", "退回补充"
    WITHDRAWN = "withdrawn", "撤回"
    DECLINED = "declined", "不命名"
    REVIEWED = "reviewed", "安排评审"
    JUDGED = "judged", "评审结束"
    CHECKED = "checked", "现场核查"
    NAMED = "named", "命名授牌"
    REGISTERED = "registered", "登记已有"
    RENEWED = "renewed", "复核保留"
    WARNED = "warned", "限期整改"
    REMOVED = "removed", "摘牌"
    PASSED = "passed", "随组织并入"
