"""Scope: may I here, may I anywhere, which rows, who may here."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, DateField, Q, QuerySet
from django.http import Http404, HttpRequest

from core import clock, periods
from core.actor import WHOLE, Actor, Part, Thing
from core.errors import NotAllowed
from core.figures import Window, when_of
from core.http import client_ip
from core.prepared import Given, Prepared
from core.text import whole_number

from . import relations
from .enums import OrganizationKind
from .models import NamedRight, Organization, RoleGrant, User
from .models import organization as tree
from .permissions import Permission
from .queries import namings
from .roles import ADMIN_ROLES, NOT_LENT, WORK_ROLES, Role, holding

SESSION_GRANT = "acting_grant"


def current_grants(user: User) -> list[RoleGrant]:
    """The grants the person may act in today, widest first. One query; for a deputy two.

    Read with every page: who holds no grant of somebody else is spared the joins to that one's.
    """
    if not user.is_active:
        return []
    grants = _held(user=user.pk, today=clock.today())
    borrowed = [grant.pk for grant in grants if grant.deputy_for_id]
    if borrowed:
        standing = {grant.pk: grant for grant in _with_principal().filter(pk__in=borrowed)}
        grants = [
            standing.get(each.pk, each)
            for each in grants
            if not each.deputy_for_id or each.pk in standing
        ]
    return sorted(grants, key=lambda grant: (len(grant.organization.path), grant.organization.path))


def _with_principal() -> QuerySet[RoleGrant]:
    """Grants in force, each with whom it is held for."""
    return RoleGrant.objects.current().select_related("organization", "deputy_for__user")


_held: Prepared[RoleGrant] = Prepared(
    lambda: (
        RoleGrant.objects.dated(Given("today", DateField()))
        .filter(user_id=Given("user", BigIntegerField()))
        .select_related("organization")
    )
)


def actor_of(
    user: User,
    grant: RoleGrant | None,
    *,
    ip: str = "",
    session_hash: str = "",
    request_id: str = "",
) -> Actor:
    """The person acting in one of his grants, or as the administrator that he is.

    One query for whom something names (NamedRight); none for anybody else, when `grant` comes with
    its organisation and with whom it is held for.
    """
    common: dict[str, Any] = {"ip": ip, "session_hash": session_hash, "request_id": request_id}
    if user.admin_kind:
        role = ADMIN_ROLES[user.admin_kind]
        return Actor(
            user_id=user.pk,
            name=user.name,
            role=role.key,
            role_label=role.label,
            permissions=frozenset(map(str, role.permissions)),
            **common,
        )
    principal = grant.deputy_for.user if grant is not None and grant.deputy_for else None
    common |= _by_name(user, principal, WORK_ROLES[grant.role] if grant else None)
    if grant is None:
        return Actor(user_id=user.pk, name=user.name, **common)
    role = WORK_ROLES[grant.role]
    permissions = role.permissions if principal is None else role.permissions - NOT_LENT
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=role.key,
        role_label=grant.label,
        grant_id=grant.pk,
        organization_id=grant.organization_id,
        organization_name=str(grant.organization),
        organization_path=grant.organization.path,
        inherits=role.inherits,
        has_parts=role.has_parts,
        permissions=frozenset(map(str, permissions)),
        **common,
    )


def actor_from_grant(user_id: int, grant_id: int) -> Actor:
    """The person acting in a grant, with the rights of this moment: for background work.

    Raises NotAllowed when the grant is no longer in force.
    """
    grant = (
        RoleGrant.objects.current()
        .filter(pk=grant_id, user_id=user_id)
        .select_related("organization", "user", "deputy_for__user")
        .first()
    )
    if grant is None or grant.user.admin_kind:
        raise NotAllowed("授权已变更，这项操作不能继续。")
    return actor_of(grant.user, grant)


def actor_for_request(request: HttpRequest) -> tuple[Actor, list[RoleGrant]]:
    """Who acts in this request, and the grants he could switch to. One query; for a deputy two,
    for an administrator none. One more for whom something names."""
    user: Any = request.user
    if user.admin_kind:
        return actor_of(user, None, **_circumstances(request)), []
    grants = current_grants(user)
    wanted = request.session.get(SESSION_GRANT)
    grant = next((grant for grant in grants if grant.pk == wanted), grants[0] if grants else None)
    return actor_of(user, grant, **_circumstances(request)), grants


def act_in(request: Any, grant: RoleGrant) -> None:
    """Lets this request act in another of the person's own grants. No query, one for whom
    something names."""
    request.actor = actor_of(request.user, grant, **_circumstances(request))


def _circumstances(request: HttpRequest) -> dict[str, str]:
    session_key = request.session.session_key or ""
    return {
        "ip": client_ip(request),
        "session_hash": hashlib.sha256(session_key.encode()).hexdigest()[:16],
        "request_id": getattr(request, "request_id", ""),
    }


def get_organization(
    actor: Actor, pk: int, permission: Permission | str, *, whole: bool = False
) -> Organization:
    """The organisation `pk`, if the actor may do `permission` there; with `whole` also in what
    stands below it where it is no branch, as for a page that sums that up.

    Raises Http404 when it is outside the actor's scope or does not exist.
    """
    if not actor.may(permission):
        raise Http404
    organization = (
        Organization.objects.visible_to(actor, permission)
        .select_related("parent")
        .filter(pk=pk)
        .first()
    )
    if organization is None:
        raise Http404
    sums = whole and not organization.is_branch
    if sums and not actor.may_at(permission, organization.path, whole=True):
        raise Http404
    return organization


def get_moment(asked: Mapping[str, str]) -> tuple[dt.date, dt.datetime | None]:
    """The day and the moment in the address of a figure; today where there is none, or one that is
    to come. Raises Http404."""
    try:
        return when_of(asked)
    except ValueError as error:
        raise Http404 from error


def get_window(
    actor: Actor, asked: Mapping[str, str], permission: str
) -> tuple[Organization, Window]:
    """The place and the window in the address of a figure's rows: the actor's own organisation and this
    month where it names none. Raises Http404."""
    period = asked.get("period") or periods.containing(clock.today(), periods.MONTH)
    if not periods.is_period(period):
        raise Http404
    given = asked.get("organization", "")
    number = (whole_number(given) if given else actor.organization_id) or 0
    node = get_organization(actor, number, permission, whole=True)
    return node, Window(period, *get_moment(asked))


def with_place(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a filter of organisations asks for, with the organisation that it names as `place`.

    Raises Http404 for one outside the scope.
    """
    below = values.get("below")
    place = get_organization(actor, below, Permission.ORGANIZATION_VIEW) if below else None
    return {**values, "place": place}


