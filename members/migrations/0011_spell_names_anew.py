"""What members are found by: names without their dots, other readings, numbers normalised."""

from django.db import migrations

from core import crypto
from members.models.member import column, phone_indexes, spell

FIELDS = ["name_key", "name_pinyin", "name_initials", "name_readings", "phone_index"]


def spell_all(apps, schema_editor):
    members = apps.get_model("members", "Member").objects
    some = []
    fields = ("uid", "name", "phone_sealed", *FIELDS)
    for member in members.order_by("pk").only(*fields).iterator(chunk_size=500):
        spell(member)
        try:
            phone = crypto.unseal(member.phone_sealed, column=column("phone"), row=member.uid)
        except crypto.Unreadable:
            phone = ""  # stays as it is found today
        if phone:
            member.phone_index = phone_indexes(phone)
        some.append(member)
        if len(some) == 500:
            members.bulk_update(some, FIELDS)
            some = []
    members.bulk_update(some, FIELDS)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_find_by_every_spelling"),
    ]

    operations = [
        migrations.RunPython(spell_all, migrations.RunPython.noop, elidable=True),
    ]
