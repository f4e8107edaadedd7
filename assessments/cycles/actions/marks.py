"""What people mark by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assessments.schemes.actions import telling
from assessments.schemes.definitions import Leaf, all_given
from assessments.schemes.models import SchemeVersion
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import canonical
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission

from .. import offers
from ..facts import reason_missing, seen_of, tried
from ..models import ASSESSED, Assessed, Cycle, HandMark
from ..queries.marking import MOST_SEATS
from . import changes, runs

MOST_BYTES = 4_000  # of one mark: sixty missing items by name have 3,000


@dataclass(frozen=True, slots=True)
class Given:
    """The mark of one rule for one of the assessed; without facts it is taken back. `seen` says
    (`facts.seen_of`) what stood there when it was given, None when nobody looked. `seat` and `by_name`
    tell apart what several gave by themselves, where it is not the one who acts."""

    assessed: int
    facts: Mapping[str, Any] | None
    rule: int = 0
    reason: str = ""
    seen: str | None = None
    seat: int = 1
    by_name: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        """What tells its mark from others of the indicator."""
        return self.assessed, self.rule, self.seat

    @property
    def field(self) -> str:
        """What refusals call it."""
        return f"{self.assessed}-{self.rule}"


@action
def give(
    *,
    assessed: Assessed,
    indicator: str,
    facts: Mapping[str, Any],
    by: Actor,
    rule: int = 0,
    seat: int = 1,
    reason: str = "",
) -> HandMark:
    """Gives the fact of a rule, in the words of the rule (`count`, `level`, `points` …), in the place
    of what this seat gave before. Raises NotAllowed, Conflict once the cycle is sealed, DomainError
    for what the rule does not take."""
    one = Given(assessed.pk, facts, rule, reason)
    give_many(cycle=assessed.cycle, indicator=indicator, given=[one], seat=seat, by=by)
    return HandMark.objects.get(assessed=assessed, indicator=indicator, rule=rule, seat=seat)


@action
def give_many(
    *, cycle: Cycle, indicator: str, given: Sequence[Given], by: Actor, seat: int = 1
) -> int:
    """Gives the facts of an indicator (or `AWARDS`, `VETOES` of the whole) for many of the assessed
    at once; returns how many marks changed. What says what is there already changes nothing. Raises
    NotAllowed, Conflict once the cycle is sealed or where somebody else has marked meanwhile, and
    DomainError, with an error for each, for what rules do not take: then nothing is written. Nine
    queries, however many."""
    runs.expect_holder(cycle, by)
    claimed = offers.claimed(cycle, indicator)
    if any(one.assessed in claimed for one in given):
        raise Conflict("这一项由考核组复核评分，或由测评计票得出，不能代评。", code="claimed")
    return _give(cycle, indicator, [replace(one, seat=seat) for one in given], by)


@action
def record_many(*, cycle: Cycle, indicator: str, given: Sequence[Given], by: Actor) -> int:
    """The same for higher apps, which have asked whether `by` may: what reviewers have given, each in
    his `seat`, or a ballot counted twice. Raises Conflict and DomainError as `give_many` does."""
    return _give(cycle, indicator, given, by)


def _give(cycle: Cycle, indicator: str, given: Sequence[Given], by: Actor) -> int:
    stored = Cycle.objects.locked().get(pk=cycle.pk)
    if not stored.is_computed:
        raise Conflict(f"这期考核{stored.get_state_display()}，不能再改评分。", code="state")
    if not all(1 <= one.seat <= MOST_SEATS for one in given):
        raise DomainError("评分人最多三位。", field="seat")
    pks = {one.assessed for one in given}
    rows = Assessed.objects.filter(cycle=cycle, pk__in=pks, is_out=False)
    there = {row.pk: row for row in rows}
    kept = Permission.ASSESSMENT_RUN
    if any(by.keeps_out(kept, row.path, (ASSESSED, row.pk)) for row in there.values()):
        raise NotAllowed("其中有已登记回避的单位，要由别人评分。")
    marks = {
        (mark.assessed_id, mark.rule, mark.seat): mark
        for mark in HandMark.objects.filter(
            assessed__in=there, indicator=indicator, seat__in={one.seat for one in given}
        )
    }
    leaf_of = _leaves_of({row.version_id for row in there.values()}, indicator)
    wanted = _checked(given, there, leaf_of)
    changed = _changed(wanted, marks, there)
    _write(changed, marks, indicator, by)
    for one in changed:
        before = marks.get(one.key)
        told = {
            "indicator": [None, leaf_of[there[one.assessed].version_id].name],
            "facts": [None if before is None else before.facts, one.facts],
        }
        verb = "cycles.mark.give" if one.facts is not None else "cycles.mark.withdraw"
        telling.note(there[one.assessed], verb, holder=cycle.organization, by=by, changes=told)
    changes.mark([there[pk] for pk in dict.fromkeys(one.assessed for one in changed)])
    return len(changed)


def _leaves_of(versions: set[int], indicator: str) -> dict[int, Leaf]:
    """Version -> its indicator of that key."""
    found = {}
    for pk, content in SchemeVersion.objects.filter(pk__in=versions).values_list("pk", "content"):
        leaf = next((one for one in all_given(content) if one.key == indicator), None)
        if leaf is not None:
            found[pk] = leaf
    return found


def _checked(
    given: Sequence[Given], there: Mapping[int, Assessed], leaf_of: Mapping[int, Leaf]
) -> list[Given]:
    """What the rules take, as it is stored."""
    found, errors = [], []
    for one in given:
        row = there.get(one.assessed)
        leaf = leaf_of.get(row.version_id) if row is not None else None
        known = list(leaf.node.get("rules", ())) if leaf is not None else []
        if leaf is None or not 0 <= one.rule < len(known):
            raise DomainError("细则里没有这一项。", field="indicator")
        facts = None if one.facts is None else {str(key): v for key, v in one.facts.items()}
        if facts is not None and (fault := _fault(leaf, known[one.rule], facts)):
            errors.append({"field": one.field, "message": fault.text, "code": fault.code})
        reason = clean(one.reason)[:300] if facts is not None else ""
        if facts is not None and (text := reason_missing(known[one.rule], facts, reason)):
            errors.append({"field": one.field, "message": text, "code": "reason"})
        found.append(replace(one, facts=facts, reason=reason))
    if len(errors) == 1:
        only = errors[0]
        raise DomainError(only["message"], field="facts", code=only["code"])
    if errors:
        refused = DomainError(f"有 {len(errors)} 处评分不合规则。", field="facts", code="facts")
        refused.errors = errors
        raise refused
    return found


def _fault(leaf: Leaf, rule: Mapping[str, Any], facts: Mapping[str, Any]) -> Refused | None:
    try:
        tried(rule, leaf.node["full"], facts)
        written = canonical(facts)
    except Refused as refusal:
        return refusal
    except (TypeError, ValueError, UnicodeEncodeError):
        return Refused("form", "评分里有无法保存的内容")
    if len(written) > MOST_BYTES or b"\\u0000" in written:
        return Refused("form", "评分太长，或有无法保存的字")
    return None


def _changed(
    wanted: Sequence[Given],
    stored: Mapping[tuple[int, int, int], HandMark],
    there: Mapping[int, Assessed],
) -> list[Given]:
    """Those that say something else than what is there, and than what was there when they were
    given: who leaves a line as he found it does not write over what another gave meanwhile."""
    found, crossed = [], []
    for one in wanted:
        mark = stored.get(one.key)
        facts, reason = (mark.facts, mark.reason) if mark is not None else (None, "")
        if (facts, reason) == (one.facts, one.reason):
            continue
        if one.seen is not None and one.seen != seen_of(facts, reason):
            if one.seen != seen_of(one.facts, one.reason):
                crossed.append(there[one.assessed].name)
            continue
        found.append(one)
    if crossed:
        names = "、".join(dict.fromkeys(crossed))[:200]
        raise Conflict(f"另一人刚刚改过{names}的评分。请核对下面的最新内容后再改。", code="stale")
    return found


def _write(
    changed: Sequence[Given],
    stored: Mapping[tuple[int, int, int], HandMark],
    indicator: str,
    by: Actor,
) -> None:
    new, old, gone = [], [], []
    for one in changed:
        mark = stored.get(one.key)
        if one.facts is None:
            gone += [mark.pk] if mark is not None else []
            continue
        values = {"facts": one.facts, "reason": one.reason, "at": clock.now()}
        values["by_name"] = (one.by_name or by.name)[:100]
        if mark is None:
            key = {"assessed_id": one.assessed, "rule": one.rule, "seat": one.seat}
            new.append(HandMark(indicator=indicator, **key, **values))
        else:
            old.append(HandMark(pk=mark.pk, **values))
    if gone:
        HandMark.objects.filter(pk__in=gone).delete()
    HandMark.objects.bulk_create(new, batch_size=500)
    HandMark.objects.bulk_update(old, ["facts", "reason", "by_name", "at"], batch_size=200)
