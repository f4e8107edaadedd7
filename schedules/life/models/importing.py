from django.urls import reverse

from core.models import ImportBatch


class LedgerImport(ImportBatch):
    """An uploaded 三会一课台账, or one that was pasted."""

    class Meta:
        verbose_name = verbose_name_plural = "台账导入"
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return reverse("life:import-detail", args=[self.uid])
