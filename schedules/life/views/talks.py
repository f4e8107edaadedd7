"""谈心谈话: which took place, one of them, and what is written down of it."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock, crypto, figures, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.templatetags.words import date_zh
from core.text import whole_number
from members.enums import MovementKind
from orgs.access import get_window
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P
from orgs.queries.offices import secretaries
from schedules.rounds.models.duty import OPEN_STATES

from ..access import (
    get_own_talk,
    get_place,
    get_readable_talk,
    get_shown,
    get_talk,
    get_talk_duty,
)
from ..actions import own_memberships, talks
from ..enums import TalkPair
from ..forms.talks import (
    OwnMembershipForm,
    SaidForm,
    TalkFilter,
    TalkForm,
    day_of,
    said_of,
    values_of,
)
from ..models import Talk
from ..queries import talks as found
from ..queries.talk_readers import is_secretary, may_read, sees_names

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
PER_PAGE = 30
YEARS = 4  # offered to look back to
_WHY = {**dict(MovementKind.choices), found.BECAME_MOBILE: "外出流动"}


@needs(P.LIFE_VIEW, methods=READ)
def talk_list(request: PortalRequest) -> HttpResponse:
    """Talks of a year, latest first; for a branch also who of the roll was talked with."""
    actor, today = request.actor, clock.today()
    asked = whole_number(request.GET.get("organization", ""))
    place = get_shown(actor, asked)
    node = place or Organization.objects.filter(pk=actor.organization_id or 0).first()
    year = whole_number(request.GET.get("year", "")) or today.year
    year = min(max(year, today.year - YEARS + 1), today.year)
    last = min(dt.date(year, 12, 31), today)
    rows = found.listed(actor, first=dt.date(year, 1, 1), last=last, place=place)
    page = Pager(rows, PER_PAGE).get_page(request.GET.get("page"))
    one_place = node is not None and node.kind in BRANCH_KINDS
    is_near = node is not None and node.kind in BRANCH_KINDS and sees_names(actor, node)
    is_own = node is not None and node.pk == actor.organization_id
    times = found.times_of(rows) if is_near else {}
    covered = found.covered(node, year, last) if is_near and node else []
    context = {
        "page": page,
        "rows": [(talk, sees_names(actor, talk.organization)) for talk in page],
        "place": place,
        "node": node,
        "year": year,
        "filter": TalkFilter(
            {"year": str(year)}, years=[today.year - back for back in range(YEARS)]
        ),
        "covered": covered,
        "times": [(label, times.get(value, 0)) for value, label in TalkPair.choices],
        "waiting": [one for one in covered if not one.times],
        "talked": sum(bool(one.times) for one in covered),
        "one_place": one_place,
        "suggested": [(one, _WHY[one.why]) for one in found.suggested(node)]
        if is_near and is_own and node and year == today.year
        else [],
        "may_record": P.LIFE_RECORD in actor.permissions and is_own,
        "is_near": is_near,
    }
    return render(request, "life/talk_list.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def talk_rows(request: PortalRequest) -> HttpResponse:
    """The talks that a figure counted at a place in a period; the address says of which moment."""
    node, window = get_window(request.actor, request.GET, P.LIFE_VIEW)
    rows = found.listed(
        request.actor, first=window.first, last=window.end, place=None, at=window.known_at
    ).filter(organization__in=found.places_of(node, window))
    page = Pager(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "period": periods.label(window.period),
        "known_at": window.known_at,
        "page": page,
        "rows": [(talk, sees_names(request.actor, talk.organization)) for talk in page],
    }
    return render(request, "life/talk_rows.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def talk_coverage(request: PortalRequest) -> HttpResponse:
    """Who of the rolls was talked with in the year, until the end of a period: of a branch each by
    name, for those who see between whom talks were; else how many in each organisation."""
    actor = request.actor
    node, window = get_window(request.actor, request.GET, P.LIFE_VIEW)
    on_roll = found.on_roll_at(node, window)
    talked = found.talked(on_roll, *found.year_until(window.end), window.known_at)
    rows = talked.visible_to(actor, P.LIFE_VIEW)
    is_named = node.kind in BRANCH_KINDS and sees_names(actor, node)
    listed: QuerySet[Any] = (
        rows.select_related("member").order_by("member__name_pinyin", "member_id")
        if is_named
        else rows.order_by("organization__path")
        .values("organization_id", "organization__short_name", "organization__name")
        .annotate(people=Count("pk"))
    )
    page = Pager(listed, PER_PAGE).get_page(request.GET.get("page"))
    number, seen = talked.count(), rows.count()
    context = {
        "node": node,
        "period": periods.label(window.period),
        "known_at": window.known_at,
        "page": page,
        "is_named": is_named,
        "elsewhere": number - seen,
        "when": urlencode({"period": window.period, **figures.when_words(window)}),
        "year": window.end.year,
        "talked": number,
        "on_roll": on_roll.count(),
    }
    return render(request, "life/talk_coverage.html", context)


@needs(P.LIFE_RECORD, methods=FORM)
def talk_create(request: PortalRequest) -> HttpResponse:
    """Who with whom, and when; what was said only by who may read it."""
    actor, today = request.actor, clock.today()
    named = request.POST.get("held_on") or request.GET.get("on", "")
    day = day_of(named, today)

    def form(place: Organization) -> TalkForm:
        sides, own = found.sides_on(place, day), found.own_member(actor)
        is_one = any(
            (own is not None and one.member_id == own) or one.user_id == actor.user_id
            for one in sides
        )
        keys = {one.member_id: one.key for one in sides if one.member_id}
        leader = secretaries([place.pk]).get(place.pk, "")
        usual = next((one.key for one in sides if one.name == leader), "")
        return TalkForm(
            acts.typed(request),
            sides=sides,
            writes=is_secretary(actor, place) or is_one,
            initial={
                "uid": uuid.uuid4(),
                "held_on": day,
                "talker": keys.get(own or 0, usual),
                "partner": f"m{whole_number(request.GET.get('with', '')) or ''}",
            },
        )

    def act(attempt: acts.Attempt[Organization, TalkForm]) -> Talk:
        given = attempt.given
        return talks.record(
            uid=given["uid"],
            organization=attempt.subject,
            held_on=given["held_on"],
            talker=given["talker"],
            partner=given["partner"],
            place=given["place"],
            is_on_paper=given["is_on_paper"],
            said=said_of(given),
            by=actor,
        )

    return acts.perform(
        request,
        load=lambda: get_place(actor, whole_number(request.GET.get("organization", ""))),
        form=form,
        act=act,
        ask=lambda attempt: _twice(attempt),
        done=lambda attempt, talk: acts.said(request, "已登记。", talk),
        show=lambda attempt: attempt.page(
            "life/talk_form.html",
            place=attempt.subject,
            writes_said="talk_content" in attempt.form.fields,
        ),
    )


@needs(P.LIFE_VIEW, methods=READ)
def talk_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """That it took place; to the two and the secretary also what was said."""
    actor = request.actor
    talk, own = get_talk(actor, uid), found.own_member(actor)
    reads = may_read(actor, talk, own)
    said, unreadable = {}, False
    if reads:
        try:
            said = {**values_of(talk), "occasion": talk.occasion}
        except crypto.Unreadable:
            unreadable = True
    is_open = talk.withdrawn_at is None
    writes = is_open and actor.may_at(P.LIFE_RECORD, talk.organization.path)
    context = {
        "talk": talk,
        "sees_names": reads or sees_names(actor, talk.organization),
        "reads": reads,
        "said": said,
        "unreadable": unreadable,
        "writes": writes and reads and not unreadable,
        "withdraws": writes,
        "has_own": own is not None,
    }
    return render(request, "life/talk_detail.html", context)


@needs(P.LIFE_RECORD, methods=FORM)
def talk_write(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What was said, written anew by who may read it."""

    def form(talk: Talk) -> SaidForm:
        initial = {**values_of(talk), "revision": talk.revision}
        return SaidForm(acts.typed(request), initial=initial)

    return acts.perform(
        request,
        load=lambda: get_readable_talk(request.actor, uid),
        form=form,
        act=lambda attempt: talks.write(
            talk=attempt.subject,
            revision=attempt.given["revision"] or 0,
            said=attempt.form.said(),
            by=request.actor,
        ),
        done=lambda attempt, result: acts.said(request, "已保存。", attempt.subject),
        show=lambda attempt: attempt.page(
            "life/talk_write.html",
            talk=attempt.subject,
            conflict=attempt.conflict,
            different=acts.differences(attempt.form, values_of(attempt.subject))
            if attempt.conflict
            else [],
        ),
    )


