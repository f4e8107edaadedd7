"""Lists of rows: their table, pages, order and filters. Built in like the components."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from .components import empty_state, quoted, taken_apart
from .forms import control

register = template.Library()


# --- the table -------------------------------------------------------------------------------


class Column(NamedTuple):
    """One column of a sheet: its title, the classes of its head, and the key it sorts by."""

    title: str
    css: str = ""
    sort: str = ""


def _columns(spec: str) -> list[Column]:
    """ "姓名:sort=name,性别,学时:n" as columns. Words after a colon are classes of the head, or
    the key that the column sorts by."""
    found = []
    for part in spec.split(","):
        title, *words = part.strip().split(":")
        sort = "".join(word.removeprefix("sort=") for word in words if word.startswith("sort="))
        css = " ".join(word for word in words if not word.startswith("sort="))
        found.append(Column(title, css, sort))
    return found


@lru_cache(maxsize=512)
def _plain_heads(spec: str) -> SafeString | None:
    """The heads of columns of which none sorts: always the same. None when one does."""
    columns = _columns(spec)
    if any(column.sort for column in columns):
        return None
    return SafeString("".join(_head_cell({}, column) for column in columns))


def _heads(context: template.Context, spec: str) -> SafeString:
    plain = _plain_heads(spec)
    if plain is not None:
        return plain
    return SafeString("".join(_head_cell(context, column) for column in _columns(spec)))


def _head_cell(context: Mapping[str, Any] | template.Context, column: Column) -> SafeString:
    if column.sort:
        return sort_header(context, column.title, column.sort, column.css)
    if column.css == "hidden":
        inner = format_html('<span class="visually-hidden">{}</span>', column.title)
        return format_html('<th scope="col">{}</th>', inner)
    css = format_html(' class="{}"', column.css) if column.css else ""
    return format_html('<th scope="col"{}>{}</th>', css, column.title)


@register.simple_block_tag(takes_context=True)
def sheet(
    context: template.Context,
    content: str,
    label: Any,
    columns: str = "",
    *,
    css: str = "",
    empty: str = "",
    hint: str = "",
    url: str = "",
    action: str = "",
    scrolls: bool = True,
) -> SafeString:
    """A table. What stands inside are its rows, `<tr>` by `<tr>`; its name is read, not shown.

    `columns` are the heads, comma separated: "姓名:sort=name,性别,学时:n,操作:hidden" sorts by the
    first, puts the third to the right (the cells too: class="n") and only reads the last aloud.
    Without rows `empty` and `hint` stand there, `url` and `action` say what to do next.
    css: first-fixed (the first column stays), tight, card-rows (a card for each row on a phone).
    Slots: `head` (a row of <th> instead of columns), `foot` (rows of sums), `empty`.
    """
    rows, slots = taken_apart(content, "head", "foot", "empty")
    if (not rows or rows.isspace()) and (slots["empty"] or empty):
        return slots["empty"] or _nothing(empty, hint, url, action)
    if not slots["head"] and not columns:
        raise TemplateSyntaxError("A sheet has columns or the slot head")
    name = conditional_escape(label)
    foot = f"<tfoot>{slots['foot']}</tfoot>" if slots["foot"] else ""
    table = (
        f'<table class="sheet{" " if css else ""}{conditional_escape(css)}">'
        f'<caption class="visually-hidden">{name}</caption>'
        f"<thead><tr>{slots['head'] or _heads(context, columns)}</tr></thead>"
        f"<tbody>{rows}</tbody>{foot}</table>"
    )
    if not scrolls:
        return SafeString(table)
    return SafeString(
        f'<div class="sheet-wrap" tabindex="0" role="region" aria-label="{quoted(label)}">{table}</div>'
    )


def _nothing(title: str, text: str, url: str, label: str) -> SafeString:
    return SafeString(
        render_to_string("components/empty_state.html", empty_state(title, text, url, label))
    )


# --- pages, order, filters -------------------------------------------------------------------


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
def pager(
    context: template.Context, page: Page[Any], unit: str = "条", label: str = "分页"
) -> dict[str, Any]:
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
        "label": label,
        "count": getattr(paginator, "found_label", paginator.count),
        "is_cut": getattr(paginator, "is_cut", False) and not page.has_next(),
        "links": links,
        "previous": _address(context, page=page.number - 1) if page.has_previous() else "",
        "next": _address(context, page=page.number + 1) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sort_header(
    context: Mapping[str, Any] | template.Context, label: str, key: str, css: str = ""
) -> SafeString:
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
