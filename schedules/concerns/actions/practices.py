"""What was solved twice the same way is made the usual way of a committee, or not."""

from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import COMMITTEE_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..enums import PracticeState
from ..models import Concern, Practice, PracticeBasis, ReplyTemplate
from ..queries.practices import basis_of
from ..rules import ALIKE, WAY


@action
def decide(
    *,
    concern: Concern,
    place: Organization,
    is_adopted: bool,
    by: Actor,
    title: str = "",
    text: str = "",
    reason: str = "",
) -> Practice:
    """The committee makes the way in which the concern was solved its usual one (上升为常态做法), or says
    why not; the concerns solved so are the basis. Raises NotAllowed, DomainError, Conflict when it has
    decided or the way is no longer found twice."""
    if place.kind not in COMMITTEE_KINDS or not by.may_at(P.CONCERN_ASSIGN, place.path):
        raise NotAllowed("常态做法由党委和党工委确定。")
    # Two who decide at once wait for each other: a committee decides of a way once.
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
    given = _checked(title, text, reason, is_adopted=is_adopted)
    concern = Concern.objects.select_related("kind").get(pk=concern.pk)
    if concern.kind is None or not concern.way:
        raise Conflict("这件诉求没有类别或办法，定不了。请刷新页面查看。")
    known = Practice.objects.filter(organization=place, kind=concern.kind, way=concern.way)
    if known.exists():
        raise Conflict("这个办法已经定过。请刷新页面查看。")
    basis = list(basis_of(concern, place)[:20])
    if len(basis) < ALIKE:
        raise Conflict("近一年同样办好的不到两件，先不定。请刷新页面查看。")
    practice = Practice.objects.create(
        organization=place,
        kind=concern.kind,
        way=concern.way,
        state=PracticeState.ADOPTED if is_adopted else PracticeState.DECLINED,
        decided_at=clock.now(),
        decided_by_name=by.name[:100],
        **{**given, "title": given["title"] or concern.way},
    )
    PracticeBasis.objects.bulk_create(
        [PracticeBasis(practice=practice, concern=one) for one in basis]
    )
    verb = "concerns.practice.adopt" if is_adopted else "concerns.practice.decline"
    audit.record(by=by, verb=verb, obj=practice, changes={"count": [None, len(basis)]})
    return practice


@action
def keep(
    *, practice: Practice, is_adopted: bool, revision: int, by: Actor, title: str, text: str
) -> Practice:
    """Says a practice anew, or that it holds no longer; what was declined can be taken up after all.
    Raises NotAllowed, Stale or DomainError."""
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if not by.may_at(P.CONCERN_ASSIGN, practice.organization.path):
        raise NotAllowed("常态做法由确定它的党委修改。")
    values: dict[str, Any] = _checked(title, text, "", is_adopted=True)
    if not is_adopted:
        del values["reason"]  # why it was not taken up goes on
    changes = audit.changed({name: getattr(practice, name) for name in values}, values)
    move = "keep" if is_adopted else "retire"
    Practice.machine.move(
        practice,
        move,
        revision=revision,
        decided_at=clock.now(),
        decided_by_name=by.name[:100],
        **values,
    )
    verb = "concerns.practice.keep" if is_adopted else "concerns.practice.retire"
    audit.record(by=by, verb=verb, obj=practice, changes=changes)
    return practice


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """Practices and templates of `source` go over to `target`, without those of which it has one alike:
    they stay where they were. Returns how many."""
    count = 0
    for model, name in ((Practice, "way"), (ReplyTemplate, "title")):
        theirs = set(model.objects.filter(organization=target).values_list("kind", name))
        rows = model.objects.filter(organization=source).values_list("pk", "kind", name)
        moving = [pk for pk, kind, word in rows if (kind, word) not in theirs]
        model.machine.move_many(model.objects.filter(pk__in=moving), "inherit", organization=target)
        count += len(moving)
    if count:
        audit.record(
            by=by,
            verb="concerns.practice.inherit",
            object_type=Practice._meta.label_lower,
            organization_id=target.pk,
            organization_path=target.path,
            changes={"count": [None, count]},
        )
    return count


def _checked(title: str, text: str, reason: str, *, is_adopted: bool) -> dict[str, str]:
    title, text, reason = clean(title)[:WAY], text.strip()[:1000], clean(reason)[:200]
    if is_adopted and len(title) < 2:
        raise DomainError("请写名称，2 至 40 字。", field="title")
    if is_adopted and len(text) < 4:
        raise DomainError("请写怎么做（至少 4 个字）。", field="text")
    if not is_adopted and len(reason) < 4:
        raise DomainError("请写为什么不上升（至少 4 个字）。", field="reason")
    return {"title": title, "text": text, "reason": "" if is_adopted else reason}
