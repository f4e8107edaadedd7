"""The parts that pages are made of, built in: templates need no {% load %}.

Every tag escapes what it is given. Block tags (`card`, `facts`, `sheet` …) take what stands
between them as it is; a `{% slot "name" %}` inside fills another place of theirs. The gallery
(`core/gallery.html`) shows all of them in all their states.
"""

import datetime as dt
import difflib
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.db.models import Model
from django.forms.utils import flatatt
from django.template import TemplateSyntaxError
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from core import clock, tones
from core.gates import files

from ..charts import Drawing
from ..shares import percent
from .words import EMPTY, day_zh

register = template.Library()

# state of a matrix cell: the whole word, and the sign that stands beside a figure so that
# nobody has to tell states apart by colour
CELL_WORDS = {
    "a": ("通过", ""),
    "l": ("迟报", "迟"),
    "m": ("未报", "缺"),
    "s": ("待核", "核"),
    "r": ("退回", "退"),
    "k": ("锁定未报", "锁"),
    "x": (EMPTY, ""),
}
HEAT_STEPS = 5
DIFF_LIMIT = 2000  # characters; comparing letter by letter is quadratic


# --- slots -----------------------------------------------------------------------------------
# A slot leaves its content between two marks; the component around takes it out again. Components
# are rendered from the inside out, so each finds its own slots only. Nobody can type the mark.
_MARK = secrets.token_hex(8)
_SLOT = re.compile(rf"<!--{_MARK} (\w+)-->(.*?)<!--{_MARK}-->", re.DOTALL)


@register.simple_block_tag
def slot(content: str, name: str) -> SafeString:
    """Fills the place `name` of the component around, such as a card's "actions"."""
    return SafeString(f"<!--{_MARK} {name}-->{content}<!--{_MARK}-->")


def taken_apart(content: str, *names: str) -> tuple[SafeString, dict[str, SafeString]]:
    """What stands in a block tag, and its slots by name (empty when not given).

    Raises TemplateSyntaxError for a slot that is none of `names`.
    """
    slots = dict.fromkeys(names, SafeString(""))
    if _MARK not in content:
        return SafeString(content), slots
    for name, inside in _SLOT.findall(content):
        if name not in slots:
            raise TemplateSyntaxError(f"No slot {name!r} here, only {', '.join(names) or 'none'}")
        slots[name] = SafeString(inside)
    return SafeString(_SLOT.sub("", content)), slots


def _classes(*words: str) -> str:
    return " ".join(filter(None, words))


def quoted(value: Any) -> SafeString:
    """A value as it may stand between the double quotes of an attribute.

    What a template writes itself counts as safe HTML, and may still hold a quote, as JSON does.
    """
    return SafeString(conditional_escape(value).replace('"', "&quot;"))


def attributes_of(given: dict[str, Any]) -> dict[str, Any]:
    """Attributes by the arguments of a tag; `hx_get` stands for hx-get. Empty ones are left out."""
    return {
        name.replace("_", "-"): value if isinstance(value, bool) else quoted(value)
        for name, value in given.items()
        if value not in ("", None)
    }


def _attributes(given: dict[str, Any]) -> SafeString:
    return flatatt(attributes_of(given))


# --- cards, facts, figures -------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str, heading: Any = "", *, css: str = "", flush: bool = False, **attributes: Any
) -> SafeString:
    """A part of a page on its own ground, with a heading or without.

    Slots: `heading` (instead of the argument, for pills and links), `actions` (at the right of
    the heading), `foot` (a line below). `flush` leaves out the space around the content: for
    tables and lists, which bring their own. Other arguments become attributes.
    """
    body, slots = taken_apart(content, "heading", "actions", "foot")
    title = slots["heading"] or conditional_escape(heading)
    head = format_html("<h2>{}</h2>", title) if title else SafeString("")
    if head and (flush or slots["actions"]):
        head = format_html('<header class="card-head">{}{}</header>', head, slots["actions"])
    elif slots["actions"]:
        raise TemplateSyntaxError("Actions of a card stand beside its heading: give it one")
    foot = format_html('<div class="card-foot">{}</div>', slots["foot"]) if slots["foot"] else ""
    return format_html(
        '<{0} class="{1}"{2}>{3}{4}{5}</{0}>',
        "section" if head else "div",
        _classes("card", "" if flush else "pad", css),
        _attributes(attributes),
        head,
        body,
        foot,
    )


