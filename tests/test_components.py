"""The component tags: what they show, that they escape, and that links keep the filters."""

import datetime as dt
import html
import re
from typing import Any

import pytest
import time_machine
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Fieldset, Layout, Row, Submit
from django import forms
from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from core import paging, tones
from core.layouts import Columns, Entry, Remark, Section, fields_helper
from core.models import Effect
from core.privacy import OFF_THE_DEVICE
from core.templatetags.forms import control

EVIL = "<img src=x onerror=alert(1)>\"'"


def show(source: str, path: str = "/", **context: object) -> str:
    """Render a template snippet as a page at `path` would."""
    context["request"] = RequestFactory().get(path)
    return Template(source).render(Context(context))


def assert_html(found: str, wanted: str) -> None:
    assert parse_html(found) == parse_html(wanted), found


class ProblemForm(forms.Form):
    title = forms.CharField(label="名称", help_text="不超过 <10> 字")
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    ("source", "value", "wanted"),
    [
        ("{{ v|date_zh }}", dt.date(2026, 7, 6), "2026年7月6日"),
        ("{{ v|date_zh }}", None, "—"),
        ("{{ v|date_zh }}", "", "—"),
        (
            "{{ v|datetime_zh }}",
            dt.datetime(2026, 7, 5, 17, 14, tzinfo=dt.UTC),
            "2026年7月6日 01:14",
        ),
        ("{{ v|date_zh }}", dt.datetime(2026, 7, 5, 17, 14, tzinfo=dt.UTC), "2026年7月6日"),
        ("{{ v|datetime_zh }}", None, "—"),
        ("{{ v|month_zh }}", "2026-06", "2026年6月"),
        ("{{ v|month_zh }}", dt.date(2026, 12, 1), "2026年12月"),
        ("{{ v|month_zh }}", None, "—"),
        ("{{ v|month_zh }}", "<b>", "&lt;b&gt;"),
        ("{{ v|days_left }}", None, ""),
    ],
)
def test_date_filters_speak_chinese(source: str, value: object, wanted: str) -> None:
    assert show(source, v=value) == wanted


@time_machine.travel("2026-07-03T17:00:00+00:00", tick=False)  # 1 am of 4 July in Shanghai
def test_days_left_counts_from_the_local_day() -> None:
    due = dt.date(2026, 7, 6)
    assert show("{{ v|days_left }}", v=due) == "还有 2 天"
    assert show("{{ v|days_left }}", v=dt.date(2026, 7, 4)) == "今天到期"
    assert show("{{ v|days_left }}", v=dt.date(2026, 7, 1)) == "逾期 3 天"
    assert show("{{ v|day_zh }}", v=due) == "7月6日"
    assert show("{{ v|day_zh }}", v=dt.date(2025, 7, 6)) == "2025年7月6日"
    assert 'class="days warn"><b>2 天' in show("{% due_days v %}", v=due)
    assert 'class="days bad"><b>逾期 3 天' in show("{% due_days v %}", v=dt.date(2026, 7, 1))


@pytest.mark.parametrize(
    "source",
    [
        "{% pill v v %}",
        "{% stat v v v v v %}",
        "{% matrix_cell 'l' v v v %}",
        "{% matrix_cell v v %}",
        "{% due_days None v v %}",
        "{% empty_state v v v v %}",
        "{% progress 1 2 v v %}",
        "{% stepper steps 1 %}",
        "{% timeline entries v %}",
        "{% file_list files v %}",
        "{% diff v 'x' v v %}",
        "{% diff 'x' v %}",
        "{% diff long v %}",
        "{% sort_header v v v %}",
        "{% pager page v %}",
        "{% filter_bar form v %}",
        "{% form_card form v cancel=v cancel_word=v css=v action=v hx_get=v %}{% endform_card %}",
        "{{ form|crispy }}",
        "{{ form|as_crispy_errors }}",
        "{% crispy laid_out %}",
        "{% card v css=v role=v %}{% slot 'actions' %}x{% endslot %}{% endcard %}",
        "{% fold v css=v role=v %}{% endfold %}",
        "{% facts css=v %}{% fact v v v %}{% factbody v id=v %}{{ v }}{% endfactbody %}{% endfacts %}",
        "{% stats css=v %}{% endstats %}",
        "{% sheet v 'a,b:n:sort=a' css=v %}{{ v }}{% endsheet %}",
        "{% sheet v v %}{{ v }}{% endsheet %}",
        "{% sheet v 'a' empty=v hint=v url=v action=v %}{% endsheet %}",
        "{% state_pill effect %}",
    ],
)
def test_components_escape_what_people_typed(source: str) -> None:
    form = ProblemForm({"title": EVIL, "kind": EVIL})
    form.add_error(None, EVIL)
    form.fields["note"].label = EVIL
    form.fields["note"].help_text = EVIL
    laid_out = ProblemForm({"title": EVIL}, prefix="laid")
    parts = ("title", Remark(EVIL), Columns("kind", "note"))
    laid_out.helper = fields_helper(Section(EVIL, *parts), Entry(EVIL, note=EVIL))
    html = show(
        source,
        path="/?q=%3Cimg%20src=x%3E%22%27",
        v=EVIL,
        long=EVIL * 200,
        steps=[EVIL],
        entries=[{"at": None, "text": EVIL, "by": EVIL, "note": EVIL, "tone": EVIL}],
        files=[{"name": EVIL, "url": EVIL, "by": EVIL, "delete_url": EVIL}],
        page=Paginator(range(100), 10).page(2),
        form=form,
        laid_out=laid_out,
        effect=Effect(state=EVIL),
    )
    assert "<img" not in html
    assert "onerror=alert(1)>" not in html


