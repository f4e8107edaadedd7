"""Rows of a list of members. In Python because a page has many: a template of the same row
costs five times as much."""

from collections.abc import Iterable
from functools import cache
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.components import pill
from core.templatetags.words import EMPTY, date_zh

from ..enums import MARKS, Category, MembershipState, Sex
from ..models import Member

register = template.Library()

SEXES = dict(Sex.choices)
FULL, PROBATIONARY = "正式", pill("预备", "warn")
GONE, SUSPENDED = pill("已离开"), pill("停止党籍", "bad")
LOST, MOBILE = pill(MARKS["lost"], "bad"), pill(MARKS["mobile"], "info")


@cache
def _address_parts() -> tuple[str, str]:
    """What stands before and after the number in the address of a member's page."""
    before, _, after = reverse("members:member-detail", args=[0]).rpartition("0")
    return escape(before), escape(after)


def _mark(member: Member) -> str:
    """The one thing to know about the member before calling him."""
    if member.state == MembershipState.LEFT:
        return GONE
    if member.state == MembershipState.SUSPENDED:
        return SUSPENDED
    if member.is_lost_contact:
        return LOST
    return MOBILE if member.is_mobile else ""


def _row(member: Member) -> str:
    before, after = _address_parts()
    mark = _mark(member)
    place = member.organization
    post = member.party_post
    return (
        f'<tr><th scope="row" class="nowrap"><a href="{before}{member.pk}{after}">'
        f"{escape(member.name)}</a>{' ' if mark else ''}{mark}</th>"
        f'<td class="brief">{escape(SEXES.get(member.sex, member.sex))}</td>'
        f'<td class="nowrap brief">{PROBATIONARY if member.category == Category.PROBATIONARY else FULL}</td>'
        f'<td class="nowrap {"brief" if post else "wide-only"}">{escape(post) or EMPTY}</td>'
        f'<td data-label="党支部" title="{escape(place.name)}">{escape(str(place))}</td>'
        f'<td class="nowrap wide-only">{date_zh(member.birth_on)}</td>'
        f'<td class="nowrap wide-only">{date_zh(member.joined_on)}</td>'
        f'<td class="nowrap" data-label="电话">{escape(member.phone_masked) or EMPTY}</td></tr>\n'
    )


@register.simple_tag
def member_rows(members: Iterable[Member]) -> SafeString:
    """A <tr> for each member, numbers masked. Loaded must be at least
    the columns of `roster.LISTED`."""
    return mark_safe("".join(map(_row, members)))
