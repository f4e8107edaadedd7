"""考核分组: who is compared with whom, and what places a quota gives each group."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_group, get_group_to_edit, get_maker, sets_groups
from ..actions import groups
from ..enums import Level
from ..forms import GroupForm, QuotaForm, SetFilter
from ..forms.groups import values_of
from ..models import AssessmentGroup
from ..queries import groups as queries
from ..words.groups import places_words, quota_words

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")


def _years() -> range:
    this = clock.today().year
    return range(this + 1, this - 5, -1)


def _year(given: str | None) -> int:
    found = whole_number(given or "", digits=4)
    return found if found is not None and found in _years() else clock.today().year


def _asked(request: PortalRequest, actor: Actor) -> dict[str, Any]:
    """Year, whose groups, and what there is to choose among. Two queries."""
    year = _year(request.GET.get("year"))
    seen = {(one.organization_id, one.level) for one in queries.sets_seen(actor, year)}
    pks = {pk for pk, _ in seen} | ({actor.organization_id} if actor.organization_id else set())
    makers = Organization.objects.filter(pk__in=pks).order_by("path")
    found: list[tuple[Organization, str]] = []
    for maker in makers:
        own = levels_set(actor, maker)
        found += [
            (maker, level) for level in Level.values if (maker.pk, level) in seen or level in own
        ]
    wanted = request.GET.get("of", "")
    # First what one is compared in oneself: what stands highest.
    chosen = next((one for one in found if _key(*one) == wanted), found[0] if found else None)
    return {
        "year": year,
        "maker": chosen[0] if chosen else None,
        "level": chosen[1] if chosen else "",
        "filter": SetFilter(
            {"year": str(year), "of": _key(*chosen) if chosen else ""},
            years=_years(),
            sets=[(_key(*one), f"{one[0]} · {Level(one[1]).label}") for one in found],
        ),
    }


def levels_set(actor: Actor, maker: Organization) -> tuple[str, ...]:
    """For whom the actor sets the maker's groups. No query."""
    return queries.levels_of(maker.kind) if sets_groups(actor, maker) else ()


def _key(maker: Organization, level: str) -> str:
    return f"{maker.pk}-{level}"


def _page(request: PortalRequest) -> dict[str, Any]:
    """All that the list and its print show. Seven queries."""
    asked = _asked(request, request.actor)
    maker, year, level = asked["maker"], asked["year"], asked["level"]
    tried = QuotaForm(request.GET if request.GET.get("share") else None)
    if maker is None:
        return {**asked, "found": None, "quota_form": tried}
    found = queries.grouping(maker, year, level, queries.day_of(year))
    quotas = queries.quotas_of(maker, year, level)
    if tried.is_bound and tried.is_valid() and (share := tried.cleaned_data["share"]):
        quotas = [queries.Quota("", share, tried.cleaned_data["kind"] or "upper")]
    all_places = [queries.places_for(one, found.filled) for one in quotas]
    rows = [
        {
            "one": one,
            "classes": [OrganizationClass(value).label for value in _known(one.group.classes)],
            "places": [places.of_groups[number] for places in all_places],
        }
        for number, one in enumerate(found.filled)
    ]
    return {
        **asked,
        "found": found,
        "rows": rows,
        "day": queries.day_of(year),
        "big_enough": sum(one.is_big_enough for one in found.filled),
        "quotas": [(quota_words(one.quota), places_words(one, found.filled)) for one in all_places],
        "quota_form": tried,
        "may_set": level in levels_set(request.actor, maker),
        "address": f"year={year}&of={_key(maker, level)}",
        "level_label": Level(level).label,
    }


def _known(classes: list[str]) -> list[str]:
    return [value for value in classes if value in OrganizationClass.values]


@needs(P.SCHEME_VIEW, methods=READ)
def group_list(request: PortalRequest) -> HttpResponse:
    """The groups of a year with their organisations, who is in none, and the places of a quota."""
    return render(request, "schemes/group_list.html", _page(request))


@needs(P.SCHEME_VIEW, methods=READ)
def group_print(request: PortalRequest) -> HttpResponse:
    """The same on paper."""
    context = _page(request)
    if context["found"] is None:
        raise Http404
    return render(request, "schemes/group_print.html", context)


