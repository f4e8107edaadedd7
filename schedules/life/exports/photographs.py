"""Photographs of records for papers: small, few, one at a time in memory."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from core import apart, attachments
from core.documents import Picture
from core.errors import DomainError
from core.gates import pictures as gate

from ..models import LifeFile

logger = logging.getLogger("portal.life")

MOST_EACH = 4  # of one record
PIXELS = 900  # each way: 74 mm at 300 dots an inch
KINDS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass
class Room:
    """How many photographs and how many bytes of them one paper still takes."""

    pictures: int
    bytes: int
    limits: apart.Limits = apart.BEHIND


def photographs(files: Sequence[LifeFile], room: Room) -> tuple[list[Picture], list[str]]:
    """The photographs for which there is room, and a note on what is not among them. Reads each in
    a process of its own: never within a transaction."""
    taken: list[Picture] = []
    others = [one.name for one in files if one.content_type not in KINDS]
    shown = [one for one in files if one.content_type in KINDS]
    for file in shown:
        if len(taken) == MOST_EACH or room.pictures <= 0 or room.bytes <= 0:
            break
        content = _small(file, room.limits)
        if content is None:
            continue
        taken.append(Picture(content, file.name))
        room.pictures -= 1
        room.bytes -= len(content)
    notes = []
    if len(shown) > len(taken):
        notes.append(f"另有照片 {len(shown) - len(taken)} 张，在系统的记录里。")
    if others:
        notes.append(f"另有附件：{'、'.join(others)}。")
    return taken, notes


def _small(file: LifeFile, limits: apart.Limits) -> bytes | None:
    """The photograph made small; None for one that cannot be opened, which no paper waits for."""
    try:
        content = attachments.opened(file).read_bytes()
        _, small = apart.call(
            gate.shrink,
            KINDS[file.content_type],
            PIXELS,
            content=content,
            limits=limits,
            way_out="请重新上传这张照片。",
        )
    except (DomainError, Http404, OSError) as error:
        logger.warning("a photograph is left out of a paper: %s", type(error).__name__)
        return None
    return small
