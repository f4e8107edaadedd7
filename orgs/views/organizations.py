"""Pages of organisations: the tree, one organisation, and a page for each act."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_phone
from core.paging import Pager
from core.text import whole_number

from .. import panels
from ..access import get_organization, with_place
from ..actions import organizations, structure, terms
from ..forms.organizations import (
    AbolishForm,
    AsOfForm,
    CreateForm,
    DecisionForm,
    EditForm,
    ExtendForm,
    FactsForm,
    KindForm,
    MergeForm,
    MoveForm,
    OrganizationFilter,
    ReElectForm,
    RenameForm,
)
from ..models import Organization
from ..permissions import Permission as P
from ..queries import organizations as queries
from ..queries.found import found_then
from ..queries.rosters import phone_of
from . import ceasing

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")

T = TypeVar("T")
F = TypeVar("F", bound=BaseForm)


@needs(P.ORGANIZATION_VIEW, methods=READ)
def organization_list(request: PortalRequest) -> HttpResponse:
    """The tree from the person's own place, one level at a time; or what a filter finds."""
    form = OrganizationFilter(request.GET)
    as_of = AsOfForm(request.GET)
    day = as_of.cleaned_data["on"] if as_of.is_valid() else None
    context: dict[str, Any] = {"filter": form, "as_of": as_of, "can": _rights(request.actor)}
    if form.is_active and form.is_valid():
        values = with_place(request.actor, form.cleaned_data)
        place = context["place"] = values["place"]
        if place is not None and day is not None and day < clock.today():
            stood = found_then(
                *(place, values["only"], day),
                below=request.actor.inherits,
                existing=values["existing"],
                known_at=values["known"],
            )
            context |= {"day": day, "page": Pager(stood, 50).get_page(request.GET.get("page"))}
            return render(request, "orgs/organization_found_past.html", context)
        rows = queries.with_details(queries.filtered(request.actor, values))
        page = Pager(rows.select_related("parent"), 50).get_page(request.GET.get("page"))
        context |= {"page": page, "found": queries.nodes(page.object_list)}
        return render(request, "orgs/organization_found.html", context)
    top = _number(request.GET.get("at"))
    if day is not None and day < clock.today():
        past = queries.past_level(request.actor, day, top)
        return render(request, "orgs/organization_past.html", {**context, "day": day, "past": past})
    level = queries.level(request.actor, top)
    if not level and top is not None:
        raise Http404
    context |= {"top": level[0] if level else None, "below": level[1:], "is_top": top is None}
    return render(request, "orgs/organization_list.html", context)


@needs(P.ORGANIZATION_VIEW, methods=READ)
def organization_children(request: PortalRequest, pk: int) -> HttpResponse:
    """The level below one organisation: a fragment of the tree."""
    parent = get_organization(request.actor, pk, P.ORGANIZATION_VIEW)
    return render(
        request,
        "orgs/organization_level.html",
        {"below": queries.children(request.actor, parent) if request.actor.inherits else []},
    )


@needs(P.ORGANIZATION_VIEW, methods=READ)
def organization_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One organisation: facts, people, term of office, subordinate ones, history."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_VIEW)
    return render(
        request,
        "orgs/organization_detail.html",
        {
            "organization": organization,
            "page": queries.organization_page(request.actor, organization),
            "panels": panels.collect(request.actor, organization),
            "phone": mask_phone(phone_of(organization)),
            "can": _rights(request.actor),
        },
    )


