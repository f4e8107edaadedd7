"""Texts at the edge: what nobody can see goes once, whichever way it comes in or out."""

import ast
import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.http import QueryDict
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from core import clock, kept, logs
from core.api import strict
from core.documents import description, pdf, word
from core.edge import TextMiddleware, readable_fields
from core.tabular.parsed import as_text
from core.tabular.writing import Column, write_csv, write_sheet
from core.text import NAME, clean, compact_name, readable

from .access_objects import NOW
from .hostile import POSTS, SECRET_FIELDS, browser, payload, url_of
from .test_access_matrix import undone
from .world import Zone

ROOT = Path(__file__).resolve().parent.parent
# One of each kind that nobody can see, or that no document can hold.
INVISIBLE = (
    "\x00\x07\x1b\x7f\x9d"  # control
    "\u200b\u200c\u200d\u2060\ufeff\xad"  # zero-width
    "\u200e\u202a\u202e\u2066\u2069\u061c"  # direction
    "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff"  # no characters
    "\u3164\u115f\uffa0\u034f\u2061\U000e0041\ufffc"  # fillers, tags, the place of a picture
)
SELECTORS = "\ufe0f\U000e0101"  # of the shape of what stands before: here of nothing
FILLERS = "\u3164\u115f\uffa0\u034f\u2061\ufffc"
PRIVATE = "\ue000\uf8ff\U000f1234\U0010fffd"
CORPUS = {
    "inside": f"有{INVISIBLE}字，是的。",
    "nothing else": SELECTORS + INVISIBLE + SELECTORS,
    "with blanks": f" \u3000{INVISIBLE}\u2800\t",
    "private use": f"有{PRIVATE}字，是的。",
    "line breaks": "一\x0b二\x0c三\x85四\u2028五\u2029六\r\n七\r八",
    "non-character": "有\uffff非字符",
}


