"""Input that every reader understands the same: JSON, fields, parameters. Nothing is left out
silently."""

import json
import math
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

from .. import kept
from ..problems import Refused
from ..text import is_storable, readable

MAX_BODY = 1_000_000  # bytes of JSON
MAX_DEPTH = 20
MAX_KEYS = 2_000
BIG = 2**63 - 1


class StrictJSONParser(JSONParser):
    """JSON of which every reader would understand the same, and that every database can hold."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value. Raises ParseError for anything ambiguous, Refused (413) for too much."""
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise Refused(413, f"JSON 不得超过 {MAX_BODY // 1000} KB。", code="too_large")
        try:
            value = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_once_each,
                parse_constant=_no_constant,
                parse_int=_integer,
                parse_float=_number,
            )
        except RecursionError as error:
            raise ParseError("JSON 嵌套过深。") from error
        except ValueError as error:
            raise ParseError(f"不是规范的 JSON：{error}") from error
        return _walk(value)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate keys")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > BIG:
        raise ValueError("integer out of range")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > BIG:
        raise ValueError("number out of range")
    return value


def _walk(value: Any, depth: int = 0, *, is_secret: bool = False) -> Any:
    """The value with readable texts; secrets and the names of fields stay as they are."""
    if depth > MAX_DEPTH:
        raise ParseError("JSON 嵌套过深。")
    if isinstance(value, str):
        if not is_storable(value):
            raise ParseError("文字中含有无法处理的字符。")
        return value if is_secret else readable(value)
    if isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise ParseError("JSON 的键过多。")
        for key in value:
            _walk(key, depth)
        return {
            key: _walk(inner, depth + 1, is_secret=key in kept.SECRETS)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_walk(inner, depth + 1) for inner in value]
    return value


class StrictSerializer(serializers.Serializer[Any]):
    """Input of which every field must be known. Nothing is silently left out."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError naming the fields that nobody asked for."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(key) for key in data if key not in known]
            if unknown:
                raise ValidationError(
                    {key[:100]: ["没有这个字段，或不能填写。"] for key in unknown[:20]}
                )
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """Text that is JSON text: a number or true is none."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError for anything but text."""
        if not isinstance(data, str) or not is_storable(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class PageQuery(StrictSerializer):
    """What every list takes in its address."""

    page = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200)


class NothingQuery(StrictSerializer):
    """For addresses that take no parameters."""


@extend_schema_serializer(component_name="Empty")
class NothingBody(StrictSerializer):
    """For acts that need no more than their address."""
