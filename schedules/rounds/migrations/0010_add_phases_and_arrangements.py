import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schedules", "0009_name_reports_after_no_period"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="check_begun_at",
            field=models.DateTimeField(null=True, verbose_name="开始核报"),
        ),
        migrations.AddField(
            model_name="duty",
            name="check_begun_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="duty",
            name="check_begun_by_name",
            field=models.CharField(blank=True, max_length=100, verbose_name="开始核报人"),
        ),
        migrations.AddField(
            model_name="duty",
            name="extended_from",
            field=models.DateField(null=True, verbose_name="原截止日"),
        ),
        migrations.AddField(
            model_name="duty",
            name="mend_at",
            field=models.DateTimeField(null=True, verbose_name="补报截止"),
        ),
        migrations.AddField(
            model_name="duty",
            name="mend_by",
            field=models.DateField(null=True, verbose_name="补报截止日"),
        ),
        migrations.AddField(
            model_name="duty",
            name="phase",
            field=models.CharField(
                choices=[("running", "未到期"), ("due", "已到期"), ("locked", "已锁定")],
                default="running",
                max_length=8,
                verbose_name="时段",
            ),
        ),
        migrations.AddField(
            model_name="dutystanding",
            name="phase",
            field=models.CharField(
                choices=[("running", "未到期"), ("due", "已到期"), ("locked", "已锁定")],
                default="running",
                max_length=8,
                verbose_name="时段",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="mend_working_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="退回后几个工作日内补齐；补录的组织也从这时起算。",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(60),
                ],
                verbose_name="补报期限（工作日）",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="outcomes",
            field=models.JSONField(blank=True, default=list, verbose_name="上期打算的结果"),
        ),
        migrations.AddField(
            model_name="reportitem",
            name="reply",
            field=models.CharField(blank=True, max_length=300, verbose_name="回复"),
        ),
        migrations.AddField(
            model_name="rollup",
            name="locked",
            field=models.PositiveIntegerField(default=0, verbose_name="锁定未报"),
        ),
        migrations.AddField(
            model_name="rollup",
            name="missing",
            field=models.PositiveIntegerField(default=0, verbose_name="未报"),
        ),
        migrations.AlterField(
            model_name="reportstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "报送"),
                    ("resubmitted", "补充报送"),
                    ("accepted", "通过"),
                    ("returned", "退回"),
                    ("confirmed", "复核通过"),
                    ("reopened", "重新打开"),
                    ("withdrawn", "撤回"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="DutyStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=100)),
                ("by_organization", models.CharField(blank=True, max_length=100)),
                ("text", models.CharField(blank=True, max_length=400)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("waived", "免报"),
                            ("resumed", "撤销免报"),
                            ("extended", "延期"),
                            ("unlocked", "重新开放"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="schedules.duty",
                    ),
                ),
            ],
            options={
                "verbose_name": "免报与延期经过",
                "verbose_name_plural": "免报与延期经过",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
    ]