def in_scope(
    actor: Actor,
    permission: str,
    prefix: str = "organization",
    subjects: Mapping[str, str] | None = None,
    *,
    whole: bool = False,
) -> Q:
    """A condition for rows that hang on an organisation by the relation `prefix`: those for which
    the actor holds `permission`. No join more than the relation itself: a range of paths, and a
    place each for what names him (orgs/models/organization.py)."""
    return tree.in_scope(actor, permission, f"{prefix}__", subjects, whole=whole)


def not_recused(
    actor: Actor,
    permission: str,
    prefix: str = "organization",
    subjects: Mapping[str, str] | None = None,
) -> Q:
    """A condition for rows that hang on an organisation by the relation `prefix`: those from which
    the actor is not kept away by name, also for one thing alone (`subjects`: kinds of things to the
    column with their ids). For rows that are his by something else than their place."""
    return tree.not_recused(actor, permission, f"{prefix}__", subjects)


def who_may(
    permission: Permission,
    organization: Organization,
    *,
    nearest: bool = False,
    about: Thing = WHOLE,
) -> QuerySet[User]:
    """People who hold `permission` at the organisation, or for the one thing `about` of it,
    themselves, from above or by name, without those who keep out of it and who acts for them.

    With `nearest`, only those at the organisation itself; of a 党小组, those of its branch. One
    query when evaluated.
    """
    keys = holding(permission)
    at = Q(organization=organization)
    if organization.kind == OrganizationKind.PARTY_GROUP:
        whole_branch = [key for key in keys if WORK_ROLES[key].has_parts]
        at |= Q(organization=organization.parent_id, role__in=whole_branch)
    if not nearest:
        inheriting = [key for key in keys if WORK_ROLES[key].inherits]
        at |= Q(organization__path__in=organization.ancestor_paths(), role__in=inheriting)
    grants = RoleGrant.objects.current().filter(at, role__in=keys)
    here = NamedRight.objects.current().at(organization, about)
    recused = here.taking().filter(relation__in=relations.taking(permission)).values("user_id")
    if relations.taking(permission):
        grants = grants.exclude(user_id__in=recused).exclude(
            Q(deputy_for__isnull=False) & Q(deputy_for__user_id__in=recused)
        )
    people = Q(pk__in=grants.values("user_id"))
    if relations.giving(permission):
        named = here.giving().filter(relation__in=relations.giving(permission))
        if nearest:
            named = named.filter(organization=organization)
        people |= Q(pk__in=named.exclude(user_id__in=recused).values("user_id"))
    return User.objects.filter(people)


def expect_still(
    by: Actor, permission: Permission, organization: Organization, about: Thing = WHOLE
) -> None:
    """Raises NotAllowed unless what the actor holds by name at the organisation, or for the one
    thing `about` of it, is in force still: for actions, whose caller has asked when the request
    began. No query for whom nothing names.

    Whoever ends it meanwhile waits for the action, or the action for him.
    """
    if not by.named and not by.recused:
        return
    path = organization.path
    if not by.may_at(permission, path, about=about):
        raise NotAllowed("你已回避该组织，或没有这项权限。", code="recused")
    if permission in by.permissions and by.covers(path):
        return
    still = (
        NamedRight.objects.current()
        .at(organization, about)
        .giving()
        .filter(user_id=by.user_id or 0, relation__in=relations.giving(permission))
        .select_for_update(of=("self",))
    )
    if not list(still):
        raise NotAllowed("对你的指名已经结束，这项操作不能继续。", code="naming_ended")


def _by_name(user: User, principal: User | None, role: type[Role] | None) -> dict[str, Any]:
    """What names the person, as the actor carries it. What a principal is named for stays his own;
    what he keeps out of, his deputy keeps out of too."""
    common: dict[str, Any] = {"principal_id": principal.pk if principal else None}
    people = [one for one in (user, principal) if one is not None and namings.is_named(one)]
    if not people:
        return common
    named, recused = [], []
    for row in namings.of_people(people):
        part = Part(
            path=row.organization.path,
            includes_below=row.includes_below,
            permissions=frozenset(
                map(str, relations.effect_of(row.relation, is_recusal=row.is_recusal))
            ),
            subject=(row.subject_kind, row.subject_id),
        )
        if row.is_recusal:
            recused.append(part)
        elif row.user_id == user.pk and (role is None or role.may_be_named):
            named.append(part)
    return {**common, "named": tuple(named), "recused": tuple(recused)}
