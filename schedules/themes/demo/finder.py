"""What the theme finder shows, read by the real act once the records that it reads are there: behind, where
older months are filled behind, and anew with the oldest of them."""

from collections.abc import Mapping

from core import clock
from core.actor import system
from core.demo import Seeding
from core.models import Effect
from orgs.demo.tree import Tree

from ..actions import finder as finders
from ..models import Finder, FinderMonth


def build(seeding: Seeding) -> Mapping[str, int]:
    """Begins it; reads it too, where all months are there at once."""
    if seeding.is_again:
        return {}
    with clock.at(seeding.now):
        finder = finders.begin(organization=seeding.of(Tree).root, by=system())
        if finder is not None and not seeding.older:
            _read(seeding, finder)
    return {"finders": Finder.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """With the oldest month all is there: what was read of months that were still empty is read anew."""
    if month != seeding.months[0]:
        return
    with clock.at(seeding.now):
        FinderMonth.objects.all().delete()
        Finder.objects.all().delete()
        finder = finders.begin(organization=seeding.of(Tree).root, by=system())
        if finder is not None:
            _read(seeding, finder)


def _read(seeding: Seeding, finder: Finder) -> None:
    Effect.objects.filter(kind=finders.FIND, payload__finder=finder.pk).delete()
    more = True
    while more:
        with seeding.step():
            more = finders.step(finder=finder, by=system())
