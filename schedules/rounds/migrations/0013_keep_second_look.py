from django.db import migrations


def keep_second_look(apps, schema_editor):
    """What is open was opened under the plan's rule as it stands."""
    plans = apps.get_model("schedules", "Plan").objects.filter(needs_second_look=True)
    apps.get_model("schedules", "Duty").objects.filter(plan__in=plans).update(
        needs_second_look=True
    )


class Migration(migrations.Migration):
    dependencies = [("schedules", "0012_widen_plans_and_forms")]

    operations = [migrations.RunPython(keep_second_look, migrations.RunPython.noop, elidable=True)]
