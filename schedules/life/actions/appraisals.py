"""民主评议党员: the counts of the ballots are written down, with the grades that were decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import MovedOn

from ..enums import HELD, Grade, MeetingKind
from ..models import Appraisal, AppraisalResult, Meeting
from ..queries.appraisals import Appraised, appraisal_of, appraised_at
from ..rules import year_about
from . import rights

MOST_BALLOTS = 9_999
COUNTS = ("excellent", "qualified", "basic", "failed")  # of ballots, as the columns are called


@dataclass(frozen=True, slots=True)
class Ballots:
    """How many ballots were given out, came back, and were valid."""

    given: int
    returned: int
    valid: int


@dataclass(frozen=True, slots=True)
class Result:
    """How the ballots spoke of one member, in the order of `COUNTS`, and the grade decided."""

    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    grade: Grade | str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written of him."""
        return not any(self.counts) and not self.grade


@action
def save(
    *,
    record: Meeting,
    version: int,
    ballots: Ballots,
    results: Mapping[int, Result],
    by: Actor,
) -> Appraisal:
    """Writes what came of the record's appraisal, as its next version. `version` is the one that
    the page showed, 0 for none. The same once more is the same. Who was exempt or absent may be
    graded; who is on probation takes part and gets no grade. Raises NotAllowed, DomainError for
    figures that cannot be, MovedOn when somebody else has written it meanwhile."""
    rights.expect_writer(record.organization, by)
    if record.kind != MeetingKind.APPRAISAL:
        raise DomainError("民主评议党员才有评议结果。", code="kind")
    if record.state not in HELD:
        raise Conflict("这份记录已经撤回，不能再写评议结果。")
    _check(ballots)
    before = appraisal_of(record.uid)
    rows = _rows(appraised_at(record, before), ballots, results)
    if before is not None and _is_same(before, ballots, rows):
        return before  # pressed twice
    if (before.version if before else 0) != version:
        raise _moved_on(before)
    now = clock.now()
    if before is not None:
        Appraisal.versions.move(before, "supersede", superseded_at=now)
    try:
        with transaction.atomic():
            whole = Appraisal.objects.create(
                record_uid=record.uid,
                version=version + 1,
                organization_id=record.organization_id,
                year=year_about(record.held_on),
                given_count=ballots.given,
                returned_count=ballots.returned,
                valid_count=ballots.valid,
                written_at=now,
                written_by_id=by.user_id,
                written_by_name=by.name[:100],
            )
    except IntegrityError:  # two who write the first one
        raise _moved_on(before) from None
    for row in rows:
        row.appraisal = whole
    AppraisalResult.objects.bulk_create(rows, batch_size=500)
    audit.record(
        by=by,
        verb="life.appraisal.save",
        obj=whole,
        organization_id=record.organization_id,
        organization_path=record.organization.path,
        changes={"version": [version, whole.version], "members": [None, len(rows)]},
    )
    return whole


# --- private -----------------------------------------------------------------------------------


def _moved_on(row: Appraisal | None) -> MovedOn:
    return MovedOn(Appraisal.versions.moves["supersede"].refusal, row, code="stale")


def _check(ballots: Ballots) -> None:
    if not 0 <= ballots.given <= MOST_BALLOTS:
        raise DomainError(f"发出票数应在 0 到 {MOST_BALLOTS} 之间。", field="given")
    if ballots.returned > ballots.given:
        raise DomainError(
            f"收回 {ballots.returned} 票，多于发出的 {ballots.given} 票。", field="returned"
        )
    if ballots.valid > ballots.returned:
        raise DomainError(
            f"有效 {ballots.valid} 票，多于收回的 {ballots.returned} 票。", field="valid"
        )


def _rows(
    people: Sequence[Appraised], ballots: Ballots, results: Mapping[int, Result]
) -> list[AppraisalResult]:
    """A row for each member of whom something is written, in the order of the roll. Raises
    DomainError for who is not on it, and for counts beyond the valid ballots."""
    known = {one.member_id for one in people}
    gone = [pk for pk, result in results.items() if pk not in known and not result.is_empty]
    if gone:
        raise DomainError(
            f"名单变了：{len(gone)} 人这一天不在这里的名册上。请核对名单后再保存。", code="roll"
        )
    rows = []
    for one in people:
        result = results.get(one.member_id, Result())
        cast = sum(result.counts)
        if cast > ballots.valid:
            raise DomainError(
                f"{one.name}的票合计 {cast} 张，多于有效的 {ballots.valid} 票。",
                field=f"a-{one.member_id}-excellent",
                code="cast",
            )
        if result.grade and one.is_probationary:
            raise DomainError(
                f"{one.name}是预备党员，参加评议，不定等次。", field=f"a-{one.member_id}-grade"
            )
        if result.is_empty:
            continue
        rows.append(
            AppraisalResult(
                member_id=one.member_id,
                is_probationary=one.is_probationary,
                grade=result.grade,
                **{
                    f"{name}_count": count
                    for name, count in zip(COUNTS, result.counts, strict=True)
                },
            )
        )
    return rows


def _is_same(before: Appraisal, ballots: Ballots, rows: Sequence[AppraisalResult]) -> bool:
    if (before.given_count, before.returned_count, before.valid_count) != (
        ballots.given,
        ballots.returned,
        ballots.valid,
    ):
        return False
    names = ("member_id", "is_probationary", "grade", *(f"{name}_count" for name in COUNTS))
    stored = set(before.results.values_list(*names))
    return stored == {tuple(getattr(row, name) for name in names) for row in rows}
