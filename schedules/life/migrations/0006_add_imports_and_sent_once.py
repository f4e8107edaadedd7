import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("life", "0005_add_appraisals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file_name", models.CharField(max_length=150, verbose_name="文件名")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="字节")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "等待读取"),
                            ("reading", "正在读取"),
                            ("read", "待确认"),
                            ("applying", "正在写入"),
                            ("applied", "已导入"),
                            ("refused", "无法读取"),
                            ("cancelled", "已放弃"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="进度")),
                ("counts", models.JSONField(default=dict, verbose_name="数目")),
                ("errors", models.JSONField(default=list, verbose_name="错误")),
                ("preview", models.JSONField(default=list, verbose_name="变动")),
                ("notes", models.JSONField(default=dict, verbose_name="说明")),
                ("failure", models.CharField(blank=True, max_length=500, verbose_name="原因")),
                ("grant_id", models.BigIntegerField()),
                ("uploaded_at", models.DateTimeField(verbose_name="上传于")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入于")),
            ],
            options={
                "verbose_name": "台账导入",
                "verbose_name_plural": "台账导入",
                "ordering": ["-uploaded_at"],
            },
        ),
        migrations.AddField(
            model_name="lifefile",
            name="sent_as",
            field=models.UUIDField(editable=False, null=True, verbose_name="上传号"),
        ),
        migrations.AlterField(
            model_name="lifestep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("recorded", "登记"),
                    ("imported", "从台账导入"),
                    ("changed", "修改"),
                    ("joined", "参加单位点名"),
                    ("thanked", "谢谢，够了"),
                    ("returned", "退回"),
                    ("withdrawn", "撤回"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="lifefile",
            constraint=models.UniqueConstraint(
                fields=("record_uid", "sent_as"), name="life_file_sent_once"
            ),
        ),
        migrations.AddField(
            model_name="ledgerimport",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
