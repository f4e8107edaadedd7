"""What higher apps show on the page of an organisation."""

from collections.abc import Callable
from dataclasses import dataclass

from core.actor import Actor

from .models import Organization


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line: its name, its value, perhaps where it leads and a tone (ok, warn, bad)."""

    label: str
    value: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled list. `url` opens the whole of it."""

    title: str
    rows: tuple[PanelRow, ...] = ()
    url: str = ""
    text: str = ""


Provider = Callable[[Actor, Organization], list[Panel]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider; it shows only what the actor may see."""
    _providers.append(provider)
    return provider


def collect(actor: Actor, organization: Organization) -> list[Panel]:
    """All panels for the organisation, in the order of the apps."""
    return [panel for provider in _providers for panel in provider(actor, organization)]
