"""指名与回避: people named for an organisation, and people who keep out of it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from core import audit, clock, notifications
from core.actions import action
from core.actor import WHOLE, Actor, Thing
from core.dates import in_words
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean

from .. import relations
from ..models import NamedRight, Organization, RoleGrant, User
from ..models.account import normalize_username
from ..queries.ceasing import held_namings
from ..queries.namings import named_until
from ..relations import Relation
from ..roles import WORK_ROLES, holding

LONGEST = 200  # letters of a reason
FURTHEST = dt.timedelta(days=5 * 366)


@action
def name(
    *,
    by: Actor,
    relation: str,
    organization_id: int,
    username: str,
    first: dt.date,
    reason: str,
    last: dt.date | None = None,
    includes_below: bool = False,
    is_recusal: bool = False,
) -> NamedRight:
    """Names the account `username` for the organisation from `first` to `last`, both included, or
    has it keep out of it (`is_recusal`). The person is told.

    Raises NotAllowed for whoever may not name there and for oneself, DomainError for an unknown
    account, one that cannot be named or has a part in the matter, and for dates and reasons that
    do not hold; Conflict when it is so already in these days.
    """
    kind, organization = _place(relation, organization_id)
    if by.user_id is not None and not relations.may_name(by, kind, organization):
        raise NotAllowed("只能由上级党组织的工作人员指名。")
    # The lock makes two namings of the same person wait for each other.
    user = (
        User.objects.select_for_update()
        .filter(username=normalize_username(username), is_active=True, admin_kind="")
        .first()
    )
    if user is None:
        raise DomainError("没有这个人，请核对登录名。管理员不能指名。", field="username")
    if user.pk == by.user_id:
        raise NotAllowed("不能给自己办理，请由他人办理。", field="username")
    if first < clock.today():
        raise DomainError("开始日期不能早于今天。", field="first")
    if first - clock.today() > FURTHEST:
        raise DomainError("开始日期最多在五年以内。", field="first")
    if last is not None and last < first:
        raise DomainError("结束日期不能早于开始日期。", field="last")
    if last is not None and last - first > FURTHEST:
        raise DomainError("最多到五年以后；没有期限的，请不填结束日期。", field="last")
    if not is_recusal:
        _refuse_unfit(kind, organization, user)
    return _write(
        kind,
        organization,
        user,
        by=by,
        first=first,
        until=last + dt.timedelta(days=1) if last else None,
        reason=_checked(reason),
        includes_below=includes_below,
        is_recusal=is_recusal,
    )


@action
def recuse(
    *, by: Actor, relation: str, organization_id: int, reason: str, about: Thing = WHOLE
) -> NamedRight:
    """The person himself keeps out of it from today, in whatever grant he acts. `about` is the one
    thing before him, for whom something is his work there and nothing else.

    Raises NotAllowed when there is nothing that he could keep out of, DomainError for want of a
    reason, Conflict when he does so already.
    """
    kind, organization = _place(relation, organization_id)
    if not any(by.may_at(one, organization.path, about=about) for one in kind.recusal):
        raise NotAllowed("你没有这个组织的这项工作，不必回避。")
    user = User.objects.select_for_update().get(pk=by.user_id or 0)
    return _write(
        kind,
        organization,
        user,
        by=by,
        first=clock.today(),
        until=None,
        reason=_checked(reason),
        is_recusal=True,
    )


@action
def end(*, by: Actor, right_id: int) -> NamedRight:
    """Ends a naming or a recusal as of today; acts at the person's next request. He is told.

    Raises NotAllowed for whoever may not name there and for one's own, Conflict when it is over.
    """
    right = _right(right_id)
    kind = relations.registered().get(right.relation)
    if by.user_id is not None:
        if kind is None or not relations.may_name(by, kind, right.organization):
            raise NotAllowed("只能由上级党组织的工作人员结束。")
        if right.user_id == by.user_id:
            raise NotAllowed("不能处理自己的指名或回避，请由他人办理。")
    _end(right, "end", by)
    label = kind.label if kind else ""
    _tell(right, f"{by.name}已结束你的{right.word}：{right.organization} {label}", "")
    return right


@action
def take_back(*, by: Actor, right_id: int) -> NamedRight:
    """The person takes his own recusal back. Raises NotAllowed when it is not his or somebody
    else's decision, Conflict when he has done so already."""
    right = _right(right_id)
    if right.user_id != by.user_id or not right.is_own_recusal:
        raise NotAllowed("只能撤销本人提出的回避。")
    _end(right, "take_back", by)
    return right


