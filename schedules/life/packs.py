"""Ledgers, records and the binder of a branch as files: made behind when they are long."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.http import Http404

from core.actor import Actor
from core.documents import Document, making
from core.documents.description import Progress
from core.documents.writers import WRITERS
from core.downloads import WORDS, file_name, stamp
from core.errors import DomainError
from orgs.access import actor_from_grant, get_organization
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.permissions import Permission

from .exports.binder import TITLE, Bound, binder
from .exports.ledgers import Year, ledger_document, write_ledger
from .ledgers import Ledger, registered
from .queries.whole import year_of

# --- ledgers -------------------------------------------------------------------------------------

LEDGER = "life.ledger"
# Lines: a file of more is made behind. A line takes some 2.5 ms in Word, 25 in PDF.
LONG = {"xlsx": making.LONG_SHEET, "docx": 250, "pdf": 50}
MOST = {"xlsx": 40_000, "docx": 3_000, "pdf": 1_500}  # lines in one file


def year_of_ledger(actor: Actor, ledger: Ledger, place: Organization, year: int) -> Year:
    """The ledger with the lines that the actor sees."""
    return Year(ledger, place, year, ledger.rows(actor, place, year))


def ledger_name(of: Year) -> tuple[str, str]:
    """The parts of the file's name."""
    return str(of.place), of.title


def wanted_ledger(of: Year, ending: str) -> making.Wanted:
    """The ledger as something to be made."""
    parts = ledger_name(of)
    return making.Wanted(
        LEDGER,
        {
            "ledger": of.ledger.key,
            "organization": of.place.pk,
            "year": of.year,
            "ending": ending,
        },
        f"{''.join(parts)} {WORDS[ending]}",
        file_name(*parts, ending=ending),
        ending,
        organization_id=of.place.pk,
        organization_path=of.place.path,
    )


def refuse_endless(count: int, ending: str) -> None:
    """Raises DomainError when a file would hold more lines than people can do anything with."""
    if count > MOST[ending]:
        other = "请选择下级组织分别导出，或导出 Excel。" if ending != "xlsx" else "请分单位导出。"
        raise DomainError(
            f"共 {count} 行，超过一个文件的上限 {MOST[ending]} 行。{other}", code="too_long"
        )


def write(target: BinaryIO, of: Year, ending: str, *, by: Actor) -> None:
    """Writes the ledger in the format."""
    if ending == "xlsx":
        write_ledger(target, of, stamp=stamp(by))
    else:
        WRITERS[ending].write(target, ledger_document(of, stamp=stamp(by)))


def _ledger(what: Mapping[str, Any], actor: Actor) -> Year:
    ledger = registered().get(what["ledger"])
    if ledger is None:
        raise Http404
    place = get_organization(actor, what["organization"], Permission.LIFE_VIEW)
    return year_of_ledger(actor, ledger, place, what["year"])


def check_ledger(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not read there (any more), DomainError for too long a file."""
    refuse_endless(len(_ledger(what, actor).lines), what["ending"])


def make_ledger(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes the ledger as it stands at this moment."""
    write(target, _ledger(what, actor), what["ending"], by=actor)


making.register(
    LEDGER,
    making.Maker(actor_from_grant, check_ledger, make_ledger, verb="life.ledger.export"),
)


# --- one record ----------------------------------------------------------------------------------


def write_record(target: BinaryIO, document: Document, ending: str) -> None:
    """Writes one record."""
    WRITERS[ending].write(target, document)


# --- the binder ----------------------------------------------------------------------------------

BINDER = "life.binder"
# Of a branch and year: six a week. With 120 photographs, as PDF: 18 s and 560 MB, as Word 8 s and 190.
MOST_RECORDS = 300


def bound(actor: Actor, branch: Organization, year: int) -> Bound:
    """What goes into the binder, as the actor sees it. Two queries."""
    keeper = (
        OfficeHolding.objects.current()
        .filter(organization=branch, post=Post.ORGANIZATION_COMMISSIONER)
        .order_by("pk")
        .values_list("person_name", flat=True)
        .first()
    )
    ledgers = [one for one in registered().values() if one.is_bound]
    return Bound(branch, year, year_of(actor, branch, year), ledgers, keeper or "")


def wanted_binder(branch: Organization, year: int, ending: str) -> making.Wanted:
    """The binder as something to be made."""
    title = f"{year}年度{TITLE}"
    return making.Wanted(
        BINDER,
        {"organization": branch.pk, "year": year, "ending": ending},
        f"{branch}{title} {WORDS[ending]}",
        file_name(str(branch), title, ending=ending),
        ending,
        organization_id=branch.pk,
        organization_path=branch.path,
    )


def _bound(what: Mapping[str, Any], actor: Actor) -> Bound:
    branch = get_organization(actor, what["organization"], Permission.LIFE_VIEW)
    if not branch.is_branch:
        raise Http404
    return bound(actor, branch, what["year"])


def check_binder(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not read there (any more), DomainError when there is nothing
    to bind, or more than fits."""
    count = len(_bound(what, actor).records)
    if not count:
        raise DomainError("这一年还没有组织生活记录，没有可以装订的。", code="empty")
    if count > MOST_RECORDS:
        raise DomainError(
            f"共 {count} 份记录，超过一册的上限 {MOST_RECORDS} 份。请导出台账，记录逐份打印。",
            code="too_long",
        )


def make_binder(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes the binder as the records stand at this moment."""
    WRITERS[what["ending"]].write_book(target, binder(actor, _bound(what, actor)), progress)


making.register(
    BINDER,
    making.Maker(actor_from_grant, check_binder, make_binder, verb="life.binder.export"),
)
