"""Reads of the tree: levels, lists, one organisation with its people and history."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core import clock, pinyin
from core.actor import Actor
from core.figures import Cut
from core.text import clean

from .. import headcounts, terms, thresholds, titles
from ..enums import OrganizationKind, Post
from ..headcounts import Headcount
from ..models import OfficeHolding, Organization, OrganizationPlacement, Term
from ..models.organization import below
from ..permissions import Permission
from .found import condition
from .terms import has_term, in_state, term_end


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation as a level of the tree shows it."""

    pk: int
    name: str
    full_name: str
    kind: str
    kind_label: str
    path: str
    secretary: str
    child_count: int
    headcount: Headcount | None
    term: terms.TermState
    is_abolished: bool = False


def _secretary() -> Subquery:
    return Subquery(
        OfficeHolding.objects.current()
        .filter(organization=OuterRef("pk"), post=Post.SECRETARY)
        .order_by("-started_on", "-pk")
        .values("person_name")[:1]
    )


def _child_count() -> Coalesce:
    children = (
        Organization.objects.active()
        .filter(parent=OuterRef("pk"))
        .order_by()
        .values("parent")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(children, output_field=IntegerField()), 0)


def with_details(organizations: QuerySet[Organization]) -> QuerySet[Organization]:
    """Annotates `secretary` and `child_count`, in the same query."""
    return organizations.annotate(secretary=_secretary(), child_count=_child_count())


def nodes(organizations: Iterable[Organization], *, top: Organization | None = None) -> list[Node]:
    """Rows of `with_details` as nodes, with headcounts. One more query where members are kept; it
    reads that of `top` too, and leaves it there (`headcounts.of_one`)."""
    rows: list[Any] = list(organizations)
    counts = headcounts.of([row.path for row in [*([top] if top else []), *rows]])
    if top is not None:
        headcounts.keep(top, counts)
    today = clock.today()
    return [
        Node(
            pk=row.pk,
            name=str(row),
            full_name=row.name,
            kind=row.kind,
            kind_label=row.get_kind_display(),
            path=row.path,
            secretary=row.secretary or "",
            child_count=row.child_count,
            headcount=counts.get(row.path),
            term=term_of(row, today),
            is_abolished=row.abolished_on is not None and row.abolished_on <= today,
        )
        for row in rows
    ]


def level(actor: Actor, top: int | None) -> list[Node]:
    """An organisation in the actor's scope (his own by default), then the level below it.

    Empty when it is not his to see. One query, and one for headcounts.
    """
    visible = Organization.objects.visible_to(actor)
    # By keys, not by the path of the parent: a join within an OR would read all organisations.
    at = (actor.organization_id or 0) if top is None else top
    rows = (visible.filter(pk=at) | visible.active().filter(parent=at)).order_by("path")
    found = nodes(with_details(rows))
    return found if found and found[0].pk == at else []


def children(actor: Actor, parent: Organization) -> list[Node]:
    """The level below `parent`. One query, and one for headcounts, that of `parent` among them."""
    rows = Organization.objects.visible_to(actor).active().filter(parent=parent)
    return nodes(with_details(rows).order_by("path"), top=parent)


# --- filters -------------------------------------------------------------------------------


def called(text: str) -> Q:
    """Organisations by part of a name, however it is typed: width, blanks, brackets, look-alikes."""
    text = clean(text)[:60]
    squeezed = "".join(text.split())
    found = Q(short_name__contains=text) | Q(short_name__contains=squeezed)
    key = titles.name_key(text)
    return found | Q(name_key__contains=key) if key else found


def named_like(text: str) -> Q:
    """Organisations by part of a name, by pinyin or by initials."""
    condition = called(text)
    text = text.strip()[:60]
    if pinyin.is_query(text):
        key = pinyin.query_key(text)
        condition |= Q(name_pinyin__contains=key) | Q(name_initials__contains=key)
    return condition


