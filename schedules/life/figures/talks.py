"""The figures of 谈心谈话: talks held in a period, and how many of the roll were talked with in its
year. Each is counted from rows that are never changed, by what was written down at the moment."""

from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core import figures
from core.figures import Counts, Figure, Gauge, Place, Trees, Window
from members.models import MemberStanding
from members.models.member import ON_ROLL
from members.queries import past
from orgs.permissions import Permission
from orgs.queries.places import counted

from ..models import Talk
from ..queries.talks import talked, year_until

HELD, TALKED = "talks_held", "members_talked"


def _address(name: str) -> Callable[[Place, Window], str]:
    def address(place: Place, window: Window) -> str:
        values = {
            "organization": place.pk,
            "period": window.period,
            **figures.when_words(window),
        }
        return f"{reverse(name)}?{urlencode(values)}"

    return address


@figures.register(
    Figure(
        HELD,
        "本月谈心谈话",
        unit="次",
        source="谈心谈话登记",
        address=_address("life:talk-rows"),
        permission=Permission.LIFE_VIEW,
        names=("本期谈心谈话", "本期谈心谈话次数", "本期开展谈心谈话"),
    )
)
def count_talks(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Talks by their organisations. One query, and one for a past tree."""
    rows = Talk.objects.known(window.known_at).filter(held_on__range=(window.first, window.end))
    return counted(rows, dict.fromkeys(keys, Q()), paths, window.closing, trees)


@figures.register(
    Figure(
        TALKED,
        "今年谈过心的党员",
        unit="人",
        source="谈心谈话登记，期末在册党员中，年初到期末谈过的",
        address=_address("life:talk-coverage"),
        permission=Permission.LIFE_VIEW,
        since=past.kept_since,
        gauge=Gauge("谈心谈话覆盖率", 100, of="members_on_roll", since_new_year=True),
    )
)
def count_members_talked(
    keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
) -> Mapping[str, Counts]:
    """Members of the roll at the window's end. One query, and one for a past tree."""
    on_roll = MemberStanding.objects.on(window.end, window.known_at).filter(ON_ROLL)
    rows = talked(on_roll, *year_until(window.end), window.known_at)
    return counted(rows, dict.fromkeys(keys, Q()), paths, window.closing, trees)
