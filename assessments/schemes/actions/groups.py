"""考核分组: made, changed, removed while nothing was measured in them, copied from last year."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import LEAST, AssessmentGroup, GroupPlace
from ..queries.groups import compared_on, groups_of, levels_of, named_in, taken
from . import telling

FEWEST, MOST = 2, 99  # what a minimum may be
MOST_ORDER = 999


@action
def create(
    *,
    organization: Organization,
    year: int,
    level: str,
    name: str,
    classes: Collection[str],
    places: Collection[int],
    by: Actor,
    minimum: int = LEAST,
    order: int = 0,
) -> AssessmentGroup:
    """A group of a year and level, by classes and by organisations that it names (`places`, their
    primary keys). Raises NotAllowed; DomainError, also for a class or an organisation that another
    group of the year and level has; Conflict for a name that is taken."""
    _expect(organization, by)
    _check_set(organization, year, level)
    _lock(organization)
    values, named = _checked(organization, level, name, classes, places, minimum, order)
    _check_free(groups_of(organization, year, level), values["classes"], named)
    try:
        with transaction.atomic():
            group = AssessmentGroup.objects.create(
                organization=organization, year=year, level=level, **values
            )
    except IntegrityError as error:
        raise Conflict("这一年度已有同名的分组。", field="name") from error
    _name(group, named)
    changes = {key: [None, value] for key, value in values.items()}
    changes |= {"year": [None, year], "level": [None, level], "places": [None, sorted(named)]}
    telling.note(group, "schemes.group.create", holder=organization, by=by, changes=changes)
    return group


@action
def edit(
    *,
    group: AssessmentGroup,
    revision: int,
    name: str,
    classes: Collection[str],
    places: Collection[int],
    minimum: int,
    order: int,
    by: Actor,
) -> AssessmentGroup:
    """Changes what a group is called, who is in it, and from how many on there are ranks. Raises as
    `create`, and Stale."""
    holder = group.organization
    _expect(holder, by)
    _lock(holder)
    stored = AssessmentGroup.objects.filter(pk=group.pk).first()
    if stored is None:
        raise Conflict("这个分组已被删除。", code="gone")
    AssessmentGroup.machine.expect(stored, "edit", revision)
    before = named_in(stored)
    values, named = _checked(
        holder, stored.level, name, classes, places, minimum, order, known=before
    )
    others = [one for one in groups_of(holder, stored.year, stored.level) if one.pk != stored.pk]
    _check_free(others, values["classes"], named)
    changes: dict[str, list[Any]] = {
        key: [getattr(stored, key), value]
        for key, value in values.items()
        if getattr(stored, key) != value
    }
    if before != named:
        changes["places"] = [sorted(before), sorted(named)]
    if not changes:
        return group
    try:
        with transaction.atomic():
            AssessmentGroup.machine.move(group, "edit", revision=revision, **values)
    except IntegrityError as error:
        raise Conflict("这一年度已有同名的分组。", field="name") from error
    GroupPlace.objects.filter(group=group, organization_id__in=before - named).delete()
    _name(group, named - before)
    telling.note(group, "schemes.group.edit", holder=holder, by=by, changes=changes)
    return group


@action
def remove(*, group: AssessmentGroup, by: Actor) -> None:
    """Takes a group away in which nobody was measured yet. Idempotent. Raises NotAllowed, and
    Conflict when a cycle uses it."""
    _expect(group.organization, by)
    # Whoever opens a cycle refers to the group: he waits for us, or we for him.
    stored = AssessmentGroup.objects.select_for_update(of=("self",)).filter(pk=group.pk).first()
    if stored is None:
        return
    telling.note(
        stored,
        "schemes.group.remove",
        holder=group.organization,
        by=by,
        changes={"name": [stored.name, None], "places": [sorted(named_in(stored)), None]},
    )
    try:
        stored.delete()
    except ProtectedError as error:
        raise Conflict("已有一期考核用了这个分组，不能删除；可以改名称和范围。") from error


@action
def copy_last_year(
    *, organization: Organization, year: int, level: str, by: Actor
) -> list[AssessmentGroup]:
    """The groups of the year before for a year that has none: with their classes, and the named
    organisations that are still there. Raises NotAllowed, DomainError, Conflict."""
    _expect(organization, by)
    _check_set(organization, year, level)
    _lock(organization)
    if AssessmentGroup.objects.alike(organization, year, level).exists():
        raise Conflict(f"{year}年度已有分组，不再沿用。请直接修改。", code="state")
    before = groups_of(organization, year - 1, level)
    if not before:
        raise DomainError(f"{year - 1}年度没有分组可沿用。")
    there = {one.pk for one in compared_on(organization, level, clock.today())}
    made = []
    for one in before:
        group = AssessmentGroup.objects.create(
            organization=organization,
            year=year,
            level=level,
            name=one.name,
            order=one.order,
            minimum=one.minimum,
            classes=one.classes,
        )
        _name(group, {place.organization_id for place in one.places.all()} & there)
        telling.note(
            group,
            "schemes.group.copy",
            holder=organization,
            by=by,
            changes={"name": [None, one.name], "year": [year - 1, year]},
        )
        made.append(group)
    return made


# --- what is asked of them -----------------------------------------------------------------------


def _expect(organization: Organization, by: Actor) -> None:
    if not by.may_at(Permission.SCHEME_EDIT, organization.path):
        raise NotAllowed("考核分组由制定细则的党委设置。")


def _check_set(organization: Organization, year: int, level: str) -> None:
    if not clock.today().year - 5 <= year <= clock.today().year + 2:
        raise DomainError("年度应在前五年到后两年之间。", field="year")
    if level not in levels_of(organization.kind):
        raise DomainError("直属党委的分组由党工委设置，党支部的由所属党委设置。", field="level")


def _lock(organization: Organization) -> None:
    """Two who set groups of one maker go one after the other."""
    rows = Organization.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk=organization.pk))


def _checked(
    organization: Organization,
    level: str,
    name: str,
    classes: Collection[str],
    places: Collection[int],
    minimum: int,
    order: int,
    *,
    known: Collection[int] = (),
) -> tuple[dict[str, Any], set[int]]:
    name = clean(name)[:40]
    if not name:
        raise DomainError("请填写名称。", field="name")
    if not FEWEST <= minimum <= MOST:
        raise DomainError(f"至少几家应在 {FEWEST} 到 {MOST} 之间。", field="minimum")
    if not 0 <= order <= MOST_ORDER:
        raise DomainError(f"次序应在 0 到 {MOST_ORDER} 之间。", field="order")
    wanted = [value for value in OrganizationClass.values if value in set(classes)]
    if len(wanted) < len(set(classes)):
        raise DomainError("请选择组织类型。", field="classes")
    named = set(places)
    # Those that it names already may have been moved or dissolved since: they do no harm.
    there = {one.pk for one in compared_on(organization, level, clock.today())} if named else set()
    if named - there - set(known):
        raise DomainError("只能选由本单位考核的组织。", field="places")
    if not wanted and not named:
        raise DomainError("请选择组织类型，或点名选择单位。", field="classes")
    values = {"name": name, "classes": wanted, "minimum": minimum, "order": order}
    return values, named


def _check_free(others: Collection[AssessmentGroup], classes: list[str], named: set[int]) -> None:
    """One place each in a year and level."""
    by_class, by_name = taken(others)
    for value in classes:
        if value in by_class:
            label = OrganizationClass(value).label
            raise DomainError(f"{label}已在“{by_class[value]}”，一类只能在一组。", field="classes")
    doubled = sorted(named & by_name.keys())
    if doubled:
        one = Organization.objects.get(pk=doubled[0])
        raise DomainError(f"{one}已在“{by_name[one.pk]}”，一家只能在一组。", field="places")


def _name(group: AssessmentGroup, organizations: Collection[int]) -> None:
    GroupPlace.objects.bulk_create(
        GroupPlace(group=group, organization_id=pk) for pk in sorted(organizations)
    )
