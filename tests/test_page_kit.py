"""Guards of the page kit: pages are made of its components, and all of them are in the gallery."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.engine import Engine

from core import styles

TEMPLATES = Path(settings.BASE_DIR) / "templates"
GALLERY = [TEMPLATES / "core" / "gallery.html", *(TEMPLATES / "core" / "gallery").glob("*.html")]
KIT = ("components/", "portal/", "django/")  # where the components themselves are drawn

# Tags and filters that pages have no use for, and why.
NOT_IN_THE_GALLERY = {
    "form_problems": "the template pack's own, inside every form",
    "csrf_token": "hidden fields of every form",
}

# What a page must not write itself, and the component that draws it.
BY_HAND = {
    "facts": re.compile(r"<dl\b"),
    "sheet": re.compile(r"<table\b"),
    "card": re.compile(r'<(?:section|div|article|details)\b[^>]*\bclass="card[ "]'),
    "pill": re.compile(r'class="pill\b'),
    "form field": re.compile(
        r'class="form-(?:control|select|check-input)\b|\.as_(?:p|div|ul|table|widget)\b'
    ),
}
# Template -> what it writes itself, and why.
ALLOWED = {
    "schedules/calendar.html": {
        "sheet": "a month of days is no list: no head to stay, no rows to sort",
    },
    "schedules/print_article.html": {
        "facts": "the head of an official form, two columns on paper",
        "card": "a sheet of paper",
    },
    "orgs/slip_sheet.html": {"facts": "slips on paper, to be cut"},
    "schedules/print_month.html": {"card": "a sheet of paper"},
    "schedules/print_reading.html": {"card": "a sheet of paper"},
    "dispatch/visit_print.html": {"card": "a sheet of paper"},
    "schedules/print_items.html": {"sheet": "figures on paper: no head"},
    "base_plain.html": {"card": "the one card of a page without frame"},
    "front.html": {"card": "rendered without request, session or database"},
    "500.html": {"card": "rendered without any context"},
    "core/search.html": {"form field": "one box, as in the frame"},
    "core/gallery/tables.html": {"form field": "boxes that pick rows"},
    "core/gallery/report.html": {"form field": "an item's text, as on the report"},
    "members/member_revealed.html": {
        "form field": "where a browser without script tells its reason again"
    },
    "dispatch/meeting_roll.html": {"form field": "a roll of fifty: who stands instead, and why"},
    "core/import_preview.html": {"form field": "one tick beside a button of another form"},
    "action_items/item_detail.html": {"form field": "one choice beside its button"},
    "decisions/objection.html": {"form field": "one choice beside its button"},
    "decisions/objection_answer.html": {"form field": "one choice beside its button"},
    "self_assessments/item.html": {"form field": "a search, and one choice beside its button"},
    "projects/project_detail.html": {"form field": "one choice beside its button"},
    "sites/site_detail.html": {"form field": "one choice beside its button"},
    "life/appraisal_grid.html": {"sheet": "numbers typed cell by cell, by keyboard"},
    "life/meeting_print.html": {"sheet": "a form for the printer: names beside values"},
    "life/roll.html": {"form field": "who gave leave, for each who was absent"},
    "life/study_counting.html": {"sheet": "fields of a form, a rule in a line"},
    "life/study_ticks.html": {"card": "a part of a form: its head says how many are ticked"},
    "schedules/board.html": {"form field": "one choice in a line: no label above"},
    "schemes/version.html": {"form field": "one reason, folded away beside its button"},
    "schemes/parts/panel_foot.html": {"form field": "one choice beside its button"},
    "schemes/parts/tried.html": {"facts": "steps of a sum, each with its formula and number"},
    "cycles/score_item.html": {
        "facts": "rule, facts, sum, cap, last time: always in this order",
        "sheet": "a sum as it is written on paper",
    },
    "schedules/missing_text.html": {"form field": "a text to be copied; nothing of it is sent"},
    "schedules/report_planned.html": {
        "form field": "one day for each thing planned, within the form of a report"
    },
    "schedules/report_item.html": {"form field": "a word about a warning, beside its item"},
    **{
        f"schedules/items/{kind}.html": {"form field": "items of a definition, kept while typing"}
        for kind in ("text", "entries", "number", "date", "yes_no", "table")
    },
    "schedules/items/grid.html": {"sheet": "a few cells that somebody wrote, also on paper"},
    "schedules/report_verdict.html": {"form field": "a verdict for each item of a report"},
    "schedules/report_detail.html": {
        "form field": "what is reopened, read with all the page sends"
    },
}


def pages() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        if not name.startswith(KIT):
            yield name, path.read_text()


def test_pages_are_made_of_components() -> None:
    found = {
        (name, what)
        for name, text in pages()
        for what, mark in BY_HAND.items()
        if mark.search(text)
    }
    allowed = {(name, what) for name, kinds in ALLOWED.items() for what in kinds}
    assert not found - allowed, "Written by hand: use the component"
    assert not allowed - found, "Allowed, but no longer needed"


def test_every_component_is_in_the_gallery() -> None:
    text = "".join(path.read_text() for path in GALLERY)
    libraries = [
        library
        for name, library in zip(
            Engine.get_default().builtins, Engine.get_default().template_builtins, strict=True
        )
        if name.startswith("core.templatetags.")
    ]
    missing = [
        tag for one in libraries for tag in one.tags if not re.search(rf"{{%-? {tag}\b", text)
    ] + [name for one in libraries for name in one.filters if f"|{name}" not in text]
    assert set(missing) == set(NOT_IN_THE_GALLERY), "Show it in core/gallery/"


def test_templates_load_only_what_exists() -> None:
    """Every template compiles, also those that no test renders."""
    engine = Engine.get_default()
    for name, _ in pages():
        engine.get_template(name)


# --- the style sheet -------------------------------------------------------------------------


def test_the_style_sheet_is_made_of_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    (tmp_path / "components").mkdir()
    for name in styles.FIRST:
        (tmp_path / name).write_text(f"/* {name} */\n.{name[:-4]} {{ top: 0; }}\n\n")
    (tmp_path / "components" / "b.css").write_text(".b { top: 0; } /* b\n */\n")
    (tmp_path / "components" / "a.css").write_text(".a { top: 0; }\n")
    monkeypatch.setattr(styles, "folder", lambda: tmp_path)
    settings.DATA_DIR = tmp_path / "data"
    found = finders.find(styles.NAME)
    assert found is not None
    lines = Path(found).read_text().splitlines()
    assert [line.split()[0] for line in lines] == [".tokens", ".base", ".frame", ".a", ".b"]
    (tmp_path / "components" / "a.css").write_text(".changed { top: 0; }\n")
    finder = finders.get_finder("core.styles.BuiltFinder")
    (name, storage), (script, _) = finder.list(None)
    assert script == styles.SCRIPT
    assert ".changed" in storage.open(name).read().decode()
    assert not finder.find("css/base.css")


NEWER_THAN_CHROMIUM_86 = re.compile(
    r":(?:has|is|where)\(|@layer|@container|(?<![\w-])inset\s*:|aspect-ratio|oklch|color-mix|^\s*&",
    re.MULTILINE,
)


def test_styles_work_in_old_browsers() -> None:
    for path in styles.folder().rglob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert not NEWER_THAN_CHROMIUM_86.search(rules), path.name
        assert path.read_text().startswith("/* "), f"{path.name} does not say what it is of"


def test_a_first_load_is_small() -> None:
    names = re.findall(
        r"% static '([^']+)' %", (TEMPLATES / "components" / "head.html").read_text()
    )
    sizes = {
        name: len(gzip.compress(Path(finders.find(name) or "").read_bytes())) for name in names
    }
    assert len(sizes) <= 5
    assert sum(sizes.values()) < 90_000, sizes
