"""What is decided of stories: published, returned, on which days, taken down."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_published_story
from ..actions import publishing
from ..forms import DaysForm, PublishForm, ReasonForm, TakeDownForm
from ..models import Story
from ..queries.names import named_without_consent

FORM = ("GET", "HEAD", "POST")


def _held(request: PortalRequest, uid: uuid.UUID, move: str) -> Story:
    """The story to be decided on; where its time for that is over it is said before anybody types."""
    story = get_published_story(request.actor, uid)
    if request.method != "POST":
        Story.machine.expect(story, move)
    return story


def _decide(
    request: PortalRequest,
    uid: uuid.UUID,
    move: str,
    form: Callable[[Story], Any],
    words: tuple[str, str, str, str],
    act: Callable[..., Any],
    takes: tuple[str, ...],
) -> HttpResponse:
    """The page of a decision: `words` are its title, what it means, the button, and what is said when it
    is done."""
    title, about, button, said = words

    return acts.perform(
        request,
        load=lambda: _held(request, uid, move),
        form=form,
        act=lambda attempt: act(
            story=attempt.subject,
            by=request.actor,
            **{name: attempt.given[name] for name in takes if name in attempt.given},
        ),
        done=lambda attempt, _: acts.said(request, said, "public:story-detail", uid),
        show=lambda attempt: attempt.page(
            "public/story_decide.html",
            story=attempt.subject,
            title=title,
            about=about,
            button=button,
            danger=move == "take_down",
            conflict=attempt.conflict,
        ),
    )


@needs(P.SHOWCASE_PUBLISH, methods=FORM)
def story_publish(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The story is copied to the page that anybody reads."""

    def form(story: Story) -> PublishForm:
        shown = "\n".join(f"{one.caption}\n{one.alt}" for one in story.pictures.all())
        named = [one for one in named_without_consent(story, shown) if len(one) == 2]
        page = getattr(story, "page", None)
        return PublishForm(
            acts.typed(request),
            coincidences=named,
            initial={
                "shown_from": clock.today(),
                "shown_until": page.shown_until if page is not None else None,
                "revision": story.revision,
            },
        )

    return _decide(
        request,
        uid,
        "publish",
        form,
        (
            "发布",
            "发布以后不登录也看得到；公开的是这时的文字和图片，以后改稿不影响，重新发布才换。",
            "发布",
            "已发布。",
        ),
        publishing.publish,
        ("revision", "shown_from", "shown_until", "not_names"),
    )


@needs(P.SHOWCASE_PUBLISH, methods=FORM)
def story_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Back to who writes it."""
    return _decide(
        request,
        uid,
        "send_back",
        lambda story: ReasonForm(acts.typed(request), initial={"revision": story.revision}),
        ("退回修改", "写明改哪里；写过的都在。", "退回", "已退回。"),
        publishing.send_back,
        ("revision", "reason"),
    )


@needs(P.SHOWCASE_PUBLISH, methods=FORM)
def story_schedule(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The days on which the public reads a page."""

    def form(story: Story) -> DaysForm:
        page = story.page
        return DaysForm(
            acts.typed(request),
            initial={
                "shown_from": page.shown_from,
                "shown_until": page.shown_until,
                "revision": story.revision,
            },
        )

    return _decide(
        request,
        uid,
        "schedule",
        form,
        ("改公开日期", "保存后马上按新的日期。", "保存", "日期已改。"),
        publishing.schedule,
        ("revision", "shown_from", "shown_until"),
    )


@needs(P.SHOWCASE_PUBLISH, methods=FORM)
def story_take_down(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The public reads it no more."""
    return _decide(
        request,
        uid,
        "take_down",
        lambda story: TakeDownForm(acts.typed(request), initial={"revision": story.revision}),
        (
            "撤下",
            "马上不再公开，公开用的图片副本删去；稿子还在，改好可以再发布，地址和二维码不变。",
            "撤下",
            "已撤下，公开页面已经打不开。",
        ),
        publishing.take_down,
        ("reason",),
    )
