"""What a scheme may not be: sums that do not add up, bases that are missing, and what the rules
against formalism forbid, each with its source and something lawful in its place."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused
from orgs.enums import OrganizationClass

from . import parameters
from .definitions import (
    COUNTED_AS,
    EMPTY,
    WHEN,
    Leaf,
    Source,
    keys_of,
    leaves,
    scheme_of,
    source_of,
)

MOST_INDICATORS = 40  # more than that is a warning; 20 to 25 are usual
WITH_DUTY_LIST = frozenset({OrganizationClass.STREET, OrganizationClass.TOWN})
MINUTES_EACH = 12  # what marking one indicator of one organisation takes
APPS_RULE = (
    "国办函〔2026〕12号：不得考核安装率、使用情况，不得以登录、点赞、转发、在线时长等作为考核依据"
)
BURDEN_RULE = "《整治形式主义为基层减负若干规定》"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a scheme from being published, or (`is_warning`) only asks for a second
    look: where (the key of a group or indicator, empty for the whole), what, by which rule, and what
    would do instead."""

    where: str
    text: str
    source: str = ""
    instead: str = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Words that name something no indicator may measure."""

    words: re.Pattern[str]
    text: str
    source: str
    instead: str


FORBIDDEN = (
    Forbidden(
        re.compile("登[录陆](?:率|次数|天数|人数|情况)|(?:日|月)活跃|活跃度|打开率"),
        "登录、活跃度不能作为考核指标。",
        APPS_RULE,
        "要考的如果是学习效果，可用学时达标人数；要考的如果是工作，可用按时完成的任务数。",
    ),
    Forbidden(
        re.compile(
            "(?:安装|下载|注册|关注|绑定)(?:率|数|量|人数|情况)|(?:安装|下载)(?:了)?.{0,6}(?:APP|App|app|客户端|小程序)"
        ),
        "安装、下载、注册、关注不能作为考核指标。",
        APPS_RULE,
        "删去这一项；需要知会的人用通知送到，不考核装没装。",
    ),
    Forbidden(
        re.compile("点赞|转发(?:率|数|量|次数)|阅读量|浏览量|评论数|投票数|刷票|集赞"),
        "点赞、转发、阅读量不能作为考核指标。",
        APPS_RULE,
        "考核办成的事：诉求办结数、群众评议的有效票得分。",
    ),
    Forbidden(
        re.compile("在线时长|学习时长|观看时长|学习积分|平台积分|积分排名|学习强国"),
        "在线时长、平台积分不能作为考核指标。",
        APPS_RULE,
        "可用党员学时达标率，取自组织生活和培训记录。",
    ),
    Forbidden(
        re.compile("打卡|扫码签到|定位签到|人脸签到|刷脸|轨迹"),
        "打卡、扫码或定位签到不能作为考核指标。",
        APPS_RULE,
        "可用到会人数，由记录人点名，取自组织生活记录。",
    ),
    Forbidden(
        re.compile(
            "上传.{0,8}(?:照片|图片|截图|视频|材料|资料|佐证|率|数|次|条|张)|(?:照片|截图|视频|录像).{0,4}(?:留痕|上传)|痕迹管理|信息报送(?:条数|数量|篇数)|(?:简报|信息|稿件)(?:数|篇数|条数)"
        ),
        "上传了多少、报了多少条不能作为考核指标。",
        BURDEN_RULE + "：不得以留痕代替工作",
        "考核事情本身，佐证从已有的记录里取。",
    ),
    Forbidden(
        re.compile(
            "(?:是否|有无|有|未|没有|已)?(?:印发|转发|下发|制发|出台).{0,10}(?:文件|通知|方案|意见|办法)"
        ),
        "发没发文件不能作为考核指标。",
        BURDEN_RULE + "：不得简单以发文、开会评判工作",
        "考核文件要求的事办成了没有。",
    ),
    Forbidden(
        re.compile(
            "(?:召开|开会|会议|专题会).{0,8}(?:传达|贯彻|部署).{0,12}(?:文件|精神|通知|会议)|传达学习.{0,10}(?:文件|通知|次数|情况)"
        ),
        "为传达文件开没开会不能作为考核指标。",
        BURDEN_RULE + "：不得简单以发文、开会评判工作",
        "考核文件要求的事办成了没有；法定的组织生活另有指标。",
    ),
    Forbidden(
        re.compile(
            "(?:受理|收集|征集|登记|上报|接到).{0,8}(?:诉求|意见|建议|问题|线索|投诉).{0,4}(?:数|数量|件数|条数|量|不少于)"
        ),
        "收到多少诉求不能作为考核指标：收得越多分越高，就会有人去造。",
        BURDEN_RULE,
        "可用按期办结的件数和回访满意的件数。",
    ),
)
SATISFACTION = re.compile("满意(?:度|率)|群众评价")


def problems(
    content: Mapping[str, Any],
    *,
    classes: Collection[str],
    figures: Collection[str],
    only_whole: Collection[str] = (),
) -> list[Problem]:
    """All that is wrong with the content for organisations of these classes; `figures` are the keys
    that are registered, `only_whole` those of them by which nobody may be judged. No query."""
    found = [*_sums(content)]
    all_leaves = leaves(content)
    for leaf in all_leaves:
        found += [*forbidden(leaf.node), *_bases(leaf, classes)]
        found += [*_rules(leaf), *_sources(leaf, figures, only_whole)]
    found += [*_satisfaction_alone(all_leaves), *_report(all_leaves), *_whole(content)]
    if len(all_leaves) > MOST_INDICATORS:
        text = f"共 {len(all_leaves)} 项指标，超过 {MOST_INDICATORS} 项；20 至 25 项为宜。"
        found.append(Problem("", text, BURDEN_RULE, is_warning=True))
    return found


def _sums(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Groups whose parts do not add up, each of them, then what the engine refuses."""
    if "root" in content and not leaves(content):
        yield Problem("", "还没有指标。")
        return
    uneven = list(_uneven(content.get("root", {})))
    yield from uneven
    try:
        scheme_of(content)
    except Refused as refusal:
        if not (uneven and refusal.code == "full_marks"):
            key, name = _place(content, refusal.where)
            yield Problem(key, f"“{name}”：{refusal.text}" if name else refusal.text)
    except (KeyError, TypeError, AttributeError, ValueError):
        yield Problem("", "细则的结构不完整。")


