"""The arithmetic of places as people check it by hand."""

from collections.abc import Sequence
from fractions import Fraction

from assessments.scoring.numbers import plain

from ..queries.groups import Filled, Places, Quota

KINDS = {"upper": "不超过", "lower": "不少于"}


def mixed(value: Fraction) -> str:
    """`6`, `2.7`, and `3 又 2/3` where no decimal says it."""
    text = plain(value)
    if "/" not in text:
        return text
    whole = value.numerator // value.denominator
    rest = value - whole
    part = f"{rest.numerator}/{rest.denominator}"
    return f"{whole} 又 {part}" if whole else part


def share_words(share: Fraction) -> str:
    """`1/3`, `15%`."""
    hundredths = plain(share * 100)
    return f"{share.numerator}/{share.denominator}" if "/" in hundredths else f"{hundredths}%"


def quota_words(quota: Quota) -> str:
    """`“好”不超过 1/3`."""
    below = "及以下" if quota.kind == "lower" else ""
    grade = f"“{quota.grade}”{below}" if quota.grade else "名额"
    return f"{grade}{KINDS[quota.kind]} {share_words(quota.share)}"


def places_words(places: Places, filled: Sequence[Filled]) -> str:
    """The whole, then each group: `18 × 1/3 = 6，按最大余数分：街道镇 11 × 1/3 = 3 又 2/3，得 4；…`."""
    quota = places.quota
    share = share_words(quota.share)
    exact = quota.share * places.taking
    taking = [
        (one, count)
        for one, count in zip(filled, places.of_groups, strict=True)
        if count is not None
    ]
    if not taking:
        return "没有一组够数，不分名额，只按分数线定等次。"
    whole = f"{places.taking} × {share} = {mixed(exact)}"
    if exact != places.total:
        way = "舍去零头" if quota.kind == "upper" else "进一"
        whole += f"，{way}得 {places.total}"
    parts = "；".join(
        f"{one.group.name} {one.size} × {share} = {mixed(quota.share * one.size)}，得 {count}"
        for one, count in taking
    )
    return f"{whole}，按最大余数分：{parts}。"
