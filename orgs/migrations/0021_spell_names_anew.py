"""What organisations are found by: every usual reading, look-alikes as what they look like."""

from django.db import migrations

from orgs import titles


def spell_all(apps, schema_editor):
    organizations = apps.get_model("orgs", "Organization").objects
    rows = list(organizations.order_by("pk").only("name", "name_key"))
    for row in rows:
        row.name_key = titles.name_key(row.name)
        row.name_pinyin, row.name_initials = titles.spelled(row.name)
    organizations.bulk_update(rows, ["name_key", "name_pinyin", "name_initials"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0020_find_by_every_reading"),
    ]

    operations = [
        migrations.RunPython(spell_all, migrations.RunPython.noop, elidable=True),
    ]
