"""Previews and problem lists kept by earlier releases showed first three and last four digits."""

from typing import Any

from django.db import migrations

from core.identity import mask_again


def _again(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _again(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_again(item) for item in value]
    return mask_again(value) if isinstance(value, str) else value


def mask(apps: Any, schema_editor: Any) -> None:
    """One batch after the other: there are few, and each may be long."""
    batches = apps.get_model("members", "MemberImport").objects
    for batch in batches.only("errors", "preview").iterator(chunk_size=20):
        kept = (batch.errors, batch.preview)
        batch.errors, batch.preview = _again(batch.errors), _again(batch.preview)
        if (batch.errors, batch.preview) != kept:
            batch.save(update_fields=["errors", "preview"])


class Migration(migrations.Migration):
    dependencies = [("members", "0007_spell_names_anew")]

    operations = [migrations.RunPython(mask, migrations.RunPython.noop, elidable=True)]
