"""What stands behind the ids in addresses when the access matrix calls them.

Each address with arguments has a maker, found by the beginning of its name (the longest one
wins). A maker is given a place: a branch and the person who keeps it. It is called twice, for
the branch that most columns of the matrix look at and for a neighbour's.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import attachments, clock, derived, effects, import_files
from core.actor import system
from core.crypto import seal
from core.documents import making
from core.models import Effect, Notification
from orgs.backends import PHONE_COLUMN
from orgs.models import (
    AdministratorProposal,
    DeputyRequest,
    NamedRight,
    OfficeHolding,
    Organization,
    OrganizationImport,
    PortalSession,
    RoleGrant,
    User,
)
from orgs.models.organization import STEP
from orgs.queries.accounts import session_digest

from .standing import Standing, level
from .world import Zone, actor, make_member, make_organization, make_user
from .world import grant as grant_

NOW = dt.datetime(2026, 7, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PERIOD = "2026-06"


@dataclass
class Place:
    """A branch and its secretary."""

    zone: Zone
    branch: Organization
    secretary: User


Arguments = dict[str, Any]
Maker = Callable[[Place], Arguments]
MAKERS: dict[str, Maker] = {}


def makes(*beginnings: str) -> Callable[[Maker], Maker]:
    """Registers a maker for the addresses whose names begin so."""

    def register(maker: Maker) -> Maker:
        for beginning in beginnings:
            MAKERS[beginning] = maker
        return maker

    return register


def arguments(name: str, place: Place) -> Arguments:
    """The arguments of the address `name` at `place`, whose rows are created.

    Raises LookupError when nobody said how to make them.
    """
    found = [beginning for beginning in MAKERS if name.startswith(beginning)]
    if not found:
        raise LookupError(f"Say in tests/access_objects.py what the ids of {name} are.")
    return MAKERS[max(found, key=len)](place)


# What a POST carries beside its token, where nothing would show nothing.
POSTED: dict[str, dict[str, str]] = {
    "schedules:calendar-day-remove": {"day": "2026-10-01"},
}


def prepare(name: str) -> None:
    """What the address `name` needs beside the objects of its arguments."""
    if name.startswith(
        ("schedules:", "api:duty-", "api:report-", "api:plan-", "api:rate-", "api:attachment-")
    ):
        open_month()
    if name.startswith("concerns:filing-"):
        open_public_form()
    if name.startswith("life:"):
        somebody_on_the_roll(also={"life:talk-create": "钱立本"}.get(name, ""))
    if name == "life:own-membership-prove":
        the_secretary_as_member()
    if name == "life:group-list":
        branch = Organization.objects.get(name="中共大黄山街道湖庄村第一支部委员会")
        make_organization("第一党小组", "party_group", branch)

    if name.startswith(("life:", "api:life-")):
        somebody_on_the_roll()
    if name == "weak_cases:case-create":
        weak_criterion()
    if name in ("dispatch:topic-create", "dispatch:meeting-create"):
        zone_series()
    if name == "cycles:cycle-open":
        from .scheme_world import published

        published(Organization.objects.get(parent=None))
    if name == "core:readyz":
        for part in ("sweeper", "clock"):
            effects.beat(part)


def own(zone: Zone) -> Place:
    """The branch that the columns of the matrix look at."""
    return Place(zone, zone.branch, zone.users["huzhuang1"])


def foreign(zone: Zone) -> Place:
    """The neighbour's branch."""
    return Place(zone, zone.neighbour_branch, zone.users["taoyuan1"])


@makes("core:message-open")
def message(place: Place) -> Arguments:
    row = Notification.objects.create(
        user=place.secretary, key=f"m{place.secretary.pk}", title="催办", created_at=NOW
    )
    return {"pk": row.pk}


@makes("core:document-")
def made_document(place: Place) -> Arguments:
    """A pack that is ready, asked for by the branch's secretary."""
    from schedules.rounds import packs
    from schedules.rounds.models import Plan

    open_month()
    wanted = packs.wanted(Plan.objects.in_order()[0], place.branch, PERIOD, "docx")
    row = making.ask(wanted=wanted, by=actor(place.secretary))
    making.make(str(row.uid))
    return {"uid": row.uid}


@makes("orgs:session-end")
def own_session(place: Place) -> Arguments:
    return {"digest": session_digest(_session(place).session_key)}


@makes("orgs:session-end-any")
def any_session(place: Place) -> Arguments:
    row = _session(place)
    return {"user_pk": row.user_id, "digest": session_digest(row.session_key)}


def _session(place: Place) -> PortalSession:
    return PortalSession.objects.create(
        session_key=f"session-of-{place.secretary.username}",
        session_data="",
        expire_date=NOW + dt.timedelta(days=365),
        user=place.secretary,
        seen_at=clock.now(),
    )


@makes("orgs:user-")
def user(place: Place) -> Arguments:
    return {"pk": place.secretary.pk}


@makes("orgs:grant-end")
def grant(place: Place) -> Arguments:
    return {"pk": place.secretary.grants.get().pk}


@makes("orgs:deputy-create")
def own_grant(place: Place) -> Arguments:
    return {"pk": place.secretary.grants.get().pk}


@makes("orgs:deputy-end")
def deputy(place: Place) -> Arguments:
    own = place.secretary.grants.get()
    right = RoleGrant.objects.create(
        user=make_user(f"deputy-of-{place.secretary.username}"),
        role=own.role,
        organization=own.organization,
        valid_from=dt.date(2026, 1, 1),
        valid_to=dt.date(2099, 1, 1),
        granted_by_name=place.secretary.name,
        granted_at=NOW,
        deputy_for=own,
    )
    return {"pk": right.pk}


@makes("orgs:deputy-confirm", "orgs:deputy-refuse", "orgs:deputy-withdraw")
def asked_deputy(place: Place) -> Arguments:
    asked = DeputyRequest.objects.create(
        grant=place.secretary.grants.get(),
        user=make_user(f"asked-by-{place.secretary.username}"),
        first=NOW.date(),
        last=NOW.date(),
        asked_at=NOW,
    )
    return {"pk": asked.pk}


@makes("orgs:naming-end")
def naming(place: Place) -> Arguments:
    row = NamedRight.objects.create(
        user=make_user(f"named-at-{place.branch.pk}"),
        relation="schedules.checker",
        organization=place.branch,
        valid_from=dt.date(2026, 1, 1),
        reason="抽调核报",
        named_by_name="党工委",
        named_at=NOW,
    )
    return {"pk": row.pk}


@makes("orgs:export-")
def full_export(place: Place) -> Arguments:
    """Asked for by the street of the branch, too large for one person."""
    from orgs.actions import full_exports

    name = "dahuangshan" if place.branch == place.zone.branch else "jinshanqiao"
    by = actor(place.zone.users[name])
    row = full_exports.ask(
        kind="members",
        title="党员花名册",
        what="",
        rows=5000,
        purpose="年度统计核对",
        organization=Organization.objects.get(pk=by.organization_id),
        by=by,
    )
    return {"uid": row.uid}


@makes("orgs:administrator-")
def proposal(place: Place) -> Arguments:
    """Proposed by an administrator who is none of the columns."""
    proposer = make_user("proposer", admin_kind="security")
    row = AdministratorProposal.objects.create(
        user=make_user("candidate"),
        admin_kind="audit",
        reason="轮岗",
        proposed_by=proposer,
        proposed_at=NOW,
    )
    return {"pk": row.pk}


@makes("orgs:administrator-withdraw")
def own_proposal(place: Place) -> Arguments:
    """Proposed by the security administrator."""
    given = proposal(place)
    proposer = place.zone.users["secadmin"]
    AdministratorProposal.objects.filter(**given).update(proposed_by=proposer)
    return given


@makes("orgs:job-")
def job(place: Place) -> Arguments:
    row = Effect.objects.create(
        key="k", kind="core.mail", state="dead", not_before=NOW, created_at=NOW
    )
    return {"pk": row.pk}


@makes("orgs:organization-", "orgs:office-create")
def organization(place: Place) -> Arguments:
    return {"pk": place.branch.pk}


@makes("orgs:slip-print")
def committee_with_slips(place: Place) -> Arguments:
    """The street of the branch, one of whose people has never signed in."""
    street = Organization.objects.get(path=place.branch.path[: 2 * STEP])
    user = make_user(f"waiting{street.pk}", "branch_officer", place.branch, proof_due=True)
    user.phone_sealed = seal("13900001234", column=PHONE_COLUMN, row=user.uid)
    user.save()
    return {"pk": street.pk}


@makes("orgs:office-end", "orgs:office-correct")
def office(place: Place) -> Arguments:
    row = OfficeHolding.objects.create(
        organization=place.branch, post="secretary", person_name="蔡航国"
    )
    return {"pk": row.pk}


def _batch(model: Any, uploader: User, **about: Any) -> Arguments:
    row = model.objects.create(
        uid=uuid.uuid4(),
        file_name="花名册.xlsx",
        sha256="0" * 64,
        size=1,
        state="read",
        uploaded_by=uploader,
        grant_id=uploader.grants.get().pk,
        uploaded_at=NOW,
        **about,
    )
    import_files.store(row, b"PK")
    return {"uid": row.uid}


@makes("orgs:organization-import-")
def organization_import(place: Place) -> Arguments:
    return _batch(OrganizationImport, place.zone.users["zone"])


@makes("members:member-")
def member(place: Place) -> Arguments:
    return {"pk": make_member(place.branch).pk}


@makes("members:decision-")
def decision(place: Place) -> Arguments:
    """The branch proposes that a member be removed."""
    from members.actions import decisions

    row = decisions.propose(
        member=make_member(place.branch),
        kind="lapsed",
        resolved_on=dt.date(2026, 6, 1),
        resolution_number="湖支〔2026〕3号",
        basis="连续六个月不参加组织生活",
        by=actor(place.secretary),
    )
    return {"pk": row.pk}


@makes("members:member-import-")
def member_import(place: Place) -> Arguments:
    """Uploaded by the street that the branch belongs to: nobody else sees it."""
    from members.models import MemberImport

    name = "dahuangshan" if place.branch == place.zone.branch else "jinshanqiao"
    return _batch(MemberImport, place.zone.users[name])


def given_out(place: Place, lines: Sequence[str] = ()) -> int:
    """An item that the street gave out to the branch; nobody has taken it on yet."""
    from schedules.action_items.actions import issuing

    is_own = place.branch == place.zone.branch
    street = place.zone.street if is_own else place.zone.neighbour_street
    by = place.zone.actor("dahuangshan" if is_own else "jinshanqiao")
    given = issuing.Given(
        title="补齐党课记录",
        due_on=dt.date(2026, 7, 10),
        lines=[issuing.LineGiven(problem) for problem in lines],
    )
    item = issuing.draft(issuer=street, owners=[place.branch], given=given, by=by)
    return issuing.issue(item=item, by=by).pk


@makes("action_items:item-docx", "action_items:item-pdf", "api:item-")
def item_given_out(place: Place) -> Arguments:
    return {"pk": given_out(place)}


@makes("api:line-")
def line_given_out(place: Place) -> Arguments:
    from schedules.action_items.models import ActionLine

    pk = given_out(place, lines=["台账缺九个月"])
    return {"pk": pk, "line": ActionLine.objects.get(item=pk).pk}


@makes("api:extension-")
def more_time_asked_for(place: Place) -> Arguments:
    from schedules.action_items.actions import extensions
    from schedules.action_items.models import ActionItem

    pk = given_out(place)
    asked = extensions.ask(
        item=ActionItem.objects.get(pk=pk),
        wanted_on=dt.date(2026, 7, 20),
        reason="书记住院，请延期",
        by=actor(place.secretary),
    )
    return {"pk": pk, "extension": asked.pk}


def open_month() -> None:
    """Plan, calendar and the duties and reports of PERIOD."""
    from schedules.rounds.actions import calendar, opening, rollups
    from schedules.rounds.models import Plan

    if not Plan.objects.exists():
        calendar.fill_from_package(years=[2026], by=system())
        opening.open_period(plan=opening.install_defaults(by=system()), period=PERIOD, by=system())
        rollups.refresh_all()  # figures are written behind the changes: here at once


@level("zone_in_june", on="zone")
def build_june(zone: Zone) -> Zone:
    """The zone with the month PERIOD opened."""
    with clock.at(NOW):
        open_month()
    return zone


@pytest.fixture
def zone_in_june(db: None, standing: Standing) -> Zone:
    """The zone in which the month PERIOD is open; the clock is the caller's."""
    found: Zone = standing.value("zone_in_june")
    return found


