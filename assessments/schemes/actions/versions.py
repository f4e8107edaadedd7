"""A scheme is created or copied, its draft written, submitted, and published by a second person."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from assessments.scoring.schemes import canonical
from core import clock, periods, states
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission

from ..definitions import digest_of, fault_of
from ..editing import finished
from ..enums import Level, SchemeStepKind, VersionState
from ..models import Scheme, SchemeStep, SchemeVersion
from ..queries.problems import problems_of
from . import telling

MOST_BYTES = 400_000  # of a content: a scheme of 200 indicators with long words has 150,000
HOLDERS = (
    OrganizationKind.WORK_COMMITTEE,
    OrganizationKind.DIRECT_COMMITTEE,
    OrganizationKind.GRASSROOTS_COMMITTEE,
)


@action
def create(
    *,
    organization: Organization,
    year: int,
    level: str,
    name: str,
    classes: Collection[str],
    by: Actor,
    copied_from: SchemeVersion | None = None,
) -> SchemeVersion:
    """A scheme with its first draft: empty, or with what another version says. Raises NotAllowed,
    DomainError, or Conflict for a name that the year has already."""
    _expect(Permission.SCHEME_EDIT, organization, by)
    values = _checked(organization, year, level, name, classes)
    content = finished(copied_from.content) if copied_from is not None else _empty()
    try:
        with transaction.atomic():
            scheme = Scheme.objects.create(
                organization=organization,
                copied_from=copied_from.scheme if copied_from is not None else None,
                created_at=clock.now(),
                **values,
            )
    except IntegrityError as error:
        raise Conflict("这一年度已有同名的细则。", field="name") from error
    version = SchemeVersion.objects.create(
        scheme=scheme, number=1, content=content, changed_at=clock.now()
    )
    telling.note(scheme, "schemes.scheme.create", holder=organization, by=by, changes=_new(values))
    _tell(version, SchemeStepKind.CREATE, by)
    return version


@action
def edit(*, scheme: Scheme, name: str, classes: Collection[str], by: Actor) -> Scheme:
    """Changes what a scheme is called and for which classes it is, before a version of it is
    published. Raises NotAllowed, DomainError or Conflict."""
    _expect(Permission.SCHEME_EDIT, scheme.organization, by)
    if scheme.versions.filter(state=VersionState.PUBLISHED).exists():
        raise Conflict("细则已经发布，名称和适用类型不能再改。", code="state")
    values = _checked(scheme.organization, scheme.year, scheme.level, name, classes)
    # Two who send the same: the second finds it said.
    stored = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    before = {"name": stored.name, "classes": stored.classes}
    changed = {key: values[key] for key in before if values[key] != before[key]}
    if not changed:
        return scheme
    try:
        with transaction.atomic():
            Scheme.objects.filter(pk=scheme.pk).update(**changed)
    except IntegrityError as error:
        raise Conflict("这一年度已有同名的细则。", field="name") from error
    for key, value in changed.items():
        setattr(scheme, key, value)
    told = {key: [before[key], value] for key, value in changed.items()}
    telling.note(scheme, "schemes.scheme.edit", holder=scheme.organization, by=by, changes=told)
    return scheme


@action
def begin_next(*, scheme: Scheme, by: Actor) -> SchemeVersion:
    """The draft of the next version, with what the newest published one says; the draft that there
    is when there is one. Raises NotAllowed."""
    _expect(Permission.SCHEME_EDIT, scheme.organization, by)
    Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    versions = list(scheme.versions.order_by("-number"))
    for version in versions:
        if version.state in (VersionState.DRAFT, VersionState.SUBMITTED):
            return version
    newest = next((one for one in versions if one.state == VersionState.PUBLISHED), None)
    version = SchemeVersion.objects.create(
        scheme=scheme,
        number=versions[0].number + 1 if versions else 1,
        content=dict(newest.content) if newest is not None else _empty(),
        changed_at=clock.now(),
    )
    _tell(version, SchemeStepKind.CREATE, by)
    _note(version, "schemes.version.begin", by)
    return version


@action
def save(
    *, version: SchemeVersion, revision: int, content: Mapping[str, Any], by: Actor
) -> SchemeVersion:
    """Stores what the draft says. It may be wrong as yet: what is wrong is shown and keeps it from
    being submitted. Raises NotAllowed, Stale, MovedOn, or DomainError for what is no content."""
    _expect(Permission.SCHEME_EDIT, version.scheme.organization, by)
    _expect_content(content)
    SchemeVersion.machine.move(version, "save", revision=revision, content=dict(content))
    _note(version, "schemes.version.save", by, {"content": [None, digest_of(content)[:12]]})
    return version


@action
def submit(
    *,
    version: SchemeVersion,
    revision: int,
    from_period: str,
    by: Actor,
    document_number: str = "",
    document_on: dt.date | None = None,
    note: str = "",
    is_entered_later: bool = False,
) -> SchemeVersion:
    """Asks for publication from a half-year on. A later version says what it changes. Raises
    NotAllowed, Stale, MovedOn, and DomainError for a content with problems or a period that has
    begun: nobody is measured by a rule that did not exist when the work was done. A scheme that was
    issued on paper before the period (`is_entered_later`) says number and date and has its scan."""
    _expect(Permission.SCHEME_EDIT, version.scheme.organization, by)
    SchemeVersion.machine.expect(version, "submit", revision)
    wrong = [one for one in problems_of(version) if not one.is_warning]
    if wrong:
        raise DomainError(f"还有 {len(wrong)} 处不能提交：{wrong[0].text}", code="problems")
    _check_period(version, from_period)
    number, note = clean(document_number)[:60], clean(note)[:400]
    if version.number > 1 and not note:
        raise DomainError("请写明这一版改了什么、为什么改。", field="note")
    if is_entered_later:
        _check_paper(version, from_period, number, document_on)
    elif periods.first_day(from_period) <= clock.today():
        raise DomainError(
            f"{periods.label(from_period)}已经开始，只能自下一期起适用；"
            "期前已发纸质文件的，请选“事后录入”。",
            field="from_period",
        )
    SchemeVersion.machine.move(
        version,
        "submit",
        revision=revision,
        content=finished(version.content),
        from_period=from_period,
        document_number=number,
        document_on=document_on,
        note=note,
        is_entered_later=is_entered_later,
        submitted_by_id=by.user_id,
        submitted_by_name=by.name[:100],
        submitted_at=clock.now(),
        step=_step(version, SchemeStepKind.SUBMIT, note),
        by=by,
    )
    _note(version, "schemes.version.submit", by, {"from_period": [None, from_period]})
    return version


@action
def send_back(*, version: SchemeVersion, reason: str, by: Actor) -> SchemeVersion:
    """Gives a submitted version back to who wrote it, with the reason. Raises NotAllowed, MovedOn,
    DomainError."""
    _expect(Permission.SCHEME_PUBLISH, version.scheme.organization, by)
    reason = clean(reason)[:400]
    if not reason:
        raise DomainError("请写明退回的理由。", field="reason")
    SchemeVersion.machine.move(
        version, "send_back", step=_step(version, SchemeStepKind.SEND_BACK, reason), by=by
    )
    _note(version, "schemes.version.send_back", by, text=reason)
    return version


@action
def publish(
    *,
    version: SchemeVersion,
    revision: int,
    document_number: str,
    document_on: dt.date | None,
    by: Actor,
) -> SchemeVersion:
    """Publishes what another person has submitted, with number and date of its document; from then
    on nobody changes it. Raises NotAllowed, Stale, MovedOn, DomainError."""
    scheme = version.scheme
    _expect(Permission.SCHEME_PUBLISH, scheme.organization, by)
    # Two schemes of one class published at once: the row of who made them is their lock.
    Organization.objects.select_for_update(of=("self",)).get(pk=scheme.organization_id)
    stored = SchemeVersion.objects.get(pk=version.pk)
    SchemeVersion.machine.expect(stored, "publish", revision)
    if stored.submitted_by_id in by.persons:
        raise NotAllowed("提交的人不能自己审定，请由另一人发布。")
    number = clean(document_number)[:60]
    if not number:
        raise DomainError("请填写文号。", field="document_number")
    if document_on is None or document_on > clock.today():
        raise DomainError("请填写文件日期，不能晚于今天。", field="document_on")
    first = periods.first_day(stored.from_period)
    if stored.is_entered_later:
        _check_paper(stored, stored.from_period, number, document_on)
    elif first <= clock.today():
        raise DomainError(
            f"{periods.label(stored.from_period)}已经开始，请退回，改为自下一期起适用。"
        )
    wrong = [one for one in problems_of(stored) if not one.is_warning]
    if wrong:
        raise DomainError(f"还有 {len(wrong)} 处问题：{wrong[0].text}", code="problems")
    _check_classes(scheme)
    SchemeVersion.machine.move(
        version,
        "publish",
        revision=revision,
        document_number=number,
        document_on=document_on,
        published_by_name=by.name[:100],
        published_at=clock.now(),
        digest=digest_of(stored.content),
        step=_step(version, SchemeStepKind.PUBLISH, number),
        by=by,
    )
    told = {"document_number": [None, number], "document_on": [None, document_on.isoformat()]}
    _note(version, "schemes.version.publish", by, told)
    return version


@action
def discard(*, version: SchemeVersion, by: Actor) -> SchemeVersion:
    """Lays a draft aside; it is kept and counts for nobody. Raises NotAllowed, MovedOn."""
    _expect(Permission.SCHEME_EDIT, version.scheme.organization, by)
    SchemeVersion.machine.move(
        version, "discard", step=_step(version, SchemeStepKind.DISCARD), by=by
    )
    _note(version, "schemes.version.discard", by)
    return version


# --- what is asked of them -----------------------------------------------------------------------


def _expect(permission: Permission, organization: Organization, by: Actor) -> None:
    if organization.kind not in HOLDERS or not by.may_at(permission, organization.path):
        raise NotAllowed("只有制定这份细则的党委可以做这一步。")


def _checked(
    organization: Organization, year: int, level: str, name: str, classes: Collection[str]
) -> dict[str, Any]:
    name = clean(name)[:60]
    if not name:
        raise DomainError("请填写名称。", field="name")
    if not clock.today().year - 5 <= year <= clock.today().year + 2:
        raise DomainError("年度应在前五年到后两年之间。", field="year")
    if level not in Level.values:
        raise DomainError("请选择考核对象。", field="level")
    if level == Level.DIRECT and organization.kind != OrganizationKind.WORK_COMMITTEE:
        raise DomainError("考核直属党委的细则由党工委制定。", field="level")
    known = [value for value in OrganizationClass.values if value in set(classes)]
    if not known or len(known) < len(set(classes)):
        raise DomainError("请选择适用的组织类型。", field="classes")
    return {"year": year, "level": level, "name": name, "classes": known}


def _empty() -> dict[str, Any]:
    return {"root": {"key": "root", "name": "合计", "full": "100", "parts": []}, "places": 2}


def _expect_content(content: Mapping[str, Any]) -> None:
    """Raises DomainError for what cannot be stored or digested: floats, too much, no tree."""
    try:
        fault = fault_of(content)
        written = canonical(dict(content)) if not fault else b""
    except (TypeError, ValueError, RecursionError) as error:
        raise DomainError("细则的内容无法保存，请刷新页面后重试。", code="form") from error
    if fault:
        text = "细则的内容无法保存：有过长的文字、不认识的字符，或结构不完整。请核对后重试。"
        raise DomainError(text, code="form")
    if len(written) > MOST_BYTES:
        raise DomainError("细则太长，请删减文字或拆成两份。", code="size")


def _check_period(version: SchemeVersion, period: str) -> None:
    scheme = version.scheme
    if period not in (f"{scheme.year}-H1", f"{scheme.year}-H2"):
        raise DomainError(f"请选择{scheme.year}年的上半年或下半年。", field="from_period")
    later = scheme.versions.filter(state=VersionState.PUBLISHED, from_period__gt=period)
    if later.exists():
        raise DomainError("已有一版自更晚的一期起适用。", field="from_period")


def _check_paper(
    version: SchemeVersion, period: str, number: str, document_on: dt.date | None
) -> None:
    """What was issued on paper before the period, and only entered afterwards."""
    if not number:
        raise DomainError("事后录入的细则要填写纸质文件的文号。", field="document_number")
    if document_on is None or document_on >= periods.first_day(period):
        text = f"纸质文件要在{periods.label(period)}开始前发布，请核对文件日期。"
        raise DomainError(text, field="document_on")
    if not version.scans.filter(state="ready").exists():
        raise DomainError("事后录入的细则要附上纸质文件的扫描件。", field="scan")


def _check_classes(scheme: Scheme) -> None:
    """Raises Conflict when another scheme of the year and level is published for a class of this
    one: who is measured must know by which."""
    others = (
        Scheme.objects.filter(
            organization=scheme.organization, year=scheme.year, level=scheme.level
        )
        .filter(versions__state=VersionState.PUBLISHED)
        .exclude(pk=scheme.pk)
        .distinct()
    )
    for other in others:
        if shared := set(other.classes) & set(scheme.classes):
            words = "、".join(OrganizationClass(value).label for value in sorted(shared))
            raise Conflict(f"{words}已有“{other.name}”在用，一类只能用一份细则。", code="classes")


def _new(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {key: [None, value] for key, value in values.items()}


def _step(version: SchemeVersion, kind: SchemeStepKind, text: str = "") -> SchemeStep:
    return SchemeStep(version=version, kind=kind, text=text)


def _tell(version: SchemeVersion, kind: SchemeStepKind, by: Actor) -> None:
    states.tell(_step(version, kind), by=by)


def _note(
    version: SchemeVersion,
    verb: str,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    telling.note(
        version, verb, holder=version.scheme.organization, by=by, changes=changes, text=text
    )
