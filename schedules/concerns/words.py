"""Words of concerns: how a clock stands, what a contact looks like from outside."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone

from core.identity import mask_phone
from orgs.models import Organization

from .enums import ConcernState
from .models import Concern
from .queries.filings import PLACES


def clock_of(concern: Concern, now: dt.datetime) -> tuple[str, str]:
    """How its time limit stands, and the tone: empty words once it is answered in time."""
    if not concern.is_open:
        return ("曾逾期", "warn") if concern.was_late else ("", "")
    left = concern.due_at - now
    hours = int(abs(left).total_seconds() // 3600)
    said = f"{hours // 24} 天" if hours >= 48 else f"{hours} 小时"
    if left < dt.timedelta():
        return f"逾期 {said}", "bad"
    return f"还有 {said}", "warn" if hours < 24 else ""


def until(concern: Concern) -> str:
    """The moment of its time limit."""
    return f"{timezone.localtime(concern.due_at):%-m月%-d日 %H:%M}"


def masked(person: str, phone: str) -> str:
    """Who asked, as a page shows it to who has not asked to see more."""
    parts = [f"{person[:1]}**" if person else "", mask_phone(phone) if phone else ""]
    return " ".join(part for part in parts if part)


# --- for residents --------------------------------------------------------------------------------
_PARTY = re.compile(
    r"(第[一二三四五六七八九十\d]+|网格)?"
    r"(党工委|工委|党委|党总支|总支|联合党支部|党支部|支部)$"
)
_STANDS = {
    ConcernState.WAITING: ("已收到", "正在安排由谁来办。"),
    ConcernState.DOING: ("正在办理", "已经安排单位办理。"),
    ConcernState.ANSWERED: ("已答复", "办理结果写在下面。"),
    ConcernState.CLOSED: ("已办结", "办理结果写在下面。"),
    ConcernState.ELSEWHERE: ("请找别处办理", "这件事不归我们管，该找哪里写在下面。"),
    ConcernState.DROPPED: ("没有按诉求办理", "理由写在下面。如果还有事要反映，可以再填一次。"),
}


def place_word(place: Organization) -> str:
    """A village, community or street as residents call it, without what its party body is called."""
    return _PARTY.sub("", str(place)) or str(place)


def stands(concern: Concern) -> tuple[str, str]:
    """How a concern stands, for the resident: the word and what it means."""
    if concern.state == ConcernState.DOING and concern.reopened_count:
        return "正在重新办理", "上次没有解决，正在接着办。"
    return _STANDS[ConcernState(concern.state)]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told of a concern to another resident: never anybody's words."""

    kind: str
    place: str
    state: str
    day: dt.date
    is_ended: bool


def fact_of(concern: Concern, asked: Organization | None) -> Fact:
    """What may be told of it to anybody; `asked` is the place that it was looked for in."""
    filing = getattr(concern, "filing", None)
    place = asked or (filing.community if filing is not None else None) or concern.organization
    is_place = place.organization_class in PLACES
    return Fact(
        kind=str(concern.kind) if concern.kind else "没有分类",
        place=place_word(place) if is_place else "开发区",
        state=stands(concern)[0],
        day=timezone.localdate(concern.received_at),
        is_ended=concern.ended_at is not None,
    )
