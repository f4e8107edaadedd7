"""The ledgers of 谈心谈话, 双重组织生活 and 志愿服务."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.tabular.writing import Column
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import HELD, MeetingKind, Presence, TalkPair
from ..models import Attendance, MeetingUnit
from ..queries import dual_life, talks
from ..queries.talk_readers import sees_names
from ..rules import spent_hours
from . import Ledger, Line, register

HIDDEN = "—"  # where somebody does not see between whom it was


def talk_lines(actor: Actor, place: Organization, year: int) -> Sequence[Line]:
    """Each talk: that it took place, and with whom for those who see it. Never what was said, to
    nobody. Two queries."""
    rows = talks.listed(
        actor, first=dt.date(year, 1, 1), last=dt.date(year, 12, 31), place=place
    ).order_by("organization__path", "held_on", "pk")
    places = {
        one.pk: (str(one), sees_names(actor, one))
        for one in Organization.objects.visible_to(actor, Permission.LIFE_VIEW).below(place.path)
    }
    labels = dict(TalkPair.choices)
    pages = reverse("life:talk-list")  # looked up once: a year of the zone has 15,000
    found = []
    for uid, pk, day, where, pair, led, leader, had, partner in rows.values_list(
        *("uid", "organization_id", "held_on", "place", "pair"),
        *("talker_name", "talker__name", "partner_name", "partner__name"),
    ):
        name, near = places[pk]
        hidden = (HIDDEN, HIDDEN, HIDDEN)
        told = (where or None, leader or led, partner or had) if near else hidden
        found.append(Line((name, day, *told, labels[pair], None), f"{pages}{uid}/"))
    return found


register(
    Ledger(
        key="talks",
        title="谈心谈话登记表",
        columns=(
            Column("单位", width=24),
            Column("谈话时间", "date", 12),
            Column("地点", width=18),
            Column("谈话人", width=10),
            Column("谈话对象", width=10),
            Column("类别", width=16),
            Column("双方签字", width=16),
        ),
        rows=talk_lines,
        order=30,
        note=(
            "主要内容、问题与建议、谈话事由只有谈话双方和党支部书记在系统里看得到，"
            "不进登记表，对任何人都一样；谁和谁谈的，本党组织和直接上级看得到。"
        ),
    )
)


def dual_lines(actor: Actor, place: Organization, year: int) -> Sequence[Line]:
    """The leaders of each committee at and below the place. Four queries."""
    places = (
        Organization.objects.active()
        .visible_to(actor, Permission.LIFE_VIEW)
        .below(place.path)
        .filter(kind__in=dual_life.LED)
        .order_by("path")
    )
    day = min(clock.today(), dt.date(year, 12, 31))
    return [
        Line(
            (
                str(one.office.organization),
                one.office.person_name,
                one.office.get_post_display(),
                str(one.branch) if one.branch else None,
                one.times,
                one.last_on,
                f"下级名册里有 {one.namesakes} 名同名党员，请核对"
                if one.namesakes
                else None
                if one.branch
                else "下级名册里没有找到",
            )
        )
        for one in dual_life.leaders(list(places), year, day)
    ]


register(
    Ledger(
        key="dual-life",
        title="领导班子成员参加双重组织生活台账",
        columns=(
            Column("单位", width=24),
            Column("姓名", width=10),
            Column("职务", width=12),
            Column("所在党支部", width=26),
            Column("参加次数", "integer", 10),
            Column("最近一次", "date", 12),
            Column("说明", width=20),
        ),
        rows=dual_lines,
        order=35,
        note="从所在党支部的点名里取：支部党员大会、党课、主题党日、组织生活会等以普通党员身份到会的次数。",
    )
)


def volunteer_lines(actor: Actor, place: Organization, year: int) -> Sequence[Line]:
    """Each 志愿服务 with who took part and how long. Two queries."""
    units = list(
        MeetingUnit.objects.visible_to(actor)
        .filter(
            organization__in=Organization.objects.below(place.path).values("pk"),
            meeting__kind=MeetingKind.VOLUNTEERING,
            meeting__superseded_at=None,
            meeting__state__in=HELD,
            meeting__held_on__year=year,
        )
        .select_related("meeting", "organization")
        .order_by("organization__path", "meeting__held_on", "pk")
    )
    who: dict[tuple[int, int], list[str]] = {}
    rows = (
        Attendance.objects.filter(
            meeting__in=[one.meeting_id for one in units], presence=Presence.PRESENT
        )
        .order_by("member__name_pinyin", "pk")
        .values_list("meeting_id", "organization_id", "member__name")
    )
    for meeting, organization, name in rows:
        who.setdefault((meeting, organization), []).append(name)
    found = []
    for one in units:
        names = who.get((one.meeting_id, one.organization_id), [])
        hours = spent_hours(one.meeting.starts_at, one.meeting.ends_at)
        found.append(
            Line(
                (
                    str(one.organization),
                    one.meeting.held_on,
                    one.meeting.topic,
                    one.meeting.place or None,
                    len(names),
                    hours,
                    hours * len(names) if hours is not None else None,
                    "、".join(names),
                ),
                one.meeting.get_absolute_url(),
            )
        )
    return found


register(
    Ledger(
        key="volunteering",
        title="志愿服务台账",
        columns=(
            Column("单位", width=24),
            Column("日期", "date", 12),
            Column("服务内容", width=28),
            Column("地点", width=18),
            Column("参加人数", "integer", 10),
            Column("时长（小时）", "number", 12),
            Column("合计（人·小时）", "number", 14),
            Column("参加党员", width=40),
        ),
        rows=volunteer_lines,
        order=40,
        paper=(0, 1, 2, 4, 5, 7),
        note="时长按记录的开始和结束时间算；没有填时间的不算时长。",
    )
)
