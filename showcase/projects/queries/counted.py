"""What figures count of projects on a day or in a period, by what was known at a moment. Each gives the
rows themselves, so that a number and the page behind it cannot differ."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.figures import Window
from orgs.models import Organization
from orgs.queries.places import stood_at

from ..enums import Ask, AskState, Grade, StepKind
from ..models import Milestone, MilestoneFinish, Project, ProjectRequest, ProjectStep

RUNNING, CLOSED, EXCELLENT = "projects_running", "projects_closed", "projects_excellent"
OVERDUE, DUE, ON_TIME = "projects_overdue", "projects_due", "projects_on_time"
OF_PROJECTS = (RUNNING, CLOSED, EXCELLENT)
OF_MILESTONES = (OVERDUE, DUE, ON_TIME)
WHOLES = (RUNNING, CLOSED, OVERDUE, DUE)
PARTS = {EXCELLENT: CLOSED, ON_TIME: DUE}
KEYS = (*OF_PROJECTS, *OF_MILESTONES)


def counted_rows(key: str, window: Window) -> QuerySet[Any]:
    """The projects or milestones that the figure counts, of all organisations. No query."""
    if key == RUNNING:
        return _approved(window).exclude(_over(window, "pk"))
    if key in (CLOSED, EXCELLENT):
        return _closed(window).filter(part_of(key, window))
    rows: QuerySet[Any] = Milestone.objects.filter(project__in=_approved(window).values("pk"))
    if key == OVERDUE:
        rows = rows.exclude(_over(window, "project"))
        rows = rows.alias(then=_due(window)).filter(then__lt=window.end)
        return rows.exclude(Exists(_finished(window)))
    # What a project that was ended before had promised is due no more.
    ended = _ended(window, "project").filter(project__closed_on__lt=OuterRef("baseline_on"))
    rows = rows.filter(baseline_on__range=(window.first, window.end)).exclude(Exists(ended))
    return rows.filter(part_of(key, window))


def part_of(key: str, window: Window) -> Q:
    """What makes a row of the whole one of the figure. No query."""
    if key == EXCELLENT:
        return Q(grade=Grade.EXCELLENT)
    if key == ON_TIME:
        return Q(Exists(_finished(window).filter(done_on__lte=OuterRef("baseline_on"))))
    return Q()


def counted_at(key: str, place: Organization, window: Window, *, below: bool) -> QuerySet[Any]:
    """Those of them at a place, with `below` at all that stood below it. No query, one for the tree of a
    past day."""
    relation = "organization" if key in OF_PROJECTS else "project__organization"
    there = stood_at(place, window.end, below=below, known_at=window.known_at)
    return counted_rows(key, window).filter(**{f"{relation}__in": there})


def _approved(window: Window) -> QuerySet[Project]:
    rows = Project.objects.filter(approved_on__lte=window.end)
    if window.known_at is not None:
        told = ProjectStep.objects.filter(kind=StepKind.APPROVE, at__lte=window.known_at)
        rows = rows.filter(Exists(told.filter(project=OuterRef("pk"))))
    return rows


def _closed(window: Window) -> QuerySet[Project]:
    rows = Project.objects.filter(closed_on__range=(window.first, window.end)).exclude(grade="")
    if window.known_at is not None:
        rows = rows.filter(Exists(_graded(window, "pk")))
    return rows


def _over(window: Window, own: str) -> Q:
    """The condition of a row whose project was closed or ended by the window's end; `own` leads from it
    to the project."""
    past = {"project__closed_on__lte": window.end}
    graded = _graded(window, own).filter(**past)
    return Q(Exists(graded)) | Q(Exists(_ended(window, own).filter(**past)))


def _graded(window: Window, own: str) -> QuerySet[ProjectStep]:
    rows = ProjectStep.objects.filter(kind=StepKind.GRADE, project=OuterRef(own))
    return rows if window.known_at is None else rows.filter(at__lte=window.known_at)


def _ended(window: Window, own: str) -> QuerySet[ProjectRequest]:
    """What ended a project before it was done."""
    rows = ProjectRequest.objects.filter(
        kind=Ask.TERMINATION, state=AskState.GRANTED, project=OuterRef(own)
    )
    return rows if window.known_at is None else rows.filter(decided_at__lte=window.known_at)


def _due(window: Window) -> Coalesce:
    """The day of a milestone as it was then: the one first approved, or the last that was granted to it
    or to one before it."""
    after = timezone.make_aware(dt.datetime.combine(window.end, dt.time.max))
    until = after if window.known_at is None else min(after, window.known_at)
    granted = ProjectRequest.objects.filter(
        kind=Ask.EXTENSION,
        state=AskState.GRANTED,
        decided_at__lte=until,
        project=OuterRef("project"),
        milestone__position__lte=OuterRef("position"),
        due_on__gt=OuterRef("baseline_on"),
    )
    return Coalesce(Subquery(granted.order_by("-due_on").values("due_on")[:1]), F("baseline_on"))


def _finished(window: Window) -> QuerySet[MilestoneFinish]:
    rows = MilestoneFinish.objects.filter(milestone=OuterRef("pk"), done_on__lte=window.end)
    if window.known_at is None:
        return rows.filter(undone_at=None)
    stands = Q(undone_at=None) | Q(undone_at__gt=window.known_at)
    return rows.filter(stands, said_at__lte=window.known_at)
