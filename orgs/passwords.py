"""Password rules. `dengbao` follows GB/T 22239 (complexity, renewal), `asvs` OWASP ASVS 5.0."""

import re
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.core.exceptions import ValidationError

from . import guesses

MINIMUM = 8
MINIMUM_ADMIN = 12

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


class GuessValidator:
    """Not what somebody who knows the person and the place tries first (orgs/guesses.py)."""

    def validate(self, password: str, user: Any = None) -> None:
        found = guesses.weakness(password, guesses.around(user))
        if found:
            raise ValidationError(
                f"这个密码容易被猜到：去掉年份、连号和符号以后，只剩下{found}。"
                "请用三四个互不相关的词连起来，中间放上不相干的数字，例如想想窗外和桌上看得见的东西。"
            )

    def get_help_text(self) -> str:
        return "不要用姓名、单位、地名、常用词加年份、连号数字，最好是三四个互不相关的词。"


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
