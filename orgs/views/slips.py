"""Printed first passwords: by committee, by the security administrator; and their first use."""

from django.contrib import auth, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core import acts
from core.guards import needs, signed_in
from core.http import PortalRequest

from ..actions import slips
from ..actions.slips import PROOF_LIMIT, Slip
from ..forms.openings import FirstUseForm, SlipForm
from ..models import Organization, User
from ..permissions import Permission as P
from ..queries.slips import COMMITTEE, Committee, committees, print_mark

READ = ("GET", "HEAD")
VOID = "连续答错，密码条已作废，请联系安全管理员重印。"


@needs(P.GRANT_MANAGE, methods=READ)
def slip_list(request: PortalRequest) -> HttpResponse:
    """The committees whose people have not signed in yet, and how many slips are to be printed."""
    return render(request, "orgs/slip_list.html", {"groups": committees()})


@needs(P.GRANT_MANAGE, methods=("GET", "HEAD", "POST"))
def slip_print(request: PortalRequest, pk: int) -> HttpResponse:
    """Whose slips a committee gets; printed, the answer shows them, this once."""

    def load() -> Organization:
        place = Organization.objects.active().filter(pk=pk).first()
        if place is None or len(place.path) > COMMITTEE:
            raise Http404
        return place

    def show(attempt: acts.Attempt[Organization, SlipForm]) -> HttpResponse:
        place = attempt.subject
        group = next(iter(committees(place.path)), None) or Committee(place)
        return attempt.page(
            "orgs/slip_print.html", group=group, place=place, mark=print_mark(group.people)
        )

    def done(attempt: acts.Attempt[Organization, SlipForm], made: list[Slip]) -> HttpResponse:
        # No redirect: secrets are kept nowhere, not even for one more request.
        return render(
            request,
            "orgs/slip_sheet.html",
            {"slips": made, "place": attempt.subject, "site": request.build_absolute_uri("/")},
        )

    return acts.perform(
        request,
        load=load,
        form=lambda place: SlipForm(acts.typed(request)),
        act=lambda attempt: slips.print_slips(
            by=request.actor,
            organization=attempt.subject,
            again=attempt.given["again"],
            seen=request.POST.get("seen", ""),
        ),
        done=done,
        show=show,
    )


@signed_in("GET", "HEAD", "POST")
def slip_use(request: PortalRequest) -> HttpResponse:
    """Asks whoever came with a slip what only the owner knows; then he sets his own password."""

    def done(attempt: acts.Attempt[None, FirstUseForm], is_owner: bool) -> HttpResponse:
        if is_owner:
            return redirect("orgs:password-change")
        failures = User.objects.values_list("proof_failures", flat=True).get(
            pk=request.actor.user_id or 0
        )
        left = PROOF_LIMIT - failures
        if left <= 0:
            auth.logout(request)
            messages.error(request, VOID)
            return redirect("orgs:login")
        attempt.form.add_error("answer", f"与登记的不一致，还可以再试 {left} 次。")
        attempt.status = acts.INVALID
        return attempt.page("orgs/slip_use.html", person=request.user)

    if not request.user.proof_due:  # type: ignore[union-attr]
        return redirect("core:home")
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: FirstUseForm(acts.typed(request)),
        act=lambda attempt: slips.prove_owner(by=request.actor, answer=attempt.given["answer"]),
        done=done,
        show=lambda attempt: attempt.page("orgs/slip_use.html", person=request.user),
    )
