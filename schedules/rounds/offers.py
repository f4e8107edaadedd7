"""What higher slices offer beside a report and beside the overview of an organisation: registries,
shown on these pages."""

from collections.abc import Callable
from dataclasses import dataclass

from core.actor import Actor
from orgs.models import Organization

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


OverviewProvider = Callable[[Actor, Organization], list[Offer]]
_beside_overview: list[OverviewProvider] = []


def register_beside_overview(provider: OverviewProvider) -> OverviewProvider:
    """Adds a provider of pages about the organisation that an overview is of, which the actor may
    open. A query at most."""
    _beside_overview.append(provider)
    return provider


def beside_overview(actor: Actor, node: Organization) -> list[Offer]:
    """Where the overview leads, in the order of the slices."""
    return [offer for provider in _beside_overview for offer in provider(actor, node)]
