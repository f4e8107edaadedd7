"""停止党籍 is in no denominator any more: where there is any, members are counted anew."""

from django.db import migrations
from django.utils import timezone


def mark(apps, schema_editor):
    """A mark is enough: until its organisation is counted anew its members are counted live."""
    counts = apps.get_model("members", "OwnHeadcount")
    marks = apps.get_model("members", "HeadcountMark")
    now = timezone.now()
    rows = counts.objects.filter(suspended__gt=0).values_list("organization_id", flat=True)
    marks.objects.bulk_create([marks(organization_id=pk, at=now) for pk in rows], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_keep_standings"),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
