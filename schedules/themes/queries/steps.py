"""What a theme may ask for once: a kind of duty that records fulfil, never a report."""

from typing import Any

from core import periods
from orgs.enums import BRANCH_KINDS
from schedules.rounds import fulfilment
from schedules.rounds.enums import Cadence
from schedules.rounds.queries.reminding import BEGUN, USUAL

from ..models import Theme


def step_kinds() -> list[tuple[str, str]]:
    """Key and name of each. No query."""
    return [
        (one.key, one.label)
        for one in fulfilment.kinds().values()
        if one.is_by_period and not one.has_forms
    ]


def step_values(theme: Theme) -> dict[str, Any]:
    """The rule of the plan by which branches owe it in the theme's quarter, without its name. No
    query."""
    return {
        "basis": theme.basis,
        "fulfilment": theme.step_kind,
        "cadence": Cadence.QUARTER,
        "kinds": [str(kind) for kind in BRANCH_KINDS],
        "classes": theme.classes,
        "opens_day": 1,
        "starts_on": periods.first_day(theme.quarter),
        "ends_on": theme.ends_on,
        "steps": [BEGUN, *USUAL],
    }
