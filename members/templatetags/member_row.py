"""One row of a list of members. In Python because a page has many: a template of the same row
costs three times as much."""

from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.portal import EMPTY, date_zh, pill

from ..enums import Category, MembershipState
from ..models import Member

register = template.Library()


@cache
def _address_parts() -> tuple[str, str]:
    """What stands before and after the number in the address of a member's page."""
    before, _, after = reverse("members:member-detail", args=[0]).rpartition("0")
    return before, after


def _mark(member: Member) -> SafeString:
    """The one thing to know about the member before calling him."""
    if member.state == MembershipState.LEFT:
        return pill("已离开")
    if member.state == MembershipState.SUSPENDED:
        return pill("停止党籍", "bad")
    if member.is_lost_contact:
        return pill("失联", "bad")
    return pill("流动", "info") if member.is_mobile else mark_safe("")


@register.simple_tag
def member_row(member: Member) -> SafeString:
    """The <tr> of a member, numbers masked. `organization` must be loaded with him."""
    before, after = _address_parts()
    mark = _mark(member)
    probationary = member.category == Category.PROBATIONARY
    return format_html(
        '<tr><th scope="row" class="nowrap"><a href="{}{}{}">{}</a>{}{}</th>'
        '<td class="brief">{}</td>'
        '<td class="nowrap brief">{}</td>'
        '<td class="nowrap {}">{}</td>'
        '<td data-label="党支部" title="{}">{}</td>'
        '<td class="nowrap wide-only">{}</td>'
        '<td class="nowrap wide-only">{}</td>'
        '<td class="nowrap wide-only">{}</td>'
        '<td class="nowrap" data-label="电话">{}</td></tr>',
        before,
        member.pk,
        after,
        member.name,
        " " if mark else "",
        mark,
        member.get_sex_display(),
        pill("预备", "warn") if probationary else "正式",
        "brief" if member.party_post else "wide-only",
        member.party_post or EMPTY,
        member.organization.name,
        str(member.organization),
        date_zh(member.birth_on),
        date_zh(member.joined_on),
        member.identity_masked or EMPTY,
        member.phone_masked or EMPTY,
    )
