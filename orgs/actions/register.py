"""The row of an organisation in the register: read anew and checked. Shared by the acts on it;
each joins the caller's action."""

import datetime as dt

from django.db.models import Max

from core import clock
from core.actor import Actor
from core.dates import in_words
from core.errors import DomainError, NotAllowed

from .. import titles
from ..models import Organization


def next_code() -> str:
    """The lasting code of the next organisation. Call with the tree locked."""
    return titles.code_of((Organization.objects.aggregate(last=Max("pk"))["last"] or 0) + 1)


def fresh(organization: Organization) -> Organization:
    """The row as it is now, with its parent. One query."""
    return Organization.objects.select_related("parent").get(pk=organization.pk)


def covered(by: Actor, organization: Organization, field: str | None = None) -> None:
    """Raises NotAllowed when the organisation is outside the scope of `by`."""
    if by.user_id is not None and not by.covers(organization.path):
        raise NotAllowed(f"{organization} 不在管辖范围内", field=field)


def existing(organization: Organization, what: str = "该党组织") -> None:
    """Raises DomainError when the organisation has been abolished."""
    if organization.abolished_on is not None:
        raise DomainError(f"{what}已于 {in_words(organization.abolished_on)} 撤销")


def not_in_future(day: dt.date) -> None:
    """Raises DomainError for a day that has not come."""
    if day > clock.today():
        raise DomainError("日期不能晚于今天", field="on")


def on_time(organization: Organization, day: dt.date) -> None:
    """Raises DomainError for a day before the last change: structure is written down in order.
    One query."""
    not_in_future(day)
    since = organization.placements.filter(valid_to=None).values_list("valid_from", flat=True)
    for last in since:
        if last is not None and day < last:
            raise DomainError(f"日期不能早于上一次变动（{in_words(last)}）", field="on")


def name_is_free(name: str, but: Organization | None = None) -> None:
    """Raises DomainError when an existing organisation is called so. One query."""
    same = Organization.objects.active().filter(name_key=titles.name_key(name))
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        raise DomainError("已有同名的党组织", field="name")
