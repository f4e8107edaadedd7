"""Study beside meetings and make-up study (补课) are written down and taken back; the zone sets how
study is counted."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import ENTERED_KINDS, HELD, MAKE_UP_KINDS, MeetingKind, StudyGroup, StudyKind
from ..models import Meeting, StudyNorm, StudyRecord, StudyRule
from ..queries.made_up import missed_of
from ..queries.rolls import members_on
from ..queries.study import counting_of, norms_of
from ..rules import Counting, Norm, in_hours, is_made_up, split_by_year
from . import rights

BACK = dt.timedelta(days=731)  # how long after its day something can still be written down
MOST_MEMBERS = 1_000
MOST_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2020, 2100


@dataclass(frozen=True, slots=True)
class Studied:
    """What was studied, and how long: `minutes` or `half_days`, as the rule of the kind asks."""

    kind: StudyKind
    title: str
    started_on: dt.date
    ended_on: dt.date
    minutes: int = 0
    half_days: int = 0
    is_central_course: bool = False
    confirmed_by_name: str = ""


@action
def record(
    *,
    batch: UUID,
    place: Organization,
    studied: Studied,
    members: Collection[int],
    by: Actor,
    makes_up: Meeting | None = None,
) -> list[StudyRecord]:
    """Writes down what members of the place studied; with `makes_up` that they made up what they
    missed of that record. `batch` is made by who writes: sent again it is the same entry. A fixed
    number of statements for any number of members.

    Raises NotAllowed; DomainError for what cannot be: a day to come, a member who is not of the
    place, one who did not miss it; Conflict for one who has made it up already.
    """
    same = _sent_before(batch, place, by)
    if same:
        return same
    rights.expect_writer(place, by, "学习由党员所在的党组织登记。")
    studied = _checked(studied, makes_up)
    if not members:
        raise DomainError("请至少勾选一人。", field="members", code="nobody")
    if len(members) > MOST_MEMBERS:
        raise DomainError(f"一次最多登记 {MOST_MEMBERS} 人。", field="members")
    if makes_up is None:
        _expect_on_roll(place, studied.started_on, members)
    else:
        _expect_missed(makes_up, place, members)
    now = clock.now()
    rows = [
        StudyRecord(
            uid=uuid5(batch, f"{member}:{first.year}"),
            batch=batch,
            member_id=member,
            organization=place,
            kind=studied.kind,
            title=studied.title,
            started_on=first,
            ended_on=last,
            minutes=amount if studied.minutes else 0,
            half_days=amount if studied.half_days else 0,
            is_central_course=studied.is_central_course,
            makes_up=makes_up.uid if makes_up else None,
            confirmed_by_name=studied.confirmed_by_name,
            recorded_at=now,
            written_by_id=by.user_id,
            written_by_name=by.name[:100],
        )
        for member in dict.fromkeys(members)
        for first, last, amount in split_by_year(
            studied.started_on, studied.ended_on, studied.minutes or studied.half_days
        )
    ]
    try:
        with transaction.atomic():
            StudyRecord.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:  # sent twice at the same moment, or made up by two
        same = _sent_before(batch, place, by)
        if same:
            return same
        raise Conflict("其中有人刚刚由别人登记过补课。请刷新页面后再看。") from None
    _note("life.study.record", rows[0], place, by, people=[None, len(set(members))])
    return rows


@action
def withdraw(*, rows: Sequence[StudyRecord], place: Organization, by: Actor) -> int:
    """Takes rows of one entry back: they count no more. Returns how many. Raises NotAllowed, or
    Conflict when none of them counts any more."""
    rights.expect_writer(place, by, "学习由登记的党组织自己撤回。")
    mine = StudyRecord.objects.filter(pk__in=[row.pk for row in rows], organization=place)
    count = StudyRecord.machine.move_many(mine, "withdraw", withdrawn_at=clock.now())
    if not count:
        raise Conflict("这次学习已经撤回。", code="state")
    people = len({row.member_id for row in rows})
    _note("life.study.withdraw", rows[0], place, by, people=[people, None])
    return count


@action
def set_rules(
    *,
    from_year: int,
    counting: Mapping[StudyKind, Counting],
    norms: Mapping[StudyGroup, Norm],
    by: Actor,
) -> None:
    """Sets how study is counted and how much is asked, from a year to come on. What was counted
    before stays. What is so already is not written again. Raises NotAllowed, or DomainError for a
    year that has begun."""
    if not by.may(Permission.PLAN_EDIT):
        raise NotAllowed("学时标准由区工委确定。", code="holder")
    if not clock.today().year < from_year <= LAST_YEAR:
        raise DomainError(
            f"只能定以后的年份，今年的不能改：最早 {clock.today().year + 1} 年。", field="from_year"
        )
    # Of two who set them at once the second sees what the first has set.
    list(Organization.objects.select_for_update(no_key=True).filter(depth=1).values_list("pk"))
    now, name = clock.now(), by.name[:100]
    held, owed = counting_of(from_year), norms_of(from_year)
    changed = {kind: one for kind, one in counting.items() if held[kind] != one}
    asked = {group: one for group, one in norms.items() if owed[group] != one}
    if not changed and not asked:
        return
    StudyRule.objects.bulk_create(
        StudyRule(
            from_year=from_year,
            kind=kind,
            per_half_day=one.per_half_day,
            per_hour=one.per_hour,
            most_of_half_day=one.most_of_half_day,
            set_at=now,
            set_by_name=name,
        )
        for kind, one in changed.items()
    )
    StudyNorm.objects.bulk_create(
        StudyNorm(
            from_year=from_year,
            group=group,
            quarters=one.quarters,
            central_courses=one.central_courses,
            courses=one.courses,
            within_months=one.within_months,
            set_at=now,
            set_by_name=name,
        )
        for group, one in asked.items()
    )
    audit.record(
        by=by,
        verb="life.study.rules",
        object_type="life.studynorm",
        object_id=from_year,
        label=f"{from_year}年",
        changes={"from_year": [None, from_year]},
    )


# --- private -----------------------------------------------------------------------------------


def _sent_before(batch: UUID, place: Organization, by: Actor) -> list[StudyRecord]:
    """The rows of the entry, if he who sends it has sent it already; nobody else's is answered."""
    same = list(StudyRecord.objects.filter(batch=batch))
    if any(row.written_by_id != by.user_id or row.organization_id != place.pk for row in same):
        raise DomainError("这次学习已经由别人登记。请刷新页面后再写。", field="title")
    return same


