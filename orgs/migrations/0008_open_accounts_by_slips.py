import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from orgs import exclusive


def install(apps, schema_editor):
    exclusive.install(schema_editor)


def remove(apps, schema_editor):
    exclusive.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0007_keep_terms"),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="user",
            name="opened_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="proof_due",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="proof_failures",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="slip_printed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="密码条印于"),
        ),
        migrations.AddField(
            model_name="user",
            name="slip_printed_by_name",
            field=models.CharField(blank=True, editable=False, max_length=100),
        ),
        migrations.AlterField(
            model_name="officeholding",
            name="post",
            field=models.CharField(
                choices=[
                    ("secretary", "书记"),
                    ("deputy_secretary", "副书记"),
                    ("first_secretary", "第一书记"),
                    ("organization_commissioner", "组织委员"),
                    ("publicity_commissioner", "宣传委员"),
                    ("discipline_commissioner", "纪检委员"),
                    ("united_front_commissioner", "统战委员"),
                    ("youth_commissioner", "青年委员"),
                    ("commissioner", "委员"),
                    ("organization_section_chief", "组织科长"),
                    ("party_affairs_officer", "党务干事"),
                    ("organizer", "组织员"),
                ],
                max_length=32,
                verbose_name="职务",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
