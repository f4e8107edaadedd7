"""How long what is asked for holds, and how it is numbered. Pure."""

import datetime as dt

from core.errors import DomainError

YEARS_AHEAD = 2  # nothing is asked for longer without somebody saying so anew
SOON = 30  # days before it runs out, those who gave it out are told

PLANS, FORMS = "plan", "form"
PREFIXES = {PLANS: "计", FORMS: "表"}


def number_of(kind: str, year: int, serial: int) -> str:
    """A number of the zone's register: 表〔2026〕03号."""
    return f"{PREFIXES[kind]}〔{year}〕{serial:02d}号"


def usual_validity(day: dt.date) -> dt.date:
    """Until when something holds where nobody says otherwise: the end of the next year."""
    return dt.date(day.year + 1, 12, 31)


def latest_validity(day: dt.date) -> dt.date:
    """The last day until which something may hold that is given out or renewed on the day."""
    try:
        return day.replace(year=day.year + YEARS_AHEAD)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + YEARS_AHEAD, day=28)


def suggested_validity(day: dt.date, now: dt.date | None) -> dt.date:
    """Until when to renew what holds until `now`."""
    usual = usual_validity(day)
    return usual if now is None or now < usual else latest_validity(day)


def refuse_validity(
    until: dt.date | None, begins_on: dt.date, *, after: dt.date | None = None
) -> None:
    """Raises DomainError for a day until which nothing may hold: none, before it begins, more than
    two years ahead, or no later than it holds already (`after`)."""
    if until is None:
        raise DomainError("写明有效至哪一天。", field="valid_until")
    if until < begins_on:
        raise DomainError("有效期不能早于起用的那一天或今天。", field="valid_until")
    latest = latest_validity(begins_on)
    if until > latest:
        raise DomainError(
            f"有效期最长两年，即到 {latest:%Y-%m-%d}；到期前可以续。", field="valid_until"
        )
    if after is not None and until <= after:
        raise DomainError(f"现在已有效至 {after:%Y-%m-%d}，请写更晚的一天。", field="valid_until")