def recorded(place: Place) -> Any:
    """The branch's duty of a plan without a form: two times are to be written down."""
    from schedules.rounds.actions import opening
    from schedules.rounds.models import Duty, Plan

    open_month()
    plan, _ = Plan.objects.get_or_create(
        key="talks",
        defaults={
            "name": "谈心谈话",
            "fulfilment": "record",
            "required_count": 2,
            "kinds": [place.branch.kind],
            "position": 2,
            "starts_on": dt.date(2026, 1, 1),
        },
    )
    opening.open_period(plan=plan, period=PERIOD, by=system())
    return Duty.objects.get(plan=plan, organization=place.branch)


@makes(
    "schedules:duty-detail",
    "schedules:duty-accept",
    "schedules:duty-return",
    "schedules:duty-withdraw",
    "schedules:record-add",
    "schedules:record-resend",
)
def recorded_duty(place: Place) -> Arguments:
    return {"pk": recorded(place).pk}


@makes("schedules:record-remove")
def record(place: Place) -> Arguments:
    from schedules.rounds.actions import records

    duty = recorded(place)
    with clock.at(NOW):
        row = records.add(
            duty=duty, done_on=dt.date(2026, 6, 3), text="谈了一次", by=actor(place.secretary)
        )
    return {"pk": duty.pk, "record": row.pk}


@makes(
    "schedules:duty-open",
    "schedules:duty-recus",
    "schedules:duty-arrange",
    "schedules:duty-waive",
    "schedules:duty-resume",
    "schedules:duty-extend",
    "schedules:duty-unlock",
    "schedules:duty-begin",
    "api:duty-",
)
def duty(place: Place) -> Arguments:
    from schedules.rounds.models import Duty

    open_month()
    return {"pk": Duty.objects.get(organization=place.branch, report__isnull=False).pk}


@makes("schedules:report-", "schedules:attachment-add")
def report(place: Place) -> Arguments:
    from schedules.rounds.models import Report

    open_month()
    return {"pk": Report.objects.get(organization=place.branch).pk}


@makes("schedules:mark-")
def sent_item(place: Place) -> Arguments:
    """The problem that a sent report tells of."""
    from schedules.rounds.actions import reports
    from schedules.rounds.models import Report

    open_month()
    sent = reports.submit(
        report=(found := Report.objects.get(organization=place.branch)),
        revision=found.revision,
        typed={"highlights": ["一条"], "problems": "活动室屋顶渗水", "next_plan": "主题党日"},
        explanations={},
        by=actor(place.secretary),
    )
    return {"pk": sent.items.get(key="problems").pk}


