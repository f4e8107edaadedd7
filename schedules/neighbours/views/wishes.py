"""Wishes: which there are; published, claimed, given back, fulfilled, withdrawn."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import (
    get_place,
    get_published,
    get_sided,
    get_taken,
    get_wish,
    holds,
    publishes,
    reads_name,
)
from ..actions import wishes
from ..enums import WishState
from ..forms import FulfilForm, WishFilter, WishForm, WithdrawForm
from ..models import Wish
from ..queries import listing

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 30


@needs(P.NEIGHBOUR_VIEW, methods=READ)
def wish_list(request: PortalRequest) -> HttpResponse:
    """Wishes to be claimed; behind other choices one's own and those over. Two queries."""
    form = WishFilter(request.GET)
    form.is_valid()
    showing = form.cleaned_data.get("showing") or "open"
    rows = listing.wishes(request.actor, showing, form.cleaned_data.get("q", ""))
    page = Pager(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": list(page),
        "filter": form,
        "showing": showing,
        "may_edit": request.actor.may(P.NEIGHBOUR_EDIT),
    }
    return render(request, "neighbours/wish_list.html", context)


@needs(P.NEIGHBOUR_VIEW, methods=READ)
def wish_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One wish, and what may be done next. One query."""
    actor, wish = request.actor, get_wish(request.actor, uid)
    context = {
        "wish": wish,
        "may_claim": wish.state == WishState.OPEN and actor.may(P.NEIGHBOUR_EDIT),
        "holds": holds(actor, wish),
        "publishes": publishes(actor, wish),
        "name": wish.resident if reads_name(actor, wish) else wish.resident_masked,
        "is_masked": not reads_name(actor, wish),
    }
    return render(request, "neighbours/wish_detail.html", context)


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def wish_create(request: PortalRequest) -> HttpResponse:
    """A wish of a resident is published."""
    return acts.perform(
        request,
        load=lambda: get_place(request.actor),
        form=lambda place: WishForm(acts.typed(request)),
        act=lambda attempt: wishes.publish(
            organization=attempt.subject, asked=attempt.form.asked(), by=request.actor
        ),
        done=lambda attempt, wish: acts.said(
            request, f"“{wish}”已发布。", "neighbours:wish-detail", wish.uid
        ),
        show=lambda attempt: attempt.page("neighbours/wish_create.html", place=attempt.subject),
    )


@needs(P.NEIGHBOUR_EDIT, methods=ACT)
def wish_claim(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The actor's organisation takes a wish upon itself."""

    def load() -> tuple[Wish, Organization]:
        return get_wish(request.actor, uid), get_place(request.actor)

    return acts.press(
        request,
        load=load,
        act=lambda found: wishes.claim(wish=found[0], organization=found[1], by=request.actor),
        done=lambda found, wish: acts.said(
            request, "已认领。办好以后登记一句话和日期。", "neighbours:wish-detail", wish.uid
        ),
        back=lambda found: found[0],
    )


@needs(P.NEIGHBOUR_EDIT, methods=ACT)
def wish_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who claimed gives the wish back."""
    return acts.press(
        request,
        load=lambda: get_taken(request.actor, uid),
        act=lambda wish: wishes.give_back(wish=wish, by=request.actor),
        done=lambda wish, _: acts.said(
            request, f"“{wish}”已退回，等别的组织认领。", "neighbours:wish-list"
        ),
        back=lambda wish: wish,
    )


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def wish_fulfil(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A wish was fulfilled."""

    def load() -> Wish:
        wish = get_sided(request.actor, uid)
        if request.method != "POST":
            Wish.machine.expect(wish, "fulfil")
        return wish

    return acts.perform(
        request,
        load=load,
        form=lambda wish: FulfilForm(acts.typed(request)),
        act=lambda attempt: wishes.fulfil(
            wish=attempt.subject, by=request.actor, **attempt.form.cleaned_data
        ),
        done=lambda attempt, wish: acts.said(
            request, "已登记实现。", "neighbours:wish-detail", wish.uid
        ),
        show=lambda attempt: attempt.page(
            "neighbours/wish_act.html",
            wish=attempt.subject,
            title="登记实现",
            button="登记实现",
            about="发布的组织会看到",
        ),
    )


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def wish_withdraw(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who published takes the wish back."""

    def load() -> Wish:
        wish = get_published(request.actor, uid)
        if request.method != "POST":
            Wish.machine.expect(wish, "withdraw")
        return wish

    return acts.perform(
        request,
        load=load,
        form=lambda wish: WithdrawForm(acts.typed(request)),
        act=lambda attempt: wishes.withdraw(
            wish=attempt.subject, by=request.actor, **attempt.form.cleaned_data
        ),
        done=lambda attempt, wish: acts.said(
            request, "已撤回。", "neighbours:wish-detail", wish.uid
        ),
        show=lambda attempt: attempt.page(
            "neighbours/wish_act.html",
            wish=attempt.subject,
            title="撤回心愿",
            button="撤回",
            about="撤回以后不能恢复，可以另发",
            danger=True,
        ),
    )
