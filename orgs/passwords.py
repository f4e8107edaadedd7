"""Password rules. `dengbao` follows GB/T 22239 (complexity, renewal), `asvs` OWASP ASVS 5.0."""

import re
import secrets
from difflib import SequenceMatcher
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.core.exceptions import ValidationError

MINIMUM = 8
MINIMUM_ADMIN = 12
CONTEXT_WORDS = ("dangjian", "dangwu", "zhibu", "xuzhou", "jingkai", "党建", "支部", "portal")

# Without letters and digits that look alike on paper.
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SMALL = "abcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"


class LengthValidator:
    """At least 8 characters, 12 for administrators; at most 128."""

    def validate(self, password: str, user: Any = None) -> None:
        minimum = MINIMUM_ADMIN if getattr(user, "admin_kind", "") else MINIMUM
        if len(password) < minimum:
            raise ValidationError(f"密码至少 {minimum} 个字符，现在是 {len(password)} 个。")
        if len(password) > 128:
            raise ValidationError("密码最多 128 个字符。")

    def get_help_text(self) -> str:
        return f"至少 {MINIMUM} 个字符（管理员 {MINIMUM_ADMIN} 个）。"


class ProfileValidator:
    """In the dengbao profile: three of four kinds of characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.PASSWORD_PROFILE != "dengbao":
            return
        kinds = [r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]"]
        if sum(bool(re.search(kind, password)) for kind in kinds) < 3:
            raise ValidationError("密码须含大写字母、小写字母、数字、其他符号中的三种。")

    def get_help_text(self) -> str:
        if settings.PASSWORD_PROFILE != "dengbao":
            return ""
        return "含大写字母、小写字母、数字、其他符号中的三种。"


class SimilarityValidator:
    """Not the login name or the person's name."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.casefold()
        for value in (getattr(user, "username", ""), getattr(user, "name", "")):
            text = str(value or "").casefold()
            if len(text) >= 3 and (
                text in lowered or SequenceMatcher(a=lowered, b=text).quick_ratio() >= 0.8
            ):
                raise ValidationError("密码与登录名或姓名太相似。")

    def get_help_text(self) -> str:
        return "不要用登录名或姓名。"


class ContextWordValidator:
    """Not made of words everybody here would try first."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.casefold()
        for word in CONTEXT_WORDS:
            if word in lowered and len(lowered) - len(word) < 6:
                raise ValidationError(f"密码中的“{word}”太容易猜到，请换一个。")

    def get_help_text(self) -> str:
        return ""


def quick_hash(secret: str) -> str:
    """A one-time secret as it is stored, in a fiftieth of the time of a password.

    A secret of this module has 49 random bits and lives some days: 20,000 rounds are enough, and a
    committee's slips are printed in a second. It is replaced by a full hash when it is used.
    """
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(secret, hasher.salt(), iterations=20_000)
    return make_password(secret)


def one_time_secret() -> str:
    """A random secret that can be read out and typed: `Kmwt-4729-Hbxr`, 14 characters.

    Satisfies both password profiles.
    """

    def letters() -> str:
        return secrets.choice(_CAPITALS) + "".join(secrets.choice(_SMALL) for _ in range(3))

    digits = "".join(secrets.choice(_DIGITS) for _ in range(4))
    return f"{letters()}-{digits}-{letters()}"
