from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schedules", "0008_duty_by_subject_and_day")]

    operations = [
        migrations.RenameModel("MonthlyReport", "Report"),
        migrations.AlterField(
            model_name="report",
            name="organization",
            field=models.ForeignKey(
                on_delete=models.deletion.PROTECT, related_name="reports", to="orgs.organization"
            ),
        ),
    ]