def filtered(actor: Actor, values: dict[str, Any]) -> QuerySet[Organization]:
    """Organisations in the actor's scope by `q`, `kind`, `organization_class`, `term`, at and
    below the organisation `place`, and by one of the NARROWINGS as `only`.

    Those abolished are left out unless `abolished` is set; with the day `existing` those stay that
    existed then. In tree order.
    """
    rows = Organization.objects.visible_to(actor)
    if values.get("place"):
        rows = rows.below(values["place"].path)
    if values.get("only"):
        rows = rows.filter(condition(values["only"], Cut(clock.today())))
    if values.get("abolished"):
        rows = rows.exclude(abolished_on=None)
    else:
        rows = rows.active(values.get("existing"))
    if values.get("q"):
        rows = rows.filter(named_like(values["q"]))
    for name in ("kind", "organization_class"):
        if values.get(name):
            rows = rows.filter(**{name: values[name]})
    if values.get("term"):
        rows = rows.annotate(until=term_end()).filter(
            has_term(), in_state(values["term"], clock.today())
        )
    return rows.order_by("path")


def found_by_name(actor: Actor, text: str, limit: int) -> list[Organization]:
    """For the one search: names that begin with the text come first. One query."""
    rows = Organization.objects.visible_to(actor).active().filter(named_like(text))
    rank = Case(
        When(short_name__startswith=text, then=Value(0)),
        When(name_initials__startswith=pinyin.query_key(text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(rows.select_related("parent").order_by(rank, "path")[:limit])


def term_counts(actor: Actor) -> dict[str, int]:
    """How many terms in the actor's scope are overdue, and end within 30, 90, 180 days. One query.

    The groups do not overlap.
    """
    today = clock.today()
    day = dt.timedelta(days=1)
    rows = (
        Organization.objects.visible_to(actor)
        .active()
        .filter(has_term())
        .annotate(until=term_end())
    )
    found = rows.aggregate(
        error=Count("pk", filter=Q(until__lt=today - terms.ERROR_DAYS * day)),
        overdue=Count("pk", filter=Q(until__gte=today - terms.ERROR_DAYS * day, until__lt=today)),
        d30=Count("pk", filter=Q(until__gte=today, until__lte=today + 30 * day)),
        d90=Count("pk", filter=Q(until__gt=today + 30 * day, until__lte=today + 90 * day)),
        d180=Count("pk", filter=Q(until__gt=today + 90 * day, until__lte=today + 180 * day)),
    )
    return {key: value or 0 for key, value in found.items()}


# --- the tree as it was --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PastNode:
    """One organisation as it was called and stood on a past day."""

    pk: int
    name: str
    kind_label: str
    path: str
    child_count: int
    depth: int = 0
    is_renamed: bool = False


def placed_on(day: dt.date) -> QuerySet[OrganizationPlacement]:
    """Placements in force on the day."""
    return OrganizationPlacement.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
    )


def past_level(actor: Actor, day: dt.date, top: int | None) -> list[PastNode]:
    """The organisation `top` (the actor's own by default) and the level below, as of `day`.

    Only what lies in the actor's scope today or lay under his organisation then. Two queries.
    """
    pk = top if top is not None else actor.organization_id
    below = placed_on(day).filter(parent=OuterRef("organization")).order_by()
    count = Coalesce(
        Subquery(
            below.values("parent").annotate(n=Count("pk")).values("n"),
            output_field=IntegerField(),
        ),
        0,
    )
    rows = (
        placed_on(day)
        .filter(Q(organization=pk) | Q(parent=pk))
        .filter(_seen_then(actor, day))
        .annotate(child_count=count, now=F("organization__name"))
        .order_by("path")
    )
    return [
        PastNode(
            pk=row.organization_id,
            name=titles.short_name(row.name),
            kind_label=row.get_kind_display(),
            path=row.path,
            child_count=row.child_count if actor.inherits else 0,
            depth=0 if row.organization_id == pk else 1,
            is_renamed=row.name != row.now,
        )
        for row in sorted(rows, key=lambda row: (row.organization_id != pk, row.path))
        if actor.inherits or row.organization_id == actor.organization_id
    ]


def _seen_then(actor: Actor, day: dt.date) -> Q:
    path = actor.organization_path
    if not path:
        return Q(pk__in=[])
    if not actor.inherits:
        return Q(organization__path=path)
    then = placed_on(day).filter(organization=actor.organization_id).order_by("pk").values("path")
    own = then.first() if actor.organization_id else None
    seen = below(path, "organization__")
    return seen | below(own["path"]) if own else seen


# --- one organisation ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """All that the page of one organisation shows."""

    organization: Organization
    ancestors: list[Organization]
    holdings: list[OfficeHolding]
    past_holdings: list[OfficeHolding]
    term: terms.TermState
    headcount: Headcount | None
    children: list[Node]
    former_names: list[tuple[str, dt.date | None]]
    events: list[Any]
    warnings: list[str] = field(default_factory=list)
    past_terms: list[Term] = field(default_factory=list)  # 历届, the newest first


def organization_page(actor: Actor, organization: Organization) -> OrganizationPage:
    """Facts, people, children and history. Six queries, and one for headcounts, which the panels
    beside it find on `organization`."""
    today = clock.today()
    above = [
        path
        for path in organization.ancestor_paths()
        if actor.may_at(Permission.ORGANIZATION_VIEW, path)
    ]
    holdings = list(organization.offices.order_by("post", "-started_on", "-pk"))
    holdings.sort(key=lambda holding: list(Post).index(Post(holding.post)))
    below = children(actor, organization) if actor.inherits else []
    headcount = headcounts.of_one(organization)
    former: list[tuple[str, dt.date | None]] = []
    for name, until in (
        organization.placements.exclude(valid_to=None)
        .order_by("valid_to", "pk")
        .values_list("name", "valid_to")
    ):
        if name != organization.name and (not former or former[-1][0] != name):
            former.append((name, until))
    return OrganizationPage(
        organization=organization,
        ancestors=list(Organization.objects.filter(path__in=above).order_by("path"))
        if above
        else [],
        holdings=[row for row in holdings if row.ended_on is None or row.ended_on > today],
        past_holdings=sorted(
            (row for row in holdings if row.ended_on is not None and row.ended_on <= today),
            key=lambda row: row.ended_on or today,
            reverse=True,
        ),
        term=term_of(organization, today),
        headcount=headcount,
        children=below,
        former_names=former,
        events=list(organization.events.all()),
        past_terms=_past_terms(organization),
        warnings=thresholds.warnings(
            organization,
            headcount,
            posts={row.post for row in holdings if row.ended_on is None or row.ended_on > today},
        ),
    )


def _past_terms(organization: Organization) -> list[Term]:
    """What each term before the running one was in the end. One query."""
    last: dict[dt.date | None, Term] = {}
    for row in organization.terms.order_by("-valid_from", "-pk"):
        if row.started_on != organization.term_started_on:
            last.setdefault(row.started_on, row)
    return list(last.values())


def term_of(organization: Organization, today: dt.date) -> terms.TermState:
    """The state of the organisation's term of office."""
    return terms.state(
        organization.term_ends_on,
        organization.extended_until,
        today,
        has_term=organization.has_term,
    )


def parents_for(actor: Actor) -> QuerySet[Organization]:
    """Organisations in scope under which others can stand."""
    rows = Organization.objects.visible_to(actor).active()
    return rows.exclude(kind=OrganizationKind.PARTY_GROUP).order_by("path")


def known_names(actor: Actor | None) -> dict[str, int]:
    """Full and unambiguous short names of active organisations -> id; all when actor is None.

    One query. For resolving names in a sheet.
    """
    rows = Organization.objects.active()
    if actor is not None and actor.user_id is not None:
        rows = rows.visible_to(actor)
    found = list(rows.values_list("name", "short_name", "pk"))
    names: dict[str, int] = {}
    ambiguous: set[str] = set()
    for _, short, pk in found:
        if short and names.setdefault(short, pk) != pk:
            ambiguous.add(short)
    for short in ambiguous:
        del names[short]
    names.update({name: pk for name, _, pk in found})
    return names
