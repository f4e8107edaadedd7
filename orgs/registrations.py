"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from urllib.parse import urlencode

from django.urls import reverse

from core import demo, importing, marked_sheets, menu, sealed, searching, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from core.worklist import SideCard, Worklist

from . import (  # noqa: F401  (register themselves)
    figures,
    guesses,
    imports,
    jobs,
    packs,
    panels,
    relations,
    starting,
    timers,
    verbs,
)
from .access import actor_from_grant
from .actions import auditing  # noqa: F401
from .backends import PHONE_COLUMN
from .enums import AdminKind
from .known_words import known_words
from .models import AdministratorProposal, FullExport, Organization, OrganizationImport, User
from .models.full_export import SECRET_COLUMN
from .panels import Panel
from .permissions import Permission as P
from .queries import organizations, rosters
from .roles import ROLES
from .sheets import OrganizationRow
from .worklist import provide, provide_alarms, provide_deputies, provide_exports

FOUND = 8  # organisations shown on the page of the one search

_IMPORTER: importing.Importer[OrganizationRow] = importing.Importer(
    model=OrganizationImport,
    parse=imports.parse,
    compare=imports.compare,
    write=imports.write,
    actor=actor_from_grant,
)
importing.register(_IMPORTER)
marked_sheets.register(_IMPORTER, reach=lambda batch, actor: actor.may(P.ORGANIZATION_IMPORT))
demo.register("orgs.demo.tree", order=10)
demo.register("orgs.demo.accounts", order=30)  # of people: when there are some
guesses.register(known_words)
core_verbs.register("orgs", verbs.VERBS, verbs.FIELDS)
core_verbs.register_values("role", {key: role.label for key, role in ROLES.items()})
core_verbs.register_values("admin_kind", dict(AdminKind.choices))
sealed.register(User, "phone_sealed", PHONE_COLUMN)
sealed.register(FullExport, "password_sealed", SECRET_COLUMN)
sealed.register(Organization, "contact_phone_sealed", rosters.PHONE_COLUMN)
menu.register(
    menu.Entry(
        "组织",
        "orgs:organization-list",
        "everyday",
        20,
        permission=P.ORGANIZATION_VIEW,
        marks=("orgs:organization",),
    ),
    menu.Entry(
        "账号",
        "orgs:user-list",
        "administration",
        30,
        permission=P.ACCOUNT_MANAGE,
        marks=("orgs:user", "orgs:account"),
    ),
    menu.Entry(
        "授权",
        "orgs:grant-list",
        "administration",
        40,
        permission=P.GRANT_MANAGE,
        marks=("orgs:grant",),
    ),
    menu.Entry(
        "密码条",
        "orgs:slip-list",
        "administration",
        45,
        permission=P.GRANT_MANAGE,
        marks=("orgs:slip",),
    ),
    menu.Entry(
        "管理员任免",
        "orgs:administrator-list",
        "administration",
        50,
        permission=P.ADMINISTRATOR_CONFIRM,
        marks=("orgs:administrator",),
    ),
    menu.Entry("登录会话", "orgs:all-sessions", "administration", 60, permission=P.SESSION_MANAGE),
    menu.Entry("访问令牌", "orgs:all-tokens", "administration", 70, permission=P.SESSION_MANAGE),
    menu.Entry(
        "后台事项",
        "orgs:job-list",
        "administration",
        80,
        permission=P.JOB_MANAGE,
        marks=("orgs:job",),
    ),
    menu.Entry("测试邮件", "orgs:mail-test", "administration", 85, permission=P.START_MANAGE),
    menu.Entry(
        "审计记录",
        "orgs:audit-list",
        "administration",
        90,
        permission=P.AUDIT_VIEW,
        marks=("orgs:audit",),
    ),
)

Proposed = AdministratorProposal.State
Exported = FullExport.State
tones.register(
    Exported,
    {
        Exported.WAITING: "warn",
        Exported.ALLOWED: "ok",
        Exported.REFUSED: "bad",
        Exported.WITHDRAWN: "mute",
    },
)
tones.register(
    Proposed,
    {Proposed.PROPOSED: "warn", Proposed.CONFIRMED: "ok", Proposed.WITHDRAWN: "mute"},
)


@searching.register
def find_organizations(actor: Actor, query: str) -> searching.Hits | None:
    """Organisations by name, pinyin or initials. One query."""
    if not actor.may(P.ORGANIZATION_VIEW):
        return None
    found = organizations.found_by_name(actor, query, FOUND + 1)
    more = f"{reverse('orgs:organization-list')}?{urlencode({'q': query})}"
    return searching.Hits(
        "党组织",
        [
            searching.Hit(
                title=str(row),
                text=" · ".join(
                    filter(None, (row.get_kind_display(), str(row.parent) if row.parent else ""))
                ),
                url=row.get_absolute_url(),
            )
            for row in found[:FOUND]
        ],
        more_url=more if len(found) > FOUND else "",
    )


@panels.register
def show_namings(actor: Actor, organization: Organization) -> list[Panel]:
    """The way to 指名与回避, for those who decide on it. No query."""
    if organization.abolished_on is not None or not any(
        relations.may_name(actor, one, organization) for one in relations.registered().values()
    ):
        return []
    url = reverse("orgs:organization-namings", args=[organization.pk])
    return [Panel("指名与回避", text="谁被指名办理这个组织的事项，谁须回避。", url=url)]


worklist.register(provide)
worklist.register(provide_alarms)
worklist.register(provide_exports)
worklist.register(provide_deputies)


@worklist.register
def list_terms(actor: Actor, work: Worklist) -> None:
    """换届: how many bodies in the scope are due or over: for the secretary his own, for the
    general branch and those above theirs. One query."""
    if not (actor.may(P.ORGANIZATION_EDIT) or actor.may(P.REPORT_SEND)):
        return
    counts = organizations.term_counts(actor)
    titles = (
        ("error", "逾期超过 12 个月"),
        ("overdue", "逾期未换届"),
        ("d30", "30 天内届满"),
        ("d90", "31 至 90 天内届满"),
        ("d180", "91 至 180 天内届满"),
    )
    rows = tuple((label, f"{counts[key]} 个") for key, label in titles if counts[key])
    if rows:
        url = f"{reverse('orgs:organization-list')}?term=due"
        work.cards.append(SideCard("换届提醒", rows=rows, url=url))