@needs(P.LIFE_RECORD, methods=POST)
def talk_withdraw(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Taken back: it counts no more."""
    return acts.press(
        request,
        load=lambda: get_own_talk(request.actor, uid),
        act=lambda talk: talks.withdraw(talk=talk, by=request.actor),
        done=lambda talk, result: acts.said(request, "已撤回，不再计数。", talk),
        ask=lambda talk: acts.Question(
            "撤回这次谈心谈话吗",
            [
                f"{date_zh(talk.held_on)}的谈心谈话不再计数，不能恢复；日期或人登错了，撤回后重新登记。"
            ],
            "撤回",
        ),
        back=lambda talk: talk,
    )


@needs(P.LIFE_VIEW, methods=READ)
def talk_duty_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Where a duty leads: who owes it and has not done it writes a talk down; all others see which
    took place."""
    duty, actor = get_talk_duty(request.actor, pk), request.actor
    is_own = duty.organization_id == actor.organization_id
    if is_own and duty.state in OPEN_STATES and P.LIFE_RECORD in actor.permissions:
        return redirect("life:talk-create")
    asked = {"organization": duty.organization_id, "year": duty.period[:4]}
    return redirect(f"{reverse('life:talk-list')}?{urlencode(asked)}")


@needs(P.LIFE_RECORD, methods=FORM)
def own_membership_prove(request: PortalRequest) -> HttpResponse:
    """The person of the account says which member he is, with what only he has."""

    def done(attempt: acts.Attempt[None, OwnMembershipForm], fits: bool) -> HttpResponse:
        if fits:
            return acts.said(
                request, "已确认。以后你参加的谈心谈话，内容可以看和写。", "life:talk-list"
            )
        attempt.form.add_error(
            "own_identity_number",
            "没有核对上：名册里没有和你同名、又是这个号码的在册党员。请核对号码；姓名和名册不一致的，请系统管理员改账号姓名。",
        )
        attempt.status = acts.INVALID
        return show(attempt)

    def show(attempt: acts.Attempt[None, OwnMembershipForm]) -> HttpResponse:
        has_own = found.own_member(request.actor) is not None
        return attempt.page("life/own_membership.html", has_own=has_own)

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: OwnMembershipForm(acts.typed(request)),
        act=lambda attempt: own_memberships.prove(
            identity_number=attempt.given["own_identity_number"], by=request.actor
        ),
        done=done,
        show=show,
    )


# --- private -----------------------------------------------------------------------------------


def _twice(attempt: acts.Attempt[Organization, TalkForm]) -> acts.Question:
    """Asked of who writes down the same two of the same day once more. Sent again it is the same
    talk, and nothing is asked."""
    given, lines = attempt.given, []
    sides = {one.key: one for one in found.sides_on(attempt.subject, given["held_on"])}
    two = [sides[key] for key in (given["talker"], given["partner"]) if key in sides]
    is_new = not Talk.objects.filter(uid=given["uid"]).exists()
    same = found.same_day(attempt.subject, given["held_on"], [one.member_id for one in two])
    if is_new and same is not None:
        lines.append(f"{date_zh(given['held_on'])}已登记过这两个人的一次谈话")
    return acts.Question("有一样的登记，还要保存吗", lines, "又谈了一次，照样保存")
