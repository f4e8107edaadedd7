"""Changing one member."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from core import acts
from core.guards import needs
from core.http import PortalRequest, is_fragment
from core.text import whole_number
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_member
from ..actions import members, reveals
from ..actions.members import MemberChange, Saved
from ..enums import RevealedField
from ..forms import ExitForm, MemberForm, MoveForm, RestoreForm, RevealForm
from ..models import Member

FORM = ("GET", "HEAD", "POST")


def _saved(request: PortalRequest, form: MemberForm, text: str, to: Any) -> HttpResponse:
    answer = acts.said(request, text, to)
    for odd in form.odd():
        messages.warning(request, f"请核对：{odd}")
    return answer


def _preset(request: PortalRequest) -> Organization | None:
    """The branch named in the address, for a form opened from its page."""
    pk = whole_number(request.GET.get("organization", ""))
    return None if pk is None else get_organization(request.actor, pk, P.MEMBER_EDIT)


@needs(P.MEMBER_EDIT, methods=FORM)
def member_create(request: PortalRequest) -> HttpResponse:
    """Registers a member in a branch of the scope."""
    return acts.perform(
        request,
        load=lambda: _preset(request),
        form=lambda branch: MemberForm(
            acts.typed(request), actor=request.actor, organization=branch
        ),
        act=lambda attempt: members.save_members(
            changes=[
                MemberChange(attempt.form.values(), arrived_on=attempt.given.get("arrived_on"))
            ],
            by=request.actor,
        ),
        done=lambda attempt, saved: _saved(
            request,
            attempt.form,
            f"已登记 {attempt.given['name']}。",
            reverse("members:member-detail", args=[saved.created[0]]),
        ),
        show=lambda attempt: attempt.page("members/member_form.html"),
    )


@needs(P.MEMBER_EDIT, methods=FORM)
def member_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Corrects a member's items; two editors are shown each other's version."""

    def form(member: Member) -> MemberForm:
        return MemberForm(acts.typed(request), actor=request.actor, member=member)

    def act(attempt: acts.Attempt[Member, MemberForm]) -> Saved:
        change = MemberChange(
            attempt.form.values(),
            member_id=attempt.subject.pk,
            revision=attempt.given["revision"] or 0,
        )
        return members.save_members(changes=[change], by=request.actor)

    def show(attempt: acts.Attempt[Member, MemberForm]) -> HttpResponse:
        member, context = attempt.subject, {}
        if attempt.conflict:
            # As typed, ready to be saved over the newer version knowingly.
            context = {"conflict": attempt.conflict, "different": attempt.form.against(member)}
            attempt.form = MemberForm(attempt.form.data, actor=request.actor, member=member)
        return attempt.page("members/member_form.html", member=member, **context)

    return acts.perform(
        request,
        load=lambda: get_member(request.actor, pk, P.MEMBER_EDIT),
        form=form,
        act=act,
        done=lambda attempt, saved: _saved(
            request,
            attempt.form,
            "已保存。" if saved.changed else "内容没有变化，不用保存。",
            attempt.subject,
        ),
        show=show,
    )


def _act(
    request: PortalRequest,
    pk: int,
    form: Callable[[Member], Any],
    template: str,
    act: Callable[[Member, dict[str, Any]], str],
) -> HttpResponse:
    """A small form with one action behind it, which gives the words for having done it."""
    return acts.perform(
        request,
        load=lambda: get_member(request.actor, pk, P.MEMBER_EDIT),
        form=form,
        act=lambda attempt: act(attempt.subject, attempt.given),
        done=lambda attempt, text: acts.said(request, text, attempt.subject),
        show=lambda attempt: attempt.page(template, member=attempt.subject),
    )


@needs(P.MEMBER_EDIT, methods=FORM)
def member_exit(request: PortalRequest, pk: int) -> HttpResponse:
    """Records that the member left, and why."""

    def act(member: Member, given: dict[str, Any]) -> str:
        leaving = members.record_exit(member=member, by=request.actor, **given)
        return f"已登记 {member.name} 离开：{leaving.get_reason_display()}。登记保留，可以恢复。"

    template = "members/member_exit.html"
    return _act(
        request,
        pk,
        lambda member: ExitForm(acts.typed(request)),
        template,
        act,
    )


@needs(P.MEMBER_EDIT, methods=FORM)
def member_restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts the member back on the roll."""

    def act(member: Member, given: dict[str, Any]) -> str:
        to = given.get("organization")
        members.restore(member=member, reason=given["reason"], by=request.actor, to=to)
        return f"已恢复 {member.name}。"

    template = "members/member_restore.html"
    return _act(
        request,
        pk,
        lambda member: RestoreForm(acts.typed(request), actor=request.actor, member=member),
        template,
        act,
    )


@needs(P.MEMBER_EDIT, methods=FORM)
def member_move(request: PortalRequest, pk: int) -> HttpResponse:
    """Moves the member to another branch of the scope."""

    def form(member: Member) -> MoveForm:
        return MoveForm(acts.typed(request), actor=request.actor, member=member)

    def act(member: Member, given: dict[str, Any]) -> str:
        to, revision = given["organization"], given["revision"] or 0
        members.move(member=member, to=to, note=given["note"], revision=revision, by=request.actor)
        return f"已把 {member.name} 调整到 {to}。"

    return _act(request, pk, form, "members/member_move.html", act)


@needs(P.MEMBER_REVEAL, methods=("POST",))
def member_reveal(request: PortalRequest, pk: int) -> HttpResponse:
    """Shows one sealed item once. The answer is never stored."""

    def page(attempt: acts.Attempt[Member, RevealForm], value: str = "") -> HttpResponse:
        item = request.POST.get("item", "")
        wrong = [str(text) for texts in attempt.form.errors.values() for text in texts]
        part = "members/member_revealed_part.html" if is_fragment(request) else ""
        response = attempt.page(
            part or "members/member_revealed.html",
            member=attempt.subject,
            item=item,
            label=dict(RevealedField.choices).get(item, ""),
            reason=request.POST.get("reason", "")[:200],
            value=value,
            error=wrong[0] if wrong else "",
        )
        response["Cache-Control"] = "no-store"
        return response

    return acts.perform(
        request,
        load=lambda: get_member(request.actor, pk, P.MEMBER_REVEAL),
        form=lambda member: RevealForm(acts.typed(request)),
        act=lambda attempt: reveals.reveal(
            member=attempt.subject, by=request.actor, **attempt.given
        ),
        done=page,
        show=page,
    )
