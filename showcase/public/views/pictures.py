"""The pictures of a story: added, described, taken out."""

import uuid

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, attachments, uploads
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_picture, get_written_picture, get_written_story
from ..actions import pictures
from ..forms import PictureForm
from ..models import StoryPicture


def _back(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{reverse('public:story-detail', args=[uid])}#files")


def _page_of_story(uid: uuid.UUID) -> str:
    return reverse("public:story-detail", args=[uid])


def _page_of_picture(uid: uuid.UUID) -> str:
    found = StoryPicture.objects.filter(uid=uid).values_list("story__uid", flat=True).first()
    return _page_of_story(found) if found else "/"


@needs(P.STORY_WRITE, methods=("POST",), page=_page_of_story)
def picture_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the pictures chosen; each is an act of its own."""
    get_written_story(request.actor, uid)  # of which nobody may change anything, none is read
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_written_story(request.actor, uid),
            lambda story: file,
            lambda story, file: pictures.add(story=story, file=file, by=request.actor),
        ),
        none="请先选择图片。",
    )
    return _back(uid)


@needs(P.STORY_WRITE, P.SHOWCASE_PUBLISH, methods=("GET", "HEAD"))
def picture_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The picture, for who writes or publishes the story."""
    return attachments.serve(get_picture(request.actor, uid))


@needs(P.STORY_WRITE, methods=("GET", "HEAD", "POST"))
def picture_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the picture shows, and what stands below it."""
    return acts.perform(
        request,
        load=lambda: get_written_picture(request.actor, uid),
        form=lambda row: PictureForm(
            acts.typed(request),
            initial={"alt": row.alt, "caption": row.caption, "revision": row.revision},
        ),
        act=lambda attempt: pictures.describe(
            picture=attempt.subject,
            alt=attempt.given["alt"],
            caption=attempt.given["caption"],
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, row: _back(attempt.subject.story.uid),
        show=lambda attempt: attempt.page(
            "public/picture_edit.html",
            picture=attempt.subject,
            story=attempt.subject.story,
            conflict=attempt.conflict,
        ),
    )


@needs(P.STORY_WRITE, methods=("POST",), page=_page_of_picture)
def picture_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the picture out of the story."""
    return acts.press(
        request,
        load=lambda: get_written_picture(request.actor, uid),
        act=lambda row: pictures.remove(picture=row, by=request.actor),
        done=lambda row, nothing: _back(row.story.uid),
    )