_PART = re.compile(r"parts\[(\d+)\]")


def _place(content: Mapping[str, Any], where: str) -> tuple[str, str]:
    """(key, name) of the group or indicator that the engine's `root.parts[0].parts[2].rules[0]` is
    about; nothing for what is of the whole."""
    node: Any = content.get("root", {})
    key = name = ""
    for step in _PART.findall(where):
        node = node["parts"][int(step)]
        key, name = str(node.get("key", "")), str(node.get("name", ""))
    return key, name


def _uneven(node: Mapping[str, Any]) -> Iterator[Problem]:
    parts = node.get("parts")
    if not isinstance(parts, list):
        return
    whole, full = _marks(node), sum((_marks(part) for part in parts), Fraction(0))
    if parts and whole != full:
        word = "多" if full > whole else "少"
        text = f"“{node.get('name', '')}”满分 {plain(whole)}，下面合计 {plain(full)}，{word} {plain(abs(full - whole))} 分。"
        yield Problem(str(node.get("key", "")), text)
    for part in parts:
        yield from _uneven(part)


def _marks(node: Mapping[str, Any]) -> Fraction:
    try:
        return number(node.get("full"))
    except Refused:
        return Fraction(0)


def forbidden(node: Mapping[str, Any]) -> list[Problem]:
    """What of an indicator's words no indicator may measure, with the rule's source and what would
    do instead. A rule that is named is refused while it is typed."""
    said = " ".join(str(node.get(key, "")) for key in ("name", "text", "standard", "evidence"))
    return [
        Problem(str(node.get("key", "")), one.text, one.source, one.instead)
        for one in FORBIDDEN
        if one.words.search(said)
    ]


def _rules(leaf: Leaf) -> Iterator[Problem]:
    """Rules that the engine could not read when the first facts come."""
    for rule in leaf.node.get("rules", ()):
        for text in parameters.faults(rule, leaf.node.get("full")):
            yield Problem(leaf.key, f"“{leaf.name}”的评分规则{text}。")


def _bases(leaf: Leaf, classes: Collection[str]) -> Iterator[Problem]:
    if not str(leaf.node.get("plan_basis", "")).strip():
        yield Problem(leaf.key, f"“{leaf.name}”没有写计划依据（文号）。")
    if WITH_DUTY_LIST & set(classes) and not str(leaf.node.get("duty_entry", "")).strip():
        yield Problem(
            leaf.key,
            f"“{leaf.name}”没有对应的履职事项。",
            "乡镇（街道）履行职责事项清单：清单外的不得考核街道、镇",
            "写明清单里的第几项；清单里没有的，删去这一项。",
        )


def _sources(
    leaf: Leaf, figures: Collection[str], only_whole: Collection[str]
) -> Iterator[Problem]:
    for rule in leaf.node.get("rules", ()):
        source = source_of(rule)
        if not source.is_counted:
            continue
        if not _is_readable(str(rule.get("rule", "")), source, figures):
            yield Problem(leaf.key, f"“{leaf.name}”的数据来源不存在或没有选全。")
        elif any(key in only_whole for key in (source.figure, *source.items.values())):
            yield Problem(
                leaf.key,
                f"“{leaf.name}”选的数据项只能作分母，不能拿来评分。",
                BURDEN_RULE,
                "取按期答复、回访满意的件数，把它选作“占哪一项的比”。",
            )


