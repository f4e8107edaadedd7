"""The roster in the layout of the sheet that staff keep, ready to print and to read back."""

from collections.abc import Iterator
from typing import BinaryIO

from django.db.models import QuerySet

from core.tabular.writing import Column, write_sheet

from .actions.differences import plain
from .models import Member

COLUMNS = (
    Column("序号", "integer", 6),
    Column("姓名", width=10),
    Column("性别", width=6),
    Column("民族", width=9),
    Column("公民身份号码", "identity", 21),
    Column("出生日期", "date", 12),
    Column("学历", width=14),
    Column("人员类别", width=10),
    Column("入党时间", "date", 12, group="入党情况"),
    Column("转正时间", "date", 12, group="入党情况"),
    Column("所在党支部", width=34),
    Column("党内职务", width=12),
    Column("工作岗位", width=14),
    Column("联系电话", "phone", 14),
    Column("家庭住址", width=26),
    Column("是否流动党员", width=8),
    Column("是否失联党员", width=8),
    Column("备注", width=14),
)
SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")
NOTHING = "无"


def write_roster(
    target: BinaryIO,
    rows: QuerySet[Member],
    *,
    title: str,
    subtitle: str,
    stamp: str,
    is_full: bool,
) -> int:
    """Writes the members to `target` as xlsx and returns how many.

    Identity number, phone and address stand masked unless `is_full`. `stamp` says who exported
    when, and stands in the head of every page. Memory does not grow with the rows.
    """
    count = rows.count()
    totals: list[object] = [None] * len(COLUMNS)
    totals[0], totals[1] = "合计", f"{count}人"
    return write_sheet(
        target,
        title,
        COLUMNS,
        _lines(rows, is_full=is_full),
        subtitle=subtitle,
        stamp=stamp,
        totals=totals,
        signature=SIGNATURE,
    )


def _lines(rows: QuerySet[Member], *, is_full: bool) -> Iterator[list[object]]:
    for number, member in enumerate(rows.iterator(chunk_size=2000), 1):
        if is_full:
            sealed = [plain(member, item) for item in ("identity_number", "phone", "address")]
        else:
            sealed = [member.identity_masked, member.phone_masked, member.address_masked]
        yield [
            number,
            member.name,
            member.get_sex_display(),
            member.ethnicity_label or NOTHING,
            sealed[0] or NOTHING,
            member.birth_on or NOTHING,
            member.education_label or NOTHING,
            member.get_category_display(),
            member.joined_on or NOTHING,
            member.full_member_on or NOTHING,
            member.organization.name,
            member.party_post or NOTHING,
            member.job or NOTHING,
            sealed[1] or NOTHING,
            sealed[2] or NOTHING,
            "是" if member.is_mobile else "否",
            "是" if member.is_lost_contact else "否",
            member.note,
        ]
