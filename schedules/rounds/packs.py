"""A committee's period, and the rows behind a mark of the board, as one file: made behind when long."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.http import Http404

from core import periods
from core.actor import Actor
from core.documents import making, pdf, word
from core.documents.description import Progress
from core.downloads import WORDS, file_name, stamp
from core.errors import DomainError
from core.figures import moment_of
from orgs.access import actor_from_grant, get_organization
from orgs.models import Organization
from orgs.permissions import Permission

from .exports import month_parts, write_month, write_readings, write_standings
from .models import Plan
from .queries.boards import listed
from .queries.duties import opened_periods
from .queries.printouts import period_printouts
from .queries.readings import Sought, children_of, found_items, readings, with_report

KIND = "schedules.month_pack"
# Reports: a file of more is made behind. Each takes some 2 ms in a sheet and in Word, 25 ms in PDF;
# what people really write is several times what the demo zone does, hence 40 (ADR 38).
LONG = {"xlsx": 250, "docx": 40, "pdf": 20}
LONG_PRINT = 250  # reports: more are printed from the PDF
MOST = 1000  # reports: more in one file nobody reads, and laid out they take over 600 MB


def name(plan: Plan, node: Organization, period: str, ending: str) -> tuple[str, str]:
    """The parts of the file's name: a sheet lists the reports, a document holds them whole."""
    what = "" if ending == "xlsx" else "汇编"
    return str(node), f"{periods.label(period)}{plan.name}{what}"


def wanted(plan: Plan, node: Organization, period: str, ending: str) -> making.Wanted:
    """The plan's period below `node` as something to be made."""
    parts = name(plan, node, period, ending)
    return making.Wanted(
        KIND,
        {"plan": plan.pk, "organization": node.pk, "period": period, "ending": ending},
        f"{''.join(parts)} {WORDS[ending]}",
        file_name(*parts, ending=ending),
        ending,
        organization_id=node.pk,
        organization_path=node.path,
    )


def refuse_endless(count: int) -> None:
    """Raises DomainError when a pack would hold more reports than MOST."""
    if count > MOST:
        raise DomainError(
            f"共 {count} 份，超过一份汇编的上限 {MOST} 份。请选择下级组织分别生成，或导出 Excel。",
            code="too_long",
        )


def check(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not read the reports below the node (any more)."""
    get_organization(actor, what["organization"], Permission.REPORT_VIEW)


def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the period as it stands at this moment, a document in parts."""
    node = get_organization(actor, what["organization"], Permission.REPORT_VIEW)
    plan, period = Plan.objects.get(pk=what["plan"]), what["period"]
    found = period_printouts(actor, plan, node, period)
    if what["ending"] == "xlsx":
        write_month(target, found, stamp=stamp(actor))
        return
    writers = {"docx": word, "pdf": pdf}
    writers[what["ending"]].write_pack(target, month_parts(found), progress)


making.register(KIND, making.Maker(actor_from_grant, check, make, verb="schedules.report.export"))


# --- what was written for a period ----------------------------------------------------------------

READINGS = "schedules.readings"


def wanted_readings(node: Organization, title: str, what: Mapping[str, Any]) -> making.Wanted:
    """What the reading page lists as something to be made; `what` tells plan, organization, period
    and what else is sought of it (`sought_of`), and its words (`about`)."""
    return making.Wanted(
        READINGS,
        {**what, "title": title},
        f"{title} Excel",
        file_name(title, ending="xlsx"),
        "xlsx",
        organization_id=node.pk,
        organization_path=node.path,
    )


def sought_of(what: Mapping[str, Any], actor: Actor) -> Sought:
    """What is sought, as it is stored with what was asked for. Raises Http404 when the actor may not
    see all below the node (any more)."""
    node = get_organization(actor, what["organization"], Permission.REPORT_VIEW, whole=True)
    plan, period = Plan.objects.get(pk=what["plan"]), what["period"]
    place = opened_periods(plan, node).stood_at(period) or node.path
    if what["committee"]:
        below = children_of(plan, node, {period: place})[period]
        place = next((path for path, one in below.items() if one.pk == what["committee"]), "")
        if not place:
            raise Http404
    return Sought(plan, period, place, what["use"], what["kind"], what["words"], what["standing"])


def check_readings(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not see all below the node (any more)."""
    _node(what, actor)


def make_readings(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes what was written, as the actor may see it at this moment."""
    items = with_report(found_items(actor, sought_of(what, actor)))
    found = readings(actor, items)
    write_readings(
        target, actor, found, title=what["title"], about=what["about"], stamp=stamp(actor)
    )


making.register(
    READINGS,
    making.Maker(actor_from_grant, check_readings, make_readings, verb="schedules.report.export"),
)


# --- the rows behind a mark ----------------------------------------------------------------------

ROWS = "schedules.board_rows"


def wanted_rows(node: Organization, what: Mapping[str, Any]) -> making.Wanted:
    """The rows of `node` that `what` tells (plan, organization, period, shown, kind, moment, and the
    word for them) as something to be made."""
    return making.Wanted(
        ROWS,
        what,
        f"{node}{periods.label(what['period'])}{what['word']} Excel",
        file_name(f"{node}{what['word']}", what["period"], ending="xlsx"),
        "xlsx",
        organization_id=node.pk,
        organization_path=node.path,
    )


def _node(what: Mapping[str, Any], actor: Actor) -> Organization:
    return get_organization(actor, what["organization"], Permission.REPORT_VIEW, whole=True)


def check_rows(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not see all below the node (any more)."""
    _node(what, actor)


def make_rows(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the rows as they stood at the moment of the figure."""
    node, plan = _node(what, actor), Plan.objects.get(pk=what["plan"])
    moment = moment_of(what["moment"])
    found = listed(
        *(actor, plan, node, what["period"]),
        moment=moment,
        shown=what["shown"],
        organization_class=what["kind"],
    )
    title = f"{node}{periods.label(what['period'])}{what['word']}"
    write_standings(target, found, moment, title=title, tab=what["word"], stamp=stamp(actor))


making.register(
    ROWS, making.Maker(actor_from_grant, check_rows, make_rows, verb="schedules.report.export")
)
