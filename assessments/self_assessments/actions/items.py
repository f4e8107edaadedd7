"""What the assessed say of single indicators."""

from collections.abc import Mapping
from typing import Any

from assessments.cycles.facts import reason_missing, tried
from assessments.cycles.models import Assessed
from assessments.schemes.definitions import AWARDS, Leaf
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import canonical
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import Stale
from core.text import clean

from ..enums import Stance
from ..models import SelfAssessment, SelfItem
from ..queries import sheet
from . import rows

MOST_REASON = 1000
MOST_BYTES = 4_000


@action
def save(
    *,
    assessed: Assessed,
    indicator: str,
    facts: Mapping[str, Mapping[str, Any]],
    reason: str,
    revision: int,
    by: Actor,
    answers: bool = False,
) -> SelfItem:
    """Stores the mark of each rule, by its number, that the assessed give themselves, with what they
    say to it; of `AWARDS` what they were commended for, with the document. What stands there already
    changes nothing. `revision` is that of the item seen, 0 for none. Raises NotAllowed, Conflict once
    it was sent, Stale, DomainError for what the rules do not take. `answers`: a returned item is sent
    again at once."""
    row, _ = rows.held(assessed=assessed, by=by)
    rows.expect_known(assessed, indicator)
    found = sheet.item_of(row, indicator)
    rows.expect_open(row, found)
    if indicator not in sheet.by_hand(assessed):
        raise DomainError("这一项由数据计分，不用自评；有不同意见的提出异议。", field="indicator")
    leaf = sheet.leaf_of(assessed, indicator)
    given = {str(place): dict(one) for place, one in facts.items() if one}
    text = clean(reason)
    _expect_taken(leaf, given, text)
    if not given and not text and indicator != AWARDS:
        raise DomainError("给出自评，或者在说明里写明为什么不评。", field="reason", code="empty")
    item = _write(row, found, indicator, Stance.MARKED, given, text, revision, by)
    if answers:
        rows.close(row, item, by)
    return item


@action
def question(
    *,
    assessed: Assessed,
    indicator: str,
    reason: str,
    revision: int,
    by: Actor,
    answers: bool = False,
) -> SelfItem:
    """Questions what was counted, for the reviewers to decide. Raises as `save` does."""
    row, _ = rows.held(assessed=assessed, by=by)
    rows.expect_known(assessed, indicator)
    found = sheet.item_of(row, indicator)
    rows.expect_open(row, found)
    if indicator in sheet.by_hand(assessed):
        raise DomainError("这一项由人评分，请直接自评。", field="indicator")
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"写明哪里不对、依据是什么，{MOST_REASON} 字以内。", field="reason")
    item = _write(row, found, indicator, Stance.QUESTIONED, {}, text, revision, by)
    if answers:
        rows.close(row, item, by)
    return item


@action
def stand(*, assessed: Assessed, indicator: str, by: Actor) -> None:
    """What was counted stands after all. Idempotent. Raises NotAllowed, Conflict once it was sent."""
    row, _ = rows.held(assessed=assessed, by=by)
    found = sheet.item_of(row, indicator)
    if found is None or found.stance != Stance.QUESTIONED:
        return
    rows.expect_open(row, found)
    SelfItem.machine.move(found, "edit", stance=Stance.STANDS, reason="")
    SelfAssessment.machine.move(row, "edit")
    told = {"indicator": [None, sheet.called(row.assessed, indicator)]}
    rows.tell(row, "self_assessments.item.stand", assessed, by=by, changes=told)


def _expect_taken(leaf: Leaf | None, given: Mapping[str, Mapping[str, Any]], text: str) -> None:
    known = list(leaf.node.get("rules", ())) if leaf is not None else []
    asked = sheet.places_of(leaf) if leaf is not None else ()
    if len(text) > MOST_REASON:
        raise DomainError(f"说明在 {MOST_REASON} 字以内。", field="reason")
    for place, facts in given.items():
        if not place.isdecimal() or int(place) not in asked or len(place) > 3:
            raise DomainError("细则里没有这一条规则。", field="facts")
        rule = known[int(place)]
        try:
            tried(rule, str(leaf.node["full"]) if leaf is not None else "", facts)
            written = canonical(facts)
        except Refused as refusal:
            raise DomainError(refusal.text, field="facts", code=refusal.code) from refusal
        except (TypeError, ValueError, UnicodeEncodeError):
            raise DomainError("自评里有无法保存的内容。", field="facts") from None
        if len(written) > MOST_BYTES or b"\\u0000" in written:
            raise DomainError("自评太长，或有无法保存的字。", field="facts")
        if wanted := reason_missing(rule, facts, text):
            raise DomainError(wanted, field="reason", code="reason")


def _write(
    row: SelfAssessment,
    found: SelfItem | None,
    indicator: str,
    stance: Stance,
    facts: dict[str, dict[str, Any]],
    reason: str,
    revision: int,
    by: Actor,
) -> SelfItem:
    before = None if found is None else found.facts
    if found is not None and (found.stance, found.facts, found.reason) == (stance, facts, reason):
        return found
    if found is None:
        found = SelfItem.objects.create(
            self_assessment=row, indicator=indicator, stance=stance, facts=facts, reason=reason
        )
    elif found.revision != revision:
        raise Stale(SelfItem.machine.stale, found)
    else:
        SelfItem.machine.move(
            found, "edit", revision=revision, stance=stance, facts=facts, reason=reason
        )
    SelfAssessment.machine.move(row, "edit")
    verb = "self_assessments.item.save"
    if stance == Stance.QUESTIONED:
        verb = "self_assessments.item.question"
    told = {"indicator": [None, sheet.called(row.assessed, indicator)], "facts": [before, facts]}
    rows.tell(row, verb, row.assessed, by=by, changes=told)
    return found
