"""同类事项: what comes up again and where; many alike become one."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_issuer, get_item
from ..actions import gathering
from ..enums import Category, Cause
from ..forms import GatherForm
from ..forms.alike import MOST
from ..models import ActionItem
from ..queries import alike
from ..rules import ALIKE_FROM, ALIKE_WITHIN_MONTHS

READ = ("GET", "HEAD")
PAGE = 100
NAMED = 20  # items named before they are gathered


@needs(P.ACTION_VIEW, methods=READ)
def alike_list(request: PortalRequest) -> HttpResponse:
    """Category by cause: in how many organisations, how often again."""
    groups = [
        {
            "group": group,
            "category": Category(group.category).label,
            "cause": Cause(group.cause).label,
            "url": reverse("action_items:alike-detail", args=[group.category, group.cause]),
        }
        for group in alike.groups(request.actor)
    ]
    context = {"groups": groups, "months": ALIKE_WITHIN_MONTHS, "since": alike.since()}
    return render(request, "action_items/alike_list.html", context)


def _words(category: str, cause: str) -> dict[str, str]:
    """What the group is called. Raises Http404 for none."""
    if category not in Category.values or cause not in Cause.values:
        raise Http404
    return {"category": Category(category).label, "cause": Cause(cause).label}


@needs(P.ACTION_VIEW, methods=READ)
def alike_detail(request: PortalRequest, category: str, cause: str) -> HttpResponse:
    """The items of a group, by committee where one is chosen; for who gives out items to be ticked
    and made one. `like` names one of them, whose title the others are compared with."""
    words, actor = _words(category, cause), request.actor
    places = alike.in_places(actor, category, cause)
    number = whole_number(request.GET.get("place", ""))
    place = next((one.place for one in places if one.place.pk == number), None)
    wanted = whole_number(request.GET.get("like", ""))
    like = get_item(actor, wanted) if wanted else None
    page = Pager(alike.of_group(actor, category, cause, place), PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page)
    scores = alike.scores(like, shown) if like else {}
    may_gather = actor.may(P.ACTION_ISSUE)
    rows = [
        {
            "item": item,
            "score": scores.get(item.pk),
            "is_like": item.pk != wanted and scores.get(item.pk, 0) >= ALIKE_FROM,
            "may_gather": may_gather
            and item.is_under_way
            and item.parent_id is None
            and actor.covers(item.owner.path),
        }
        for item in shown
    ]
    if like is not None:
        rows.sort(key=lambda row: (row["item"].pk != like.pk, -(row["score"] or 0)))
    context = {
        **words,
        "rows": rows,
        "page": page,
        "places": places,
        "place": place,
        "like": like,
        "may_gather": any(row["may_gather"] for row in rows),
        "gather": reverse("action_items:alike-gather", args=[category, cause]),
        "here": reverse("action_items:alike-detail", args=[category, cause]),
        "months": ALIKE_WITHIN_MONTHS,
    }
    return render(request, "action_items/alike_detail.html", context)


@needs(P.ACTION_ISSUE, methods=(*READ, "POST"))
def alike_gather(request: PortalRequest, category: str, cause: str) -> HttpResponse:
    """Makes one item of those ticked, after it was said of which and what becomes of them."""
    words = _words(category, cause)
    back = reverse("action_items:alike-detail", args=[category, cause])
    given = request.POST if request.method == "POST" else request.GET
    numbers = [pk for text in given.getlist("items")[:MOST] if (pk := whole_number(text))]

    def load() -> tuple[Organization, list[ActionItem]]:
        return get_issuer(request.actor), list(alike.can_be_gathered(request.actor, numbers))

    def make(found: tuple[Organization, list[ActionItem]]) -> GatherForm:
        offered = [(str(item.pk), str(item)) for item in found[1]]
        return GatherForm(
            acts.typed(request),
            offered=offered,
            initial={
                "items": [key for key, _ in offered],
                "title": f"集中解决{words['category']}问题：{words['cause']}"[:100],
            },
        )

    def ask(attempt: acts.Attempt[Any, GatherForm]) -> acts.Question:
        items = attempt.subject[1]
        named = [f"{item}（{item.owner}，{item.get_state_display()}）" for item in items[:NAMED]]
        if len(items) > NAMED:
            named.append(f"等 {len(items)} 件")
        return acts.Question(
            f"把 {len(items)} 件并成一件",
            [
                *named,
                "各件保留原文号、责任单位和期限，继续由原单位办理；全部销号后整件自动销号。",
                "并入后不能再拆开。",
            ],
            "并成一件",
            mark=",".join(str(item.pk) for item in items),
        )

    return acts.perform(
        request,
        load=load,
        form=make,
        ask=ask,
        act=lambda attempt: gathering.gather(
            items=attempt.subject[1],
            issuer=attempt.subject[0],
            given=attempt.form.given(category, cause),
            by=request.actor,
        ),
        done=lambda attempt, whole: acts.said(
            request, f"{len(attempt.subject[1])} 件已并成{whole.number}。", whole
        ),
        show=lambda attempt: attempt.page(
            "action_items/alike_gather.html",
            **words,
            items=attempt.subject[1],
            back=back,
            gone=len(set(numbers)) - len(attempt.subject[1]),
        ),
    )
