"""谈心谈话 as a duty of a year: a talk counts on the day on which it was held."""

from django.urls import reverse

from orgs.permissions import Permission
from schedules.rounds import fulfilment
from schedules.rounds.fulfilment import Kind, Words
from schedules.rounds.models import Duty

from ..queries.talks import days_of
from ..rules import TALK


def _url(duty: Duty) -> str:
    """Who opens it decides where it leads: to write one down, or to what was held."""
    return reverse("life:talk-duty-open", args=[duty.pk])


fulfilment.register(
    Kind(
        key=TALK,
        label="谈心谈话",
        words=Words(
            act="登记",
            pending="待谈",
            missing="未谈",
            sent="已谈",
            write="登记",
            hint="谈完登记一次：谁和谁、哪一天。内容可以不写，只有双方和书记看得到。",
            ready="待谈",
            ready_hint="谈完登记，",
            look="登记",
        ),
        minutes=2,
        mend_minutes=2,
        url=_url,
        view=Permission.LIFE_VIEW,
        write=Permission.LIFE_RECORD,
        send=Permission.LIFE_RECORD,
        check=None,
        done=days_of,
        counts=True,
    )
)