def _checked(studied: Studied, makes_up: Meeting | None) -> Studied:
    kinds = ENTERED_KINDS if makes_up is None else MAKE_UP_KINDS
    if studied.kind not in kinds:
        raise DomainError("请选学习的形式。", field="kind", code="kind")
    title, confirmed = clean(studied.title), clean(studied.confirmed_by_name)
    if not 2 <= len(title) <= 100:
        raise DomainError("请写明学了什么，100 字以内。", field="title", code="length")
    if len(confirmed) > 50:
        raise DomainError("确认人请写在 50 字以内。", field="confirmed_by_name", code="length")
    first, last, today = studied.started_on, studied.ended_on, clock.today()
    if last < first:
        raise DomainError("结束日期不能早于开始日期。", field="ended_on", code="day")
    if last > today:
        raise DomainError("还没到这一天。学完再登记。", field="ended_on", code="day")
    if first < today - BACK or (last - first).days >= MOST_DAYS:
        raise DomainError("只能补记两年以内的学习，一次不超过一年。", field="ended_on", code="day")
    if makes_up is not None and first < makes_up.held_on:
        raise DomainError("补课不能早于所缺的那次。", field="ended_on", code="day")
    if makes_up is not None and first.year != last.year:
        raise DomainError("一次补课请登记在同一年内。", field="ended_on", code="day")
    _expect_length(studied)
    return Studied(
        studied.kind,
        title,
        first,
        last,
        studied.minutes,
        studied.half_days,
        studied.is_central_course,
        confirmed,
    )


def _expect_length(studied: Studied) -> None:
    """One length, in what the rule of the kind counts, and no more than the days have room for."""
    days = (studied.ended_on - studied.started_on).days + 1
    counting = counting_of(studied.started_on.year)[studied.kind]
    minutes, half_days = studied.minutes, studied.half_days
    if (minutes > 0) is (half_days > 0) or min(minutes, half_days) < 0:
        raise DomainError("请写明学了多久。", field="length", code="length")
    if minutes and not counting.per_hour:
        raise DomainError(
            f"{studied.kind.label}按半天计，请选半天或天。", field="unit", code="unit"
        )
    if half_days and not counting.per_half_day:
        raise DomainError(f"{studied.kind.label}按小时计，请选小时。", field="unit", code="unit")
    if half_days > 2 * days or minutes > 24 * 60 * days:
        raise DomainError("时长超过了这几天。", field="length", code="length")
    exact = Counting(counting.per_half_day, counting.per_hour, 10**6)
    most = 2 * days * counting.most_of_half_day
    if exact.quarters(minutes=minutes, half_days=half_days, days=days) > most:
        raise DomainError(
            f"{days} 天最多计 {in_hours(most):g} 学时（半天最多 "
            f"{in_hours(counting.most_of_half_day):g}）。请核对时长，跨几天的写明结束日期。",
            field="length",
            code="length",
        )


def _expect_on_roll(place: Organization, day: dt.date, members: Collection[int]) -> None:
    on_roll = {one.member_id for one in members_on([place.pk], day)[place.pk]}
    gone = [pk for pk in members if pk not in on_roll]
    if gone:
        raise DomainError(
            f"名单变了：{len(gone)} 人这一天不在这里的名册上。请核对名单后再保存。",
            field="members",
            code="roll",
        )


def _expect_missed(meeting: Meeting, place: Organization, members: Collection[int]) -> None:
    """Nobody writes the record anew, or takes it back, meanwhile."""
    latest = (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .current()
        .filter(uid=meeting.uid, state__in=HELD)
        .first()
    )
    if latest is None:
        raise Conflict("这份记录已经撤回，不用再补课。")
    if not is_made_up(MeetingKind(latest.kind)):
        raise DomainError(f"{latest.get_kind_display()}不用补课。", code="kind")
    left = {row.member_id for row in missed_of(latest, place.pk) if row.made_up_on is None}
    done = [pk for pk in members if pk not in left]
    if done:
        raise Conflict(f"{len(done)} 人已经补过，或这次并没有缺席。请核对名单后再保存。")


def _note(
    verb: str, row: StudyRecord, place: Organization, by: Actor, *, people: list[int | None]
) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=place.pk,
        organization_path=place.path,
        changes={"people": people, "started_on": [None, str(row.started_on)]},
    )
