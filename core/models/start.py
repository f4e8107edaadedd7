from django.db import models

from ..privacy import Personal


class StartMark(models.Model):
    """What was seen to work while the installation was started: that a mail went out, that all
    steps were done."""

    PRIVACY = {"by_name": Personal("to know who tried it")}

    key = models.CharField(max_length=40, unique=True)
    is_good = models.BooleanField(default=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=100)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "启用记录"

    def __str__(self) -> str:
        return self.key