@needs(P.SCHEME_VIEW, methods=READ)
def group_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One group: who is in it and why."""
    group = get_group(request.actor, uid)
    day = queries.day_of(group.year)
    found = queries.grouping(group.organization, group.year, group.level, day)
    filled = next(one for one in found.filled if one.group.pk == group.pk)
    words = dict(OrganizationClass.choices)
    context = {
        "group": group,
        "filled": filled,
        "day": day,
        "classes": [OrganizationClass(value).label for value in _known(group.classes)],
        "rows": [
            (one, words.get(one.organization_class, ""), one.pk in filled.named)
            for one in filled.organizations
        ],
        "may_set": sets_groups(request.actor, group.organization),
        "back": _address(group.organization, group.year, group.level),
    }
    return render(request, "schemes/group_detail.html", context)


def _address(maker: Organization, year: int, level: str) -> str:
    return f"{reverse('schemes:group-list')}?year={year}&of={_key(maker, level)}"


def _set_of(request: PortalRequest) -> tuple[Organization, int, str]:
    """For whom a new group is, as the address says it. Raises Http404."""
    given: Mapping[str, str] = request.GET
    pk, _, level = given.get("of", "").partition("-")
    maker = get_maker(request.actor, whole_number(pk) if pk else None)
    levels = levels_set(request.actor, maker)
    if level and level not in levels:
        raise Http404
    return maker, _year(given.get("year")), level or levels[0]


Making = tuple[Organization, int, str]


@needs(P.SCHEME_EDIT, methods=FORM)
def group_create(request: PortalRequest) -> HttpResponse:
    """A group of a year."""

    def form(making: Making) -> GroupForm:
        maker, _, level = making
        places = queries.compared_on(maker, level, clock.today())
        return GroupForm(acts.typed(request), places=places)

    def act(attempt: acts.Attempt[Making, GroupForm]) -> AssessmentGroup:
        maker, year, level = attempt.subject
        return groups.create(
            organization=maker, year=year, level=level, by=request.actor, **attempt.form.values
        )

    return acts.perform(
        request,
        load=lambda: _set_of(request),
        form=form,
        act=act,
        done=lambda attempt, group: acts.said(
            request, f"已新建“{group}”。", _address(*attempt.subject)
        ),
        show=lambda attempt: attempt.page(
            "schemes/group_edit.html",
            maker=attempt.subject[0],
            year=attempt.subject[1],
            level_label=Level(attempt.subject[2]).label,
            back=_address(*attempt.subject),
        ),
    )


@needs(P.SCHEME_EDIT, methods=FORM)
def group_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What it is called, who is in it, and from how many on there are ranks."""

    def form(group: AssessmentGroup) -> GroupForm:
        there = {one.pk: one for one in _choices(group)}
        return GroupForm(acts.typed(request), initial=values_of(group), places=list(there.values()))

    return acts.perform(
        request,
        load=lambda: get_group_to_edit(request.actor, uid),
        form=form,
        act=lambda attempt: groups.edit(
            group=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
            **attempt.form.values,
        ),
        done=lambda attempt, group: acts.said(request, "分组已保存。", group),
        show=lambda attempt: attempt.page(
            "schemes/group_edit.html",
            group=attempt.subject,
            maker=attempt.subject.organization,
            year=attempt.subject.year,
            level_label=attempt.subject.get_level_display(),
            back=attempt.subject.get_absolute_url(),
            conflict=attempt.conflict,
            different=_different(attempt),
        ),
    )


def _choices(group: AssessmentGroup) -> list[queries.Compared]:
    """Those there are, and those that the group names although they are there no longer."""
    there = queries.compared_on(group.organization, group.level, clock.today())
    gone = queries.named_in(group) - {one.pk for one in there}
    rows = Organization.objects.filter(pk__in=gone).order_by("path")
    return there + [
        queries.Compared(one.pk, f"{one}（现已不在）", one.organization_class, one.path, one.name)
        for one in rows
    ]


def _different(attempt: acts.Attempt[AssessmentGroup, GroupForm]) -> list[tuple[str, str, str]]:
    if not attempt.conflict:
        return []
    stored = values_of(attempt.subject)
    stored["places"] = [int(one) for one in stored["places"]]
    rows = acts.differences(attempt.form, stored, none_of="没有")
    return [row for row in rows if row[0] != "Revision"]


@needs(P.SCHEME_EDIT, methods=POST)
def group_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the group away, after it was said what that means."""

    def ask(group: AssessmentGroup) -> acts.Question:
        lines = [
            f"{group.year}年度“{group}”，按类型 {len(group.classes)} 类，点名 {group.places.count()} 家",
            "这些单位不再属于任何分组，直到放进别的组",
        ]
        return acts.Question("删除考核分组", lines, "删除")

    return acts.press(
        request,
        load=lambda: get_group_to_edit(request.actor, uid),
        act=lambda group: groups.remove(group=group, by=request.actor),
        done=lambda group, nothing: acts.said(
            request,
            f"已删除“{group}”。",
            _address(group.organization, group.year, group.level),
        ),
        ask=ask,
        back=lambda group: group,
    )


@needs(P.SCHEME_EDIT, methods=POST, page="schemes:group-list")
def group_copy(request: PortalRequest) -> HttpResponse:
    """The groups of the year before."""

    def done(making: Making, made: list[AssessmentGroup]) -> HttpResponse:
        return acts.said(request, f"已沿用上年的 {len(made)} 个分组，请核对。", _address(*making))

    return acts.press(
        request,
        load=lambda: _set_of(request),
        act=lambda making: groups.copy_last_year(
            organization=making[0], year=making[1], level=making[2], by=request.actor
        ),
        done=done,
        back=lambda making: _address(*making),
    )
