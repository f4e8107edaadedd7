"""The explanation of one score, told as `values`: the equation, what cost most, each indicator down to
its facts and arithmetic, what changed since the last time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.schemes.definitions import AWARDS, VETOES, Leaf, leaves, scheme_of
from assessments.scoring.numbers import rounded
from assessments.scoring.schemes import Group, Indicator, Scheme

from ..facts import period_of
from .amounts import apportioned, exact, fixed, percent, short, signed
from .naming import Names
from .rules import award_words, bounds_words, rule_words, veto_words
from .said import Said, said_of
from .steps import OF_BONUS, limits_of, lines_of
from .values import (
    COUNTED,
    EXEMPT,
    OUT,
    WAITING,
    ZERO,
    Beside,
    Change,
    Difference,
    Explained,
    Item,
    Part,
    RuleSaid,
    SinceLast,
    Stored,
    Term,
)

REASONS = 4
CHANGES = 5  # bars of the difference from last time, without what is folded together


def explain(now: Stored, names: Names, last: Stored | None = None) -> Explained:
    """The explanation of a stored score, and how it differs from the last one. Pure."""
    return _Teller(now, names, last).tell()


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the whole comes from, exact."""

    full: Fraction
    lost: Fraction
    over: Fraction
    out: Fraction  # full marks of what is taken out
    scaled: Fraction
    bonus: Fraction
    total: Fraction

    @property
    def terms(self) -> list[Fraction]:
        return [-self.lost, self.over, -self.out, self.scaled, self.bonus]


