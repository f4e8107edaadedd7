"""How many members an organisation has, by the denominators and groups that reports ask for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, Q

from core import clock
from orgs.models.organization import path_end

from ..enums import Category, MembershipState, Sex
from ..models import Member
from .roster import age_band

# GB/T 4658: 研究生 1x, 本科 2x, 专科 3x.
COLLEGE_CODES = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Headcount:
    """Members of an organisation and all below it. All but `left` are counted on the roll."""

    on_roll: int = 0  # 在册
    expected: int = 0  # 应到
    entitled_to_vote: int = 0  # 有表决权
    full: int = 0
    probationary: int = 0
    female: int = 0
    young: int = 0  # 35 or younger
    senior: int = 0  # 60 or older
    minority: int = 0
    college: int = 0  # 大专 and above
    mobile: int = 0
    lost_contact: int = 0
    suspended: int = 0
    left: int = 0

    def __add__(self, other: "Headcount") -> "Headcount":
        return Headcount(
            *(getattr(self, item.name) + getattr(other, item.name) for item in fields(Headcount))
        )


def _counts(only: Collection[str] = ()) -> dict[str, Count]:
    left = Q(state=MembershipState.LEFT)
    normal = Q(state=MembershipState.NORMAL)
    today = clock.today()
    here = {
        "on_roll": Q(),
        # The same conditions as the filters of the model's query set.
        "expected": normal & Q(is_lost_contact=False, is_mobile=False, is_excused=False),
        "entitled_to_vote": normal
        & Q(category=Category.FULL, is_lost_contact=False, is_on_party_probation=False),
        "full": Q(category=Category.FULL),
        "probationary": Q(category=Category.PROBATIONARY),
        "female": Q(sex=Sex.FEMALE),
        "young": age_band("young", on=today),
        "senior": age_band("senior", on=today),
        "minority": ~Q(ethnicity__in=["", "01"]),
        "college": Q(education__gte=COLLEGE_CODES[0], education__lt="4"),
        "mobile": Q(is_mobile=True),
        "lost_contact": Q(is_lost_contact=True),
        "suspended": Q(state=MembershipState.SUSPENDED),
    }
    counts = {
        key: Count("id", filter=~left & condition)
        for key, condition in here.items()
        if not only or key in only
    }
    if not only or "left" in only:
        counts["left"] = Count("id", filter=left)
    return counts


def headcount(path: str, *, only: Collection[str] = (), below: bool = True) -> Headcount:
    """Figures of the organisation at `path` and all below it, or without `below` of it alone;
    with `only`, just those named, the others stay 0. One query."""
    here = (
        Q(organization__path__gte=path, organization__path__lt=path_end(path))
        if below
        else Q(organization__path=path)
    )
    return Headcount(**Member.objects.filter(here).aggregate(**_counts(only)))


def headcounts(paths: Iterable[str]) -> dict[str, Headcount]:
    """Figures of each organisation and all below it, for any number of paths. One query."""
    wanted = sorted(set(paths))
    if not wanted:
        return {}
    totals = {path: Headcount() for path in wanted}
    rows: Any = (
        Member.objects.filter(
            organization__path__gte=wanted[0], organization__path__lt=_end(wanted)
        )
        .order_by()
        .values("organization__path")
        .annotate(**_counts())
    )
    steps = sorted({len(path) for path in wanted})
    for row in rows:
        path = row["organization__path"]
        count = Headcount(**{key: n for key, n in row.items() if key != "organization__path"})
        for step in steps:
            if path[:step] in totals and len(path) >= step:
                totals[path[:step]] += count
    return totals


def _end(paths: Sequence[str]) -> str:
    return max(path_end(path) for path in paths)
