"""Panels for tests: a plain kind of subject, and panels as far as they are."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from core.actor import Actor
from orgs.models import Organization, User
from showcase.panels import subjects
from showcase.panels.actions import panels, seats
from showcase.panels.models import Panel, PanelSeat
from showcase.panels.rules import Criterion
from showcase.panels.subjects import Subject, Told

from .world import actor

TRIAL = "trial"
CRITERIA = (
    Criterion("effect", "成效", Decimal(60)),
    Criterion("spread", "可推广", Decimal(40)),
)
ended: list[tuple[str, str]] = []  # (closed or cancelled, title), as the trial's slice is told


def _said(uids: Collection[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, Told]:
    return {uid: Told("试评的一件事") for uid in uids}


def trial() -> Subject:
    """The kind, registered once."""
    if TRIAL not in subjects._subjects:
        subjects.register(
            Subject(
                TRIAL,
                "试评",
                _said,
                criteria=CRITERIA,
                closed=lambda panel, by: ended.append(("closed", panel.title)),
                cancelled=lambda panel, by: ended.append(("cancelled", panel.title)),
            )
        )
    return subjects.of_kind(TRIAL)


def opened(
    organization: Organization,
    judged: Organization,
    people: Sequence[User],
    by: Actor,
    due_on: dt.date,
    **more: uuid.UUID,
) -> Panel:
    """A panel of these people, about something of its own."""
    trial()
    return panels.open_panel(
        kind=TRIAL,
        subject=more.get("subject", uuid.uuid4()),
        organization=organization,
        judged=judged,
        title=f"{judged.short_name}的做法",
        people=[one.pk for one in people],
        due_on=due_on,
        by=by,
    )


def give(
    panel: Panel, user: User, effect: str = "50", spread: str = "30", *, agrees: bool = True
) -> PanelSeat:
    """What the person gives, in the role of his first grant."""
    seat = PanelSeat.objects.get(panel=panel, user=user)
    return seats.give(
        seat=seat,
        revision=seat.revision,
        agrees=agrees,
        opinion="有数字，也有人看过现场",
        scores={"effect": Decimal(effect), "spread": Decimal(spread)},
        by=actor(user),
    )
