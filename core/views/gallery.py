"""The component gallery: every part that pages are made of, together on one page."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from core import clock
from core.guards import signed_in
from core.layouts import Columns, Entry, Remark, Section, fields_helper
from core.menu import Line
from core.models import Effect

from . import gallery_charts

MATRIX = [
    ("湖庄村党总支", "潘榕轮", 0, "a 5/5,a 5/5,l 5/5,a 5/5,a 5/5,r 4/5", "97%"),
    ("第一支部", "蔡航国", 1, "a,a,a,a,a,r 退回1项", "100%"),
    ("第二支部", "周启明", 1, "a,a,l 迟2天,a,a,s", "83%"),
    ("前姚社区党总支", "邵贵楠", 0, "a 4/4,a 4/4,a 4/4,a 4/4,l 4/4,m 2/4", "92%"),
    ("侯集村党总支", "熊致", 0, "x,x,a 4/4,a 4/4,a 4/4,m", "88%"),
]


LONG = "中共某某经济技术开发区某某街道某某社区第一网格流动党员联合支部委员会" * 3
WORDS = [("branch", "党员大会"), ("committee", "支委会"), ("class", "党课")]


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="会议名称", help_text="与会议记录本一致。", max_length=40)
    held_on = forms.DateField(
        label="召开日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="按实际日期填写，补录也一样。",
    )
    kind = forms.ChoiceField(label="会议类型", choices=[("", "请选择"), *WORDS])
    organization = forms.ChoiceField(
        label="党组织",
        choices=[("", "请选择"), ("1", "大黄山街道党工委"), ("2", "　湖庄村党总支"), ("3", LONG)],
    )
    grouped = forms.ChoiceField(
        label="地区", choices=[("街道", [("a", "大黄山")]), ("园区", [("b", "软件园")])]
    )
    place = forms.ChoiceField(
        label="地点",
        choices=[("room", "党员活动室"), ("site", "现场")],
        widget=forms.RadioSelect,
        initial="room",
        help_text="只选一处。",
    )
    topics = forms.MultipleChoiceField(
        label="议题", choices=WORDS, widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(label="到会人数", min_value=1, max_value=500)
    email = forms.EmailField(
        label="邮箱", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    secret = forms.CharField(
        label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    text = forms.CharField(
        label="主要内容", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    evidence = forms.FileField(label="佐证材料", required=False, help_text="不超过 20 MB。")
    is_open = forms.BooleanField(label="向群众公开", required=False, help_text="姓名会隐去。")


class LockedForm(SampleForm):
    """The same, filled in and not to be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.disabled = True


class SmallForm(forms.Form):
    """Two short fields, for layouts."""

    first = forms.CharField(label="顺序")
    second = forms.CharField(label="名称", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


class SectionsForm(SmallForm):
    """Fields under headings and side by side."""

    note = forms.CharField(label="备注", required=False, help_text=LONG)

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            Section("基本情况", Columns("first", "second"), Remark("填写方式：文字。")),
            Section("其他", "note"),
        )


class EntryForm(SmallForm):
    """One of several forms of the same kind."""

    @property
    def helper(self) -> FormHelper:
        return fields_helper(Entry("1. 工作亮点", "first", "second", note="没有就留空。"))


class SampleFilter(forms.Form):
    """The form of the filter bar."""

    q = forms.CharField(label="名称", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("late", "迟报"), ("missing", "未报")], required=False
    )


def _samples() -> dict[str, Any]:
    """Rows and moments for the parts that need data."""
    now, today = localtime(clock.now()), clock.today()
    day = dt.timedelta(days=1)
    rows = [
        {
            "name": name,
            "secretary": secretary,
            "level": level,
            "cells": [[*cell.split(" "), ""][:2] for cell in cells.split(",")],
            "rate": rate,
        }
        for name, secretary, level, cells, rate in MATRIX
    ]
    return {
        "rows": rows,
        "months": [f"{month}月" for month in range(1, 7)],
        "heat_words": ["100%", "95–99%", "85–94%", "70–84%", "不到 70%"],
        "heat": [
            ("城东街道", 4, "27/27", "迟12"),
            ("东环街道", 3, "20/24", "未4 迟1"),
            ("大庙街道", 2, "18/20", "未2"),
            ("大黄山街道", 1, "27/27", "迟1"),
            ("徐庄镇", 0, "31/31", ""),
            ("金龙湖街道", None, "5/12", "待7"),
        ],
        "today": today,
        "soon": today + 3 * day,
        "later": today + 9 * day,
        "past": today - 2 * day,
        "entries": [
            {"at": now - 6 * day, "text": "系统生成草稿"},
            {"at": now - 3 * day, "by": "蔡航国", "text": "报送", "note": "9 分钟"},
            {"at": now - 2 * day, "by": "康红涛", "text": "通过 7 项"},
            {"at": now - 2 * day, "text": "退回 1 项", "tone": "bad"},
            {"text": "现在：补充第 3 项", "tone": "mute"},
        ],
        "files": [
            {"name": "签到表.jpg", "url": "#", "size": 824_000, "by": "蔡航国", "at": now},
            {"name": "会议记录.docx", "url": "#", "size": 48_200, "delete_url": "#"},
        ],
    }


@signed_in("GET")
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all components with made-up data. Not there in production, where people work."""
    if settings.PRODUCTION:
        raise Http404
    number = request.GET.get("page", "2")
    filled = {"title": LONG, "kind": "branch", "organization": "3", "text": LONG, "count": 31}
    context = _samples() | {
        "long": LONG,
        "none": None,
        "page": Paginator(range(1, 531), 20).get_page(number),
        "page_of_two": Paginator([1, 2], 20).get_page(1),
        "single": SmallForm(prefix="one")["first"],
        "effects": [Effect(state=state) for state in Effect.State],
        "places": [
            Line("月报", "#", True),
            Line("督办事项", "#", False),
            Line(LONG[:12], "#", False),
        ],
        "form": SampleForm(),
        "wrong": _refused(),
        "locked": LockedForm(initial=filled, prefix="d"),
        "sections": SectionsForm(prefix="s"),
        "entries_forms": [EntryForm(prefix="e")],
        "small": SmallForm({"first": ""}, prefix="x"),
        "filter": SampleFilter(request.GET),
        "charts": gallery_charts.charts(),
        "highlights": [
            "“带岗带责进网格”：12 名无职党员认领 5 个网格岗位，调解邻里纠纷 3 起。",
            "“清洁家园”主题党日清理楼道 9 处。",
        ],
        "small_charts": gallery_charts.small_charts(),
        "now": clock.now(),
        "wrong_filter": SampleFilter({"v-state": "unknown"}, prefix="v"),
    }
    return render(request, "core/gallery.html", context)


def _refused() -> SampleForm:
    """A form with something wrong in each field and as a whole."""
    typed = {"w-title": LONG, "w-held_on": "2026-13-01", "w-email": "x", "w-count": "0"}
    form = SampleForm(typed, prefix="w")
    for name in ("text", "evidence", "is_open"):
        form.add_error(name, "这里有误，请更正。")
    form.add_error(None, "另有人刚刚保存过，请先核对。")
    return form
