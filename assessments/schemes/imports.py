"""A sheet of a 考核细则: what it would make of a draft, and making it.

A sheet is the whole of a scheme: what it does not have goes from the draft, and with one wrong cell
nothing of it is written, for without a row the sums would be others. What is shown is what was
understood of each 评分标准, beside its text.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assessments.scoring.numbers import plain
from core import importing
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.importing import Comparison, Importer, Progress
from core.tabular.errors import CellError
from core.tabular.parsed import ParsedSheet
from orgs.access import actor_from_grant
from orgs.permissions import Permission

from .actions.importing import bring_in
from .editing import with_basis
from .models import SchemeImport, SchemeVersion
from .sheets.rows import SheetRow, read_scheme
from .sheets.tree import Line, Made, made_of
from .validation import FORBIDDEN

Parsed = ParsedSheet[SheetRow]
_LOOKED_AT = ("text", "standard", "evidence")


def parse(path: Path, file_name: str, actor: Actor) -> Parsed:
    """The indicators of the sheet. Raises SheetRefused. No query."""
    return read_scheme(path, name=file_name)


def draft_of(batch: SchemeImport, actor: Actor) -> SchemeVersion:
    """The draft that the sheet is for, as it is now. Raises NotAllowed, or MovedOn when it is no
    draft any more. One query."""
    version = SchemeVersion.objects.select_related("scheme__organization").get(pk=batch.version_id)
    if not actor.may_at(Permission.SCHEME_EDIT, version.scheme.organization.path):
        raise NotAllowed("只有制定这份细则的党委可以导入。")
    SchemeVersion.machine.expect(version, "save")
    return version


def compare(parsed: Parsed, version: SchemeVersion) -> Comparison:
    """What the sheet would make of the draft; nothing is written. No query."""
    forbidden = list(_forbidden(parsed))
    made = made_of(parsed.rows, version.content)
    is_wrong = bool(parsed.errors or forbidden)
    notes = {
        "revision": version.revision,
        "lines": [_told(line) for line in made.lines],
        "by_hand": sum(not line.keeps and not line.row.reading.is_read for line in made.lines),
        "lost": [] if is_wrong else [*_resized(made, version), *made.lost],
        "full": str(made.content["root"]["full"]),
        "kept": "" if is_wrong else _kept(version),
    }
    if is_wrong:
        return Comparison(errors=forbidden, notes=notes)
    return _counted(made, notes)


def _counted(made: Made, notes: dict[str, Any]) -> Comparison:
    new = sum(line.is_new for line in made.lines)
    changed = sum(bool(line.changes) and not line.is_new for line in made.lines) + len(made.gone)
    if made.is_changed and not new + changed:
        notes["lost"] = [*notes["lost"], "指标的顺序或文字的写法按表中的改"]
        changed = 1
    unchanged = sum(not line.changes and not line.is_new for line in made.lines)
    return Comparison(new=new, changed=changed, unchanged=unchanged, notes=notes)


def write(parsed: Parsed, batch: SchemeImport, actor: Actor) -> Comparison:
    """Puts what the sheet says in the place of what the draft said, if it is still the draft that was
    shown. Raises DomainError; call inside an action."""
    version = draft_of(batch, actor)
    found = compare(parsed, version)
    if parsed.errors or found.errors:
        raise DomainError("表中有错误，没有写入。请改正后重新上传。", code="errors")
    if version.revision != batch.notes.get("revision"):
        raise Conflict("核对之后，草案又有人改过，没有写入。请重新上传，再核对一次。", code="stale")
    if found.new + found.changed:
        content = with_basis(made_of(parsed.rows, version.content).content)
        bring_in(version=version, revision=version.revision, content=content, by=actor)
    return found


def bound(batch: SchemeImport) -> Importer[SheetRow]:
    """The importer of one upload: its draft is what it compares with."""

    def compared(parsed: Parsed, actor: Actor, progress: Progress) -> Comparison:
        found = compare(parsed, draft_of(batch, actor))
        progress(1, 1)
        return found

    return Importer(
        model=SchemeImport,
        parse=parse,
        compare=compared,
        write=lambda parsed, actor: write(parsed, batch, actor),
        actor=actor_from_grant,
    )


def _unbound(*given: Any) -> Comparison:
    raise TypeError("a sheet of a scheme is compared with the draft that it was uploaded for")


IMPORTER: importing.Importer[SheetRow] = importing.Importer(
    model=SchemeImport,
    parse=parse,
    compare=_unbound,
    write=_unbound,
    actor=actor_from_grant,
    bound=bound,
)


def _forbidden(parsed: Parsed) -> Iterator[CellError]:
    """Cells that name what no indicator may measure, with the rule and what would do instead."""
    for row in parsed.rows:
        cells = {key: getattr(row, key) for key in _LOOKED_AT}
        cells[row.named_in] = f"{row.name} {cells.get(row.named_in, '')}"
        for key, said in cells.items():
            for one in FORBIDDEN:
                if hit := one.words.search(said):
                    wanted = f"{one.text}依据：{one.source}。改法：{one.instead}"
                    yield row.error(key, "forbidden", wanted, found=hit[0])


def _told(line: Line) -> dict[str, Any]:
    """A line of the preview, as data."""
    row = line.row
    return {
        "row": row.row,
        "kind": "new" if line.is_new else "changed" if line.changes else "same",
        "above": " › ".join(row.above),
        "name": row.name,
        "full": plain(row.full),
        "text": row.text,
        "standard": row.standard,
        "understood": line.understood,
        "keeps": line.keeps,
        "is_read": row.reading.is_read,
        "by_hand": row.reading.by_hand,
        "why": row.reading.why,
        "changes": [[title, *pair] for title, pair in line.changes.items() if title != "读作"],
    }


def _resized(made: Made, version: SchemeVersion) -> list[str]:
    """Says when the whole becomes more or less than it was."""
    before = str(version.content.get("root", {}).get("full", ""))
    now = str(made.content["root"]["full"])
    return [] if before in ("", now) else [f"总分由 {before} 分变为 {now} 分"]


def _kept(version: SchemeVersion) -> str:
    """What of the draft a sheet cannot say, and which therefore stays."""
    content = version.content
    words = {
        "bands": "等次",
        "quota": "名额",
        "bonus": "加分",
        "vetoes": "一票否决",
        "basis": "制定依据",
        "plan_basis": "计划文号",
    }
    return "、".join(label for key, label in words.items() if content.get(key))
