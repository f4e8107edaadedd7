"""Which organisations' terms end soon, are over, or were extended: today, or at a past cut."""

import datetime as dt
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from core import clock
from core.figures import Cut

from ..models import Organization, Term
from ..models.organization import DISPATCHED, TERMLESS_KINDS
from ..terms import ERROR_DAYS, NOTICE_DAYS


def term_end(ends: str = "term_ends_on") -> Case:
    """The later of the regular end and the extension."""
    return Case(
        When(extended_until__gt=F(ends), then=F("extended_until")),
        default=F(ends),
    )


def has_term(prefix: str = "", ends: str = "term_ends_on") -> Q:
    """As `Organization.has_term`."""
    appointed = Q(**{f"{prefix}name__endswith": DISPATCHED, ends: None})
    return ~Q(**{f"{prefix}kind__in": TERMLESS_KINDS}) & ~appointed


def in_state(state: str, day: dt.date, ends: str = "term_ends_on") -> Q:
    """Terms in one of the states of `terms.CHOICES` on the day. Needs the annotation `until`.
    `ending`, `extended` and `overdue` do not overlap."""
    one = dt.timedelta(days=1)
    soon = day + NOTICE_DAYS * one
    extended = Q(extended_until__gt=F(ends))
    return {
        "due": Q(until__lte=soon),
        # NULL is neither later nor not later: said of both, or what was never extended is lost.
        "ending": Q(until__gte=day, until__lte=soon)
        & (Q(extended_until=None) | Q(extended_until__lte=F(ends))),
        "extended": Q(until__gte=day) & extended,
        "overdue": Q(until__lt=day),
        "error": Q(until__lt=day - ERROR_DAYS * one),
        "unknown": Q(until=None),
    }[state]


def terms_at(cut: Cut, state: str) -> QuerySet[Any]:
    """Primary keys of the organisations whose term was in the state. To be used as a subquery."""
    if cut.day >= clock.today():
        rows = Organization.objects.order_by().filter(has_term()).annotate(until=term_end())
        return rows.filter(in_state(state, cut.day)).values("pk")
    kept = Term.objects.at(cut).order_by().annotate(until=term_end("ends_on"))
    kept = kept.filter(has_term("organization__", "ends_on"))
    return kept.filter(in_state(state, cut.day, "ends_on")).values("organization")
