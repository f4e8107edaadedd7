"""Which kinds of duties a theme may ask for once: those that records fulfil, never a report."""

from schedules.rounds import fulfilment


def step_kinds() -> list[tuple[str, str]]:
    """Key and name of each. No query."""
    return [
        (one.key, one.label)
        for one in fulfilment.kinds().values()
        if one.is_by_period and not one.has_forms
    ]