def test_pager_keeps_filters_and_marks_the_current_page() -> None:
    page = Paginator(range(530), 20).page(2)
    html = show("{% pager page '个组织' %}", "/?q=%E6%B9%96&state=late&page=2", page=page)
    assert "共 530 个组织 · 第 2 / 27 页" in html
    assert 'href="?q=%E6%B9%96&amp;state=late&amp;page=3" rel="next"' in html
    assert 'aria-current="page">2</a>' in html


def test_pager_on_one_page_shows_only_the_count() -> None:
    html = show("{% pager page %}", page=Paginator([1, 2], 20).page(1))
    assert "共 2 条" in html
    assert "<a" not in html


def test_pager_counts_no_further_than_people_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 60)
    hint = "只能翻到前 60 名党员，其余请用筛选缩小范围"
    last = paging.Pager(range(530), 20).get_page("27")
    assert (last.number, last.has_next()) == (3, False)
    html = show("{% pager page '名党员' %}", page=last)
    assert "共 60+ 名党员 · 第 3 / 3 页" in html
    assert hint in html
    html = show("{% pager page '名党员' %}", page=paging.Pager(range(530), 20).get_page("2"))
    assert "共 60+ 名党员 · 第 2 / 3 页" in html
    assert hint not in html
    html = show("{% pager page '名党员' %}", page=paging.Pager(range(530), 20, total=530).page(3))
    assert "共 530 名党员 · 第 3 / 3 页" in html
    assert hint in html
    html = show("{% pager page '名党员' %}", page=paging.Pager(range(60), 20).page(3))
    assert "共 60 名党员 · 第 3 / 3 页" in html
    assert hint not in html


def test_sort_header_turns_round_and_starts_at_the_first_page() -> None:
    html = show("{% sort_header '姓名' 'name' %}", "/?q=a&sort=name&page=4")
    assert 'aria-sort="ascending"' in html
    assert 'href="?q=a&amp;sort=-name"' in html
    html = show("{% sort_header '姓名' 'name' %}", "/?sort=-name")
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=name"' in html


def test_filter_bar_keeps_the_sort_order_and_offers_to_clear() -> None:
    html = show("{% filter_bar form %}", "/?sort=-name&title=x&page=3", form=ProblemForm())
    assert '<input type="hidden" name="sort" value="-name">' in html
    assert 'name="page"' not in html
    assert "清除" in html
    assert "清除" not in show("{% filter_bar form %}", "/?sort=-name", form=ProblemForm())


