"""Schemes: listed by year, begun, named, and one of them with its versions."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_own_scheme, get_scheme, get_scheme_maker, get_version, rights_of
from ..actions import versions
from ..enums import VersionState
from ..forms import NamedForm, SchemeForm
from ..queries import reading
from .heads import LIST_LINKS, links
from .papers import paper_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
SHOWN = 60  # of those whom a scheme measures


def classes_words(values: list[str]) -> str:
    """Classes of organisations as they are called."""
    known = dict(OrganizationClass.choices)
    return "、".join(str(known.get(value, value)) for value in values)


@needs(P.SCHEME_VIEW, methods=READ)
def scheme_list(request: PortalRequest) -> HttpResponse:
    """The schemes of a year, of the actor's organisations and of those above them."""
    actor = request.actor
    offered = reading.years(actor)
    asked = whole_number(request.GET.get("year", ""), digits=4)
    year = asked if asked in offered else offered[0] if offered else clock.today().year
    rows = [
        {
            "row": row,
            "scheme": row.scheme,
            "shown": row.shown,
            "classes": classes_words(row.scheme.classes),
            "edits": rights_of(actor, row.scheme).edits,
        }
        for row in reading.listed(actor, year)
    ]
    context = {
        "rows": rows,
        "year": year,
        "years": offered,
        "links": links(LIST_LINKS, actor),
        "may_create": actor.may(P.SCHEME_EDIT),
    }
    return render(request, "schemes/scheme_list.html", context)


@needs(P.SCHEME_EDIT, methods=FORM)
def scheme_create(request: PortalRequest) -> HttpResponse:
    """A new scheme, empty or with what an earlier one says."""

    def make(maker: Organization) -> SchemeForm:
        return SchemeForm(
            acts.typed(request),
            organization=maker,
            today=clock.today(),
            to_copy=reading.to_copy(request.actor, maker),
        )

    def act(attempt: acts.Attempt[Organization, SchemeForm]) -> Any:
        given = dict(attempt.given)
        source = given.pop("source")
        copied = get_version(request.actor, UUID(source)) if source else None
        return versions.create(
            organization=attempt.subject, copied_from=copied, by=request.actor, **given
        )

    return acts.perform(
        request,
        load=lambda: get_scheme_maker(request.actor),
        form=make,
        act=act,
        done=lambda attempt, version: redirect("schemes:version-edit", uid=version.uid),
        show=lambda attempt: attempt.page("schemes/scheme_create.html"),
    )


@needs(P.SCHEME_EDIT, methods=FORM)
def scheme_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What a scheme is called and for which classes it is, before it is published."""
    return acts.perform(
        request,
        load=lambda: get_own_scheme(request.actor, uid),
        form=lambda scheme: NamedForm(
            acts.typed(request), initial={"name": scheme.name, "classes": scheme.classes}
        ),
        act=lambda attempt: versions.edit(
            scheme=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, scheme: acts.said(request, "已修改。", scheme),
        show=lambda attempt: attempt.page(
            "schemes/scheme_edit.html", scheme=attempt.subject, conflict=attempt.conflict
        ),
    )


@needs(P.SCHEME_VIEW, methods=READ)
def scheme(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One scheme: the version in force as a paper, whom it measures, its versions."""
    found = get_scheme(request.actor, uid)
    row = reading.versions_of(request.actor, found)
    rights = rights_of(request.actor, found)
    measured = reading.measured_by(found, clock.today())
    shown = row.shown
    context = {
        "scheme": found,
        "row": row,
        "rights": rights,
        "classes": classes_words(found.classes),
        "measured": measured[:SHOWN],
        "has_more": len(measured) > SHOWN,
        "is_named": rights.edits and row.published is None,
        "may_begin": rights.edits and row.working is None,
        "version": shown,
        "is_draft": shown is not None and shown.state != VersionState.PUBLISHED,
        **(paper_of(shown) if shown is not None else {}),
    }
    return render(request, "schemes/scheme.html", context)


@needs(P.SCHEME_EDIT, methods=POST)
def scheme_begin(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The draft of the next version; the one that was begun, if there is one."""
    return acts.press(
        request,
        load=lambda: get_own_scheme(request.actor, uid),
        act=lambda found: versions.begin_next(scheme=found, by=request.actor),
        done=lambda found, version: redirect(_place(version)),
    )


def _place(version: Any) -> str:
    name = "version-edit" if version.state == VersionState.DRAFT else "version"
    return reverse(f"schemes:{name}", args=[version.uid])
