from django.db import migrations


def install(apps, schema_editor):
    from core.audit import install_guards

    install_guards(schema_editor.connection)


def remove(apps, schema_editor):
    from core.audit import remove_guards

    remove_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
