from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_add_made_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="StartMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("is_good", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=100)),
                ("detail", models.CharField(blank=True, max_length=300)),
            ],
            options={"verbose_name": "启用记录", "verbose_name_plural": "启用记录"},
        ),
    ]