class EveryControl(forms.Form):
    """The controls that are drawn in Python, in the ways that they are used."""

    line = forms.CharField(
        max_length=50,
        help_text="姓名",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": '"<名>"', "hidden": True}),
    )
    day = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)
    box = forms.ChoiceField(
        choices=[("", "不限"), ("a", "甲"), ('"<b>', mark_safe("乙&nbsp;")), (3, "<三>")]
    )
    grouped = forms.ChoiceField(choices=[("", "无"), ("组 & 织", [("1", "一"), (2, "二")])])
    named = forms.CharField(required=False, widget=forms.TextInput(attrs={"id": "own"}))


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"line": 'a"<b>', "day": "2026-07-06", "hidden": "<h>", "box": '"<b>', "grouped": "2"},
        {"line": "x" * 60, "day": EVIL, "hidden": EVIL, "box": "3", "grouped": EVIL},
    ],
)
@pytest.mark.parametrize("auto_id", ["id_%s", False])
def test_controls_are_those_that_django_draws(data: Any, auto_id: Any) -> None:
    form = EveryControl(data, auto_id=auto_id, initial={"day": dt.date(2026, 7, 6), "line": 0})
    for field in form:
        ours = control(field)
        css = re.search('class="([^"]*)"', ours)
        theirs = field.as_widget(attrs={"class": css[1]} if css else {})
        assert parse_html(ours) == parse_html(theirs), field.name


@pytest.mark.parametrize("source", ["{{ form|crispy }}", "{% form_card form %}{% endform_card %}"])
def test_form_names_errors_at_the_field_and_on_top(source: str) -> None:
    html = show(source, form=ProblemForm({"title": ""}))
    assert "有 2 处需要改正" in html
    assert '<a href="#id_title">名称：' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "不超过 &lt;10&gt; 字" in html
    assert "<legend>类型</legend>" in html
    assert html.count('name="version"') == 1


def test_form_without_errors_has_no_summary_and_marks_the_optional() -> None:
    html = show("{{ form|crispy }}", form=ProblemForm())
    assert "error-summary" not in html
    assert html.count("选填") == 1


def test_matrix_cell_says_its_state_in_a_word() -> None:
    assert ">通过</i>" in show("{% matrix_cell 'a' %}")
    assert ">4/5<small>退</small></a>" in show("{% matrix_cell 'r' '4/5' '/x' %}")
    assert 'class="c x"' in show("{% matrix_cell 'unknown' %}")


def test_diff_marks_only_what_changed() -> None:
    html = show("{% diff a b %}", a="屋顶渗水", b="屋顶严重渗水")
    assert "屋顶<ins>严重</ins>渗水" in html
    assert "<del>" not in html
    assert "（空）" in show("{% diff None b %}", b="x")


def test_progress_polls_only_while_it_has_an_address() -> None:
    assert 'hx-get="/jobs/1"' in show("{% progress 5 10 '读取' '/jobs/1' %}")
    html = show("{% progress 15 10 '读取' %}")
    assert "hx-get" not in html
    assert 'value="100"' in html
    assert 'value="0"' in show("{% progress 0 0 %}")


@pytest.mark.parametrize("page", ["400.html", "404.html", "403.html", "500.html"])
def test_error_pages_render_without_any_context(page: str) -> None:
    html = render_to_string(page)
    assert "回到我的工作" in html
    assert "<h1>" in html


# --- cards, facts, tables --------------------------------------------------------------------


def test_a_card_finds_its_own_slots_only() -> None:
    html = show(
        "{% card 'A' %}{% slot 'actions' %}<a>1</a>{% endslot %}"
        "{% card 'B' flush=True %}in{% slot 'foot' %}f{% endslot %}{% endcard %}out{% endcard %}"
    )
    assert_html(
        html,
        '<section class="card pad"><header class="card-head"><h2>A</h2><a>1</a></header>'
        '<section class="card"><header class="card-head"><h2>B</h2></header>in'
        '<div class="card-foot">f</div></section>out</section>',
    )
    assert_html(show("{% card %}x{% endcard %}"), '<div class="card pad">x</div>')


@pytest.mark.parametrize(
    "source",
    [
        "{% card 'A' %}{% slot 'tail' %}x{% endslot %}{% endcard %}",
        "{% card %}{% slot 'actions' %}x{% endslot %}{% endcard %}",
        "{% sheet 'A' %}<tr></tr>{% endsheet %}",
    ],
)
def test_a_slot_that_would_be_lost_is_an_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        show(source)


def test_facts_say_nothing_with_a_dash() -> None:
    html = show(
        "{% facts wide=True %}{% fact 'A' none %}{% fact 'B' 0 %}{% fact 'C' 'x' '/y' %}"
        "{% factbody 'D' %} {% endfactbody %}{% endfacts %}",
        none=None,
    )
    assert_html(
        html,
        '<dl class="facts wide"><div><dt>A</dt><dd>—</dd></div><div><dt>B</dt><dd>0</dd></div>'
        '<div><dt>C</dt><dd><a href="/y">x</a></dd></div><div><dt>D</dt><dd>—</dd></div></dl>',
    )


