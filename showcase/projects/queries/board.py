"""Projects as lists, board and timeline show them: a fixed number of queries, however many."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core.actor import Actor
from orgs.models.organization import below
from orgs.permissions import Permission
from showcase.panels.models import Panel

from ..enums import ProjectState
from ..models import Campaign, Milestone, Project, ProjectRequest, Spending
from ..models.project import KIND
from .owed import ASKED

NEAR = dt.timedelta(days=10)  # past the longest holidays
LATELY = dt.timedelta(days=45)

# A panel that is cancelled sends its project back, so that of a project in review it is open or closed.
_judging = Panel.objects.under_way().filter(kind=KIND, subject=OuterRef("uid"))
JUDGED = Q(~Exists(_judging), state=ProjectState.REVIEW)


@dataclass(frozen=True, slots=True)
class Line:
    """A project with its milestones in their order and what was spent."""

    project: Project
    milestones: Sequence[Milestone] = field(default_factory=tuple)
    spent: Decimal = Decimal(0)

    @property
    def done(self) -> int:
        """Milestones that are done."""
        return sum(one.is_done for one in self.milestones)

    @property
    def next(self) -> Milestone | None:
        """The first that is not done."""
        return next((one for one in self.milestones if not one.is_done), None)

    def late_on(self, today: dt.date) -> int:
        """How many are late: only while the project runs."""
        if self.project.state != "running":
            return 0
        return sum(not one.is_done and one.due_on < today for one in self.milestones)


def chosen(actor: Actor, given: Mapping[str, Any]) -> QuerySet[Project]:
    """The projects that the actor sees, narrowed by a filter's values. No query."""
    rows = Project.objects.visible_to(actor).select_related("organization", "campaign")
    if given.get("year"):
        rows = rows.filter(year=given["year"])
    state = given.get("state")
    if state == "judged":
        rows = rows.filter(JUDGED)
    elif state == "asked":
        rows = rows.filter(
            Exists(ProjectRequest.objects.filter(state="waiting", project=OuterRef("pk"))),
            state="running",
        )
    elif state:
        rows = rows.filter(state=state)
    if given.get("scheme"):
        rows = rows.filter(scheme=given["scheme"])
    if given.get("organization"):
        rows = rows.filter(organization=given["organization"])
    if given.get("campaign"):
        rows = rows.filter(campaign=given["campaign"])
    if given.get("q"):
        rows = rows.filter(title__icontains=given["q"])
    return rows.order_by("-year", "-pk")


def lines(projects: Sequence[Project]) -> list[Line]:
    """The same with their milestones and money. Two queries."""
    pks = [one.pk for one in projects]
    stages: dict[int, list[Milestone]] = {}
    for one in Milestone.objects.filter(project__in=pks).order_by("project_id", "position"):
        stages.setdefault(one.project_id, []).append(one)
    sums = Spending.objects.filter(project__in=pks).order_by().values("project")
    spent = dict(sums.annotate(sum=Sum("amount")).values_list("project", "sum"))
    return [Line(one, stages.get(one.pk, []), spent.get(one.pk, Decimal(0))) for one in projects]


def serving(actor: Actor, scheme: int, organization: int) -> int:
    """How many projects of an organisation serve an indicator of the scheme, of those that the actor
    sees. One query."""
    return chosen(actor, {"scheme": scheme, "organization": organization}).count()


def years_of(actor: Actor) -> list[int]:
    """The years of which the actor sees projects, the newest first. One query."""
    rows = Project.objects.visible_to(actor).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Joined:
    """A campaign with what the actor sees of its projects."""

    campaign: Campaign
    count: int
    under_way: int
    closed: int


def campaigns_of(actor: Actor) -> list[Joined]:
    """Campaigns with the numbers of their projects that the actor sees. Two queries."""
    rows = list(Campaign.objects.visible_to(actor).select_related("organization")[:200])
    seen = Project.objects.visible_to(actor).filter(campaign__in=[one.pk for one in rows])
    numbers = {
        one["campaign"]: one
        for one in seen.order_by()
        .values("campaign")
        .annotate(
            count=Count("pk", distinct=True),
            going=Count("pk", distinct=True, filter=Q(state__in=["running", "closing"])),
            over=Count("pk", distinct=True, filter=Q(state__in=["closed", "spread", "archived"])),
        )
    }
    none = {"count": 0, "going": 0, "over": 0}
    found = []
    for one in rows:
        row = numbers.get(one.pk, none)
        found.append(Joined(one, row["count"], row["going"], row["over"]))
    return found


def late_own(actor: Actor, until: dt.date) -> list[Milestone]:
    """Milestones of the actor's own organisation that are due until a day and not done, but for those
    that he sees among his duties. One query."""
    rows = Milestone.objects.open_until(until).filter(project__organization=actor.organization_id)
    if actor.may(Permission.REPORT_DRAFT):
        rows = rows.exclude(ASKED)
    return list(rows.select_related("project").order_by("due_on", "pk")[:20])


def open_milestones(today: dt.date) -> list[Milestone]:
    """Milestones of projects that run which are not done and due soon, or were lately, and of which no
    duty tells. Holds them until the transaction ends. One query."""
    rows = Milestone.objects.open_until(today + NEAR).filter(due_on__gte=today - LATELY)
    rows = rows.exclude(ASKED)
    rows = rows.select_related("project").select_for_update(of=("self",), skip_locked=True)
    return list(rows.order_by("due_on", "pk"))


def waiting_above(actor: Actor) -> dict[str, int]:
    """What waits for the decisions of the actor's organisation, by what it is. One query."""
    rows = Project.objects.filter(
        below(actor.organization_path, "organization__"),
    ).exclude(organization=actor.organization_id, organization__parent__isnull=False)
    return rows.aggregate(
        submitted=Count("pk", distinct=True, filter=Q(state="submitted")),
        judged=Count("pk", distinct=True, filter=JUDGED),
        closing=Count("pk", distinct=True, filter=Q(state="closing")),
        asked=Count(
            "requests", distinct=True, filter=Q(state="running", requests__state="waiting")
        ),
    )
