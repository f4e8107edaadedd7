"""What a text of 评分标准 says plainly, as rules of the engine; all else is marked by people.

Nothing is guessed: a text of which one part is not understood becomes one rule `discretion` bounded
by the full marks, whatever else of it was read. Each text is looked at clause by clause with
patterns of bounded length, so that reading is linear in the text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from assessments.scoring.numbers import plain
from core.text import to_half_width

Rule = Mapping[str, Any]
MOST_CHARACTERS = 2000
_LONGEST_LABEL = 60

_N = r"\d{1,4}(?:\.\d{1,4})?"
_MARKS = rf"({_N})分(?!钟|之|期|册|部)"
_UNITS = "次|项|人|名|个|处|条|起|件|天|篇|场|期|例|户|家"
_PERIOD = "年|月|季|半年|周|学期|两"
_DIGITS = {word: str(number) for number, word in enumerate("一二三四五六七八九十", 1)} | {"两": "2"}
_COUNTED = re.compile(rf"(?<![一二三四五六七八九十百])[一二两三四五六七八九十](?=分|名|{_UNITS})")
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.、)](?!\d)|[①-⑳]|\([一二三四五六七八九十]{1,3}\))")
_SCORES = re.compile(rf"{_MARKS}|扣|不得分|不计分|不给分|满分|酌情|视情|加分|减分|得分|计分|打分")


@dataclass(frozen=True, slots=True)
class Reading:
    """The rules that a text comes to. `is_read`: the text says them; else people mark by it, and
    `why` says what stood in the way, if it can be said."""

    rules: tuple[Rule, ...]
    is_read: bool
    why: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether the points are for people to say, within a bound."""
        return any(rule["rule"] == "discretion" for rule in self.rules)


class _Unread(Exception):
    """The text says something else than any rule."""


def read_standard(text: str, full: Fraction) -> Reading:
    """What the text says for an indicator of so many marks."""
    said = _normal(text)
    if not said:
        return _unread(full, "没有评分标准")
    if len(said) > MOST_CHARACTERS:
        return _unread(full, "评分标准太长")
    try:
        for whole in _WHOLE:
            rule = whole(said, full)
            if rule is not None:
                return Reading((rule,), True)
        return Reading(_clauses(said, full), True)
    except _Unread as unread:
        return _unread(full, str(unread))


def discretion(full: Fraction) -> dict[str, Any]:
    """Marked by people within the full marks, with a reason."""
    return {"rule": "discretion", "params": {"bound": plain(full)}}


def _unread(full: Fraction, why: str) -> Reading:
    return Reading((discretion(full),), False, why)


def _normal(text: str) -> str:
    """Half-width, without blanks, with digits for counts in words; lines stay apart."""
    said = "\n".join("".join(line.split()) for line in to_half_width(text).splitlines())
    said = said.replace("－", "-").replace("—", "-").replace("–", "-").replace("~", "-")
    said = re.sub(r"第[一二两三四五六七八九十](?=名)", lambda m: "第" + _DIGITS[m[0][1]], said)
    said = re.sub(r"(?<=[扣得加减])半分", "0.5分", said)
    return _COUNTED.sub(lambda m: _DIGITS[m[0]], said).strip("\n;。,、")


def _plain(number: str) -> str:
    return plain(Fraction(number))


# --- rules that a whole text is -------------------------------------------------------------------

