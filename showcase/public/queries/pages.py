"""What public pages are made from: rows of public pages, their pictures and the stamp, and no others."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from core.models import Attachment
from core.prepared import Prepared

from ..models import PublicPage, PublicPicture, PublicStamp
from ..models.page import shown_q

NOTHING = PublicStamp(version=uuid.UUID(int=0))

_stamp: Prepared[PublicStamp] = Prepared(lambda: PublicStamp.objects.filter(pk=PublicStamp.ONLY))


def stamp() -> PublicStamp:
    """What rendered pages are kept by; before anything was public, that of nothing. One query."""
    return next(iter(_stamp()), NOTHING)


def shown_pages(on: dt.date, kind: str = "") -> list[PublicPage]:
    """Those that anybody reads on the day, in the order of committees and places. One query."""
    rows = PublicPage.objects.shown(on)
    return list(rows.filter(kind=kind) if kind else rows)


def find(kind: str, slug: str) -> PublicPage | None:
    """The page, whether it is shown or not. One query."""
    return PublicPage.objects.filter(kind=kind, slug=slug).first()


def pictures_of(pages: Sequence[PublicPage]) -> Mapping[int, list[PublicPicture]]:
    """Page -> its pictures. One query."""
    found: dict[int, list[PublicPicture]] = {}
    rows = PublicPicture.objects.filter(
        page__in=[one.pk for one in pages], state=Attachment.State.READY
    )
    for row in rows:
        found.setdefault(row.page_id, []).append(row)
    return found


def find_picture(uid: uuid.UUID, on: dt.date) -> PublicPicture | None:
    """A picture of a page that anybody reads on the day. One query."""
    rows = PublicPicture.objects.filter(shown_q(on, "page__"), uid=uid)
    return rows.filter(state=Attachment.State.READY).first()


def is_anything_shown(on: dt.date) -> bool:
    """Whether there is a page to lead to. One query."""
    return PublicPage.objects.shown(on).exists()
