from django.urls import reverse

from core.models import ImportBatch


class ConcernImport(ImportBatch):
    """An uploaded sheet of the city's 12345 work orders."""

    class Meta:
        verbose_name = verbose_name_plural = "12345工单导入"
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return reverse("concerns:import-detail", args=[self.uid])
