from django.urls import reverse

from core.models import ImportBatch


class OrganizationImport(ImportBatch):
    """An uploaded 党组织花名册."""

    class Meta:
        verbose_name = verbose_name_plural = "党组织导入"
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return reverse("orgs:organization-import-detail", args=[self.uid])
