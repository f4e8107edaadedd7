"""The figures this slice knows: reports sent, and on time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Gauge, Place, Trees, Window
from orgs.enums import BRANCH_KINDS
from orgs.permissions import Permission
from orgs.queries.places import counted

from .models.duty import LATE
from .models.vocabulary import Counted, conditions
from .queries.sent import OWED, moment_of, owed, sent

_CONDITIONS = {"reports_sent": Q(), "reports_on_time": conditions(LATE)[Counted.ON_TIME]}


def _list(**query: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        values = {
            "organization": place.pk,
            "period": window.period,
            **query,
            **figures.when_words(window),
        }
        return f"{reverse('schedules:report-sent')}?{urlencode(values)}"

    return address


@figures.register(
    Figure(
        "reports_sent",
        "支部已报送",
        unit="份",
        source="月报",
        address=_list(),
        permission=Permission.REPORT_VIEW,
        names=("支部已报送", "已报送支部", "已报送的支部"),
    ),
    Figure(
        "reports_on_time",
        "其中按时",
        unit="份",
        source="月报",
        address=_list(on_time="1"),
        permission=Permission.REPORT_VIEW,
        names=("按时报送支部", "按时报送的支部", "支部按时报送"),
    ),
)
def count_sent(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """What branches have sent of the first plan owed at the period's cadence. One query, and one
    for a past tree."""
    rows = sent(window.period, window.day, window.known_at)
    wanted = {key: _CONDITIONS[key] for key in keys}
    return counted(rows, wanted, paths, window.closing, trees, kinds=BRANCH_KINDS)


DUE = "monthly_reports_due"
_OWED = {
    DUE: ("due", "应报月报", None),
    "monthly_reports_on_time": ("on_time", "按时报送的月报", Gauge("月报按时率", 95, of=DUE)),
    "monthly_reports_unsent": ("unsent", "到期未报的月报", None),
}


@figures.register(
    *(
        Figure(
            key,
            label,
            unit="份",
            source="月报（期内各月已到期的）",
            address=_list(owed=show),
            permission=Permission.REPORT_VIEW,
            gauge=gauge,
        )
        for key, (show, label, gauge) in _OWED.items()
    )
)
def count_owed(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """What branches owed each month of the period, whatever its length, and what became of it. One
    query, and one for a past tree."""
    moment = moment_of(window.day, window.known_at)
    wanted = {key: OWED[_OWED[key][0]](moment) for key in keys}
    rows = owed(window.period, moment)
    return counted(rows, wanted, paths, window.closing, trees, kinds=BRANCH_KINDS)
