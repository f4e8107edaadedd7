"""The kinds of fulfilment that this slice brings: a report by a form, and a plain record."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from . import fulfilment
from .actions import opening
from .fulfilment import Kind, Words
from .models import Duty
from .queries import burden, duties, openings, reports


def _report_url(duty: Duty) -> str:
    report = getattr(duty, "report", None)
    if report is None:  # waived before there was one
        return reverse("schedules:duty-detail", args=[duty.pk])
    return reverse("schedules:report-detail", args=[report.pk])


def _waiting_items(duties: Sequence[Duty]) -> Mapping[int, str]:
    counts = reports.submitted_counts([duty.pk for duty in duties])
    return {duty_id: f"{number} 项待核" for duty_id, number in counts.items()}


REPORT = fulfilment.register(
    Kind(
        key="report",
        label="按表样报送",
        words=Words(
            act="报送",
            pending="待报",
            missing="未报",
            sent="已报送",
            write="填写",
            hint="数据已由系统算好，补上文字即可报送。",
            ready="草稿已备好",
            ready_hint="数据由记录自动计算，",
            ready_note="草稿",
            look="查看草稿",
        ),
        minutes=10,
        mend_minutes=4,
        url=_report_url,
        join=("report",),
        cost=burden.cost_of_plan,
        fitting=openings.with_form,
        has_forms=True,
        open=opening.open_reports,
        returned=reports.returned_items,
        notes=_waiting_items,
        parts=reports.returned_counts,
        second=reports.second_look,
        done_by=reports.sent_by,
    )
)

RECORD = fulfilment.register(
    Kind(
        key=fulfilment.RECORD,
        label="逐次登记",
        words=Words(
            act="登记",
            pending="待登记",
            missing="未登记",
            sent="已登记",
            write="登记",
            hint="写明办理日期和情况，一两句即可。",
            ready="待登记",
            ready_hint="办理后登记，",
        ),
        minutes=3,
        mend_minutes=3,
        done_by=duties.written_by,
        counts=True,
        takes_groups=True,
    )
)