def test_a_sheet_has_a_name_heads_rows_and_sums() -> None:
    source = (
        "{% sheet '名单' '姓名:sort=name,学时:n,操作:hidden' css='tight' %}{% for row in rows %}"
        "<tr><td>{{ row }}</td></tr>{% endfor %}"
        "{% slot 'foot' %}<tr><td>2</td></tr>{% endslot %}{% endsheet %}"
    )
    html = show(source, "/?q=a", rows=["甲", "<乙>"])
    assert 'role="region" aria-label="名单"><table class="sheet tight"><caption' in html
    assert '<a href="?q=a&amp;sort=name">姓名' in html
    assert '<th scope="col" class="n">学时</th>' in html
    assert '<th scope="col"><span class="visually-hidden">操作</span></th>' in html
    assert "<tbody><tr><td>甲</td></tr><tr><td>&lt;乙&gt;</td></tr></tbody><tfoot><tr>" in html
    assert show("{% sheet 'A' 'x' scrolls=False %}{% endsheet %}").startswith("<table")


def test_a_sheet_without_rows_says_what_to_do() -> None:
    source = "{% sheet '名单' '姓名' empty='没有人' hint='先登记' url='/new' action='登记' %}{% for row in rows %}<tr></tr>{% endfor %}\n{% endsheet %}"
    html = show(source, rows=[])
    assert "<table" not in html
    assert '<p class="empty-title">没有人</p>' in html
    assert '<a class="btn" href="/new">登记</a>' in html
    assert "没有人" not in show(source, rows=[1])


def test_a_form_card_sends_what_it_shows() -> None:
    html = show(
        "{% form_card form '登记' cancel='/back' danger=True warns=True %}<p>前</p>"
        "{% slot 'after' %}<p>后</p>{% endslot %}{% slot 'buttons' %}<b>中</b>{% endslot %}"
        "{% endform_card %}",
        form=ProblemForm(),
        csrf_token="t0ken",
    )
    form = parse_html(html)
    attributes = dict(form.attributes)
    assert attributes["method"] == "post"
    assert attributes["class"] == "card form pad"
    assert {"novalidate", "data-warn-leave"} <= attributes.keys()
    assert html.count('value="t0ken"') == 1
    assert html.index("前") < html.index('name="title"') < html.index("后") < html.index("登记")
    assert '<button class="btn danger">登记</button>' in html
    assert '<a class="btn" href="/back">取消</a>' in html
    assert "<b>中</b>" in html


def test_a_form_that_asks_carries_no_token() -> None:
    html = show(
        "{% form_card form method='get' plain=True %}{% endform_card %}",
        form=ProblemForm(),
        csrf_token="t0ken",
    )
    assert '<form method="get" class="form" novalidate>' in html
    assert "t0ken" not in html


class PersonForm(ProblemForm):
    """Fields of every kind that must not lie on the device, and one that may."""

    identity_number = forms.CharField(label="公民身份号码")
    contact_phone = forms.CharField(label="联系电话")
    address = forms.CharField(label="住址", widget=forms.Textarea)
    photo = forms.FileField(label="照片")
    secret = forms.CharField(label="密码", widget=forms.PasswordInput)
    reason = forms.ChoiceField(
        label="原因", choices=[("a", "甲")], widget=forms.RadioSelect(OFF_THE_DEVICE)
    )


def test_a_form_card_keeps_all_but_what_is_sensitive() -> None:
    source = "{% form_card form '登记' draft=True %}{% endform_card %}"
    html = show(source, path="/members/new/", form=PersonForm())
    assert 'data-draft="/members/new/"' in html
    assert "data-draft-title" not in html
    off = {
        re.search(r'name="(\w+)"', tag).group(1)  # type: ignore[union-attr]
        for tag in re.findall(r"<(?:input|textarea|select)[^>]*data-no-draft[^>]*>", html)
    }
    assert off == {"identity_number", "contact_phone", "address", "photo", "secret", "reason"}
    # The form of another page is not marked by this one.
    assert "data-no-draft" not in show(
        "{% form_card form '登记' draft_not='short' %}{% endform_card %}", form=ProblemForm()
    )


