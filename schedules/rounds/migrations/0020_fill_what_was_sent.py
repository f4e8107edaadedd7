"""Says what the items of the forms in force are read as, and what each sent item said in words.

The rules stand here as they were at this release (item_kinds/uses.py): a migration must not change
when they do.
"""

import re

from django.db import migrations

TEXTUAL = ("text", "entries", "table")
# The items of the forms that installations start with.
DEFAULTS = {
    ("highlights", "entries"): "highlight",
    ("problems", "text"): "problem",
    ("next_plan", "text"): "plan",
}
TITLES = (
    (
        "problem",
        re.compile("问题|困难|难点|难题|短板|诉求|(?:需要?|请)(?:上级)?(?:协调|解决|支持)"),
    ),
    ("highlight", re.compile("亮点|典型|特色|经验|好做法")),
    ("plan", re.compile("打算|下一?(?:步|个?月|期|个?季度|阶段|年度?)")),
)
NOTHING = {"", "无", "没有", "暂无", "暂没有", "无内容", "无情况", "未发现", "无问题", "/"}
SIGNS = re.compile(r"[\s。.,，、;；:：!！-]+")
TOGETHER = 1000


def use_of(spec):
    if spec["kind"] not in TEXTUAL:
        return "other"
    if spec.get("use"):
        return spec["use"]
    known = DEFAULTS.get((spec["key"], spec["kind"]))
    return known or next((use for use, words in TITLES if words.search(spec["title"])), "other")


def lines_of(kind, value, spec):
    if kind == "text":
        return [value.get("text", "")]
    if kind == "entries":
        return list(value.get("entries", []))
    if kind == "number":
        text = str(value.get("number", ""))
        return [f"{text}{spec.get('unit', '')}"] if text else []
    if kind == "date":
        return [date_zh(str(value.get("date", "")))]
    if kind == "choice":
        return [str(value.get("choice", ""))]
    if kind == "choices":
        return ["、".join(value.get("choices", []))]
    if kind == "yes_no":
        word = {"yes": "是", "no": "否"}.get(value.get("answer", ""), "")
        reason = str(value.get("reason", ""))
        return [f"{word}。{reason}" if word and reason else word or reason]
    if kind == "table":
        heads, lines = list(spec.get("columns", [])), []
        for row in value.get("rows", []):
            named = [*heads, *[""] * (len(row) - len(heads))]
            cells = zip(named, row, strict=False)
            lines.append("；".join(f"{h}：{c}" if h else c for h, c in cells if c))
        return lines
    return []


def date_zh(text):
    parts = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    return f"{parts[1]}年{int(parts[2])}月{int(parts[3])}日" if parts else text


def carried(outcomes):
    found = []
    for one in outcomes:
        day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(one.get("until", "")))
        if one.get("outcome") == "continued" and day:
            found.append(f"继续：{one.get('text', '')}（{int(day[2])}月{int(day[3])}日前）")
    return found


def said(lines):
    texts = [str(line) for line in lines]
    kept = [one for one in texts if not (len(one) < 12 and SIGNS.sub("", one) in NOTHING)]
    return "\n".join(kept)


def fill(apps, schema_editor):
    definitions = apps.get_model("schedules", "ReportDefinition")
    items = apps.get_model("schedules", "ReportItem")
    versions = apps.get_model("schedules", "ReportVersion")
    specs = {}
    for form in definitions.objects.all():
        for spec in [*form.items, *form.removed]:
            if spec.get("kind") not in TEXTUAL:
                continue
            known = DEFAULTS.get((spec["key"], spec["kind"]))
            if known and not spec.get("use"):
                spec["use"] = known
        form.save(update_fields=["items", "removed"])
        specs[form.pk] = {spec["key"]: spec for spec in form.items}
        for use in ("problem", "highlight", "plan"):
            keys = [spec["key"] for spec in form.items if use_of(spec) == use]
            if keys:
                here = items.objects.filter(report__definition=form.pk, key__in=keys)
                here.update(use=use)
    reports = apps.get_model("schedules", "Report")
    for period in reports.objects.order_by().values_list("period", flat=True).distinct():
        items.objects.filter(report__period=period).update(period=period)
    # What came back is open again: what was sent of it stands in the version sent last.
    back = items.objects.filter(state="returned").values("report")
    sent = {}
    for report_id, values in (
        versions.objects.filter(is_submission=True, report__in=back)
        .order_by("revision")
        .values_list("report_id", "values")
    ):
        sent[report_id] = values
    changed = []
    rows = items.objects.exclude(state="draft").exclude(kind__in=["figures", "files"])
    columns = ("pk", "report_id", "report__definition_id", "key", "kind", "state", "value")
    columns = (*columns, "report__outcomes")
    for pk, report_id, form_id, key, kind, state, value, outcomes in (
        rows.order_by("pk").values_list(*columns).iterator(chunk_size=TOGETHER)
    ):
        if state == "returned":
            value = sent.get(report_id, {}).get(key, {})
        lines = lines_of(kind, value or {}, specs.get(form_id, {}).get(key, {}))
        if key == "next_plan" and value:
            lines += carried(outcomes)
        text = said(lines)
        if text:
            changed.append(items(pk=pk, sent_text=text))
        if len(changed) >= TOGETHER:
            items.objects.bulk_update(changed, ["sent_text"], batch_size=TOGETHER // 2)
            changed = []
    items.objects.bulk_update(changed, ["sent_text"], batch_size=TOGETHER // 2)


class Migration(migrations.Migration):
    dependencies = [("schedules", "0019_read_what_was_sent")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
