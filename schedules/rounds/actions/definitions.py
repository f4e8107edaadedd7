"""Keeping the forms of reports: drafts of new versions, published from a month on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import audit, clock, figures, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import Stale
from core.text import clean

from .. import fulfilment
from ..definitions import starting_items
from ..enums import ItemKind
from ..item_kinds import of as items_of
from ..models import Plan, ReportDefinition
from ..queries.definitions import token_of
from ..queries.loads import load_of_draft
from ..queries.openings import newest_opened, opened_since
from ..queries.plans import locked_plans
from ..rules import FORMS, refuse_validity, usual_validity
from . import burden, register
from .opening import renew_untouched

MAX_ITEMS = 20
MAX_FORMS = 40


@action
def draft_version(*, newest: ReportDefinition, by: Actor) -> ReportDefinition:
    """A draft of the next version, to be worked on; the one there is, if there is one.

    Published versions are never changed.
    """
    versions = ReportDefinition.objects.filter(key=newest.key)
    # The lock makes two people wait for each other: the second finds the draft of the first.
    versions.select_for_update().order_by("version").first()
    draft = versions.filter(is_published=False).first()
    if draft is not None:
        return draft
    last = versions.order_by("-version").first() or newest
    return _create(last, key=last.key, version=last.version + 1, name=last.name, by=by)


@action
def copy_form(*, source: ReportDefinition, name: str, by: Actor) -> ReportDefinition:
    """A draft of a form of its own, made from another, for a class that needs its own items."""
    name = clean(name)
    if not 2 <= len(name) <= 60:
        raise DomainError("表样名称应为 2 至 60 字。", field="name")
    key = _free_key()
    if ReportDefinition.objects.filter(name=name).exists():
        raise Conflict(f"已有名为“{name}”的表样，可能刚刚建立。请换一个名称。", field="name")
    return _create(source, key=key, version=1, name=name, by=by)


@action
def create_form(*, plan: Plan, by: Actor) -> ReportDefinition:
    """A draft of a first form for the plan, to be worked on; the one there is, if there is one.

    It is for the plan's organisations that no form of it is for yet, as far as kinds tell them.
    """
    Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if not fulfilment.of(plan).has_forms:
        raise DomainError("这项计划不按表样报送，不需要表样。", code="no_forms")
    forms = list(ReportDefinition.objects.filter(plan=plan).order_by("key", "-version"))
    own = {form.key for form in forms if form.is_published}
    started = next((form for form in forms if not form.is_published and form.key not in own), None)
    if started is not None:
        return started
    taken = {kind for form in forms for kind in form.kinds if not form.classes}
    kinds = [kind for kind in plan.kinds if kind not in taken] or list(plan.kinds)
    names = set(ReportDefinition.objects.values_list("name", flat=True))
    name, number = plan.name, 2
    while name in names:
        name, number = f"{plan.name}（{number}）", number + 1
    source = ReportDefinition(
        plan=plan, kinds=kinds, classes=list(plan.classes), items=starting_items()
    )
    return _create(source, key=_free_key(), version=1, name=name, by=by)


def _free_key() -> str:
    keys = set(ReportDefinition.objects.values_list("key", flat=True))
    if len(keys) >= MAX_FORMS:
        raise DomainError("表样已达 40 种，请先整理现有表样。", field="name")
    number = 1
    while f"form_{number}" in keys:
        number += 1
    return f"form_{number}"


def _create(
    source: ReportDefinition, *, key: str, version: int, name: str, by: Actor
) -> ReportDefinition:
    try:
        with transaction.atomic():
            draft = ReportDefinition.objects.create(
                plan_id=source.plan_id,
                key=key,
                version=version,
                name=name,
                kinds=source.kinds,
                classes=source.classes,
                items=source.items,
                created_at=clock.now(),
                created_by_name=by.name,
            )
    except IntegrityError:
        raise Conflict("另一人刚刚建立了这个版本，请刷新页面。", code="version") from None
    audit.record(by=by, verb="schedules.definition.draft", obj=draft)
    return draft


@action
def edit_draft(
    *,
    draft: ReportDefinition,
    token: str,
    name: str,
    kinds: Sequence[str],
    classes: Sequence[str],
    items: Sequence[Mapping[str, Any]],
    by: Actor,
) -> ReportDefinition:
    """Changes a draft. Items without a key are new and get one that was never used before.

    `token` is that of the page the person worked on (`token_of`). Raises Conflict when somebody
    changed or published the draft meanwhile, DomainError when the items make no form.
    """
    fresh = _draft(draft.pk)
    if _is_so_already(fresh, name, kinds, classes, items):  # the form was sent twice
        return fresh
    if token_of(fresh) != token:
        raise Stale(ReportDefinition.machine.stale, fresh)
    specs = _keyed(fresh, items)
    _check_items(specs)
    changes = audit.changed(
        {"name": fresh.name, "kinds": fresh.kinds, "classes": fresh.classes, "items": fresh.items},
        {"name": name, "kinds": list(kinds), "classes": list(classes), "items": specs},
    )
    if not changes:
        return fresh
    ReportDefinition.machine.move(
        fresh,
        "edit",
        name=name,
        kinds=list(kinds),
        classes=list(classes),
        items=specs,
        removed=_taken_out(fresh, specs),
    )
    if "items" in changes:
        changes["items"] = [[spec["key"] for spec in side] for side in changes["items"]]
    audit.record(by=by, verb="schedules.definition.edit", obj=fresh, changes=changes)
    return fresh


def _taken_out(draft: ReportDefinition, specs: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What was taken out of the draft and may be put back, the newest last."""
    kept = {spec["key"] for spec in specs}
    gone = {spec["key"]: spec for spec in [*draft.removed, *draft.items]}
    return [spec for key, spec in gone.items() if key not in kept][-MAX_ITEMS:]