def _is_readable(rule: str, source: Source, figures: Collection[str]) -> bool:
    """Whether the rule can take its facts from the source, and all that it needs is chosen."""
    if source.takes not in COUNTED_AS.get(rule, ()) or source.empty not in EMPTY:
        return False
    if not source.figures or any(key not in figures for key in source.figures):
        return False
    if source.takes == "missing":
        return bool(source.items)
    needs_whole = source.takes == "ratio" or source.when == "all"
    return (
        bool(source.figure)
        and (bool(source.of) or not needs_whole)
        and (source.takes != "met" or source.when in WHEN)
        and source.best in ("high", "low")
    )


def _satisfaction_alone(all_leaves: Sequence[Leaf]) -> Iterator[Problem]:
    """Satisfaction is never the only evidence of anything: an indicator of it stands beside another
    of the same group that is not a ballot."""
    for leaf in all_leaves:
        if not SATISFACTION.search(leaf.name):
            continue
        beside = [one for one in all_leaves if one.above == leaf.above and one is not leaf]
        if not any(one.is_counted for one in beside):
            yield Problem(
                leaf.key,
                f"“{leaf.name}”是这一组唯一的依据。",
                BURDEN_RULE + "：满意度不得作为唯一依据",
                "在同一组里加一项取自记录的指标，如按期办结率。",
            )


def _report(all_leaves: Sequence[Leaf]) -> Iterator[Problem]:
    """One ballot at most is that of the secretary's report, and it is a ballot."""
    named = [leaf for leaf in all_leaves if leaf.is_report]
    for leaf in named:
        if [rule.get("rule") for rule in leaf.node.get("rules", ())] != ["ballot"]:
            text = f"“{leaf.name}”写了是书记述职评议，规则不是测评投票。"
            yield Problem(leaf.key, text, instead="规则改为测评投票，或去掉“书记述职评议”。")
    for leaf in named[1:]:
        text = f"书记述职评议最多一项，“{named[0].name}”已经是。"
        yield Problem(leaf.key, text, instead="留一项，其余去掉“书记述职评议”。")


def _whole(content: Mapping[str, Any]) -> Iterator[Problem]:
    for key, label in (("basis", "制定依据"), ("plan_basis", "年度督查检查考核计划的文号")):
        if not str(content.get(key) or "").strip():
            yield Problem("", f"没有写{label}。")
    grades = [row[0] for row in content.get("bands") or ()]
    yield from _vetoes(content, grades)
    quota = content.get("quota")
    if quota and quota.get("grade") not in grades:
        yield Problem("", f"名额所指的等次“{quota.get('grade', '')}”不在等次表里。")
    for value, label in (
        (quota.get("share") if quota else None, "名额"),
        (content.get("mid_year_weight"), "年中占年度的比重"),
        (content.get("repair_share"), "整改返还的比例"),
    ):
        if value is not None and not _is_share(value):
            yield Problem("", f"{label}“{str(value)[:20]}”应在 0 到 1 之间。")
    known = keys_of(content.get("root", {}))
    if any(key not in known for key in content.get("tie_break") or ()):
        yield Problem("", "同分时所看的指标已经删去，请重新选择。")
    if bonus := content.get("bonus"):
        for text in parameters.faults(bonus, None):
            yield Problem("", f"加分的设置{text}。")


def _vetoes(content: Mapping[str, Any], grades: Sequence[Any]) -> Iterator[Problem]:
    for name, veto in dict(content.get("vetoes") or {}).items():
        if not str(veto.get("legal_basis", "")).strip():
            yield Problem("", f"一票否决“{name}”没有写法规依据。", "一票否决只能由有权机关规定")
        params = {key: value for key, value in veto.items() if key != "legal_basis"}
        for text in parameters.faults({"rule": "veto", "params": params}, None):
            yield Problem("", f"一票否决“{name}”{text}。")
        if veto.get("grade") and veto["grade"] not in grades:
            yield Problem("", f"一票否决“{name}”所指的等次“{veto['grade']}”不在等次表里。")


def _is_share(value: Any) -> bool:
    try:
        return 0 <= number(value) <= 1
    except Refused:
        return False


# --- what it costs -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """What a scheme costs in one cycle: `by_hand` indicators are marked by people, `sampled` more
    are looked at by lot; `minutes` of all reviewers together; `fields` that each of the assessed
    fills in."""

    indicators: int
    by_hand: int
    sampled: int
    organizations: int
    minutes: int
    fields: int


def cost_of(
    content: Mapping[str, Any],
    organizations: int,
    *,
    sampled: int = 2,
    minutes_each: int = MINUTES_EACH,
) -> Cost:
    """The cost by what the content says: (by hand + sample) × organisations × reviewers × minutes."""
    all_leaves = leaves(content)
    by_hand = [leaf for leaf in all_leaves if not leaf.is_counted]
    counted = [leaf for leaf in all_leaves if leaf.is_counted]
    looked_at = min(sampled, len(counted))
    marks = sum(leaf.reviewers for leaf in by_hand) + looked_at * 2
    fields = sum(bool(leaf.node.get("self_marked", True)) for leaf in by_hand)
    return Cost(
        len(all_leaves),
        len(by_hand),
        looked_at,
        organizations,
        marks * organizations * minutes_each,
        fields,
    )
