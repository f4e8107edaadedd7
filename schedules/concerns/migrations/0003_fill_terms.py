from django.db import migrations


def fill_terms(apps, schema_editor):
    """Each concern that is there gets the time limit that it has now; of earlier ones nothing is known."""
    Concern = apps.get_model("concerns", "Concern")
    ConcernTerm = apps.get_model("concerns", "ConcernTerm")
    terms = []
    for one in Concern.objects.order_by("pk").iterator(500):
        is_open = one.state in ("waiting", "doing")
        is_elsewhere = one.state == "elsewhere"
        ended_at = one.ended_at if is_elsewhere else one.answered_at
        terms.append(
            ConcernTerm(
                concern=one,
                organization_id=one.organization_id,
                due_at=one.due_at,
                ended_at=None if is_open else ended_at or one.ended_at or one.due_at,
                is_elsewhere=is_elsewhere,
                called_at=one.called_at if one.state == "closed" else None,
                call_back=one.call_back if one.state == "closed" else "",
            )
        )
        if len(terms) == 500:
            ConcernTerm.objects.bulk_create(terms)
            terms = []
    ConcernTerm.objects.bulk_create(terms)


class Migration(migrations.Migration):
    dependencies = [("concerns", "0002_add_terms_practices_and_templates")]
    operations = [migrations.RunPython(fill_terms, migrations.RunPython.noop)]
