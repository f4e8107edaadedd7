"""The drawings of an explanation."""

from fractions import Fraction

from assessments.cycles.explaining.amounts import signed
from core import periods
from core.charts import Bar, Dot, Drawing, Reference, Series, bars_across, dots, small_bar
from core.charts.dots import Standing

from ..explaining import Explained, Item
from ..explaining.values import Difference
from ..models import Score
from ..queries.explained import Peers

HUNDRED = 100
STANDINGS: dict[int | None, Standing] = {1: "above", 0: "level", -1: "below"}


def loss_bar(item: Item, explained: Explained) -> Drawing:
    """How long a reason is beside the greatest one."""
    most = max((one.lost for one in explained.reasons), default=Fraction(1))
    return small_bar(
        item.lost,
        item.lost,
        most=most,
        name=f"{item.name} 失 {item.lost_text}",
        tone="strong",
        width=320,
    )


def share_bar(item: Item) -> Drawing:
    """How much of its full marks an indicator has lost."""
    name = f"{item.name} 失分占满分 {item.share_text or '0%'}"
    return small_bar(item.share, 1, name=name, tone="strong", width=96)


def place_among(score: Score, peers: Peers | None) -> Drawing | None:
    """The own share of full marks beside the group's mean and spread; nobody else's."""
    if peers is None or peers.mean is None or peers.deviation is None or score.share is None:
        return None
    return dots(
        [
            Dot(
                "得分",
                Fraction(score.share) * HUNDRED,
                standing=STANDINGS.get(score.standing, "unsaid"),
            )
        ],
        name=f"本单位得分占满分与{peers.name}均值",
        unit="%",
        reference=Reference(
            peers.mean,
            f"{peers.name}均值",
            peers.mean - peers.deviation,
            peers.mean + peers.deviation,
        ),
        width=220,
    )


def changes(difference: Difference, numbers: dict[str, int]) -> Drawing:
    """What each indicator brought more or less than the last time; they add up to the whole."""
    return bars_across(
        [
            Bar(
                one.name,
                (one.points,),
                f"?open={numbers[one.key]}#i{numbers[one.key]}" if one.key in numbers else "",
            )
            for one in difference.changes
        ],
        [Series("变化", "ok")],
        name=f"各项与{periods.label(difference.period)}相比，合计 {signed(difference.total)}",
        axis="指标",
        width=296,
        signed=True,
        fixed=True,
    )
