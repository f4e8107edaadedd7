"""What people are named for: which permissions each relation gives at the organisation named.

A grant gives a role, with all it holds, at a subtree. A relation gives a few permissions at one
place and nothing else of it; a recusal takes the relation's away, whatever gave them. Both are rows
of `NamedRight`. Apps register their relations in their registrations.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.actor import Actor

from .models import Organization
from .permissions import Permission as P

# What can be given or taken by name: every page, list and act asks for these row by row
# (`visible_to(actor, permission)`, `Actor.may_at`). One is added here together with that, and
# tests/test_named_rights.py looks for rows that get out.
GIVEN = frozenset({P.REPORT_VIEW, P.REPORT_CHECK, P.ASSESSMENT_REVIEW})
# What figures above an organisation are made of cannot be taken from who reads them.
TAKEN = frozenset(
    {
        P.REPORT_CHECK,
        P.REPORT_CONFIRM,
        P.REPORT_REOPEN,
        P.ASSESSMENT_REVIEW,
        P.ASSESSMENT_RUN,
    }
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A way in which somebody is named.

    `named_with` is what one must hold, by a role above the organisation, to name people for it and
    to have them keep out; `apart_from` what the person must not hold at the organisation himself.
    """

    key: str
    label: str
    about: str
    permissions: frozenset[P]
    recusal: frozenset[P]
    named_with: P
    apart_from: frozenset[P] = frozenset()

    def effect(self, *, is_recusal: bool) -> frozenset[P]:
        """What a naming gives, or a recusal takes away."""
        return self.recusal if is_recusal else self.permissions


_relations: dict[str, Relation] = {}


def register(relation: Relation) -> Relation:
    """Adds a relation. Raises ValueError for a permission that is not asked for row by row."""
    loose = (relation.permissions - GIVEN) | (relation.recusal - TAKEN)
    if loose:
        raise ValueError(f"{relation.key}: {', '.join(sorted(loose))} cannot go by name")
    if relation.key in _relations:
        raise ValueError(f"{relation.key} is registered")
    _relations[relation.key] = relation
    return relation


def registered() -> Mapping[str, Relation]:
    """All relations by key."""
    return _relations


def effect_of(key: str, *, is_recusal: bool) -> frozenset[P]:
    """What a row of that relation gives or takes; nothing when its app is no longer installed."""
    relation = _relations.get(key)
    return relation.effect(is_recusal=is_recusal) if relation else frozenset()


def giving(permission: P) -> list[str]:
    """Keys of the relations that give `permission`."""
    return [key for key, one in _relations.items() if permission in one.permissions]


def taking(permission: P) -> list[str]:
    """Keys of the relations whose recusal takes `permission` away."""
    return [key for key, one in _relations.items() if permission in one.recusal]


def may_name(actor: Actor, relation: Relation, organization: Organization) -> bool:
    """Whether the actor may name people for the relation at the organisation: by his role, from
    above. Who is named himself names nobody, and who keeps out of it does that too. No query."""
    if relation.named_with not in actor.permissions or not actor.covers(organization.path):
        return False
    if organization.pk == actor.organization_id:
        return False
    kept_out = relation.recusal or {relation.named_with}
    return not any(
        part.holds(permission, organization.path)
        for part in actor.recused
        for permission in kept_out
    )
