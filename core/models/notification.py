from django.conf import settings
from django.db import models
from django.db.models import Q

from ..privacy import Personal


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class Notification(models.Model):
    """A message in a person's inbox. The key makes a retried sending harmless."""

    PRIVACY = {
        "title": Personal("to tell the person what waits for him"),
        "body": Personal("to tell the person what waits for him"),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    key = models.CharField("唯一键", max_length=200, unique=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    url = models.CharField("链接", max_length=300, blank=True)
    about = models.CharField("事项", max_length=60, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读于", null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_inbox"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(fields=["about"], name="notification_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.title
