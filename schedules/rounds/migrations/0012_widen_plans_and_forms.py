from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schedules", "0011_fill_phases")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="needs_second_look",
            field=models.BooleanField(default=False, verbose_name="需上级复核"),
        ),
        migrations.AddField(
            model_name="plan",
            name="basis",
            field=models.CharField(
                blank=True,
                default="",
                help_text="按哪份文件或哪次会议办，印在报表上。如《2026年党建工作要点》第 9 条。",
                max_length=200,
                verbose_name="依据",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportdefinition",
            name="removed",
            field=models.JSONField(default=list, verbose_name="删去的内容"),
        ),
        migrations.AlterField(
            model_name="plan",
            name="needs_second_look",
            field=models.BooleanField(
                default=False,
                help_text="从之后打开的期间起；已打开的仍按原来的规定。",
                verbose_name="需上级复核",
            ),
        ),
        migrations.AlterField(
            model_name="reportitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("figures", "数据"),
                    ("text", "文字"),
                    ("entries", "逐条"),
                    ("number", "数字"),
                    ("date", "日期"),
                    ("choice", "单选"),
                    ("choices", "多选"),
                    ("yes_no", "是否"),
                    ("table", "表格"),
                    ("files", "附件"),
                ],
                max_length=10,
            ),
        ),
    ]
