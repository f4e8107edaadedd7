"""A field of one line holds one line, whatever a program posts there."""

from typing import Any

import pytest
from django import forms

from core import clock
from schedules.rounds import item_kinds

from .access_objects import NOW
from .hostile import POSTS, SECRET_FIELDS, browser, payload, state_of_all, url_of
from .test_access_matrix import undone
from .world import Zone

# Fields that no form of Django reads, and that are boxes of several lines on their page.
BOXES = ("text-", "entry-", "explain-", "reason-", "take")
BOX_OF = {"schedules:report-reopen": {"reason"}}


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name in sorted(POSTS) if POSTS[name]])
def test_no_field_of_one_line_takes_a_break(
    zone: Zone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = set(BOX_OF.get(name, ()))
    full_clean = forms.BaseForm.full_clean

    def looked_at(form: Any) -> None:
        for key, field in form.fields.items():
            if isinstance(field.widget, forms.Textarea):
                boxes.add(form.add_prefix(key))
        full_clean(form)

    monkeypatch.setattr(forms.BaseForm, "full_clean", looked_at)
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        taken = []
        for field, value in fields.items():
            if not isinstance(value, str) or field in SECRET_FIELDS or field.startswith(BOXES):
                continue
            # All breaks are one at the edge (tests/test_edge.py).
            for line_break in ("\n", "\u2028"):
                with undone():
                    broken = {**fields, field: f"{value}{line_break}second"}
                    status = client.post(url, broken).status_code
                    assert status < 500
                    if status >= 400 or field in boxes:
                        continue
                    if "\\nsecond" in repr(state_of_all()):
                        taken.append((field, line_break))
        assert not taken


def test_reason_beside_an_answer_is_one_line(db: None) -> None:
    kind = item_kinds.of("yes_no")
    assert kind.clean({}, {"answer": "yes", "reason": "甲\u2028乙\n丙"})["reason"] == "甲 乙 丙"
