"""A named brand is copied by others, who say what they do of it and what came of it."""

import datetime as dt

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.models import Organization

from ..enums import BrandState
from ..models import Brand, BrandCopy
from ..rules import REASON, RESULT
from . import rights


@action
def begin(
    *, brand: Brand, organization: Organization, what: str, begun_on: dt.date, by: Actor
) -> BrandCopy:
    """The organisation copies the brand. The same once more is the one that there is. Raises NotAllowed,
    MovedOn, Conflict or DomainError."""
    rights.expect_owner(organization, by)
    row = rights.locked(brand.pk)
    if row.state != BrandState.NAMED:
        Brand.machine.expect(row, "want")  # in words: what it is now
    if row.organization_id == organization.pk:
        raise DomainError("本单位的品牌不用学用。")
    what = clean(what)
    if not 4 <= len(what) <= REASON:
        raise DomainError(f"写一句怎么学用，4 至 {REASON} 字。", field="what")
    if not clock.today() - dt.timedelta(days=366) <= begun_on <= clock.today():
        raise DomainError("从今天以前一年内的一天起。", field="begun_on")
    there = BrandCopy.objects.filter(brand=row, organization=organization).first()
    if there is not None:
        if there.what == what:
            return there
        raise Conflict("本单位已经登记学用这个品牌，可以改写。", code="twice")
    copy = BrandCopy.objects.create(
        brand=row, organization=organization, what=what, begun_on=begun_on, by_name=by.name[:100]
    )
    rights.note(copy, "brands.copy.begin", by=by)
    return copy


@action
def tell(*, copy: BrandCopy, revision: int, what: str, result: str, by: Actor) -> BrandCopy:
    """What is done of the brand, and what came of it. Raises NotAllowed, Stale or DomainError."""
    row = (
        BrandCopy.objects.select_for_update(of=("self",))
        .select_related("organization", "brand")
        .get(pk=copy.pk)
    )
    rights.expect_owner(row.organization, by)
    what, result = clean(what), clean(result)
    if not 4 <= len(what) <= REASON:
        raise DomainError(f"写一句怎么学用，4 至 {REASON} 字。", field="what")
    if len(result) > RESULT:
        raise DomainError(f"结果最多 {RESULT} 字。", field="result")
    changes = {"result": [row.result, result]} if row.result != result else {}
    told_on = (clock.today() if result != row.result else row.told_on) if result else None
    BrandCopy.machine.move(
        row,
        "tell",
        revision=revision,
        what=what,
        result=result,
        told_on=told_on,
        by_name=by.name[:100],
    )
    rights.note(row, "brands.copy.tell", by=by, changes=changes)
    return row
