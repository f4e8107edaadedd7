"""Every guard refuses what it is there for: shown on a copy of the house with apps thrown in.

`schedules.leftovers` breaks the rules, `schedules.tidy` keeps them, `annex` is an app that no
contract knows, `stray` one that is not installed. Nothing was written into any list for them.
"""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from .guards import GUARDS

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    "config",
    "core",
    "orgs",
    "members",
    "schedules",
    "assessments",
    "showcase",
    "docs",
    "templates",
    "tests/guards",
)
LINT = Path(sys.executable).with_name("lint-imports")

BROKEN = {
    "config/throw_away.py": """
        import os
        from .settings import *
        LEFTOVER = os.environ.get("LEFTOVER_URL")
        INSTALLED_APPS += ["schedules.leftovers", "schedules.tidy", "annex"]
        ROOT_URLCONF = "config.throw_away_urls"
        """,
    "config/throw_away_urls.py": """
        from django.urls import include, path
        from .urls import urlpatterns
        urlpatterns = [
            *urlpatterns,
            path("leftovers/", include("schedules.leftovers.urls")),
            path("tidy/", include("schedules.tidy.urls")),
        ]
        """,
    "schedules/leftovers/__init__.py": "",
    "schedules/leftovers/apps.py": """
        from django.apps import AppConfig

        class LeftoversConfig(AppConfig):
            name = "schedules.leftovers"
            label = "leftovers"
            default_auto_field = "django.db.models.BigAutoField"

            def ready(self):
                from core import verbs
                verbs.register("leftovers", {"leftovers.Contact-forgotten": "忘记"})
        """,
    "schedules/leftovers/models.py": """
        from django.db import models
        from core.privacy import Personal

        class Contact(models.Model):
            PRIVACY = {
                "nickname": Personal("a field that is not there"),
                "feeling": Personal("to talk about it", "sensitive"),
            }
            phone = models.CharField(max_length=20)
            feeling = models.CharField(max_length=20)
            address_sealed = models.CharField(max_length=200)
            friends = models.ManyToManyField("self")

            def save(self, *args, **kwargs):
                from . import views
                views.tell(self)
                super().save(*args, **kwargs)

        class Oddment(models.Model):
            pass
        """,
    "schedules/leftovers/migrations/__init__.py": "",
    "schedules/leftovers/migrations/0001_auto_20261126_0800.py": "",
    "schedules/leftovers/actions.py": """
        from django.http import HttpRequest
        from core import audit
        from core.actions import action
        from .models import Contact

        def forget(*, contact, by):
            Contact.objects.filter(pk=contact.pk).delete()
            audit.record(by=by, verb="leftovers.contact.forget", obj=contact)

        @action
        def drop(*, contact):
            contact.delete()

        @action
        def change(*, contact, what, by):
            _record(by, contact, what.lower())

        @action
        def tag(*, contact, by):
            _note(by, contact, "tag")

        def _record(by, contact, act):
            audit.record(by=by, verb=f"leftovers.contact.{act}", obj=contact)

        def _note(by, contact, act):
            audit.record(by=by, verb=f"leftovers.note.{act}", obj=contact)

        def everybody(request: HttpRequest):
            return Contact.objects.all()
        """,
    "schedules/leftovers/queries.py": """
        from django.db import connection
        from .models import Contact

        def contacts():
            rows = list(Contact.objects.all())
            for row in rows:
                row.phone = row.phone or "未填电话"
                row.tone = "bad"
            Contact.objects.bulk_update(rows, ["phone"])
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {Contact._meta.db_table} SET phone = %s", [""])
            return rows
        """,
    "schedules/leftovers/views.py": """
        from core.guards import public
        from django.http import HttpResponse
        from .models import Contact

        def bare(request):
            return HttpResponse(Contact.objects.create(phone="1").pk)

        @public("GET")
        def open_to_all(request):
            Contact.objects.filter(pk=1).update(phone="1")
            made, _ = Contact.objects.get_or_create(phone="2")
            made.save()
            made.delete()
            Contact.objects.bulk_create(map(Contact, range(3)))
            return HttpResponse(map(Contact.objects.create, [1]))

        def tell(contact):
            pass
        """,
    "schedules/leftovers/urls.py": """
        from django.urls import path
        from . import views
        app_name = "odds"
        urlpatterns = [
            path("bare/", views.bare, name="bare"),
            path("open/", views.open_to_all, name="open"),
        ]
        """,
    "schedules/leftovers/tasks.py": """
        from celery import shared_task
        from django.db.models.signals import post_save
        from .models import Contact

        @shared_task
        def ForgetAll():
            Contact(phone="3").save()
        """,
    "schedules/leftovers/utils.py": "",
    "schedules/leftovers/services.py": "",
    "schedules/leftovers/forms.py": """
        from django import forms

        class ContactForm(forms.Form):
            number = forms.CharField(label="身份证号")
            feeling = forms.CharField(label="感受")
        """,
    "templates/leftovers/contact_edit.html": """
        {% form_card form "保存" %}{% endform_card %}
        <form method="post">{% csrf_token %}<textarea name="note"></textarea></form>
        """,
    "templates/leftovers/contact_list.html": """
        <p style="color: red">红</p>
        <form method="post"><button>忘记</button></form>
        """,
    "schedules/notes.py": "",
    "members/leftover.py": 'WHERE = "schedules:report-matrix"',
    "core/leftover.py": "from orgs.models import Organization",
    "annex/__init__.py": "",
    "stray/apps.py": "",
    "docs/leftovers.md": """
        `schedules/leftovers/gone.py` and `schedules.leftovers.gone`,
        made by `manage.py forget_everything`
        """,
}
TIDY = {
    "schedules/tidy/__init__.py": "",
    "schedules/tidy/apps.py": """
        from django.apps import AppConfig

        class TidyConfig(AppConfig):
            name = "schedules.tidy"
            label = "tidy"
            default_auto_field = "django.db.models.BigAutoField"

            def ready(self):
                from . import registrations
        """,
    "schedules/tidy/registrations.py": """
        from core import verbs as core_verbs
        from . import verbs
        core_verbs.register("tidy", verbs.VERBS)
        """,
    "schedules/tidy/verbs.py": """
        VERBS = {"tidy.contact.create": "登记联系人", "tidy.contact.forget": "删除联系人"}
        """,
    "schedules/tidy/models.py": """
        from django.db import models
        from core.privacy import Personal

        class ContactQuerySet(models.QuerySet):
            def visible_to(self, actor):
                return self.filter(organization__path__startswith=actor.organization_path)

        class Contact(models.Model):
            PRIVACY = {"phone_sealed": Personal("to be called", "sensitive")}
            organization = models.ForeignKey("orgs.Organization", on_delete=models.PROTECT)
            phone_sealed = models.CharField(max_length=200)
            objects = ContactQuerySet.as_manager()
        """,
    "schedules/tidy/migrations/__init__.py": "",
    "schedules/tidy/migrations/0001_add_contacts.py": "",
    "schedules/tidy/queries.py": """
        from .models import Contact

        def contacts(actor):
            words = {}
            words.update({"a": 1})
            return Contact.objects.visible_to(actor)
        """,
    "schedules/tidy/actions/__init__.py": "",
    "schedules/tidy/actions/journal.py": """
        from core import audit
        from core.errors import DomainError

        def keep(who, act, contact):
            audit.record(by=who, verb=f"tidy.contact.{act}", obj=contact)

        def is_known(contact) -> None:
            if contact is None:
                raise DomainError("没有这个联系人")
        """,
    "schedules/tidy/actions/contacts.py": """
        from core.actions import action
        from . import journal
        from ..models import Contact

        @action
        def create(*, organization, by):
            contact = Contact.objects.create(organization=organization)
            journal.keep(by, "create", contact)
            return contact

        @action
        def forget(*, contact, by):
            journal.is_known(contact)
            contact.delete()
            journal.keep(by, act="forget", contact=contact)
        """,
    "schedules/tidy/views.py": """
        from core.guards import needs
        from django.http import HttpResponse
        from .actions import contacts

        @needs("report.view", methods=("POST",))
        def contact_create(request):
            contacts.create(organization=None, by=request.actor)
            return HttpResponse()
        """,
    "schedules/tidy/urls.py": """
        from django.urls import path
        from . import views
        app_name = "tidy"
        urlpatterns = [path("create/", views.contact_create, name="contact-create")]
        """,
    "schedules/tidy/forms.py": """
        from core.privacy import OFF_THE_DEVICE
        from django import forms

        class ContactForm(forms.Form):
            phone = forms.CharField(label="联系电话")
            number = forms.CharField(label="身份证号", widget=forms.TextInput(OFF_THE_DEVICE))
        """,
    "templates/tidy/contact_list.html": """
        <form method="post">{% csrf_token %}<button>登记</button></form>
        {% form_card form "登记" draft=True %}{% endform_card %}
        {% form_card form "查找" draft_not="one line" %}{% endform_card %}
        <form method="post">{# no draft: one line #}{% csrf_token %}<input name="note"></form>
        """,
}
# What has to be found: the guard, and the words by which it names the culprit.
FOUND = [
    ("addresses_without_a_marker", "odds:bare"),
    ("public_addresses_without_a_reason", "odds:open"),
    ("addresses_badly_named", "odds:bare"),
    ("models_without_a_scope", "leftovers.Contact"),
    ("fields_neither_personal_nor_plain", "leftovers.Contact.phone"),
    ("tags_without_a_field", "leftovers.Contact.nickname"),
    ("sealed_fields_tagged_ordinary", "leftovers.Contact.address_sealed"),
    ("tables_without_a_model", "leftovers.Contact.friends"),
    ("models_that_act_when_saved", "leftovers.Contact.save"),
    ("migrations_named_by_the_machine", "0001_auto_20261126_0800"),
    ("functions_told_by_without_the_frame", "leftovers.actions.forget"),
    ("actions_without_by", "leftovers.actions.drop"),
    ("reads_among_actions", "leftovers.actions.everybody"),
    ("tasks_without_name_or_limit", "leftovers.tasks.ForgetAll: name"),
    ("tasks_without_name_or_limit", "leftovers.tasks.ForgetAll: time_limit"),
    ("verbs_without_a_name", "leftovers.contact.forget"),
    ("verbs_without_a_name", "leftovers.note.tag"),
    ("verbs_without_a_name", "leftovers.actions:23 is put together"),
    ("verbs_badly_named", "leftovers.Contact-forgotten"),
    ("names_of_verbs_that_nothing_records", "leftovers.Contact-forgotten"),
    ("writes_outside_actions", "leftovers.queries:9 Contact.objects.bulk_update"),
    ("writes_outside_actions", "leftovers.queries:11 SQL that writes"),
    ("writes_outside_actions", "leftovers.views:6 Contact.objects.create"),
    ("writes_outside_actions", "leftovers.views:10 Contact.objects.filter(pk=1).update"),
    ("writes_outside_actions", "leftovers.views:11 Contact.objects.get_or_create"),
    ("writes_outside_actions", "leftovers.views:12 made.save"),
    ("writes_outside_actions", "leftovers.views:13 made.delete"),
    ("writes_outside_actions", "leftovers.views:14 Contact.objects.bulk_create"),
    ("writes_outside_actions", "leftovers.views:15 Contact.objects.create"),
    ("writes_outside_actions", "leftovers.tasks:7 Contact(phone='3').save"),
    ("data_that_knows_the_web", "leftovers.actions imports django.http.HttpRequest"),
    ("signals_as_control_flow", "leftovers.tasks imports django.db.models.signals"),
    ("chinese_words_in_queries", "未填电话"),
    ("tones_in_queries", "schedules.leftovers.queries:8"),
    ("lower_apps_naming_higher_ones", "members/leftover.py:1 schedules:report-matrix"),
    ("templates_with_something_inline", "leftovers/contact_list.html: style attribute"),
    ("forms_without_a_token", "leftovers/contact_list.html"),
    ("forms_silent_about_drafts", "leftovers/contact_edit.html: form_card"),
    ("forms_silent_about_drafts", "leftovers/contact_edit.html: <form"),
    ("private_fields_on_the_device", "leftovers.forms.ContactForm.number"),
    ("private_fields_on_the_device", "leftovers.forms.ContactForm.feeling"),
    ("modules_beside_slices", "schedules/notes.py"),
    ("apps_that_no_contract_looks_at", "annex"),
    ("apps_that_are_not_installed", "stray"),
    ("contracts_that_leave_modules_out", "Leftovers"),
    ("concepts_without_a_word", "model leftovers.Oddment: oddment"),
    ("concepts_without_a_word", "address odds:bare: bare"),
    ("words_that_nothing_uses", "leftoverish"),
    ("variables_not_as_documented", "LEFTOVER_URL is read"),
    ("documents_naming_missing_files", "schedules/leftovers/gone.py"),
    ("documents_naming_missing_code", "schedules.leftovers.gone"),
    ("documents_naming_missing_tests", "test_leftover.py gone"),
    ("documents_naming_missing_commands", "forget_everything"),
]
# What `lint-imports` has to say.
REFUSED_IMPORTS = [
    "schedules.leftovers.models -> schedules.leftovers.views",
    "- schedules.leftovers.utils",
    "- schedules.leftovers.services",
    "- schedules.leftovers\n",  # a slice without its place among the slices
    "- members.leftover",
    "- core.leftover",
    "core is not allowed to import orgs",
]
# Every finding is about what was thrown in.
THROWN_IN = ("leftover", "LEFTOVER", "odds:", "annex", "stray", "notes.py", "未填电话", "Leftovers")

