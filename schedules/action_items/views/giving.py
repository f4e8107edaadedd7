"""An item is drafted, changed while it is a draft, and given out at once where that is wanted."""

from typing import Any

from django.http import Http404, HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.access import get_organization
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.permissions import Permission as P
from orgs.queries.offices import account_at
from schedules.rounds.queries.calendar import load

from ..access import get_item
from ..actions import issuing
from ..enums import ActionState
from ..forms import DraftForm, NewForm, OwnersForm, values_of
from ..models import ActionItem
from ..queries.places import to_give_to
from .items import given_out, weighed_question

FORM = ("GET", "HEAD", "POST")
Attempt = acts.Attempt[Any, Any]


def _issuer(request: PortalRequest) -> Organization:
    """The organisation that one gives out for. Raises Http404."""
    return get_organization(request.actor, request.actor.organization_id or 0, P.ACTION_ISSUE)


def _person(owner: Organization, name: str) -> int | None:
    account = account_at(owner, name) if name else None
    return account.pk if account else None


def _holders(owner: Organization | None) -> list[tuple[str, str]]:
    """Who holds an office of the owner: name and post, to choose from. One query."""
    if owner is None:
        return []
    rows = OfficeHolding.objects.current().filter(organization=owner).order_by("pk")
    return [(row.person_name, Post(row.post).label) for row in rows[:40]]


@needs(P.ACTION_ISSUE, methods=FORM)
def item_create(request: PortalRequest) -> HttpResponse:
    """Drafts an item with its number, or gives it out at once, after it was said to whom."""

    def make(issuer: Organization) -> NewForm:
        wanted = whole_number(request.GET.get("owner", "")) or 0
        form = NewForm(
            acts.typed(request),
            issuer=issuer,
            places=list(to_give_to(issuer)),
            initial={"owners": [str(wanted)] if wanted else []},
        )
        if request.method == "POST" and request.POST.get("more"):
            raise _MoreLines(form)
        return form

    def act(attempt: Attempt) -> ActionItem:
        owners = attempt.given["chosen"]
        name = attempt.given["responsible_name"]
        person = _person(owners[0], name) if len(owners) == 1 else None
        item = issuing.draft(
            issuer=attempt.subject,
            owners=owners,
            given=attempt.form.given(person),
            by=request.actor,
            is_typed=True,
        )
        if _is_to_go(request):
            # Of many the question before it was ticked.
            item = issuing.issue(item=item, by=request.actor, seen=True)
        return item

    def done(attempt: Attempt, item: ActionItem) -> HttpResponse:
        word = "已交办，责任单位已收到通知" if item.issued_at else "已存为拟稿，还没有交办"
        return acts.said(request, f"{word}。文号{item.number}。", item)

    def ask(attempt: Attempt) -> acts.Question:
        if not _is_to_go(request):
            return acts.Question("", (), "")
        owners = attempt.given["chosen"]
        given = attempt.given
        item = ActionItem(title=given["title"], demand=given["demand"], due_on=given["due_on"])
        lines = given_out(item, [str(one) for one in owners], load())
        count = len(attempt.form.given().lines)
        if count:
            lines.insert(2, f"清单：{count} 条")
        return weighed_question(item, owners, lines, "交办督办事项")

    def show(attempt: Attempt) -> HttpResponse:
        return _new_page(attempt)

    try:
        return acts.perform(
            request,
            load=lambda: _issuer(request),
            form=make,
            act=act,
            done=done,
            ask=ask,
            show=show,
        )
    except _MoreLines as more:
        issuer = _issuer(request)
        return _new_page(acts.Attempt(request, issuer, more.form.with_more_lines()))


class _MoreLines(Exception):
    """Asked for more empty lines: nothing is checked, nothing is written."""

    def __init__(self, form: Any) -> None:
        super().__init__()
        self.form = form


def _is_to_go(request: PortalRequest) -> bool:
    return request.POST.get("go") == "issue"


def _owner_ticks(form: OwnersForm) -> dict[str, Any]:
    """What the choice of owners is drawn from, and who holds an office of the only one chosen."""
    chosen = [form.places[key] for key in form.ticked if key in form.places]
    groups = form.groups()
    return {
        "issuer": form.issuer,
        "groups": groups,
        "below_count": sum(len(one.rows) for one in groups),
        "below_ticked": sum(one.count for one in groups),
        "holders": _holders(chosen[0] if len(chosen) == 1 else None),
    }


def _new_page(attempt: Attempt) -> HttpResponse:
    return attempt.page("action_items/item_create.html", **_owner_ticks(attempt.form))


def _draft(request: PortalRequest, pk: int) -> ActionItem:
    """A draft of one's own organisation, or of one below. Raises Http404."""
    item = get_item(request.actor, pk)
    if item.parent_id or not request.actor.may_at(P.ACTION_ISSUE, item.issuer.path):
        raise Http404
    return item


@needs(P.ACTION_ISSUE, methods=FORM)
def item_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Changes a draft, also who is to do it; what was given out is put off, handed on or cancelled
    instead."""

    def make(item: ActionItem) -> DraftForm:
        places = list(to_give_to(item.issuer))
        form = DraftForm(acts.typed(request), item=item, places=places)
        if request.method == "POST" and request.POST.get("more"):
            raise _MoreLines(form)
        return form

    def act(attempt: Attempt) -> ActionItem:
        item, owners = attempt.subject, attempt.given["chosen"]
        only = owners[0] if len(owners) == 1 else None if owners else item.owner
        person = _person(only, attempt.given["responsible_name"]) if only else None
        return issuing.edit(
            item=item,
            given=attempt.form.given(person),
            revision=attempt.given["revision"],
            owners=owners,
            by=request.actor,
        )

    try:
        return acts.perform(
            request,
            load=lambda: _draft(request, pk),
            form=make,
            act=act,
            done=lambda attempt, item: acts.said(request, "已保存。", item),
            show=_edit_page,
        )
    except _MoreLines as more:
        return _edit_page(acts.Attempt(request, _draft(request, pk), more.form.with_more_lines()))


def _edit_page(attempt: Attempt) -> HttpResponse:
    item: ActionItem = attempt.subject
    form: DraftForm = attempt.form
    different = []
    if attempt.conflict and hasattr(form, "cleaned_data"):
        different = acts.differences(form, values_of(item))
        saved, typed = (
            "、".join(sorted(str(one.owner) for one in item.children.select_related("owner")))
            or str(item.owner),
            form.chosen_names(),
        )
        if typed and saved != typed:
            different.insert(0, ("责任单位", saved, typed))
    return attempt.page(
        "action_items/item_edit.html",
        item=item,
        is_draft=item.state == ActionState.DRAFT,
        conflict=attempt.conflict,
        different=[row for row in different if row[0]],
        **_owner_ticks(form),
    )