@action
def end_at(*, by: Actor, organization: Organization) -> int:
    """Ends as of today all namings and recusals at an organisation that ceases; returns how many.
    Tells the people. However many there are, as many queries."""
    today, told = clock.today(), {"ended_by_name": by.name[:100], "ended_at": clock.now()}
    ended = held_namings(organization)
    for act, is_recusal in (("end", False), ("take_back", True)):
        of_kind = NamedRight.objects.filter(
            pk__in=[right.pk for right in ended if right.is_recusal == is_recusal]
        )
        late, begun = of_kind.filter(valid_from__gt=today), of_kind.filter(valid_from__lte=today)
        NamedRight.machine.move_many(late, act, valid_to=F("valid_from"), **told)
        NamedRight.machine.move_many(begun, act, valid_to=today, **told)
    _keep_counts([right.user_id for right in ended])
    for right in ended:
        _audit_end(right, by, right.valid_to, max(today, right.valid_from))
    notifications.tell(
        notifications.Message(
            user_id=right.user_id,
            key=f"named:{right.pk}:ended",
            title=f"{organization}的{right.word}已结束",
            body=f"{organization}已合并或撤销。",
        )
        for right in ended
    )
    return len(ended)


@dataclass(frozen=True, slots=True)
class NamedFor:
    """A person named for one thing of an organisation."""

    user_id: int
    organization: Organization
    about: Thing


@action
def name_for(
    *, by: Actor, relation: str, rows: Collection[NamedFor], last: dt.date, reason: str
) -> int:
    """Names people for one thing each, from today to `last`, for acts of other apps that name in
    bulk and have asked themselves whom a conflict keeps away; who is named so already stays. Tells
    nobody: the app says what it is about. Returns how many were new. Seven queries, however many.

    Raises NotAllowed for whoever may not name there, DomainError for somebody who cannot be named
    there or has left."""
    kind = relations.registered()[relation]
    named = by.user_id is not None
    if named and not all(relations.may_name(by, kind, row.organization) for row in rows):
        raise NotAllowed("只能由上级党组织的工作人员指名。")
    people = {
        user.pk: user
        for user in User.objects.select_for_update()
        .filter(pk__in={row.user_id for row in rows}, is_active=True, admin_kind="")
        .order_by("pk")
    }
    _refuse_unfit_among(kind, rows, people)
    there = set(
        NamedRight.objects.current()
        .filter(relation=relation, is_recusal=False, user__in=people)
        .exclude(subject_kind="")
        .values_list("user_id", "organization_id", "subject_kind", "subject_id")
    )
    new = [
        NamedRight(
            user=people[row.user_id],
            relation=relation,
            organization=row.organization,
            subject_kind=row.about[0],
            subject_id=row.about[1],
            valid_from=clock.today(),
            valid_to=last + dt.timedelta(days=1),
            reason=reason[:LONGEST],
            named_by_id=by.user_id,
            named_by_name=by.name[:100],
            named_at=clock.now(),
        )
        for row in rows
        if (row.user_id, row.organization.pk, *row.about) not in there
    ]
    NamedRight.objects.bulk_create(new, batch_size=500)
    _keep_counts(list(people))
    for right in new:
        told: dict[str, list[object]] = {
            "relation": [None, kind.label],
            "valid_to": [None, right.valid_to],
        }
        _audit(right, "orgs.naming.given", by, told, note=right.reason)
    return len(new)


@action
def end_for(*, by: Actor, relation: str, user_id: int, about: Collection[Thing]) -> int:
    """Ends as of today what the person is named for of these things; returns how many. The app says
    to him why. Four queries, however many."""
    User.objects.select_for_update().get(pk=user_id)
    kinds = {kind for kind, _ in about}
    rows = list(
        NamedRight.objects.not_over()
        .filter(relation=relation, user_id=user_id, is_recusal=False)
        .filter(subject_kind__in=kinds, subject_id__in={number for _, number in about})
        .select_related("organization", "user")
    )
    rows = [row for row in rows if (row.subject_kind, row.subject_id) in about]
    NamedRight.machine.move_many(
        NamedRight.objects.filter(pk__in=[row.pk for row in rows]),
        "end",
        valid_to=clock.today(),
        ended_by_name=by.name[:100],
        ended_at=clock.now(),
    )
    _keep_counts([user_id])
    for row in rows:
        _audit_end(row, by, row.valid_to, clock.today())
    return len(rows)


def _refuse_unfit_among(
    kind: Relation, rows: Collection[NamedFor], people: Mapping[int, User]
) -> None:
    """`_refuse_unfit` for many: one query."""
    if {row.user_id for row in rows} - set(people):
        raise DomainError("其中有人的账号已停用，请重新选择。", field="people", code="gone")
    barred = {key for key, role in WORK_ROLES.items() if not role.may_be_named}
    own = {key for permission in kind.apart_from for key in holding(permission)}
    held = RoleGrant.objects.current().filter(user__in=people, deputy_for=None)
    places = {(row.user_id, row.organization.pk) for row in rows}
    for user_id, role, organization_id in held.values_list("user_id", "role", "organization_id"):
        name = people[user_id].name
        if role in barred:
            raise DomainError(f"{name}是{WORK_ROLES[role].label}，不能指名。", field="people")
        if role in own and (user_id, organization_id) in places:
            raise DomainError(f"{name}是被指名单位自己的人，不能指名。", field="people")


