"""Words of concerns: how a clock stands, what a contact looks like from outside."""

import datetime as dt

from django.utils import timezone

from core.identity import mask_phone

from .models import Concern


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
