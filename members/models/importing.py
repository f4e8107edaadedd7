from django.urls import reverse

from core.models import ImportBatch


class MemberImport(ImportBatch):
    """An uploaded 党员花名册."""

    class Meta:
        verbose_name = verbose_name_plural = "党员导入"
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return reverse("members:member-import-detail", args=[self.uid])
