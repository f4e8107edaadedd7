"""Tags on model fields that hold personal data: why we keep it and how closely it is guarded."""

from dataclasses import dataclass
from typing import Literal

Sensitivity = Literal["ordinary", "sensitive", "highest"]


@dataclass(frozen=True, slots=True)
class Personal:
    """`purpose` in the words of a privacy notice; `sensitivity` decides masking and sealing."""

    purpose: str
    sensitivity: Sensitivity = "ordinary"
