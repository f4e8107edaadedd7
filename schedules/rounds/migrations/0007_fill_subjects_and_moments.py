"""Gives forms their plan, plans what fulfils them, standings their deadline."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def fill(apps, schema_editor):
    """All forms so far are those of the one plan with a form."""
    Plan = apps.get_model("schedules", "Plan")
    ReportDefinition = apps.get_model("schedules", "ReportDefinition")
    Duty = apps.get_model("schedules", "Duty")
    DutyStanding = apps.get_model("schedules", "DutyStanding")
    RollupMark = apps.get_model("schedules", "RollupMark")
    Plan.objects.filter(definition_key="").update(fulfilment="record")
    plan = Plan.objects.exclude(definition_key="").order_by("pk").first()
    if plan is None and ReportDefinition.objects.exists():
        plan = Plan.objects.create(
            key="monthly_report",
            name="月报",
            about="每月一次，次月 5 日前报送，遇休息日顺延。",
            definition_key="monthly",
            starts_on=timezone.localdate().replace(day=1),
            ends_on=timezone.localdate(),
        )
    ReportDefinition.objects.update(plan=plan)
    MonthlyReport = apps.get_model("schedules", "MonthlyReport")
    sent = MonthlyReport.objects.filter(duty_id=OuterRef("pk")).values("submitted_at")[:1]
    Duty.objects.exclude(submitted_at=None).update(sent_at=Subquery(sent))
    due = Duty.objects.filter(pk=OuterRef("duty_id")).values("due_at")[:1]
    DutyStanding.objects.update(due_at=Subquery(due))
    # What is missing is counted anew with its deadline; the other figures stay as they are.
    now = timezone.now()
    rows = (
        Duty.objects.filter(submitted_at=None)
        .exclude(state="waived")
        .order_by("pk")
        .values_list("plan_id", "organization_id", "period")
    )
    RollupMark.objects.bulk_create(
        (
            RollupMark(plan_id=plan_id, organization_id=organization_id, period=period, at=now)
            for plan_id, organization_id, period in rows.iterator(chunk_size=2000)
        ),
        batch_size=2000,
    )


def unfill(apps, schema_editor):
    Plan = apps.get_model("schedules", "Plan")
    Plan.objects.filter(fulfilment="report").update(definition_key="monthly")


class Migration(migrations.Migration):
    dependencies = [("schedules", "0006_widen_duties")]

    operations = [migrations.RunPython(fill, unfill)]
