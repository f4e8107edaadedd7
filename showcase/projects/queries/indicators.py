"""Indicators of assessments that a project can serve: of the published schemes that the actor may read."""

from assessments.schemes.models import Scheme, SchemeVersion
from assessments.schemes.queries.exemptions import indicators_of
from core import clock, periods
from core.actor import Actor

MOST = 60  # characters of an indicator's words

Offered = list[tuple[Scheme, list[tuple[str, str]]]]
"""Scheme, with key and words of each of its indicators."""


def offered(actor: Actor) -> Offered:
    """The indicators by which is measured today, by scheme. One query."""
    period = periods.containing(clock.today(), periods.HALF_YEAR)
    rows = SchemeVersion.objects.visible_to(actor).in_force(period).select_related("scheme")
    return [
        (one.scheme, [(leaf.key, leaf.name[:MOST]) for leaf in indicators_of(one)])
        for one in rows.order_by("scheme__level", "scheme_id")[:12]
    ]


def word_of(scheme: int, key: str) -> str:
    """An indicator as a form carries it."""
    return f"{scheme}:{key}"


def called(actor: Actor, word: str) -> tuple[Scheme, str, str] | None:
    """Scheme, key and words of the indicator, if it is offered to the actor. One query."""
    for scheme, rows in offered(actor):
        for key, name in rows:
            if word == word_of(scheme.pk, key):
                return scheme, key, name
    return None
