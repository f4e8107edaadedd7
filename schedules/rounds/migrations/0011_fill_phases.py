"""Says how far the clock has brought each duty, and by when what came back is to be mended."""

import datetime as dt

from django.db import migrations
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

MENDING_DAYS = 5  # three working days, whatever the calendar says


def fill(apps, schema_editor):
    Duty = apps.get_model("schedules", "Duty")
    DutyStanding = apps.get_model("schedules", "DutyStanding")
    Rollup = apps.get_model("schedules", "Rollup")
    RollupMark = apps.get_model("schedules", "RollupMark")
    now = timezone.now()
    Duty.objects.filter(due_at__lt=now).update(phase="due")
    Duty.objects.filter(locks_at__lt=now).update(phase="locked")
    day = timezone.localdate(now) + dt.timedelta(days=MENDING_DAYS)
    midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    # Nobody was told of a day of its own: it begins now.
    Duty.objects.filter(state="returned").update(mend_by=day, mend_at=midnight)
    DutyStanding.objects.filter(due_at__lt=Coalesce(F("until"), now)).update(phase="due")
    phase = Duty.objects.filter(pk=OuterRef("duty_id")).values("phase")[:1]
    DutyStanding.objects.filter(until=None).update(phase=Subquery(phase))
    # Right where all have one deadline; what was never sent is counted anew all the same.
    Rollup.objects.filter(missing_due_at__lt=now).update(missing=F("expected") - F("submitted"))
    rows = (
        Duty.objects.filter(Q(submitted_at=None), due_at__lt=now)
        .exclude(state="waived")
        .order_by("pk")
        .values_list("plan_id", "organization_id", "period")
    )
    RollupMark.objects.bulk_create(
        (
            RollupMark(plan_id=plan_id, organization_id=organization_id, period=period, at=now)
            for plan_id, organization_id, period in rows.iterator(chunk_size=2000)
        ),
        batch_size=2000,
    )


class Migration(migrations.Migration):
    dependencies = [("schedules", "0010_add_phases_and_arrangements")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
