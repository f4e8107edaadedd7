"""What other facts of one indicator would come to, nothing being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.schemes.definitions import AWARDS, VETOES, Leaf, all_given, scheme_of
from assessments.scoring.refusals import Refused
from core.errors import DomainError

from ..facts import nothing_changed, replaced, tried, unknown_indicator
from ..models import Score
from . import computing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What other facts of one indicator would come to: its points and the total, as exact texts."""

    leaf: Leaf
    found: computing.Computed
    old_points: str
    new_points: str
    old_total: str
    new_total: str


def outcome_of(score: Score, indicator: str, facts: Mapping[int, Mapping[str, Any]]) -> Outcome:
    """What the facts would come to, nothing being written; the score comes with its assessed and
    their version. No query. Raises DomainError for what the rule does not take, or what changes
    nothing."""
    content = score.assessed.version.content
    leaf = next((one for one in all_given(content) if one.key == indicator), None)
    rules: Sequence[Mapping[str, Any]] = leaf.node.get("rules", ()) if leaf is not None else ()
    if leaf is None or not facts or not all(0 <= number < len(rules) for number in facts):
        raise _refused(unknown_indicator())
    try:
        for number, given in facts.items():
            tried_or_none(rules[number], leaf, given)
        stored = replaced(score.facts, indicator, facts, len(rules))
        found = computing.computed_by(scheme_of(content), stored)
    except Refused as refusal:
        raise _refused(refusal) from refusal
    if found.digest == score.digest or found.result == score.result:
        raise _refused(nothing_changed())
    return Outcome(
        leaf,
        found,
        _points(score.result, indicator),
        _points(found.result, indicator),
        str(score.result.get("total") or ""),
        str(found.result.get("total") or ""),
    )


def tried_or_none(rule: Mapping[str, Any], leaf: Leaf, given: Mapping[str, Any]) -> None:
    """Raises Refused for facts that the rule does not take; that nothing happened is taken of awards
    and vetoes, which as a mark would be none at all."""
    name = {AWARDS: "awards", VETOES: "happened"}.get(leaf.key)
    if name is not None and given.get(name) == []:
        return
    tried(rule, leaf.node["full"], given)


def _points(result: Mapping[str, Any], indicator: str) -> str:
    if indicator == AWARDS:
        return str(result.get("bonus") or "0")
    told = result["indicators"].get(indicator) or {}
    return str(told.get("points") or "")


def _refused(refusal: Refused) -> DomainError:
    return DomainError(refusal.text, field="facts", code=refusal.code)