_PIECES = re.compile(r"[、;,/。\n]+")
_TWO_SIDED = r"增减|升降|高低|上下|±|[增升高多](?:加|出)?\([减降低少](?:少|于)?\)|增加或减少|增或减"
_ONE_SIDED = r"减少|下降|降低|低于|相差|不足|低|少|降|减|差"
_RATIO = re.compile(
    rf"(?P<about>[^\d%]{{0,60}})(?P<base>{_N})%(?:\(含\))?(?:及?以上)?的?(?:可?得|计|为)?"
    rf"(?:满分|(?P<marks>{_N})分)(?:\(满分\))?[,;。、\n]?(?:比例|比率)?每"
    rf"(?:(?P<both>{_TWO_SIDED})|(?:{_ONE_SIDED}))(?P<step>{_N})(?:个?百分点|%|个点)"
    rf"(?:相应)?(?:±|加减|增减|[加增]\([减扣]\)|[加增]或[减扣]|扣减|扣|减|-)(?P<points>{_N})分"
    r"(?:[,;。](?:直?至?扣完为止|扣完即止))?"
    rf"(?:[,;。](?:最高|最多|不超过|上限)(?:可?得|为|计)?(?P<most>{_N})分)?(?:[,;。]上不封顶)?"
)


def _ratio(said: str, full: Fraction) -> Rule | None:
    found = _RATIO.fullmatch(said)
    if found is None:
        return None
    if found["marks"] and Fraction(found["marks"]) != full:
        raise _Unread(f"基准是 {found['marks']} 分，与分值不同")
    step = Fraction(found["step"])
    if step == 0:
        raise _Unread("每一步是 0")
    params = {
        "base": plain(Fraction(found["base"]) / 100),
        "step": plain(step / 100),
        "points": _plain(found["points"]),
    }
    # What goes both ways goes above the full marks too, else going up would say nothing.
    if found["most"]:
        params["ceiling"] = _plain(found["most"])
    elif found["both"]:
        return {"rule": "ratio_steps", "params": {**params, "ceiling": None}}
    return {"rule": "ratio_steps", "params": params}


_RANK = re.compile(rf"(?:排名)?第?(\d{{1,2}})名的?(?:可?得|计|为|:)?{_MARKS}")
_RANKS = re.compile(
    r"(?:排名)?(?:第?1(?:-|至|到)第?(?P<to>\d{1,2})名|前(?P<first>\d{1,2})名)(?:的?(?:分别|依次))(?:可?得|计|为)?"
    rf"(?P<points>{_N}分?(?:[、,/]{_N}分?){{1,29}})"
)
_REST = re.compile(r"(?:其余|其他|其它)(?:名次)?的?(?:均|一律)?(?:不得分|不计分|(?:得|计)?0分)")


def _ranks(said: str, full: Fraction) -> Rule | None:
    first, *rest = re.split(r"[;。\n]|,(?=其)", said, maxsplit=1)
    if found := _RANKS.fullmatch(first.rstrip(",")):
        points = [one.rstrip("分") for one in re.split("[、,/]", found["points"])]
        if len(points) != int(found["to"] or found["first"]):
            raise _Unread("名次和分数的个数不同")
        if any(not _REST.fullmatch(one.strip("。;,")) for one in rest):
            return None
        table = {str(place): points[place - 1] for place in range(1, len(points) + 1)}
    else:
        table = {}
        for piece in filter(None, _PIECES.split(said)):
            found = _RANK.fullmatch(piece)
            if found and found[1] not in table:
                table[found[1]] = found[2]
            elif not (table and _REST.fullmatch(piece)):
                return None
    if len(table) < 2:
        return None
    if max(map(Fraction, table.values())) > full:
        raise _Unread("名次的分数超过分值")
    return {
        "rule": "rank_points",
        "params": {"table": {place: _plain(one) for place, one in table.items()}},
    }


_LEVEL = re.compile(
    rf"(?P<label>(?:[^\d%]|1次){{1,30}}?)的?(?::|可得|得|计|记|-|\()?"
    rf"(?:(?P<points>{_N})分?\)?|(?P<none>不得分|不计分|不给分)|(?P<all>满分))"
)
_NO_LEVEL = re.compile(rf"扣|加|减|酌情|视情|最多|最高|不超过|累计|名|以[上下]|每(?!{_PERIOD})")


