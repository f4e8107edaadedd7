from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("life", "0007_index_days_of_all_versions"),
        ("members", "0010_withdraw_decisions"),
        ("orgs", "0015_withdraw_proposals"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(
                fields=["organization"],
                name="attendance_of_guest",
                condition=models.Q(presence="guest"),
            ),
        ),
    ]