# --- acts ----------------------------------------------------------------------------------


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_create(request: PortalRequest) -> HttpResponse:
    """A new organisation below one of the person's scope."""

    def act(attempt: acts.Attempt[None, CreateForm]) -> Organization:
        names = ("name", "short_name", "kind", "parent", "contact_phone")
        return organizations.found(
            **{name: attempt.given[name] for name in names},
            facts=attempt.form.facts(),
            decision=attempt.form.decision(),
            by=request.actor,
        )

    return _perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CreateForm(
            acts.typed(request), actor=request.actor, initial={"parent": request.GET.get("parent")}
        ),
        act=act,
        title="新设党组织",
        done="已新设",
    )


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Plain facts; when somebody else was faster the difference is shown and nothing is lost."""

    def show(attempt: acts.Attempt[Organization, EditForm]) -> HttpResponse:
        context: dict[str, Any] = {"organization": attempt.subject}
        if attempt.conflict:
            stored = _facts(attempt.subject)
            context["conflict"] = attempt.conflict
            context["differences"] = acts.differences(attempt.form, stored)
            # As typed, ready to be saved over the newer version knowingly.
            attempt.form = EditForm(attempt.form.data, initial=stored)
        return attempt.page("orgs/organization_edit.html", **context)

    return acts.perform(
        request,
        load=lambda: get_organization(request.actor, pk, P.ORGANIZATION_EDIT),
        form=lambda organization: EditForm(
            acts.typed(request),
            initial={**_facts(organization), "revision": organization.revision},
        ),
        act=lambda attempt: organizations.edit(
            organization=attempt.subject,
            revision=attempt.given["revision"],
            facts=attempt.form.facts(),
            contact_phone=attempt.given["contact_phone"],
            by=request.actor,
        ),
        done=lambda attempt, saved: acts.said(
            request, f"{attempt.subject} 的信息已保存。", attempt.subject
        ),
        show=show,
    )


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_rename(request: PortalRequest, pk: int) -> HttpResponse:
    """更名."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_RESTRUCTURE,
        RenameForm,
        organizations.rename,
        given=("name", "short_name"),
        initial="name",
        title="更名",
        done="已更名为",
    )


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_upgrade(request: PortalRequest, pk: int) -> HttpResponse:
    """升格、调整类别."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_RESTRUCTURE,
        KindForm,
        organizations.change_kind,
        given=("kind",),
        initial="kind",
        title="调整类别",
        done="已调整类别：",
    )


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_move(request: PortalRequest, pk: int) -> HttpResponse:
    """调整隶属."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_RESTRUCTURE,
        MoveForm,
        structure.move,
        given=("parent",),
        title="调整隶属",
        done="已调整隶属：",
    )


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_merge(request: PortalRequest, pk: int) -> HttpResponse:
    """合并: this one ceases, another goes on."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_RESTRUCTURE,
        MergeForm,
        structure.merge,
        subject="source",
        given=("target",),
        title="合并",
        done="已并入",
        ask=ceasing.merging,
    )


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_abolish(request: PortalRequest, pk: int) -> HttpResponse:
    """撤销."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_RESTRUCTURE,
        AbolishForm,
        structure.abolish,
        title="撤销",
        done="已撤销",
        danger=True,
        ask=ceasing.abolishing,
    )


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_re_elect(request: PortalRequest, pk: int) -> HttpResponse:
    """换届."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_EDIT,
        ReElectForm,
        terms.re_elect,
        given=("term_years", "term_ends_on", "continuing"),
        title="登记换届",
        done="已登记换届：",
    )


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_extend(request: PortalRequest, pk: int) -> HttpResponse:
    """延期换届."""
    return _decide(
        request,
        pk,
        P.ORGANIZATION_EDIT,
        ExtendForm,
        terms.extend,
        given=("until",),
        title="延期换届",
        done="已登记延期换届：",
    )


def _decide(
    request: PortalRequest,
    pk: int,
    permission: P,
    kind: type[DecisionForm],
    action: Callable[..., Organization],
    *,
    title: str,
    done: str,
    subject: str = "organization",
    given: tuple[str, ...] = (),
    initial: str = "",
    danger: bool = False,
    ask: Callable[[Any], acts.Question] | None = None,
) -> HttpResponse:
    """An act on an organisation with day and document: `action` takes it as `subject`, with the
    fields `given` of the form, which starts with the organisation's `initial`."""

    def form(organization: Organization) -> DecisionForm:
        first = {initial: getattr(organization, initial)} if initial else {}
        return kind(
            acts.typed(request), actor=request.actor, organization=organization, initial=first
        )

    def act(attempt: acts.Attempt[Organization, DecisionForm]) -> Organization:
        return action(
            **{subject: attempt.subject},
            **{name: attempt.given[name] for name in given if name in attempt.given},
            revision=attempt.given["revision"],
            decision=attempt.form.decision(),
            by=request.actor,
        )

    return _perform(
        request,
        load=lambda: get_organization(request.actor, pk, permission),
        form=form,
        act=act,
        title=title,
        done=done,
        danger=danger,
        ask=ask,
    )


def _perform(
    request: PortalRequest,
    *,
    load: Callable[[], T],
    form: Callable[[T], F],
    act: Callable[[acts.Attempt[T, F]], Organization],
    title: str,
    done: str,
    danger: bool = False,
    ask: Callable[[acts.Attempt[T, F]], acts.Question] | None = None,
) -> HttpResponse:
    """Shows the form of one act, or does it and leads to the organisation."""
    return acts.perform(
        request,
        load=load,
        form=form,
        act=act,
        ask=ask,
        done=lambda attempt, changed: acts.said(request, f"{done}{changed}。", changed),
        show=lambda attempt: attempt.page(
            "orgs/organization_act.html", title=title, organization=attempt.subject, danger=danger
        ),
    )


def _rights(actor: Actor) -> dict[str, bool]:
    return {
        "edit": actor.may(P.ORGANIZATION_EDIT),
        "restructure": actor.may(P.ORGANIZATION_RESTRUCTURE),
        "bring_in": actor.may(P.ORGANIZATION_IMPORT),
        "export": actor.may(P.ORGANIZATION_EXPORT),
    }


def _facts(organization: Organization) -> dict[str, Any]:
    facts = {
        name: getattr(organization, name)
        for name in FactsForm.base_fields
        if name != "contact_phone"
    }
    facts["contact_phone"] = phone_of(organization)
    return facts


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    number = whole_number(text)
    if number is None:
        raise Http404
    return number
