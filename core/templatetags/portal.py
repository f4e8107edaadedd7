"""Component tags and filters of the pages, built in: templates need no {% load %}.

Every tag escapes what it is given. `core/gallery.html` shows all of them together.
"""

import datetime as dt
import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    FileInput,
    HiddenInput,
    RadioSelect,
    Select,
    TextInput,
)
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from core import clock, periods
from core.text import in_one_line

register = template.Library()

EMPTY = "—"
TONES = frozenset({"ok", "warn", "bad", "info", "mute", "gold"})
# state of a matrix cell: the whole word, and the sign that stands beside a figure so that
# nobody has to tell states apart by colour
CELL_WORDS = {
    "a": ("通过", ""),
    "l": ("迟报", "迟"),
    "m": ("未报", "缺"),
    "s": ("待核", "核"),
    "r": ("退回", "退"),
    "x": (EMPTY, ""),
}
DIFF_LIMIT = 2000  # characters; comparing letter by letter is quadratic


register.filter(in_one_line)

# --- dates -----------------------------------------------------------------------------------


def _local(value: Any) -> Any:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def date_zh(value: dt.date | None) -> str:
    """A date or moment as 2026年7月6日; nothing as a dash."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return EMPTY
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def day_zh(value: dt.date | None) -> str:
    """A date as 7月6日 when it is in the current year, else with the year."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return EMPTY
    if value.year == clock.today().year:
        return f"{value.month}月{value.day}日"
    return date_zh(value)


@register.filter
def datetime_zh(value: dt.datetime | None) -> str:
    """A moment in the portal's time zone as 2026年7月6日 09:14; nothing as a dash."""
    value = _local(value)
    if not isinstance(value, dt.datetime):
        return date_zh(value)
    return f"{date_zh(value)} {value:%H:%M}"


@register.filter
def month_zh(value: str | dt.date | None) -> str:
    """A period ('2026-06', '2026-Q2', …) as people write it, a date as its month; any other text
    as it is; nothing as a dash."""
    value = _local(value)
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月"
    return periods.label(value) if value and periods.is_period(value) else value or EMPTY


@register.filter
def period_short(value: str) -> str:
    """A period within its year: 6月, 二季度, 上半年."""
    return periods.short(value) if periods.is_period(value) else value


@register.filter
def days_left(value: dt.date | None) -> str:
    """How far away a due date is, in words: 还有 3 天, 今天到期, 逾期 2 天."""
    value = _local(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    if not isinstance(value, dt.date):
        return ""
    days = (value - clock.today()).days
    if days == 0:
        return "今天到期"
    return f"还有 {days} 天" if days > 0 else f"逾期 {-days} 天"


@register.simple_tag
def moment_zh() -> str:
    """The current moment, for 'data as of' and print stamps."""
    return datetime_zh(clock.now())


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


# --- small parts -----------------------------------------------------------------------------


def _tone(tone: str) -> str:
    return tone if tone in TONES else "mute"


@register.simple_tag
def pill(text: Any, tone: str = "mute") -> SafeString:
    """A state as a word on its wash. Tones: ok, warn, bad, info, mute, gold (honours only)."""
    return format_html('<span class="pill {}">{}</span>', _tone(tone), text)


@register.simple_tag
def stat(value: Any, label: str, note: str = "", tone: str = "", url: str = "") -> SafeString:
    """One figure with its name, for inside <div class="card stats">; `url` opens its rows."""
    extra = format_html('<em class="{}">{}</em>', _tone(tone), note) if note else ""
    body = format_html("<b>{}</b><span>{}</span>{}", value, label, extra)
    if url:
        return format_html('<a class="stat" href="{}">{}</a>', url, body)
    return format_html('<div class="stat">{}</div>', body)


@register.simple_tag
def matrix_cell(state: str, text: Any = "", url: str = "", title: str = "") -> SafeString:
    """A <td> of an organisation x month matrix.

    States: a accepted, l late, m missing, s waiting, r returned, x not expected. Without
    `text` the state's word is shown; beside a figure a small sign says the state.
    """
    state = state if state in CELL_WORDS else "x"
    word, sign = CELL_WORDS[state]
    shown = conditional_escape(text or word)
    if sign and text and re.fullmatch(r"[0-9/ .%]+", str(text)):
        shown = format_html("{}<small>{}</small>", text, sign)
    if url:
        inner = format_html('<a href="{}" title="{}">{}</a>', url, title or word, shown)
    else:
        inner = format_html('<i title="{}">{}</i>', title or word, shown)
    return format_html('<td class="c {}">{}</td>', state, inner)


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
    percent = done * 100 // total if total else 0
    return {"done": done, "total": total, "percent": percent, "label": label, "url": url}


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
    """Attachments. Files have `name`, `url`, maybe `size` (bytes), `by`, `at`, `delete_url`."""
    return {"files": files, "empty": empty, "csrf_token": context.get("csrf_token")}


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


# --- lists -----------------------------------------------------------------------------------


def _address(context: Mapping[str, Any] | template.Context, **changes: Any) -> str:
    """The current query string with `changes` (None drops), so that filters survive."""
    request = context.get("request")
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode()


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], unit: str = "条") -> dict[str, Any]:
    """Row count and page links of a Paginator page; the filters of the address are kept. On the
    last page of a list that was cut off (core.paging.Pager) it says so."""
    paginator: Any = page.paginator
    links = [
        {
            "number": number,
            "gap": number == paginator.ELLIPSIS,
            "current": number == page.number,
            "url": "" if number == paginator.ELLIPSIS else _address(context, page=number),
        }
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "unit": unit,
        "count": getattr(paginator, "found_label", paginator.count),
        "is_cut": getattr(paginator, "is_cut", False) and not page.has_next(),
        "links": links,
        "previous": _address(context, page=page.number - 1) if page.has_previous() else "",
        "next": _address(context, page=page.number + 1) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, label: str, key: str, css: str = "") -> SafeString:
    """A <th> whose link sorts by `key` (?sort=key, then ?sort=-key), filters kept."""
    request = context.get("request")
    now = request.GET.get("sort", "") if request else ""
    order = {"-" + key: "descending", key: "ascending"}.get(now, "none")
    sign = {"ascending": "▲", "descending": "▼"}.get(order, "")
    url = _address(context, sort="-" + key if now == key else key, page=None)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="{}">{}<span aria-hidden="true">{}</span></a></th>',
        css,
        order,
        url,
        label,
        sign,
    )


