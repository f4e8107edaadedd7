from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("life", "0006_add_imports_and_sent_once")]

    operations = [
        migrations.RemoveIndex(model_name="meeting", name="life_of_day"),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["held_on", "kind"], name="life_of_day"),
        ),
    ]
