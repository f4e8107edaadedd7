"""What a person types, or a program sends, for each act of the portal to succeed.

Found by the name of the address; see tests/test_acts_succeed.py. What the forms on the page hold
already (revision, choices, dates) is sent along and not repeated here. None takes away what a form holds. A body is made after the
objects of `access_objects`: it may bring them into the state in which the act is due.
"""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.actor import system
from core.crypto import seal
from core.identity import check_digit
from core.models import Notification
from orgs.backends import PHONE_COLUMN
from orgs.models import OfficeHolding, Organization, User
from orgs.queries.account_plans import grant_plan, opening_plan
from orgs.queries.slips import committees, print_mark

from .access_objects import (
    NOW,
    PERIOD,
    Arguments,
    Place,
    office,
    open_month,
    somebody_on_the_roll,
    zone_series,
)
from .world import PASSWORD, actor, grant, make_member, make_user

Typed = Callable[[Place, Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """Who does it (empty: the first that is let in), what is typed, and how it is sent.

    `api`: as JSON, with If-Match where `revision_of` gives the revision.
    """

    typed: Typed | None = None
    column: str = ""
    api: bool = False
    revision_of: Callable[[Arguments], int] | None = None


ACTS: dict[str, Act] = {}


def act(*names: str, **how: Any) -> Callable[[Typed], Typed]:
    """Registers what is typed for the addresses named."""

    def register(typed: Typed) -> Typed:
        for name in names:
            ACTS[name] = Act(typed, **how)
        return typed

    return register


def simply(address: str, /, **typed: Any) -> None:
    """Registers a body that asks for nothing."""
    ACTS[address] = Act(lambda place, given: typed)


def nothing(place: Place, given: Arguments) -> dict[str, Any]:
    return {}


def sheet(*rows: list[Any]) -> SimpleUploadedFile:
    """A workbook as it is uploaded."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return SimpleUploadedFile("花名册.xlsx", content.getvalue())


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(content, "PNG")
    return SimpleUploadedFile("签到表.png", content.getvalue(), content_type="image/png")


# --- the desk ---------------------------------------------------------------------------------


@act("core:inbox-read", column="huzhuang1")
def unread(place: Place, given: Arguments) -> dict[str, Any]:
    Notification.objects.create(user=place.secretary, key="unread", title="催办", created_at=NOW)
    return {}


ACTS["api:notification-read"] = Act(nothing, api=True)

# --- accounts and administration --------------------------------------------------------------

PASSWORDS = {"current": PASSWORD, "new": "Another-Horse-8-Barn", "again": "Another-Horse-8-Barn"}
ACTS["orgs:login"] = Act(
    lambda place, given: {"username": "huzhuang1", "password": PASSWORD}, column="anonymous"
)
ACTS["api:token"] = Act(
    lambda place, given: {"username": "huzhuang1", "password": PASSWORD},
    column="anonymous",
    api=True,
)
simply("orgs:password-change", **PASSWORDS)
simply("orgs:preferences", reminder_hour="10")
simply("orgs:profile", email="zone@example.cn")
simply("orgs:user-create", username="newcomer", name="新人")
simply("orgs:user-edit", name="改名")
simply("orgs:user-disable", reason="调离")
simply("orgs:grant-end", reason="换届")
simply("orgs:job-give-up", reason="已另行办理")


@act("orgs:user-enable")
def shut(place: Place, given: Arguments) -> dict[str, Any]:
    type(place.secretary).objects.filter(pk=place.secretary.pk).update(is_active=False)
    return {}


@act("orgs:administrator-propose")
def candidate(place: Place, given: Arguments) -> dict[str, Any]:
    return {"user": make_user("candidate").pk, "admin_kind": "audit", "reason": "轮岗"}


@act("orgs:grant-create")
def work_role(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "user": make_user("newcomer").pk,
        "organization": place.branch.pk,
        "role": "branch_officer",
        "valid_from": "2026-07-06",
    }


@act("orgs:grant-switch", column="huzhuang1")
def second_role(place: Place, given: Arguments) -> dict[str, Any]:
    return {"grant": grant(place.secretary, "branch_officer", place.zone.branch2).pk}


@act("orgs:deputy-create")
def stand_in(place: Place, given: Arguments) -> dict[str, Any]:
    return {"username": "officer", "first": "2026-07-07", "last": "2026-07-20"}


@act("orgs:token-create")
def own_token(place: Place, given: Arguments) -> dict[str, Any]:
    own = place.zone.users["zone"].grants.get()
    return {"name": "试用", "grant": str(own.pk), "scope": "read", "days": "30"}


# --- organisations ----------------------------------------------------------------------------

DECIDED = {"on": "2026-07-01", "approved_by": "党工委", "document_number": "党工委〔2026〕1号"}
simply("orgs:organization-rename", name="中共大黄山街道湖庄村第九支部委员会", **DECIDED)
simply("orgs:organization-edit", unit_name="湖庄村委会")
simply("orgs:organization-re-elect", term_years="3", **DECIDED)
simply("orgs:organization-abolish", agreed="yes", **DECIDED)
simply("orgs:organization-upgrade", kind="joint_branch", **DECIDED)
simply("orgs:office-create", post="secretary", person_name="蔡航国", started_on="2026-07-01")
simply("orgs:office-end", ended_on="2026-07-01")
simply("orgs:office-correct", person_name="蔡航国庆")
simply("orgs:mail-test", address="sysadmin@example.cn")


@act("orgs:user-open")
def opened(place: Place, given: Arguments) -> dict[str, Any]:
    """Somebody holds an office without an account."""
    office(place)
    return {"seen": opening_plan().mark}


@act("orgs:grant-offices")
def granted(place: Place, given: Arguments) -> dict[str, Any]:
    """Somebody holds an office, with an account."""
    row = OfficeHolding.objects.get(pk=office(place)["pk"])
    row.user = make_user("caihangguo", name="蔡航国")
    row.save()
    return {"seen": grant_plan().mark}


@act("orgs:slip-print")
def printed(place: Place, given: Arguments) -> dict[str, Any]:
    found = committees(Organization.objects.get(pk=given["pk"]).path)
    return {"seen": print_mark(found[0].people)}


@act("orgs:slip-use", column="huzhuang1")
def first_use(place: Place, given: Arguments) -> dict[str, Any]:
    """The secretary has never signed in before."""
    user = place.secretary
    user.phone_sealed = seal("13900001234", column=PHONE_COLUMN, row=user.uid)
    user.proof_due = True
    user.save()
    return {"answer": "1234"}


@act("orgs:start-root")
def nothing_yet(place: Place, given: Arguments) -> dict[str, Any]:
    """There is no work committee any more."""
    Organization.objects.filter(parent=None).update(abolished_on="2026-07-01")
    return {"name": "中共云龙开发区工作委员会", "on": "2026-01-01"}


@act("orgs:organization-create")
def foundling(place: Place, given: Arguments) -> dict[str, Any]:
    name = "中共大黄山街道湖庄村第三支部委员会"
    return {"name": name, "kind": "branch", "parent": place.zone.general.pk, **DECIDED}


@act("orgs:organization-move")
def new_parent(place: Place, given: Arguments) -> dict[str, Any]:
    return {"parent": place.zone.neighbour_street.pk, **DECIDED}


@act("orgs:organization-extend")
def longer(place: Place, given: Arguments) -> dict[str, Any]:
    place.branch.term_ends_on = dt.date(2026, 8, 1)
    place.branch.save()
    return {"until": "2027-06-30", **DECIDED}


@act("orgs:organization-merge")
def into(place: Place, given: Arguments) -> dict[str, Any]:
    return {"target": place.zone.branch2.pk, "agreed": "yes", **DECIDED}


@act("orgs:organization-import")
def roster_of_organizations(place: Place, given: Arguments) -> dict[str, Any]:
    row = [place.branch.name, "党支部", place.zone.general.name, "蔡航国"]
    return {"file": sheet(["党组织全称", "组织类别", "上级党组织", "书记"], row)}


# --- members ----------------------------------------------------------------------------------

NUMBER = "32039919740315009"
PERSON = {
    "name": "王五",
    "identity_number": NUMBER + check_digit(NUMBER),
    "sex": "1",
    "birth_on": "1974-03-15",
    "ethnicity": "01",
    "education": "21",
    "category": "full_member",
    "joined_on": "2001-10-18",
    "full_member_on": "2002-10-18",
    "arrived_on": "2026-07-01",
    "job": "工人",
}
simply("members:member-find", number="10012341234")
simply("members:member-exit", reason="transferred", happened_on="2026-07-01")
simply("members:member-export", scope="masked")
simply(
    "members:member-status",
    kind="lapsed",
    resolved_on="2026-06-01",
    resolution_number="湖支〔2026〕3号",
    basis="连续六个月不参加组织生活",
)
simply("members:decision-approve", document_number="徐开委〔2026〕5号", approved_on="2026-06-20")
simply("members:decision-refuse", reason="事实不清")
simply("members:decision-withdraw", agreed="yes")
simply("orgs:organization-export", scope="masked")
simply("orgs:export-allow")
simply("orgs:export-refuse", reason="用途不明")
simply("orgs:export-withdraw", agreed="yes")
simply("orgs:administrator-withdraw", agreed="yes")


@act("members:member-create")
def newcomer(place: Place, given: Arguments) -> dict[str, Any]:
    return {"organization": place.branch.pk, **PERSON}


@act("members:member-edit")
def corrected(place: Place, given: Arguments) -> dict[str, Any]:
    return {**PERSON, "job": "教师"}


@act("members:member-move")
def next_branch(place: Place, given: Arguments) -> dict[str, Any]:
    return {"organization": place.zone.branch2.pk}


@act("members:member-restore")
def left(place: Place, given: Arguments) -> dict[str, Any]:
    from members.actions import members
    from members.models import Member

    member = Member.objects.get(**given)
    members.record_exit(member=member, reason="transferred", happened_on=NOW.date(), by=system())
    return {"reason": "登记有误"}


@act("members:member-reveal")
def curious(place: Place, given: Arguments) -> dict[str, Any]:
    from core.crypto import seal
    from members.models import Member
    from members.models.member import column

    member = Member.objects.get(**given)
    member.phone_sealed = seal("10012341234", column=column("phone"), row=member.uid)
    member.save()
    return {"item": "phone", "reason": "核对联系电话"}


@act("members:member-import", "api:import-list")
def roster_of_members(place: Place, given: Arguments) -> dict[str, Any]:
    head = ["姓名", "公民身份号码", "人员类别", "入党时间", "转正时间", "所在党支部"]
    row = ["王五", PERSON["identity_number"], "正式党员", "2001-10-18", "2002-10-18"]
    return {"file": sheet(head, [*row, place.branch.name])}


ACTS["life:import-marked"] = ACTS["schemes:import-marked"] = Act(nothing)
ACTS["members:member-import-marked"] = ACTS["orgs:organization-import-marked"] = Act(nothing)
ACTS["api:import-confirm"] = ACTS["api:import-cancel"] = Act(nothing, api=True)

# --- plans, forms of reports, calendar --------------------------------------------------------

simply("schedules:calendar-day-set", day="2026-10-10", is_working="1", name="国庆节调休")
simply("schedules:calendar-year-declare", source="国办发明电〔2026〕9号")
simply("schedules:report-missing", reason="电话催报月报")
simply("schedules:plan-edit", about="每月一报")
simply("schedules:burden-cap", minutes="45", basis="党工委第3次会议")
simply("schedules:plan-open", period="2026-07")
simply("schedules:case-start", kind="orgs.term", agreed="yes")
simply("schedules:case-stop", agreed="yes")
simply(
    "schedules:plan-new",
    name="主题党日",
    basis="《中国共产党支部工作条例（试行）》",
    fulfilment="record",
    kinds=["branch"],
    seen="on",
)
simply("schedules:plan-renew", valid_until="2028-06-30", needed="on", revision="1")
simply("schedules:definition-new")


@act("schedules:plan-install")
def no_monthly_report(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.models import Plan

    Plan.objects.update(key="other")
    return {}


simply("schedules:definition-copy", name="学校月报")
# The page asks for no kind of an item that is there already.
simply(
    "schedules:definition-edit",
    name="支部月报（新）",
    **{f"item-{index}-kind": None for index in range(5)},
)
simply("schedules:definition-publish", valid_from="2026-08", seen="on", valid_until="2027-12-31")
simply("schedules:definition-renew", valid_until="2028-06-30", needed="on", was="2027-12-31")


@act("schedules:calendar-day-remove")
def changed_day(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.models import CalendarDay

    return {"day": CalendarDay.objects.earliest("day").day.isoformat()}


# --- reports ----------------------------------------------------------------------------------


def report_of(given: Arguments) -> Any:
    from schedules.rounds.models import Report

    return Report.objects.get(pk=given["pk"])


def version(given: Arguments) -> int:
    return int(report_of(given).revision)


def texts(report: Any) -> dict[str, Any]:
    """Something for each item that is written."""
    written = report.items.filter(kind__in=["text", "entries"])
    return {one.key: "已办理" if one.kind == "text" else ["已办理一件"] for one in written}


def bring(place: Place, given: Arguments, *, to: str) -> Any:
    """The report, sent by its secretary and, for `to` accepted, checked by the level above."""
    from schedules.rounds.actions import reports
    from schedules.rounds.models import Duty

    Duty.objects.update(needs_second_look=True)
    report = report_of(given)
    sent = reports.submit(
        report=report,
        revision=report.revision,
        typed=texts(report),
        explanations={},
        by=actor(place.secretary),
    )
    if to == "accepted":
        checker = actor(place.zone.users["huzhuang"])
        return reports.check(report=sent, revision=sent.revision, returned={}, by=checker)
    return sent


@act("schedules:report-save", "schedules:report-submit", column="huzhuang1")
def written(place: Place, given: Arguments) -> dict[str, Any]:
    report = report_of(given)
    fields = {
        f"{'text' if isinstance(value, str) else 'entry'}-{key}": value
        for key, value in texts(report).items()
    }
    return {"version": report.revision, **fields}


def hand_in(place: Place, given: Arguments) -> None:
    """As many times written down as the duty requires."""
    from schedules.rounds.actions import records
    from schedules.rounds.models import Duty

    duty = Duty.objects.get(pk=given["pk"])
    for day in range(1, duty.required_count + 1):
        records.add(
            duty=duty, done_on=dt.date(2026, 6, day), text="谈了一次", by=actor(place.secretary)
        )


@act("schedules:duty-accept", column="huzhuang")
def handed_in(place: Place, given: Arguments) -> dict[str, Any]:
    hand_in(place, given)
    return {"remark": "谈得细，下次请附提纲"}


@act("schedules:duty-return", column="huzhuang")
def thin(place: Place, given: Arguments) -> dict[str, Any]:
    hand_in(place, given)
    return {"reason": "请写明时间地点"}


@act("schedules:record-resend", column="huzhuang1")
def answered(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.actions import records
    from schedules.rounds.models import Duty

    hand_in(place, given)
    records.send_back(
        duty=Duty.objects.get(pk=given["pk"]),
        reason="请写明时间地点",
        by=actor(place.zone.users["huzhuang"]),
    )
    return {"reply": "在会议室谈的"}


simply("schedules:record-add", done_on="2026-06-05", text="与一名党员谈心")


@act("schedules:report-check", column="huzhuang")
def awaiting(place: Place, given: Arguments) -> dict[str, Any]:
    return {"version": bring(place, given, to="sent").revision}


simply("schedules:mark-edit", note="请街道讲")
simply("schedules:mark-answer", text="已列入街道维修计划。", revision="0")


@act("schedules:mark-remove", column="dahuangshan")
def marked(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.actions import marks
    from schedules.rounds.models import ReportItem

    item = ReportItem.objects.get(pk=given["pk"])
    marks.mark(item=item, row=0, by=actor(place.zone.users["dahuangshan"]))
    return {}


@act("schedules:report-withdraw", column="huzhuang1")
def sent_too_early(place: Place, given: Arguments) -> dict[str, Any]:
    return {"version": bring(place, given, to="sent").revision}


@act("api:report-withdraw", api=True, revision_of=version, column="huzhuang1")
def sent_too_early_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    bring(place, given, to="sent")
    return {}


@act("schedules:duty-withdraw", column="huzhuang1")
def handed_in_too_early(place: Place, given: Arguments) -> dict[str, Any]:
    hand_in(place, given)
    return {}


@act("schedules:duty-begin", column="huzhuang")
def waiting_to_be_opened(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.models import Report

    bring(place, {"pk": Report.objects.get(duty=given["pk"]).pk}, to="sent")
    return {}


@act("schedules:report-accept-opened", column="huzhuang")
def opened_to_check(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.actions import checking
    from schedules.rounds.models import Report

    report = Report.objects.get(organization=place.branch, period=PERIOD)
    sent = bring(place, {"pk": report.pk}, to="sent")
    checking.begin(duty=sent.duty, by=actor(place.zone.users["huzhuang"]))
    return {"report": f"{sent.pk}.{sent.revision}"}


@act("schedules:duty-recuse", column="huzhuang")
def keeping_out(place: Place, given: Arguments) -> dict[str, Any]:
    return {"reason": "亲属在该支部"}


@act("schedules:duty-recusal-end", column="huzhuang")
def kept_out(place: Place, given: Arguments) -> dict[str, Any]:
    from orgs.actions import namings

    namings.recuse(
        by=actor(place.zone.users["huzhuang"]),
        relation="schedules.checker",
        organization_id=place.branch.pk,
        reason="亲属在该支部",
    )
    return {}


def duty_version(given: Arguments) -> int:
    from schedules.rounds.models import Duty

    return int(Duty.objects.get(pk=given["pk"]).revision)


def revised(given: Arguments, **typed: Any) -> dict[str, Any]:
    """With the revision that the page's form holds."""
    return {"revision": duty_version(given), **typed}


WAIVING = {"reason": "支部正在合并", "approved_by": "街道党工委会议"}
UNTIL = {"until": "2026-07-31", "reason": "书记住院"}


def lock(given: Arguments) -> None:
    from schedules.rounds.models import Duty

    Duty.objects.filter(pk=given["pk"]).update(locks_at=NOW - dt.timedelta(hours=1))


def waived(place: Place, given: Arguments) -> None:
    from schedules.rounds.actions import arrangements
    from schedules.rounds.models import Duty

    duty = Duty.objects.get(pk=given["pk"])
    by = actor(place.zone.users["dahuangshan"])
    arrangements.waive(duty=duty, revision=duty.revision, by=by, **WAIVING)


def all_chosen(place: Place, **typed: Any) -> dict[str, Any]:
    """All of the street's list of the period; what will happen was agreed to."""
    return {
        "organization": place.zone.street.pk,
        "period": PERIOD,
        "all": "1",
        "agreed": "yes",
        **typed,
    }


@act("schedules:duty-waive-many", column="dahuangshan")
def excused_together(place: Place, given: Arguments) -> dict[str, Any]:
    open_month()
    return all_chosen(place, **WAIVING)


@act("schedules:duty-extend-many", column="dahuangshan")
def put_off_together(place: Place, given: Arguments) -> dict[str, Any]:
    open_month()
    return all_chosen(place, **UNTIL)


@act("schedules:duty-resume-many", column="dahuangshan")
def excused_together_in_vain(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.rounds.models import Duty

    open_month()
    waived(place, {"pk": Duty.objects.get(organization=place.branch, report__isnull=False).pk})
    return all_chosen(place, show="waived", reason="合并推迟")


@act("schedules:duty-waive", column="dahuangshan")
def excused(place: Place, given: Arguments) -> dict[str, Any]:
    return revised(given, **WAIVING)


@act("api:duty-waive", api=True, revision_of=duty_version, column="dahuangshan")
def excused_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return WAIVING


@act("schedules:duty-resume", column="dahuangshan")
def excused_in_vain(place: Place, given: Arguments) -> dict[str, Any]:
    waived(place, given)
    return revised(given, reason="合并推迟")


@act("api:duty-resume", api=True, revision_of=duty_version, column="dahuangshan")
def excused_in_vain_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    waived(place, given)
    return {"reason": "合并推迟"}


@act("schedules:duty-extend", column="dahuangshan")
def put_off(place: Place, given: Arguments) -> dict[str, Any]:
    return revised(given, **UNTIL)


@act("api:duty-extend", api=True, revision_of=duty_version, column="dahuangshan")
def put_off_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return UNTIL


@act("schedules:duty-unlock", column="dahuangshan")
def opened_again(place: Place, given: Arguments) -> dict[str, Any]:
    lock(given)
    return revised(given, **UNTIL)


@act("api:duty-unlock", api=True, revision_of=duty_version, column="dahuangshan")
def opened_again_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    lock(given)
    return UNTIL


@act("orgs:organization-namings", column="dahuangshan")
def named(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "is_recusal": "naming",
        "relation": "schedules.checker",
        "username": "jinshanqiao",
        "reason": "抽调核报",
    }


@act("schedules:report-confirm", column="dahuangshan")
def accepted(place: Place, given: Arguments) -> dict[str, Any]:
    return {"version": bring(place, given, to="accepted").revision}


@act("schedules:report-reopen", column="dahuangshan")
def wrongly_accepted(place: Place, given: Arguments) -> dict[str, Any]:
    report = bring(place, given, to="accepted")
    return {"version": report.revision, "item": [*texts(report)][:1], "reason": "数字有误"}


@act("schedules:attachment-add", "api:attachment-list", column="huzhuang1")
def enclosed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


ACTS["api:attachment-remove"] = Act(nothing, api=True)


@act("api:report-save", "api:report-submit", api=True, revision_of=version, column="huzhuang1")
def written_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return {"items": texts(report_of(given))}


@act("api:report-accept", api=True, revision_of=version, column="huzhuang")
def awaiting_program(place: Place, given: Arguments) -> dict[str, Any]:
    bring(place, given, to="sent")
    return {}


@act("api:report-return", api=True, revision_of=version, column="huzhuang")
def returned_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    report = bring(place, given, to="sent")
    return {"reasons": {next(iter(texts(report))): "请补充人数"}}


@act("api:report-confirm", api=True, revision_of=version, column="dahuangshan")
def accepted_for_program(place: Place, given: Arguments) -> dict[str, Any]:
    bring(place, given, to="accepted")
    return {}


@act("api:report-reopen", api=True, revision_of=version, column="dahuangshan")
def reopened_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    report = bring(place, given, to="accepted")
    return {"reasons": {next(iter(texts(report))): "数字有误"}}


# --- action items -----------------------------------------------------------------------------


def item_of(given: Arguments) -> Any:
    from schedules.action_items.models import ActionItem

    return ActionItem.objects.get(pk=given["pk"])


def on_item(*names: str, column: str, **typed: Any) -> None:
    """Registers what is typed for acts that carry the item's revision."""
    for name in names:
        ACTS[name] = Act(
            lambda place, given: {**typed, "revision": item_of(given).revision}, column=column
        )


@act("action_items:item-create", column="dahuangshan")
def item_typed(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "title": "补齐支部党课记录",
        "demand": "三次党课都要有记录",
        "due_on": "2026-07-20",
        "owners": [place.branch.pk],
    }


on_item("action_items:item-edit", column="dahuangshan", title="补齐支部四次党课记录")
on_item("action_items:item-issue", column="dahuangshan", agreed="yes")
on_item("action_items:item-cancel", column="dahuangshan", reason="重复交办", agreed="yes")
on_item("action_items:item-receive", column="huzhuang1", responsible_name="蔡航国")
on_item("action_items:item-comment", column="dahuangshan", text="请抓紧")
on_item("action_items:item-progress", column="huzhuang1", text="已补两次", measure="每周补一次")
on_item(
    "action_items:item-wait",
    column="huzhuang1",
    name="区住建局",
    note="批复施工许可",
    due_on="2026-07-20",
)
on_item("action_items:item-resume", column="huzhuang1", note="许可已下")
on_item("action_items:item-report", column="huzhuang1", result="三次党课的记录都已补齐")
on_item("action_items:item-withdraw", column="huzhuang1")
on_item("action_items:item-verify", column="dahuangshan", note="看过记录", cause="duty")
on_item("action_items:item-return", column="dahuangshan", reason="缺第三次的签到表")
on_item(
    "action_items:extension-ask",
    column="huzhuang1",
    wanted_on="2026-07-31",
    reason="授课老师下旬才到",
)
on_item("action_items:extension-grant", column="dahuangshan", answer="同意")
on_item("action_items:extension-refuse", column="dahuangshan", answer="请按期办理")
on_item("action_items:line-report", column="huzhuang1", evidence="台账九页", measure="按会议记录补")


@act("action_items:item-transfer", column="dahuangshan")
def item_handed_on(place: Place, given: Arguments) -> dict[str, Any]:
    return {"owner": place.zone.branch2.pk, "reason": "由二支部负责"}


@act("action_items:item-look", column="zone")
def looked_again(place: Place, given: Arguments) -> dict[str, Any]:
    return {"lasting": "yes", "note": "一直有人记录"}


def report_line(place: Place, given: Arguments) -> None:
    from schedules.action_items.actions import lines
    from schedules.action_items.models import ActionLine

    line = ActionLine.objects.select_related("item").get(pk=given["record"])
    lines.report_line(line=line, evidence="台账九页", by=actor(place.secretary))


@act("action_items:line-verify", column="dahuangshan")
def line_reported(place: Place, given: Arguments) -> dict[str, Any]:
    report_line(place, given)
    return {}


@act("action_items:line-return", column="dahuangshan")
def line_thin(place: Place, given: Arguments) -> dict[str, Any]:
    report_line(place, given)
    return {"reason": "缺签到表"}


@act("action_items:attachment-add", column="huzhuang1")
def item_evidence(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


ACTS["action_items:attachment-remove"] = Act(nothing, column="huzhuang1")
simply("action_items:feedback-create", kind="system", text="手机上看不清表格")
simply("action_items:feedback-answer", text="七月起两张表合并")
simply("action_items:feedback-withdraw")


@act("action_items:feedback-hand")
def handed(place: Place, arguments: Arguments) -> dict[str, Any]:
    return {"owner": str(place.branch.pk), "title": "合并两张台账表格"}


# --- dispatch meetings: agenda, roll ----------------------------------------------------------

simply("dispatch:series-create", name="季度调度会")
simply("dispatch:series-edit", place="管委会三楼第一会议室")
simply("dispatch:meeting-edit", place="管委会三楼第一会议室")
simply("dispatch:meeting-call", agreed="yes")
simply("dispatch:meeting-cancel", reason="并入下月召开", agreed="yes")
simply("dispatch:meeting-draft")
simply("dispatch:meeting-roll", rest="present")
simply("dispatch:attendance-deputy", deputy_name="李勇", reason="外出培训")
simply("dispatch:card-create", title="下月安排")
simply("dispatch:card-edit", title="党课记录补到哪一步")
simply("dispatch:card-minutes", minutes="6")
simply("dispatch:card-shift", steps="1")
simply("dispatch:card-defer")
simply("dispatch:card-remove", agreed="yes")
simply("dispatch:topic-edit", title="夜班职工的组织生活怎么排")
simply("dispatch:topic-remove", agreed="yes")


@act("dispatch:meeting-place")
def waiting_topic(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.dispatch.actions import cards
    from schedules.dispatch.models import DispatchMeeting

    meeting = DispatchMeeting.objects.get(pk=given["pk"])
    content = cards.Content(section="exceptions", topic="proposed", title="备选的议题")
    by = actor(place.zone.users["dahuangshan"])
    return {"key": f"card:{cards.propose(series=meeting.series, content=content, by=by).pk}"}


@act("dispatch:meeting-arrange")
def last_one_first(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.dispatch.models import AgendaCard

    rows = AgendaCard.objects.filter(meeting=given["pk"]).order_by("-position")
    return {"order": ",".join(str(pk) for pk in rows.values_list("pk", flat=True))}


@act("dispatch:meeting-create")
def in_a_series(place: Place, given: Arguments) -> dict[str, Any]:
    return {"series": str(zone_series().pk), "day": "2026-07-20", "time": "14:30"}


@act("dispatch:topic-create")
def for_a_series(place: Place, given: Arguments) -> dict[str, Any]:
    return {"series": str(zone_series().pk), "title": "夜班职工的组织生活时间"}


simply("action_items:item-from-report")


@act("action_items:alike-gather", column="dahuangshan")
def gathered(place: Place, arguments: Arguments) -> dict[str, Any]:
    from schedules.action_items.models import ActionItem

    items = [str(pk) for pk in ActionItem.objects.values_list("pk", flat=True)]
    return {"items": items, "title": "集中补齐党课记录", "agreed": "yes"}


# --- action items, by program -----------------------------------------------------------------


def item_revision(given: Arguments) -> int:
    from schedules.action_items.models import ActionItem

    return ActionItem.objects.get(pk=given["pk"]).revision


def item_in(given: Arguments, state: str, **columns: Any) -> None:
    """Brings the item into the state in which the act is due."""
    from schedules.action_items.models import ActionItem

    ActionItem.objects.filter(pk=given["pk"]).update(state=state, **columns)


def on_item(
    name: str, column: str, state: str = "", body: Any = None, *, revised: bool = True
) -> None:
    """Registers an act of the API on an item in a state."""

    def typed(place: Place, given: Arguments) -> dict[str, Any]:
        if state:
            item_in(given, state)
        return body or {}

    ACTS[f"api:item-{name}"] = Act(
        typed, column, api=True, revision_of=item_revision if revised else None
    )


on_item("issue", "dahuangshan", "draft")
on_item("receive", "huzhuang1", body={"responsible_name": "董海勤"}, revised=False)
on_item("progress", "huzhuang1", "doing", {"text": "已补两次", "measure": "按记录补"})
on_item("comment", "huzhuang1", "doing", {"text": "请看附件"}, revised=False)
on_item(
    "wait",
    "huzhuang1",
    "doing",
    {"name": "区住建局", "note": "等施工许可", "due_on": "2026-07-20"},
)
on_item("resume", "huzhuang1", "waiting", {"note": "许可已下"})
on_item("report", "huzhuang1", "doing", {"result": "三次党课都已补齐"})
on_item("withdraw", "huzhuang1", "reported")
on_item("verify", "dahuangshan", "reported", {"note": "看过记录", "cause": "duty"})
on_item("return", "dahuangshan", "reported", {"reason": "还差一次", "due_on": "2026-07-20"})
on_item("cancel", "dahuangshan", body={"reason": "重复交办"})
on_item(
    "extend",
    "huzhuang1",
    "doing",
    {"wanted_on": "2026-07-20", "reason": "书记住院，请延期"},
    revised=False,
)


@act("api:item-transfer", api=True, revision_of=item_revision, column="dahuangshan")
def handed_on(place: Place, given: Arguments) -> dict[str, Any]:
    return {"owner": place.zone.general.pk, "reason": "由总支统一补"}


@act("api:item-look", api=True, column="dahuangshan")
def looked_at(place: Place, given: Arguments) -> dict[str, Any]:
    item_in(given, "closed", look_from=dt.date(2026, 7, 1), look_until=dt.date(2026, 7, 31))
    return {"lasting": False, "note": "八月又没有记录"}


@act("api:item-list", api=True, column="dahuangshan")
def given_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "owners": [place.branch.pk],
        "title": "补齐党课记录",
        "due_on": "2026-07-20",
        "lines": [{"problem": "台账缺九个月", "due_on": "2026-07-15"}],
    }


def line_in(given: Arguments, state: str) -> None:
    from schedules.action_items.models import ActionLine

    item_in(given, "doing")
    ActionLine.objects.filter(pk=given["line"]).update(state=state)


@act("api:line-report", api=True, column="huzhuang1")
def line_done(place: Place, given: Arguments) -> dict[str, Any]:
    line_in(given, "open")
    return {"evidence": "台账九页"}


@act("api:line-verify", api=True, column="dahuangshan")
def line_reported_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    line_in(given, "reported")
    return {}


@act("api:line-return", api=True, column="dahuangshan")
def line_thin_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    line_in(given, "reported")
    return {"reason": "还差三个月"}


ACTS["api:extension-grant"] = Act(
    lambda place, given: {"due_on": "2026-07-17", "answer": "延一周"}, "dahuangshan", api=True
)
ACTS["api:extension-refuse"] = Act(
    lambda place, given: {"answer": "等不起"}, "dahuangshan", api=True
)
# --- field visits -----------------------------------------------------------------------------


def on_visit(*names: str, **typed: Any) -> None:
    """Registers what is typed for acts that carry the visit's revision."""

    def body(place: Place, given: Arguments) -> dict[str, Any]:
        from schedules.dispatch.models import FieldVisit

        return {**typed, "revision": FieldVisit.objects.get(pk=given["pk"]).revision}

    for name in names:
        ACTS[name] = Act(body, column="dahuangshan")


on_visit("dispatch:visit-note", notes="活动室常锁着", conclusion="党课三次属实")
on_visit("dispatch:visit-finish", notes="活动室常锁着", conclusion="党课三次属实")
simply("dispatch:visit-begin")
simply("dispatch:visit-schedule", visit_on="2026-07-20")
simply("dispatch:visit-cancel", cancel_reason="支部正在换届")
simply("dispatch:finding-add", text="活动室常锁着，党员进不去", uid=str(uuid.uuid4()))
simply("dispatch:visit-file-remove")
simply("dispatch:draw-run", agreed="yes")
simply("dispatch:draw-publish", agreed="yes")
simply(
    "dispatch:draw-create",
    title="七月现场调研",
    seed="双色球 2026077期 03 08 14",
    seed_source="中国福彩网",
    count="1",
    visitors_each="2",
)


@act("dispatch:visit-file-add", column="dahuangshan")
def visit_photographed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


@act("dispatch:visit-create", column="dahuangshan")
def visit_planned(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "organization": place.branch.pk,
        "visitors": [place.zone.users["dahuangshan"].pk],
        "visit_on": "2026-07-20",
    }


@act("dispatch:finding-hand", column="dahuangshan")
def finding_handed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"owner": str(place.branch.pk), "title": "活动室每天开放"}


# --- the room of a dispatch meeting ----------------------------------------------------------------

OUTCOME = {
    "uid": "5f0c7a6e-2a4c-4a0e-9f3b-0f4f6f0f1a01",
    "kind": "text",
    "text": "按班次分两场开，都要有记录",
}
ACTS["dispatch:card-begin"] = Act(nothing, column="dahuangshan")
ACTS["dispatch:meeting-open"] = Act(nothing, column="dahuangshan")
ACTS["dispatch:letters-docx"] = Act(nothing, column="dahuangshan")
ACTS["dispatch:letters-pdf"] = Act(nothing, column="dahuangshan")
simply("dispatch:meeting-close", agreed="yes")
simply("dispatch:meeting-amend", card="", text="两场都要有记录")
simply("dispatch:outcome-write", **OUTCOME)
simply("dispatch:room-defer", how="defer", reason="等财政批复")


@act("dispatch:outcome-remove")
def outcome_seen(place: Place, given: Arguments) -> dict[str, Any]:
    return {"revision": "1", "agreed": "yes"}


def meeting_version(given: Arguments) -> int:
    from schedules.dispatch.models import DispatchMeeting

    return int(DispatchMeeting.objects.get(pk=given["pk"]).revision)


for _step in ("call", "open", "close"):
    ACTS[f"api:meeting-{_step}"] = Act(
        nothing, api=True, revision_of=meeting_version, column="dahuangshan"
    )


@act("api:meeting-cancel", api=True, revision_of=meeting_version, column="dahuangshan")
def called_off(place: Place, given: Arguments) -> dict[str, Any]:
    return {"reason": "改为书面汇报"}


ACTS["api:outcome-write"] = Act(
    lambda place, given: OUTCOME | {"kind": "new_item", "owners": [place.branch.pk]},
    api=True,
    column="dahuangshan",
)
# --- tours ------------------------------------------------------------------------------------

simply("dispatch:tour-stop-remove")
simply("dispatch:tour-note", text="积分上墙，值得学", uid=str(uuid.uuid4()))


@act("dispatch:tour-stop-add", column="dahuangshan")
def tour_stop_typed(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "organization": place.zone.branch2.pk,
        "arrives_at": "10:00",
        "minutes": "20",
        "shows": "党员活动室",
    }


@act("dispatch:tour-note-hand", column="dahuangshan")
def tour_note_handed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"owner": str(place.branch.pk), "title": "积分办法各村照着做"}


# --- organisation life ------------------------------------------------------------------------

simply("life:import-paste", cells="时间│类别│主题\n2026-03-05│党课│学党章")
simply("life:exemption-end", until="2026-07-01")
simply("schemes:import-paste", cells="一级指标│分值│评分标准\n组织生活│5│每缺1次扣1分")


@act("life:meeting-create", column="huzhuang1")
def meeting_typed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"summary": "通报上半年工作，讨论下半年安排。"}


simply("life:meeting-edit", summary="通报上半年工作，讨论下半年安排。")
simply("life:meeting-return", reason="请补会议照片")
simply("life:meeting-withdraw", reason="登错了日期")
simply("life:talk-write", talk_content="说好了月底再谈一次。")
simply("life:talk-withdraw", agreed="yes")


@act("life:own-membership-prove", column="huzhuang1")
def own_number(place: Place, given: Arguments) -> dict[str, Any]:
    return {"own_identity_number": "110101199003074557"}


@act("life:talk-create", column="huzhuang1")
def talk_typed(place: Place, given: Arguments) -> dict[str, Any]:
    from members.models import Member

    talker, partner = Member.objects.filter(organization=place.branch).order_by("pk")[:2]
    return {"talker": f"m{talker.pk}", "partner": f"m{partner.pk}"}


simply("life:problem-edit", **{"line-0-text": "学习不够经常", "line-0-measure": "每月一次"})
simply("life:problem-done")
simply("life:problem-carry")
simply("life:appraisal-edit", given="3", returned="3", valid="3")
simply("life:plan-edit", **{"line-0-month": "7", "line-0-kind": "lesson"})
simply("life:plan-install", since="month", seen="on")


@act("life:import")
def ledger_of_meetings(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": sheet(["时间", "类别", "主题", "实到"], ["2026-03-05", "党课", "学党章", "1"])}


@act("schemes:import")
def sheet_of_scheme(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": sheet(["一级指标", "分值", "评分标准"], ["组织生活", "5", "每缺1次扣1分"])}


@act("life:group-list", column="huzhuang1")
def into_a_group(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.life.queries.groups import mark_of, placed_in

    group = Organization.objects.get(parent=place.branch, kind="party_group")
    people = placed_in(place.branch, NOW.date())
    chosen = {f"g-{one.member_id}": f"{group.pk}*" for one in people[:1]}
    return {"since": "2026-06-01", "token": mark_of(people), **chosen}


@act("life:exemption-create", column="huzhuang1")
def exemption_typed(place: Place, given: Arguments) -> dict[str, Any]:
    from members.models import Member

    member = Member.objects.filter(organization=place.branch).order_by("pk")[0]
    return {
        "member": str(member.pk),
        "reason": "illness",
        "since": "2026-06-01",
        "approver_name": "李书记",
    }


@act("life:part-edit", column="huzhuang1")
def called_roll(place: Place, given: Arguments) -> dict[str, Any]:
    from members.models import MemberStanding

    rows = MemberStanding.objects.filter(organization=place.branch)
    return {"version": "1", **{f"m-{row.member_id}": "present" for row in rows}}


@act("life:meeting-file-add")
def life_picture(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


simply("life:study-make-up", kind="delivered", length="1.5")
simply("life:study-rules", **{"members-quarters": "36"})
simply("life:study-withdraw")


@act("life:study-create", column="huzhuang1")
def study_typed(place: Place, given: Arguments) -> dict[str, Any]:
    from members.models import Member

    member = Member.objects.filter(organization=place.branch).order_by("-pk")[0]
    return {"kind": "self_study", "title": "学习党章", "length": "1.5", "members": str(member.pk)}


@act("api:study-list", api=True, column="huzhuang1")
def study_sent(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "batch": str(uuid.uuid4()),
        "members": [somebody_on_the_roll().pk],
        "kind": "self_study",
        "title": "学习党章",
        "started_on": "2026-06-10",
        "minutes": 60,
    }


ACTS["api:study-withdraw"] = Act(nothing, api=True, column="huzhuang1")


def version_of_record(given: Arguments) -> int:
    from schedules.life.models import Meeting

    return int(Meeting.objects.current().get(uid=given["uid"]).version)


def _attended(place: Place) -> dict[str, Any]:
    """A meeting at which everybody on the branch's roll was present."""
    from schedules.life.enums import MeetingKind
    from schedules.life.queries.rolls import roll_of

    roll = roll_of(place.branch, MeetingKind.GENERAL_MEETING, dt.date(2026, 6, 11))
    return {
        "held_on": "2026-06-11",
        "topic": "第二季度支部党员大会",
        "attendances": [{"member": one.member_id, "presence": "present"} for one in roll.expected],
    }


@act("api:life-meeting-list", api=True, column="huzhuang1")
def recorded_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return {**_attended(place), "kind": "general_meeting"}


@act("api:life-meeting-rewrite", api=True, column="huzhuang1", revision_of=version_of_record)
def rewritten_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return _attended(place)


@act("action_items:evidence-add", "self_assessments:evidence-add", "sites:evidence-add")
def record_referred_to(place: Place, given: Arguments) -> dict[str, Any]:
    return {"evidence": "life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11"}


# --- schemes --------------------------------------------------------------------------------------


def on_version(address: str, **typed: Any) -> None:
    """A body with the revision of the draft that is edited."""

    def body(place: Place, given: Arguments) -> dict[str, Any]:
        from assessments.schemes.models import SchemeVersion

        revision = SchemeVersion.objects.get(uid=given["uid"]).revision
        return {"revision": str(revision), **typed}

    ACTS[address] = Act(body)


simply("schemes:scheme-create", year="2027", level="direct", name="机关类", classes=["organ"])
simply("schemes:scheme-edit", name="镇类", classes=["town"])
simply("schemes:scheme-begin")
on_version("schemes:marks-save", **{"full-1": "31"})
on_version("schemes:node-add", name="党课", into="g1")
on_version("schemes:node-move", down="1")
on_version("schemes:node-remove", key="1")
on_version(
    "schemes:indicator-save",
    **{"key": "2", "name": "特色做法", "full": "30", "count": "1", "rule-0-rule": "discretion"},
    **{"rule-0-shown": "discretion", "rule-0-p_bound": "25"},
)
on_version("schemes:group-save", key="g1", name="组织生活制度")
simply("schemes:version-settings", basis="另一份办法")
simply("schemes:version-submit", from_period="2027-H1")
simply(
    "schemes:version-publish",
    document_number="某委〔2026〕30号",
    document_on="2026-07-06",
    agreed="yes",
)
simply("schemes:version-return", reason="第二组再商量")
simply("schemes:version-discard", agreed="yes")
simply("schemes:scan-remove")


@act("schemes:scan-add")
def scanned(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


@act("schemes:node-restore")
def taken_out(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.schemes import editing
    from assessments.schemes.actions import versions
    from assessments.schemes.models import SchemeVersion

    version = SchemeVersion.objects.select_related("scheme__organization").get(uid=given["uid"])
    versions.save(
        version=version,
        revision=version.revision,
        content=editing.remove(version.content, "1"),
        by=actor(place.zone.users["dahuangshan"]),
    )
    return {"revision": str(version.revision), "key": "1"}


# --- schemes: groups, exemptions


simply("schemes:group-remove", agreed="yes")
ACTS["schemes:exemption-approve"] = Act(
    lambda place, given: {"approved_by": "党工委会议 2026年7月3日"}, column="dahuangshan"
)
simply("schemes:exemption-refuse", reason="这一项仍应考核")
simply("schemes:exemption-end", reason="批准的是另一家", is_error="on")


@act("schemes:group-create", column="dahuangshan")
def group_typed(place: Place, given: Arguments) -> dict[str, Any]:
    return {"name": "农村组", "places": [str(place.branch.pk)]}


@act("schemes:group-edit", column="dahuangshan")
def group_typed_again(place: Place, given: Arguments) -> dict[str, Any]:
    return {"name": "农村支部组", "minimum": "3"}


@act("schemes:group-copy", column="dahuangshan")
def groups_of_last_year(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.schemes.models import AssessmentGroup

    AssessmentGroup.objects.create(
        organization=place.zone.street, year=2025, level="branch", name="农村组", classes=["other"]
    )
    return {}


@act("schemes:exemption-create", column="dahuangshan")
def indicator_exemption_typed(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "organization": str(place.branch.pk),
        "indicator": "1",
        "reason": "整建制停产，无法开展",
        "until": "2026-12-31",
    }


# --- ballots, and secretaries' reports ------------------------------------------------------------


def _counts(pk: int, good: int = 20) -> dict[str, Any]:
    numbers = {"issued": 20, "collected": 20, "v0": good, "v1": 20 - good, "v2": 0, "v3": 0}
    return {f"{pk}-{name}": str(number) for name, number in {**numbers, "invalid": 0}.items()}


def _round(given: Arguments) -> int:
    from assessments.ballots.models import BallotRound

    found: int = BallotRound.objects.get(uid=given["uid"]).pk
    return found


@act("ballots:count-all")
def counted_for_all(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.ballots.models import BallotRound

    rows = BallotRound.objects.filter(assessed__cycle__uid=given["uid"])
    return _counts(rows.get(assessed__organization=place.branch).pk)


@act("ballots:count-one")
def counted_for_one(place: Place, given: Arguments) -> dict[str, Any]:
    return _counts(_round(given))


@act("ballots:round-settle")
def settled(place: Place, given: Arguments) -> dict[str, Any]:
    return _counts(_round(given), 19) | {"reason": "重点了一遍"}


@act("ballots:scan-add")
def sheet_scanned(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


@act("ballots:report-file-add")
def file_added(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


simply("ballots:round-arrange", held_on="2026-07-05", place="年中评议会")
simply("ballots:round-drop", reason="改为人工评分")
simply("ballots:round-reopen", reason="发现夹了一张别的票")
simply("ballots:scan-remove")
simply("ballots:report-edit", work="按月开展主题党日，每季度联系一次外出党员。")
simply("ballots:report-send", agreed="yes")
simply("ballots:report-return", reason="问题写得太空", revision="1")
simply("ballots:report-comment", comment="讲得实，问题找得准。", revision="1")
simply("ballots:report-file-remove")

# --- half-yearly assessment -----------------------------------------------------------------------

simply("cycles:cycle-freeze", agreed="yes")


def rules_in_force(place: Place, given: Arguments) -> dict[str, Any]:
    """The branch's street measures its branches by a published version."""
    from .access_objects import measuring_scheme

    measuring_scheme(place)
    return {}


simply("cycles:cycle-review", agreed="yes")
simply("cycles:cycle-submit", agreed="yes")
simply("cycles:cycle-send-back", reason="街道一项再看一次")
simply(
    "decisions:decision",
    met_on="2026-07-06",
    minutes_number="徐开工委纪要〔2026〕15号",
    agreed="yes",
)

simply("decisions:evidence-add", evidence="life.meeting:5f0c1c1e-6d3e-4c6e-9a55-0d2f6b1c7a11")
simply("decisions:evidence-remove")
simply("decisions:attachment-remove")
ACTS["decisions:objection-answer"] = Act(
    lambda place, given: {
        "outcome": "rejected",
        "answer": "记录里没有这次会议",
        "revision": "2",
    },
    column="committee",
)
ACTS["decisions:objection-confirm"] = Act(lambda place, given: {"agreed": "yes"}, column="zone")
ACTS["decisions:objection-return"] = Act(
    lambda place, given: {"reason": "再核一次", "revision": "3"}, column="zone"
)
simply("decisions:objection-create", indicator="work", reason="现场记录齐全，应得二十分")
simply("decisions:objection-withdraw", reason="已核对清楚", revision="2")
simply(
    "decisions:publication-create",
    audience="assessed",
    shown="grades",
    reason="会议决定公布",
    since="2026-07-06",
    until="2026-07-12",
    agreed="yes",
)
simply("decisions:publication-withdraw", reason="名单有误")


@act("decisions:attachment-add")
def objection_picture(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


@act("decisions:objection-name")
def somebody_to_check(place: Place, given: Arguments) -> dict[str, Any]:
    from orgs.models import User

    person = User.objects.get(username__startswith="rechecker")
    return {"user_id": str(person.pk), "revision": "1"}


@act("cycles:mark")
def mark_of_branch(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.cycles.models import Assessed

    pk = Assessed.objects.get(cycle__uid=given["uid"], organization=place.branch).pk
    return {f"{pk}-0-points": "18", f"{pk}-0-reason": "看过现场"}


# --- rectification --------------------------------------------------------------------------------


@act("rectifications:finding-edit")
def findings_typed(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.rectifications.models import Rectification

    body: dict[str, Any] = {}
    for row in Rectification.objects.filter(assessed__cycle__uid=given["uid"]):
        body[f"r{row.pk}-revision"] = str(row.revision)
        for one in row.findings.all():
            body |= {
                f"{one.pk}-chosen": "on",
                f"{one.pk}-problem": f"{one.name}没有做到位",
                f"{one.pk}-due_on": str(one.due_on),
            }
    return body


@act("rectifications:rectification-detail")
def measures_typed(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.rectifications.models import Rectification

    item = Rectification.objects.get(uid=given["uid"]).item
    assert item is not None
    line = item.lines.order_by("position")[0]
    return {
        "revision": str(item.revision),
        f"{line.pk}-measure": "每月对照一次",
        f"{line.pk}-leader": "李明",
        f"{line.pk}-person": "王芳",
    }


simply(
    "rectifications:cause-detail",
    title="解决中心工作推进慢",
    demand="",
    cause="skill",
    due_on="2026-09-30",
)


# --- self-assessments -----------------------------------------------------------------------------

_SELF_ITEM = {"reason": "三个支部照做"}
simply("self_assessments:self-assessment-return", items=["work"], reason="写明是哪三个支部")
simply("self_assessments:self-assessment-without", agreed="yes")
simply("self_assessments:item-edit", **{"0-points": "18", **_SELF_ITEM})
simply("self_assessments:item-stand")
simply("self_assessments:item-answer")
simply("self_assessments:evidence-remove")
simply("self_assessments:attachment-remove")


@act("self_assessments:attachment-add")
def file_of_an_item(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


def _self_revision(given: Arguments) -> int:
    from assessments.self_assessments.models import SelfAssessment

    return SelfAssessment.objects.get(assessed__uid=given["uid"]).revision


@act("self_assessments:self-assessment-send")
def self_assessment_as_seen(place: Place, given: Arguments) -> dict[str, Any]:
    return {"revision": str(_self_revision(given)), "agreed": "yes"}


def _self_item_revision(given: Arguments) -> int:
    from assessments.self_assessments.models import SelfItem

    row = SelfItem.objects.filter(
        self_assessment__assessed__uid=given["uid"], indicator=given["key"]
    ).first()
    return row.revision if row is not None else 0


@act("api:self-item-write", api=True, revision_of=_self_item_revision)
def self_item_by_program(place: Place, given: Arguments) -> dict[str, Any]:
    return {"facts": {"0": {"points": "18", "reason": "三个支部照做"}}, "reason": "三个支部照做"}


ACTS["api:self-item-answer"] = Act(nothing, api=True, revision_of=_self_item_revision)
ACTS["api:self-assessment-send"] = Act(nothing, api=True, revision_of=_self_revision)

# --- reviews --------------------------------------------------------------------------------------

MARKED = {"r0-points": "18", "r0-reason": "看过现场"}
simply("reviews:arrange")
simply("reviews:begin", agreed="yes")
simply("reviews:item-return", reason="写明是哪几个支部")
simply("reviews:item-reopen", reason="佐证后来补了一份")
simply("reviews:example-new", case="某支部开展推广活动，有记录无总结。", **MARKED)
simply("reviews:example-edit", case="某支部开展推广活动，有记录也有总结。")
simply("reviews:example-remove")
simply("reviews:example", **MARKED)
simply("reviews:seat", **MARKED)
simply("reviews:case-recuse", reason="亲属调入", agreed="yes")


def _seat_revision(given: Arguments) -> int:
    from assessments.reviews.models import ReviewSeat

    return int(ReviewSeat.objects.get(uid=given["uid"]).revision)


@act("api:review-mark", api=True, revision_of=_seat_revision)
def item_of_api(place: Place, given: Arguments) -> dict[str, Any]:
    return {"facts": {"0": {"points": "18", "reason": "看过现场"}}}


@act("reviews:evidence-look", column="dahuangshan")
def evidence_to_look_at(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.self_assessments.models import SelfAttachment

    return {"key": f"file:{SelfAttachment.objects.latest('pk').uid}"}


def another_reviewer(place: Place, given: Arguments) -> dict[str, Any]:
    """A third in another team, to whom what is open goes."""
    from assessments.reviews.models import Review, ReviewTeam, TeamMember

    from .world import grant as grant_

    review = Review.objects.get(cycle__assessed__uid=given["uid"])
    name = f"third-of-{place.secretary.username}"
    if (there := TeamMember.objects.filter(review=review, name=name).first()) is not None:
        return {"to": str(there.user_id), "reason": "出差"}
    user = make_user(name)
    grant_(user, "reviewer", review.cycle.organization)
    team = ReviewTeam.objects.create(review=review, number=2, name="考核二组")
    TeamMember.objects.create(team=team, review=review, user=user, name=user.name)
    return {"to": str(user.pk), "reason": "出差"}


@act("reviews:case-hand-over")
def case_to_hand_over(place: Place, given: Arguments) -> dict[str, Any]:
    return another_reviewer(place, given)


@act("reviews:case-assign")
def case_to_assign(place: Place, given: Arguments) -> dict[str, Any]:
    from assessments.reviews.models import ReviewSeat

    seat = ReviewSeat.objects.filter(item__assessed__uid=given["uid"], state="open").first()
    assert seat is not None
    return {**another_reviewer(place, given), "of": str(seat.user_id)}


# --- quarterly themes ------------------------------------------------------------------------------

simply("themes:finder-read")
simply(
    "themes:theme-create",
    title="到会率",
    basis="考核细则第 4 条",
    aim_0="life_present",
    goal_0="90",
)
simply("themes:theme-edit", title="到会率再高一点")
simply("themes:theme-drop")
simply("themes:theme-publish", seen="on")
simply("themes:theme-dates", on_launch="2026-07-10", note_launch="启动会")
simply("themes:theme-conclude", conclusion="again", reason="到会率还差一点")
ACTS["themes:theme-remark"] = Act(lambda place, given: {"text": "夜班多，分两场开"}, "dahuangshan")


@act("themes:theme-scope")
def both_streets(place: Place, given: Arguments) -> dict[str, Any]:
    streets = (place.zone.street, place.zone.neighbour_street)
    return {"committees": [str(one.pk) for one in streets]}


# --- projects --------------------------------------------------------------------------------------

PROPOSAL = {
    "title": "楼道亮起来",
    "problem": "三栋老楼的楼道没有灯",
    "goal": "年底都有灯",
    "measures": "党员分楼包干",
    "owner_name": "周建国",
    "stage_0": "装完",
    "due_0": "2026-10-30",
}
simply("projects:project-create", **PROPOSAL)
simply("projects:project-edit", title="楼道都亮起来")
simply("projects:project-submit")
simply("projects:project-decide", outcome="approve", opinion="同意")
simply("projects:project-midterm", text="看了两栋，装了一半")
simply("projects:project-grade", outcome="passed", judgement="现场看过")
simply("projects:project-settle", outcome="spread")
simply("projects:project-close", closing="都装完了，居民签了字", satisfaction="96")
simply("projects:request-decide", outcome="grant")
simply("projects:request-ask", kind="change", reason="改用声控灯")
simply("projects:money-add", amount="120.50", what="买灯")
simply("projects:milestone-done", evidence="楼长签了字")
simply("projects:milestone-reopen")
simply("projects:campaign-edit", title="环境整治攻坚")
simply(
    "projects:campaign-create", kind="land", title="低效用地攻坚", goal="盘活两块地", is_open="on"
)


simply("projects:attachment-remove")
ACTS["projects:attachment-add"] = Act(
    lambda place, given: {"file": picture(), "position": "1"}, "huzhuang1"
)


@act("projects:item-link", column="huzhuang1")
def item_of_the_branch(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.action_items.models import ActionItem

    return {"item": str(ActionItem.objects.filter(owner=place.branch).latest("pk").pk)}


simply("projects:item-unlink", agreed="yes")


@act("projects:project-check", column="dahuangshan")
def three_of_the_street(place: Place, given: Arguments) -> dict[str, Any]:
    from showcase.panels.queries.people import candidates

    people = candidates(place.zone.street, place.branch)[:3]
    return {
        "outcome": "pass",
        "people": [str(one.user_id) for one in people],
        "due_on": "2026-07-20",
    }


# --- panels ----------------------------------------------------------------------------------------

OPINION = {
    "agrees": "yes",
    "opinion": "有数字，也有人看过现场",
    "score_effect": "55",
    "score_spread": "32.5",
}
simply("panels:seat-edit", **OPINION)
simply("panels:conflict-declare", reason="亲属在这个支部", agreed="yes")
simply("panels:people-edit", due_on="2026-07-20")
simply("panels:panel-close", agreed="yes")
simply("panels:panel-cancel", reason="材料撤回了", agreed="yes")


# --- demonstration sites ---------------------------------------------------------------------------

simply(
    "sites:programme-create",
    title="区级党建示范点创建",
    level="district",
    basis="党工委〔2026〕6号 党建示范点创建办法",
    awarded_by="经开区党工委",
    criteria="班子好\n队伍好",
    review_years="2",
)
simply("sites:programme-edit", title="区级党建示范点第二批")
simply("sites:programme-open")
simply("sites:programme-close")
simply("sites:site-apply", title="夜班支部示范点")
simply("sites:site-edit", title="夜班支部示范点")
simply("sites:site-send")
simply("sites:site-withdraw")


def people_of_the_zone(place: Place) -> list[str]:
    """Three who can judge for the zone."""
    names = ("judge-1", "judge-2", "judge-3")
    there = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    for name in names:
        if name not in there:
            user = make_user(name)
            grant(user, "committee", place.zone.root)
            there[name] = user.pk
    return [str(pk) for pk in there.values()]


@act("sites:site-review")
def three_of_the_zone(place: Place, given: Arguments) -> dict[str, Any]:
    return {"people": people_of_the_zone(place), "due_on": "2026-07-20"}


simply("sites:site-return", reason="缺去年的到会情况")
simply("sites:site-decline", reason="做法还没有做满一年")
simply("sites:site-name", public_text="夜班支部两场合开，到会率九成五。")
simply("sites:site-renew", reason="复核看过，台账接得上")
simply("sites:site-warn", reason="展板停在去年", until="2026-08-20")
simply("sites:site-remove", reason="场所改作他用，不再开放")
simply("sites:site-check", mark_0="met", mark_1="partly", mark_2="unmet", note_2="制度上墙")
simply("sites:evidence-remove")
simply("sites:attachment-remove")
ACTS["sites:attachment-add"] = Act(lambda place, given: {"file": picture()}, "huzhuang1")


@act("sites:site-register")
def branch_that_has_a_site(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "organization": str(place.branch.pk),
        "title": "老示范点",
        "named_on": "2024-05-01",
        "public_text": "一直开着的党员服务站。",
    }


# --- stories ----------------------------------------------------------------------------------------

TOLD = {
    "title": "夜班两场会",
    "lead": "夜班的人也开得上会。",
    "practice": "一月一排班，两场合开。",
}
simply("public:story-edit", **TOLD)
simply("public:story-hand-in")
simply("public:story-take-back")
simply("public:story-reopen")
simply("public:story-remove", agreed="yes")
simply("public:story-publish")
simply("public:story-return", reason="数字再核对一下")
simply("public:story-schedule", shown_until="2026-12-31")
simply("public:story-take-down", reason="有一句写错了")
simply("public:picture-edit", alt="楼道里的公示栏", caption="一月一换", revision="2")
simply("public:picture-remove")
ACTS["public:picture-add"] = Act(lambda place, given: {"file": picture()}, "huzhuang1")


@act("public:story-create")
def site_to_tell_of(place: Place, given: Arguments) -> dict[str, Any]:
    return {"subject": told_of(place), **TOLD}


def told_of(place: Place) -> str:
    """A site of the branch, as forms carry it."""
    from .story_world import subject_in

    return subject_in(place.branch, actor(place.zone.users["zone"])).word


# --- brands -----------------------------------------------------------------------------------------

simply("brands:brand-begin")
simply("brands:brand-submit")
simply("brands:brand-edit", meaning="党员把事办到邻居家门口。")
simply("brands:brand-steps", what_0="在三个楼栋试")
simply(
    "brands:brand-decide", verdict="yes", reason="评审意见一致", basis="党工委会议纪要〔2026〕9号"
)
simply("brands:brand-recheck", reason="命名满两年")
simply("brands:brand-end", reason="不再这样做了")
simply("brands:highlight-create", title="夜校开到车间", text="每周二晚上在车间讲一课。")
simply("brands:highlight-edit", text="每周二晚上在车间讲一课，讲完就练。")
simply("brands:highlight-drop")
simply("brands:highlight-take", name="车间夜校")
simply("brands:mark-remove")
ACTS["brands:copy-create"] = Act(lambda place, given: {"what": "学议事亭，每周开一次"}, "taoyuan1")
simply("brands:copy-edit", what="学议事亭，每周开一次", result="办成 3 件事。")


@act("brands:mark-add")
def brand_picture(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": picture()}


@act("brands:brand-arrange")
def judges(place: Place, given: Arguments) -> dict[str, Any]:
    """Three of the zone's, who have come just now."""
    people = [make_user(f"judge{number}", "zone_staff", place.zone.root) for number in range(3)]
    return {"people": [str(one.pk) for one in people], "due_on": "2026-07-20"}


# --- weak organisations that are put right ----------------------------------------------------------

simply("weak_cases:criterion-create", name="班子不团结、议不成事", basis="排查整顿办法第四条第四项")
simply("weak_cases:criterion-edit", basis="排查整顿办法第四条第一项")
simply("weak_cases:case-decide", finding="weak", reason="党委会研究，事实清楚")
simply(
    "weak_cases:case-plan",
    leader_name="刘建军",
    title_0="按期补选支部书记",
    due_0="2026-07-31",
)
simply(
    "weak_cases:case-accept",
    acceptance="passed",
    note="访了群众，都说好转",
    override_reason="换届选举排在八月",
)
simply("weak_cases:case-follow", found="relapsed", note="书记又空缺了")


@act("weak_cases:case-create")
def branch_to_propose(place: Place, given: Arguments) -> dict[str, Any]:
    from .access_objects import weak_criterion

    return {
        "organization": str(place.branch.pk),
        f"fact_{weak_criterion().pk}": "书记空缺五个月",
    }


simply(
    "concerns:concern-create",
    text="楼道里堆了一个多月的垃圾",
    urgency="normal",
    source="branch",
    phone="13900000000",
)
simply("concerns:concern-answer", text="已联系物业当天清走")
simply("concerns:concern-pass-up", reason="要几个单位一起修，支部办不了")
simply(
    "concerns:concern-practice",
    verdict="yes",
    title="路灯当天换",
    text="接到就报供电所，当天换好。",
)
simply(
    "concerns:practice-edit",
    is_adopted="on",
    title="路灯当天换好",
    text="接到就报供电所，当天换好。",
)
simply("concerns:template-edit", text="已联系供电所，当天换好，晚上去看过。")
simply("concerns:concern-refuse", reason="属劳动监察职责", redirect="区劳动监察大队")
simply("concerns:concern-call", result="solved", note="说修得及时")
simply("concerns:concern-reopen", reason="又坏了两盏")
simply("concerns:concern-reveal")
simply("concerns:concern-drop", reason="没有说清是什么事")
simply("concerns:filing-create", text="东门的路灯坏了三盏", send="1")
simply("concerns:form-edit", is_on="on")
simply("concerns:body-create", name="供电公司", words="电费 电表", phone="95598")
simply("concerns:body-edit", phone="95588")
simply("concerns:concern-hand", title="修好路灯", category="residents")
simply("concerns:kind-create", name="环境卫生", hours="24", days="3", template="您反映的问题，")
simply("concerns:kind-edit", days="3")
ACTS["concerns:import-confirm"] = ACTS["concerns:import-cancel"] = Act(nothing)
ACTS["concerns:import-marked"] = Act(nothing)


@act("concerns:concern-assign")
def neighbour_street(place: Place, given: Arguments) -> dict[str, Any]:
    return {"organization": str(place.zone.neighbour_street.pk), "note": "按路段归你们"}


@act("concerns:template-create")
def template_of_repairs(place: Place, given: Arguments) -> dict[str, Any]:
    from schedules.concerns.models import ConcernKind

    kind = ConcernKind.objects.get_or_create(name="停车出行")[0]
    return {
        "kind": str(kind.pk),
        "title": "划线巡查",
        "text": "已划黄线，早晚巡查。",
        "is_used": "on",
    }


@act("concerns:import")
def sheet_of_orders(place: Place, given: Arguments) -> dict[str, Any]:
    return {"file": sheet(["工单编号", "诉求内容"], ["XZ2026070600001", "路灯坏了四盏"])}


# --- wishes, posts in a grid, partnerships ---------------------------------------------------------

_GRID_WISH = {
    "title": "一副老花镜",
    "need": "三百度老花镜一副，看报用",
    "until": "2026-07-30",
    "breadth": "committee",
    "resident": "王秀英",
}
simply("neighbours:wish-create", **_GRID_WISH)
simply("neighbours:wish-claim")
simply("neighbours:wish-return")
simply("neighbours:wish-fulfil", result="老花镜配好送到家里", on="2026-07-06")
simply("neighbours:wish-withdraw", reason="家里人已经买了")
simply("neighbours:post-end", until="2026-07-06")
simply(
    "neighbours:partnership-create",
    name="开发区供电所",
    is_outside="on",
    kind="shared",
    since="2026-07-01",
)
simply("neighbours:partnership-note", kind="need", on="2026-07-02", text="活动室缺一台投影仪")
simply("neighbours:partnership-end")


@act("neighbours:post-create")
def post_of_a_member(place: Place, given: Arguments) -> dict[str, Any]:
    return {
        "member": str(make_member(place.branch).pk),
        "grid": "第三网格",
        "title": "邻里调解岗",
        "since": "2026-07-01",
    }
