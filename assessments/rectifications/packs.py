"""All 整改通知书 of a cycle as one file, made behind. They go out one by one, so nothing binds them."""

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO

from django.http import Http404

from assessments.cycles import packs
from assessments.cycles.models import Cycle
from core import periods
from core.actor import Actor
from core.documents import making
from core.documents.description import Progress
from core.documents.writers import WRITERS
from core.errors import DomainError
from orgs.access import actor_from_grant
from schedules.action_items.queries.boards import this_moment

from .access import get_sealed_cycle
from .exports.notice import notice
from .queries.lists import count_issued, issued_in

KIND = "rectifications.notice_pack"
MOST = 500  # notices: more in one file nobody sends out


def wanted(cycle: Cycle, ending: str) -> making.Wanted:
    """The notices of the cycle as something to be made."""
    return packs.wanted(KIND, cycle, f"{periods.label(cycle.period)}考核整改通知书", ending)


def check(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 for who may not see the lists (any more) or where none is issued, DomainError for
    too many."""
    count = count_issued(actor, _cycle(what, actor))
    if not count:
        raise Http404
    if count > MOST:
        raise DomainError(
            f"共 {count} 份通知书，超过一个文件的上限 {MOST} 份。请逐份导出。", code="too_long"
        )


def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the notices as the lists stand at this moment."""
    lists = issued_in(actor, _cycle(what, actor), this_moment())
    WRITERS[what["ending"]].write_pack(target, [notice(one) for one in lists], progress)


def _cycle(what: Mapping[str, Any], actor: Actor) -> Cycle:
    return get_sealed_cycle(actor, uuid.UUID(what["cycle"]))


making.register(
    KIND, making.Maker(actor_from_grant, check, make, verb="rectifications.pack.export")
)