@register.simple_block_tag
def fold(
    content: str, summary: Any = "", *, css: str = "", is_open: Any = False, **attributes: Any
) -> SafeString:
    """A card that is closed until somebody opens it; open from the start with `is_open`.

    Slot: `summary`, instead of the argument.
    """
    body, slots = taken_apart(content, "summary")
    return format_html(
        '<details class="{}"{}><summary>{}</summary>{}</details>',
        _classes("card pad fold", css),
        _attributes({"open": bool(is_open), **attributes}),
        slots["summary"] or summary,
        body,
    )


@register.simple_block_tag
def facts(content: str, *, wide: bool = False, css: str = "") -> SafeString:
    """A list of names and values, from `{% fact %}` and `{% factbody %}`.

    Narrow, for the side of a page: name left, value right. `wide`, for its middle: values begin
    in a column of their own.
    """
    return format_html(
        '<dl class="{}">{}</dl>',
        _classes("facts", "wide" if wide else "", css),
        SafeString(content),
    )


@register.simple_tag
def accepted_files() -> str:
    """What the field of a file offers to choose: every kind that is taken, and no other."""
    return ",".join(f".{ending}" for ending in files.ENDINGS)


@register.simple_tag
def fact(label: Any, value: Any = "", url: str = "") -> SafeString:
    """One line of `{% facts %}`; nothing (None, "") is a dash, `url` makes the value a link."""
    shown = conditional_escape(EMPTY if value is None or value == "" else value)
    if url:
        shown = format_html('<a href="{}">{}</a>', url, shown)
    return SafeString(f"<div><dt>{conditional_escape(label)}</dt><dd>{shown}</dd></div>")


@register.simple_block_tag
def factbody(content: str, label: Any = "", *, id: str = "") -> SafeString:  # noqa: A002  (an attribute)
    """One line of `{% facts %}` whose value is more than a text: pills, links, several lines.

    Slot: `label`, instead of the argument.
    """
    body, slots = taken_apart(content, "label")
    return format_html(
        "<div><dt>{}</dt><dd{}>{}</dd></div>",
        slots["label"] or label,
        _attributes({"id": id}),
        SafeString(body.strip() or EMPTY),
    )


@register.simple_block_tag
def stats(content: str, *, css: str = "") -> SafeString:
    """Figures side by side in one card, from `{% stat %}`."""
    return format_html('<div class="{}">{}</div>', _classes("card stats", css), SafeString(content))


@register.simple_tag
def stat(
    value: Any,
    label: str,
    note: str = "",
    tone: str = "",
    url: str = "",
    drawing: Drawing | str | None = None,
) -> SafeString:
    """One figure with its name, for inside `{% stats %}`; `url` opens its rows, `drawing` is the line
    that it ends (`core.trends`)."""
    extra = format_html('<em class="{}">{}</em>', _tone(tone), note) if note else SafeString("")
    if isinstance(drawing, Drawing):
        extra += SafeString(drawing.svg())
    body = format_html("<b>{}</b><span>{}</span>{}", value, label, extra)
    if url:
        return format_html('<a class="stat" href="{}">{}</a>', url, body)
    return format_html('<div class="stat">{}</div>', body)


# --- states and days -------------------------------------------------------------------------


def _tone(tone: str) -> str:
    return tone if tone in tones.TONES else "mute"


@register.simple_tag
def pill(text: Any, tone: str = "mute") -> SafeString:
    """A state as a word on its wash. Tones: ok, warn, bad, info, mute, gold (honours only)."""
    return SafeString(f'<span class="pill {_tone(tone)}">{conditional_escape(text)}</span>')


@register.simple_tag
def state_pill(row: Model, field: str = "state") -> SafeString:
    """The state of a row as a pill: its word from the choices, its tone from `core.tones`."""
    return pill(getattr(row, f"get_{field}_display")(), tones.of_field(row, field))


