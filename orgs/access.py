"""Scope: may I here, may I anywhere, which rows, who may here."""

import hashlib
from typing import Any

from django.db.models import BigIntegerField, DateField, Q, QuerySet
from django.http import Http404, HttpRequest

from core import clock
from core.actor import Actor
from core.errors import NotAllowed
from core.http import client_ip
from core.prepared import Given, Prepared

from .models import Organization, RoleGrant, User
from .models.organization import below
from .permissions import Permission
from .roles import ADMIN_ROLES, WORK_ROLES, holding

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
        current = RoleGrant.objects.current().filter(pk__in=borrowed)
        standing = set(current.values_list("pk", flat=True))
        grants = [each for each in grants if not each.deputy_for_id or each.pk in standing]
    return sorted(grants, key=lambda grant: (len(grant.organization.path), grant.organization.path))


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
    """The person acting in one of his grants, or as the administrator that he is."""
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
    if grant is None:
        return Actor(user_id=user.pk, name=user.name, **common)
    role = WORK_ROLES[grant.role]
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
        permissions=frozenset(map(str, role.permissions)),
        **common,
    )


def actor_from_grant(user_id: int, grant_id: int) -> Actor:
    """The person acting in a grant, with the rights of this moment: for background work.

    Raises NotAllowed when the grant is no longer in force.
    """
    grant = (
        RoleGrant.objects.current()
        .filter(pk=grant_id, user_id=user_id)
        .select_related("organization", "user")
        .first()
    )
    if grant is None or grant.user.admin_kind:
        raise NotAllowed("授权已变更，这项操作不能继续。")
    return actor_of(grant.user, grant)


def actor_for_request(request: HttpRequest) -> tuple[Actor, list[RoleGrant]]:
    """Who acts in this request, and the grants he could switch to. One query; for a deputy two,
    for an administrator none."""
    user: Any = request.user
    session_key = request.session.session_key or ""
    common = {
        "ip": client_ip(request),
        "session_hash": hashlib.sha256(session_key.encode()).hexdigest()[:16],
        "request_id": getattr(request, "request_id", ""),
    }
    if user.admin_kind:
        return actor_of(user, None, **common), []
    grants = current_grants(user)
    wanted = request.session.get(SESSION_GRANT)
    grant = next((grant for grant in grants if grant.pk == wanted), grants[0] if grants else None)
    return actor_of(user, grant, **common), grants


def get_organization(actor: Actor, pk: int, permission: Permission | str) -> Organization:
    """The organisation `pk`, if the actor may do `permission` there.

    Raises Http404 when it is outside the actor's scope or does not exist.
    """
    if not actor.may(permission):
        raise Http404
    organization = (
        Organization.objects.visible_to(actor).select_related("parent").filter(pk=pk).first()
    )
    if organization is None:
        raise Http404
    return organization


def in_scope(actor: Actor, prefix: str = "organization") -> Q:
    """A condition for rows that hang on an organisation by the relation `prefix`. No join more
    than the relation itself: a range of paths."""
    if not actor.organization_path:
        return Q(pk__in=[])
    if not actor.inherits:
        return Q(**{f"{prefix}__path": actor.organization_path})
    return below(actor.organization_path, f"{prefix}__")


def who_may(
    permission: Permission, organization: Organization, *, nearest: bool = False
) -> QuerySet[User]:
    """People who hold `permission` at the organisation, themselves or from above.

    With `nearest`, only those at the organisation itself. One query when evaluated.
    """
    keys = holding(permission)
    at = Q(organization=organization)
    if not nearest:
        inheriting = [key for key in keys if WORK_ROLES[key].inherits]
        at |= Q(organization__path__in=organization.ancestor_paths(), role__in=inheriting)
    grants = RoleGrant.objects.current().filter(at, role__in=keys)
    return User.objects.filter(pk__in=grants.values("user_id"))
