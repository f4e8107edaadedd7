"""What visitors should know before they go, and lists of visits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core import clock
from core.actor import Actor
from core.figures import as_shown
from orgs.models import Organization, RoleGrant, User
from orgs.permissions import Permission
from orgs.roles import holding
from schedules.action_items.models import ActionItem
from schedules.action_items.rules import overdue_line
from schedules.rounds.enums import ItemKind, ItemUse, ReportState
from schedules.rounds.models import Report
from schedules.rounds.queries.calendar import load

from ..enums import VISIT_OPEN, VisitState
from ..models import FieldVisit, VisitFinding

SENT = (ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.CONFIRMED)
TO_VERIFY = (ItemUse.HIGHLIGHT, ItemUse.PLAN, ItemUse.PROBLEM)
MOST_ITEMS = 10


@dataclass(slots=True)
class VisitCard:
    """What is claimed and known of the place: its last report, overdue items, last findings."""

    report: Report | None = None
    claims: list[tuple[str, list[str]]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    overdue: Sequence[ActionItem] = ()
    last_visit: FieldVisit | None = None
    last_findings: Sequence[VisitFinding] = ()
    may_open_report: bool = False


def card_of(actor: Actor, visit: FieldVisit) -> VisitCard:
    """What visitors should look for at the place; of a visit that is over, what there was to look
    for then. Nine queries at most."""
    place, card = visit.organization, VisitCard()
    reports = Report.objects.filter(organization=place, state__in=SENT)
    before = FieldVisit.objects.filter(organization=place, state=VisitState.DONE)
    before = before.filter(holder=visit.holder).exclude(pk=visit.pk)
    if visit.done_at is not None:
        reports = reports.filter(duty__submitted_at__lte=visit.done_at)
        before = before.filter(done_at__lt=visit.done_at)
    card.report = reports.select_related("duty__plan").order_by("-period", "-pk").first()
    if card.report is not None:
        mine = Report.objects.visible_to(actor).filter(pk=card.report.pk)
        card.may_open_report = mine.exists()
        for item in card.report.items.all():
            if item.kind == ItemKind.FIGURES:
                card.figures += [as_shown(row) for row in item.value.get("figures", [])]
            elif item.use in TO_VERIFY and item.sent_text:
                lines = [line for line in item.sent_text.splitlines() if line.strip()]
                card.claims.append((item.title, lines))
    if visit.is_open:
        line = overdue_line(clock.today(), load())
        items = ActionItem.objects.counted().filter(owner=place).overdue(line)
        items = items.select_related("issuer", "parent").order_by("due_on")
        card.overdue = list(items[:MOST_ITEMS])
    card.last_visit = before.order_by("-done_at").first()
    if card.last_visit is not None:
        findings = card.last_visit.findings.select_related("item__issuer", "item__parent")
        card.last_findings = list(findings)
    return card


def listed(actor: Actor, show: str) -> QuerySet[FieldVisit]:
    """Visits that the actor may read: `open`, `done`, `mine` to be made by himself, or all."""
    rows = FieldVisit.objects.visible_to(actor).select_related("organization", "holder", "draw")
    rows = rows.annotate(found=Count("findings")).prefetch_related("visitors")
    if show == "mine":
        return rows.open().of_visitor(actor).order_by("visit_on", "pk")
    if show == "open":
        return rows.open().order_by("visit_on", "pk")
    if show == "done":
        return rows.filter(state=VisitState.DONE).order_by("-done_at", "-pk")
    return rows.order_by("-pk")


def counts(actor: Actor) -> dict[str, int]:
    """How many visits there are of each kind that the list shows. One query."""
    mine = FieldVisit.objects.of_visitor(actor).values("pk")
    is_open = Q(state__in=VISIT_OPEN)
    return FieldVisit.objects.visible_to(actor).aggregate(
        open=Count("pk", filter=is_open),
        mine=Count("pk", filter=is_open & Q(pk__in=mine)),
        done=Count("pk", filter=Q(state=VisitState.DONE)),
    )


def people_to_send(holder: Organization) -> QuerySet[User]:
    """Who can be sent by hand: those who arrange visits at the holder or directly below it."""
    at = Q(organization=holder) | Q(organization__parent=holder)
    grants = RoleGrant.objects.current().filter(at, deputy_for=None, user__admin_kind="")
    grants = grants.filter(role__in=holding(Permission.DISPATCH_EDIT))
    return User.objects.filter(pk__in=grants.values("user_id")).order_by("name", "pk")


def last_visits(actor: Actor, organization: Organization, most: int) -> list[FieldVisit]:
    """The newest visits of the organisation that the actor may read. One query."""
    rows = FieldVisit.objects.visible_to(actor).filter(organization=organization)
    by_day = F("visit_on").desc(nulls_first=True)
    return list(rows.exclude(state=VisitState.CANCELLED).order_by(by_day, "-pk")[:most])
