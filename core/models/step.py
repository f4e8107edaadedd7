from django.db import models

from ..privacy import Personal


class Step(models.Model):
    """One step of a row's way, as its timeline shows it. The app adds the foreign key to the row
    and the choices of `kind`; `core.states` says when, and by whom."""

    PRIVACY = {
        "by_name": Personal("to show who did what"),
        "text": Personal("to show why; may name people"),
    }

    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=100)
    by_organization = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "id"]
