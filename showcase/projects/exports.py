"""The application of a project on paper, and a list of projects as a sheet."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import numbered, table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import date_zh

from . import words
from .models import Project
from .queries.board import Line
from .queries.measuring import gauge_of
from .rules import yuan

COLUMNS = (
    Column("年度", "number", 8),
    Column("项目名称", width=32),
    Column("承担单位", width=28),
    Column("负责人", width=12),
    Column("专项行动", width=20),
    Column("状态", width=12),
    Column("等次", width=10),
    Column("节点完成", "number", 10),
    Column("节点", "number", 8),
    Column("逾期节点", "number", 10),
    Column("预算（元）", "number", 12),
    Column("已支出（元）", "number", 12),
    Column("满意率（%）", "number", 12),
)
WIDTHS = (14.0, 82.0, 30.0, 30.0)


def application(project: Project, line: Line) -> Document:
    """党建项目申报书: what was proposed, as it stands; nobody writes it again."""
    return Document(
        f"{project.organization.name}{project.year}年党建项目申报书",
        titles=("党建项目申报书", f"“{project.title}”"),
        note=f"{project.organization.name}，{project.year}年，{project.get_state_display()}",
        blocks=tuple(_blocks(project, line)),
    )


def _blocks(project: Project, line: Line) -> Iterator[Block]:
    gauge = gauge_of(project.figure)
    measured = ""
    if gauge is not None:
        way = "不高于" if gauge.fewer else "不低于"
        measured = f"{gauge.label}{way} {words.plain(project.figure_goal)}{gauge.unit}。"
    parts = (
        ("背景", project.background),
        ("要解决的问题", project.problem),
        ("目标", f"{project.goal}\n{measured}".strip()),
        ("措施", project.measures),
    )
    number = 1
    for title, text in parts:
        if not text:
            continue
        yield Heading(f"{numbered(number)}{title}")
        number += 1
        for one in text.split("\n"):
            yield Paragraph(one)
    yield Heading(f"{numbered(number)}节点")
    rows = [("序号", "做成什么", "原定", "现在")]
    for stage in line.milestones:
        was = date_zh(stage.baseline_on) if stage.baseline_on else "—"
        rows.append((str(stage.position), stage.title, was, date_zh(stage.due_on)))
    yield table(rows, widths_mm=WIDTHS)
    yield Heading(f"{numbered(number + 1)}人、钱、物")
    yield Paragraph(f"负责人{project.owner_name}。{_said('参加人员', project.people)}")
    yield Paragraph(f"预算 {yuan(project.budget)} 元。{_said('物资', project.material)}")
    if project.opinion:
        yield Heading(f"{numbered(number + 2)}审批意见")
        yield Paragraph(project.opinion)


def _said(label: str, text: str) -> str:
    return f"{label}：{text}。" if text else ""


def write_projects(
    target: BinaryIO, rows: Sequence[Line], late: Sequence[int], *, whose: str, stamp: str
) -> int:
    """Projects, one a row. Returns how many."""
    cells = [
        [
            one.project.year,
            one.project.title,
            one.project.organization.name,
            one.project.owner_name,
            str(one.project.campaign or ""),
            one.project.get_state_display(),
            one.project.get_grade_display() if one.project.grade else "",
            one.done,
            len(one.milestones),
            number,
            float(one.project.budget),
            float(one.spent),
            one.project.satisfaction,
        ]
        for one, number in zip(rows, late, strict=True)
    ]
    return write_sheet(
        target, "党建项目", COLUMNS, cells, subtitle=whose, stamp=stamp, tab="党建项目"
    )
