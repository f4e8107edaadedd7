"""Facts of the last half-year that is over, for an indicator that is being written."""

from collections.abc import Mapping
from typing import Any

from assessments.schemes.definitions import source_of
from assessments.schemes.models import SchemeVersion
from assessments.schemes.offers import Case, Cases
from core import periods
from core.actor import Actor

from ..facts import Known, Place, known_of
from ..models import Assessed
from .enrolled import branches_below, day_of
from .what_if import cycles_for, facts_of

MOST = 6  # organisations shown


def cases_for(actor: Actor, version: SchemeVersion, node: Mapping[str, Any]) -> Cases | None:
    """What organisations of the scheme's classes would bring to the indicator, from the newest cycle
    whose facts are frozen. None where somebody has to mark it, or where no cycle is over. Five
    queries, and those of figures that the cycle had not read."""
    rules = node.get("rules") or ()
    if not rules or not all(source_of(rule).is_counted for rule in rules):
        return None
    cycle = cycles_for(version).first()
    if cycle is None:
        return None
    everybody = list(Assessed.objects.filter(cycle=cycle, is_out=False).order_by("path"))
    seen = Assessed.objects.visible_to(actor).filter(
        cycle=cycle, is_out=False, organization_class__in=version.scheme.classes
    )
    some = list(seen.select_related("organization").order_by("path")[:MOST])
    content = {"root": {"key": "root", "name": "", "full": node["full"], "parts": [node]}}
    readings, _ = facts_of(content, cycle, everybody)
    branches = branches_below([one.path for one in some], day_of(cycle))
    found = []
    for one in some:
        peers = [row.organization_id for row in everybody if row.group_id == one.group_id]
        place = Place(one.organization_id, branches.get(one.path, ()), peers)
        known = known_of(content, cycle.period, place, readings)
        found.append(_case(one.short_name, str(node["key"]), known))
    return Cases(periods.label(cycle.period), found)


def _case(name: str, key: str, known: Known) -> Case:
    if key in known.exempt:
        return Case(name, is_empty=True)
    return Case(name, known.facts.get(key, ()), known.read.get(key, ()))
