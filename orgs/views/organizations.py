"""Pages of organisations: the tree, one organisation, and a page for each act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_phone
from core.paging import Pager

from .. import exports, panels
from ..access import get_organization
from ..actions import offices, organizations, structure, terms
from ..forms import refusals
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
    OfficeEndForm,
    OfficeForm,
    OrganizationFilter,
    ReElectForm,
    RenameForm,
)
from ..models import OfficeHolding, Organization
from ..permissions import Permission as P
from ..queries import organizations as queries
from ..queries.found import found_then
from ..queries.rosters import phone_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(P.ORGANIZATION_VIEW, methods=READ)
def organization_list(request: PortalRequest) -> HttpResponse:
    """The tree from the person's own place, one level at a time; or what a filter finds."""
    form = OrganizationFilter(request.GET)
    as_of = AsOfForm(request.GET)
    day = as_of.cleaned_data["on"] if as_of.is_valid() else None
    context: dict[str, Any] = {"filter": form, "as_of": as_of, "can": _rights(request.actor)}
    if form.is_active and form.is_valid():
        values = _asked(request, form)
        place = context["place"] = values["place"]
        if place is not None and day is not None and day < clock.today():
            stood = found_then(
                *(place, values["only"], day),
                below=request.actor.inherits,
                existing=values["existing"],
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


def _asked(request: PortalRequest, form: OrganizationFilter) -> dict[str, Any]:
    """What the filter asks for, with the organisation it names. Raises Http404 for one outside
    the scope."""
    values, below = form.cleaned_data, form.cleaned_data["below"]
    place = get_organization(request.actor, below, P.ORGANIZATION_VIEW) if below else None
    return {**values, "place": place}


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


@needs(P.ORGANIZATION_EXPORT, methods=READ)
def organization_export(request: PortalRequest) -> HttpResponse:
    """What the filter shows, as the sheet that staff keep."""
    form = OrganizationFilter(request.GET)
    values = _asked(request, form) if form.is_valid() else {}
    content, _ = exports.roster(
        organizations=queries.filtered(request.actor, values), by=request.actor
    )
    name = f"党组织花名册{clock.today():%Y%m%d}.xlsx"
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"},
    )


