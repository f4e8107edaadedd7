"""What demo parts that let a panel judge long ago have in common."""

from core.models import Effect, Notification

from ..models import Panel


def forget(panel: Panel) -> None:
    """That people were asked, long ago, is told to nobody: neither on their pages nor by mail."""
    told = Notification.objects.filter(about=f"panel:{panel.pk}")
    keys = [f"mail:{key}" for key in told.values_list("key", flat=True)]
    Effect.objects.filter(key__in=keys).delete()
    told.delete()
