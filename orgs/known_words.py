"""What others know of a person and of this place, and try as his password."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from core import pinyin

from .guesses import Known
from .models import Organization

# What many names have in common; the common words have it in pinyin (orgs/common_words.txt).
_GENERAL = re.compile(
    r"中共|中国共产党|街道|社区|居委会|村委会|[镇乡村]|第.{1,3}(?=党?支部|党?总支)|党?总支部?|党?支部"
    r"|委员会|党工委|工作|党委|党组|联合|临时|机关|有限责任|有限|股份|集团|公司|[（）()、·\s]"
)


def known_words(user: Any) -> Iterator[Known]:
    """The person's names, and the places and organisations of the zone. One query."""
    name = str(getattr(user, "name", "") or "")
    if name:
        yield from _spelled(name, "本人姓名", is_name=True)
        given = name[1:]
        if len(given) > 1:
            yield from _spelled(given, "本人姓名")
    login = str(getattr(user, "username", "") or "").casefold()
    for part in {login, login.rstrip("0123456789"), *re.findall("[a-z]{3,}", login)}:
        yield Known(part, "登录名")
    mail = str(getattr(user, "email", "") or "").partition("@")[0].casefold()
    if mail:
        yield Known(mail, "邮箱名")
    names = Organization.objects.active().values_list("name", flat=True)
    parts = {part for name in (settings.PORTAL_NAME, *names) for part in _GENERAL.split(name)}
    for part in sorted(part for part in parts if len(part) > 1):
        yield from _spelled(part, f"“{part}”")


def _spelled(text: str, meaning: str, *, is_name: bool = False) -> Iterator[Known]:
    yield Known(text.casefold(), meaning)
    parts = pinyin.syllables(text, is_name=is_name)
    yield Known("".join(parts), meaning)
    yield Known("".join(part[0] for part in parts), meaning)
    if is_name and len(parts) > 1:
        yield Known("".join((*parts[1:], parts[0])), meaning)  # given name first
