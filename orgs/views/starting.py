"""What the system administrator does once: the first organisation, and a mail that is tried."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest, is_fragment

from ..actions import starting
from ..forms.openings import MailForm, RootForm
from ..models import Organization
from ..permissions import Permission as P
from ..queries.starting import last_mail, mail_is_under_way

FORM = ("GET", "HEAD", "POST")


@needs(P.START_MANAGE, methods=FORM)
def start_root(request: PortalRequest) -> HttpResponse:
    """The work committee of the zone, entered once; the rest is brought in by its staff."""
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: RootForm(acts.typed(request)),
        act=lambda attempt: starting.found_root(by=request.actor, **attempt.given),
        done=lambda attempt, made: acts.said(
            request, f"已登记{made}。接下来为它的工作人员建立账号。", "core:home"
        ),
        show=lambda attempt: attempt.page(
            "orgs/start_root.html",
            root=Organization.objects.active().filter(parent=None).first(),
        ),
    )


@needs(P.START_MANAGE, methods=FORM)
def mail_test(request: PortalRequest) -> HttpResponse:
    """Sends one mail and says how it ended."""
    own = request.user.email  # type: ignore[union-attr]
    if is_fragment(request):
        if mail_is_under_way():
            return render(request, "orgs/mail_progress.html")
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: MailForm(acts.typed(request), initial={"address": own}),
        act=lambda attempt: starting.try_mail(by=request.actor, **attempt.given),
        done=lambda attempt, nothing: acts.said(
            request, "正在发送，结果几秒后显示在下面。", "orgs:mail-test"
        ),
        show=lambda attempt: attempt.page(
            "orgs/mail_test.html",
            server=settings.EMAIL_HOST,
            sender=settings.DEFAULT_FROM_EMAIL,
            last=last_mail(),
            is_moving=mail_is_under_way(),
        ),
    )
