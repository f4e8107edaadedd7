"""Items, fetched and authorised at once."""

from django.http import Http404

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from .models import ActionItem, ActionLine, Extension, Feedback


def get_item(actor: Actor, pk: int) -> ActionItem:
    """The item, if the actor's organisations have to do it, gave it out or hold it up. Raises
    Http404."""
    found = (
        ActionItem.objects.visible_to(actor)
        .select_related("owner", "issuer", "parent", "waiting_for", "relapse_of")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_line(actor: Actor, pk: int) -> ActionLine:
    """A line of an item that the actor sees. Raises Http404."""
    line = ActionLine.objects.filter(pk=pk).first()
    if line is None:
        raise Http404
    line.item = get_item(actor, line.item_id)
    return line


def get_extension(actor: Actor, pk: int) -> Extension:
    """A wish for more time about an item that the actor sees. Raises Http404."""
    extension = Extension.objects.filter(pk=pk).first()
    if extension is None:
        raise Http404
    extension.item = get_item(actor, extension.item_id)
    return extension


def get_feedback(actor: Actor, pk: int) -> Feedback:
    """What the actor wrote, or may answer. Raises Http404."""
    rows = Feedback.objects.visible_to(actor).select_related("about", "organization")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_own_feedback(actor: Actor, pk: int) -> Feedback:
    """What the person wrote himself. Raises Http404."""
    found = get_feedback(actor, pk)
    if found.written_by_id != actor.user_id:
        raise Http404
    return found


def get_feedback_to_answer(actor: Actor, pk: int) -> Feedback:
    """What somebody else wrote and the actor may answer, whether it waits or not. Raises
    Http404."""
    found = get_feedback(actor, pk)
    if found.written_by_id in actor.persons or not actor.may(Permission.FEEDBACK_ANSWER):
        raise Http404
    return found


def get_issuer(actor: Actor) -> Organization:
    """The organisation for which the actor gives out items. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.ACTION_ISSUE, place.path):
        raise Http404
    return place
