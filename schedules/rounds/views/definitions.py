"""The forms of reports: versions, drafts, publishing."""

import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import acts, clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from ..actions import definitions
from ..enums import ItemKind
from ..forms import CopyForm, DefinitionForm, PublishForm, item_forms
from ..models import ReportDefinition
from ..queries.definitions import token_of
from .plans import labels


@needs(P.PLAN_VIEW, methods=("GET", "HEAD"))
def definition_list(request: PortalRequest) -> HttpResponse:
    """All forms, each with the version in force, drafts and former versions."""
    return _list(request)


def _list(
    request: PortalRequest, *, copied: tuple[str, CopyForm] | None = None, status: int = 200
) -> HttpResponse:
    """The list; with the key of a form and what was typed to copy it when that was refused."""
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
        shown, newest = group["now"] or group["newest"], group["newest"]
        is_copied = copied is not None and copied[0] == newest.key
        rows.append(
            {
                **group,
                "shown": shown,
                "is_copied": is_copied,
                "copy_form": copied[1] if copied and is_copied else CopyForm.of(newest),
                "kinds": labels(OrganizationKind.choices, shown.kinds),
                "classes": labels(OrganizationClass.choices, shown.classes),
            }
        )
    rows.sort(key=lambda row: row["shown"].pk)
    context = {"rows": rows, "current": current, "may_edit": request.actor.may(P.PLAN_EDIT)}
    return render(request, "schedules/definition_list.html", context, status=status)


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
    return acts.press(
        request,
        load=lambda: get_object_or_404(ReportDefinition, pk=pk),
        act=lambda newest: definitions.draft_version(newest=newest, by=request.actor),
        done=lambda newest, draft: redirect("schedules:definition-edit", pk=draft.pk),
    )


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_copy(request: PortalRequest, pk: int) -> HttpResponse:
    """A form of its own for other organisations, made from this one; a name that does not do
    stays in its box."""
    return acts.perform(
        request,
        load=lambda: get_object_or_404(ReportDefinition, pk=pk),
        form=lambda source: CopyForm.of(source, acts.typed(request)),
        act=lambda attempt: definitions.copy_form(
            source=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, draft: acts.said(
            request,
            "已建立草稿。请选定适用的组织类型，再修改项目。",
            "schedules:definition-edit",
            pk=draft.pk,
        ),
        show=lambda attempt: _list(
            request, copied=(attempt.subject.key, attempt.form), status=attempt.status
        ),
    )


@needs(P.PLAN_EDIT, methods=("GET", "HEAD", "POST"))
def definition_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """The items of a draft: changed, moved, added, removed. One that was published while its page
    was open is refused, with what was typed."""

    def load() -> ReportDefinition:
        draft = get_object_or_404(ReportDefinition, pk=pk)
        if draft.is_published and request.method != "POST":
            raise Http404
        return draft

    return acts.perform(
        request,
        load=load,
        form=lambda draft: DraftForms(request, draft),
        act=lambda attempt: definitions.edit_draft(
            draft=attempt.subject,
            **{name: attempt.given[name] for name in ("token", "name", "kinds", "classes")},
            items=attempt.form.rows.specs(),
            by=request.actor,
        ),
        done=lambda attempt, draft: acts.said(
            request, "草稿已保存。", "schedules:definition-edit", pk=pk
        ),
        show=lambda attempt: attempt.page(
            "schedules/definition_edit.html",
            definition=attempt.subject,
            head=attempt.form.head,
            rows=attempt.form.rows,
            publish_form=PublishForm(),
        ),
    )


class DraftForms:
    """A draft's head and its items, as one form."""

    def __init__(self, request: PortalRequest, draft: ReportDefinition) -> None:
        self.head = DefinitionForm(
            acts.typed(request),
            instance=copy.copy(draft),  # the form writes into its instance
            initial={"token": token_of(draft), "kinds": draft.kinds},
        )
        self.rows = item_forms(draft.items, acts.typed(request))
        self.fields, self.add_error = self.head.fields, self.head.add_error

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """The head's."""
        return self.head.cleaned_data

    def is_valid(self) -> bool:
        """Whether both hold; both are checked, so that all is told at once."""
        return all([self.head.is_valid(), self.rows.is_valid()])


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts a draft into force from a month on."""

    def show(attempt: acts.Attempt[ReportDefinition, PublishForm]) -> HttpResponse:
        if attempt.error is None:
            messages.error(request, "起用月份不在可选之列，请重新选择。")
            return redirect("schedules:definition-edit", pk=pk)
        if attempt.conflict:  # in force by now: there is no draft to go back to
            return acts.turned_back(attempt, "schedules:definition-list")
        return acts.turned_back(attempt, "schedules:definition-edit", pk=pk)

    return acts.perform(
        request,
        load=lambda: get_object_or_404(ReportDefinition, pk=pk),
        form=lambda draft: PublishForm(acts.typed(request)),
        act=lambda attempt: definitions.publish(
            draft=attempt.subject, valid_from=attempt.given["valid_from"], by=request.actor
        ),
        done=lambda attempt, done: acts.said(
            request,
            f"{done}自{periods.label(done.valid_from)}起用。",
            "schedules:definition-list",
        ),
        show=show,
    )


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Deletes a draft."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(ReportDefinition, pk=pk),
        act=lambda draft: definitions.discard_draft(draft=draft, by=request.actor),
        done=lambda draft, nothing: acts.said(request, "草稿已删除。", "schedules:definition-list"),
    )