def _levels(said: str, full: Fraction) -> Rule | None:
    """Grades with their points; one of two of which the lower has none is a condition; marks that
    add up to the whole are parts of several scorers."""
    points: dict[str, Fraction] = {}
    has_none = is_full = False
    for piece in filter(None, _PIECES.split(said)):
        found = _LEVEL.fullmatch(_NUMBERED.sub("", piece))
        if found is None or _NO_LEVEL.search(found["label"]) or found["label"] in points:
            return None
        has_none, is_full = has_none or bool(found["none"]), is_full or bool(found["all"])
        marks = full if found["all"] else Fraction(found["points"] or 0)
        points[found["label"].strip("为:的")] = marks
    if len(points) < 2 or ("分" not in said and "/" not in said):
        return None
    table = {label: plain(marks) for label, marks in points.items()}
    if max(points.values()) == full:
        if len(points) == 2 and has_none:
            return {"rule": "all_or_nothing", "params": {}}
        return {"rule": "levels", "params": {"levels": table}}
    if sum(points.values(), Fraction(0)) == full and not has_none:
        return {"rule": "parts", "params": {"parts": table}}
    raise _Unread(f"最高一档是 {plain(max(points.values()))} 分，与分值不同")


_GIVEN = rf"的?(?:可?得|计|为|:)?(?:{_MARKS}|(满分)|(不得分|不计分))"
_BANDS = (
    re.compile(rf"[^\d]{{0,40}}?(?P<from>{_N})%(?:\(含\))?(?:及|\(含\))?以上{_GIVEN}"),
    re.compile(
        rf"[^\d]{{0,40}}?(?P<from>{_N})%?(?:\(含\))?(?:-|至|到)(?P<to>{_N})%(?:\(不含\))?(?:之间)?{_GIVEN}"
    ),
    re.compile(rf"[^\d]{{0,40}}?(?P<to>{_N})%(?:\(不含\))?以下{_GIVEN}"),
    re.compile(rf"[^\d]{{0,40}}?(?:不足|低于|不到|小于)(?P<to>{_N})%{_GIVEN}"),
)


def _bands(said: str, full: Fraction) -> Rule | None:
    """Shares in bands without gaps, each with its points."""
    steps: list[tuple[Fraction | None, Fraction | None, Fraction]] = []
    for piece in filter(None, _PIECES.split(said)):
        found = next((m for band in _BANDS if (m := band.fullmatch(piece))), None)
        if found is None:
            return None
        named = found.groupdict()
        start, end = named.get("from"), named.get("to")
        number, all_, _ = found.groups()[-3:]
        marks = full if all_ else Fraction(number or 0)
        steps.append((_share(start), _share(end), marks))
    if len(steps) < 2:
        return None
    steps.sort(key=lambda step: (step[0] is not None, step[0] or 0))
    if steps[0][0] is None:
        steps[0] = (Fraction(0), *steps[0][1:])
    if any(upper is None or upper != lower for (_, upper, _), (lower, _, _) in pairwise(steps)):
        raise _Unread("几档之间有空档或重叠")
    return _steps(steps, full)


