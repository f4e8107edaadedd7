"""Self-assessments, fetched and authorised at once."""

import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from assessments.cycles.access import get_cycle, holds, looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle
from core.actor import Actor
from orgs.permissions import Permission as P

from .models import SelfAttachment, SelfEvidence

_WITH = (
    *("cycle__organization", "cycle__run", "organization", "group"),
    *("version__scheme__organization",),
)


def _readable(actor: Actor) -> QuerySet[Assessed]:
    """Of whom the actor may read the self-assessment: his own organisation, and those below whoever
    holds the cycle once they have sent it."""
    own = Assessed.objects.own(actor).values("pk")
    above = Assessed.objects.visible_to(actor).values("pk")
    return Assessed.objects.filter(
        Q(pk__in=own) | Q(pk__in=above, self_assessment__sent_at__isnull=False)
    ).exclude(cycle__state=CycleState.RUNNING)


def get_read(actor: Actor, uid: uuid.UUID) -> Assessed:
    """Whose self-assessment the actor may read. Raises Http404."""
    found = _readable(actor).select_related(*_WITH).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def answers(actor: Actor, assessed: Assessed) -> bool:
    """Whether the actor answers for it: at the assessed organisation itself. No query."""
    is_own = actor.organization_path == assessed.path
    return is_own and actor.may_at(P.ASSESSMENT_ANSWER, assessed.path)


def get_answered(actor: Actor, uid: uuid.UUID) -> Assessed:
    """Whose self-assessment the actor writes. Raises Http404."""
    found = get_read(actor, uid)
    if not answers(actor, found):
        raise Http404
    return found


def carries_on(actor: Actor, assessed: Assessed) -> bool:
    """Whether the actor holds the cycle and does not keep out of this one. No query."""
    kept_out = actor.keeps_out(P.ASSESSMENT_RUN, assessed.path, (ASSESSED, assessed.pk))
    return holds(actor, assessed.cycle) and not kept_out


def get_held(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One of the assessed in a cycle that the actor carries on. Raises Http404."""
    rows = Assessed.objects.visible_to(actor).select_related(*_WITH)
    found = rows.exclude(cycle__state=CycleState.RUNNING).filter(uid=uid).first()
    if found is None or not carries_on(actor, found):
        raise Http404
    return found


def get_listed_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle of which the actor sees who has sent. Raises Http404."""
    found = get_cycle(actor, uid)
    if not looks_over(actor, found) or found.state == CycleState.RUNNING:
        raise Http404
    return found


def get_evidence(actor: Actor, pk: int) -> SelfEvidence:
    """What an item refers to, of a self-assessment that the actor writes. Raises Http404."""
    rows = SelfEvidence.objects.select_related("item__self_assessment__assessed")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    get_answered(actor, found.item.self_assessment.assessed.uid)
    return found


def get_attachment(actor: Actor, uid: uuid.UUID, *, writes: bool = False) -> SelfAttachment:
    """A file of an item that the actor may read, or with `writes` take away. Raises Http404."""
    rows = SelfAttachment.objects.select_related("item__self_assessment__assessed")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    of = get_answered if writes else get_read
    of(actor, found.item.self_assessment.assessed.uid)
    return found
