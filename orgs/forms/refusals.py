"""Shows on a form why an action refused."""

from django.forms import BaseForm

from core.errors import DomainError


def show(form: BaseForm, error: DomainError) -> None:
    """Puts the refusal beside the field that it names, else on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
