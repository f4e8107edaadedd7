from django.urls import URLPattern, path

from ..views import tokens

urlpatterns: list[URLPattern] = [
    path("account/tokens/", tokens.token_list, name="token-list"),
    path("account/tokens/new/", tokens.token_create, name="token-create"),
    path("account/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("account/calendar/", tokens.calendar_renew, name="token-calendar"),
]