@register.simple_tag(takes_context=True)
def filter_bar(context: template.Context, form: BaseForm, label: str = "筛选") -> SafeString:
    """A GET form in one line. Parameters that are not its own (sort) stay in the address.

    Drawn here and not by a template: it stands on every list, and cost more than the rows below.
    """
    request = context.get("request")
    given: Any = request.GET if request else QueryDict()
    own = {form.add_prefix(name) for name in form.fields} | {"page"}
    kept = [(k, v) for k in given if k not in own for v in given.getlist(k)]
    active = any(given.get(name) for name in own - {"page"})
    word = conditional_escape(label)
    return SafeString(
        f'<form method="get" class="filter-bar" role="search" aria-label="{word}">'
        + "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in kept
        )
        + "".join(map(control, form.hidden_fields()))
        + "".join(map(_filter, form.visible_fields()))
        + f'<button class="btn">{word}</button>'
        + ('<a href="?">清除</a>' if active else "")
        + "</form>"
    )


def _filter(field: BoundField) -> str:
    """One control of a filter bar with its label and what is wrong with it."""
    errors = "".join(
        f'<span class="field-error" id="{field.auto_id}_error">{conditional_escape(str(error))}</span>'
        for error in field.errors
    )
    return (
        f'<div class="filter{" has-error" if errors else ""}">'
        f'<label for="{escape(field.id_for_label)}">{conditional_escape(field.label)}</label>'
        f"{control(field)}{errors}</div>"
    )


# --- forms -----------------------------------------------------------------------------------


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, Select):
        return "select"
    return "file" if isinstance(widget, FileInput) else "text"


CONTROL_CLASSES = {
    "group": "",  # Django puts it on the wrapper too
    "check": "form-check-input",
    "select": "form-select",
    "file": "form-control",
    "text": "form-control",
}
PLAIN_INPUTS = frozenset({TextInput, HiddenInput, DateInput})


@register.simple_tag
def control(field: BoundField, css: str = "") -> SafeString:
    """The bare control of a field with its classes: label, help and errors are the page's."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {}
    if not field.is_hidden:
        own = widget.attrs.get("class", "")
        classes = [CONTROL_CLASSES[_kind(field)], own, css, "is-invalid" if field.errors else ""]
        attrs["class"] = " ".join(filter(None, classes))
    # The same as Django's own templates of these, without going through them: a filter bar has
    # a dozen, and they cost more than the rows below them.
    if type(widget) is Select:
        return _select_box(field, _built(field, attrs))
    if type(widget) in PLAIN_INPUTS:
        return _plain_input(field, _built(field, attrs))
    return field.as_widget(attrs=attrs)


def _built(field: BoundField, attrs: dict[str, str | bool]) -> SafeString:
    """All attributes of a control but name and value, as BoundField.as_widget puts them."""
    widget = field.field.widget
    built = widget.build_attrs(widget.attrs, field.build_widget_attrs(attrs, widget))
    if field.auto_id:
        built.setdefault("id", field.auto_id)
    return flatatt(built)


def _plain_input(field: BoundField, attrs: SafeString) -> SafeString:
    widget: Any = field.field.widget
    value = widget.format_value(field.value())
    text = "" if value is None else f' value="{escape(str(value))}"'
    return SafeString(
        f'<input type="{escape(widget.input_type)}" name="{escape(field.html_name)}"{text}{attrs}>'
    )


def _select_box(field: BoundField, attrs: SafeString) -> SafeString:
    widget: Any = field.field.widget
    chosen = {str(value) for value in widget.format_value(field.value())}
    parts = [f'<select name="{escape(field.html_name)}"{attrs}>']
    for value, label in widget.choices:
        if isinstance(label, list | tuple):
            parts.append(f'<optgroup label="{escape(str(value))}">')
            parts += [_option(inner, word, chosen) for inner, word in label]
            parts.append("</optgroup>")
        else:
            parts.append(_option(value, label, chosen))
    parts.append("</select>")
    return SafeString("".join(parts))


def _option(value: Any, label: Any, chosen: Collection[str]) -> str:
    text = "" if value is None else str(value)
    mark = " selected" if text in chosen else ""
    return f'<option value="{escape(text)}"{mark}>{conditional_escape(label)}</option>'


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """One field: label above, control, error and help right below it."""
    return {"field": field, "kind": _kind(field)}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary on top of a form: what is wrong, each line leading to its field."""
    rows = [
        {"id": field.id_for_label or f"field-{field.html_name}", "label": field.label, "text": text}
        for field in form
        for text in field.errors
    ]
    general = list(form.non_field_errors())
    return {"rows": rows, "general": general, "count": len(rows) + len(general)}


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm, *names: str) -> dict[str, Any]:
    """Error summary, hidden fields and all visible fields of a form, or only those named."""
    visible = [form[name] for name in names] if names else form.visible_fields()
    return {"form": form, "fields": visible, "hidden": form.hidden_fields()}
