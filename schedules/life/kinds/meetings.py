"""The kinds of duties that records of organisation life fulfil by themselves."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, periods
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import fulfilment
from schedules.rounds.fulfilment import Kind, Words
from schedules.rounds.models import Duty, Plan

from ..enums import Roll
from ..queries.done import days_of
from ..rules import RULES, KindRule, key_of


def _url(duty: Duty) -> str:
    """Who opens it decides where it leads: to write it down, or to what was held."""
    return reverse("life:duty-open", args=[duty.pk])


def _missing_url(place: Organization) -> str:
    """What was not held below the place in the month that is over."""
    month = periods.shift(periods.containing(clock.today(), periods.MONTH), -1)
    asked = {"figure": "life_missing", "period": month, "organization": place.pk}
    return f"{reverse('life:duty-list')}?{urlencode(asked)}"


def _fitting(
    rule: KindRule,
) -> Callable[[Plan, str, list[Organization]], list[Organization]] | None:
    """Who can have one at all: no 支委会 where there is no committee."""
    if rule.roll != Roll.COMMITTEE:
        return None

    def fitting(plan: Plan, period: str, places: list[Organization]) -> list[Organization]:
        return [one for one in places if one.has_committee or one.kind not in BRANCH_KINDS]

    return fitting


def _kind(rule: KindRule) -> Kind:
    label = rule.kind.label
    return Kind(
        key=key_of(rule.kind),
        label=label,
        words=Words(
            act="登记",
            pending="待开",
            missing="未开",
            sent="已开",
            write="登记",
            hint=f"开完{label}登记一次，点名、议题、照片，三分钟。",
            ready="待开",
            ready_hint="开完登记，",
            look="登记",
            late="迟开",
        ),
        minutes=rule.minutes,
        mend_minutes=rule.minutes,
        url=_url,
        view=Permission.LIFE_VIEW,
        write=Permission.LIFE_RECORD,
        send=Permission.LIFE_RECORD,
        check=None,
        fitting=_fitting(rule),
        done=days_of(rule.kind),
        missing_url=_missing_url,
        counts=True,
        takes_groups=rule.roll == Roll.GROUP,
    )


for _rule in RULES.values():
    if _rule.cadence is not None:
        fulfilment.register(_kind(_rule))
