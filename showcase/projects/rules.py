"""Limits of projects, which know no row."""

from decimal import Decimal

MOST_MILESTONES = 6
MOST_MONEY = Decimal("99999999.99")
USUAL_SATISFACTION = 95  # per cent; who grades is told when it is less
LONGEST = 1000  # characters of a section of the proposal
