"""得分说明 as a document: the same as on the page, to be read without a screen."""

from collections.abc import Iterable, Iterator

from core import periods
from core.documents import Block, Document, Heading, Lines, Paragraph
from core.documents.description import Signature, numbered, table
from core.templatetags.words import date_zh, datetime_zh

from .. import words
from ..enums import CycleState
from ..explaining import Explained, Item, fixed
from ..queries.explained import Told

ITEMS_MM = (11.0, 42.0, 14.0, 17.0, 19.0, 53.0)
STEPS_MM = (52.0, 76.0, 28.0)
BRANCHES_MM = (84.0, 24.0, 48.0)
ACCOUNT_MM = (26.0, 96.0, 34.0)


def name_of(told: Told) -> tuple[str, str, str]:
    """The parts of the file's name."""
    return told.assessed.name, periods.label(told.assessed.cycle.period), "得分说明"


def score_document(told: Told) -> Document:
    """The explanation of a score that has been computed. What is not sealed says so in a frame."""
    assessed, cycle = told.assessed, told.assessed.cycle
    sealed = cycle.state == CycleState.SEALED
    return Document(
        "-".join(name_of(told)),
        titles=(assessed.name, f"{periods.label(cycle.period)}考核得分说明"),
        note=words.title_of(told),
        stamp="" if sealed else "未审定",
        blocks=tuple(_blocks(told)),
    )


def _blocks(told: Told) -> Iterator[Block]:
    explained, can_win, score = told.explained, told.winnable, told.score
    if explained is None or can_win is None or score is None:
        return
    yield Paragraph(words.about(told))
    for one in told.corrections:
        yield Paragraph(f"{words.correction_words(one)}。{words.corrected_words(one)}")
    heads = iter(range(1, 12))
    yield Heading(f"{numbered(next(heads))}得分")
    yield Paragraph(_equation(explained))
    yield Paragraph(_stands(told))
    if explained.waiting:
        names = "、".join(f"{one.name}（{one.full_text} 分）" for one in explained.waiting)
        yield Paragraph(f"还没有评分的 {len(explained.waiting)} 项：{names}。")
    if explained.reasons:
        yield Heading(f"{numbered(next(heads))}失分最多的 {len(explained.reasons)} 项")
        for number, item in enumerate(explained.reasons, start=1):
            yield Paragraph(
                f"{number}.{item.name}：失 {fixed(item.lost)} 分（满分 {item.full_text}，"
                f"得 {item.points_text}）。{item.summary}。"
            )
        yield Paragraph(words.sum_words(explained))
    yield Heading(f"{numbered(next(heads))}怎样赢回最多")
    yield from (Paragraph(text) for text in _wins(told))
    yield Heading(f"{numbered(next(heads))}各项得分")
    yield _sheet(explained)
    if bonus := words.bonus_said(told):
        yield Paragraph(f"加分 {explained.bonus}：{_joined(bonus)}")
    if vetoes := words.vetoes_said(told):
        yield Paragraph(f"一票否决：{_joined(vetoes)}")
    yield Paragraph(_rounding(explained))
    yield Heading(f"{numbered(next(heads))}逐项说明")
    for item in explained.items:
        if item.is_row:
            yield from _item(item, told)
    if told.exemptions:
        yield Heading(f"{numbered(next(heads))}免考")
        for item in explained.exempt:
            if row := told.exemptions.get(item.key):
                yield Paragraph(
                    f"{item.name}（{item.full_text} 分，{words.exempt_words(item)}）：{row.reason}。"
                    f"{row.approved_by}批准，{date_zh(row.until)}自动结束。"
                )
    yield Heading(f"{numbered(next(heads))}年度账户")
    yield from _account(told)
    yield Lines(
        (
            "",
            f"数据截至 {datetime_zh(score.computed_at)}",
            f"校验码 {score.digest}",
            "同一细则、同一事实，任何时候重算结果相同。",
        )
    )
    yield Signature(
        told.assessed.cycle.organization.name,
        date_zh(told.assessed.cycle.sealed_at or score.computed_at),
        has_seal=told.assessed.cycle.state == CycleState.SEALED,
    )


def _equation(explained: Explained) -> str:
    terms = " ".join(f"{one.sign} {one.amount}（{one.words}）".strip() for one in explained.terms)
    return f"{terms} = {explained.total}{'' if explained.is_whole else '（已得分）'}。"


