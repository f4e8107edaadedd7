"""Addresses of the public form: for residents without signing in, for the office that keeps it."""

from django.urls import path

from ..views import filings, public_forms

ADDRESSES = [
    path("showcase/concerns/new/", filings.filing_create, name="filing-create"),
    path("showcase/concerns/query/", filings.filing_query, name="filing-query"),
    path("concerns/public-form/", public_forms.form_edit, name="form-edit"),
    path("concerns/public-form/bodies/new/", public_forms.body_create, name="body-create"),
    path(
        "concerns/public-form/bodies/<int:pk>/",
        public_forms.body_edit,
        name="body-edit",
    ),
    path("concerns/<uuid:uid>/drop/", public_forms.concern_drop, name="concern-drop"),
]