@makes("schedules:attachment-")
def attachment(place: Place) -> Arguments:
    from schedules.rounds.models import Report, ReportAttachment

    open_month()
    row = ReportAttachment.objects.create(
        report=Report.objects.get(organization=place.branch),
        name="签到表.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        state="ready",
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.4")
    return {"uid": row.uid}


@makes("schedules:plan-")
def plan(place: Place) -> Arguments:
    from schedules.rounds.models import Plan

    open_month()
    return {"pk": Plan.objects.get().pk}


@makes("schedules:case-stop")
def plan_about_cases(place: Place) -> Arguments:
    from schedules.rounds.actions import plans

    with clock.at(NOW):
        return {"pk": plans.start_cases(kind="orgs.term", by=system()).pk}


@makes("schedules:definition-new")
def plan_with_forms(place: Place) -> Arguments:
    return plan(place)


@makes("schedules:definition-")
def definition(place: Place) -> Arguments:
    from schedules.rounds.models import ReportDefinition

    open_month()
    return {"pk": ReportDefinition.objects.order_by("pk").values_list("pk", flat=True)[0]}


@makes("schedules:definition-edit", "schedules:definition-publish", "schedules:definition-discard")
def definition_draft(place: Place) -> Arguments:
    from schedules.rounds.actions import definitions
    from schedules.rounds.models import ReportDefinition

    open_month()
    newest = ReportDefinition.objects.order_by("pk")[0]
    return {"pk": definitions.draft_version(newest=newest, by=system()).pk}


@makes("schedules:calendar-year-declare")
def year(place: Place) -> Arguments:
    return {"year": 2027}


@makes("orgs:token-revoke")
def token(place: Place) -> Arguments:
    from orgs.actions import tokens

    by = actor(place.secretary)
    made = tokens.create(by=by, grant_id=by.grant_id or 0, name="试用", scope="read", days=1)
    return {"pk": made.token.pk}


@makes("api:calendar-feed")
def calendar_address(place: Place) -> Arguments:
    from orgs.actions import tokens

    return {"digest": tokens.renew_calendar(by=actor(place.secretary)).secret}


makes("api:notification-read")(message)
makes("api:organization-")(organization)
makes("api:member-")(member)
makes("api:import-")(member_import)
makes("api:plan-")(plan)
makes("api:report-")(report)
makes("api:attachment-list")(report)


@makes("api:attachment-")
def attachment_of_report(place: Place) -> Arguments:
    return {**report(place), **attachment(place)}


# --- action items -----------------------------------------------------------------------------


def issuer_of(place: Place) -> tuple[Organization, Any]:
    """The street above the branch, and who works for it."""
    street = Organization.objects.get(path=place.branch.path[: 2 * STEP])
    name = "dahuangshan" if street == place.zone.street else "jinshanqiao"
    return street, actor(place.zone.users[name])


def action_item(place: Place, state: str = "issued", *, lines: int = 0) -> Any:
    """An item that the street gave the branch, brought as far as `state`: draft, issued, doing,
    reported, closed (so long ago that one looks again)."""
    from schedules.action_items.actions import checking, handling, issuing

    street, issuer = issuer_of(place)
    owner = actor(place.secretary)
    moment = NOW - dt.timedelta(days=70) if state == "closed" else NOW
    with clock.at(moment):
        given = issuing.Given(
            title="补齐支部党课记录",
            demand="三次党课都要有记录",
            due_on=moment.date() + dt.timedelta(days=4),
            lines=tuple(issuing.LineGiven(f"第{one}季度没有记录") for one in range(1, lines + 1)),
        )
        item = issuing.draft(issuer=street, owners=[place.branch], given=given, by=issuer)
        if state == "draft":
            return item
        issuing.issue(item=item, by=issuer)
        if state == "issued":
            return item
        item = handling.receive(item=item, by=owner)
        if state == "doing":
            return item
        item.refresh_from_db()
        item = handling.report(
            item=item, result="三次党课的记录都已补齐", by=owner, revision=item.revision
        )
        if state == "closed":
            item.refresh_from_db()
            checking.verify(item=item, note="看过记录", by=issuer, revision=item.revision)
    return item


@makes("action_items:item-", "action_items:attachment-add")
def item_issued(place: Place) -> Arguments:
    return {"pk": action_item(place).pk}


@makes("action_items:item-edit", "action_items:item-issue")
def item_drafted(place: Place) -> Arguments:
    return {"pk": action_item(place, "draft").pk}


@makes(
    "action_items:item-progress",
    "action_items:item-wait",
    "action_items:item-report",
    "action_items:extension-ask",
)
def item_received(place: Place) -> Arguments:
    return {"pk": action_item(place, "doing").pk}


@makes("action_items:item-withdraw", "action_items:item-verify", "action_items:item-return")
def item_reported(place: Place) -> Arguments:
    return {"pk": action_item(place, "reported").pk}


@makes("action_items:item-resume")
def item_waiting(place: Place) -> Arguments:
    from schedules.action_items.actions import handling

    item = action_item(place, "doing")
    item.refresh_from_db()
    with clock.at(NOW):
        handling.wait(
            item=item,
            name="区住建局",
            note="批复施工许可",
            due_on=dt.date(2026, 7, 20),
            revision=item.revision,
            by=actor(place.secretary),
        )
    return {"pk": item.pk}


@makes("action_items:item-look")
def item_closed(place: Place) -> Arguments:
    return {"pk": action_item(place, "closed").pk}


@makes("action_items:extension-")
def wish_for_time(place: Place) -> Arguments:
    from schedules.action_items.actions import extensions

    item = action_item(place, "doing")
    with clock.at(NOW):
        wish = extensions.ask(
            item=item,
            wanted_on=dt.date(2026, 7, 31),
            reason="授课老师下旬才到",
            by=actor(place.secretary),
        )
    return {"pk": item.pk, "record": wish.pk}


@makes("action_items:line-")
def item_line(place: Place) -> Arguments:
    item = action_item(place, "doing", lines=2)
    return {"pk": item.pk, "record": item.lines.all()[0].pk}


@makes("action_items:attachment-")
def item_attachment(place: Place) -> Arguments:
    from schedules.action_items.models import ActionAttachment

    row = ActionAttachment.objects.create(
        item=action_item(place, "doing"),
        name="签到表.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        state="ready",
        uploaded_by=place.secretary,
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return {"uid": row.uid}


@makes("action_items:evidence-add")
def item_and_record(place: Place) -> Arguments:
    """An item, and a record of its owner's with the id that `tests/hostile.py` posts."""
    from schedules.life.models import Meeting

    somebody_on_the_roll()
    kept = Meeting.objects.filter(**life_record(place))
    kept.update(uid="5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11")
    return {"pk": action_item(place).pk}


@makes("action_items:evidence-remove")
def item_evidence(place: Place) -> Arguments:
    from schedules.action_items.models import ActionEvidence

    row = ActionEvidence.objects.create(
        item=action_item(place, "doing"),
        kind="life.meeting",
        uid=uuid.uuid4(),
        label="6月10日 支部党员大会",
        linked_at=NOW,
        linked_by_name="孙广强",
    )
    return {"pk": row.pk}


@makes("action_items:feedback-", "api:feedback-")
def feedback(place: Place) -> Arguments:
    """What the branch's secretary wrote."""
    from schedules.action_items.actions import feedback as feedbacks

    row = feedbacks.write(kind="burden", text="台账表格太多，能不能合并", by=actor(place.secretary))
    return {"pk": row.pk}


# --- dispatch meetings: agenda, roll ----------------------------------------------------------


def dispatch_meeting(place: Place, state: str = "draft") -> Any:
    """A meeting that the street above the branch holds, with two cards; drafted or called."""
    from schedules.dispatch.actions import cards, meetings

    street, keeper = issuer_of(place)
    with clock.at(NOW):
        series = meetings.create_series(organization=street, name="街道调度会", by=keeper)
        meeting = meetings.draft(
            series=series,
            period="2026-07",
            starts_at=NOW + dt.timedelta(days=14),
            by=keeper,
        )
        for title in ("党课记录还没有补齐", "活动室屋顶渗水"):
            content = cards.Content(section="exceptions", topic="problem", title=title)
            cards.add(meeting=meeting, content=content, by=keeper)
        meeting.refresh_from_db()
        if state == "called":
            meetings.call(meeting=meeting, revision=meeting.revision, by=keeper)
    meeting.refresh_from_db()
    return meeting


@makes("dispatch:meeting-")
def drafted_meeting(place: Place) -> Arguments:
    return {"pk": dispatch_meeting(place).pk}


@makes("dispatch:meeting-roll")
def called_meeting(place: Place) -> Arguments:
    meeting = dispatch_meeting(place, "called")
    first = meeting.attendances.order_by("pk")[0]
    meeting.attendances.filter(pk=first.pk).update(person_name="康红涛")
    return {"pk": meeting.pk}


@makes("dispatch:attendance-")
def somebody_called(place: Place) -> Arguments:
    meeting = dispatch_meeting(place, "called")
    row = meeting.attendances.order_by("pk")[0]
    meeting.attendances.filter(pk=row.pk).update(person_name="康红涛")
    return {"pk": meeting.pk, "record": row.pk}


@makes("dispatch:card-")
def agenda_card(place: Place) -> Arguments:
    meeting = dispatch_meeting(place)
    return {"pk": meeting.pk, "record": meeting.cards.order_by("position")[0].pk}


@makes("dispatch:card-create")
def meeting_for_card(place: Place) -> Arguments:
    return {"pk": dispatch_meeting(place).pk}


@makes("dispatch:series-")
def meeting_series(place: Place) -> Arguments:
    return {"pk": dispatch_meeting(place).series_id}


@makes("dispatch:topic-")
def proposed_topic(place: Place) -> Arguments:
    from schedules.dispatch.actions import cards

    series = dispatch_meeting(place).series
    content = cards.Content(section="exceptions", topic="proposed", title="夜班职工的组织生活")
    with clock.at(NOW):
        return {"pk": cards.propose(series=series, content=content, by=issuer_of(place)[1]).pk}


def zone_series() -> Any:
    """A series that the zone holds, into which its committees propose."""
    from schedules.dispatch.models import MeetingSeries

    root = Organization.objects.get(parent=None)
    return MeetingSeries.objects.get_or_create(
        organization=root,
        name="党建工作调度会",
        defaults={
            "cap_minutes": 90,
            "speech_minutes": 8,
            "posts": ["deputy_secretary", "organization_commissioner"],
        },
    )[0]


@makes("action_items:item-from-report")
def returned_report(place: Place) -> Arguments:
    """The branch's report, which came back."""
    from schedules.rounds.actions import reports
    from schedules.rounds.models import Report

    open_month()
    row = Report.objects.get(organization=place.branch, period=PERIOD)
    typed = {"highlights": ["带岗"], "problems": "屋顶渗水", "next_plan": "主题党日"}
    sent = reports.submit(
        report=row,
        revision=row.revision,
        typed=typed,
        explanations={},
        by=actor(place.secretary),
    )
    reports.check(
        report=sent,
        revision=sent.revision,
        returned={"problems": "请写明时间地点"},
        by=actor(place.zone.users["zone"]),
    )
    return {"pk": row.pk}


@makes("action_items:alike-")
def group_of_items(place: Place) -> Arguments:
    """A group of two items of the street's, neither of which is a row of the address."""
    from schedules.action_items.actions import issuing
    from schedules.action_items.models import ActionItem

    by = actor(place.zone.users["dahuangshan"])
    if not ActionItem.objects.exists():
        for owner in (place.zone.branch, place.zone.branch2):
            given = issuing.Given(title=f"补齐党课记录 {owner}", category="life", cause="duty")
            item = issuing.draft(issuer=place.zone.street, owners=[owner], given=given, by=by)
            issuing.issue(item=item, by=by)
    return {"category": "life", "cause": "duty"}


def field_visit(place: Place, state: str = "under_way") -> Any:
    """A visit that the street makes to the branch by its own staff: planned, under_way or done."""
    from schedules.dispatch.actions import visits

    street, by = issuer_of(place)
    user = User.objects.get(pk=by.user_id)
    with clock.at(NOW):
        visit = visits.plan(holder=street, organization=place.branch, visitors=[user], by=by)
        if state != "planned":
            visits.begin(visit=visit, by=by)
            visit.refresh_from_db()
        if state == "done":
            visits.finish(visit=visit, conclusion="党课三次属实", revision=visit.revision, by=by)
    return visit


@makes("dispatch:visit-", "dispatch:finding-add")
def visit_under_way(place: Place) -> Arguments:
    return {"pk": field_visit(place).pk}


@makes("dispatch:visit-begin", "dispatch:visit-schedule")
def visit_planned(place: Place) -> Arguments:
    return {"pk": field_visit(place, "planned").pk}


@makes("dispatch:visit-print")
def visit_done(place: Place) -> Arguments:
    return {"pk": field_visit(place, "done").pk}


@makes("dispatch:finding-hand")
def visit_finding(place: Place) -> Arguments:
    from schedules.dispatch.actions import visits

    _, by = issuer_of(place)
    with clock.at(NOW):
        row = visits.find(visit=field_visit(place), uid=uuid.uuid4(), text="活动室常锁着", by=by)
    return {"pk": row.pk}


@makes("dispatch:visit-file-open", "dispatch:visit-file-remove")
def visit_photograph(place: Place) -> Arguments:
    from schedules.dispatch.models import VisitAttachment

    row = VisitAttachment.objects.create(
        visit=field_visit(place),
        name="活动室.jpg",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        state="ready",
        uploaded_by_id=issuer_of(place)[1].user_id,
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return {"uid": row.uid}


def visit_draw(place: Place, state: str) -> Any:
    """A draw of the street's: seeded, drawn or published."""
    from schedules.dispatch.actions import drawing

    street, by = issuer_of(place)
    with clock.at(NOW):
        row = drawing.fix_seed(
            organization=street,
            title="街道调研",
            seed=f"开奖号码 {street.code}",
            seed_source="公开号码",
            count=1,
            by=by,
        )
        if state != "seeded":
            drawing.draw(draw=row, by=by)
        if state == "published":
            drawing.publish(draw=row, by=by)
    return row


@makes("dispatch:draw-run")
def draw_seeded(place: Place) -> Arguments:
    return {"pk": visit_draw(place, "seeded").pk}


@makes("dispatch:draw-publish")
def draw_drawn(place: Place) -> Arguments:
    return {"pk": visit_draw(place, "drawn").pk}


@makes("dispatch:draw-")
def draw_published(place: Place) -> Arguments:
    return {"pk": visit_draw(place, "published").pk}


# --- the room of a dispatch meeting, its minutes ---------------------------------------------------


def street_meeting(place: Place, state: str = "open") -> Any:
    """A meeting that the branch's street holds, with one card, as far as `state`: draft, called,
    open, closed."""
    from schedules.dispatch.actions import cards, meetings
    from schedules.dispatch.models import DispatchMeeting

    street, by = issuer_of(place)
    with clock.at(NOW):
        series = meetings.create_series(
            organization=street, name=f"调度会{street.pk}", by=by, posts=["secretary"]
        )
        starts_at = NOW + dt.timedelta(days=2)
        meeting = meetings.draft(series=series, period="2026-07", starts_at=starts_at, by=by)
        content = cards.Content(section="exceptions", topic="problem", title="夜班支部的组织生活")
        cards.add(meeting=meeting, content=content, by=by)
        meeting.refresh_from_db()
        if state != "draft":
            meetings.call(meeting=meeting, revision=meeting.revision, by=by)
        if state in ("open", "closed"):
            meetings.open_meeting(meeting=meeting, by=by)
        if state == "closed":
            meetings.close(meeting=meeting, by=by)
    return DispatchMeeting.objects.get(pk=meeting.pk)


def street_card(place: Place, state: str = "open") -> Any:
    return street_meeting(place, state).cards.select_related("meeting__organization").get()


def street_outcome(place: Place, card: Any, kind: str = "text") -> Any:
    """Something concluded on the card; a new item goes to the branch."""
    from schedules.dispatch.actions import outcomes

    _, by = issuer_of(place)
    owners = [place.branch] if kind == "new_item" else []
    with clock.at(NOW):
        typed = outcomes.Typed(kind, "按班次分两场开，都要有记录", owners=owners)
        return outcomes.write(card=card, uid=uuid.uuid4(), typed=typed, by=by)


@makes("dispatch:meeting-open", "api:meeting-open", "api:meeting-cancel")
def meeting_called(place: Place) -> Arguments:
    return {"pk": street_meeting(place, "called").pk}


@makes("dispatch:room", "dispatch:screen", "dispatch:meeting-close", "dispatch:meeting-detail")
@makes("api:meeting-")
def meeting_in_progress(place: Place) -> Arguments:
    return {"pk": street_meeting(place).pk}


@makes("api:outcome-write")
def card_of_meeting(place: Place) -> Arguments:
    card = street_card(place)
    return {"pk": card.meeting_id, "record": card.pk}


@makes("api:meeting-call")
def meeting_drafted(place: Place) -> Arguments:
    return {"pk": street_meeting(place, "draft").pk}


@makes("dispatch:room-", "dispatch:card-begin", "dispatch:outcome-")
def card_in_progress(place: Place) -> Arguments:
    return {"pk": street_card(place).pk}


@makes("dispatch:outcome-remove")
def outcome_written(place: Place) -> Arguments:
    card = street_card(place)
    return {"pk": card.pk, "record": street_outcome(place, card).pk}


@makes(
    "dispatch:meeting-minutes", "dispatch:meeting-amend", "dispatch:minutes-", "dispatch:decision-"
)
def meeting_closed(place: Place) -> Arguments:
    return {"pk": street_meeting(place, "closed").pk}


@makes("dispatch:letters-")
def meeting_with_items(place: Place) -> Arguments:
    from schedules.dispatch.actions import meetings

    card = street_card(place)
    street_outcome(place, card, "new_item")
    _, by = issuer_of(place)
    with clock.at(NOW):
        meetings.close(meeting=card.meeting, by=by)
    return {"pk": card.meeting.pk}


def tour(place: Place, *, is_called: bool = False) -> Any:
    """The first stop, at the branch, of a tour that the street holds."""
    from schedules.dispatch.actions import cards, meetings, tours
    from schedules.dispatch.enums import MeetingForm, Section, Topic

    street, by = issuer_of(place)
    with clock.at(NOW):
        series = meetings.create_series(
            organization=street, name="统一观摩", by=by, form=MeetingForm.OBSERVATION_TOUR
        )
        meeting = meetings.draft(
            series=series, period=PERIOD, starts_at=NOW + dt.timedelta(days=5), by=by
        )
        stop = tours.add_stop(
            meeting=meeting,
            organization=place.branch,
            arrives_at=dt.time(9),
            minutes=20,
            shows="党员活动室",
            by=by,
        )
        if is_called:
            content = cards.Content(section=Section.PLANS, topic=Topic.PLAN, title="统一观摩")
            cards.add(meeting=meeting, content=content, by=by)
            meeting.refresh_from_db()
            meetings.call(meeting=meeting, revision=meeting.revision, by=by)
    return stop


@makes("dispatch:tour-detail", "dispatch:tour-stop-add")
def tour_drafted(place: Place) -> Arguments:
    return {"pk": tour(place).meeting_id}


@makes("dispatch:tour-stop-remove")
def tour_stop(place: Place) -> Arguments:
    return {"pk": tour(place).pk}


@makes("dispatch:tour-note")
def tour_called(place: Place) -> Arguments:
    return {"pk": tour(place, is_called=True).pk}


@makes("dispatch:tour-note-hand")
def tour_noted(place: Place) -> Arguments:
    from schedules.dispatch.actions import tours

    _, by = issuer_of(place)
    with clock.at(NOW):
        stop = tour(place, is_called=True)
        stop.meeting.refresh_from_db()
        row = tours.note(stop=stop, uid=uuid.uuid4(), text="积分上墙，值得学", by=by)
    return {"pk": row.pk}


# --- organisation life -----------------------------------------------------------------------


def somebody_on_the_roll(branch: Organization | None = None, *, also: str = "") -> Any:
    """A member of the branch, on its roll since long ago; with another one who is named."""
    from members.actions import standings

    if branch is None:
        branch = Organization.objects.get(name="中共大黄山街道湖庄村第一支部委员会")
    member = make_member(branch, "孙广强")
    if also:
        make_member(branch, also)
    standings.fill(since=dt.date(2020, 1, 1))
    return member


def the_secretary_as_member() -> None:
    """The secretary's account bears the name of a member of his branch."""
    branch = Organization.objects.get(name="中共大黄山街道湖庄村第一支部委员会")
    make_member(branch, "huzhuang1", number="110101199003074557")


@makes("life:duty-open")
def life_duty(place: Place) -> Arguments:
    """The quarter's 党员大会 of the branch."""
    from schedules.rounds.actions import opening
    from schedules.rounds.models import Duty, Plan

    plan, _ = Plan.objects.get_or_create(
        key="assembly",
        defaults={
            "name": "支部党员大会",
            "fulfilment": "life.general_meeting",
            "kinds": ["branch"],
            "cadence": "quarter",
            "starts_on": dt.date(2026, 1, 1),
        },
    )
    opening.open_period(plan=plan, period="2026-Q2", by=system())
    return {"pk": Duty.objects.get(plan=plan, organization=place.branch).pk}


@makes("life:exemption-end")
def life_exemption(place: Place) -> Arguments:
    from schedules.life.models import Exemption

    row = Exemption.objects.create(
        member=somebody_on_the_roll(place.branch),
        reason="illness",
        since=dt.date(2026, 1, 1),
        approver_name="李书记",
        written_at=NOW,
        written_by_name="李书记",
    )
    return {"pk": row.pk}


@makes("life:meeting-create")
def kind_of_meeting(place: Place) -> Arguments:
    return {"kind": "general_meeting"}


@makes("life:import-")
def ledger_import(place: Place) -> Arguments:
    """Uploaded by the branch: nobody else sees it."""
    from schedules.life.models import LedgerImport

    name = "huzhuang1" if place.branch == place.zone.branch else "taoyuan1"
    return _batch(LedgerImport, place.zone.users[name])


@makes("schemes:version", "schemes:version-sheet", "schemes:import", "schemes:import-paste")
def scheme_draft(place: Place) -> Arguments:
    """The draft of a committee for the branches below it."""
    from assessments.schemes.actions import versions

    version = versions.create(
        organization=_scheme_maker(place).organization,
        year=2026,
        level="branch",
        name="村党支部",
        classes=["village"],
        by=actor(_scheme_maker(place).user),
    )
    return {"uid": version.uid}


@makes("schemes:import-")
def scheme_import(place: Place) -> Arguments:
    """A sheet for it that was read: nobody else sees it."""
    from assessments.schemes.models import SchemeImport, SchemeVersion

    version = SchemeVersion.objects.get(uid=scheme_draft(place)["uid"])
    return _batch(SchemeImport, _scheme_maker(place).user, version=version)


@makes("schemes:import-template")
def scheme_template(place: Place) -> Arguments:
    return {}


def _scheme_maker(place: Place) -> Any:
    """The grant of the committee's worker above the branch."""
    name = "dahuangshan" if place.branch == place.zone.branch else "jinshanqiao"
    return place.zone.users[name].grants.select_related("organization", "user").get()


@makes("life:meeting-")
@makes("life:meeting-", "api:life-")
def life_record(place: Place) -> Arguments:
    """Recorded by the branch's secretary, with all who are on the roll."""
    from schedules.life.actions import meetings
    from schedules.life.enums import MeetingKind, Presence
    from schedules.life.queries.rolls import roll_of

    day = dt.date(2026, 6, 10)
    if roll_of(place.branch, MeetingKind.GENERAL_MEETING, day).is_empty:
        somebody_on_the_roll(place.branch)
    roll = roll_of(place.branch, MeetingKind.GENERAL_MEETING, day)
    row = meetings.record(
        uid=uuid.uuid4(),
        units=[place.branch],
        written=meetings.Written(
            kind=MeetingKind.GENERAL_MEETING, held_on=day, topic="第二季度支部党员大会"
        ),
        marks={one.member_id: meetings.Mark(Presence.PRESENT) for one in roll.expected},
        by=actor(place.secretary),
    )
    return {"uid": row.uid}


@makes("life:meeting-paper")
def life_paper(place: Place) -> Arguments:
    return {**life_record(place), "ending": "docx"}


@makes("life:binder")
def life_binder(place: Place) -> Arguments:
    """Of a branch that has a record to bind."""
    life_record(place)
    return {"pk": place.branch.pk}


@makes("life:ledger-")
def life_ledger(place: Place) -> Arguments:
    return {"key": "meetings"}


@makes("life:ledger-export")
def life_ledger_file(place: Place) -> Arguments:
    return {"key": "meetings", "ending": "xlsx"}


@makes("life:part-")
def life_part(place: Place) -> Arguments:
    """The branch is said to have taken part in what its general branch has held, and calls its
    roll; of the neighbour, what its street has."""
    from schedules.life.actions import meetings
    from schedules.life.enums import MeetingKind, Presence
    from schedules.life.models import Invitation
    from schedules.life.queries.rolls import roll_of

    day, host = dt.date(2026, 6, 10), place.branch.parent
    for organization in (host, place.branch):
        if roll_of(organization, MeetingKind.PARTY_DAY, day).is_empty:
            somebody_on_the_roll(organization)
    roll = roll_of(host, MeetingKind.PARTY_DAY, day)
    row = meetings.record(
        uid=uuid.uuid4(),
        units=[host],
        written=meetings.Written(kind=MeetingKind.PARTY_DAY, held_on=day, topic="三个支部一起植树"),
        marks={one.member_id: meetings.Mark(Presence.PRESENT) for one in roll.expected},
        by=actor(place.zone.users["zone"]),
        invited=[place.branch],
    )
    assert Invitation.objects.filter(record_uid=row.uid).exists()
    return {"uid": row.uid, "pk": place.branch.pk}


@makes("life:meeting-file-open", "life:meeting-file-remove")
def life_photograph(place: Place) -> Arguments:
    from schedules.life.models import LifeFile, Meeting

    record = Meeting.objects.get(**life_record(place))
    row = LifeFile.objects.create(
        meeting=record,
        record_uid=record.uid,
        name="签到表.jpg",
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        state="ready",
        uploaded_by_id=place.secretary.pk,
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return {"uid": row.uid}


@makes("life:talk-duty-open")
def talk_duty(place: Place) -> Arguments:
    """The year's 谈心谈话 of the branch."""
    from schedules.rounds.actions import opening
    from schedules.rounds.models import Duty, Plan

    plan, _ = Plan.objects.get_or_create(
        key="talks",
        defaults={
            "name": "谈心谈话",
            "fulfilment": "life.talk",
            "kinds": ["branch"],
            "cadence": "year",
            "starts_on": dt.date(2026, 1, 1),
        },
    )
    opening.open_period(plan=plan, period="2026", by=system())
    return {"pk": Duty.objects.get(plan=plan, organization=place.branch).pk}


@makes("life:talk-", "api:talk-detail")
def life_talk(place: Place) -> Arguments:
    """Written down by the branch's secretary, who talked with a member; with what was said."""
    from members.actions import standings
    from schedules.life.actions import talks

    two = [make_member(place.branch, name) for name in ("钱立本", "冯素珍")]
    standings.fill(since=dt.date(2020, 1, 1))
    row = talks.record(
        uid=uuid.uuid4(),
        organization=place.branch,
        held_on=dt.date(2026, 6, 10),
        talker=f"m{two[0].pk}",
        partner=f"m{two[1].pk}",
        said=talks.Said(content="家里老人住院，想请支部帮着排个班。"),
        by=actor(place.secretary),
    )
    return {"uid": row.uid}


# --- study ------------------------------------------------------------------------------------


def _studying(place: Place) -> Any:
    """A member of the place, on its roll since long ago."""
    from members.actions import standings

    member = make_member(place.branch, "吴学勤")
    standings.fill(since=dt.date(2020, 1, 1))
    return member


@makes("life:study-member", "life:attendance-list")
def member_who_studies(place: Place) -> Arguments:
    return {"pk": _studying(place).pk}


@makes("life:study-make-up")
def missed_lesson(place: Place) -> Arguments:
    """A lesson that everybody has missed, in which the branch's secretary wrote that down."""
    from schedules.life.actions import meetings
    from schedules.life.enums import AbsenceReason, MeetingKind, Presence
    from schedules.life.queries.rolls import roll_of

    _studying(place)
    day = dt.date(2026, 6, 10)
    ill = meetings.Mark(Presence.ABSENT, AbsenceReason.ILLNESS)
    row = meetings.record(
        uid=uuid.uuid4(),
        units=[place.branch],
        written=meetings.Written(kind=MeetingKind.LESSON, held_on=day, topic="第二季度党课"),
        marks={
            one.member_id: ill for one in roll_of(place.branch, MeetingKind.LESSON, day).expected
        },
        by=actor(place.secretary),
    )
    return {"uid": row.uid}


@makes("life:study-detail", "life:study-withdraw")
def study_entry(place: Place) -> Arguments:
    return {"uid": _entered(place).batch}


@makes("api:study-")
def study_record(place: Place) -> Arguments:
    return {"uid": _entered(place).uid}


def _entered(place: Place) -> Any:
    """What one member studied at home, as the branch's secretary entered it."""
    from schedules.life.actions import study
    from schedules.life.enums import StudyKind

    day = dt.date(2026, 6, 10)
    rows = study.record(
        batch=uuid.uuid4(),
        place=place.branch,
        studied=study.Studied(StudyKind.SELF_STUDY, "学习党章", day, day, minutes=60),
        members=[_studying(place).pk],
        by=actor(place.secretary),
    )
    return rows[0]


def life_result(place: Place, kind: str, day: dt.date = dt.date(2026, 6, 10)) -> Any:
    """A record of 组织生活会 or 民主评议党员, by the branch's secretary."""
    from schedules.life.actions import meetings
    from schedules.life.enums import MeetingKind, Presence
    from schedules.life.queries.rolls import roll_of

    what = MeetingKind(kind)
    if not roll_of(place.branch, what, day).expected:
        somebody_on_the_roll(place.branch)
    roll = roll_of(place.branch, what, day)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[place.branch],
        written=meetings.Written(kind=what, held_on=day, topic=f"{day.year}年{what.label}"),
        marks={one.member_id: meetings.Mark(Presence.PRESENT) for one in roll.expected},
        by=actor(place.secretary),
    )


@makes("life:appraisal-")
def life_appraisal(place: Place) -> Arguments:
    return {"uid": life_result(place, "appraisal").uid}


@makes("life:problem-list", "life:problem-edit")
def life_problems(place: Place) -> Arguments:
    return {"uid": life_result(place, "life_meeting").uid}


@makes("life:problem-")
def life_problem(place: Place) -> Arguments:
    """A line of the year before, beside this year's record."""
    from schedules.life.actions import problems
    from schedules.life.models import Problem

    before = life_result(place, "life_meeting", dt.date(2025, 6, 10))
    line = problems.Line(uid=uuid.uuid4(), text="学习不够经常")
    problems.save(record=before, revision=0, lines=[line], by=actor(place.secretary))
    row = Problem.objects.current().get(uid=line.uid)
    return {"uid": life_result(place, "life_meeting").uid, "problem": row.uid}


@makes("life:plan-")
def life_year_plan(place: Place) -> Arguments:
    return {"pk": place.branch.pk, "year": 2026}


# --- schemes --------------------------------------------------------------------------------------


def scheme_version(place: Place, state: str = "draft") -> Any:
    """A version of a scheme that the branch's street has made for the branches below it."""
    from . import scheme_versions_world

    street = Organization.objects.get(path=place.branch.path[: 2 * STEP])
    writer = next(
        actor(user)
        for user in place.zone.users.values()
        if user.username in ("dahuangshan", "jinshanqiao")
        and actor(user).organization_id == street.pk
    )
    if state == "draft":
        return scheme_versions_world.drafted(street, writer)
    if state == "submitted":
        return scheme_versions_world.submitted(street, writer)
    return scheme_versions_world.published(street, writer, place.zone.actor("committee"))


@makes("schemes:scheme", "schemes:scheme-begin")
def scheme_published(place: Place) -> Arguments:
    return {"uid": scheme_version(place, "published").scheme.uid}


@makes("schemes:scheme-edit")
def scheme_begun(place: Place) -> Arguments:
    return {"uid": scheme_version(place).scheme.uid}


@makes("schemes:version", "schemes:version-compare")
def version_published(place: Place) -> Arguments:
    return {"uid": scheme_version(place, "published").uid}


@makes("schemes:version-publish", "schemes:version-return")
def version_submitted(place: Place) -> Arguments:
    return {"uid": scheme_version(place, "submitted").uid}


@makes("schemes:version-edit", "schemes:version-settings", "schemes:version-submit")
@makes("schemes:version-discard", "schemes:scan-add", "schemes:marks-", "schemes:node-")
@makes("schemes:indicator-", "schemes:group-save")
def version_drafted(place: Place) -> Arguments:
    return {"uid": scheme_version(place).uid}


@makes("schemes:scan-open", "schemes:scan-remove")
def scheme_scan(place: Place) -> Arguments:
    from assessments.schemes.models import SchemeScan

    version = scheme_version(place)
    row = SchemeScan.objects.create(
        version=version,
        name="细则.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        state="ready",
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF")
    return {"uid": row.uid}


# --- schemes: groups, exemptions -----------------------------------------------------------------


def street_scheme(place: Place) -> Any:
    """A scheme of the street for its branches, published for the whole of 2026."""
    from assessments.schemes.models import Scheme, SchemeVersion

    street, _ = issuer_of(place)
    scheme, is_new = Scheme.objects.get_or_create(
        organization=street,
        year=2026,
        level="branch",
        name="农村支部",
        defaults={"classes": [place.branch.organization_class], "created_at": NOW},
    )
    if is_new:
        parts = [
            {"key": "1", "name": "主题党日", "full": "60", "rules": []},
            {"key": "2", "name": "党费收缴", "full": "40", "rules": []},
        ]
        root = {"key": "root", "name": "合计", "full": "100", "parts": parts}
        SchemeVersion.objects.create(
            scheme=scheme,
            number=1,
            content={"root": root, "places": 2},
            state="published",
            from_period="2026-H1",
            changed_at=NOW,
        )
    return scheme


@makes("schemes:exemption-create")
def scheme_to_exempt_from(place: Place) -> Arguments:
    return {"uid": street_scheme(place).uid}


def exemption(place: Place, *, is_approved: bool = False) -> Any:
    """An exemption of the branch that the zone has proposed, and the street approved."""
    from assessments.schemes.actions import exemptions

    _, street = issuer_of(place)
    with clock.at(NOW):
        row = exemptions.propose(
            scheme=street_scheme(place),
            indicator="2",
            organization=place.branch,
            reason="整建制停产，无在册党员缴纳",
            since=dt.date(2026, 7, 1),
            until=dt.date(2026, 12, 31),
            by=actor(place.zone.users["zone"]),
        )
        if is_approved:
            exemptions.approve(exemption=row, approved_by="党工委会议", by=street)
    return row


@makes("schemes:exemption-approve", "schemes:exemption-refuse")
def exemption_proposed(place: Place) -> Arguments:
    return {"uid": exemption(place).uid}


@makes("schemes:exemption", "schemes:exemption-end")
def exemption_approved(place: Place) -> Arguments:
    return {"uid": exemption(place, is_approved=True).uid}


@makes("schemes:group")
def group_of_street(place: Place) -> Arguments:
    from assessments.schemes.actions import groups

    street, by = issuer_of(place)
    with clock.at(NOW):
        group = groups.create(
            organization=street,
            year=2026,
            level="branch",
            name="农村组",
            classes=[place.branch.organization_class],
            places=[],
            by=by,
        )
    return {"uid": group.uid}


# --- half-yearly assessment -----------------------------------------------------------------------


def measuring_scheme(place: Place) -> Any:
    """Rules by which the branch's street measures its branches, in force this half-year."""
    from .scheme_world import content, published

    street, _ = issuer_of(place)
    said = content()
    for part in said["root"]["parts"][0]["parts"]:
        part["name"] = {"work": "中心工作"}.get(part["key"], "组织建设")
        part["rules"][0].pop("source", None)  # all marked by hand: no history is needed
    kind = place.branch.organization_class
    return published(street, classes=(kind,), level="branch", name=f"支部{street.pk}", said=said)


def street_cycle(place: Place, state: str = "running") -> Any:
    """A cycle in which the street measures its branches: running, frozen, or with all marks given
    and computed (full)."""
    from assessments.cycles.actions import cycles, marks
    from assessments.cycles.models import Assessed, Cycle

    from .scheme_world import computed

    street, by = issuer_of(place)
    with clock.at(NOW):
        measuring_scheme(place)
        cycle = cycles.open_cycle(organization=street, level="branch", period="2026-H1", by=by)
        if state in ("full", "submitted"):
            computed(cycle)
            facts = {
                "vacant": {"met": True},
                "branches": {"count": 2},
                "expected": {"ratio": "1"},
                "work": {"points": "18", "reason": "看过现场"},
            }
            for key, fact in facts.items():
                rows = Assessed.objects.filter(cycle=cycle)
                given = [marks.Given(one.pk, fact) for one in rows]
                marks.give_many(cycle=cycle, indicator=key, given=given, by=by)
            derived.registered()["scores"].refresh_all()
        if state != "running":
            cycle = Cycle.objects.get(pk=cycle.pk)
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
        computed(cycle)
        if state == "submitted":
            cycle = Cycle.objects.get(pk=cycle.pk)
            cycles.submit(cycle=cycle, revision=cycle.revision, by=by)
            Cycle.objects.filter(pk=cycle.pk).update(submitted_by=None)
    return Cycle.objects.get(pk=cycle.pk)


@makes("cycles:cycle", "api:cycle-detail", "api:score-list")
def cycle_running(place: Place) -> Arguments:
    return {"uid": street_cycle(place).uid}


@makes("cycles:cycle-review", "cycles:cycle-submit")
def cycle_to_submit(place: Place) -> Arguments:
    return {"uid": street_cycle(place, "full").uid}


@makes("decisions:decision", "cycles:cycle-send-back")
def cycle_to_seal(place: Place) -> Arguments:
    """Submitted by nobody who is among the people of the tests."""
    return {"uid": street_cycle(place, "submitted").uid}


@makes("cycles:mark")
def cycle_to_mark(place: Place) -> Arguments:
    return {"uid": street_cycle(place).uid, "key": "work"}


@makes("cycles:what-if")
def draft_to_try(place: Place) -> Arguments:
    from assessments.schemes.models import SchemeVersion

    street_cycle(place, "full")
    street, _ = issuer_of(place)
    version = SchemeVersion.objects.get(scheme__organization=street)
    draft = SchemeVersion.objects.create(
        scheme=version.scheme, number=2, content=version.content, changed_at=NOW
    )
    return {"uid": draft.uid}


@makes("api:scheme-detail")
def scheme_measuring(place: Place) -> Arguments:
    return {"uid": measuring_scheme(place).scheme.uid}


def frozen_score(place: Place) -> Any:
    """The branch's street in a cycle whose facts are frozen and whose scores are computed."""
    from assessments.cycles.actions import cycles
    from assessments.cycles.models import Assessed, Cycle
    from assessments.schemes.models import Scheme

    from .scheme_world import computed, opened, published

    street, _ = issuer_of(place)
    by = actor(place.zone.users["zone"])
    with clock.at(NOW):
        root = place.zone.root
        if not Scheme.objects.filter(organization=root).exists():
            published(root)
        cycle = Cycle.objects.filter(organization=root).first() or opened(root, by=by)
    if cycle.state == "running":
        with clock.at(NOW + dt.timedelta(days=2)):
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
            computed(cycle)
    return Assessed.objects.get(cycle=cycle, organization=street)


@makes("cycles:score")
def score_of_street(place: Place) -> Arguments:
    return {"uid": frozen_score(place).uid}


@makes("cycles:cycle-rollup", "boards:board", "boards:board-follow", "api:board-detail")
def branches_of_street(place: Place) -> Arguments:
    """A cycle in which the branch's street assesses its branches, frozen and computed."""
    from assessments.cycles.actions import cycles
    from assessments.schemes.enums import Level

    from .scheme_world import computed, content, leaf, published

    street, by = issuer_of(place)
    Organization.objects.filter(path__startswith=street.path).exclude(pk=street.pk).update(
        organization_class="village"
    )
    said = content()
    said["root"]["parts"][0]["parts"] = [leaf("work", "100", "discretion", {"bound": "100"})]
    with clock.at(NOW):
        published(street, said=said, level=Level.BRANCH, classes=("village",), name="支部类")
        cycle = cycles.open_cycle(organization=street, level=Level.BRANCH, period="2026-H1", by=by)
        computed(cycle)
    with clock.at(NOW + dt.timedelta(days=2)):
        cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
        computed(cycle)
    return {"uid": cycle.uid}


@makes("cycles:score-document")
def score_on_paper(place: Place) -> Arguments:
    return {"uid": frozen_score(place).uid, "ending": "docx"}


# --- rectification ---


def street_lists(place: Place, state: str = "received") -> Any:
    """The list of the branch after a sealed cycle of its street: nothing but the cycle (sealed),
    proposed, or issued and received."""
    from assessments.cycles.actions import cycles
    from assessments.cycles.models import Cycle
    from assessments.rectifications.actions import proposing
    from assessments.rectifications.models import Rectification
    from schedules.action_items.actions import handling

    from .rectification_world import sheets_of

    _, by = issuer_of(place)
    found = Rectification.objects.filter(assessed__organization=place.branch).first()
    if found is None:
        cycle = street_cycle(place, "submitted")
        with clock.at(NOW + dt.timedelta(days=3)):
            cycles.seal(cycle=cycle, revision=cycle.revision, by=by)
            cycle = Cycle.objects.get(pk=cycle.pk)
            if state == "sealed":
                return cycle
            proposing.propose(cycle=cycle, by=by)
            if state == "proposed":
                return cycle
            proposing.issue(cycle=cycle, sheets=sheets_of(cycle), by=by)
        found = Rectification.objects.get(assessed__organization=place.branch)
        item = found.item
        assert item is not None
        own = next(
            user
            for user in place.zone.users.values()
            if user.grants.filter(organization=place.branch, role__in=["branch_secretary"]).exists()
        )
        handling.receive(item=item, by=actor(own))
    return found


@makes("rectifications:finding-propose")
def cycle_to_propose_from(place: Place) -> Arguments:
    return {"uid": street_lists(place, "sealed").uid}


@makes("rectifications:finding-edit")
def cycle_with_drafts(place: Place) -> Arguments:
    return {"uid": street_lists(place, "proposed").uid}


@makes("rectifications:cycle")
def cycle_with_lists(place: Place) -> Arguments:
    return {"uid": street_lists(place).assessed.cycle.uid}


@makes("rectifications:cycle-ledger", "rectifications:notice-pack")
def papers_of_cycle(place: Place) -> Arguments:
    return {"uid": street_lists(place).assessed.cycle.uid, "ending": "docx"}


@makes("rectifications:cause-detail")
def problem_of_many(place: Place) -> Arguments:
    return {"uid": street_lists(place).assessed.cycle.uid, "key": "work"}


@makes("rectifications:rectification-detail")
def list_of_branch(place: Place) -> Arguments:
    return {"uid": street_lists(place).uid}


@makes("rectifications:rectification-notice")
def notice_of_branch(place: Place) -> Arguments:
    return {"uid": street_lists(place).uid, "ending": "docx"}


@makes("rectifications:rectification-ledger")
def ledger_of_branch(place: Place) -> Arguments:
    return {"uid": street_lists(place).uid, "ending": "xlsx"}


# --- self-assessments -----------------------------------------------------------------------------


def self_begun(place: Place) -> Any:
    """The branch in a cycle of its street whose facts are frozen; nothing is written yet."""
    from assessments.cycles.models import Assessed

    cycle = street_cycle(place, "frozen")
    return Assessed.objects.select_related(
        "cycle__organization", "cycle__run", "version", "organization"
    ).get(cycle=cycle, organization=place.branch)


def self_marked(place: Place) -> Any:
    """The same with all that is asked for marked."""
    from assessments.self_assessments.actions import items

    found = self_begun(place)
    facts = {
        "vacant": {"met": True},
        "branches": {"count": 2},
        "expected": {"ratio": "1"},
        "work": {"points": "18", "reason": "三个支部照做"},
    }
    with clock.at(NOW):
        for key, fact in facts.items():
            items.save(
                assessed=found,
                indicator=key,
                facts={"0": fact},
                reason="三个支部照做",
                revision=0,
                by=actor(place.secretary),
            )
    return found


def self_sent(place: Place) -> Any:
    """The same, sent."""
    from assessments.self_assessments.actions import sending
    from assessments.self_assessments.models import SelfAssessment

    found = self_marked(place)
    row = SelfAssessment.objects.get(assessed=found)
    with clock.at(NOW):
        sending.send(assessed=found, revision=row.revision, by=actor(place.secretary))
    return found


@makes("self_assessments:self-assessment", "api:self-assessment-detail")
def self_assessment_begun(place: Place) -> Arguments:
    return {"uid": self_begun(place).uid}


@makes("self_assessments:self-assessment-list")
def self_assessments_of_cycle(place: Place) -> Arguments:
    return {"uid": self_begun(place).cycle.uid}


@makes("self_assessments:self-assessment-send", "api:self-assessment-send")
def self_assessment_to_send(place: Place) -> Arguments:
    return {"uid": self_marked(place).uid}


@makes("self_assessments:self-assessment-return")
def self_assessment_sent(place: Place) -> Arguments:
    return {"uid": self_sent(place).uid}


@makes("self_assessments:self-assessment-document")
def self_assessment_on_paper(place: Place) -> Arguments:
    return {"uid": self_begun(place).uid, "ending": "docx"}


@makes(
    "self_assessments:item-edit",
    "self_assessments:attachment-add",
    "api:self-item-write",
)
def self_item(place: Place) -> Arguments:
    return {"uid": self_begun(place).uid, "key": "work"}


@makes("self_assessments:item-stand")
def self_item_questioned(place: Place) -> Arguments:
    from assessments.self_assessments.models import SelfAssessment, SelfItem

    found = self_begun(place)
    own = SelfAssessment.objects.create(assessed=found)
    SelfItem.objects.create(
        self_assessment=own, indicator="work", stance="questioned", reason="数不对"
    )
    return {"uid": found.uid, "key": "work"}


@makes("self_assessments:item-answer", "api:self-item-answer")
def self_item_returned(place: Place) -> Arguments:
    from assessments.self_assessments.actions import sending
    from assessments.self_assessments.models import SelfAssessment

    found = self_sent(place)
    with clock.at(NOW):
        sending.return_items(
            self_assessment=SelfAssessment.objects.select_related(
                "assessed__cycle__organization"
            ).get(assessed=found),
            items=[("work", "写明是哪三个支部")],
            by=issuer_of(place)[1],
        )
    return {"uid": found.uid, "key": "work"}


@makes("self_assessments:evidence-add")
def self_item_and_record(place: Place) -> Arguments:
    """An item, and a record of the branch's with the id that `tests/hostile.py` posts."""
    from schedules.life.models import Meeting

    kept = Meeting.objects.filter(**life_record(place))
    kept.update(uid="5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11")
    return self_item(place)


@makes("self_assessments:evidence-remove")
def self_evidence(place: Place) -> Arguments:
    from assessments.self_assessments.actions import evidence

    found = self_begun(place)
    record = life_record(place)["uid"]
    row = evidence.cite(
        assessed=found,
        indicator="work",
        reference=("life.meeting", record),
        by=actor(place.secretary),
    )
    return {"pk": row.pk}


@makes("self_assessments:attachment-open", "self_assessments:attachment-remove")
def self_file(place: Place) -> Arguments:
    from assessments.self_assessments.actions import evidence

    found = self_begun(place)
    file = attachments.Checked("签到表.pdf", "application/pdf", b"%PDF-1.4 of a test")
    row = evidence.attach(assessed=found, indicator="work", file=file, by=actor(place.secretary))
    return {"uid": row.uid}


# --- reviews --------------------------------------------------------------------------------------


def street_review(place: Place, *, is_going: bool = True) -> Any:
    """The street's cycle of its branches, looked at by its own officer and a second reviewer; with an
    example."""
    from assessments.cycles.models import Assessed
    from assessments.reviews.actions import beginning, teams
    from assessments.reviews.models import Review, ReviewExample

    cycle = street_cycle(place, "frozen")
    street, by = issuer_of(place)
    second = make_user(f"reviewer-of-{place.secretary.username}")
    grant_(second, "reviewer", street)
    with clock.at(NOW):
        review = teams.prepare(cycle=cycle, by=by)
        cases = list(Assessed.objects.filter(cycle=cycle).values_list("pk", flat=True))
        teams.arrange(
            review=review,
            revision=review.revision,
            teams=[teams.Arranged("考核一组", [by.user_id, second.pk], cases)],
            due_on=clock.today() + dt.timedelta(days=10),
            sampled=0,
            seed="",
            by=by,
        )
        review = Review.objects.select_related("cycle__organization").get(pk=review.pk)
        if is_going:
            beginning.begin(review=review, revision=review.revision, by=by)
    ReviewExample.objects.create(
        review=review,
        version=Assessed.objects.filter(cycle=cycle).first().version,
        indicator="work",
        case="某支部全年开展推广活动，有记录无总结。",
        facts={"0": {"points": "14", "reason": "缺总结"}},
        reason="缺总结",
    )
    return review


def own_seat(place: Place) -> Any:
    """The seat of the street's officer at the branch's 酌情 item, his examples done."""
    from assessments.reviews.models import ExampleMark, ReviewSeat

    review = street_review(place)
    _, by = issuer_of(place)
    for example in review.examples.all():
        ExampleMark.objects.create(
            example=example, user_id=by.user_id, facts={"0": {}}, given_at=NOW
        )
    return ReviewSeat.objects.select_related("item__assessed").get(
        user_id=by.user_id,
        item__assessed__organization=place.branch,
        item__indicator="work",
    )


@makes("reviews:review", "reviews:calibration", "reviews:begin", "reviews:arrange")
def review_of_street(place: Place) -> Arguments:
    return {"uid": street_review(place, is_going=False).cycle.uid}


@makes("reviews:example-list")
def examples_of_street(place: Place) -> Arguments:
    return {"uid": street_review(place, is_going=False).cycle.uid}


@makes("reviews:example-new")
def example_to_write(place: Place) -> Arguments:
    review = street_review(place, is_going=False)
    version = review.examples.get().version_id
    return {"uid": review.cycle.uid, "version": version, "key": "work"}


@makes("reviews:example-edit", "reviews:example-remove")
def example_written(place: Place) -> Arguments:
    return {"uid": street_review(place, is_going=False).examples.get().uid}


@makes("reviews:example")
def example_to_mark(place: Place) -> Arguments:
    return {"uid": street_review(place).examples.get().uid}


@makes("reviews:seat", "api:review-detail", "api:review-mark")
def seat_to_mark(place: Place) -> Arguments:
    return {"uid": own_seat(place).uid}


@makes("reviews:evidence-look", "reviews:item-return")
def seat_with_something_to_look_at(place: Place) -> Arguments:
    return {"uid": seat_with_evidence(place)["uid"]}


@makes("reviews:attachment-open")
def seat_with_evidence(place: Place) -> Arguments:
    """A file that the branch added to what it says of the item."""
    from assessments.self_assessments.models import SelfAssessment, SelfAttachment, SelfItem

    seat = own_seat(place)
    whole = SelfAssessment.objects.create(
        assessed=seat.item.assessed, state="sent", sent_at=NOW, sent_by_name="书记"
    )
    item = SelfItem.objects.create(
        self_assessment=whole, indicator="work", stance="marked", facts={"0": {"points": "18"}}
    )
    row = SelfAttachment.objects.create(
        item=item,
        name="总结.pdf",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        state="ready",
        uploaded_by=place.secretary,
        uploaded_at=NOW,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return {"uid": seat.uid, "file": row.uid}


@makes("reviews:case-hand-over", "reviews:case-recuse", "reviews:case-assign")
def case_in_review(place: Place) -> Arguments:
    return {"uid": own_seat(place).item.assessed.uid}


@makes("reviews:item-reopen")
def item_complete(place: Place) -> Arguments:
    from assessments.reviews.actions import marks
    from assessments.reviews.models import ReviewItem, ReviewSeat

    item = own_seat(place).item
    ReviewSeat.objects.filter(item=item).update(
        state="given", facts={"0": {"points": "18", "reason": "看过"}}, given_at=NOW
    )
    marks.gather(item_id=item.pk, by=system())
    return {"pk": ReviewItem.objects.get(pk=item.pk).pk}


# --- ballots, and secretaries' reports ------------------------------------------------------------


def branch_ballot(place: Place, period: str = "2026-H1") -> Any:
    """A cycle of the street whose facts are frozen, in which its branches are voted on."""
    from assessments.cycles.actions import cycles
    from assessments.cycles.models import Cycle

    from .ballot_world import with_ballot
    from .scheme_world import computed, published

    street, by = issuer_of(place)
    year, half = int(period[:4]), int(period[-1])
    there = Cycle.objects.filter(organization=street, period=period).first()
    if there is not None:
        return there
    with clock.at(NOW):
        said = with_ballot()
        for part in said["root"]["parts"][0]["parts"]:
            part["rules"][0].pop("source", None)  # all marked by hand: no history is needed
        kind = place.branch.organization_class
        published(
            street,
            year=year,
            half=half,
            classes=(kind,),
            level="branch",
            name=f"测评{street.pk}",
            said=said,
        )
        cycle = cycles.open_cycle(organization=street, level="branch", period=period, by=by)
        computed(cycle)
        cycle = Cycle.objects.get(pk=cycle.pk)
        cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
        computed(cycle)
    return Cycle.objects.select_related("organization").get(pk=cycle.pk)


def ballot_round(place: Place, state: str = "open") -> Any:
    """The branch's ballot: open, or counted by two who differ."""
    from assessments.ballots.actions import rounds
    from assessments.ballots.models import BallotCount, BallotRound

    cycle = branch_ballot(place)
    _, by = issuer_of(place)
    with clock.at(NOW):
        rounds.arrange(cycle=cycle, indicator="vote", held_on=NOW.date(), place="党员大会", by=by)
    found = BallotRound.objects.get(assessed__cycle=cycle, assessed__organization=place.branch)
    if state == "differing":
        for seat, good in ((1, 20), (2, 19)):
            BallotCount.objects.create(
                round=found,
                take=1,
                seat=seat,
                by_name=f"计票人{seat}",
                issued=20,
                collected=20,
                votes={"好": good, "较好": 20 - good, "一般": 0, "差": 0},
                invalid=0,
            )
        BallotRound.objects.filter(pk=found.pk).update(state="differing")
    return found


@makes("ballots:ballot-list")
def ballots_of_cycle(place: Place) -> Arguments:
    ballot_round(place)
    return {"uid": branch_ballot(place).uid}


@makes("ballots:count-all", "ballots:round-arrange", "ballots:round-drop")
def ballot_of_cycle(place: Place) -> Arguments:
    return ballots_of_cycle(place) | {"key": "vote"}


@makes("ballots:ballot-papers")
def papers_of_ballot(place: Place) -> Arguments:
    return ballot_of_cycle(place) | {"ending": "docx"}


@makes("ballots:count-one")
def round_to_count(place: Place) -> Arguments:
    return {"uid": ballot_round(place).uid}


@makes("ballots:round", "ballots:scan-add")
def round_to_settle(place: Place) -> Arguments:
    return {"uid": ballot_round(place, "differing").uid}


def _file_of(model: Any, **owner: Any) -> Any:
    row = model.objects.create(
        name="计票单.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        state="ready",
        uploaded_at=NOW,
        **owner,
    )
    path = attachments.path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF")
    return row


@makes("ballots:scan-open", "ballots:scan-remove")
def scan_of_round(place: Place) -> Arguments:
    from assessments.ballots.models import CountScan

    return {"uid": _file_of(CountScan, round=ballot_round(place, "differing")).uid}


def secretary_report(place: Place, state: str = "draft") -> Any:
    """The branch secretary's report of a second half-year."""
    from assessments.ballots.models import SecretaryReport
    from assessments.cycles.models import Assessed

    cycle = branch_ballot(place, "2025-H2")
    assessed = Assessed.objects.get(cycle=cycle, organization=place.branch)
    return SecretaryReport.objects.create(
        assessed=assessed,
        secretary="王建军",
        work="按月开展主题党日。",
        problems="外出党员联系少。",
        measures="每季度联系一次。",
        state=state,
        sent_at=NOW if state == "sent" else None,
    )


@makes("ballots:report-list")
def reports_of_cycle(place: Place) -> Arguments:
    return {"uid": secretary_report(place, "sent").assessed.cycle.uid}


@makes("ballots:report-summary")
def summary_of_cycle(place: Place) -> Arguments:
    return reports_of_cycle(place) | {"ending": "docx"}


@makes("ballots:report-edit", "ballots:report-send", "ballots:report-file-add")
def report_to_write(place: Place) -> Arguments:
    return {"uid": secretary_report(place).assessed.uid}


@makes("ballots:report", "ballots:report-return", "ballots:report-comment")
def report_sent(place: Place) -> Arguments:
    return {"uid": secretary_report(place, "sent").assessed.uid}


@makes("ballots:report-document")
def report_on_paper(place: Place) -> Arguments:
    return report_sent(place) | {"ending": "docx"}


@makes("ballots:report-file-open", "ballots:report-file-remove")
def file_of_report(place: Place) -> Arguments:
    from assessments.ballots.models import ReportFile

    return {"uid": _file_of(ReportFile, report=secretary_report(place)).uid}


# --- boards ---------------------------------------------------------------------------------------


@makes("boards:board-head")
def head_of_board(place: Place) -> Arguments:
    return {**branches_of_street(place), "key": "work"}


@makes("boards:summary", "boards:bulletin", "boards:sheet-pack")
def board_on_paper(place: Place) -> Arguments:
    return {**branches_of_street(place), "ending": "docx"}


@makes("boards:portrait")
def portrait_of_street(place: Place) -> Arguments:
    return {"pk": frozen_score(place).organization_id}


@makes("boards:sheet")
def sheet_of_street(place: Place) -> Arguments:
    return {"uid": frozen_score(place).uid, "ending": "xlsx"}


# --- decided on, objected to, published -----------------------------------------------------------


def sealed_cycle(place: Place) -> Any:
    """The street's cycle, decided on by somebody who is not among the people of the tests."""
    from assessments.decisions.actions import decisions

    from .world import make_user as user_of

    cycle = street_cycle(place, "submitted")
    decider = User.objects.filter(username="decider").first() or user_of(
        "decider", "committee", place.zone.root
    )
    with clock.at(NOW):
        decisions.decide(
            cycle=cycle,
            revision=cycle.revision,
            met_on=NOW.date(),
            minutes_number="徐开工委纪要〔2026〕15号",
            by=actor(decider),
        )
    return cycle


def branch_in_cycle(place: Place) -> Any:
    """The branch as it was assessed in a sealed cycle of its street."""
    from assessments.cycles.models import Assessed

    cycle = sealed_cycle(place)
    return Assessed.objects.select_related("cycle__organization", "organization").get(
        cycle=cycle, organization=place.branch
    )


def objection_of(place: Place, state: str = "raised") -> Any:
    """What the branch holds against its result: raised, with the zone's committee to check it
    (rechecking), or found right (proposed)."""
    from assessments.decisions.actions import objections
    from assessments.decisions.models import Objection

    one = branch_in_cycle(place)
    checker = place.zone.users["committee"]
    with clock.at(NOW):
        row = objections.raise_objection(
            assessed=one,
            indicator="work",
            reason="现场会议记录齐全，应得二十分",
            by=actor(place.secretary),
        )
        if state != "raised":
            # By the row: the street has nobody else who has not marked its branches.
            Objection.objects.filter(pk=row.pk).update(
                state="rechecking", rechecker=checker, rechecker_name="committee", revision=2
            )
            row.refresh_from_db()
        if state == "proposed":
            objections.answer(
                objection=row,
                revision=row.revision,
                outcome="upheld",
                answer="查看了会议记录，应按二十分计",
                facts={0: {"points": "20", "reason": "核过记录"}},
                by=actor(checker),
            )
    return row


@makes("decisions:feedback-document")
def letter_on_paper(place: Place) -> Arguments:
    return {"uid": branch_in_cycle(place).uid, "ending": "docx"}


@makes("decisions:objection-create")
def result_to_object_to(place: Place) -> Arguments:
    return {"uid": branch_in_cycle(place).uid}


@makes("decisions:objection", "api:objection-detail", "api:objection-withdraw")
def objection_checked(place: Place) -> Arguments:
    return {"uid": objection_of(place, "rechecking").uid}


@makes("decisions:objection-name")
def objection_to_name_for(place: Place) -> Arguments:
    """With somebody of the street's who may check it."""
    from .world import make_user as user_of

    row = objection_of(place)
    street, _ = issuer_of(place)
    if not User.objects.filter(username=f"rechecker{street.pk}").exists():
        user_of(f"rechecker{street.pk}", "committee_staff", street)
    return {"uid": row.uid}


@makes("decisions:objection-confirm", "decisions:objection-return")
def objection_found_right(place: Place) -> Arguments:
    return {"uid": objection_of(place, "proposed").uid}


@makes("decisions:attachment-add")
def objection_to_show(place: Place) -> Arguments:
    return {"uid": objection_of(place).uid}


@makes("decisions:evidence-add")
def objection_and_record(place: Place) -> Arguments:
    """With a record of the branch's that has the id that `tests/hostile.py` posts."""
    from schedules.life.models import Meeting

    somebody_on_the_roll()
    kept = Meeting.objects.filter(**life_record(place))
    kept.update(uid="5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11")
    return {"uid": objection_of(place).uid}


@makes("decisions:attachment-")
def objection_file(place: Place) -> Arguments:
    from assessments.decisions.models import ObjectionAttachment

    row = objection_of(place)
    file = attachments.Checked("签到表.pdf", "application/pdf", b"%PDF-1.4")
    with clock.at(NOW):
        kept, _ = attachments.keep(
            ObjectionAttachment, file=file, by=actor(place.secretary), objection=row
        )
    return {"uid": kept.uid}


@makes("decisions:evidence-remove")
def objection_evidence(place: Place) -> Arguments:
    from assessments.decisions.models import ObjectionEvidence

    row = ObjectionEvidence.objects.create(
        objection=objection_of(place),
        kind="life.meeting",
        uid=uuid.uuid4(),
        label="第二季度支部党员大会",
        linked_at=NOW,
        linked_by_name="huzhuang1",
    )
    return {"pk": row.pk}


@makes("decisions:publication-create")
def results_to_publish(place: Place) -> Arguments:
    return {"uid": sealed_cycle(place).uid}


@makes("decisions:publication", "api:publication-detail")
def results_published(place: Place) -> Arguments:
    from assessments.decisions.actions import publications

    cycle = sealed_cycle(place)
    _, by = issuer_of(place)
    with clock.at(NOW):
        row = publications.publish(
            cycle=cycle,
            audience="assessed",
            shown="grades",
            reason="会议决定公布",
            since=NOW.date(),
            until=NOW.date() + dt.timedelta(days=6),
            by=by,
        )
    return {"uid": row.uid}


# --- quarterly themes -----------------------------------------------------------------------------


def street_theme(place: Place, state: str = "running") -> Any:
    """A theme of the zone for the street above the branch."""
    from .theme_world import on_its_way

    return on_its_way(issuer_of(place)[0], actor(place.zone.users["zone"]), state)


@makes("themes:theme-", "api:theme-")
def theme_that_runs(place: Place) -> Arguments:
    return {"uid": street_theme(place).uid}


@makes("themes:theme-edit", "themes:theme-drop", "themes:theme-publish")
def drafted_theme(place: Place) -> Arguments:
    return {"uid": street_theme(place, "draft").uid}


@makes("themes:theme-conclude")
def theme_past_its_day(place: Place) -> Arguments:
    return {"uid": street_theme(place, "over").uid}


@makes("themes:theme-short")
def committee_of_theme(place: Place) -> Arguments:
    return {"uid": street_theme(place).uid, "pk": issuer_of(place)[0].pk}


@makes("themes:theme-paper")
def paper_of_theme(place: Place) -> Arguments:
    return {"uid": street_theme(place).uid, "ending": "xlsx"}


@makes("themes:finder-figure")
def figure_that_was_found(place: Place) -> Arguments:
    return {"key": "life_present"}


# --- projects -------------------------------------------------------------------------------------


def branch_project(place: Place, state: str = "running") -> Any:
    """A project of the branch, approved by the street above it."""
    from .project_world import on_its_way

    return on_its_way(place.branch, actor(place.secretary), issuer_of(place)[1], state)


def _project_maker(state: str) -> Maker:
    return lambda place: {"uid": branch_project(place, state).uid}


makes(
    "projects:project-",
    "projects:money-add",
    "projects:attachment-add",
    "projects:request-ask",
    "api:project-",
)(_project_maker("running"))
makes("projects:project-edit", "projects:project-submit")(_project_maker("draft"))
makes("projects:project-check")(_project_maker("submitted"))
makes("projects:project-decide")(_project_maker("judged"))
makes("projects:project-grade")(_project_maker("closing"))
makes("projects:project-settle")(_project_maker("closed"))


@makes("projects:attachment-open", "projects:attachment-remove")
def project_file(place: Place) -> Arguments:
    from showcase.projects.actions import evidence

    file = attachments.Checked("验收单.pdf", "application/pdf", b"%PDF-1.4 of a project")
    project = branch_project(place)
    row = evidence.attach(project=project, position=1, file=file, by=actor(place.secretary))
    return {"uid": row.uid}


@makes("projects:item-link")
def project_and_item(place: Place) -> Arguments:
    with clock.at(NOW):
        given_out(place)
    return {"uid": branch_project(place).uid}


@makes("projects:item-unlink")
def project_that_is_joined(place: Place) -> Arguments:
    from schedules.action_items.models import ActionItem
    from showcase.projects.actions import evidence

    project = branch_project(place)
    with clock.at(NOW):
        item = ActionItem.objects.select_related("owner", "issuer").get(pk=given_out(place))
        evidence.link_item(project=project, item=item, by=actor(place.secretary))
    return {"uid": project.uid, "pk": item.pk}


@makes("projects:project-close")
def project_to_be_closed(place: Place) -> Arguments:
    from .project_world import planned

    project = branch_project(place, "done")
    project.milestones.update(is_done=True, done_on=NOW.date(), evidence=planned().goal)
    return {"uid": project.uid}


@makes("projects:project-paper")
def paper_of_project(place: Place) -> Arguments:
    return {"uid": branch_project(place).uid, "ending": "docx"}


@makes("projects:milestone-done")
def milestone_to_be_done(place: Place) -> Arguments:
    return {"uid": branch_project(place).uid, "position": 1}


@makes("projects:milestone-open")
def milestone_of_a_project(place: Place) -> Arguments:
    return {"pk": branch_project(place).milestones.get(position=1).pk}


@makes("projects:milestone-reopen")
def milestone_that_is_done(place: Place) -> Arguments:
    return {"uid": branch_project(place, "done").uid, "position": 1}


@makes("projects:request-decide")
def request_that_waits(place: Place) -> Arguments:
    project = branch_project(place, "asked")
    return {"uid": project.uid, "pk": project.requests.get().pk}


@makes("projects:campaign-edit")
def campaign_of_the_street(place: Place) -> Arguments:
    from showcase.projects.models import Campaign

    street, _ = issuer_of(place)
    made = Campaign.objects.create(
        organization=street,
        year=2026,
        kind="village",
        title=f"{street.short_name}环境整治",
        goal="房前屋后干净",
        created_at=NOW,
    )
    return {"uid": made.uid}


# --- panels ---------------------------------------------------------------------------------------


def street_panel(place: Place, *, is_given: bool = False) -> Any:
    """A panel that the street above the branch arranges over something of the branch: its own officer
    and two of the zone."""
    from .panel_world import give, opened

    street, by = issuer_of(place)
    users = place.zone.users
    people = [User.objects.get(pk=by.user_id), users["zone"], users["committee"]]
    with clock.at(NOW):
        panel = opened(street, place.branch, people, by, clock.today() + dt.timedelta(days=10))
        for one in people if is_given else []:
            give(panel, one)
    return panel


@makes("panels:people-edit", "panels:panel-cancel")
def panel_of_street(place: Place) -> Arguments:
    return {"uid": street_panel(place).uid}


@makes("panels:panel-close")
def panel_that_all_gave(place: Place) -> Arguments:
    return {"uid": street_panel(place, is_given=True).uid}


@makes("panels:seat-edit", "panels:conflict-declare")
def seat_of_street(place: Place) -> Arguments:
    _, by = issuer_of(place)
    return {"uid": street_panel(place).seats.get(user_id=by.user_id).uid}


# --- demonstration sites --------------------------------------------------------------------------


def zone_programme(place: Place) -> Any:
    """The programme of the zone, which takes applications: one for all places."""
    from showcase.sites.models import AwardProgramme

    from .site_world import opened

    found = AwardProgramme.objects.filter(state="open").first()
    with clock.at(NOW):
        return found or opened(place.zone.root, actor(place.zone.users["zone"]))


def branch_site(place: Place, state: str = "sent") -> Any:
    """The branch's application to it, or its site."""
    from .site_world import applied, named, warned

    programme = zone_programme(place)
    by, holder = actor(place.secretary), actor(place.zone.users["zone"])
    with clock.at(NOW):
        site = applied(programme, place.branch, by, "draft" if state == "draft" else "sent")
        if state in ("named", "warned"):
            site = named(site, holder)
        return warned(site, holder) if state == "warned" else site


@makes("sites:site-", "api:site-")
def site_sent(place: Place) -> Arguments:
    return {"uid": branch_site(place).uid}


@makes("sites:site-edit", "sites:site-send", "sites:attachment-add")
def site_drafted(place: Place) -> Arguments:
    return {"uid": branch_site(place, "draft").uid}


@makes("sites:site-renew", "sites:site-warn", "sites:site-remove")
def site_named(place: Place) -> Arguments:
    return {"uid": branch_site(place, "named").uid}


@makes("sites:site-name")
def site_judged(place: Place) -> Arguments:
    from .site_world import judged

    site = branch_site(place)
    with clock.at(NOW):
        judged(site)
    return {"uid": site.uid}


@makes("sites:site-paper")
def paper_of_site(place: Place) -> Arguments:
    return {"uid": branch_site(place).uid, "ending": "docx"}


@makes("sites:programme-", "sites:site-apply", "sites:site-register")
def programme_of_zone(place: Place) -> Arguments:
    return {"uid": zone_programme(place).uid}


@makes("sites:programme-edit", "sites:programme-open")
def programme_drafted(place: Place) -> Arguments:
    from .site_world import drafted

    with clock.at(NOW):
        return {"uid": drafted(place.zone.root, actor(place.zone.users["zone"])).uid}


@makes("sites:evidence-add")
def site_and_record(place: Place) -> Arguments:
    """An application, and a record of the branch's with the id that `tests/hostile.py` posts."""
    from schedules.life.models import Meeting

    kept = Meeting.objects.filter(**life_record(place))
    kept.update(uid="5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11")
    return site_drafted(place)


@makes("sites:evidence-remove")
def site_evidence(place: Place) -> Arguments:
    from showcase.sites.actions import evidence

    site = branch_site(place, "draft")
    record = ("life.meeting", life_record(place)["uid"])
    row = evidence.cite(site=site, reference=record, by=actor(place.secretary))
    return {"pk": row.pk}


@makes("sites:attachment-open", "sites:attachment-remove")
def site_file(place: Place) -> Arguments:
    from showcase.sites.actions import evidence

    file = attachments.Checked("门口.pdf", "application/pdf", b"%PDF-1.4 of a test")
    site = branch_site(place, "draft")
    row = evidence.attach(site=site, file=file, by=actor(place.secretary))
    return {"uid": row.uid}


# --- brands ---------------------------------------------------------------------------------------


def branch_brand(place: Place, state: str = "named") -> Any:
    """A brand of the branch."""
    from .brand_world import brand_in

    by, zone = actor(place.secretary), actor(place.zone.users["zone"])
    with clock.at(NOW):
        return brand_in(place.branch, by, zone, state, f"邻里{place.branch.pk}")


@makes("brands:brand-", "api:brand-")
def brand_cultivated(place: Place) -> Arguments:
    """Before it is named: of a neighbour's nobody knows."""
    return {"uid": branch_brand(place, "cultivating").uid}


@makes("brands:brand-begin")
def brand_candidate(place: Place) -> Arguments:
    return {"uid": branch_brand(place, "candidate").uid}


@makes("brands:brand-arrange")
def brand_reviewed(place: Place) -> Arguments:
    return {"uid": branch_brand(place, "reviewing").uid}


@makes("brands:brand-decide")
def brand_judged(place: Place) -> Arguments:
    return {"uid": branch_brand(place, "judged").uid}


@makes("brands:brand-recheck", "brands:copy-create")
def brand_named(place: Place) -> Arguments:
    return {"uid": branch_brand(place).uid}


@makes("brands:brand-paper")
def paper_of_brand(place: Place) -> Arguments:
    return {"uid": branch_brand(place, "cultivating").uid, "ending": "docx"}


@makes("brands:mark-add")
def brand_to_mark(place: Place) -> Arguments:
    return {"uid": branch_brand(place, "cultivating").uid}


@makes("brands:mark-")
def mark_of_brand(place: Place) -> Arguments:
    from .brand_world import mark_of

    with clock.at(NOW):
        return {"uid": mark_of(branch_brand(place, "cultivating"), actor(place.secretary)).uid}


@makes("brands:copy-edit")
def copy_of_brand(place: Place) -> Arguments:
    """The branch copies a brand of the other street's."""
    from .brand_world import brand_in, copied

    other = (foreign if place.branch == place.zone.branch else own)(place.zone)
    zone = actor(place.zone.users["zone"])
    with clock.at(NOW):
        brand = brand_in(other.branch, actor(other.secretary), zone)
        return {"uid": copied(brand, place.branch, actor(place.secretary)).uid}


@makes("brands:highlight-")
def highlight_of_branch(place: Place) -> Arguments:
    from .brand_world import spot_of

    with clock.at(NOW):
        return {"uid": spot_of(place.branch, actor(place.secretary)).uid}


# --- stories and what anybody reads ---------------------------------------------------------------


def branch_story(place: Place, state: str = "draft") -> Any:
    """A story of the branch's site."""
    from .story_world import story_in

    with clock.at(NOW):
        return story_in(
            place.branch, actor(place.secretary), actor(place.zone.users["zone"]), state
        )


@makes("public:story-", "public:picture-add")
def story_drafted(place: Place) -> Arguments:
    return {"uid": branch_story(place).uid}


@makes("public:story-take-back", "public:story-publish", "public:story-return")
def story_handed_in(place: Place) -> Arguments:
    return {"uid": branch_story(place, "handed_in").uid}


@makes(
    "public:story-detail",
    "public:story-preview",
    "public:story-reopen",
    "public:story-schedule",
    "public:story-take-down",
)
def story_published(place: Place) -> Arguments:
    return {"uid": branch_story(place, "published").uid}


@makes("public:picture-")
def picture_of_story(place: Place) -> Arguments:
    from .story_world import pictured

    story = branch_story(place)
    with clock.at(NOW):
        return {"uid": pictured(story, actor(place.secretary)).uid}


@makes("public:page-list")
def kind_of_pages(place: Place) -> Arguments:
    return {"kind": "sites"}


@makes("public:page-detail")
def page_for_all(place: Place) -> Arguments:
    return {"kind": "sites", "slug": branch_story(place, "published").page.slug}


@makes("public:picture-show")
def picture_for_all(place: Place) -> Arguments:
    from showcase.public.actions import stories

    from .story_world import pictured, published

    by, zone = actor(place.secretary), actor(place.zone.users["zone"])
    story = branch_story(place)
    with clock.at(NOW):
        pictured(story, by)
        page = published(stories.hand_in(story=story, by=by), zone)
    return {"uid": page.pictures.get().uid}


# --- weak organisations that are put right ----------------------------------------------------------


def weak_criterion() -> Any:
    from schedules.weak_cases.models import Criterion

    # Its id stands in the name of a field that `tests/hostile.py` posts.
    told = {"basis": "排查整顿办法第四条", "in_force_from": dt.date(2026, 1, 1)}
    return Criterion.objects.get_or_create(pk=700, defaults={"name": "书记空缺三个月以上", **told})[
        0
    ]


def weak_case(place: Place, state: str = "righting") -> Any:
    """A case of the branch, brought by the street and the zone as far as `state`."""
    from schedules.weak_cases.actions import cases

    _, above = issuer_of(place)
    with clock.at(NOW):
        case = cases.open_case(
            organization=place.branch,
            facts={weak_criterion().pk: f"{place.branch}的书记空缺五个月"},
            by=above,
        )
        if state == "proposed":
            return case
        case = cases.decide(
            case=case, finding="weak", reason="党委会研究认定", revision=case.revision, by=above
        )
        if state == "decided":
            return case
        case = cases.plan(
            case=case,
            leader_name="刘建军",
            measures=[cases.Measure("按期补选支部书记", NOW.date() + dt.timedelta(days=30))],
            revision=case.revision,
            by=above,
        )
        if state == "righting":
            return case
        return cases.accept(
            case=case,
            acceptance="passed",
            note="访了群众，都说好转",
            override_reason="换届选举排在八月",
            revision=case.revision,
            by=actor(place.zone.users["zone"]),
        )


@makes("weak_cases:criterion-edit")
def criterion(place: Place) -> Arguments:
    return {"pk": weak_criterion().pk}


@makes("weak_cases:case-detail", "weak_cases:case-accept")
def case_put_right(place: Place) -> Arguments:
    return {"uid": weak_case(place).uid}


@makes("weak_cases:case-decide")
def case_proposed(place: Place) -> Arguments:
    return {"uid": weak_case(place, "proposed").uid}


@makes("weak_cases:case-plan")
def case_decided(place: Place) -> Arguments:
    return {"uid": weak_case(place, "decided").uid}


@makes("weak_cases:case-follow")
def case_followed(place: Place) -> Arguments:
    return {"uid": weak_case(place, "followed").uid}


# --- residents' concerns --------------------------------------------------------------------------


def concern_of(place: Place, state: str = "doing") -> Any:
    """What a resident asked the branch for, as far as `state`."""
    from schedules.concerns.actions import concerns
    from schedules.concerns.actions.concerns import Told
    from schedules.concerns.models import Concern

    by, zone = actor(place.secretary), actor(place.zone.users["zone"])
    told = Told(
        text="路灯坏了四盏，晚上看不见路", source="branch", person="王建国", phone="13900000000"
    )
    with clock.at(NOW):
        row = concerns.take(uid=uuid.uuid4(), told=told, intake=place.branch, by=by)
        if state in ("answered", "closed"):
            text = "供电所已换好四盏灯"
            row = concerns.answer(concern=row, text=text, revision=row.revision, by=by)
        if state == "closed":
            row = concerns.call_back(
                concern=row, result="solved", note="", revision=row.revision, by=zone
            )
    return Concern.objects.get(pk=row.pk)


def solved_alike(place: Place) -> Any:
    """Two concerns of the branch, solved in one way; the later one."""
    from schedules.concerns.models import Concern, ConcernKind

    kind = ConcernKind.objects.get_or_create(name="设施维修")[0]
    rows = [concern_of(place, "closed") for _ in range(2)]
    Concern.objects.filter(pk__in=[row.pk for row in rows]).update(kind=kind, way="当天换灯")
    return Concern.objects.get(pk=rows[-1].pk)


def street_practice(place: Place) -> Any:
    """What the street above the branch made its usual way."""
    from schedules.concerns.actions import practices

    issuer, by = issuer_of(place)
    with clock.at(NOW):
        return practices.decide(
            concern=solved_alike(place),
            place=issuer,
            is_adopted=True,
            by=by,
            title="路灯当天换",
            text="接到就报供电所，当天换好，晚上去看。",
        )


@makes("concerns:concern-practice")
def concern_solved_alike(place: Place) -> Arguments:
    return {"uid": solved_alike(place).uid}


@makes("concerns:practice-")
def practice_of_street(place: Place) -> Arguments:
    return {"pk": street_practice(place).pk}


@makes("concerns:template-")
def template_of_street(place: Place) -> Arguments:
    from schedules.concerns.actions import templates
    from schedules.concerns.models import ConcernKind

    issuer, by = issuer_of(place)
    kind = ConcernKind.objects.get_or_create(name="设施维修")[0]
    row = templates.create(
        organization=issuer,
        by=by,
        kind=kind,
        title="当天换灯",
        text="已联系供电所，当天换好。",
        is_used=True,
    )
    return {"pk": row.pk}


@makes("concerns:concern-", "api:concern-")
def concern(place: Place) -> Arguments:
    return {"uid": concern_of(place).uid}


@makes("concerns:concern-call")
def concern_answered(place: Place) -> Arguments:
    return {"uid": concern_of(place, "answered").uid}


@makes("concerns:concern-reopen")
def concern_closed(place: Place) -> Arguments:
    return {"uid": concern_of(place, "closed").uid}


def open_public_form() -> Any:
    """The public form, switched on."""
    from schedules.concerns.models import PublicForm

    return PublicForm.objects.get_or_create(pk=1, defaults={"is_on": True})[0]


FILED_BY = uuid.UUID("7b0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a21")


def filing_at(place: Place, token: uuid.UUID = FILED_BY, **raised: Any) -> Any:
    """What a resident raised by the public form, for the street of the branch."""
    from schedules.concerns.actions import filings

    open_public_form()
    street = Organization.objects.get(path=place.branch.path[: 2 * STEP])
    words = filings.Raised(**{"text": "东门的路灯坏了三盏", **raised})
    by = system("群众（公开表单）")
    with clock.at(NOW):
        return filings.file(token=token, raised=words, community=street, by=by)


@makes("concerns:concern-drop")
def concern_filed(place: Place) -> Arguments:
    return {"uid": filing_at(place).concern.uid}


@makes("concerns:body-")
def other_body(place: Place) -> Arguments:
    from schedules.concerns.models import OtherBody

    return {"pk": OtherBody.objects.create(name="供电公司", words="电费 电表", phone="95598").pk}


@makes("concerns:kind-")
def concern_kind(place: Place) -> Arguments:
    from schedules.concerns.models import ConcernKind

    return {"pk": ConcernKind.objects.get_or_create(name="设施维修")[0].pk}


@makes("concerns:import-")
def order_import(place: Place) -> Arguments:
    """Uploaded for the zone: nobody else sees it."""
    from schedules.concerns.models import ConcernImport

    return _batch(ConcernImport, place.zone.users["zone"])


# --- wishes, posts in a grid, partnerships --------------------------------------------------------


@makes("neighbours:wish-")
def open_wish(place: Place) -> Arguments:
    from .neighbour_world import published

    return {"uid": published(place.branch, actor(place.secretary)).uid}


@makes("neighbours:wish-return", "neighbours:wish-fulfil")
def claimed_wish(place: Place) -> Arguments:
    from .neighbour_world import claimed, published

    by = actor(place.secretary)
    return {"uid": claimed(published(place.branch, by), place.branch, by).uid}


@makes("neighbours:post-")
def grid_post(place: Place) -> Arguments:
    from .neighbour_world import posted

    return {"uid": posted(make_member(place.branch), actor(place.secretary)).uid}


@makes("neighbours:partnership-")
def partnership(place: Place) -> Arguments:
    from .neighbour_world import bound

    return {"uid": bound(place.branch, actor(place.secretary)).uid}
