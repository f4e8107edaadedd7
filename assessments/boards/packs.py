"""All score sheets of a cycle as one file, made behind."""

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO

from assessments.cycles import packs
from assessments.cycles.models import Cycle
from core.actor import Actor
from core.documents import making
from core.documents.description import Progress
from core.documents.writers import WRITERS
from core.downloads import stamp
from core.errors import DomainError
from orgs.access import actor_from_grant

from .access import get_board_cycle
from .exports.sheets import pack_title, sheet_book, write_score_sheets
from .queries.sheets import assessed_in, sheets_of

SHEET = "xlsx"
KIND = "boards.sheet_pack"
MOST = 500  # sheets: more in one file nobody reads


def wanted(cycle: Cycle, ending: str) -> making.Wanted:
    """The sheets of the cycle as something to be made."""
    return packs.wanted(KIND, cycle, pack_title(cycle), ending)


def check(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not see the board (any more), DomainError for too many."""
    count = len(assessed_in(actor, _cycle(what, actor)))
    if count > MOST:
        raise DomainError(f"共 {count} 份，超过一册的上限 {MOST} 份。请逐份导出。", code="too_long")


def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the sheets as the results stand at this moment."""
    cycle = _cycle(what, actor)
    some = assessed_in(actor, cycle)
    sheets = sheets_of(actor, cycle, some)
    if what["ending"] == SHEET:
        write_score_sheets(target, sheets, len(some), stamp=stamp(actor), progress=progress)
        return
    book = sheet_book(cycle, sheets, len(some))
    WRITERS[what["ending"]].write_book(target, book, progress)


def _cycle(what: Mapping[str, Any], actor: Actor) -> Cycle:
    return get_board_cycle(actor, uuid.UUID(what["cycle"]))


making.register(KIND, making.Maker(actor_from_grant, check, make, verb="boards.pack.export"))