def test_forms_of_a_page_are_kept_apart_and_a_search_only_as_a_mark() -> None:
    source = "{% form_card form draft=words draft_of=query action=to %}{% endform_card %}"
    html = show(source, path="/a/", form=ProblemForm(), words='延期 "甲"', query="q=张三", to="/b/")
    assert re.search(r'data-draft="/b/#[0-9a-f]{8}"', html)
    assert 'data-draft-title="延期 &quot;甲&quot;"' in html
    assert "张三" not in html
    asks = "{% form_card form method='get' draft=True %}{% endform_card %}"
    assert "data-draft" not in show(asks, form=ProblemForm())


def test_a_forms_own_layout_is_kept_and_hidden_fields_come_along() -> None:
    class LaidOut(ProblemForm):
        helper = fields_helper(Section("甲 & 乙", Columns("note", "title")), "kind")

    html = show("{% form_card form %}{% endform_card %}", form=LaidOut({"title": ""}))
    assert "<h2>甲 &amp; 乙</h2>" in html
    assert html.index('class="two"') < html.index('name="note"') < html.index('name="title"')
    assert html.count('name="version"') == 1
    assert "有 2 处需要改正" in html
    assert "<form" not in show("{% crispy form %}", form=LaidOut())


def test_crispys_own_layout_objects_have_templates_in_our_pack() -> None:
    class Standard(ProblemForm):
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(
            Fieldset("组", Row(Column("title"), Column("note"))),
            Div(Field("kind"), css_class="d", css_id="i"),
            Submit("go", "保存"),
        )

    html = show("{% crispy form %}", form=Standard())
    assert "<legend>组</legend>" in html
    assert 'id="i"' in html
    assert 'value="保存"' in html
    formset = forms.formset_factory(ProblemForm, extra=2)()
    html = show("{{ formset|crispy }}", formset=formset)
    assert 'name="form-TOTAL_FORMS"' in html
    assert html.count("<legend>类型</legend>") == 2


def test_what_is_wrong_in_one_of_several_forms_is_linked_from_above() -> None:
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-title": "甲"}
    data |= {"form-0-kind": "a", "form-1-kind": "a", "form-1-title": ""}
    formset = forms.formset_factory(ProblemForm)(data)
    html = show("{{ formset|crispy }}", formset=formset)
    assert '<a href="#id_form-1-title">第 2 项 名称：' in html
    assert html.index("有 1 处需要改正") < html.index("第 2 项")


def test_states_have_tones() -> None:
    assert show("{% state_pill row %}", row=Effect(state="dead")) == (
        '<span class="pill bad">已停止</span>'
    )
    assert show("{% state_pill row %}", row=Effect(state="done")) == (
        '<span class="pill mute">完成</span>'
    )
    assert tones.of(Effect.State.UNKNOWN) == "warn"


def test_tones_of_what_is_not_registered_are_errors() -> None:
    class Weather(TextChoices):
        FINE = "fine", "晴"

    with pytest.raises(ValueError, match="no such tone"):
        tones.register(Weather, {Weather.FINE: "blue"})
    with pytest.raises(ValueError, match="another enum"):
        tones.register(Weather, {Effect.State.DONE: "ok"})
    with pytest.raises(KeyError):
        tones.of(Weather.FINE)
    with pytest.raises(KeyError, match=r"tones\.register"):
        tones.of_field(Effect(kind="x"), "kind")


@pytest.mark.parametrize(
    "source",
    [
        """{% card hx_headers='{"A": "1"}' title=v %}{% endcard %}""",
        """{% fold 'x' hx_headers='{"A": "1"}' title=v %}{% endfold %}""",
        """{% form_card form hx_headers='{"A": "1"}' title=v %}{% endform_card %}""",
    ],
)
def test_attributes_may_hold_quotes(source: str) -> None:
    element = parse_html(show(source, form=ProblemForm(), v=EVIL))
    attributes = dict(element.attributes)
    assert html.unescape(attributes["hx-headers"]) == '{"A": "1"}'
    assert html.unescape(attributes["title"]) == EVIL


def test_names_may_hold_quotes() -> None:
    shown = show("""{% sheet '"甲"' 'x' %}<tr></tr>{% endsheet %}""")
    assert 'aria-label="&quot;甲&quot;"' in shown
    assert 'title="&quot;"' in show("""{% matrix_cell 'a' '1' '' '"' %}""")
