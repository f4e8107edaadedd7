"""双随机: drawn again from the published seed and lots, with nothing but SHA-256."""

import hashlib
import random
from collections import Counter

import pytest

from schedules.dispatch.rules import (
    Candidate,
    Visitor,
    canonical,
    digest,
    draw,
    drawn_again,
    lots_for,
    quotas,
)

SEED = "2026-07-06 双色球 2026077期 03 08 14 22 25 31 + 09"
CANDIDATES = [
    Candidate("A01", "甲一支部", "甲", (("近6个月未报 2 次", 4),)),
    Candidate("A02", "甲二支部", "甲"),
    Candidate("A03", "甲三支部", "甲", (("书记空缺", 6),), months_since_visit=3),
    Candidate("B01", "乙一支部", "乙", (("督办逾期 1 件", 2),)),
    Candidate("B02", "乙二支部", "乙", months_since_visit=8),
]
VISITORS = [
    Visitor("u1", "赵一", frozenset({"甲"})),
    Visitor("u2", "钱二", frozenset({"乙"})),
    Visitor("u3", "孙三"),
    Visitor("u4", "李四", frozenset({"A01"})),
]


def lot(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def test_lots_are_the_published_reasons() -> None:
    assert [one.lots for one in CANDIDATES] == [5, 1, 1, 3, 1]


def test_anybody_draws_the_same_with_sha_256_alone() -> None:
    found = draw(SEED, CANDIDATES, 2, VISITORS)
    best = {
        one.code: max(lot(SEED, one.code, str(n)) for n in range(1, one.lots + 1))
        for one in CANDIDATES
    }
    first = max(("A01", "A02", "A03"), key=lambda code: best[code])
    second = max(("B01", "B02"), key=lambda code: best[code])
    assert {row.candidate.code: row.value for row in found.drawn} == {
        first: best[first],
        second: best[second],
    }


def test_golden_draw() -> None:
    """Worked out with the command sha256sum and paper; whoever changes these changes what was
    published before."""
    found = draw(SEED, CANDIDATES, 2, VISITORS)
    assert [(row.candidate.code, row.lot, row.value) for row in found.drawn] == [
        # 乙 has the larger remainder, 甲 the larger share: one each.
        ("B01", 1, "f78ba78954449529711e5307017e7900104ae7c37b545f98f707829060d55102"),
        ("A01", 2, "d4424a8a32f9117cf993fa862451a783ed9889c95f22756f5561ea9f80850276"),
    ]
    # B01 goes first (f7…): of u1 cfb5…, u4 5263…, u3 087e… the two highest. A01: u1 and u4 have ties.
    assert [[one.code for one in row.visitors] for row in found.drawn] == [
        ["u1", "u4"],
        ["u2", "u3"],
    ]
    assert found.quotas == {"甲": 1, "乙": 1}


def test_published_text_is_enough_to_draw_again() -> None:
    text = canonical(
        draw(SEED, CANDIDATES, 3, VISITORS, 2),
        CANDIDATES,
        VISITORS,
        count=3,
        visitors_each=2,
        strata={"甲": "甲街道"},
    )
    assert drawn_again(text) == text
    assert drawn_again(text, seed="另一个种子") != text
    touched = text.replace("近6个月未报 2 次", "近6个月未报 0 次")
    assert drawn_again(touched) == touched, "words alone change nothing"
    assert digest(touched) != digest(text), "but the digest tells"
    for wrong in ("", "[]", "{}", '{"candidates":[{}]}'):
        with pytest.raises(ValueError):
            drawn_again(wrong)


def test_reasons_are_worth_so_many_lots() -> None:
    assert [lots_for("missing", times) for times in (1, 2, 9)] == [2, 4, 8]
    assert lots_for("vacant", 1) == 6


def test_nobody_to_visit_is_said() -> None:
    assert [row.missing for row in draw(SEED, CANDIDATES, 2).drawn] == [2, 2]


def test_order_of_what_is_given_does_not_matter() -> None:
    published = canonical(draw(SEED, CANDIDATES, 3, VISITORS), CANDIDATES, VISITORS)
    for attempt in range(5):
        shuffled, people = CANDIDATES[:], VISITORS[:]
        random.Random(attempt).shuffle(shuffled)
        random.Random(attempt).shuffle(people)
        again = canonical(draw(SEED, shuffled, 3, people), shuffled, people)
        assert digest(again) == digest(published)


def test_nobody_visits_where_he_has_ties_and_all_take_their_share() -> None:
    found = draw(SEED, CANDIDATES, 5, VISITORS)
    visits = Counter(one.code for row in found.drawn for one in row.visitors)
    for row in found.drawn:
        assert len({one.code for one in row.visitors}) == 2
        for one in row.visitors:
            assert not one.ties & {row.candidate.code, row.candidate.stratum}
    assert sum(visits.values()) == 10
    lonely = draw(SEED, CANDIDATES[:1], 1, VISITORS)
    assert [one.code for one in lonely.drawn[0].visitors] != []
    nobody = draw(SEED, CANDIDATES[:1], 1, [Visitor("u1", "赵一", frozenset({"甲"}))])
    assert (nobody.drawn[0].visitors, nobody.drawn[0].missing) == ((), 2)


def test_shares_by_largest_remainder() -> None:
    # 7 × 10, 5 and 3 of 18 are 3.89, 1.94 and 1.17: two more for the largest remainders.
    assert quotas({"a": 10, "b": 5, "c": 3}, 7) == {"a": 4, "b": 2, "c": 1}
    assert quotas({"a": 1, "b": 1}, 9) == {"a": 1, "b": 1}
    assert quotas({}, 3) == {}


def test_chance_is_proportional_to_lots() -> None:
    """Of two, the one with three lots is drawn three times out of four."""
    pair = [Candidate("X", "X", "s", (("风险", 2),)), Candidate("Y", "Y", "s")]
    wins = sum(draw(f"种子{n}", pair, 1).drawn[0].candidate.code == "X" for n in range(4000))
    assert abs(wins / 4000 - 0.75) < 0.03  # more than four standard deviations


def test_refuses_what_cannot_be_drawn_again() -> None:
    with pytest.raises(ValueError, match="seed"):
        draw("  ", CANDIDATES, 1)
    with pytest.raises(ValueError, match="same code"):
        draw(SEED, [*CANDIDATES, CANDIDATES[0]], 1)
