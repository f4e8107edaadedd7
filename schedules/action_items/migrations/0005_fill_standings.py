"""Takes down how items stand that are under way; of how they stood before, that nobody knows it.

With whom an item was before it was handed on, and by which date it had been due, was not kept: a
stretch without a state from giving it out until now, or until it was closed. Days before the end
of the last such stretch cannot be counted.
"""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

UNDER_WAY = ("issued", "doing", "waiting", "reported")
BATCH = 1000


def fill(apps, schema_editor):
    ActionItem = apps.get_model("action_items", "ActionItem")
    ActionStep = apps.get_model("action_items", "ActionStep")
    ActionStanding = apps.get_model("action_items", "ActionStanding")
    now = timezone.now()
    items = ActionItem.objects.exclude(shape="shared").exclude(issued_at=None).order_by("pk")

    def take_down(rows):
        ActionStanding.objects.bulk_create(rows, batch_size=BATCH)

    take_down(
        ActionStanding(item_id=pk, owner_id=owner, state="", since=since, until=now)
        for pk, owner, since in items.filter(state__in=UNDER_WAY).values_list(
            "pk", "owner_id", "issued_at"
        )
    )
    take_down(
        ActionStanding(
            item_id=pk, owner_id=owner, state=state, receipt_due_on=receipt, due_on=due, since=now
        )
        for pk, owner, state, receipt, due in items.filter(state__in=UNDER_WAY).values_list(
            "pk", "owner_id", "state", "receipt_due_on", "due_on"
        )
    )
    cancelled = ActionStep.objects.filter(item=OuterRef("pk"), kind="cancelled").order_by("-at")
    ended = items.exclude(state__in=UNDER_WAY).annotate(
        end=Coalesce(F("verified_at"), Subquery(cancelled.values("at")[:1]), now)
    )
    take_down(
        ActionStanding(item_id=pk, owner_id=owner, state="", since=since, until=end)
        for pk, owner, since, end in ended.values_list("pk", "owner_id", "issued_at", "end")
    )


class Migration(migrations.Migration):
    dependencies = [("action_items", "0004_keep_standings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
