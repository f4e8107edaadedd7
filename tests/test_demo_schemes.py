"""The demo's schemes are lawful, and could be anybody's."""

import pytest

from assessments.schemes.definitions import leaves, scheme_of
from assessments.schemes.demo.contents import WORK, content_of
from assessments.schemes.validation import cost_of, problems
from core import figures


@pytest.mark.parametrize("organization_class", WORK)
def test_the_demos_schemes_are_lawful(organization_class: str) -> None:
    content = content_of(organization_class, 2026)
    known = figures.registered().keys()
    assert problems(content, classes=[organization_class], figures=known) == []
    assert 20 <= len(leaves(content)) <= 25
    assert scheme_of(content).root.full == 100
    assert cost_of(content, 18).by_hand == 5
