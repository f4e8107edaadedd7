"""How the rules of the house are kept today."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core import clock

from .. import house_rules
from ..house_rules import Breach, Rule
from ..models import HouseVerdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule, what was looked at and when, and the rows by which it is broken. `looked_at` is None
    for one that is looked at behind and has not been yet."""

    rule: Rule
    at: Sequence[str]
    breaches: Sequence[Breach]
    count: int
    looked_at: dt.datetime | None

    @property
    def is_kept(self) -> bool:
        """Whether nothing was found."""
        return self.looked_at is not None and not self.count


def verdicts() -> list[Verdict]:
    """Every rule, looked at now, or as it was found behind where that reads very many rows. A fixed
    number of queries for each check, one for those behind."""
    stored = {row.rule: row for row in HouseVerdict.objects.all()}
    found = []
    for rule in house_rules.registered():
        row = stored.get(rule.key)
        if rule.is_behind:
            breaches = [Breach(*pair) for pair in row.breaches] if row else []
            at = [row.at] if row else []
            count, when = (row.count, row.looked_at) if row else (0, None)
            found.append(Verdict(rule, at, breaches, count, when))
            continue
        looked = [check() for check in house_rules.checks()[rule.key]]
        breaches = [breach for one in looked for breach in one.breaches]
        count = sum(one.number for one in looked)
        found.append(Verdict(rule, [one.at for one in looked], breaches, count, clock.now()))
    return found
