"""Posts of members in a grid: which there are; taken, ended."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_branch, get_post, members_of
from ..actions import posts
from ..forms import EndPostForm, PostFilter, PostForm
from ..models import GridPost
from ..queries import listing

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
PAGE = 50


@needs(P.NEIGHBOUR_VIEW, methods=READ)
def post_list(request: PortalRequest) -> HttpResponse:
    """The posts in the scope, by grid or by branch. Two queries, and one of the own branch."""
    actor = request.actor
    form = PostFilter(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = listing.posts(
        actor,
        over=given.get("showing") == "over",
        by_branch=given.get("order") == "branch",
        text=given.get("q", ""),
    )
    page = Pager(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, actor.may_at(P.NEIGHBOUR_EDIT, one.organization.path)) for one in page],
        "filter": form,
        "over": given.get("showing") == "over",
        "by_branch": given.get("order") == "branch",
        "may_take": actor.has_parts and actor.may(P.NEIGHBOUR_EDIT),
    }
    return render(request, "neighbours/post_list.html", context)


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def post_create(request: PortalRequest) -> HttpResponse:
    """A member of the actor's branch takes a post."""
    return acts.perform(
        request,
        load=lambda: get_branch(request.actor),
        form=lambda place: PostForm(acts.typed(request), people=members_of(place)),
        act=lambda attempt: posts.take(
            member=attempt.form.chosen, place=attempt.form.place(), by=request.actor
        ),
        done=lambda attempt, post: acts.said(request, "已登记上岗。", "neighbours:post-list"),
        show=lambda attempt: attempt.page("neighbours/post_create.html", place=attempt.subject),
    )


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def post_end(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A member leaves a post."""

    def load() -> GridPost:
        post = get_post(request.actor, uid)
        if request.method != "POST":
            GridPost.machine.expect(post, "end")
        return post

    return acts.perform(
        request,
        load=load,
        form=lambda post: EndPostForm(acts.typed(request)),
        act=lambda attempt: posts.end(
            post=attempt.subject, by=request.actor, **attempt.form.cleaned_data
        ),
        done=lambda attempt, post: acts.said(request, "已登记离岗。", "neighbours:post-list"),
        show=lambda attempt: attempt.page("neighbours/post_end.html", post=attempt.subject),
    )
