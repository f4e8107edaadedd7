"""How the schemes in force keep the rules of the house: what no indicator may measure."""

from core import clock, periods
from schedules.rounds import house_rules
from schedules.rounds.house_rules import Breach, Looked

from .definitions import leaves
from .models import SchemeVersion
from .validation import forbidden


def _looked() -> tuple[str, list[tuple[str, str, str]]]:
    """How much is looked at, and scheme, indicator and what is wrong with it. One query."""
    period = periods.containing(clock.today(), periods.HALF_YEAR)
    rows = list(SchemeVersion.objects.in_force(period).select_related("scheme"))
    found, count = [], 0
    for row in rows:
        for leaf in leaves(row.content):
            count += 1
            found += [(str(row.scheme), leaf.name, one.text) for one in forbidden(leaf.node)]
    return f"{len(rows)} 份考核细则的 {count} 项指标", found


@house_rules.check("usage")
def _usage() -> Looked:
    at, found = _looked()
    return Looked(at, [Breach(f"{scheme}“{name}”：{text}") for scheme, name, text in found])
