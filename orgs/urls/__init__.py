"""Addresses of organisations, accounts and administration, one module per noun."""

from django.urls import URLPattern

from . import accounts, deputies, exports, namings, organizations, tokens

app_name = "orgs"

urlpatterns: list[URLPattern] = [
    *accounts.urlpatterns,
    *deputies.urlpatterns,
    *exports.urlpatterns,
    *namings.urlpatterns,
    *organizations.urlpatterns,
    *tokens.urlpatterns,
]
