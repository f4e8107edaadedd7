"""Rules of the house that no reviewer has to remember: these tests look for what breaks them."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import connection, models

from core import verbs
from core.privacy import Personal

from .urls import addresses

ROOT = Path(__file__).resolve().parent.parent
# Found, never listed: every installed app whose folder lies in this repository, slices included.
OUR_APPS = [
    config
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(ROOT) and ".venv" not in Path(config.path).parts
]
OUR_LABELS = {config.label for config in OUR_APPS}
OUR_MODELS = [model for config in OUR_APPS for model in config.get_models()]

# Addresses that answer without signing in, and why.
PUBLIC = {
    "core:healthz": "a load balancer asks whether the process answers",
    "core:readyz": "monitoring asks for the state of the parts; names nobody",
    "core:metrics": "Prometheus brings a token of its own; not there without",
    "orgs:login": "one signs in here",
    "api:token": "a program signs in here",
    "api:calendar-feed": "a calendar program fetches it by its secret address",
}

# Models without `visible_to`, and what keeps their rows apart instead.
UNSCOPED = {
    "core.AuditEntry": "the audit administrator alone reads it, whole",
    "core.AuditHead": "no data",
    "core.Effect": "the system administrator sees kind and state, never the payload",
    "core.Slot": "no data",
    "core.Heartbeat": "no data",
    "core.Notification": "each person his own, by user",
    "orgs.User": "administrators manage accounts; others see only their own",
    "orgs.PortalSession": "each person his own; the security administrator all",
    "orgs.RoleGrant": "the security administrator sees all, others their own",
    "orgs.AdministratorProposal": "administrators only",
    "orgs.OrganizationEvent": "shown with its organisation, which is scoped",
    "orgs.OrganizationPlacement": "shown with its organisation, which is scoped",
    "orgs.OfficeHolding": "shown with its organisation, which is scoped",
    "orgs.OrganizationImport": "each person his own uploads",
    "members.MemberImport": "each person his own uploads",
    "members.TotalHeadcount": "read by the path of an organisation, which is scoped",
    "members.HeadcountMark": "work to do, shown to nobody",
    "members.HeadcountLedger": "whether figures were right; of no organisation",
    "members.MembershipExit": "shown with its member, who is scoped",
    "schedules.CalendarYear": "the same calendar for everybody",
    "schedules.CalendarDay": "the same calendar for everybody",
    "schedules.Plan": "plans are the zone's; who is concerned is the duty's scope",
    "schedules.ReminderMark": "never shown; found through its duty",
    "schedules.ReportDefinition": "forms are the zone's",
    "schedules.ReportItem": "shown with its report, which is scoped",
    "schedules.ReportVersion": "shown with its report, which is scoped",
    "schedules.ReportStep": "shown with its report, which is scoped",
    "schedules.ReportAttachment": "shown with its report, which is scoped",
    "schedules.RollupMark": "work to do, shown to nobody",
    "schedules.RollupLedger": "whether figures were right; of no organisation",
}

# Text, date and JSON fields that say nothing about a person.
NOT_PERSONAL = {
    "core.AuditEntry": "at role organization_path verb object_type object_id request_id hash",
    "core.AuditHead": "hash",
    "core.Effect": "key kind not_before lease_until lease_token created_at finished_at",
    "core.Slot": "job planned_for",
    "core.StoredAnswer": "key digest headers created_at",
    "core.Heartbeat": "name at",
    "core.Notification": "key about url created_at read_at",
    "orgs.User": (
        "password last_login secret_expires_at password_changed_at created_at enabled_at"
    ),
    "orgs.AccessToken": "digest beginning created_at expires_at last_used_at revoked_at",
    "orgs.PortalSession": "session_key expire_date created_at seen_at",
    "orgs.RoleGrant": "valid_from valid_to granted_at",
    "orgs.AdministratorProposal": "proposed_at decided_at",
    "orgs.OrganizationEvent": ("happened_on approved_by document_number details note recorded_at"),
    "orgs.OrganizationPlacement": "path name valid_from valid_to",
    "orgs.OrganizationImport": "sha256 counts failure uploaded_at applied_at",
    "orgs.OfficeHolding": "document_number started_on ended_on",
    "orgs.Organization": (
        "code name name_key short_name name_pinyin name_initials path founded_on abolished_on "
        "term_started_on term_ends_on extended_until extension_document unit_name unit_nature "
        "unit_code note updated_at"
    ),
    "members.Member": "source as_of updated_at",
    "members.MemberImport": "sha256 counts failure uploaded_at applied_at",
    "members.MembershipExit": "recorded_at undone_at",
    "members.MemberStanding": "recorded_at withdrawn_at",
    "members.OwnHeadcount": "path as_of",
    "members.TotalHeadcount": "path as_of",
    "members.HeadcountMark": "at",
    "members.HeadcountLedger": "filled_at compared_at",
    "schedules.CalendarYear": "source",
    "schedules.CalendarDay": "day name",
    "schedules.Plan": "key name about kinds classes definition_key starts_on ends_on",
    "schedules.Duty": (
        "period due_on due_at late_after locks_at submitted_at finished_at waived_reason opened_at"
    ),
    "schedules.ReminderMark": "stage sent_at",
    "schedules.Rollup": "period path as_of",
    "schedules.RollupMark": "period at",
    "schedules.RollupLedger": "compared_at as_of",
    "schedules.DutyStanding": "period path organization_class state submitted_at since until",
    "schedules.ReportDefinition": "key name kinds classes items valid_from created_at",
    "schedules.MonthlyReport": (
        "period figures_at started_at submitted_at saved_at checked_by_path"
    ),
    "schedules.ReportItem": "key title checked_at",
    "schedules.ReportVersion": "saved_at",
    "schedules.ReportStep": "at by_organization",
    "schedules.ReportAttachment": "content_type sha256 scan uploaded_at",
}
TEXTUAL = (
    models.CharField,
    models.TextField,
    models.DateField,
    models.JSONField,
    models.BinaryField,
)

# Functions in actions modules that take `by` and join the caller's action, and why.
WITHIN_AN_ACTION = {
    "orgs.actions.accounts.replace_password": "shared by the page's and the console's reset",
    "members.actions.members.covers": "a question: whether an organisation lies in the scope",
    "orgs.actions.history.event": "builds the row of an event, saves nothing",
    "orgs.actions.history.happened": "the event of the act that calls it",
    "orgs.actions.history.record": "the audit entry of the act that calls it",
    "orgs.actions.register.covered": "a question: whether an organisation lies in the scope",
}

README = [ROOT / "README.md", ROOT / "README.zh.md"]


def python_files() -> Iterator[Path]:
    for config in OUR_APPS:
        yield from (
            path for path in Path(config.path).rglob("*.py") if "migrations" not in path.parts
        )


# --- access -----------------------------------------------------------------------------------


def test_every_address_carries_an_access_marker() -> None:
    found = list(addresses())
    assert len(found) > 30
    bare = [address.name for address in found if address.marker is None]
    assert not bare, f"Decorate with public, signed_in or needs of core.guards: {bare}"


def test_public_addresses_are_listed_with_their_reason() -> None:
    found = {
        address.name
        for address in addresses()
        if address.marker and address.marker.kind == "public"
    }
    assert found == set(PUBLIC), "PUBLIC in this file must be exactly the public addresses"


def test_names_of_addresses_are_unique() -> None:
    names = [address.name for address in addresses()]
    assert len(names) == len(set(names))


# --- models -----------------------------------------------------------------------------------


def test_every_model_is_scoped_or_listed_with_its_reason() -> None:
    unscoped = {
        model._meta.label
        for model in OUR_MODELS
        if not hasattr(model._default_manager.all(), "visible_to")
    }
    assert unscoped - set(UNSCOPED) == set(), "give it visible_to(actor), or say why not"
    assert set(UNSCOPED) - unscoped == set(), "stale entries"


def test_every_field_is_tagged_as_personal_or_listed_as_not() -> None:
    untagged, stale = [], []
    for model in OUR_MODELS:
        personal: dict[str, Personal] = getattr(model, "PRIVACY", {})
        plain = set(NOT_PERSONAL.get(model._meta.label, "").split())
        names = {field.name for field in model._meta.concrete_fields}
        stale += [f"{model._meta.label}.{name}" for name in (set(personal) | plain) - names]
        stale += [f"{model._meta.label}.{name} is in both" for name in set(personal) & plain]
        untagged += [
            f"{model._meta.label}.{field.name}"
            for field in model._meta.concrete_fields
            if isinstance(field, TEXTUAL)
            and not field.choices
            and field.name not in personal
            and field.name not in plain
        ]
    assert not untagged, f"Tag in PRIVACY, or list in NOT_PERSONAL: {untagged}"
    assert not stale


def test_sealed_fields_are_tagged_above_ordinary() -> None:
    for model in OUR_MODELS:
        personal: dict[str, Personal] = getattr(model, "PRIVACY", {})
        for field in model._meta.concrete_fields:
            if field.name.endswith("_sealed"):
                assert personal[field.name].sensitivity != "ordinary", field


def test_migrations_are_complete_and_named(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    named = [one for app in OUR_APPS for one in Path(app.path, "migrations").glob("0*.py")]
    assert named
    assert not [path.name for path in named if re.search(r"_auto_|_alter_.*_and_more", path.name)]


def test_audit_table_guards_itself_after_migrate(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger")
        names = {row[0] for row in cursor.fetchall()}
    wanted = (
        {"core_auditentry_no_update", "core_auditentry_no_delete"}
        if connection.vendor == "sqlite"
        else {"core_auditentry_no_change"}
    )
    assert wanted <= names
    assert {"orgs_grant_exclusive", "orgs_administrator_exclusive"} <= names


# --- actions, tasks, audit --------------------------------------------------------------------


def action_functions() -> Iterator[tuple[str, Any]]:
    for app in OUR_APPS:
        try:
            package = importlib.import_module(f"{app.name}.actions")
        except ModuleNotFoundError:
            continue
        for info in pkgutil.iter_modules(getattr(package, "__path__", [])):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if not name.startswith("_") and function.__module__ == module.__name__:
                    yield f"{module.__name__}.{name}", function


def test_every_action_takes_by_and_runs_in_its_own_unit_of_work() -> None:
    found = dict(action_functions())
    taking = {
        name: function
        for name, function in found.items()
        if "by" in inspect.signature(function).parameters
    }
    assert len(taking) > 10
    for name, function in taking.items():
        if name in WITHIN_AN_ACTION:
            continue
        kind = inspect.signature(function).parameters["by"].kind
        assert kind is inspect.Parameter.KEYWORD_ONLY, f"{name}: by is keyword-only"
    loose = {name for name, one in taking.items() if not getattr(one, "is_action", False)}
    assert loose == set(WITHIN_AN_ACTION), "decorate with @action, or list with the reason"
    nameless = [
        name
        for name, one in found.items()
        if getattr(one, "is_action", False) and name not in taking
    ]
    assert not nameless, "an action says by whom"


def test_every_task_is_named_and_limited() -> None:
    from config import celery_app

    celery_app.loader.import_default_modules()
    ours = [task for name, task in celery_app.tasks.items() if not name.startswith("celery.")]
    assert ours
    for task in ours:
        label, _, name = task.name.partition(".")
        assert label in OUR_LABELS, task.name
        assert re.fullmatch(r"[a-z_]+", name), task.name
        assert task.time_limit, f"{task.name} needs time_limit"
        assert task.soft_time_limit, f"{task.name} needs soft_time_limit"
    named = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert named <= {task.name for task in ours}


def test_every_verb_has_a_name_on_the_audit_page() -> None:
    used: set[str] = set()
    for path in python_files():
        text = path.read_text()
        used |= set(re.findall(r"\bverb=\"([a-z_.]+)\"", text))
        used |= set(re.findall(r"^VERB = \"([a-z_.]+)\"", text, re.M))
    assert len(used) > 20
    assert not used - set(verbs.registered()), "name it in the app's verbs.py"
    assert all(re.fullmatch(r"[a-z]+(\.[a-z_]+){1,2}", verb) for verb in verbs.registered())


# --- pages ------------------------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = [
    (re.compile(r"<style\b"), "inline style sheet"),
    (re.compile(r"\sstyle\s*="), "style attribute"),
    (re.compile(r"<script\b(?![^>]*\bsrc=)"), "inline script"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']"), "event attribute"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
    (re.compile(r"\bhx-on\b"), "hx-on, which is inline script"),
    (re.compile(r"(src|href)=[\"'](https?:)?//"), "another host"),
    (re.compile(r"\|\s*safe\b"), "unescaped text"),
    (re.compile(r"autoescape off"), "unescaped text"),
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.S)
    assert not [why for pattern, why in INLINE if pattern.search(text)]


def test_every_post_form_carries_a_token() -> None:
    wrong = []
    for path in TEMPLATES:
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), re.S):
            if "csrf_token" not in form:
                wrong.append(path.name)
    assert not wrong


# --- documents --------------------------------------------------------------------------------


def test_permissions_document_is_up_to_date() -> None:
    call_command("write_permissions", check=True, verbosity=0)


@pytest.mark.parametrize("path", README, ids=lambda path: path.name)
def test_commands_of_the_readme_exist(path: Path) -> None:
    text = path.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", text))
    assert {"run", "test"} <= named
    assert named <= targets, f"no such make target: {named - targets}"
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert commands <= set(get_commands()), f"no such command: {commands - set(get_commands())}"
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert not [link for link in linked if not (ROOT / link).exists()]


def test_documents_name_only_commands_that_exist() -> None:
    known = set(get_commands())
    wrong = [
        f"{path.name}: {command}"
        for path in (ROOT / "docs").rglob("*.md")
        for command in re.findall(r"manage\.py ([a-z_]+)", path.read_text())
        if command not in known
    ]
    assert not wrong