def _place(relation: str, organization_id: int) -> tuple[Relation, Organization]:
    kind = relations.registered().get(relation)
    organization = Organization.objects.active().filter(pk=organization_id).first()
    if kind is None or organization is None:
        raise DomainError("请选择一个现有的组织和关系。")
    return kind, organization


def _right(right_id: int) -> NamedRight:
    """The row and its person, whom `named_until` of is about to change: locked."""
    right = NamedRight.objects.select_related("organization", "user").get(pk=right_id)
    User.objects.select_for_update().get(pk=right.user_id)
    return right


def _checked(reason: str) -> str:
    text = clean(reason)
    if not 2 <= len(text) <= LONGEST:
        raise DomainError(f"请写明理由，{LONGEST} 字以内。", field="reason")
    return text


def _refuse_unfit(kind: Relation, organization: Organization, user: User) -> None:
    held = RoleGrant.objects.current().filter(user=user)
    barred = [key for key, role in WORK_ROLES.items() if not role.may_be_named]
    role = held.filter(role__in=barred, deputy_for=None).values_list("role", flat=True).first()
    if role is not None:
        raise DomainError(
            f"{user.name}是{WORK_ROLES[role].label}，只看不办，不能指名。", field="username"
        )
    own = {key for permission in kind.apart_from for key in holding(permission)}
    if held.filter(organization=organization, role__in=own).exists():
        raise DomainError(f"{user.name}是{organization}自己的人，不能指名。", field="username")


def _write(
    kind: Relation,
    organization: Organization,
    user: User,
    *,
    by: Actor,
    first: dt.date,
    until: dt.date | None,
    reason: str,
    is_recusal: bool,
    includes_below: bool = False,
) -> NamedRight:
    same = NamedRight.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=first),
        user=user,
        relation=kind.key,
        organization=organization,
        subject_kind="",
        is_recusal=is_recusal,
    )
    if until is not None:
        same = same.filter(valid_from__lt=until)
    word = "回避" if is_recusal else "指名"
    if same.exists():
        raise Conflict(f"{user.name}在这段时间内已{word}。", field="username")
    try:
        with transaction.atomic():
            right = NamedRight.objects.create(
                user=user,
                relation=kind.key,
                organization=organization,
                includes_below=includes_below,
                is_recusal=is_recusal,
                valid_from=first,
                valid_to=until,
                reason=reason,
                named_by_id=by.user_id,
                named_by_name=by.name,
                named_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict(f"刚刚已有人为{user.name}办理{word}。", field="username") from error
    _keep_counts([user.pk])
    _audit(
        right,
        "orgs.recusal.recorded" if is_recusal else "orgs.naming.given",
        by,
        {
            "relation": [None, kind.label],
            "valid_from": [None, first],
            "valid_to": [None, until],
            "includes_below": [None, includes_below],
        },
        note=reason,
    )
    if user.pk != by.user_id:
        days = f"{in_words(first)}起" if right.last_day is None else f"至{in_words(right.last_day)}"
        _tell(right, f"{by.name}为你办理{word}：{organization} {kind.label}", f"{days}。{reason}")
    return right


def _end(right: NamedRight, act: str, by: Actor) -> None:
    last = max(clock.today(), right.valid_from)  # one that has not begun never will
    before = right.valid_to
    NamedRight.machine.move(
        right,
        act,
        where=Q(valid_to=None) | Q(valid_to__gt=last),
        valid_to=last,
        ended_by_name=by.name,
        ended_at=clock.now(),
    )
    _keep_counts([right.user_id])
    _audit_end(right, by, before, last)


def _audit_end(right: NamedRight, by: Actor, before: dt.date | None, last: dt.date) -> None:
    verb = "orgs.recusal.ended" if right.is_recusal else "orgs.naming.ended"
    _audit(right, verb, by, {"valid_to": [before, last]})


def _keep_counts(people: Collection[int]) -> None:
    """Sets `named_until` of the people, who are locked. Two queries."""
    until = named_until(people)
    User.objects.bulk_update(
        [User(pk=pk, named_until=until.get(pk)) for pk in set(people)], ["named_until"]
    )


def _audit(
    right: NamedRight, verb: str, by: Actor, changes: dict[str, list[object]], note: str = ""
) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=right,
        label=f"{right.user.name}：{right.organization}",
        organization_id=right.organization_id,
        organization_path=right.organization.path,
        changes=changes,
        note=note,
    )


def _tell(right: NamedRight, title: str, body: str) -> None:
    key = f"named:{right.pk}:{'ended' if right.ended_at else 'begun'}"
    notifications.tell(
        [notifications.Message(user_id=right.user_id, key=key, title=title, body=body)]
    )