def _is_so_already(
    draft: ReportDefinition,
    name: str,
    kinds: Sequence[str],
    classes: Sequence[str],
    items: Sequence[Mapping[str, Any]],
) -> bool:
    """Whether the draft holds just that; an item without a key is one that was given its key."""
    if (draft.name, draft.kinds, draft.classes) != (name, list(kinds), list(classes)):
        return False
    return len(draft.items) == len(items) and all(
        spec == {**item, "key": item["key"] or spec["key"]}
        for spec, item in zip(draft.items, items, strict=True)
    )


def _draft(pk: int) -> ReportDefinition:
    fresh = ReportDefinition.objects.select_for_update().filter(pk=pk).first()
    if fresh is None:
        raise Conflict("这份草稿已被删除。", code="gone")
    ReportDefinition.machine.expect(fresh, "edit")
    return fresh


def _keyed(draft: ReportDefinition, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items with keys. A key once used in a form is never given to another item: last
    month's texts are found by it."""
    used = {
        spec["key"]
        for specs in ReportDefinition.objects.filter(key=draft.key).values_list("items", flat=True)
        for spec in specs
    }
    own = {spec["key"]: spec for spec in [*draft.removed, *draft.items]}
    specs = []
    number = 1
    for item in items:
        spec = dict(item)
        if not spec["key"]:
            while f"item_{number}" in used:
                number += 1
            spec["key"] = f"item_{number}"
            used.add(spec["key"])
        elif spec["key"] not in own or own[spec["key"]]["kind"] != spec["kind"]:
            raise DomainError("项目与草稿对不上，请刷新页面。", code="unknown_item")
        specs.append(spec)
    return specs


def _check_items(specs: Sequence[Mapping[str, Any]]) -> None:
    kinds = [spec["kind"] for spec in specs]
    if kinds.count(ItemKind.FIGURES) != 1:
        raise DomainError("表样须有且只有一个“数据”项目。")
    if kinds.count(ItemKind.FILES) > 1:
        raise DomainError("附件项目最多一个。")
    if len(specs) > MAX_ITEMS:
        raise DomainError(f"项目最多 {MAX_ITEMS} 个，现在是 {len(specs)} 个。")
    titles = [spec["title"] for spec in specs]
    double = next((title for title in titles if titles.count(title) > 1), "")
    if double:
        raise DomainError(f"项目“{double}”出现了两次，请改名。")
    for spec in specs:
        if set(spec["figures"]) - set(figures.registered()):
            raise DomainError("“数据”项目至少选择一项，且只能选列出的数据。")
        for _, sentence in items_of(spec["kind"]).faults(spec, specs):
            raise DomainError(f"项目“{spec['title']}”：{sentence}")


@dataclass(frozen=True, slots=True)
class Started:
    """A version that was put into force, and how many untouched drafts were put on it."""

    form: ReportDefinition
    renewed: int


@action
def publish(
    *,
    draft: ReportDefinition,
    valid_from: str,
    by: Actor,
    edited: Mapping[str, Any] | None = None,
    over_reason: str = "",
    valid_until: dt.date | None = None,
) -> Started:
    """Puts a draft into force from the period that begins with the month `valid_from`.

    Periods that are opened from now on have it. Of those that are open, from that month on, the
    drafts that nobody has touched are put on it; begun ones keep theirs. With `edited` the draft is
    first changed as by `edit_draft`. It gets its number, and opens no period after `valid_until`, at the
    end of next year unless one is named. Where it asks more of somebody and a month of the year from then
    on comes to more than the cap, `over_reason` says why, and is kept. Raises DomainError for a month
    that is over or before the version in force, when another form is for the same organisations, and
    for want of that reason; Conflict when it is published already.
    """
    # Whoever opens a period of the plan at this moment waits: it is opened before or after, and
    # either way its untouched drafts are on the new form. So does whoever changes another plan: what
    # both ask for is weighed together.
    plan = next(one for one in locked_plans() if one.pk == draft.plan_id)
    # All forms, so that two that are for the same organisations are not published at once.
    list(ReportDefinition.objects.select_for_update().order_by("pk").values_list("pk"))
    if edited is not None:
        draft = edit_draft(draft=draft, by=by, **edited)
    fresh = _draft(draft.pk)
    _check_items(fresh.items)
    _refuse_month(plan, valid_from)
    holds_until = valid_until or usual_validity(clock.today())
    refuse_validity(holds_until, max(clock.today(), periods.first_day(valid_from)))
    newest = ReportDefinition.objects.filter(key=fresh.key, is_published=True).aggregate(
        newest=Max("valid_from")
    )["newest"]
    if newest and valid_from < newest:
        raise DomainError(
            f"已启用的版本自{periods.label(newest)}起用，新版本不能更早。", field="valid_from"
        )
    _refuse_overlap(fresh)
    load = load_of_draft(fresh, valid_from, with_last_year=False)
    ReportDefinition.machine.move(
        fresh,
        "publish",
        valid_from=valid_from,
        valid_until=holds_until,
        number=register.take(kind=FORMS, by=by),
    )
    burden.keep_excess(load=load, plan=plan, definition=fresh, reason=over_reason, by=by)
    renewed = sum(
        renew_untouched(plan, period)
        for period in opened_since(plan, periods.first_day(valid_from))
    )
    audit.record(
        by=by,
        verb="schedules.definition.publish",
        obj=fresh,
        changes={"valid_from": [None, valid_from], "renewed": [0, renewed]},
    )
    return Started(fresh, renewed)


@action
def renew_form(
    *, form: ReportDefinition, valid_until: dt.date, was: dt.date | None, by: Actor
) -> ReportDefinition:
    """Lets a version in force hold until a later day, at most two years ahead. `was` is the day that
    the person's page showed. Raises DomainError for a day that does not do and for a draft, Stale
    when somebody has renewed it meanwhile; the same again changes nothing."""
    fresh = ReportDefinition.objects.select_for_update().get(pk=form.pk)
    if fresh.is_published and fresh.valid_until == valid_until:
        return fresh
    if fresh.valid_until != was:
        raise Stale("另一人刚刚改过这份表样的有效期。请核对后再续。", fresh)
    refuse_validity(valid_until, clock.today(), after=was)
    ReportDefinition.machine.move(fresh, "renew", valid_until=valid_until)
    changes = {"valid_until": [str(was or ""), str(valid_until)]}
    audit.record(by=by, verb="schedules.definition.renew", obj=fresh, changes=changes)
    return fresh


def _refuse_month(plan: Plan, valid_from: str) -> None:
    """A form begins with a month that is not over, or with the period opened last."""
    earliest = periods.containing(clock.today(), periods.MONTH)
    newest = newest_opened(plan)
    if newest is not None:
        earliest = min(earliest, periods.containing(periods.first_day(newest), periods.MONTH))
    if (
        not periods.is_period(valid_from)
        or periods.cadence_of(valid_from) != periods.MONTH
        or valid_from < earliest
    ):
        raise DomainError("起用月份应为最近打开的一期、本月或以后。", field="valid_from")


def _refuse_overlap(draft: ReportDefinition) -> None:
    """Two forms of one plan for one organisation would leave it to chance which it gets."""
    newest: dict[str, ReportDefinition] = {}
    rivals = ReportDefinition.objects.filter(plan=draft.plan_id, is_published=True)
    for row in rivals.exclude(key=draft.key):
        if row.key not in newest or row.version > newest[row.key].version:
            newest[row.key] = row
    for row in newest.values():
        same_classes = set(row.classes) & set(draft.classes) or (
            not row.classes and not draft.classes
        )
        if set(row.kinds) & set(draft.kinds) and same_classes:
            raise DomainError(
                f"“{row.name}”已用于同样的组织。请给这份表样选定组织类型，或改那一份。",
                code="overlap",
            )


@action
def discard_draft(*, draft: ReportDefinition, by: Actor) -> None:
    """Deletes a draft that was never in force. Raises Conflict when it has been published."""
    fresh = _draft(draft.pk)
    audit.record(by=by, verb="schedules.definition.discard", obj=fresh)
    fresh.delete()