def faults(text: str) -> list[str]:
    """The characters of the text that should not have come through."""
    return [
        f"U+{ord(char):04X}"
        for char in text
        if (unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n")
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or ord(char) & 0xFFFE == 0xFFFE
        or char in FILLERS
    ]


# --- the function -----------------------------------------------------------------------------


def test_readable_whole_unicode() -> None:
    """Every character that is there: gone when nobody can see it, else as it was."""
    for code in range(0x110000):
        char = chr(code)
        category = unicodedata.category(char)
        given = f"甲。{char}乙"
        shown = readable(given)
        if category in ("Cc", "Cf", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            assert shown in ("甲。乙", "甲。\n乙", "甲。 乙"), hex(code)
        elif category == "Co":
            assert char not in shown
        assert shown == given or readable(shown) == shown, hex(code)


@pytest.mark.parametrize(
    "name",
    [
        "𠮷野",
        "葛\U000e0100城",
        "辻\U000e0102",
        "㐂㑇",
        "𬀩",
        "\U00030000",
        "\U000323af",
        "阿依古丽·买买提",
    ],
)
def test_readable_rare_names_stay(name: str) -> None:
    assert readable(name) == clean(name) == name
    assert NAME.fullmatch(compact_name(name))


def test_readable_private_use() -> None:
    assert clean("王\ue863") == "王䶮"  # GBK's place of it
    assert clean("\uf0fe 已办；\uf0b7 其他") == "☑ 已办；• 其他"  # Word's lists
    assert clean("张\ue123三") == "张\ue123三"  # perhaps a name
    assert clean("张\ue123三", multiline=True) == "张三"
    assert clean("本月\ue123开展学习一次。") == "本月开展学习一次。"
    assert clean(PRIVATE) == ""


def test_readable_only_invisible_is_empty() -> None:
    assert clean(CORPUS["nothing else"]) == clean(CORPUS["with blanks"]) == ""
    assert clean(INVISIBLE, multiline=True) == ""


def test_readable_breaks_and_tabs() -> None:
    assert readable(CORPUS["line breaks"]) == "一\n二\n三\n四\n五\n六\n七\n八"
    assert readable("甲\t乙\xa0丙") == "甲 乙 丙"
    assert clean("甲\x0b乙") == "甲 乙"


def test_readable_marks_that_people_see_stay() -> None:
    text = "①②③ ℃ ㎡ ½ “引号”……——《条例》 ❤️ 👍🏽 1️⃣ \ufffd"
    assert readable(text) == text


# --- the edges --------------------------------------------------------------------------------


def test_readable_fields_secrets_stay_as_typed() -> None:
    fields = QueryDict(mutable=True)
    fields.setlist("q", ["甲\u200b", "乙"])
    for name in kept.SECRETS:
        fields[name] = "甲\u200b"
    result = readable_fields(fields)
    assert result.getlist("q") == ["甲", "乙"]
    assert all(result[name] == "甲\u200b" for name in kept.SECRETS)
    with pytest.raises(AttributeError):
        result["q"] = "x"
    plain = QueryDict("q=甲")
    assert readable_fields(plain) is plain


def test_middleware_reads_address_form_and_file_names() -> None:
    file = SimpleUploadedFile("名\u202e单\u200b.xlsx", b"x")
    request = RequestFactory().post("/x?q=甲%E2%80%8B", {"text": "甲\uffff\x0b乙", "file": file})
    middleware = TextMiddleware(lambda asked: asked)  # type: ignore[arg-type,return-value]
    middleware(request)
    middleware.process_view(request, None, (), {})
    assert request.GET["q"] == "甲"
    assert request.POST["text"] == "甲\n乙"
    assert request.FILES["file"].name == "名单.xlsx"


def test_json_is_readable_and_secrets_as_typed() -> None:
    def parsed(value: Any) -> Any:
        return strict.StrictJSONParser().parse(io.BytesIO(json.dumps(value).encode()))

    assert parsed({"a": ["甲\u200b", {"b": "乙\uffff"}], "password": "p\u200b"}) == {
        "a": ["甲", {"b": "乙"}],
        "password": "p\u200b",
    }
    with pytest.raises(ParseError):
        parsed({"a": "\x00"})


@pytest.mark.parametrize("kind", CORPUS)
def test_cells_of_sheets(kind: str) -> None:
    assert not faults(as_text(CORPUS[kind]))
    assert as_text(INVISIBLE) == ""


def test_log_lines_hold_no_marks() -> None:
    line = logs.redact("甲\n\x1b[31m乙\u202e丙\uffff")
    assert not faults(line)
    assert "\n" not in line


# --- what goes out, of rows that hold such characters already ---------------------------------


@pytest.mark.parametrize("kind", CORPUS)
def test_documents_of_old_rows(kind: str) -> None:
    """Word, PDF, sheet and CSV are made, whatever stands in the row."""
    text = f"甲{CORPUS[kind]}乙"
    document = description.Document(
        name=text,
        titles=[text],
        note=text,
        addressee=text,
        blocks=[
            description.Heading(text, 1),
            description.Paragraph(text),
            description.Lines([text]),
            description.Table([[text], [text]], [100]),
            description.Signature(text, text),
        ],
    )
    out = io.BytesIO()
    word.write(out, document)
    xml = zipfile.ZipFile(out).read("word/document.xml").decode()
    assert not faults(xml)
    assert not faults(pdf.html_of(document))
    out = io.BytesIO()
    write_sheet(
        out, text, [Column(text, group=text)], [[text]], subtitle=text, stamp=text, signature=[text]
    )
    for name in zipfile.ZipFile(out).namelist():
        assert not faults(zipfile.ZipFile(out).read(name).decode().replace("\r", "")), name
    out = io.BytesIO()
    write_csv(out, [Column(text)], [[text]])
    assert not faults(out.getvalue().decode("utf-8-sig").replace("\r", ""))


# --- every field of every form ----------------------------------------------------------------


def stored_faults() -> list[tuple[str, str, list[str]]]:
    """Table, column and characters of every text in the database that should not be there."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            names = [
                field.column
                for field in model._meta.concrete_fields
                if isinstance(field, models.CharField | models.TextField | models.JSONField)
                and "session" not in field.name
            ]
            if not names or "Session" in model.__name__:
                continue
            quote = connection.ops.quote_name
            columns = ", ".join(f"CAST({quote(name)} AS TEXT)" for name in names)
            cursor.execute(f"SELECT {columns} FROM {quote(model._meta.db_table)}")
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = str(value or "")
                    if "\\u" in text:  # JSON as SQLite keeps it
                        text = json.dumps(json.loads(text), ensure_ascii=False)
                    if bad := faults(text):
                        found.append((model.__name__, name, bad))
    return found


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


WITH_TEXTS = [
    name for name in sorted(POSTS) if any(isinstance(x, str | list) for x in POSTS[name].values())
]


@pytest.mark.once
@pytest.mark.parametrize("name", WITH_TEXTS)
def test_nothing_invisible_is_kept_from_any_form(zone: Zone, name: str) -> None:
    """The corpus, each in every text field at once and alone: no 5xx, nothing of it in any row."""
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        texts = [
            field
            for field, value in fields.items()
            if isinstance(value, str) and not value.isdigit() and field not in SECRET_FIELDS
        ]
        for kind, odd in CORPUS.items():
            for spoilt in ([*texts], *([one] for one in texts if kind == "inside")):
                with undone():
                    posted = {
                        field: f"{value}{odd}" if field in spoilt else value
                        for field, value in fields.items()
                    }
                    answer = client.post(url, posted)
                    assert answer.status_code < 500, (kind, spoilt)
                    assert not stored_faults(), (kind, spoilt)


def test_an_invisible_report_is_an_empty_one(zone: Zone) -> None:
    """It was accepted: every item of zero-width characters only."""
    name = "schedules:report-submit"
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        unseen = dict.fromkeys(fields, INVISIBLE)
        with undone():
            answer = client.post(url, {**fields, **unseen})
            assert answer.status_code == 422
            assert "还没有填写" in answer.content.decode()


# --- guards -----------------------------------------------------------------------------------

READ_BY_ITSELF = {
    # the file of the portal's own, and what passes `readable` there
    ("core/api/strict.py", "loads"),
    ("core/apart.py", "loads"),  # what the portal's own child says; its texts were read there
    ("core/backups/archive.py", "loads"),
    ("core/management/commands/serve.py", "loads"),
    ("core/api/idempotency.py", "loads"),  # the answer that was stored
    ("schedules/dispatch/rules.py", "loads"),  # the portal's own text of a draw
    ("schedules/dispatch/views/draws.py", "loads"),  # the same
    ("core/kept.py", "loads"),  # is posted again, and read at the edge then
}


def test_guard_nobody_reads_bodies_beside_the_edge() -> None:
    """`request.body`, `request.read`, `json.loads`, upload handlers: only where it is known."""
    strange = []
    for package in ("core", "orgs", "members", "schedules"):
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            where = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Attribute):
                    continue
                of_request = ast.unparse(node.value).split(".")[-1] in ("request", "_request")
                if (
                    (of_request and node.attr in ("body", "read", "upload_handlers"))
                    or (node.attr == "loads" and ast.unparse(node.value) == "json")
                ) and (where, node.attr) not in READ_BY_ITSELF:
                    strange.append((where, node.lineno, node.attr))
    assert not strange, "read it through core.text.readable and add it to READ_BY_ITSELF"


def test_guard_edge_stands_before_all_that_read_what_was_typed() -> None:
    from django.conf import settings

    order = settings.MIDDLEWARE
    place = order.index("core.edge.TextMiddleware")
    assert order[place - 1] == "django.middleware.csrf.CsrfViewMiddleware"
    assert not [one for one in order[:place] if one.startswith("orgs.")]


def _inputs(kind: type[Any]) -> list[type[Any]]:
    found = []
    for one in kind.__subclasses__():
        found += [one, *_inputs(one)]
    return found


def test_guard_texts_of_the_interface_are_of_our_field() -> None:
    """A plain CharField takes numbers for texts; what addresses say passes it, too."""
    import config.urls  # noqa: F401  (all serializers)

    wrong = [
        (kind.__name__, name)
        for kind in _inputs(strict.StrictSerializer)
        for name, field in kind().fields.items()
        if type(field) is serializers.CharField and not field.read_only
    ]
    assert not wrong


def test_guard_parsers_of_the_interface() -> None:
    """JSON of ours, or a form whose texts are names of files, which `safe_name` cleans."""
    from core.api.views import PortalView

    for view in _inputs(PortalView):
        assert {one.__name__ for one in view.parser_classes} <= {
            "StrictJSONParser",
            "MultiPartParser",
        }, view


@pytest.mark.parametrize("kind", CORPUS)
def test_report_of_an_old_row_is_printed(zone: Zone, kind: str) -> None:
    """Rows of before: the report as Word, for its branch and for the superior."""
    from django.urls import reverse

    from schedules.rounds.models import Report, ReportItem

    report = Report.objects.get(organization=zone.branch)
    text = CORPUS[kind].replace("\x00", "").replace("\ud800", "")
    items = ReportItem.objects.filter(report=report)
    items.filter(kind="text").update(value={"text": text})
    items.filter(kind="entries").update(value={"entries": [text]})
    Report.objects.filter(pk=report.pk).update(state="accepted")
    with clock.at(NOW):
        for who in ("huzhuang1", "dahuangshan"):
            client = zone.client(who)
            client.raise_request_exception = False
            for name in ("schedules:report-docx", "schedules:report-detail"):
                answer = client.get(reverse(name, args=[report.pk]))
                assert answer.status_code == 200, (who, name)
                if name.endswith("docx"):
                    content = b"".join(
                        answer.streaming_content if answer.streaming else [answer.content]
                    )
                    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
                    assert not faults(xml)
        month = {"organization": "", "period": "2026-06"}
        answer = zone.client("dahuangshan").get(reverse("schedules:month-docx"), month)
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content if answer.streaming else [answer.content])
        xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
        assert not faults(xml)
