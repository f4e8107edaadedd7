"""Fills the registries of core and orgs with what this app has to say. Imported once, by the
app config."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from core import demo, importing, marked_sheets, menu, sealed, searching, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from core.models import AuditEntry
from core.searching import Hit, Hits
from core.templatetags.words import date_zh
from orgs import alarms, headcounts, lifecycle, panels, proofs
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from . import figures as _figures  # noqa: F401  (registers figures)
from . import jobs, packs, starting, timers, verbs  # noqa: F401  (register themselves)
from .actions import headcounts as marks
from .actions import members, numbers
from .enums import MembershipState
from .imports import IMPORTER
from .items import COLUMN, LABELS
from .models import Member, MembershipDecision
from .models.member import column
from .queries import headcounts as figures
from .queries.owners import IdentityTail
from .queries.roster import MemberFilters, is_personal_number, roster
from .worklist import provide

HITS = 8
# Of one person a day, typed and in sheets: then the security administrators are told. A list of
# people who moved has a few of somebody else's.
NUMBERS_TYPED, NUMBERS_IN_SHEETS = 3, 20
Decided = MembershipDecision.State

tones.register(
    Decided,
    {
        Decided.PROPOSED: "warn",
        Decided.APPROVED: "ok",
        Decided.REFUSED: "bad",
        Decided.WITHDRAWN: "mute",
    },
)
worklist.register(provide)

importing.register(IMPORTER)
marked_sheets.register(
    IMPORTER,
    reach=lambda batch, actor: (
        actor.may(Permission.MEMBER_IMPORT)
        and (batch.uploaded_by_id, batch.grant_id) == (actor.user_id, actor.grant_id)
    ),
)
proofs.register(IdentityTail())
lifecycle.register_move_step(marks.mark_moved)
demo.register("members.demo.people", order=20)
core_verbs.register("members", verbs.VERBS, {**LABELS, **verbs.FIELDS})
for _item, _field in COLUMN.items():
    sealed.register(Member, f"{_field}_sealed", column(_item))
menu.register(
    menu.Entry(
        "党员",
        "members:member-list",
        "everyday",
        30,
        permission=Permission.MEMBER_VIEW,
        marks=("members:",),
        tab=4,
    )
)


def _numbers_in_vain(since: dt.datetime) -> Iterator[alarms.Alarm]:
    """Who typed identity numbers of people elsewhere. One query."""
    for key, name, count in alarms.by_person(since, Q(verb__in=[numbers.VERB]), NUMBERS_TYPED):
        yield alarms.Alarm(
            key,
            f"{name}一天内 {count} 次提交了别处党员的身份号码",
            f"可能在用登记表打听某人是不是党员。一天 {settings.NUMBERS_IN_VAIN} 次以后登记自动暂停；"
            "请核对是哪些登记、"
            "材料从何而来，见审计记录“身份号码未予登记”。",
        )


def _numbers_in_sheets(since: dt.datetime) -> Iterator[alarms.Alarm]:
    """Whose sheets named many numbers of people elsewhere. One query."""
    sheets = AuditEntry.objects.filter(verb=numbers.SHEET_VERB, at__gt=since, user_id__gt=0)
    counts: Counter[tuple[int | None, str]] = Counter()
    for sheet in sheets.order_by("sequence").only("user_id", "user_name", "changes"):
        counts[sheet.user_id, sheet.user_name] += sheet.changes["numbers"][1]
    for (key, name), count in counts.items():
        if count >= NUMBERS_IN_SHEETS:
            yield alarms.Alarm(
                str(key),
                f"{name}一天内上传的花名册中有 {count} 个别处党员的身份号码",
                "可能在用花名册打听谁是党员，也可能是成批调动。请核对名单从何而来，"
                "见审计记录“花名册中的号码未予登记”。",
            )


alarms.register(alarms.Rule("members.numbers", "用号码打听", _numbers_in_vain))
alarms.register(alarms.Rule("members.sheets", "用花名册打听", _numbers_in_sheets))


@searching.register
def find_members(actor: Actor, query: str) -> Hits | None:
    """Members by name, pinyin, initials or the last four, in the scope. One query."""
    if not actor.may(Permission.MEMBER_VIEW):
        return None
    label = "党员"
    if is_personal_number(query):
        hit = Hit(
            "按号码查找党员",
            "身份号码和电话不写进地址，请在这里输入",
            reverse("members:member-find"),
        )
        return Hits(label, [hit])
    found = list(roster(actor, MemberFilters(q=query, state="all"))[: HITS + 1])
    return Hits(
        label,
        [
            Hit(
                member.name,
                f"{member.organization} · {member.get_category_display()}{_born(member)}"
                + ("" if member.is_here else " · 已离开"),
                member.get_absolute_url(),
            )
            for member in found[:HITS]
        ],
        f"{reverse('members:member-list')}?{urlencode({'q': query, 'state': 'all'})}"
        if len(found) > HITS
        else "",
    )


def _born(member: Member) -> str:
    """What tells namesakes of one branch apart."""
    return f" · {date_zh(member.birth_on)}出生" if member.birth_on else ""


@headcounts.register
def count_members(paths: Sequence[str]) -> Mapping[str, headcounts.Headcount]:
    """The three denominators of each subtree. One query."""
    return {
        path: headcounts.Headcount(
            on_roll=count.on_roll,
            full=count.full,
            probationary=count.probationary,
            expected=count.expected,
            entitled=count.entitled_to_vote,
            detail=count,
        )
        for path, count in figures.headcounts(paths).items()
    }


@lifecycle.register_merge_step
def move_members(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """Members follow their branch into the one it is merged with."""
    members.move_all(source=source, target=target, by=by, on=on, note=f"合并自{source.name}")


@lifecycle.register_foresight
def foresee_members(source: Organization, target: Organization | None) -> list[str]:
    """How many members go over, as `move_members` takes them: those who left included. One query."""
    rows = Member.objects.select_for_update(of=("self",)).filter(organization=source)
    states = Counter(rows.values_list("state", flat=True))
    if not states or target is None:
        return []
    parts = [
        f"{word} {states[state]} 名"
        for state, word in (
            (MembershipState.NORMAL, "在册"),
            (MembershipState.SUSPENDED, "停止党籍"),
            (MembershipState.LEFT, "已离开"),
        )
        if states[state]
    ]
    return [f"{states.total()} 名党员的登记转入{target}：{'、'.join(parts)}。"]


@lifecycle.register_blocker
def members_remain(organization: Organization) -> list[str]:
    """An organisation that still has members cannot cease."""
    count = Member.objects.filter(organization=organization).here().count()
    return [f"还有党员 {count} 名（含停止党籍），请先调整到其他党支部"] if count else []


@panels.register
def show_members(actor: Actor, organization: Organization) -> list[Panel]:
    """Who belongs to the organisation and all below it, by groups. One query, and one where the
    page has not read the headcount."""
    if not actor.may_at(Permission.MEMBER_VIEW, organization.path, whole=True):
        return []
    known = headcounts.of_one(organization)
    if known is None:
        return []
    count, ages = known.detail, figures.ages(organization.path)
    address = f"{reverse('members:member-list')}?organization={organization.pk}"
    rows = (
        ("在册", count.on_roll, ""),
        ("预备党员", count.probationary, "&category=probationary_member"),
        ("女党员", count.female, "&sex=2"),
        ("35岁及以下", ages.young, "&age=young"),
        ("60岁及以上", ages.senior, "&age=senior"),
        ("流动党员", count.mobile, "&presence=mobile"),
        ("失联党员", count.lost_contact, "&presence=lost"),
        ("停止党籍（不计在册）", count.suspended, "&state=suspended"),
    )
    return [
        Panel(
            "党员",
            tuple(PanelRow(label, f"{n} 人", address + more) for label, n, more in rows),
            url=address,
        )
    ]