@register.simple_tag
def due_days(due_on: dt.date | None, word: str = "", note: str = "") -> SafeString:
    """The block at the left of a due row: days left, red when overdue, amber from three days.

    `word` stands in place of the number (退回), `note` in place of the date below it.
    """
    days = (due_on - clock.today()).days if due_on else None
    tone, big = "", "—"
    if word:
        tone, big = "bad" if word == "退回" else "", word
    elif days is not None:
        tone = "bad" if days < 0 else "warn" if days <= 3 else ""
        big = f"逾期 {-days} 天" if days < 0 else "今天" if days == 0 else f"{days} 天"
    small = note or (f"{day_zh(due_on)} 前" if due_on else "")
    return format_html('<div class="days {}"><b>{}</b><span>{}</span></div>', tone, big, small)


# --- how a thing to be done stands -----------------------------------------------------------

_MARKS = {
    "late": ("13", '<circle cx="6.5" cy="6.5" r="5.3"/><path d="M6.5 3.4v3.3l2.1 1.3"/>'),
    "done": ("13", '<path d="M2 7l3 3 6-7"/>'),
    "last": ("17", '<path d="M1.5 7l3 3 6-7M7.5 9.2l1 .8 6-7"/>'),
    "back": ("13", '<path d="M11 6.5a4.5 4.5 0 1 1-1.4-3.2M11 1.5v2.8H8.2"/>'),
}


@register.simple_tag
def mark(kind: str, text: str) -> SafeString:
    """What stays said of a thing beside its state: late (it once was), done, last (it has lasted),
    back (it came back)."""
    width, drawing = _MARKS[kind]
    return format_html(
        '<span class="mark {}"><svg width="{}" height="13" viewBox="0 0 {} 13" aria-hidden="true">{}</svg>{}</span>',
        kind,
        width,
        width,
        SafeString(drawing),
        text,
    )


@register.simple_tag
def clock_bar(
    used: int | None, limit: int | None, label: str = "", stands: bool = False
) -> SafeString:
    """A thin line below the words of a clock: how much of the time is used, what is beyond it apart.
    Nothing without a limit. `stands`: the clock has been stopped."""
    if used is None or not limit or limit < 0:
        return SafeString("")
    most = max(used, limit)
    room, done = (round(132 * value / most) for value in (limit, min(used, limit)))
    over = ""
    if used > limit:
        over = format_html(
            '<rect class="over" x="{}" y="2" width="{}" height="4"/><rect class="line" x="{}" y="0" width="2" height="8"/>',
            room,
            132 - room,
            max(room - 1, 0),
        )
    return format_html(
        '<svg class="clock-bar{}" width="132" height="8" viewBox="0 0 132 8" role="img"><title>{}已用 {} 个工作日，时限 {} 个工作日</title>'
        '<rect class="room" x="0" y="2" width="{}" height="4"/><rect class="used" x="0" y="2" width="{}" height="4"/>{}</svg>',
        " stands" if stands else "",
        f"{label}：" if label else "",
        used,
        limit,
        room,
        done,
        over,
    )


# --- small parts -----------------------------------------------------------------------------


@register.simple_tag
def matrix_cell(state: str, text: Any = "", url: str = "", title: str = "") -> SafeString:
    """A <td> of an organisation x month matrix.

    States: a accepted, l late, m missing, s waiting, r returned, x not expected. Without
    `text` the state's word is shown; beside a figure a small sign says the state.
    """
    state = state if state in CELL_WORDS else "x"
    word, sign = CELL_WORDS[state]
    shown: str = conditional_escape(text or word)
    if sign and text and re.fullmatch(r"[0-9/ .%]+", str(text)):
        shown = f"{shown}<small>{sign}</small>"
    hint = quoted(title or word)
    if url:
        inner = f'<a href="{quoted(url)}" title="{hint}">{shown}</a>'
    else:
        inner = f'<i title="{hint}">{shown}</i>'
    return SafeString(f'<td class="c {state}">{inner}</td>')


@register.simple_tag
def heat_cell(
    step: int | None, text: Any, note: str = "", url: str = "", title: str = ""
) -> SafeString:
    """A <td> of a grid in one hue: the deeper, the worse. `step` from 0 to 4, None without colour;
    `note` stands under the text and says what the colour is for."""
    css = f"c heat depth-{step}" if step in range(HEAT_STEPS) else "c heat"
    shown = f"<span>{conditional_escape(text)}</span>"
    if note:
        shown += f"<small>{conditional_escape(note)}</small>"
    hint = quoted(title or text)
    if url:
        inner = f'<a href="{quoted(url)}" title="{hint}">{shown}</a>'
    else:
        inner = f'<i title="{hint}">{shown}</i>'
    return SafeString(f'<td class="{css}">{inner}</td>')


