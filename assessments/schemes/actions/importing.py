"""A draft takes what a sheet says."""

from collections.abc import Mapping
from typing import Any

from core import states
from core.actions import action
from core.actor import Actor

from ..definitions import leaves
from ..enums import SchemeStepKind
from ..models import SchemeStep, SchemeVersion
from . import versions


@action
def bring_in(
    *, version: SchemeVersion, revision: int, content: Mapping[str, Any], by: Actor
) -> SchemeVersion:
    """Puts the content that a sheet makes of the draft in its place, and says so in its timeline.
    Raises as `versions.save` does."""
    saved = versions.save(version=version, revision=revision, content=content, by=by)
    text = f"{len(leaves(content))} 项指标"
    states.tell(SchemeStep(version=saved, kind=SchemeStepKind.IMPORT, text=text), by=by)
    return saved
