"""The forms of reports: listed, read, compared, begun and discarded."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import acts, clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.permissions import Permission as P

from ..actions import definitions
from ..enums import ItemKind
from ..forms import CopyForm, RenewFormForm
from ..item_kinds import of as item_of
from ..item_kinds import whole as items_whole
from ..item_kinds.known import known
from ..models import Plan, ReportDefinition
from ..queries.burden import differences
from ..queries.estimates import Estimates
from ..rules import suggested_validity
from ..words import number, rests_on
from .definition_words import WORDS, in_words
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
    return _detail(
        request, get_object_or_404(ReportDefinition.objects.select_related("plan"), pk=pk)
    )


def _detail(
    request: PortalRequest,
    definition: ReportDefinition,
    renew_form: RenewFormForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The version; with what was typed to renew it when that was refused."""
    known_ones, today = figures.registered(), clock.today()
    items = [
        {
            **items_whole(spec),
            "kind_label": ItemKind(spec["kind"]).label,
            "summary": item_of(spec["kind"]).summary(spec),
            "limits": item_of(spec["kind"]).limits(spec),
            "figure_labels": [
                known_ones[key].label if key in known_ones else key
                for key in spec.get("figures", [])
            ],
        }
        for spec in definition.items
    ]
    minutes = Estimates.load().of_form(definition.key, definition.items)
    initial = {
        "valid_until": suggested_validity(today, definition.valid_until),
        "was": definition.valid_until,
    }
    context = {
        "definition": definition,
        "items": items,
        "plan": definition.plan,
        "minutes": number(minutes.minutes),
        "rests_on": rests_on(minutes),
        "kinds": labels(OrganizationKind.choices, definition.kinds),
        "classes": labels(OrganizationClass.choices, definition.classes),
        "may_edit": request.actor.may(P.PLAN_EDIT),
        "has_expired": definition.has_expired(today),
        "reuses": list(known(definition.items, definition.plan.cadence).values()),
        "renew_form": renew_form or RenewFormForm(initial=initial),
    }
    return render(request, "schedules/definition_detail.html", context, status=status)


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_renew(request: PortalRequest, pk: int) -> HttpResponse:
    """Lets a version in force hold until a later day."""
    return acts.perform(
        request,
        load=lambda: get_object_or_404(ReportDefinition.objects.select_related("plan"), pk=pk),
        form=lambda form: RenewFormForm(acts.typed(request)),
        act=lambda attempt: definitions.renew_form(
            form=attempt.subject,
            valid_until=attempt.given["valid_until"],
            was=attempt.given["was"],
            by=request.actor,
        ),
        done=lambda attempt, form: acts.said(
            request,
            f"{form}已续到 {date_zh(form.valid_until)}。",
            "schedules:definition-detail",
            pk=pk,
        ),
        show=lambda attempt: _detail(request, attempt.subject, attempt.form, attempt.status),
    )


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


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_new(request: PortalRequest, pk: int) -> HttpResponse:
    """A first form for the plan `pk`, as a draft; the one that was begun, if there is one."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(Plan, pk=pk),
        act=lambda plan: definitions.create_form(plan=plan, by=request.actor),
        done=lambda plan, draft: redirect("schedules:definition-edit", pk=draft.pk),
    )


@needs(P.PLAN_VIEW, methods=("GET", "HEAD"))
def definition_compare(request: PortalRequest, pk: int) -> HttpResponse:
    """What a version changes against the one before it."""
    definition = get_object_or_404(ReportDefinition, pk=pk)
    rows = ReportDefinition.objects.filter(key=definition.key, version__lt=definition.version)
    before = rows.order_by("-version").first()
    changes = [
        (change, WORDS[change.word], in_words(definition, change.changes))
        for change in differences(before.items if before else [], definition.items)
    ]
    context = {
        "definition": definition,
        "before": before,
        "changes": changes,
        "may_edit": request.actor.may(P.PLAN_EDIT),
    }
    return render(request, "schedules/definition_compare.html", context)


@needs(P.PLAN_EDIT, methods=("POST",))
def definition_discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Deletes a draft."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(ReportDefinition, pk=pk),
        act=lambda draft: definitions.discard_draft(draft=draft, by=request.actor),
        done=lambda draft, nothing: acts.said(request, "草稿已删除。", "schedules:definition-list"),
    )
