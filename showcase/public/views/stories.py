"""Stories as they are written: the list, one of them, and what may be done next."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.models import Attachment
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_story, get_written_story, is_own, publishes, writes
from ..actions import stories
from ..enums import StoryKind, StoryState, StoryStepKind
from ..forms import NewStoryForm, StoryFilter, StoryForm
from ..models import PublicPage, Story
from ..queries.listing import is_shown, listed
from ..rules import MOST_PICTURES, NO_LONGER
from ..subjects import Subject, find, frozen, is_untrue, offered, parted, standing
from .rendered import draw
from .showcase import page_context

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 30
EITHER = (P.STORY_WRITE, P.SHOWCASE_PUBLISH)
STEP_TONES: dict[str, str] = {
    StoryStepKind.RETURNED: "warn",
    StoryStepKind.TAKEN_DOWN: "bad",
    StoryStepKind.PUBLISHED: "ok",
}


@needs(*EITHER, methods=READ)
def story_list(request: PortalRequest) -> HttpResponse:
    """The stories that the actor writes or publishes. Two queries."""
    form = StoryFilter(request.GET)
    form.is_valid()
    given = {**dict.fromkeys(form.fields, ""), **form.cleaned_data}
    rows = listed(request.actor, showing=given["showing"], kind=given["kind"], text=given["q"])
    page = Pager(rows.select_related("organization", "page"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(one, getattr(one, "page", None), is_shown(one)) for one in page],
        "filter": form,
        "may_write": request.actor.may(P.STORY_WRITE),
        "is_narrowed": any(given.values()),
    }
    return render(request, "public/story_list.html", context)


@needs(*EITHER, methods=READ)
def story_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One story with all that it says, its pictures, its way, and what may be done next. Five queries
    besides."""
    actor = request.actor
    story = get_story(actor, uid)
    page = getattr(story, "page", None)
    is_public = page is not None and page.taken_down_at is None
    may_write, may_publish = writes(actor, story), publishes(actor, story)
    context = {
        "story": story,
        "page": page,
        "is_public": is_public,
        "is_shown": is_shown(story),
        "no_longer": NO_LONGER[StoryKind(story.kind)] if is_public and is_untrue(story) else "",
        "people": list(story.people.all()),
        "pictures": list(story.pictures.filter(state=Attachment.State.READY).order_by("pk")),
        "most_pictures": MOST_PICTURES,
        "may_edit": may_write and story.is_written,
        "may_take_back": may_write and story.state == StoryState.HANDED_IN,
        "may_reopen": may_write and story.state in (StoryState.PUBLISHED, StoryState.TAKEN_DOWN),
        "may_remove": may_write
        and not is_public
        and story.state in (StoryState.DRAFT, StoryState.RETURNED, StoryState.TAKEN_DOWN),
        "may_publish": may_publish
        and story.state == StoryState.HANDED_IN
        and not is_own(actor, story),
        "waits_for_other": may_publish
        and story.state == StoryState.HANDED_IN
        and is_own(actor, story),
        "may_return": may_publish and story.state == StoryState.HANDED_IN,
        "may_schedule": may_publish and story.state == StoryState.PUBLISHED,
        "may_take_down": may_publish and is_public and story.state != StoryState.TAKEN_DOWN,
        "steps": [
            {
                "at": one.at,
                "by": one.by_name,
                "text": one.get_kind_display(),
                "note": one.text,
                "tone": STEP_TONES.get(one.kind, ""),
            }
            for one in story.steps.all()
        ],
    }
    return render(request, "public/story_detail.html", context)


