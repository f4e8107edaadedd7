"""What a count of paper ballots must satisfy. Pure: knows no row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.scoring.numbers import number

MOST = 99_999  # of one number: no ballot of a zone of 13,000 members has more
LEAST_ANSWERS = 2
ISSUED, COLLECTED, INVALID = "issued", "collected", "invalid"


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted: papers issued and collected, how many for each answer, how many
    invalid."""

    issued: int
    collected: int
    votes: Mapping[str, int]
    invalid: int

    @property
    def valid(self) -> int:
        """The valid ballots."""
        return sum(self.votes.values())


def answers_of(rule: Mapping[str, Any]) -> list[str]:
    """The answers of a ballot's rule, the best first."""
    weights = (rule.get("params") or {}).get("weights") or {}
    return sorted(weights, key=lambda name: (-number(weights[name]), name))


def minimum_of(rule: Mapping[str, Any]) -> int:
    """How many valid ballots there must be."""
    given = (rule.get("params") or {}).get("minimum") or 1
    return max(int(number(given)), 1)


def fault_of(count: Count, rule: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a count, as (what it is about, words); empty when it holds. What it is about
    is `issued`, `collected`, `invalid` or an answer."""
    answers = answers_of(rule)
    if list(count.votes) != answers and sorted(count.votes) != sorted(answers):
        return answers[0], "票数要按细则的各档填写。"
    numbers = {**count.votes, ISSUED: count.issued, COLLECTED: count.collected}
    numbers[INVALID] = count.invalid
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            return name, f"请填 0 至 {MOST} 的整数。"
    if count.collected > count.issued:
        return COLLECTED, f"收回 {count.collected} 张，多于发出的 {count.issued} 张。"
    counted = count.valid + count.invalid
    if counted != count.collected:
        word = "多" if counted > count.collected else "少"
        apart = abs(counted - count.collected)
        return (
            COLLECTED,
            f"有效 {count.valid} 张加无效 {count.invalid} 张是 {counted} 张，"
            f"比收回的 {count.collected} 张{word} {apart} 张。",
        )
    least = minimum_of(rule)
    if count.valid < least:
        return (
            answers[0],
            f"有效票 {count.valid} 张，不足细则要求的 {least} 张，这次测评无效，请重新组织。",
        )
    return "", ""


def differing(one: Count, other: Count, answers: Sequence[str]) -> list[str]:
    """What two counts differ in, in the order of the sheet: `issued`, `collected`, answers,
    `invalid`."""
    found = [name for name in (ISSUED, COLLECTED) if getattr(one, name) != getattr(other, name)]
    found += [name for name in answers if one.votes.get(name) != other.votes.get(name)]
    return found + ([INVALID] if one.invalid != other.invalid else [])


def is_shown(votes: Mapping[str, int], minimum: int) -> bool:
    """Whether the counts of single answers may be told to those who were voted on: not where so few
    or all alike voted that they would tell how each of them did."""
    valid = sum(votes.values())
    return valid >= max(minimum, 5) and max(votes.values(), default=0) < valid