def _stands(told: Told) -> str:
    said = [words.peers_words(told.peers)]
    if told.peers is not None and told.peers.mean is not None and told.score is not None:
        said.append(f"{words.STANDS.get(told.score.standing, words.NOTHING_DOUBLE)}。")
    if told.score is not None and told.score.grade:
        said.append(f"等次：{told.score.band if told.is_running else told.score.grade}。")
    if told.explained is not None and told.explained.difference is not None:
        difference = told.explained.difference
        said.append(
            f"{periods.label(difference.period)} {difference.before} 分，"
            f"本次 {difference.now} 分，相差 {difference.total_text}。"
        )
    return "".join(said)


def _wins(told: Told) -> Iterator[str]:
    explained, can_win = told.explained, told.winnable
    if explained is None or can_win is None:
        return
    yield words.share_words(
        can_win, explained.total, is_sealed=told.assessed.cycle.state == CycleState.SEALED
    )
    for number, win in enumerate(can_win.best, start=1):
        first = words.first_words(win, can_win)
        yield (
            f"{number}.{win.words}（{win.name}），{words.gain_words(win, can_win)} 分，"
            f"{words.until_words(can_win)}。{f'{first} 分。' if first else ''}"
        )
    if len(can_win.best) > 1:
        yield f"{len(can_win.best)} 件都办完，{words.signed(can_win.together)} 分。"
    if can_win.share and not can_win.best:
        yield "没有可以补办的。"


def _sheet(explained: Explained) -> Block:
    rows: list[tuple[str, ...]] = [("", "指标", "满分", "得分", "失分", "事实")]
    for part in explained.parts:
        rows.append(("", part.name, part.full_text, part.points_text, part.lost_text, ""))
        for item in sorted((*part.rows, *part.kept), key=lambda one: one.number):
            points = item.points_text or ("待评" if item.state == "waiting" else "不计")
            rows.append(
                (
                    *(str(item.number), item.name, item.full_text, points, item.lost_text),
                    item.summary if item.is_row else "",
                )
            )
    rows.append(("", "合计", explained.full, explained.sum_text, f"−{explained.lost}", ""))
    if explained.bonus:
        rows.append(("", "加分", "", explained.bonus, "", ""))
    rows.append(("", "得分", "", explained.total, "", explained.scaling))
    return table(rows, widths_mm=ITEMS_MM)


def _rounding(explained: Explained) -> str:
    moved = "个别项的末位为使合计相符作了调整。" if explained.is_adjusted else ""
    return f"各项不舍入，总分四舍五入到 {explained.places} 位，只舍入一次。{moved}"


def _item(item: Item, told: Told) -> Iterator[Block]:
    yield Heading(f"{item.number}.{item.name}", level=2)
    yield Paragraph(
        f"规则：{_joined([item.text, item.standard, *(one.words for one in item.rules)])}{item.bounds}{words.basis_words(item)}。"
    )
    facts = _joined(one.said.text for one in item.rules)
    reasons = _joined(
        reason
        for place, one in enumerate(item.rules)
        for reason in dict.fromkeys(
            [
                *([one.said.reason] if one.said.reason else []),
                *told.reasons.get((item.key, place), ()),
            ]
        )
    )
    yield Paragraph(f"事实：{facts}{f'理由：{reasons}' if reasons else ''}")
    for one in item.rules:
        if one.said.branches:
            yield table(
                [
                    ("支部", "次数", "扣分"),
                    *(
                        (
                            *(row.name, str(row.number.value)),
                            f"{row.lost} → {row.kept} 封顶" if row.is_capped else row.lost,
                        )
                        for row in one.said.branches
                    ),
                    ("合计", "", one.said.branch_sum),
                ],
                widths_mm=BRANCHES_MM,
            )
    if item.lines:
        yield table(
            [("计算", "算式", "结果"), *((one.what, one.formula, one.value) for one in item.lines)],
            widths_mm=STEPS_MM,
        )
    if item.limits:
        yield Paragraph(f"封顶与保底：{words.limit_words(item)}")
    places = told.explained.places if told.explained is not None else 2
    yield Paragraph(f"比上次：{words.since_words(item, places)}")
    if told.winnable is not None:
        yield Paragraph(f"可赢回：{words.win_words(item, told.winnable)}")


def _joined(texts: Iterable[str]) -> str:
    """Sentences one after the other, each with its full stop."""
    return "".join(f"{text.rstrip('。')}。" for text in texts if text)


def _account(told: Told) -> Iterator[Block]:
    account = told.account
    if not account.postings:
        yield Paragraph("还没有入账：考核审定时记入。")
        return
    rows = [("记入", "项目", "分")]
    rows += [
        (date_zh(one.posted_on), words.posting_words(one), words.posting_points(one))
        for one in account.postings
    ]
    rows.append(("", f"截至 {date_zh(account.on)} 已入账", fixed(account.total)))
    yield table(rows, widths_mm=ACCOUNT_MM)
