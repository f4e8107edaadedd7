"""在外单位参加的组织生活: who of an organisation was a guest elsewhere, and counts at home."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from core.actor import Actor
from core.tabular.writing import Column
from members.models import Member
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Attendance
from ..queries.attendance import elsewhere
from . import Ledger, Line, Stretches, has_several, register
from .meetings import name_of

KEY = "elsewhere"


def rows(actor: Actor, place: Organization, year: int) -> Stretches:
    """By day where it is one branch, else by organisation and day. Of the other organisation's
    record there is nothing but its day, its kind and whose it is. Two queries a page."""
    found = elsewhere(actor, place.path, dt.date(year, 1, 1), dt.date(year, 12, 31))
    order = ("organization__path",) if has_several(place) else ()
    ordered = found.order_by(*order, "meeting__held_on", "member__name_pinyin", "pk")

    def read(some: Sequence[Attendance], first: int) -> list[Line]:
        ours = {one.member_id for one in some}
        seen = set(
            Member.objects.visible_to(actor, Permission.LIFE_VIEW)
            .filter(pk__in=ours)
            .values_list("pk", flat=True)
        )
        return [
            Line(
                (
                    number,
                    name_of(one.organization),
                    one.member.name,
                    one.meeting.held_on,
                    one.meeting.get_kind_display(),
                    name_of(one.meeting.organization),
                ),
                _own_page(one.member_id, year) if one.member_id in seen else "",
            )
            for number, one in enumerate(some, start=first)
        ]

    return Stretches(ordered, read)


def _own_page(member_id: int, year: int) -> str:
    address = reverse("life:attendance-list", args=[member_id])
    return f"{address}?year={year}&show=elsewhere"


register(
    Ledger(
        key=KEY,
        title="在外单位参加的组织生活",
        columns=(
            Column("序号", "integer", 7),
            Column("所在党支部", width=28),
            Column("姓名", width=12),
            Column("时间", "date", 14),
            Column("类别", width=16),
            Column("召开单位", width=34),
        ),
        rows=rows,
        order=35,
        note="由召开单位登记，计入本人所在支部和学时，不用再记。",
        several=(1,),
        unit="人次",
        lead=2,
        is_bound=False,
    )
)
