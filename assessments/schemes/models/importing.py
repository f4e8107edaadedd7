from django.db import models
from django.urls import reverse

from core.models import ImportBatch

from .scheme import SchemeVersion


class SchemeImport(ImportBatch):
    """A sheet brought in for a draft, uploaded or pasted: it replaces the indicators of it."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="imports")

    class Meta:
        verbose_name = verbose_name_plural = "细则导入"
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return reverse("schemes:import-detail", args=[self.uid])
