"""What higher apps show on the page of a member; the panels are those of an organisation's page."""

from collections.abc import Callable

from core.actor import Actor
from orgs.panels import Panel

from .models import Member

Provider = Callable[[Actor, Member], list[Panel]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider; it shows only what the actor may see, in a fixed number of queries."""
    _providers.append(provider)
    return provider


def collect(actor: Actor, member: Member) -> list[Panel]:
    """All panels for the member, whose organisation is loaded, in the order of the apps."""
    return [panel for provider in _providers for panel in provider(actor, member)]
