"""组织生活档案: all that a branch wrote down in a year, bound as one book."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core import clock
from core.actor import Actor
from core.documents import Book, Document, Fields, Part
from core.templatetags.words import date_zh
from orgs.models import Organization

from ..ledgers import Ledger
from ..queries.whole import Listed, wholes
from .ledgers import Year, ledger_document
from .photographs import Room, photographs
from .records import record_document

TITLE = "组织生活档案"
TOGETHER = 20  # records that are in memory at once
MOST_PICTURES = 120
MOST_BYTES = 24 * 1024 * 1024  # of photographs as they stand in the binder


@dataclass(frozen=True, slots=True)
class Bound:
    """What goes into the binder of a branch and year, as the reader sees it."""

    branch: Organization
    year: int
    records: Sequence[Listed]
    ledgers: Sequence[Ledger]
    keeper: str = ""


def binder(actor: Actor, bound: Bound) -> Book:
    """The binder: its cover, its contents, each record on pages of its own, then the ledgers."""
    return Book(
        f"{bound.branch}{bound.year}年度{TITLE}",
        _cover(bound),
        _parts(actor, bound),
        len(bound.records) + len(bound.ledgers),
    )


def _cover(bound: Bound) -> Document:
    today = date_zh(clock.today())
    return Document(
        f"{bound.branch}{bound.year}年度{TITLE}",
        titles=(TITLE, f"（{bound.year}年度）"),
        blocks=(
            Fields(
                (
                    (("单位", bound.branch.name),),
                    (("记录", f"{len(bound.records)} 份"),),
                    (("保管人", bound.keeper),),
                    (("立卷日期", today),),
                )
            ),
        ),
    )


def _parts(actor: Actor, bound: Bound) -> Iterator[Part]:
    room = Room(MOST_PICTURES, MOST_BYTES)
    records = bound.records
    for start in range(0, len(records), TOGETHER):
        some = records[start : start + TOGETHER]
        listed = {one.pk: one for one in some}
        for whole in wholes(actor, list(listed)):
            pictures, notes = photographs(whole.files, room)
            one = listed[whole.record.pk]
            document = record_document(whole, pictures=pictures, notes=notes)
            day = f"{one.held_on.month}月{one.held_on.day}日"
            yield Part(f"{day}　{one.topic}", document, one.kind.label)
    for ledger in bound.ledgers:
        rows = ledger.bound_rows or ledger.rows
        of = Year(ledger, bound.branch, bound.year, rows(actor, bound.branch, bound.year))
        yield Part(ledger.title, ledger_document(of), "台账")