# --- acts ----------------------------------------------------------------------------------


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_create(request: PortalRequest) -> HttpResponse:
    """A new organisation below one of the person's scope."""
    form = CreateForm(
        request.POST or None, actor=request.actor, initial={"parent": request.GET.get("parent")}
    )

    def act() -> Organization:
        data = form.cleaned_data
        return organizations.found(
            name=data["name"],
            short_name=data["short_name"],
            kind=data["kind"],
            parent=data["parent"],
            facts=form.facts(),
            contact_phone=data["contact_phone"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "新设党组织", "已新设")


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Plain facts; when somebody else was faster the difference is shown and nothing is lost."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_EDIT)
    form = EditForm(request.POST or None, initial=_facts(organization))
    context = {"form": form, "organization": organization}
    if request.method == "POST" and form.is_valid():
        try:
            organizations.edit(
                organization=organization,
                revision=form.cleaned_data["revision"],
                facts=form.facts(),
                contact_phone=form.cleaned_data["contact_phone"],
                by=request.actor,
            )
        except Conflict as error:
            return _edit_conflict(request, form, organization, error)
        except DomainError as error:
            refusals.show(form, error)
        else:
            messages.success(request, f"{organization} 的信息已保存。")
            return redirect(organization)
    status = 422 if form.errors else 200
    return render(request, "orgs/organization_edit.html", context, status=status)


def _edit_conflict(
    request: PortalRequest, form: EditForm, organization: Organization, error: Conflict
) -> HttpResponse:
    """The form again with what was typed, what is stored now beside it, and the new revision."""
    now = get_organization(request.actor, organization.pk, P.ORGANIZATION_EDIT)
    stored = _facts(now)
    differences = [
        (form.fields[name].label, _shown(form, name, stored[name]), _shown(form, name, typed))
        for name, typed in form.cleaned_data.items()
        if name != "revision" and stored[name] != typed
    ]
    data = request.POST.copy()
    data["revision"] = str(now.revision)
    context = {
        "form": EditForm(data, initial=stored),
        "organization": now,
        "conflict": error.message,
        "differences": differences,
    }
    return render(request, "orgs/organization_edit.html", context, status=409)


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_rename(request: PortalRequest, pk: int) -> HttpResponse:
    """更名."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_RESTRUCTURE)
    form = RenameForm(
        request.POST or None,
        actor=request.actor,
        organization=organization,
        initial={"name": organization.name},
    )

    def act() -> Organization:
        return organizations.rename(
            organization=organization,
            revision=form.cleaned_data["revision"],
            name=form.cleaned_data["name"],
            short_name=form.cleaned_data["short_name"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "更名", "已更名为")


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_upgrade(request: PortalRequest, pk: int) -> HttpResponse:
    """升格、调整类别."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_RESTRUCTURE)
    form = KindForm(
        request.POST or None,
        actor=request.actor,
        organization=organization,
        initial={"kind": organization.kind},
    )

    def act() -> Organization:
        return organizations.change_kind(
            organization=organization,
            revision=form.cleaned_data["revision"],
            kind=form.cleaned_data["kind"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "调整类别", "已调整类别：")


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_move(request: PortalRequest, pk: int) -> HttpResponse:
    """调整隶属."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_RESTRUCTURE)
    form = MoveForm(request.POST or None, actor=request.actor, organization=organization)

    def act() -> Organization:
        return structure.move(
            organization=organization,
            revision=form.cleaned_data["revision"],
            parent=form.cleaned_data["parent"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "调整隶属", "已调整隶属：")


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_merge(request: PortalRequest, pk: int) -> HttpResponse:
    """合并: this one ceases, another goes on."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_RESTRUCTURE)
    form = MergeForm(request.POST or None, actor=request.actor, organization=organization)

    def act() -> Organization:
        return structure.merge(
            source=organization,
            revision=form.cleaned_data["revision"],
            target=form.cleaned_data["target"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "合并", "已并入")


@needs(P.ORGANIZATION_RESTRUCTURE, methods=FORM)
def organization_abolish(request: PortalRequest, pk: int) -> HttpResponse:
    """撤销."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_RESTRUCTURE)
    form = AbolishForm(request.POST or None, actor=request.actor, organization=organization)

    def act() -> Organization:
        return structure.abolish(
            organization=organization,
            revision=form.cleaned_data["revision"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "撤销", "已撤销", danger=True)


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_re_elect(request: PortalRequest, pk: int) -> HttpResponse:
    """换届."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_EDIT)
    form = ReElectForm(request.POST or None, actor=request.actor, organization=organization)

    def act() -> Organization:
        return terms.re_elect(
            organization=organization,
            revision=form.cleaned_data["revision"],
            term_years=form.cleaned_data["term_years"],
            term_ends_on=form.cleaned_data["term_ends_on"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "登记换届", "已登记换届：")


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def organization_extend(request: PortalRequest, pk: int) -> HttpResponse:
    """延期换届."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_EDIT)
    form = ExtendForm(request.POST or None, actor=request.actor, organization=organization)

    def act() -> Organization:
        return terms.extend(
            organization=organization,
            revision=form.cleaned_data["revision"],
            until=form.cleaned_data["until"],
            decision=form.decision(),
            by=request.actor,
        )

    return _perform(request, form, act, "延期换届", "已登记延期换届：")


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def office_create(request: PortalRequest, pk: int) -> HttpResponse:
    """任职."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_EDIT)
    form = OfficeForm(request.POST or None)

    def act() -> Organization:
        offices.take_up(organization=organization, by=request.actor, **form.cleaned_data)
        return organization

    return _perform(request, form, act, "登记任职", "已登记任职：", organization=organization)


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def office_end(request: PortalRequest, pk: int) -> HttpResponse:
    """免职."""
    holding = get_object_or_404(OfficeHolding.objects.select_related("organization"), pk=pk)
    organization = get_organization(request.actor, holding.organization_id, P.ORGANIZATION_EDIT)
    form = OfficeEndForm(request.POST or None, initial={"ended_on": clock.today()})

    def act() -> Organization:
        offices.leave(holding=holding, by=request.actor, **form.cleaned_data)
        return organization

    title = f"登记免职：{holding.person_name}（{holding.get_post_display()}）"
    return _perform(request, form, act, title, "已登记免职：", organization=organization)


def _perform(
    request: PortalRequest,
    form: Any,
    act: Callable[[], Organization],
    title: str,
    done: str,
    *,
    danger: bool = False,
    organization: Organization | None = None,
) -> HttpResponse:
    """Shows the form of one act, or does it and leads to the organisation."""
    about = organization or (form.organization if isinstance(form, DecisionForm) else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = act()
            except DomainError as error:
                refusals.show(form, error)
                if isinstance(error, Conflict):
                    status = error.status
                    about = _renewed(form, about)
            else:
                messages.success(request, f"{done}{changed}。")
                return redirect(changed)
    return render(
        request,
        "orgs/organization_act.html",
        {"form": form, "title": title, "organization": about, "danger": danger},
        status=status,
    )


def _renewed(form: Any, organization: Organization | None) -> Organization | None:
    """The organisation as it is now; the form, with what was typed, is one of this revision."""
    if organization is None:
        return None
    fresh = Organization.objects.get(pk=organization.pk)
    if "revision" in form.fields:
        typed = form.data.copy()
        typed["revision"] = str(fresh.revision)
        form.data = typed
    return fresh


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
    facts["revision"] = organization.revision
    return facts


def _shown(form: EditForm, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(choices.get(value, value))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)