def _share(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


_TIER = re.compile(
    rf"(?P<about>[^\d%]{{0,40}}?)(?P<count>\d{{1,2}})(?:{_UNITS})(?P<more>\(?及?以上\)?)?的?,?"
    rf"(?:扣{_MARKS}|(?:此项|该项|本项)?(?P<none>不得分|不计分))"
)


def _tiers(said: str, full: Fraction) -> Rule | None:
    """1次扣3分，2次扣5分，3次及以上不得分: points by how often, not by each time."""
    lost: list[Fraction] = []
    is_open = False
    for piece in filter(None, _PIECES.split(said)):
        found = _TIER.fullmatch(piece)
        if found is None or "每" in found["about"]:
            return None
        if is_open or int(found["count"]) != len(lost) + 1:
            raise _Unread("次数的几档之间有空档")
        is_open = bool(found["more"])
        lost.append(full if found["none"] else Fraction(found[4]))
    if len(lost) < 2:
        return None
    if not is_open:
        raise _Unread("没有写最后一档“及以上”")
    ends: list[int | None] = [*range(1, len(lost) + 1), None]
    steps = [
        (Fraction(place), None if end is None else Fraction(end), max(full - less, Fraction(0)))
        for place, (end, less) in enumerate(zip(ends, [Fraction(0), *lost], strict=True))
    ]
    return _steps(steps, full)


def _steps(
    steps: Iterable[tuple[Fraction | None, Fraction | None, Fraction]], full: Fraction
) -> Rule:
    rows = [
        [None if one is None else plain(one) for one in (start, end)] + [plain(marks)]
        for start, end, marks in steps
    ]
    if max(Fraction(row[2] or 0) for row in rows) != full:
        raise _Unread("最高一档与分值不同")
    return {"rule": "steps", "params": {"steps": rows}}


_WHOLE: tuple[Callable[[str, Fraction], Rule | None], ...] = (
    _ratio,
    _ranks,
    _bands,
    _tiers,
    _levels,
)


# --- rules that stand in clauses ------------------------------------------------------------------

_EMPTIED = re.compile(
    r"(?:直?至)?(?:本项|该项|此项)?(?:分值?)?扣完(?:本项|该项|此项)?(?:分值?)?(?:为止|即止)?|不计负分"
)
_FILLED = re.compile(r"(?:得|加|计)?满分?(?:为止|即止)")
_AT_MOST = re.compile(
    rf"(?:累计|合计|共|本项|该项)?(?:最多|最高|至多|上限|不超过|封顶)(?:不超过)?(?:可?得|扣|加|计|为)?{_MARKS}"
    rf"|(?:累计|合计)?{_MARKS}(?:封顶|为限)"
)
_TAKEN = re.compile(rf"(?:倒扣|扣除|扣减|扣|减|-){_MARKS}")
_TAKEN_RANGE = re.compile(rf"扣除?{_N}分?(?:-|至|到){_N}分")
_EARNED = re.compile(rf"(?P<each>每.{{0,30}}?)(?:可得|可加|得|加|计|记|奖|\+)?{_MARKS}")
_NOTHING = re.compile(
    r"(?P<when>.{0,80}?)的?(?:则|此项|该项|本项|一律|均|取消)*"
    r"(?:不得分|不计分|不给分|[得计记为]0分|扣(?:除)?全(?:部分值|部|分)|全扣|扣除?满分|扣完全部分)"
)
_FULLY = re.compile(rf".{{0,80}}?(?:可?得|计|给)(?:满分|{_MARKS})")
_PLACE_AT_MOST = re.compile(
    rf"每个?(?:基层)?(?:党?支部|党组织|单位)(?:累计)?(?:最多|至多|最高|不超过)扣?{_MARKS}"
)
_LIMITING = re.compile(r"最多|最高|至多|不超过|累计|上限|至少|不低于")
_BARE = re.compile("扣|得|加|计|减|不得分|不计分")
_JUDGED = re.compile(r"酌情|视情(?:况|节)?")
_JUDGED_LOSS = re.compile(
    rf"(?:酌情|视情(?:况|节)?)扣除?(?:(?:0|{_N})分?(?:-|至|到)|(?:最多|不超过|至多))?(?:扣)?{_MARKS}"
)
_JUDGED_BOUND = re.compile(
    rf"(?:酌情|视情况?)(?:可?给予?|打|计|加|赋|得)(?:分,?)?(?:(?:最多|最高|不超过|至多)(?:得)?|0(?:分)?(?:-|至|到)){_MARKS}"
)
_PER_PERIOD = re.compile(rf"每(?={_PERIOD})")
_EACH = re.compile(rf"每(?!{_PERIOD})|(?<![\d.])1(?:{_UNITS})")
_OTHER_COUNT = re.compile(
    rf"(?<![\d.])(?!1(?:{_UNITS}))\d{{1,3}}(?:\.\d)?(?:{_UNITS}|个?百分点|%)$"
)
_PERCENT = re.compile(r"百分点|%")
_LISTED = re.compile(
    r"(?P<list>[^、]{1,30}(?:、[^、]{1,30}){0,9}、[^、]{1,30}?)"
    r"(?P<how>(?:未|没有|没|不|无|缺).{1,10}?)?的?"
)
_ONE_OF_LIST = re.compile(r"(?:每|缺|少|有)*1?[项个]")
_BRACKETS = re.compile(r"\([^()]{0,80}\)")


@dataclass(slots=True)
class _Found:
    """What the clauses have said so far."""

    full: Fraction
    taking: list[dict[str, Any]] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    earning: list[dict[str, Any]] = field(default_factory=list)
    has_condition: bool = False
    bound: Fraction | None = None
    least: Fraction | None = None  # of what is judged, where only so much can be lost
    last: dict[str, Any] | None = None  # what a bound behind it belongs to

    def rules(self) -> tuple[Rule, ...]:
        """Together, where the engine adds up what the text means."""
        taking = list(self.taking)
        if self.missing:
            taking.append({"rule": "deduct_missing", "params": {"items": dict(self.missing)}})
        brings = bool(self.earning) + self.has_condition + (self.bound is not None)
        if brings > 1:
            raise _Unread("几种给分办法混在一起")
        if self.bound is not None:
            if taking and (self.bound != self.full or self.least is not None):
                raise _Unread("扣分之外还有限额的酌情分")
            found = discretion(self.full)
            found["params"]["bound"] = plain(self.bound)
            if self.least is not None:
                found["params"]["floor"] = plain(self.least)
            return (*taking, found)
        if self.has_condition:
            return ({"rule": "all_or_nothing", "params": {}}, *taking)
        if not self.earning and not taking:
            raise _Unread("")
        return (*self.earning, *taking)


def _clauses(said: str, full: Fraction) -> tuple[Rule, ...]:
    found = _Found(full)
    for clause in re.split(r"[;。\n]+", said):
        before = ""
        for piece in re.split(r",|(?<=\d分)[、/]", _NUMBERED.sub("", clause)):
            piece = piece.strip(":")
            if not piece:
                continue
            if _is_bound(piece, found):
                continue
            if not _SCORES.search(piece):
                before = f"{before},{piece}" if before else piece
                continue
            if before and _BARE.match(piece):  # 每少1次，扣1分
                before, _, begun = before.rpartition(",")
                piece = begun + piece
            _piece(before, piece, found)
            before = ""
    return found.rules()


def _is_bound(piece: str, found: _Found) -> bool:
    """Whether the piece only says where the rule before it ends; notes it there."""
    if _EMPTIED.fullmatch(piece) and (found.taking or found.missing):
        return True
    if _FILLED.fullmatch(piece) and found.last in found.earning:
        found.last["params"].setdefault("cap", plain(found.full))  # type: ignore[index]
        return True
    place = _PLACE_AT_MOST.fullmatch(piece)
    if place and found.last in found.taking:
        found.last["params"]["place_cap"] = _plain(place[1])  # type: ignore[index]
        return True
    most = _AT_MOST.fullmatch(piece)
    if most is None:
        return False
    if found.last is None:
        raise _Unread(f"看不出“{piece[:20]}”限的是哪一项")
    cap = Fraction(most[1] or most[2])
    if cap > found.full:
        raise _Unread(f"“{piece[:20]}”超过分值")
    found.last["params"]["cap"] = plain(cap)
    return True


def _piece(before: str, piece: str, found: _Found) -> None:
    """One piece with points in it; `before` is what was said without any."""
    bare = _BRACKETS.sub(lambda m: m[0] if _SCORES.search(m[0]) else "", piece)
    if _JUDGED.search(bare):
        _judged(bare, found)
    elif _TAKEN_RANGE.search(bare):
        raise _Unread(f"“{piece[:20]}”没有写定扣几分")
    elif nothing := _NOTHING.fullmatch(bare):
        if not (nothing["when"] or before) or re.fullmatch(r"\d.{0,4}", nothing["when"]):
            raise _Unread(f"看不出“{piece[:20]}”是什么情形")
        found.has_condition, found.last = True, None
    elif taken := _TAKEN.search(bare):
        if bare[taken.end() :]:
            rest = bare[taken.end() :].lstrip("(").rstrip(")")
            if not (_EMPTIED.fullmatch(rest)):
                raise _Unread(f"不认识“{piece[:30]}”")
        _taken(before, bare[: taken.start()], Fraction(taken[1]), found)
    elif (earned := _EARNED.search(bare)) and earned.end() == len(bare):
        _earned(earned, found)
    elif fully := _FULLY.fullmatch(bare):
        if fully[1] and Fraction(fully[1]) != found.full:
            raise _Unread(f"“{piece[:20]}”与分值不同")
    else:
        raise _Unread(f"不认识“{piece[:30]}”")


def _judged(piece: str, found: _Found) -> None:
    if bound := _JUDGED_BOUND.search(piece):
        marks = Fraction(bound[1])
        if marks > found.full:
            raise _Unread(f"“{piece[:20]}”超过分值")
    elif loss := _JUDGED_LOSS.search(piece):
        marks = found.full
        if found.least is not None or Fraction(loss[1]) > marks:
            raise _Unread(f"“{piece[:20]}”扣分有几处限额，或超过分值")
        found.least = marks - Fraction(loss[1])
    elif re.search(r"\d", piece.partition("情")[2]):
        raise _Unread(f"不认识“{piece[:30]}”")
    else:
        marks = found.full
    if found.bound is not None:
        marks = min(marks, found.bound)
    found.bound, found.last = marks, None


def _taken(before: str, head: str, points: Fraction, found: _Found) -> None:
    if _LIMITING.search(head):
        raise _Unread(f"不认识“{head[:30]}”")
    if _PERCENT.search(head) and "每" in head:
        raise _Unread("按百分点扣分，没有写基准和满分的条件")
    if _OTHER_COUNT.search(head.removesuffix("的").removesuffix("未")):
        raise _Unread(f"“{head[:20]}”不是每次，也不是一项")
    if _EACH.search(head):
        items = _items(before, head)
        if items:
            for name in items:
                _miss(name, points, found)
            return
        rule = {"rule": "deduct_each", "params": {"points": plain(points)}}
        found.taking.append(rule)
        found.last = rule
        return
    _miss((f"{before},{head}" if before else head).strip(",:的"), points, found)


def _items(before: str, head: str) -> list[str]:
    """三会一课、民主评议、党务公开未落实的，每项: the names, where the list is closed."""
    if not _ONE_OF_LIST.fullmatch(head) or "等" in before:
        return []
    listed = _LISTED.fullmatch(before)
    return listed["list"].split("、") if listed else []


def _miss(name: str, points: Fraction, found: _Found) -> None:
    if not name or len(name) > _LONGEST_LABEL or name in found.missing:
        raise _Unread(f"看不出扣 {plain(points)} 分的是哪一项")
    found.missing[name] = plain(points)
    found.last = None


def _earned(earned: re.Match[str], found: _Found) -> None:
    each = earned["each"]
    if _LIMITING.search(each):
        raise _Unread(f"不认识“{each[:30]}”")
    if _OTHER_COUNT.search(each) or _PERCENT.search(each) or _PER_PERIOD.fullmatch(each[:2]):
        raise _Unread(f"“{each[:20]}”不是每次")
    if re.fullmatch(rf"每(?:{_PERIOD}).{{0,2}}", each):
        raise _Unread(f"“{each[:20]}”不是每次")
    rule = {"rule": "accumulate", "params": {"points": _plain(earned[2])}}
    found.earning.append(rule)
    found.last = rule
