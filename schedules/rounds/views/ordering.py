"""In which order the rows of a grid stand: the worst first, by the tree, or by name."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.http import PortalRequest

from ..models import Rollup
from ..queries.boards import BoardRow
from ..queries.cells import on_time_rate
from ..queries.matrix import Row
from ..words import GridOrder

Key = tuple[Any, ...]


def order_of(request: PortalRequest) -> GridOrder:
    """The order that the address asks for; the worst first where it asks for none, or for one that
    there is not."""
    given = request.GET.get("sort", "")
    return GridOrder(given) if given in GridOrder.values else GridOrder.WORST


def worst_first(figures: Rollup | None, now: dt.datetime) -> Key:
    """Sorts figures of one period: the least share on time first, of equal shares what has the more
    that is not; then what came back. Where nothing was due is last."""
    rate = on_time_rate([figures], now)
    if figures is None or rate is None:
        return (figures is None, 101, 0, 0)
    return (False, rate, figures.on_time - figures.expected, -figures.returned)


def board_rows_in(order: GridOrder, rows: Sequence[BoardRow], now: dt.datetime) -> list[BoardRow]:
    """The rows of a board, which come in the order of the tree."""
    if order == GridOrder.WORST:
        return sorted(rows, key=lambda row: worst_first(row.current, now))
    if order == GridOrder.NAME:
        return sorted(rows, key=lambda row: _name(row.organization))
    return list(rows)


def matrix_rows_in(order: GridOrder, rows: Sequence[Row], now: dt.datetime) -> list[Row]:
    """The rows of a matrix, which come in the order of the tree: each stays below the one that it
    belongs to."""
    if order == GridOrder.TREE:
        return list(rows)

    def key(row: Row) -> Key:
        if order == GridOrder.NAME:
            return _name(row.organization)
        newest = row.cells[-1].figures if row.cells else None
        rate = 101 if row.on_time_rate is None else row.on_time_rate
        return (*worst_first(newest, now), rate)

    return _in_tree(rows, key)


def _name(organization: Any) -> Key:
    """By pinyin, as people look things up; what has no name here is last."""
    if organization is None:
        return (True, "", "")
    return (False, organization.name_pinyin, organization.name)


@dataclass(slots=True)
class _Node:
    row: Row | None
    below: list["_Node"] = field(default_factory=list)


def _in_tree(rows: Sequence[Row], key: Callable[[Row], Key]) -> list[Row]:
    top = _Node(None)
    open_nodes = [top]
    for row in rows:
        # A filter may have left out a row between: then this one hangs on the next above.
        while len(open_nodes) > 1 and _indent(open_nodes[-1]) >= row.indent:
            open_nodes.pop()
        node = _Node(row)
        open_nodes[-1].below.append(node)
        open_nodes.append(node)
    return list(_flat(top, key))


def _flat(node: _Node, key: Callable[[Row], Key]) -> Iterator[Row]:
    """The rows below the node, each followed by its own."""
    ranked = [(key(one.row), number, one) for number, one in enumerate(node.below) if one.row]
    for _, _, one in sorted(ranked):
        if one.row is not None:
            yield one.row
        yield from _flat(one, key)


def _indent(node: _Node) -> int:
    return node.row.indent if node.row is not None else -1
