"""What a reviewer gives, against the rules of the indicator."""

from collections.abc import Mapping
from typing import Any

from assessments.cycles.facts import tried
from assessments.schemes.definitions import Leaf
from assessments.scoring.refusals import Refused
from core.errors import DomainError

Facts = Mapping[int, Mapping[str, Any]]
"""What each rule was given, by its number."""


def checked(
    leaf: Leaf, rules: Mapping[int, Mapping[str, Any]], facts: Facts, *, is_whole: bool
) -> dict[int, dict[str, Any]]:
    """The facts as they are stored; with `is_whole` every one of `rules` must have its own. Raises
    DomainError for a rule that is not there, for one without facts, for facts it does not take."""
    if not set(facts) <= set(rules):
        raise DomainError("细则里没有这一条规则。", field="facts")
    if is_whole and set(facts) != set(rules):
        raise DomainError("还有没评的，请评完再保存。", field="facts", code="missing")
    found = {
        number: {str(key): value for key, value in one.items()} for number, one in facts.items()
    }
    for number, one in found.items():
        try:
            tried(rules[number], str(leaf.node["full"]), one)
        except Refused as refusal:
            raise DomainError(refusal.text, field=f"{number}", code=refusal.code) from refusal
    return found
