"""A bright spot is written down, changed, taken back."""

from dataclasses import dataclass
from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean
from orgs.models import Organization

from .. import sources
from ..models import Highlight
from ..rules import TEXT, TITLE
from . import rights


@dataclass(frozen=True, slots=True)
class Spot:
    """What a highlight says; `source` is the record that tells of it."""

    year: int
    title: str
    text: str
    source: sources.Reference | None = None


@action
def note(*, organization: Organization, spot: Spot, by: Actor) -> Highlight:
    """Writes down a bright spot. The same once more, as a double click sends it, is the one that there
    is. Raises NotAllowed or DomainError."""
    rights.expect_owner(organization, by)
    values = _values(spot, organization, by)
    # Two clicks at once: the organisation's row is what they wait for.
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    there = Highlight.objects.standing().filter(
        organization=organization, year=values["year"], title=values["title"], text=values["text"]
    )
    found = there.first()
    if found is not None:
        return found
    row = Highlight.objects.create(
        organization=organization, noted_at=clock.now(), noted_by_name=by.name[:100], **values
    )
    rights.note(row, "brands.highlight.note", by=by)
    return row


@action
def edit(*, highlight: Highlight, revision: int, spot: Spot, by: Actor) -> Highlight:
    """Changes one of which nothing was made yet. Raises NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked_highlight(highlight.pk)
    rights.expect_owner(row.organization, by)
    values = _values(spot, row.organization, by)
    if spot.source is None or spot.source == (row.source_kind, row.source_key):
        for name in ("source_kind", "source_key", "source_label"):
            values.pop(name, None)
    stored = {name: getattr(row, name) for name in values if name != "source_key"}
    changes = audit.changed(stored, {name: values[name] for name in stored})
    Highlight.machine.move(row, "edit", revision=revision, **values)
    rights.note(row, "brands.highlight.edit", by=by, changes=changes)
    return row


@action
def drop(*, highlight: Highlight, by: Actor) -> Highlight:
    """Takes it back. Raises NotAllowed or MovedOn."""
    row = rights.locked_highlight(highlight.pk)
    rights.expect_owner(row.organization, by)
    Highlight.machine.move(row, "drop", dropped_at=clock.now())
    rights.note(row, "brands.highlight.drop", by=by)
    return row


def _values(spot: Spot, organization: Organization, by: Actor) -> dict[str, Any]:
    title, text = clean(spot.title), clean(spot.text)
    if not 2 <= len(title) <= TITLE:
        raise DomainError(f"亮点写一句话，2 至 {TITLE} 字。", field="title")
    if not 4 <= len(text) <= TEXT:
        raise DomainError(f"写几句怎么做的，4 至 {TEXT} 字。", field="text")
    now = clock.today().year
    if spot.year not in (now, now - 1):
        raise DomainError("只记今年和去年的亮点。", field="year")
    values: dict[str, Any] = {"year": spot.year, "title": title, "text": text}
    if spot.source is None:
        return values
    found = sources.find(by, spot.source)
    if found is None or found.organization_id != organization.pk:
        raise DomainError("这份记录已经看不到了，请重新选择出处。", field="source")
    kind, key = spot.source
    return values | {"source_kind": kind, "source_key": key, "source_label": found.label[:200]}
