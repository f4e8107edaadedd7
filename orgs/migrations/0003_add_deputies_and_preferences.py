import django.db.models.deletion
from django.db import migrations, models

from orgs import exclusive


def install(apps, schema_editor):
    exclusive.install(schema_editor)


def remove(apps, schema_editor):
    exclusive.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0002_administrators_exclusive"),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="rolegrant",
            name="deputy_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deputies",
                to="orgs.rolegrant",
                verbose_name="代理",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="reminder_hour",
            field=models.PositiveSmallIntegerField(default=8, verbose_name="提醒时间"),
        ),
        migrations.AddField(
            model_name="user",
            name="reminders_by_mail",
            field=models.BooleanField(default=True, verbose_name="提醒同时发邮件"),
        ),
        migrations.AddField(
            model_name="user",
            name="weekly_summary",
            field=models.BooleanField(default=False, verbose_name="每周汇总"),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deputy_for", None), ("valid_to__isnull", False), _connector="OR"
                ),
                name="grant_of_deputy_ends",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
