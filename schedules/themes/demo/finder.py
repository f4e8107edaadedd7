"""What the theme finder shows, read by the real act once the records that it reads are there: behind, where
older months are filled behind, and anew with the oldest of them."""

from collections.abc import Mapping

from core import clock
from core.actor import system
from core.demo import Seeding
from core.models import Effect
from orgs.demo.tree import Tree

from ..actions import finding as findings
from ..models import CandidateMonth, Finding


def build(seeding: Seeding) -> Mapping[str, int]:
    """Begins it; reads it too, where all months are there at once."""
    if seeding.is_again:
        return {}
    with clock.at(seeding.now):
        finding = findings.begin(organization=seeding.of(Tree).root, by=system())
        if finding is not None and not seeding.older:
            _read(seeding, finding)
    return {"findings": Finding.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """With the oldest month all is there: what was read of months that were still empty is read anew."""
    if month != seeding.months[0]:
        return
    with clock.at(seeding.now):
        CandidateMonth.objects.all().delete()
        Finding.objects.all().delete()
        finding = findings.begin(organization=seeding.of(Tree).root, by=system())
        if finding is not None:
            _read(seeding, finding)


def _read(seeding: Seeding, finding: Finding) -> None:
    Effect.objects.filter(kind=findings.FIND, payload__finding=finding.pk).delete()
    more = True
    while more:
        with seeding.step():
            more = findings.step(finding=finding, by=system())
