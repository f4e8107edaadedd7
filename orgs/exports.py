"""Organisations as the sheet that staff keep (党组织花名册)."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.db.models import Prefetch, QuerySet

from core import clock
from core.dates import in_words
from core.identity import mask_phone
from core.tabular.writing import Column, write_sheet

from . import headcounts
from .enums import Post
from .models import OfficeHolding, Organization
from .queries.rosters import phone_of

COLUMNS = (
    Column("序号", "integer", 6),
    Column("党组织全称", width=38),
    Column("简称", width=20),
    Column("组织类别", width=11),
    Column("上级党组织", width=34),
    Column("书记", width=9, group="领导班子"),
    Column("副书记", width=12, group="领导班子"),
    Column("联系人", width=9),
    Column("联系电话", "phone", 14),
    Column("成立时间", "date", 12),
    Column("换届时间", "date", 12, group="换届情况"),
    Column("届满时间", "date", 12, group="换届情况"),
    Column("党员数", "integer", 8),
    Column("党小组数", "integer", 8),
    Column("所属领域", width=14),
    Column("所在单位", width=22),
    Column("单位性质", width=12),
    Column("备注", width=16),
)
_KIND_WORDS = {"direct_committee": "党委", "grassroots_committee": "党委"}


def write_roster(
    target: BinaryIO,
    organizations: QuerySet[Organization],
    *,
    of: str,
    stamp: str,
    is_full: bool = False,
) -> int:
    """Writes the organisations to `target` as xlsx in the layout that the import reads; returns
    how many. `of` is the organisation that exports, `stamp` who did when. The contacts' phones are
    masked unless `is_full`. Three queries.
    """
    rows = list(
        organizations.select_related("parent").prefetch_related(
            Prefetch(
                "offices",
                OfficeHolding.objects.current()
                .filter(post__in=[Post.SECRETARY, Post.DEPUTY_SECRETARY])
                .order_by("pk"),
                to_attr="leaders",
            )
        )
    )
    day = in_words(clock.today())
    write_sheet(
        target,
        f"{of}党组织花名册",
        COLUMNS,
        _lines(rows, is_full=is_full),
        subtitle=f"填报单位（盖章）：{of}    填报时间：{day}",
        stamp=stamp,
        signature=("负责人（签字）：", "填表人：", "联系电话："),
        tab="党组织花名册",
    )
    return len(rows)


def _lines(rows: Sequence[Organization], *, is_full: bool) -> Iterator[list[object]]:
    counts = headcounts.of([row.path for row in rows if row.is_branch])
    for number, row in enumerate(rows, start=1):
        leaders: list[OfficeHolding] = getattr(row, "leaders", [])
        count, phone = counts.get(row.path), phone_of(row)
        yield [
            number,
            row.name,
            row.short_name,
            _KIND_WORDS.get(row.kind, row.get_kind_display()),
            row.parent.name if row.parent else "无",
            _names(leaders, Post.SECRETARY),
            _names(leaders, Post.DEPUTY_SECRETARY),
            row.contact_name or "无",
            (phone if is_full else mask_phone(phone)) or "无",
            row.founded_on or "—",
            row.term_started_on or "—",
            row.term_ends_on or "—",
            count.on_roll if count else "—",
            row.group_count if row.is_branch else "—",
            row.get_sector_display() or "—",
            row.unit_name or "—",
            row.unit_nature or "—",
            row.note or "",
        ]


def _names(leaders: list[OfficeHolding], post: Post) -> str:
    return "、".join(holder.person_name for holder in leaders if holder.post == post) or "无"
