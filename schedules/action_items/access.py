"""Items, fetched and authorised at once."""

from django.http import Http404

from core.actor import Actor

from .models import ActionItem, ActionLine, Extension


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
