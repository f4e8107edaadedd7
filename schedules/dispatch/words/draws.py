"""What a draw says on pages and in what it publishes."""

from collections.abc import Iterable

from ..queries.drawing import MONTHS_BACK, Standing
from ..rules import NEW_MONTHS, Candidate, lots_for

_REASONS = {
    "missing": f"近{MONTHS_BACK}个月未报 {{}} 次",
    "late": f"近{MONTHS_BACK}个月迟报 {{}} 次",
    "returned": f"近{MONTHS_BACK}个月退回 {{}} 次",
    "overdue": "督办逾期 {} 件",
    "vacant": "书记空缺",
    "new_secretary": f"书记到任不满{NEW_MONTHS}个月",
}


def candidates_of(standings: Iterable[Standing]) -> list[Candidate]:
    """The branches as they are drawn from, each with its reasons and their lots in words."""
    return [
        Candidate(
            code=one.organization.code,
            name=str(one.organization),
            stratum=one.stratum,
            reasons=tuple(
                (words.format(one.found[key]), lots_for(key, one.found[key]))
                for key, words in _REASONS.items()
                if key in one.found
            ),
            months_since_visit=one.months_since_visit,
        )
        for one in standings
    ]
