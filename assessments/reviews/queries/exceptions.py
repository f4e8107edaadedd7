"""Which indicators of whom reviewers look at, and why: not all, but those that need people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.cycles.models import Assessed
from assessments.cycles.queries.marking import UNMARKED
from assessments.schemes.definitions import AWARDS, Leaf, all_given, source_of
from assessments.self_assessments.enums import Stance
from assessments.self_assessments.models import SelfItem
from assessments.self_assessments.queries.side import questioned, sides_of

from ..enums import Why
from ..rules import sampled

BALLOT = "ballot"
TWO = 2


@dataclass(frozen=True, slots=True)
class Looked:
    """An indicator of one of the assessed, why it is looked at, and how many mark it."""

    assessed: Assessed
    indicator: str
    why: Why
    wanted: int


def markable(leaf: Leaf, *, counted: bool) -> list[tuple[int, Mapping[str, Any]]]:
    """The rules of the indicator that a reviewer marks, by number: those by hand, of a counted one
    those that are counted. Ballots are counted elsewhere."""
    return [
        (number, rule)
        for number, rule in enumerate(leaf.node.get("rules", ()))
        if rule.get("rule") not in (*UNMARKED, BALLOT) and source_of(rule).is_counted == counted
    ]


def looked_at(
    everybody: Iterable[Assessed],
    contents: Mapping[int, Mapping[str, Any]],
    waiting: Mapping[int, Iterable[str]],
    exempt: Mapping[int, Mapping[str, str]],
    *,
    seed: str,
    count: int,
) -> list[Looked]:
    """All that the reviewers of a cycle look at. `contents`: by version; `waiting`: of whom which
    figures could not be told (assessed -> indicators); `exempt`: organisation -> indicators that are
    out. Three queries."""
    everybody = list(everybody)
    said = sides_of([one.pk for one in everybody])
    found = []
    for one in everybody:
        leaves = all_given(contents[one.version_id])
        out = exempt.get(one.organization_id, {})
        untold = set(waiting.get(one.pk, ()))
        chosen: dict[str, tuple[Why, int]] = {}
        for leaf in leaves:
            if leaf.key in out:
                continue
            why = _why(leaf, said.get((one.pk, leaf.key)), leaf.key in untold)
            if why is not None:
                chosen[leaf.key] = why
        calm = [
            leaf.key
            for leaf in leaves
            if leaf.is_counted and leaf.key not in chosen and leaf.key not in out
        ]
        for key in sampled(seed, one.organization.code, calm, count):
            chosen[key] = (Why.SAMPLE, TWO)
        found += [Looked(one, leaf.key, *chosen[leaf.key]) for leaf in leaves if leaf.key in chosen]
    return found


def _why(leaf: Leaf, said: SelfItem | None, is_untold: bool) -> tuple[Why, int] | None:
    by_hand = markable(leaf, counted=False)
    if leaf.key == AWARDS:
        claimed = said is not None and bool(said.facts.get("0", {}).get("awards"))
        return (Why.AWARD, 1) if claimed else None
    if leaf.key.startswith("@"):
        return None
    if any(rule["rule"] == "discretion" for _, rule in by_hand):
        return Why.DISCRETION, TWO
    if by_hand:
        return Why.BY_HAND, min(leaf.reviewers, TWO)
    if not markable(leaf, counted=True):
        return None
    if is_untold:
        return Why.BY_HAND, 1
    if questioned(said):
        return Why.QUESTIONED, 1
    if said is not None and said.stance == Stance.MARKED:
        return Why.DIFFERS, 1
    return None
