"""督办单 of many items as one file, and their ledger: made behind when there are many."""

from collections.abc import Collection, Mapping
from typing import Any, BinaryIO

from django.http import Http404

from core.actor import Actor
from core.documents import Document, making
from core.documents.description import Progress
from core.documents.writers import WRITERS
from core.downloads import WORDS, file_name, stamp
from core.errors import DomainError
from orgs.access import actor_from_grant, get_organization
from orgs.models import Organization
from orgs.permissions import Permission

from .exports.ledger import shown_words, write_ledger
from .exports.letters import letter
from .queries.boards import this_moment
from .queries.ledger import entries
from .queries.letters import count_letters, of_letters
from .queries.narrowing import Narrowing, narrowed, narrowing_of

LETTERS = "action_items.letters"
LONG = {"docx": 40, "pdf": 10}  # letters: a file of more is made behind
MOST = 500  # letters in one file


def letters(actor: Actor, pks: Collection[int], *, is_each: bool = False) -> list[Document]:
    """The 督办单 of those of the items that the actor sees, in their order; with `is_each` one for
    each part of what was given to many. Raises Http404 where none is left. Queries as `of_letters`."""
    found = [letter(item) for item in of_letters(actor, pks, is_each=is_each)]
    if not found:
        raise Http404
    return found


def wanted_letters(
    pks: Collection[int], ending: str, *, title: str, place: Organization, is_each: bool = False
) -> making.Wanted:
    """The 督办单 of the items as something to be made; `title` names the pack, such as the meeting
    that it is of, `place` is where the audit trail has it."""
    return making.Wanted(
        LETTERS,
        {"items": list(pks), "each": is_each, "ending": ending},
        f"{title} {WORDS[ending]}",
        file_name(title, ending=ending),
        ending,
        organization_id=place.pk,
        organization_path=place.path,
    )


def refuse_endless(count: int) -> None:
    """Raises DomainError when a file would hold more letters than MOST."""
    if count > MOST:
        raise DomainError(
            f"共 {count} 份督办单，超过一个文件的上限 {MOST} 份。请分开生成。", code="too_long"
        )


def check_letters(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor sees none of the items (any more), DomainError for too many."""
    if not actor.may(Permission.ACTION_VIEW):
        raise Http404
    count = count_letters(actor, what["items"], is_each=what["each"])
    if not count:
        raise Http404
    refuse_endless(count)


def make_letters(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes the letters as the items stand at this moment."""
    made = letters(actor, what["items"], is_each=what["each"])
    WRITERS[what["ending"]].write_pack(target, made, progress)


making.register(
    LETTERS,
    making.Maker(actor_from_grant, check_letters, make_letters, verb="action_items.item.export"),
)


# --- the ledger ----------------------------------------------------------------------------------

LEDGER = "action_items.ledger"


def ledger_name(actor: Actor) -> tuple[str, str]:
    """The parts of the file's name."""
    return actor.organization_name, "督办台账"


def wanted_ledger(actor: Actor, asked: Narrowing) -> making.Wanted:
    """What a list shows as something to be made."""
    parts = ledger_name(actor)
    return making.Wanted(
        LEDGER,
        asked.address,
        f"{''.join(parts)} Excel",
        file_name(*parts, ending="xlsx"),
        "xlsx",
        organization_id=actor.organization_id,
        organization_path=actor.organization_path,
    )


def check_ledger(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 for who may read no items (any more), or none of that organisation."""
    if not actor.may(Permission.ACTION_VIEW):
        raise Http404
    asked = narrowing_of(what)
    if asked.organization is not None:
        get_organization(actor, asked.organization, Permission.ACTION_VIEW)


def make_ledger(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes what the list shows at this moment."""
    asked, at = narrowing_of(what), this_moment()
    write_ledger(
        target,
        entries(narrowed(actor, asked, at), at.line),
        title="".join(ledger_name(actor)),
        shown=shown_words(asked),
        stamp=stamp(actor),
    )


making.register(
    LEDGER,
    making.Maker(actor_from_grant, check_ledger, make_ledger, verb="action_items.item.export"),
)
