"""现场核查卡: what one person saw on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean

from ..enums import CheckMark, SiteStepKind
from ..models import DemonstrationSite, SiteCheck, SiteStep
from . import rights


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one criterion."""

    mark: str
    note: str = ""


@action
def fill(*, site: DemonstrationSite, seen: Sequence[Seen], note: str, by: Actor) -> SiteCheck:
    """The card of this person and day; the same once more changes nothing, another one puts it right.
    Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked(site.pk)
    rights.expect_holder(row.programme.organization, by)
    DemonstrationSite.machine.expect(row, "check")
    marks = _marks(row.programme.criteria, seen)
    values: dict[str, Any] = {"marks": marks, "note": clean(note)[:300]}
    today = clock.today()
    card = SiteCheck.objects.filter(site=row, user=by.user_id, checked_on=today).first()
    if card is not None and (card.marks, card.note) == (values["marks"], values["note"]):
        return card
    told = {**values, "by_name": by.name[:100], "at": clock.now()}
    if card is None:
        card = SiteCheck.objects.create(site=row, user_id=by.user_id, checked_on=today, **told)
    else:
        SiteCheck.objects.filter(pk=card.pk).update(**told)
        card.refresh_from_db()
    text = f"{len(marks)} 条中 {card.unmet} 条不符合" if card.unmet else "没有不符合的"
    DemonstrationSite.machine.move(
        row, "check", step=SiteStep(site=row, kind=SiteStepKind.CHECKED, text=text), by=by
    )
    rights.note(row, "sites.check.fill", by=by, changes={"marks": [None, text]})
    return card


def _marks(criteria: Sequence[str], seen: Sequence[Seen]) -> list[dict[str, str]]:
    if len(seen) != len(criteria):
        raise DomainError("标准与核查卡对不上，请刷新页面。")
    for number, one in enumerate(seen):
        if one.mark not in CheckMark.values:
            raise DomainError("请选一项。", field=f"mark_{number}")
    return [
        {"criterion": criterion, "mark": one.mark, "note": clean(one.note)[:100]}
        for criterion, one in zip(criteria, seen, strict=True)
    ]
