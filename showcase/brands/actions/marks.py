"""The picture of a brand: through the upload gate, one at a time."""

from core import attachments, audit
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..models import Brand, BrandMark
from . import rights

PICTURES = ("image/jpeg", "image/png")


@action
def add(*, brand: Brand, file: attachments.Checked, by: Actor) -> BrandMark:
    """The picture of the brand, in place of the one that there was. The same twice is one. Raises
    NotAllowed, MovedOn or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_owner(row.organization, by)
    Brand.machine.expect(row, "edit")
    if file.content_type not in PICTURES:
        raise DomainError("标识请用 JPG 或 PNG 图片。", field="file")
    mark, is_new = attachments.keep(BrandMark, file=file, by=by, brand=row)
    if is_new:
        for older in row.marks.exclude(pk=mark.pk):
            attachments.discard(older)
        _note("brands.mark.add", mark, row, by=by)
    return mark


@action
def remove(*, mark: BrandMark, by: Actor) -> None:
    """Takes the picture away, while the file is written. Idempotent. Raises NotAllowed or MovedOn."""
    row = rights.locked(mark.brand_id)
    rights.expect_owner(row.organization, by)
    Brand.machine.expect(row, "edit")
    if not BrandMark.objects.filter(pk=mark.pk).exists():
        return
    _note("brands.mark.remove", mark, row, by=by)
    attachments.discard(mark)


def _note(verb: str, mark: BrandMark, brand: Brand, *, by: Actor) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=mark,
        organization_id=brand.organization_id,
        organization_path=brand.organization.path,
    )
