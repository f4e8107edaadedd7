"""The list, one member, and finding by number."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core import audit
from core.actor import Actor
from core.figures import NEVER, UNKNOWN
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_number, normalise
from core.paging import Pager
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import panels
from ..access import Narrowed, get_member, may_export, narrowed
from ..forms import FindForm, RevealForm
from ..models import Member
from ..queries.decisions import exclusion
from ..queries.headcounts import headcount, rows_of
from ..queries.history import member_history
from ..queries.past import kept_since, past_roster, past_rows
from ..queries.roster import LISTED, by_number, roster

ROWS = 20


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD"))
def member_list(request: PortalRequest) -> HttpResponse:
    """Members in the scope, narrowed by the address, twenty to a page."""
    found = narrowed(request.actor, request.GET)
    if found.has_number:
        # Away from an address that would stand in histories and logs.
        messages.warning(request, "身份号码和电话请在这里查找，不留在地址里。")
        return redirect("members:member-find")
    filters = found.filters
    if filters.is_history:
        return _history(request, found)
    rows = roster(request.actor, filters).only(*LISTED)
    place = filters.organization
    figures = headcount(
        place.path if place else request.actor.organization_path,
        below=request.actor.inherits,
    )
    page = Pager(rows, ROWS, total=rows_of(filters, figures)).get_page(request.GET.get("page"))
    return render(
        request,
        "members/member_list.html",
        {
            "form": found.form,
            "page": page,
            "place": place,
            "figures": figures,
            "query_string": request.GET.urlencode(),
            "may": rights(request),
        },
    )


def _history(request: PortalRequest, found: Narrowed) -> HttpResponse:
    """Who was on the roll on a past day, or left between two days."""
    filters = found.filters
    page = Pager(past_roster(request.actor, filters), ROWS).get_page(request.GET.get("page"))
    since = kept_since() if filters.as_of and not filters.left_from else None
    context = {
        "form": found.form,
        "page": page,
        "rows": past_rows(request.actor, page.object_list),
        "place": filters.organization,
        "as_of": filters.as_of,
        "known_at": filters.known_at,
        "of_leavers": bool(filters.left_from or filters.left_to),
        "unknown": UNKNOWN,
        "kept_since": since if since and filters.as_of and since > filters.as_of else None,
        "is_kept_at_all": since != NEVER,
    }
    return render(request, "members/member_past.html", context)


def rights(request: PortalRequest) -> dict[str, bool]:
    """What the actor may do with members, for buttons."""
    names = {
        "edit": P.MEMBER_EDIT,
        "reveal": P.MEMBER_REVEAL,
        "import": P.MEMBER_IMPORT,
        "find": P.MEMBER_FIND_BY_IDENTITY,
    }
    held = {key: request.actor.may(permission) for key, permission in names.items()}
    return held | {"export": may_export(request.actor)}


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD"))
def member_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One member: the items, the denominators, what happened."""
    member = get_member(request.actor, pk, P.MEMBER_VIEW)
    place = member.organization
    may_edit = request.actor.may_at(P.MEMBER_EDIT, place.path)
    return render(
        request,
        "members/member_detail.html",
        {
            "member": member,
            "above": Organization.objects.visible_to(request.actor).filter(
                path__in=place.ancestor_paths()
            ),
            "exits": member.exits.order_by("-recorded_at"),
            "pending": member.decisions.waiting().first(),
            "is_excluded": exclusion(member) is not None,
            "history": member_history(member.pk),
            "seniority": member.seniority_years(),
            "posts": place.offices.filter(person_name=member.name).order_by("-started_on"),
            "panels": panels.collect(request.actor, member),
            "reveal_form": RevealForm(),
            "may": rights(request) | {"edit": may_edit},
            # Nothing is offered that leads nowhere.
            "has_other_branches": may_edit and _other_branches(request.actor, member).exists(),
        },
    )


def _other_branches(actor: Actor, member: Member) -> QuerySet[Organization]:
    """Where the member could go."""
    branches = Organization.objects.visible_to(actor).active().branches()
    return branches.exclude(pk=member.organization_id)


@needs(P.MEMBER_VIEW, methods=("GET", "HEAD", "POST"))
def member_find(request: PortalRequest) -> HttpResponse:
    """Members by identity number, its last four, or phone. POST, so that no number is in an
    address; each look-up is audited."""
    form = FindForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        found = list(by_number(number, request.actor)[:ROWS])
        audit.record_now(
            by=request.actor,
            verb="members.member.find",
            note=f"{mask_number(normalise(number))}，找到 {len(found)} 人",
        )
        if len(found) == 1:
            return redirect(found[0])
    return render(
        request,
        "members/member_find.html",
        {"form": form, "found": found, "may": rights(request)},
    )
