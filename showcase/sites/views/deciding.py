"""What is decided of applications and sites."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from showcase.panels.forms.panels import NamingForm

from ..access import get_held_site
from ..actions import applying, deciding
from ..forms import DeclineForm, NameForm, ReasonForm, WarnForm
from ..models import DemonstrationSite
from ..rules import PUBLIC, plaque

AHEAD = dt.timedelta(days=14)
FORM = ("GET", "HEAD", "POST")


def _held(request: PortalRequest, uid: uuid.UUID, move: str) -> DemonstrationSite:
    """The site to be decided on; where its time for that is over it is said before anybody types."""
    site = get_held_site(request.actor, uid)
    if request.method != "POST":
        DemonstrationSite.machine.expect(site, move)
    return site


def _decide(
    request: PortalRequest,
    uid: uuid.UUID,
    move: str,
    form: Callable[[DemonstrationSite], Any],
    words: tuple[str, str, str, str],
    act: Callable[..., DemonstrationSite],
) -> HttpResponse:
    """The page of a decision: `words` are its title, what it means, the button, and what is said when it
    is done."""

    title, about, button, said = words
    return acts.perform(
        request,
        load=lambda: _held(request, uid, move),
        form=form,
        act=lambda attempt: act(site=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, site: acts.said(
            request,
            said.format(site=site, number=site.plaque_number or "无"),
            "sites:site-detail",
            site.uid,
        ),
        show=lambda attempt: attempt.page(
            "sites/site_decide.html",
            site=attempt.subject,
            title=title,
            about=about,
            button=button,
            danger=move == "remove",
            conflict=attempt.conflict,
        ),
    )


def _revised(request: PortalRequest, form: Any) -> Callable[[DemonstrationSite], Any]:
    return lambda site: form(acts.typed(request), initial={"revision": site.revision})


@needs(P.SITE_EDIT, methods=FORM)
def site_review(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who judges the application, each alone, and until when."""

    def form(site: DemonstrationSite) -> NamingForm:
        return NamingForm(
            acts.typed(request),
            holder=site.programme.organization,
            judged=site.organization,
            initial={"due_on": clock.today() + AHEAD},
        )

    return acts.perform(
        request,
        load=lambda: _held(request, uid, "review"),
        form=form,
        act=lambda attempt: deciding.arrange_review(
            site=attempt.subject, by=request.actor, **attempt.form.given()
        ),
        done=lambda attempt, panel: acts.said(
            request, "评审已安排，评审人已收到通知。", "sites:site-detail", attempt.subject.uid
        ),
        show=lambda attempt: attempt.page(
            "sites/site_decide.html",
            site=attempt.subject,
            title="安排评审",
            about="评审人各自单独评，结束以前谁也看不到别人的意见；过半数同意才能命名",
            button="安排评审",
            conflict=attempt.conflict,
        ),
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The applicant is asked for more."""
    return _decide(
        request,
        uid,
        "send_back",
        _revised(request, ReasonForm),
        ("退回补充", "写明缺什么；对方补上以后重新申报，写过的都在。", "退回", "已退回。"),
        applying.send_back,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_name(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The site is named, with its plaque."""

    def form(site: DemonstrationSite) -> NameForm:
        programme = site.programme
        hint = "上级给的牌号；没有的可不填。"
        if programme.plaque_prefix:
            example = plaque(programme.plaque_prefix, clock.today().year, 1)
            hint = f"不填则按顺序给，如 {example}。每个牌号只用一次，摘牌后也不再用。"
        return NameForm(
            acts.typed(request),
            hint=hint,
            initial={
                "named_on": clock.today(),
                "public_text": site.result[:PUBLIC],
                "revision": site.revision,
            },
        )

    return _decide(
        request,
        uid,
        "name",
        form,
        (
            "命名授牌",
            "命名以后全区看得到名称、牌号和公开介绍，申报材料仍只在本系统的上下级之间。",
            "命名",
            "“{site}”已命名，牌号：{number}。",
        ),
        deciding.name,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_decline(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Not named, and why."""
    return _decide(
        request,
        uid,
        "decline",
        _revised(request, DeclineForm),
        ("不命名", "写明理由；以后可以再申报。", "不命名", "已记下，不命名。"),
        deciding.decline,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_renew(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Looked at again, and it stays."""
    return _decide(
        request,
        uid,
        "renew",
        _revised(request, ReasonForm),
        (
            "复核保留",
            "写一句复核看到的情况；下次复核按项目的周期从今天算起。",
            "保留",
            "“{site}”复核通过，保留。",
        ),
        deciding.renew,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_warn(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What is to be put right, until when."""
    return _decide(
        request,
        uid,
        "warn",
        _revised(request, WarnForm),
        (
            "限期整改",
            "牌子先不摘。警示只有本组织和上级看得到；改好了复核保留，改不了再摘牌。",
            "发出警示",
            "已发出警示。",
        ),
        deciding.warn,
    )


@needs(P.SITE_EDIT, methods=FORM)
def site_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The plaque is taken off, and why."""
    return _decide(
        request,
        uid,
        "remove",
        _revised(request, ReasonForm),
        (
            "摘牌",
            "摘牌后不再是示范点，牌号不再使用；要恢复只能重新申报。",
            "摘牌",
            "“{site}”已摘牌。",
        ),
        deciding.remove,
    )
