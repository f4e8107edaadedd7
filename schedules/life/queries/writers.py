"""Who may write a record anew: the rule that pages and actions ask alike."""

from core.actor import Actor
from orgs.access import who_may
from orgs.permissions import Permission

from ..models import Meeting


def may_change(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor may write the record anew, take it back and add photographs: those of the
    organisation that held it, and who wrote it. The level above sends it back instead, unless the
    organisation has nobody who can record. No query for the organisation's own, else one."""
    place = meeting.organization
    if not actor.may_at(Permission.LIFE_RECORD, place.path):
        return False
    if actor.owns(place.path) or meeting.written_by_id in actor.persons:
        return True
    return not who_may(Permission.LIFE_RECORD, place, nearest=True).filter(is_active=True).exists()