class _Teller:
    def __init__(self, now: Stored, names: Names, last: Stored | None) -> None:
        self.now, self.names, self.last = now, names, last
        self.scheme: Scheme = scheme_of(now.content)
        self.places = self.scheme.places
        self.by_key = {leaf.key: leaf for leaf in leaves(now.content)}
        results = now.result.get("indicators", {})
        self.points: dict[str, Fraction | None] = {
            key: None if one["points"] is None else exact(one["points"])
            for key, one in results.items()
        }
        self.adjusted = False

    def tell(self) -> Explained:
        sums = self._sums()
        stands = self._stands(sums)
        fulls = self._fulls()
        terms = self._apart(sums.terms, stands - self._shown_full(sums.full))
        lost_shown, over_shown = -terms[0], terms[1]
        losses = self._losses(lost_shown, over_shown)
        items = tuple(self._items(fulls, losses))
        by_key = {item.key: item for item in items}
        parts = tuple(self._parts(self.scheme.root, by_key, fulls, losses, 0))
        losing = sorted((one for one in items if one.lost > 0), key=lambda one: -one.lost)
        reasons, rest = tuple(losing[:REASONS]), losing[REASONS:]
        told = sum((losses[one.key] for one in reasons), Decimal(0))
        whole = sum((one.lost for one in losing), ZERO)
        share = sum((one.lost for one in reasons), ZERO) / whole if whole else ZERO
        return Explained(
            places=self.places,
            terms=tuple(self._terms(sums, terms)),
            total=fixed(stands, self.places),
            full=short(self.scheme.root.full),
            is_whole=self._is_whole,
            known=short(sums.full),
            lost=fixed(lost_shown, self.places),
            reasons=reasons,
            reasons_lost=fixed(told, self.places),
            reasons_share=percent(share, 0),
            rest=len(rest),
            rest_lost=fixed(lost_shown - told, self.places),
            parts=parts,
            items=items,
            sum_text=fixed(self._sum_shown(fulls, losses), self.places),
            bonus=fixed(terms[4], self.places) if self.scheme.bonus is not None else "",
            beside=self._beside(),
            is_adjusted=self.adjusted,
            scaling=self._scaling(sums),
            difference=self._difference(),
        )

    # --- the equation ----------------------------------------------------------------------------

    @property
    def _is_whole(self) -> bool:
        return self.now.result.get("total") is not None

    def _sums(self) -> _Sums:
        known = [one for one in self.scheme.indicators if one.key in self.points]
        left = [one for one in known if self.points[one.key] is not None]
        lost = over = points = ZERO
        for one in left:
            got = self.points[one.key] or ZERO
            points += got
            lost += max(one.full - got, ZERO)
            over += max(got - one.full, ZERO)
        out = sum((one.full for one in known if self.points[one.key] is None), ZERO)
        if not self._is_whole:
            # What is not marked yet is left out of the whole, and so is what is taken out.
            full = sum((one.full for one in left), ZERO)
            return _Sums(full, lost, over, ZERO, ZERO, ZERO, points)
        bonus = exact(self.now.result.get("bonus", 0))
        after, scaled = points, ZERO
        for step in self.now.result.get("steps", ()):
            if step["kind"] == "rescaled":
                after = exact(step["value"])
                scaled = after - points
        return _Sums(self.scheme.root.full, lost, over, out, scaled, bonus, after + bonus)

    def _stands(self, sums: _Sums) -> Decimal:
        if self._is_whole:
            return Decimal(str(self.now.result["total"]))
        return rounded(sums.total, self.places)

    def _shown_full(self, full: Fraction) -> Decimal:
        return rounded(full, self.places)

    def _apart(self, parts: Sequence[Fraction], whole: Decimal) -> list[Decimal]:
        shown = apportioned(parts, whole, self.places)
        alone = [rounded(one, self.places) for one in parts]
        self.adjusted = self.adjusted or shown != alone
        return shown

    def _terms(self, sums: _Sums, shown: Sequence[Decimal]) -> Iterator[Term]:
        places = self.places
        yield Term(
            "full",
            "",
            fixed(self._shown_full(sums.full), places),
            "满分" if self._is_whole else "已计各项满分",
        )
        known = [
            (points, one.full)
            for one in self.scheme.indicators
            if (points := self.points.get(one.key)) is not None
        ]
        losing = sum(points < full for points, full in known)
        above = sum(points > full for points, full in known)
        yield Term("lost", "−", fixed(-shown[0], places), f"失分 {losing} 项")
        if sums.over:
            yield Term("over", "+", fixed(shown[1], places), f"超出满分 {above} 项")
        if sums.out:
            yield Term("out", "−", fixed(-shown[2], places), "不计分的各项")
            yield Term("scaled", "+", fixed(shown[3], places), "其余折算")
        if sums.bonus:
            yield Term("bonus", "+", fixed(shown[4], places), "加分")

    def _beside(self) -> Beside:
        facts, content = self.now.facts, self.now.content
        steps = self.now.result.get("steps", ())
        refused = {
            key: "；".join(str(read["why"]) for read in facts["read"][key])
            for key in (AWARDS, VETOES)
            if key in facts["read"]
        }
        vetoes = content.get("vetoes") or {}
        return Beside(
            tuple(award_words(one) for one in facts["awards"]),
            tuple(lines_of([one for one in steps if one["kind"] in OF_BONUS], self.names)),
            tuple(veto_words(name, vetoes[name]) for name in facts["happened"]),
            bool(vetoes),
            refused,
        )

    def _scaling(self, sums: _Sums) -> str:
        if not sums.out or not self._is_whole:
            return ""
        points = sum((one or ZERO for one in self.points.values()), ZERO)
        left = sums.full - sums.out
        return f"{short(points)} ÷ {short(left)} × {short(sums.full)}"

    # --- what is shown of each ------------------------------------------------------------------

    def _fulls(self) -> dict[str, Decimal]:
        leaves = self.scheme.indicators
        whole = self._shown_full(self.scheme.root.full)
        shown = self._apart([one.full for one in leaves], whole)
        return {one.key: value for one, value in zip(leaves, shown, strict=True)}

    def _losses(self, lost: Decimal, over: Decimal) -> dict[str, Decimal]:
        """Indicator -> what it lost, as shown; less than nothing where it brought more than its full
        marks."""
        leaves = [one for one in self.scheme.indicators if self.points.get(one.key) is not None]
        exactly = [one.full - (self.points[one.key] or ZERO) for one in leaves]
        minus = self._apart([max(one, ZERO) for one in exactly], lost)
        plus = self._apart([max(-one, ZERO) for one in exactly], over)
        return {one.key: down - up for one, down, up in zip(leaves, minus, plus, strict=True)}

    def _sum_shown(self, fulls: Mapping[str, Decimal], losses: Mapping[str, Decimal]) -> Decimal:
        return sum((fulls[key] - lost for key, lost in losses.items()), Decimal(0))

    def _parts(
        self,
        group: Group,
        items: Mapping[str, Item],
        fulls: Mapping[str, Decimal],
        losses: Mapping[str, Decimal],
        depth: int,
    ) -> Iterator[Part]:
        direct = [items[one.key] for one in group.parts if isinstance(one, Indicator)]
        keys = [one.key for one in _indicators(group)]
        lost = sum((losses.get(key, Decimal(0)) for key in keys), Decimal(0))
        points = sum((fulls[key] - losses[key] for key in keys if key in losses), Decimal(0))
        # The whole needs no head of its own: its sum stands at the foot.
        if depth or direct:
            yield Part(
                group.key,
                group.name,
                max(depth - 1, 0),
                short(group.full),
                fixed(points, self.places),
                _loss_text(lost, self.places),
                tuple(one for one in direct if one.is_row),
                tuple(one for one in direct if not one.is_row),
            )
        for part in group.parts:
            if isinstance(part, Group):
                yield from self._parts(part, items, fulls, losses, depth + 1)

    def _items(self, fulls: Mapping[str, Decimal], losses: Mapping[str, Decimal]) -> Iterator[Item]:
        for number, one in enumerate(self.scheme.indicators, start=1):
            leaf = self.by_key[one.key]
            points = self.points.get(one.key)
            state = self._state(one)
            lost = one.full - points if points is not None else ZERO
            shown = losses.get(one.key)
            result = self.now.result.get("indicators", {}).get(one.key, {})
            steps = result.get("steps", ())
            params = [rule.params for rule in one.rules]
            is_scored = state == COUNTED
            yield Item(
                key=one.key,
                number=number,
                name=one.name,
                group=leaf.above[-1] if leaf.above else "",
                state=state,
                full=one.full,
                points=points,
                lost=lost,
                full_text=short(one.full),
                points_text="" if shown is None else fixed(fulls[one.key] - shown, self.places),
                lost_text="" if shown is None else _loss_text(shown, self.places),
                share=min(max(lost / one.full, ZERO), Fraction(1)) if one.full else ZERO,
                share_text=percent(lost / one.full, 0) if one.full and lost > 0 else "",
                by=self._by(one.key, leaf),
                text=str(leaf.node.get("text") or ""),
                standard=str(leaf.node.get("standard") or ""),
                basis=str(leaf.node.get("plan_basis") or ""),
                cadence=str(leaf.node.get("cycle") or ""),
                rules=tuple(self._rules(one.key, leaf)),
                bounds=bounds_words(
                    _bound(one, "floor"),
                    _bound(one, "ceiling"),
                    takes=any(rule.is_taking for rule in one.rules),
                ),
                lines=tuple(lines_of(steps, self.names)) if steps else (),
                limits=tuple(limits_of(params, steps, _bound(one, "floor"), _bound(one, "ceiling")))
                if is_scored
                else (),
                since=self._since(one),
                is_granted=state in (EXEMPT, OUT) and one.key not in self.now.facts["read"],
                mode=str(self.now.facts["exempt"].get(one.key, "")),
            )

    def _state(self, one: Indicator) -> str:
        if one.key in self.now.facts["exempt"]:
            return EXEMPT if self.points.get(one.key) is not None else OUT
        return COUNTED if one.key in self.points else WAITING

    def _by(self, key: str, leaf: Leaf) -> str:
        read = self.now.facts["read"].get(key, ())
        facts = self.now.facts["facts"].get(key, ())
        kinds = {str(one.get("by", "")) for one in read}
        seats = max(
            (len(one["seats"]) for one in facts if isinstance(one.get("seats"), list)), default=1
        )
        by_hand = f"{seats} 人评分" if seats > 1 else "人工评分"
        if kinds == {"figure"}:
            return "自动"
        if kinds == {"hand"}:
            return by_hand
        if kinds == {"figure", "hand"}:
            return f"自动、{by_hand}"
        return "自动" if leaf.is_counted else "人工评分"

    def _rules(self, key: str, leaf: Leaf) -> Iterator[RuleSaid]:
        period = period_of(leaf, self.now.period)
        facts = self.now.facts["facts"].get(key)
        read = self.now.facts["read"].get(key, ())
        is_exempt = key in self.now.facts["exempt"]
        for place, rule in enumerate(leaf.node.get("rules", ())):
            words = rule_words(leaf.node, rule, self.names, period)
            its = read[place] if place < len(read) else None
            known = facts[place] if facts is not None and place < len(facts) else None
            if is_exempt and not its:
                said = Said("免考，不看事实。", by="nothing")
            else:
                said = said_of(rule, known, its, self.names)
            yield RuleSaid(words, said)

    # --- the last time ---------------------------------------------------------------------------

    def _before(self, key: str) -> Fraction | None:
        if self.last is None:
            return None
        found = self.last.result.get("indicators", {}).get(key)
        return None if found is None or found["points"] is None else exact(found["points"])

    def _since(self, one: Indicator) -> SinceLast | None:
        if self.last is None:
            return None
        period = self.last.period
        leaf = {leaf.key: leaf for leaf in leaves(self.last.content)}.get(one.key)
        if leaf is None:
            return SinceLast(period, words="上次没有这一项。")
        before, now = self._before(one.key), self.points.get(one.key)
        if before is None:
            return SinceLast(period, words="上次这一项没有计分。")
        lost = exact(leaf.node.get("full", 0)) - before
        if now is None:
            return SinceLast(period, fixed(lost, self.places), words="本次没有计分。")
        if not self._is_alike(one.key, leaf):
            return SinceLast(
                period,
                fixed(lost, self.places),
                now - before,
                words="两期的规则或满分不同，不直接比较。",
            )
        return SinceLast(period, fixed(lost, self.places), now - before)

    def _is_alike(self, key: str, before: Leaf) -> bool:
        now = self.by_key[key]
        return all(now.node.get(one) == before.node.get(one) for one in ("full", "rules"))

    def _difference(self) -> Difference | None:
        last = self.last
        if last is None or not self._is_whole or last.result.get("total") is None:
            return None
        now, before = Decimal(str(self.now.result["total"])), Decimal(str(last.result["total"]))
        there = {leaf.key: leaf for leaf in leaves(last.content)}
        exactly: list[tuple[str, str, Fraction]] = []
        apart: list[str] = []
        for one in self.scheme.indicators:
            was, got = self._before(one.key), self.points.get(one.key)
            if one.key in there and was is not None and got is not None:
                exactly.append((one.key, one.name, got - was))
                if not self._is_alike(one.key, there[one.key]):
                    apart.append(one.name)
            else:
                apart.append(one.name)
        apart += [leaf.name for key, leaf in there.items() if key not in self.by_key]
        whole = rounded(Fraction(now) - Fraction(before), self.places)
        moved = sorted((row for row in exactly if row[2]), key=lambda row: (-abs(row[2]), row[0]))
        shown, folded = moved[:CHANGES], moved[CHANGES:]
        rest = sum((row[2] for row in folded), ZERO)
        other = Fraction(whole) - sum((row[2] for row in moved), ZERO)
        rows = list(shown)
        if folded:
            rows.append(("", f"其余 {len(folded)} 项", rest))
        # Rounding of the two totals is no change of anything: it goes into the others.
        if rows and abs(other) * 10**self.places <= 1:
            other = ZERO
        if other:
            rows.append(("", "加分、折算和口径不同的项", other))
        amounts = apportioned([row[2] for row in rows], whole, self.places)
        changes = [
            Change(name, amount, key) for (key, name, _), amount in zip(rows, amounts, strict=True)
        ]
        changes.sort(key=lambda one: -one.points)
        return Difference(
            last.period,
            fixed(before, self.places),
            fixed(now, self.places),
            whole,
            signed(whole, self.places),
            tuple(changes),
            len(exactly),
            tuple(apart),
        )


def _loss_text(lost: Decimal, places: int) -> str:
    """−1.50; +0.20 for more than the full marks."""
    return signed(-lost, places) if lost else fixed(Decimal(0), places)


def _bound(one: Indicator, which: str) -> Fraction | None:
    """A bound of the indicator; where it has a single rule the rule's own acts in its place."""
    if len(one.rules) == 1 and which in one.rules[0].params:
        given = one.rules[0].params[which]
        return None if given is None else exact(given)
    return one.floor if which == "floor" else one.most


def _indicators(group: Group) -> Iterator[Indicator]:
    for part in group.parts:
        if isinstance(part, Group):
            yield from _indicators(part)
        else:
            yield part
