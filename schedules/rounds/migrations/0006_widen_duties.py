"""Duties of every kind: a plan says what fulfils it, a duty has a subject, a form its plan."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_add_enabled_at"),
        ("schedules", "0005_index_children_and_deadlines"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="fulfilment",
            field=models.CharField(default="report", max_length=40, verbose_name="办理方式"),
        ),
        migrations.AddField(
            model_name="plan",
            name="required_count",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="每期要办几次，如每季度三次。",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(99),
                ],
                verbose_name="应办次数",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="position",
            field=models.PositiveSmallIntegerField(default=10, verbose_name="排序"),
        ),
        migrations.AddField(
            model_name="reportdefinition",
            name="plan",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="definitions",
                to="schedules.plan",
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="subject_kind",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="对象种类"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="duty",
            name="subject_id",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="duty",
            name="subject_label",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="对象"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="duty",
            name="begins_on",
            field=models.DateField(null=True, verbose_name="起始日"),
        ),
        migrations.AddField(
            model_name="duty",
            name="required_count",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="应办次数"),
        ),
        migrations.AddField(
            model_name="duty",
            name="done_count",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="已办次数"),
        ),
        migrations.AddField(
            model_name="duty",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="最近报送"),
        ),
        migrations.AddField(
            model_name="duty",
            name="return_reason",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="退回原因"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="duty",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="dutystanding",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="截止"),
        ),
        migrations.AddField(
            model_name="rollup",
            name="missing_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="DutyRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_on", models.DateField(verbose_name="办理日期")),
                ("text", models.CharField(max_length=300, verbose_name="情况")),
                ("recorded_by_id", models.BigIntegerField(null=True)),
                ("recorded_by_name", models.CharField(max_length=100, verbose_name="登记人")),
                ("recorded_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="schedules.duty",
                    ),
                ),
            ],
            options={
                "verbose_name": "办理登记",
                "verbose_name_plural": "办理登记",
                "ordering": ["done_on", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="dutyrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("duty", "done_on", "text"),
                name="record_written_once",
            ),
        ),
    ]