@register.simple_tag
def heat_key(title: str, words: Sequence[str]) -> SafeString:
    """What the steps of `heat_cell` stand for, the palest first. It is printed with the grid."""
    steps = enumerate(list(words)[:HEAT_STEPS])
    items = format_html_join("", '<li><i class="depth-{}"></i>{}</li>', steps)
    return format_html('<ul class="key heat-key"><li>{}</li>{}</ul>', title, items)


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    """Says calmly that there is nothing, and what to do next."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str = "", url: str = "") -> dict[str, Any]:
    """A progress bar. With `url` it asks there every two seconds for its own replacement.

    `url` answers with this tag again, without `url` when the work is finished.
    """
    done, total = max(int(done or 0), 0), max(int(total or 0), 0)
    done = min(done, total)
    share = percent(done, total) or 0
    return {"done": done, "total": total, "percent": share, "label": label, "url": url}


@register.simple_tag
def subnav(items: Iterable[Any], label: str) -> SafeString:
    """Pages side by side, of which one is open. Items have `label`, `url`, `is_current`, maybe
    `count`."""
    lines = (
        (
            item.url,
            SafeString(' class="on" aria-current="page"') if item.is_current else "",
            item.label,
            format_html("<small>{}</small>", count)
            if (count := getattr(item, "count", None)) is not None
            else "",
        )
        for item in items
    )
    return format_html(
        '<nav class="subnav" aria-label="{}">{}</nav>',
        label,
        format_html_join("", '<a href="{}"{}>{}{}</a>', lines),
    )


@register.inclusion_tag("components/stepper.html")
def stepper(steps: str | Sequence[str], current: int) -> dict[str, Any]:
    """Where one is in a job of several steps. `steps` a list or "上传,核对,入库"; from 1."""
    names = steps.split(",") if isinstance(steps, str) else list(steps)
    items = [
        {"number": n, "name": name.strip(), "done": n < current, "current": n == current}
        for n, name in enumerate(names, start=1)
    ]
    return {"items": items}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], heading: str = "办理经过") -> dict[str, Any]:
    """What happened, oldest first. Entries have `at` and `text`, maybe `by`, `note`, `tone`."""
    return {"entries": entries, "heading": heading}


@register.inclusion_tag("components/file_list.html", takes_context=True)
def file_list(context: template.Context, files: Iterable[Any], empty: str = "") -> dict[str, Any]:
    """Attachments. Files have `name`, `url`, maybe `size` (bytes), `by`, `at`, `delete_url`,
    `is_unopened`."""
    passed = {name: context.get(name) for name in ("csrf_token", "request")}
    return {"files": files, "empty": empty, **passed}


# --- before and after ------------------------------------------------------------------------


def _marked(text: str, spans: Iterable[tuple[int, int, bool]], mark: str) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html(f"<{mark}>{{}}</{mark}>", text[start:end])
                if changed
                else text[start:end],
            )
            for start, end, changed in spans
            if start < end
        ),
    )


@register.simple_tag
def diff(before: Any, after: Any, old: str = "原", new: str = "现") -> SafeString:
    """Two values one above the other, what differs marked. `old`, `new` name them."""
    left = "" if before is None else str(before)
    right = "" if after is None else str(after)
    if len(left) + len(right) > DIFF_LIMIT:
        codes: list[Any] = [("replace" if left != right else "equal", 0, len(left), 0, len(right))]
    else:
        codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    rows = (
        ("old", old, left, [(c[1], c[2], c[0] != "equal") for c in codes], "del"),
        ("new", new, right, [(c[3], c[4], c[0] != "equal") for c in codes], "ins"),
    )
    return format_html(
        '<dl class="diff">{}</dl>',
        format_html_join(
            "",
            '<div class="{}"><dt>{}</dt><dd>{}</dd></div>',
            (
                (css, name, _marked(text, spans, mark) if text else "（空）")
                for css, name, text, spans, mark in rows
            ),
        ),
    )
