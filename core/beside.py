"""What the page of one row offers of other parts of the portal: links, which higher slices register so that
the slice of the page need not know them."""

from collections.abc import Callable

from django.db import models

from .actor import Actor
from .public_links import Link

Provider = Callable[[Actor, models.Model], Link | None]
"""Gives the link for who may follow it; None for rows that are not its own, and for others. A query at most."""

_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a link, in the order of the apps."""
    _providers.append(provider)
    return provider


def links(actor: Actor, row: models.Model) -> list[Link]:
    """What the actor is offered beside the row. A query at most for each that is registered."""
    return [link for provider in _providers if (link := provider(actor, row)) is not None]
