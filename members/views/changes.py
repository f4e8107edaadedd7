"""Changing one member."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.errors import Conflict, DomainError
from core.guards import needs
from core.http import PortalRequest, is_fragment
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_member
from ..actions import members, reveals
from ..actions.members import MemberChange
from ..enums import RevealedField
from ..forms import ExitForm, MemberForm, MoveForm, RestoreForm, RevealForm
from ..models import Member


def _refuse(form: Any, error: DomainError) -> None:
    form.add_error(error.field if error.field in form.fields else None, error.message)


def _saved(request: PortalRequest, form: MemberForm, text: str) -> None:
    messages.success(request, text)
    for odd in form.odd():
        messages.warning(request, f"请核对：{odd}")


def _preset(request: PortalRequest) -> Organization | None:
    """The branch named in the address, for a form opened from its page."""
    text = request.GET.get("organization", "")
    if not (text.isascii() and text.isdigit()):
        return None
    return get_organization(request.actor, int(text[:30]), P.MEMBER_EDIT)


@needs(P.MEMBER_EDIT, methods=("GET", "HEAD", "POST"))
def member_create(request: PortalRequest) -> HttpResponse:
    """Registers a member in a branch of the scope."""
    form = MemberForm(request.POST or None, actor=request.actor, organization=_preset(request))
    if request.method == "POST" and form.is_valid():
        try:
            saved = members.save_members(changes=[MemberChange(form.values())], by=request.actor)
        except DomainError as error:
            _refuse(form, error)
        else:
            _saved(request, form, f"已登记 {form.cleaned_data['name']}。")
            return redirect("members:member-detail", pk=saved.created[0])
    status = 400 if form.errors else 200
    return render(request, "members/member_form.html", {"form": form}, status=status)


@needs(P.MEMBER_EDIT, methods=("GET", "HEAD", "POST"))
def member_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Corrects a member's items; two editors are shown each other's version."""
    member = get_member(request.actor, pk, P.MEMBER_EDIT)
    form = MemberForm(request.POST or None, actor=request.actor, member=member)
    context: dict[str, Any] = {"form": form, "member": member}
    status = 200
    if request.method == "POST" and form.is_valid():
        change = MemberChange(
            form.values(), member_id=member.pk, revision=form.cleaned_data["revision"] or 0
        )
        try:
            saved = members.save_members(changes=[change], by=request.actor)
        except Conflict as error:
            status = error.status
            context |= _conflict(request, form, pk, error)
        except DomainError as error:
            _refuse(form, error)
        else:
            text = "已保存。" if saved.changed else "内容没有变化，不用保存。"
            _saved(request, form, text)
            return redirect(member)
    if form.errors:
        status = 400
    return render(request, "members/member_form.html", context, status=status)


def _conflict(request: PortalRequest, form: MemberForm, pk: int, error: Conflict) -> dict[str, Any]:
    """Both versions, and the form as typed, ready to be saved over the newer one knowingly."""
    fresh = get_member(request.actor, pk, P.MEMBER_EDIT)
    different = form.against(fresh)
    given = request.POST.copy()
    given["revision"] = str(fresh.revision)
    again = MemberForm(given, actor=request.actor, member=fresh)
    again.is_valid()
    return {"form": again, "member": fresh, "conflict": error.message, "different": different}


def _act(
    request: PortalRequest, member: Member, form: Any, template: str, act: Any
) -> HttpResponse:
    """A small form with one action behind it."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            text = act(form.cleaned_data)
        except DomainError as error:
            _refuse(form, error)
            status = error.status
            if isinstance(error, Conflict):
                member = Member.objects.select_related("organization").get(pk=member.pk)
                _renew(form, member)
        else:
            messages.success(request, text)
            return redirect(member)
    if form.errors and status == 200:
        status = 400
    return render(request, template, {"form": form, "member": member}, status=status)


def _renew(form: Any, member: Member) -> None:
    """The form, with what was typed, becomes one of the record as it is now."""
    if "revision" in form.fields:
        typed = form.data.copy()
        typed["revision"] = str(member.revision)
        form.data = typed


@needs(P.MEMBER_EDIT, methods=("GET", "HEAD", "POST"))
def member_exit(request: PortalRequest, pk: int) -> HttpResponse:
    """Records that the member left, and why."""
    member = get_member(request.actor, pk, P.MEMBER_EDIT)

    def act(given: dict[str, Any]) -> str:
        leaving = members.record_exit(member=member, by=request.actor, **given)
        return f"已登记 {member.name} 离开：{leaving.get_reason_display()}。登记保留，可以恢复。"

    return _act(request, member, ExitForm(request.POST or None), "members/member_exit.html", act)


@needs(P.MEMBER_EDIT, methods=("GET", "HEAD", "POST"))
def member_restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Puts the member back on the roll."""
    member = get_member(request.actor, pk, P.MEMBER_EDIT)

    def act(given: dict[str, Any]) -> str:
        members.restore(member=member, by=request.actor, **given)
        return f"已恢复 {member.name}。"

    form = RestoreForm(request.POST or None)
    return _act(request, member, form, "members/member_restore.html", act)


@needs(P.MEMBER_EDIT, methods=("GET", "HEAD", "POST"))
def member_move(request: PortalRequest, pk: int) -> HttpResponse:
    """Moves the member to another branch of the scope."""
    member = get_member(request.actor, pk, P.MEMBER_EDIT)

    def act(given: dict[str, Any]) -> str:
        to = given["organization"]
        members.move(
            member=member,
            to=to,
            note=given["note"],
            revision=given["revision"] or 0,
            by=request.actor,
        )
        return f"已把 {member.name} 调整到 {to}。"

    form = MoveForm(request.POST or None, actor=request.actor, member=member)
    return _act(request, member, form, "members/member_move.html", act)


@needs(P.MEMBER_REVEAL, methods=("POST",))
def member_reveal(request: PortalRequest, pk: int) -> HttpResponse:
    """Shows one sealed item once. The answer is never stored."""
    member = get_member(request.actor, pk, P.MEMBER_REVEAL)
    form = RevealForm(request.POST)
    item = request.POST.get("item", "")
    context: dict[str, Any] = {"member": member, "item": item, "status": 200}
    try:
        if not form.is_valid():
            raise DomainError(str(next(iter(form.errors.values()))[0]), field="reason")
        context["value"] = reveals.reveal(member=member, by=request.actor, **form.cleaned_data)
    except DomainError as error:
        context |= {"error": error.message, "status": error.status}
    context |= {
        "label": dict(RevealedField.choices).get(item, ""),
        "reason": request.POST.get("reason", "")[:200],
    }
    part = "members/member_revealed_part.html" if is_fragment(request) else ""
    response = render(
        request, part or "members/member_revealed.html", context, status=context["status"]
    )
    response["Cache-Control"] = "no-store"
    return response