# The copy has not all the files that documents name.
LACKING = ("documents_naming_missing_files", "documents_naming_missing_tests")


@dataclass(frozen=True)
class Verdict:
    found: dict[str, list[str]]
    imports: str


def look(house: Path) -> Verdict:
    """What guards and import contracts say about a copy of the house with the apps thrown in."""
    for name in COPIED:
        shutil.copytree(ROOT / name, house / name)
    for name in (
        "pyproject.toml",
        "Makefile",
        "tests/__init__.py",
        "tests/ask_guards.py",
        "tests/urls.py",
    ):
        shutil.copy2(ROOT / name, house / name)
    for name, text in (BROKEN | TIDY).items():
        path = house / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())
    contracts = (house / "pyproject.toml").read_text()
    assert '"rounds"]' in contracts
    (house / "pyproject.toml").write_text(
        contracts.replace('"rounds"]', '"tidy", "rounds"]')
        + '[[tool.importlinter.contracts]]\nname = "Leftovers"\ntype = "layers"\n'
        + 'containers = ["members"]\nlayers = ["(models)"]\n'
    )
    with (house / "docs/glossary.md").open("a") as glossary:
        glossary.write("\n| 联系人 | `contact` | |\n| 剩余 | `leftoverish` | |\n")
    with (house / "docs/faults.md").open("a") as faults:
        faults.write("\n`test_leftover.py` gone\n")
    (house / "data").mkdir()
    environment = os.environ | {
        "PORTAL_MODE": "test",
        "DATA_DIR": str(house / "data"),
        "DJANGO_SETTINGS_MODULE": "config.throw_away",
        "PYTHONPATH": "",
    }
    told = subprocess.run(
        [sys.executable, "-m", "tests.ask_guards"],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    linted = subprocess.run(
        [LINT, "--no-cache"],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 1, linted.stdout + linted.stderr
    return Verdict(json.loads(told.stdout), linted.stdout)


def test_guards_and_contracts_refuse_the_leftovers_and_nothing_else(tmp_path: Path) -> None:
    verdict = look(tmp_path)
    for guard, words in FOUND:
        assert any(words in line for line in verdict.found[guard]), (guard, words)
    for words in REFUSED_IMPORTS:
        assert words in verdict.imports, words
    # Neither the app that keeps the rules nor those that were there before.
    rest = [
        f"{guard}: {line}"
        for guard, lines in verdict.found.items()
        for line in lines
        if guard not in LACKING and not any(word in line for word in THROWN_IN)
    ]
    assert not rest
    assert "tidy" not in json.dumps(verdict.found)
    assert "schedules.tidy" not in verdict.imports


def test_every_guard_was_seen_to_refuse() -> None:
    assert {guard for guard, _ in FOUND} == set(GUARDS)
