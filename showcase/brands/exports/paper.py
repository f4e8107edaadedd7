"""品牌档案 on paper: what its page says."""

from collections.abc import Iterator, Sequence

from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import numbered, table
from core.templatetags.words import date_zh

from ..models import Brand, BrandCopy, BrandStep

STEPS = (10.0, 18.0, 76.0, 30.0, 30.0)
COPIES = (10.0, 40.0, 56.0, 58.0)


def brand_document(
    brand: Brand, steps: Sequence[BrandStep], copies: Sequence[BrandCopy]
) -> Document:
    """The file of a brand: name, meaning, practice, carriers, results, steps, and who copies it."""
    title = f"党建品牌“{brand.name}”档案"
    named = f"，{date_zh(brand.named_on)}命名" if brand.named_on else ""
    return Document(
        f"{brand.organization}{title}",
        titles=(title,),
        note=f"{brand.organization}，{brand.get_state_display()}{named}",
        blocks=tuple(_blocks(brand, steps, copies)),
    )


def _blocks(
    brand: Brand, steps: Sequence[BrandStep], copies: Sequence[BrandCopy]
) -> Iterator[Block]:
    parts = [
        ("名称和内涵", [brand.name + (f"：{brand.slogan}" if brand.slogan else ""), brand.meaning]),
        ("做法", [f"工作法：{brand.method}" if brand.method else "", brand.practice]),
        ("载体", [brand.carriers]),
        ("成效", [brand.results]),
        (
            "命名",
            [
                f"依据：{brand.basis}" if brand.basis else "",
                f"下次复审：{date_zh(brand.recheck_on)}" if brand.recheck_on else "",
            ],
        ),
    ]
    number = 1
    for heading, texts in parts:
        told = [line for text in texts for line in text.splitlines() if line.strip()]
        if told:
            yield Heading(f"{numbered(number)}{heading}")
            number += 1
            for text in told:
                yield Paragraph(text)
    if steps:
        yield Heading(f"{numbered(number)}培育步骤")
        number += 1
        rows = [("序号", "阶段", "做什么", "到哪天", "办成于")]
        for one in steps:
            done = date_zh(one.done_on) if one.done_on else "—"
            rows.append(
                (
                    str(one.position),
                    one.get_phase_display(),
                    one.what,
                    date_zh(one.due_on),
                    done,
                )
            )
        yield table(rows, widths_mm=STEPS)
    if copies:
        yield Heading(f"{numbered(number)}谁在学用")
        users = [("序号", "单位", "怎么学用", "结果")]
        for at, copy in enumerate(copies, 1):
            users.append((str(at), str(copy.organization), copy.what, copy.result or "还没有写"))
        yield table(users, widths_mm=COPIES)
