"""What higher slices offer to do with a report: a registry, shown on the report's page."""

from collections.abc import Callable
from dataclasses import dataclass

from core.actor import Actor

from .models import Report


@dataclass(frozen=True, slots=True)
class Offer:
    """A button that leads elsewhere."""

    label: str
    url: str


Provider = Callable[[Actor, Report], list[Offer]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider: it offers what the actor may do, and asks nothing where that is nothing."""
    _providers.append(provider)
    return provider


def offered(actor: Actor, report: Report) -> list[Offer]:
    """What can be done with the report elsewhere, in the order of the slices. Queries as its
    providers say."""
    return [offer for provider in _providers for offer in provider(actor, report)]
