"""The line of a node's 按时率, as board and matrix tell it."""

from core import clock, periods
from core.trends import MOST, Trend, trend_of

from ..models import Plan
from ..queries.cells import on_time_share
from ..queries.duties import Opened


def on_time_trend(plan: Plan, opened: Opened, period: str) -> Trend:
    """按时率 of the node's periods up to the one shown. A period in which something has time yet has
    no value there: it is not judged before it is over. No query."""
    now = clock.now()
    line = []
    for one in periods.ending(period, MOST):
        row = opened.figures.get(one)
        is_open = row is None or (one == period and row.pending > 0)
        line.append((one, None if row is None or is_open else on_time_share([row], now)))
    first = next((at for at, (_, value) in enumerate(line) if value is not None), len(line) - 1)
    return trend_of(
        line[first:],
        name=f"{plan.name}按时率",
        unit="%",
        low=0,
        high=100,
    )
