"""Values given by name, each taken once: what nobody took is not passed over in silence."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from .numbers import count, number
from .refusals import Refused

NEEDED = object()


class Given:
    """The keys of a rule's parameters, of facts or of a case. `where` begins what refusals name."""

    def __init__(self, values: Any, where: str) -> None:
        if not isinstance(values, Mapping):
            raise Refused("form", "应是按名称给出的一组值", where)
        self._values = values
        self._left = dict.fromkeys(values)
        self.where = where

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def at(self, key: str) -> str:
        """How a refusal names the place."""
        return f"{self.where}.{key}" if self.where else key

    def take(self, key: str, default: Any = NEEDED) -> Any:
        """The value as it stands. Raises Refused (`missing_key`) without it and without a default."""
        self._left.pop(key, None)
        if key in self._values:
            return self._values[key]
        if default is NEEDED:
            raise Refused("missing_key", f"缺少“{key}”", self.where)
        return default

    def number(self, key: str, default: Any = NEEDED) -> Fraction:
        """A number; raises Refused."""
        return number(self.take(key, default), self.at(key))

    def number_or_none(self, key: str, default: Any = NEEDED) -> Fraction | None:
        """A number, or null for none; raises Refused."""
        value = self.take(key, default)
        return None if value is None else number(value, self.at(key))

    def not_negative(self, key: str, default: Any = NEEDED) -> Fraction:
        """A number from 0 on; raises Refused."""
        found = self.number(key, default)
        if found < 0:
            raise Refused("number", "不能小于 0", self.at(key))
        return found

    def count(self, key: str, default: Any = NEEDED) -> int:
        """A whole number from 0 on; raises Refused."""
        return count(self.take(key, default), self.at(key))

    def truth(self, key: str, default: Any = NEEDED) -> bool:
        """Yes or no; raises Refused."""
        value = self.take(key, default)
        if not isinstance(value, bool):
            raise Refused("form", "应是 true 或 false", self.at(key))
        return value

    def words(self, key: str, default: Any = NEEDED) -> str:
        """A text; raises Refused."""
        value = self.take(key, default)
        if not isinstance(value, str):
            raise Refused("form", "应是文字", self.at(key))
        return value

    def one_of(self, key: str, known: Sequence[str], default: Any = NEEDED) -> str:
        """One of the known words; raises Refused."""
        value = self.words(key, default)
        if value not in known:
            raise Refused("form", f"“{value[:40]}”不在 {'、'.join(known)} 之中", self.at(key))
        return value

    def rows(self, key: str, default: Any = NEEDED) -> list[Any]:
        """A list; raises Refused."""
        value = self.take(key, default)
        if not isinstance(value, list | tuple):
            raise Refused("form", "应是一列值", self.at(key))
        return list(value)

    def named(self, key: str, default: Any = NEEDED) -> dict[str, Fraction]:
        """Numbers by name, in their order; raises Refused."""
        value = self.take(key, default)
        if not isinstance(value, Mapping):
            raise Refused("form", "应是按名称给出的数", self.at(key))
        return {str(name): number(one, f"{self.at(key)}.{name}") for name, one in value.items()}

    def left(self) -> Iterator[str]:
        """The keys that nobody has taken."""
        return iter(self._left)

    def done(self) -> None:
        """Raises Refused (`unknown_key`) for a key that nobody has taken."""
        for key in self._left:
            raise Refused("unknown_key", f"不认识“{key}”", self.where)
