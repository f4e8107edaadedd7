"""Who of a branch is in which 党小组, and who is not expected for a time (免到)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from members.models import Member
from members.models.member import ON_ROLL
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_exemption, get_place
from ..actions import exemptions, groups
from ..enums import ExemptionReason
from ..forms import EndForm, ExemptionForm, GroupsForm
from ..models import Exemption
from ..queries.exemptions import exemptions_of
from ..queries.groups import groups_of, mark_of, placed_in

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")


@needs(P.LIFE_RECORD, methods=FORM)
def group_list(request: PortalRequest) -> HttpResponse:
    """The members of a branch, each with his 党小组: one form for all."""

    def form(place: Organization) -> GroupsForm:
        people = placed_in(place, clock.today())
        return GroupsForm(acts.typed(request), branch=place, people=people, groups=groups_of(place))

    return acts.perform(
        request,
        load=lambda: _place(request),
        form=form,
        act=lambda attempt: groups.arrange(
            branch=attempt.subject,
            wanted=attempt.form.wanted(),
            shown=attempt.given["token"],
            since=attempt.given["since"],
            by=request.actor,
        ),
        done=lambda attempt, count: acts.said(
            request,
            f"已保存，{count} 人的编组有变化。" if count else "编组没有变化。",
            _address("life:group-list", request, attempt.subject),
        ),
        show=_groups_page,
    )


@needs(P.LIFE_RECORD, methods=READ)
def exemption_list(request: PortalRequest) -> HttpResponse:
    """Who is not expected, until when, why, and who said so; also what is over."""
    place = _place(request)
    running, over, ended = exemptions_of(place)
    context = {"place": place, "running": running, "over": over, "ended": ended}
    return render(request, "life/exemption_list.html", {**context, "asked": _asked(request, place)})


@needs(P.LIFE_RECORD, methods=FORM)
def exemption_create(request: PortalRequest) -> HttpResponse:
    """Somebody is not expected for a time."""

    def form(place: Organization) -> ExemptionForm:
        rows = Member.objects.filter(ON_ROLL, organization=place).order_by("name_pinyin", "pk")
        people = list(rows.select_related("organization"))
        return ExemptionForm(acts.typed(request), people=people, initial={"since": clock.today()})

    return acts.perform(
        request,
        load=lambda: _place(request),
        form=form,
        act=lambda attempt: exemptions.exempt(
            member=attempt.form.chosen,
            reason=ExemptionReason(attempt.given["reason"]),
            since=attempt.given["since"],
            until=attempt.given["until"],
            approver_name=attempt.given["approver_name"],
            note=attempt.given["note"],
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(
            request,
            f"已登记，{row.member.name}从 {row.since:%Y-%m-%d} 起不计应到。",
            _address("life:exemption-list", request, attempt.subject),
        ),
        show=lambda attempt: attempt.page(
            "life/exemption_form.html",
            place=attempt.subject,
            back=_address("life:exemption-list", request, attempt.subject),
        ),
    )


@needs(P.LIFE_RECORD, methods=FORM)
def exemption_end(request: PortalRequest, pk: int) -> HttpResponse:
    """He is expected again, or never should have been written down."""

    def back(row: Exemption) -> str:
        return _address("life:exemption-list", request, row.member.organization)

    return acts.perform(
        request,
        load=lambda: get_exemption(request.actor, pk),
        form=lambda row: EndForm(acts.typed(request), today=clock.today()),
        act=lambda attempt: exemptions.end(
            exemption=attempt.subject, until=attempt.given["until"], by=request.actor
        ),
        done=lambda attempt, row: acts.said(
            request,
            f"免到到 {row.until:%Y-%m-%d} 为止。" if row else "已撤销这条免到。",
            back(attempt.subject),
        ),
        show=lambda attempt: attempt.page(
            "life/exemption_end.html",
            row=attempt.subject,
            back=back(attempt.subject),
            conflict=attempt.conflict,
        ),
    )


# --- private -----------------------------------------------------------------------------------


def _place(request: PortalRequest) -> Organization:
    return get_place(request.actor, whole_number(request.GET.get("organization", "")))


def _asked(request: PortalRequest, place: Organization) -> str:
    """What an address asks for, where the organisation is not the actor's own."""
    return "" if place.pk == request.actor.organization_id else f"?organization={place.pk}"


def _address(name: str, request: PortalRequest, place: Organization) -> str:
    return reverse(name) + _asked(request, place)


def _groups_page(attempt: acts.Attempt[Organization, GroupsForm]) -> HttpResponse:
    """The form; after somebody else was faster, with what was chosen and what differs."""
    form = attempt.form
    different: list[tuple[str, str, str]] = []
    if attempt.conflict:
        people = placed_in(attempt.subject, clock.today())
        now = {f"g-{one.member_id}": one.choice for one in people}
        different = acts.differences(form, now, none_of="没有编组")
        data = attempt.request.POST.copy()
        data["token"] = mark_of(people)
        form.data = data
    return attempt.page(
        "life/group_list.html",
        place=attempt.subject,
        conflict=attempt.conflict,
        different=different,
        asked=_asked(attempt.request, attempt.subject),
    )
