"""Addresses of stories, and of the pages for all. Below /showcase/ stands nothing that one signs in for."""

from django.urls import path

from ..views import pictures, publishing, showcase, stories

app_name = "public"
_ONE = "stories/<uuid:uid>/"
_PICTURE = "stories/pictures/<uuid:uid>/"
urlpatterns = [
    path("showcase/", showcase.front, name="front"),
    path("showcase/pictures/<uuid:uid>/", showcase.picture_show, name="picture-show"),
    path("showcase/<slug:kind>/", showcase.page_list, name="page-list"),
    path("showcase/<slug:kind>/<slug:slug>/", showcase.page_detail, name="page-detail"),
    path("stories/", stories.story_list, name="story-list"),
    path("stories/new/", stories.story_create, name="story-create"),
    path(_PICTURE, pictures.picture_open, name="picture-open"),
    path(f"{_PICTURE}edit/", pictures.picture_edit, name="picture-edit"),
    path(f"{_PICTURE}remove/", pictures.picture_remove, name="picture-remove"),
    path(_ONE, stories.story_detail, name="story-detail"),
    path(f"{_ONE}preview/", stories.story_preview, name="story-preview"),
    path(f"{_ONE}edit/", stories.story_edit, name="story-edit"),
    path(f"{_ONE}pictures/", pictures.picture_add, name="picture-add"),
    path(f"{_ONE}hand-in/", stories.story_hand_in, name="story-hand-in"),
    path(f"{_ONE}take-back/", stories.story_take_back, name="story-take-back"),
    path(f"{_ONE}reopen/", stories.story_reopen, name="story-reopen"),
    path(f"{_ONE}remove/", stories.story_remove, name="story-remove"),
    path(f"{_ONE}publish/", publishing.story_publish, name="story-publish"),
    path(f"{_ONE}return/", publishing.story_return, name="story-return"),
    path(f"{_ONE}schedule/", publishing.story_schedule, name="story-schedule"),
    path(f"{_ONE}take-down/", publishing.story_take_down, name="story-take-down"),
]
