"""The person's own desk: what is due, messages, and one search over everything."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from .. import acts, clock, demo, notifications, searching, start_steps, worklist
from ..guards import signed_in
from ..http import PortalRequest
from ..models import Notification
from ..paging import Pager


@signed_in("GET", "HEAD")
def home(request: PortalRequest) -> HttpResponse:
    """The person's list: due, returned, waiting for him, most urgent first, and what waits in his
    other roles. Whose work is to read is led to what he reads, while nothing waits for him."""
    front = worklist.front_of(request.actor)
    work = worklist.collect(request.actor)
    if front and not work.items:
        return redirect(front)
    return render(
        request,
        "core/home.html",
        {
            "due": [item for item in work.items if item.group == "due"],
            "drafts": [item for item in work.items if item.group == "drafts"],
            "coming": [item for item in work.items if item.group == "coming"],
            "closed": [item for item in work.items if item.group == "closed"],
            "others": worklist.elsewhere(request.actor, request.grants),
            "cards": work.cards,
            "start": start_steps.shown_to(request.actor),
            "done_count": work.done_count,
            "minutes": sum(item.minutes for item in work.items),
            "today": clock.today(),
            "demo_progress": demo.progress() if settings.DEMO else "",
        },
    )


@signed_in("GET", "HEAD")
def inbox(request: PortalRequest) -> HttpResponse:
    """The person's messages, newest first."""
    messages = Notification.objects.filter(user_id=request.actor.user_id or 0).order_by(
        "-created_at", "-id"
    )
    page = Pager(messages, 20).get_page(request.GET.get("page"))
    return render(request, "core/inbox.html", {"page": page})


@signed_in("POST")
def message_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Marks one message as read and leads to what it is about."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(Notification, pk=pk, user_id=request.actor.user_id or 0),
        act=lambda message: notifications.mark_read(by=request.actor, notification_id=message.pk),
        done=lambda message, nothing: redirect(message.url or "core:inbox"),
    )


@signed_in("POST")
def inbox_read(request: PortalRequest) -> HttpResponse:
    """Marks all messages as read."""
    return acts.press(
        request,
        load=acts.no_subject,
        act=lambda nothing: notifications.mark_read(by=request.actor),
        done=lambda nothing, count: redirect("core:inbox"),
    )


@signed_in("GET", "HEAD")
def search(request: PortalRequest) -> HttpResponse:
    """Organisations, members and reports by name, pinyin or initials, within the scope."""
    if request.actor is None:
        raise Http404
    query = request.GET.get("q", "").strip()[:50]
    found = searching.find(request.actor, query) if query else []
    return render(request, "core/search.html", {"query": query, "found": found})


@signed_in("GET", "HEAD")
def draft_list(request: PortalRequest) -> HttpResponse:
    """Drafts on this device: the browser fills the page, the server knows none of them."""
    return render(request, "core/draft_list.html")
