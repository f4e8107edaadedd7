"""A duty is one of plan, subject and day; a report belongs to its duty alone."""

import django.db.models.deletion
from django.db import migrations, models

OUTSTANDING = models.Q(("state__in", ["open", "returned"]))


class Migration(migrations.Migration):
    dependencies = [("schedules", "0007_fill_subjects_and_moments")]

    operations = [
        migrations.AlterField(
            model_name="reportdefinition",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="definitions",
                to="schedules.plan",
            ),
        ),
        migrations.AlterField(
            model_name="dutystanding",
            name="due_at",
            field=models.DateTimeField(verbose_name="截止"),
        ),
        migrations.RemoveField(model_name="plan", name="definition_key"),
        migrations.RemoveConstraint(model_name="duty", name="duty_once_a_period"),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                fields=("plan", "organization", "subject_kind", "subject_id", "due_on"),
                name="duty_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject_kind", "")),
                fields=("plan", "organization", "period"),
                name="duty_once_a_period",
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=OUTSTANDING,
                fields=["organization", "due_on"],
                name="duty_outstanding_here",
            ),
        ),
        migrations.RemoveConstraint(model_name="monthlyreport", name="report_once_a_month"),
        migrations.AddIndex(
            model_name="monthlyreport",
            index=models.Index(fields=["organization", "period"], name="report_of_organization"),
        ),
        migrations.AlterField(
            model_name="monthlyreport",
            name="period",
            field=models.CharField(max_length=8, verbose_name="期间"),
        ),
        migrations.AlterModelOptions(
            name="monthlyreport",
            options={"verbose_name": "报表", "verbose_name_plural": "报表"},
        ),
        migrations.AlterModelOptions(
            name="reportattachment",
            options={"verbose_name": "报表附件", "verbose_name_plural": "报表附件"},
        ),
        migrations.AlterModelOptions(
            name="reportdefinition",
            options={
                "ordering": ["key", "-version"],
                "verbose_name": "表样",
                "verbose_name_plural": "表样",
            },
        ),
        migrations.AlterModelOptions(
            name="reportitem",
            options={
                "ordering": ["position"],
                "verbose_name": "报表项目",
                "verbose_name_plural": "报表项目",
            },
        ),
        migrations.AlterModelOptions(
            name="reportstep",
            options={
                "ordering": ["at", "id"],
                "verbose_name": "报表经过",
                "verbose_name_plural": "报表经过",
            },
        ),
        migrations.AlterModelOptions(
            name="reportversion",
            options={
                "ordering": ["-revision"],
                "verbose_name": "报表版本",
                "verbose_name_plural": "报表版本",
            },
        ),
    ]
