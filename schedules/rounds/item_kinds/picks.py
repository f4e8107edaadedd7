"""One of several answers, several of them, yes or no."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..enums import ItemKind
from .base import ItemType, Posted, Spec, Value, tidy
from .efforts import Effort, picked, written

MOST_OPTIONS, LONGEST_OPTION, LONGEST_REASON = 12, 40, 200
YES, NO = "yes", "no"
ANSWERS = {YES: "是", NO: "否"}
# When yes-or-no asks for a reason.
REASONS = {"": "不要求", YES: "选“是”时写明", NO: "选“否”时写明"}


def _faults(spec: Spec) -> list[tuple[str, str]]:
    options = list(spec.get("options", []))
    if not 2 <= len(options) <= MOST_OPTIONS:
        return [("options", f"写 2 至 {MOST_OPTIONS} 个答案，一行一个，现在是 {len(options)} 个。")]
    if len(set(options)) < len(options):
        return [("options", "有两个答案相同，请改。")]
    return []


class ChoiceItem(ItemType):
    """One of the answers; what is stored is its words, which stay when a later form changes."""

    key, label, adds = ItemKind.CHOICE, "单选", "单选"
    minutes = 0.5
    settings = {"options": []}
    template = "schedules/items/choice.html"
    width = 18

    @property
    def blank(self) -> dict[str, Any]:
        return {"choice": ""}

    def read(self, posted: Posted, key: str) -> Any:
        # The hidden field beside the answers says that the page had the item.
        return posted.getlist(f"pick-{key}")[-1] if f"pick-{key}" in posted else None

    def refuse(self, raw: Any) -> str:
        return "" if isinstance(raw, str) else "应为一个答案的文字。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        return {"choice": tidy(raw)[:LONGEST_OPTION]}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        chosen = value.get("choice", "")
        if chosen and chosen not in spec.get("options", []):
            return [f"“{chosen}”不在答案之列，请重新选择。"]
        return []

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        return [str(value["choice"])] if value.get("choice") else []

    def effort(self, value: Value) -> Effort:
        """One press for each answer."""
        return picked(len(value.get("choices", [])) or bool(value.get("choice")))

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有选择。"

    def summary(self, spec: Spec) -> str:
        return f"单选 · {len(spec.get('options', []))} 个答案"

    def faults(self, spec: Spec, specs: Sequence[Spec]) -> list[tuple[str, str]]:
        return _faults(spec)


class ChoicesItem(ChoiceItem):
    """Several of the answers."""

    key, label, adds = ItemKind.CHOICES, "多选", "多选"
    minutes = 1.0
    template = "schedules/items/choices.html"
    width = 28

    @property
    def blank(self) -> dict[str, Any]:
        return {"choices": []}

    def read(self, posted: Posted, key: str) -> Any:
        if f"picks-{key}" not in posted:
            return None
        return [one for one in posted.getlist(f"picks-{key}") if one]

    def refuse(self, raw: Any) -> str:
        is_so = isinstance(raw, list) and all(isinstance(one, str) for one in raw)
        return "" if is_so else "应为答案的列表。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        given = [
            tidy(one)[:LONGEST_OPTION] for one in (raw if isinstance(raw, list | tuple) else [])
        ]
        chosen = dict.fromkeys(one for one in given if one)
        known = [option for option in spec.get("options", []) if option in chosen]
        return {
            "choices": [*known, *(one for one in chosen if one not in known)][: 2 * MOST_OPTIONS]
        }

    def problems(self, spec: Spec, value: Value) -> list[str]:
        odd = [one for one in value.get("choices", []) if one not in spec.get("options", [])]
        return [f"“{'”“'.join(odd)}”不在答案之列，请重新选择。"] if odd else []

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        return ["、".join(value["choices"])] if value.get("choices") else []

    def summary(self, spec: Spec) -> str:
        return f"多选 · {len(spec.get('options', []))} 个答案"


class YesNoItem(ItemType):
    """Yes or no, with a reason where the form asks for one."""

    key, label, adds = ItemKind.YES_NO, "是否", "是否"
    minutes = 0.5
    settings = {"reason_on": ""}
    template = "schedules/items/yes_no.html"
    width = 24

    @property
    def blank(self) -> dict[str, Any]:
        return {"answer": "", "reason": ""}

    def read(self, posted: Posted, key: str) -> Any:
        if f"answer-{key}" not in posted:
            return None
        reason = posted.get(f"because-{key}", "")
        return {"answer": posted.getlist(f"answer-{key}")[-1], "reason": reason}

    def refuse(self, raw: Any) -> str:
        is_so = (
            isinstance(raw, dict)
            and raw.get("answer") in ("", YES, NO)
            and isinstance(raw.get("reason", ""), str)
        )
        return "" if is_so else '应为 {"answer": "yes" 或 "no", "reason": 文字}。'

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        given = raw if isinstance(raw, dict) else {}
        answer = given.get("answer") if given.get("answer") in (YES, NO) else ""
        return {"answer": answer, "reason": tidy(given.get("reason"))}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        reason, answer = str(value.get("reason", "")), value.get("answer")
        if len(reason) > LONGEST_REASON:
            return [f"原因共 {len(reason)} 字，请写在 {LONGEST_REASON} 字以内。"]
        if answer and answer == spec.get("reason_on") and not reason:
            return [f"选了“{ANSWERS[answer]}”，请写一句原因。"]
        return []

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        word, reason = ANSWERS.get(value.get("answer", ""), ""), value.get("reason", "")
        if not word:
            return [str(reason)] if reason else []
        return [f"{word}。{reason}" if reason else word]

    def effort(self, value: Value) -> Effort:
        """The press, and the reason."""
        reason = written([str(value.get("reason", ""))])
        return replace(reason, steps=reason.steps + bool(value.get("answer")))

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有选“是”或“否”。"

    def summary(self, spec: Spec) -> str:
        on = spec.get("reason_on")
        return f"是否 · 选“{ANSWERS[on]}”写原因" if on in ANSWERS else "是否"
