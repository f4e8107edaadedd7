"""Tags on model fields that hold personal data: why we keep it and how closely it is guarded."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.apps import apps

Sensitivity = Literal["ordinary", "sensitive", "highest"]


@dataclass(frozen=True, slots=True)
class Personal:
    """`purpose` in the words of a privacy notice; `sensitivity` decides masking and sealing."""

    purpose: str
    sensitivity: Sensitivity = "ordinary"


# Attributes of a control whose value is never written down on the device (static/js/drafts.js).
OFF_THE_DEVICE = {"data-no-draft": True}
_ENDINGS = ("_sealed", "_tail_index", "_index")


@cache
def sealed_items() -> frozenset[str]:
    """What is stored sealed, by the names of the items: identity, phone, address ..., of all apps."""
    return frozenset(
        name.removesuffix(ending)
        for model in apps.get_models()
        for name, tag in getattr(model, "PRIVACY", {}).items()
        if tag.sensitivity != "ordinary"
        for ending in _ENDINGS
        if name.endswith(ending)
    )


def is_sealed_item(name: str) -> bool:
    """Whether the form's field `name` asks for something that is stored sealed."""
    return any(f"_{item}_" in f"_{name}_" for item in sealed_items())


def stays_off_the_device(name: str, field: Any) -> bool:
    """Whether what is typed into the form's field `name` must not lie in the browser: what is
    stored sealed, what its form marks with `OFF_THE_DEVICE`, passwords, files."""
    attrs, kind = field.widget.attrs, getattr(field.widget, "input_type", "")
    return is_sealed_item(name) or bool(attrs.get("data-no-draft")) or kind in ("password", "file")
