"""Accounts and grants in bulk, each with a preview: the system administrator opens, the security
administrator grants. Neither sees a secret here."""

from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_phone
from core.paging import Pager

from ..actions import grants, openings
from ..enums import Post
from ..forms.openings import ConfirmForm, OpeningForm, PlaceForm
from ..permissions import Permission as P
from ..queries.account_plans import GrantPlan, Opening, OpeningPlan, grant_plan, opening_plan
from ..queries.openings import committee_places
from ..roles import WORK_ROLES

FORM = ("GET", "HEAD", "POST")
SHOWN = 50
NOTES = {
    "no_phone": "没有手机号，首次登录核对身份证号后四位",
    "phone_taken": "手机号已用于另一个账号，没有带入",
    "namesake": "有同名的人，分别开户",
}


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_open(request: PortalRequest) -> HttpResponse:
    """Who holds an office and has no account, with the login name he gets; then all at once."""
    chosen = OpeningForm(request.GET, places=committee_places())

    def show(attempt: acts.Attempt[None, ConfirmForm]) -> HttpResponse:
        plan = opening_plan(within=chosen.path, everybody=chosen.everybody)
        return attempt.page("orgs/user_open.html", filter=chosen, **_opening(request, plan))

    def done(attempt: acts.Attempt[None, ConfirmForm], made: openings.Opened) -> HttpResponse:
        tied = f"，另有 {made.tied} 人关联到已有账号" if made.tied else ""
        text = f"已开 {made.accounts} 个账号{tied}。请安全管理员按任职授权，再分党委印密码条。"
        return acts.said(request, text, "orgs:user-open")

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ConfirmForm(acts.typed(request)),
        act=lambda attempt: openings.open_accounts(
            by=request.actor,
            within=chosen.path,
            everybody=chosen.everybody,
            seen=request.POST.get("seen", ""),
        ),
        done=done,
        show=show,
    )


def _opening(request: PortalRequest, plan: OpeningPlan) -> dict[str, Any]:
    page = Pager(plan.rows, SHOWN).get_page(request.GET.get("page"))
    return {
        "mark": plan.mark,
        "total": len(plan.rows),
        "fresh": len(plan.fresh),
        "no_phone": sum("no_phone" in row.notes for row in plan.rows),
        "page": page,
        "rows": [_row(row) for row in page],
    }


def _row(row: Opening) -> dict[str, Any]:
    return {
        "name": row.name,
        "places": [f"{one.organization} {one.get_post_display()}" for one in row.holdings],
        "username": row.account.username if row.account else row.username,
        "is_known": row.account is not None,
        "phone": mask_phone(row.phone),
        "notes": [NOTES[note] for note in row.notes],
    }


@needs(P.GRANT_MANAGE, methods=FORM)
def grant_offices(request: PortalRequest) -> HttpResponse:
    """Who holds an office, has an account and not yet the role that the office brings; then all at
    once."""
    chosen = PlaceForm(request.GET, places=committee_places())

    def show(attempt: acts.Attempt[None, ConfirmForm]) -> HttpResponse:
        plan = grant_plan(within=chosen.path, but=request.actor.user_id)
        return attempt.page("orgs/grant_offices.html", filter=chosen, **_giving(request, plan))

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ConfirmForm(acts.typed(request)),
        act=lambda attempt: grants.give_for_offices(
            by=request.actor, within=chosen.path, seen=request.POST.get("seen", "")
        ),
        done=lambda attempt, count: acts.said(
            request, f"已授权 {count} 项，即时生效。接下来分党委印密码条。", "orgs:grant-offices"
        ),
        show=show,
    )


def _giving(request: PortalRequest, plan: GrantPlan) -> dict[str, Any]:
    page = Pager(plan.rows, SHOWN).get_page(request.GET.get("page"))
    return {
        "mark": plan.mark,
        "total": len(plan.rows),
        "page": page,
        "rows": [
            {
                "user": row.user,
                "role": WORK_ROLES[row.role],
                "organization": row.organization,
                "posts": "、".join(Post(post).label for post in row.posts),
            }
            for row in page
        ],
    }