@needs(*EITHER, methods=READ)
def story_preview(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The page as anybody would read it, made by the same template from the story as it stands."""
    story = get_story(request.actor, uid)
    subject = standing(story.kind, story.subject)
    if subject is None:
        subject = Subject(story.kind, story.subject, story.organization, story.subject_label)
    page = PublicPage(kind=story.kind, slug="0", shown_from=clock.today(), **frozen(story, subject))
    there = getattr(story, "page", None)
    if there is not None:
        page.slug = there.slug
    pictures = list(story.pictures.filter(state=Attachment.State.READY).order_by("pk"))
    context = page_context(page, pictures) | {
        "preview": reverse("public:story-detail", args=[story.uid])
    }
    return HttpResponse(draw("public/page_detail.html", context))


@needs(P.STORY_WRITE, methods=FORM)
def story_create(request: PortalRequest) -> HttpResponse:
    """First what it tells of, then the story. What has one already leads there."""
    given = request.POST.get("subject", "") or request.GET.get("of", "")
    if not given:
        return _choose(request)

    def load() -> Subject:
        named = parted(given)
        found = find(request.actor, *named) if named is not None else None
        if found is None:
            raise Http404
        return found

    if request.method != "POST":
        subject = load()
        there = Story.objects.filter(kind=subject.kind, subject=subject.uid).first()
        if there is not None:
            return redirect(there)
    return acts.perform(
        request,
        load=load,
        form=lambda subject: NewStoryForm(
            acts.typed(request),
            kind=subject.kind,
            initial={"title": subject.title, "subject": subject.word},
        ),
        act=lambda attempt: stories.create(
            subject=attempt.subject, words=attempt.form.words(), by=request.actor
        ),
        done=lambda attempt, story: acts.said(
            request, "已存为草稿。看过预览再送审。", "public:story-detail", story.uid
        ),
        show=lambda attempt: attempt.page(
            "public/story_edit.html",
            story=None,
            subject=attempt.subject.word,
            kind=StoryKind(attempt.subject.kind).label,
            label=f"{attempt.subject.organization}：{attempt.subject.label}",
            conflict=attempt.conflict,
        ),
    )


def _choose(request: PortalRequest) -> HttpResponse:
    """What there is to be told of. Four queries besides."""
    status = 422 if request.method == "POST" else 200
    context = {"offered": offered(request.actor), "is_refused": status == 422}
    return render(request, "public/story_choose.html", context, status=status)


@needs(P.STORY_WRITE, methods=FORM)
def story_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What a story says is changed."""

    def load() -> Story:
        story = get_written_story(request.actor, uid)
        if request.method != "POST":
            Story.machine.expect(story, "edit")
        return story

    def show(attempt: acts.Attempt[Any, Any]) -> HttpResponse:
        story, different = attempt.subject, []
        if attempt.conflict and attempt.form.is_bound and hasattr(attempt.form, "cleaned_data"):
            stored = StoryForm.values_of(story)
            stored["is_solved"] = story.is_solved
            different = acts.differences(attempt.form, stored)
        return attempt.page(
            "public/story_edit.html",
            story=story,
            subject="",
            kind=story.get_kind_display(),
            label=f"{story.organization}：{story.subject_label}",
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda story: StoryForm(
            acts.typed(request), kind=story.kind, initial=StoryForm.values_of(story)
        ),
        act=lambda attempt: stories.edit(
            story=attempt.subject,
            revision=attempt.given["revision"],
            words=attempt.form.words(),
            by=request.actor,
        ),
        done=lambda attempt, story: acts.said(request, "已保存。", story),
        show=show,
    )


@needs(P.STORY_WRITE, methods=ACT)
def story_hand_in(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The story goes to who publishes."""
    return acts.press(
        request,
        load=lambda: get_written_story(request.actor, uid),
        act=lambda story: stories.hand_in(story=story, by=request.actor),
        done=lambda story, _: acts.said(request, "已送审，发布以前可以取回。", story),
        back=lambda story: story,
    )


@needs(P.STORY_WRITE, methods=ACT)
def story_take_back(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The story is taken back."""
    return acts.press(
        request,
        load=lambda: get_written_story(request.actor, uid),
        act=lambda story: stories.take_back(story=story, by=request.actor),
        done=lambda story, _: acts.said(request, "已取回，可以接着改。", story),
        back=lambda story: story,
    )


@needs(P.STORY_WRITE, methods=ACT)
def story_reopen(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The story is written again."""
    return acts.press(
        request,
        load=lambda: get_written_story(request.actor, uid),
        act=lambda story: stories.reopen(story=story, by=request.actor),
        done=lambda story, _: acts.said(
            request, "可以改写了；重新发布以前，公开的页面不变。", story
        ),
        back=lambda story: story,
    )


@needs(P.STORY_WRITE, methods=ACT)
def story_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The story is deleted, after it was asked."""
    return acts.press(
        request,
        load=lambda: get_written_story(request.actor, uid),
        act=lambda story: stories.remove(story=story, by=request.actor),
        done=lambda story, _: acts.said(request, f"“{story}”已删除。", "public:story-list"),
        ask=lambda story: acts.Question(
            "删除这篇公开故事？",
            [f"“{story}”的文字、图片和登记的同意都删去，不能恢复。"],
            "删除",
        ),
        back=lambda story: story,
    )
