"""The pack of a committee's period, made behind when it is long."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from core import periods
from core.actor import Actor
from core.documents import making, pdf, word
from core.documents.description import Progress
from core.downloads import file_name
from core.errors import DomainError
from orgs.access import actor_from_grant, get_organization
from orgs.models import Organization
from orgs.permissions import Permission

from .exports import month_parts
from .models import Plan
from .queries.printouts import period_printouts

KIND = "schedules.month_pack"
LONG = 40  # reports: a pack of more is made behind
MOST = 1000  # reports: more in one file nobody reads, and laid out they take over 600 MB
WORDS = {"docx": "Word", "pdf": "PDF"}


def wanted(plan: Plan, node: Organization, period: str, ending: str) -> making.Wanted:
    """The pack of the plan's period below `node` as something to be made."""
    title = f"{node}{periods.label(period)}{plan.name}汇编"
    return making.Wanted(
        KIND,
        {"plan": plan.pk, "organization": node.pk, "period": period, "ending": ending},
        f"{title} {WORDS[ending]}",
        file_name(str(node), f"{periods.label(period)}{plan.name}汇编", ending=ending),
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
    """Writes the pack in parts, as it stands at this moment."""
    node = get_organization(actor, what["organization"], Permission.REPORT_VIEW)
    plan, period = Plan.objects.get(pk=what["plan"]), what["period"]
    parts = month_parts(period_printouts(actor, plan, node, period))
    writers = {"docx": word, "pdf": pdf}
    writers[what["ending"]].write_pack(target, parts, progress)


making.register(KIND, making.Maker(actor_from_grant, check, make, verb="schedules.report.export"))
