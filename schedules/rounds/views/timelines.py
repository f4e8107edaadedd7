"""The way of what is reported and looked at, as its page shows it: a report's and a plain record's."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from core.models.step import Step

from ..enums import DONE_STATES, StepKind

STEP_TONES: dict[str, str] = {StepKind.RETURNED: "bad", StepKind.REOPENED: "bad"}


def timeline_of(steps: Iterable[Step], opened_at: dt.datetime, opened: str) -> list[dict[str, Any]]:
    """What happened, oldest first, for the component `timeline`; it begins with how it was
    `opened`."""
    entries = [
        {"at": opened_at, "text": opened, "by": "", "note": "", "tone": "", "kind": ""},
    ]
    for step in steps:
        items = getattr(step, "item_count", 0)
        count = f" {items} 项" if items and step.kind != StepKind.SUBMITTED else ""
        entries.append(
            {
                "at": step.at,
                "text": f"{_word(step)}{count}",
                "by": step.by_name,
                "note": step.text,
                "tone": STEP_TONES.get(step.kind, ""),
                "kind": step.kind,
            }
        )
    return entries


def timeline_of_mark(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """What a committee did with one thing that a report says, oldest first."""
    return [
        {"at": step.at, "text": _word(step), "by": step.by_name, "note": step.text, "tone": ""}
        for step in steps
    ]


def _word(step: Any) -> str:
    return str(step.get_kind_display())


def remark_of(steps: Iterable[Step], state: str) -> Step | None:
    """What the checker wrote when he accepted, for those who wrote it; `state` is where it stands
    now."""
    if state not in DONE_STATES:
        return None
    accepted = [step for step in steps if step.kind == StepKind.ACCEPTED]
    return accepted[-1] if accepted and accepted[-1].text else None
