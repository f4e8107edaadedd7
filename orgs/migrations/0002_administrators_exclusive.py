"""The three administrators are exclusive, and hold no work role: the database refuses it."""

from django.db import migrations

from orgs import exclusive


def install(apps, schema_editor):
    exclusive.install(schema_editor)


def remove(apps, schema_editor):
    exclusive.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
