"""The forms of reports: versions, drafts, publishing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import clock, figures, periods
from core.errors import Conflict, DomainError
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from ..actions import definitions
from ..enums import ItemKind
from ..forms import DefinitionForm, PublishForm, item_forms
from ..models import ReportDefinition
from .plans import labels


@needs(P.PLAN_VIEW, methods=("GET", "HEAD"))
def definition_list(request: PortalRequest) -> HttpResponse:
    """All forms, each with the version in force, drafts and former versions."""
    current = periods.containing(clock.today(), periods.MONTH)
    groups: dict[str, dict[str, Any]] = {}
    for row in ReportDefinition.objects.order_by("key", "-version"):
        group = groups.setdefault(
            row.key, {"now": None, "draft": None, "newest": row, "versions": []}
        )
        group["versions"].append(row)
        if not row.is_published:
            group["draft"] = row
        elif group["now"] is None and row.valid_from <= current:
            group["now"] = row
    rows = []
    for group in groups.values():
        shown = group["now"] or group["newest"]
        rows.append(
            {
                **group,
                "shown": shown,
                "kinds": labels(OrganizationKind.choices, shown.kinds),
                "classes": labels(OrganizationClass.choices, shown.classes),
            }
        )
    rows.sort(key=lambda row: row["shown"].pk)
    context = {"rows": rows, "current": current, "may_edit": request.actor.may(P.PLAN_EDIT)}
    return render(request, "schedules/definition_list.html", context)


@needs(P.PLAN_VIEW, methods=("GET", "HEAD"))
def definition_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One version as it is."""
    definition = get_object_or_404(ReportDefinition, pk=pk)
    known = figures.registered()
    items = [
        {
            **spec,
            "kind_label": ItemKind(spec["kind"]).label,
            "figure_labels": [
                known[key].label if key in known else key for key in spec.get("figures", [])
            ],
        }
        for spec in definition.items
    ]
    context = {
        "definition": definition,
        "items": items,
        "kinds": labels(OrganizationKind.choices, definition.kinds),
        "classes": labels(OrganizationClass.choices, definition.classes),
        "may_edit": request.actor.may(P.PLAN_EDIT),
    }
    return render(request, "schedules/definition_detail.html", context)


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_draft(request: PortalRequest, pk: int) -> HttpResponse:
    """A draft of the next version, from the newest."""
    newest = get_object_or_404(ReportDefinition, pk=pk)
    draft = definitions.draft_version(newest=newest, by=request.actor)
    return redirect("schedules:definition-edit", pk=draft.pk)


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_copy(request: PortalRequest, pk: int) -> HttpResponse:
    """A form of its own for other organisations, made from this one."""
    source = get_object_or_404(ReportDefinition, pk=pk)
    try:
        draft = definitions.copy_form(
            source=source, name=request.POST.get("name", ""), by=request.actor
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("schedules:definition-list")
    messages.success(request, "已建立草稿。请选定适用的组织类型，再修改项目。")
    return redirect("schedules:definition-edit", pk=draft.pk)


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def definition_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """The items of a draft: changed, moved, added, removed. One that was published while its page
    was open is refused, with what was typed."""
    draft = get_object_or_404(ReportDefinition, pk=pk)
    if draft.is_published and request.method != "POST":
        raise Http404
    stored = ReportDefinition.objects.get(pk=pk)  # the form writes into its own instance
    head = DefinitionForm(
        request.POST or None,
        instance=draft,
        initial={"token": definitions.token_of(stored), "kinds": stored.kinds},
    )
    rows = item_forms(stored.items, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if head.is_valid() and rows.is_valid():
            try:
                _save(request, stored, head, rows)
            except DomainError as error:
                status = error.status
                head.add_error(None, error.message)
            else:
                messages.success(request, "草稿已保存。")
                return redirect("schedules:definition-edit", pk=pk)
    context = {
        "definition": stored,
        "head": head,
        "rows": rows,
        "publish_form": PublishForm(),
    }
    return render(request, "schedules/definition_edit.html", context, status=status)


def _save(
    request: PortalRequest, stored: ReportDefinition, head: DefinitionForm, rows: Any
) -> None:
    definitions.edit_draft(
        draft=stored,
        token=head.cleaned_data["token"],
        name=head.cleaned_data["name"],
        kinds=head.cleaned_data["kinds"],
        classes=head.cleaned_data["classes"],
        items=rows.specs(),
        by=request.actor,
    )


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts a draft into force from a month on."""
    draft = get_object_or_404(ReportDefinition, pk=pk)
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, "起用月份不在可选之列，请重新选择。")
        return redirect("schedules:definition-edit", pk=pk)
    try:
        done = definitions.publish(
            draft=draft, valid_from=form.cleaned_data["valid_from"], by=request.actor
        )
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("schedules:definition-list")
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("schedules:definition-edit", pk=pk)
    messages.success(request, f"{done}自{periods.label(done.valid_from)}起用。")
    return redirect("schedules:definition-list")


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Deletes a draft."""
    definitions.discard_draft(draft=get_object_or_404(ReportDefinition, pk=pk), by=request.actor)
    messages.success(request, "草稿已删除。")
    return redirect("schedules:definition-list")
