"""What the verbs of the audit trail, and the fields they changed, are called: a registry that the
apps fill. A verb belongs to the app whose label it begins with."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

_verbs: dict[str, str] = {}
_fields: dict[str, dict[str, str]] = {}
_values: dict[tuple[str, str], str] = {}


def register(owner: str, verbs: Mapping[str, str], fields: Mapping[str, str] | None = None) -> None:
    """Names the verbs of the app labelled `owner`, and the fields that its acts change.

    Raises ValueError for a verb of somebody else.
    """
    strange = [verb for verb in verbs if verb.partition(".")[0] != owner]
    if strange:
        raise ValueError(f"{owner} cannot name {strange[0]}")
    _verbs.update(verbs)
    _fields.setdefault(owner, {}).update(fields or {})


def registered() -> Mapping[str, str]:
    """All named verbs, in the order of the apps."""
    return _verbs


def label(verb: str) -> str:
    """The verb in Chinese; as it stands when nobody named it."""
    return _verbs.get(verb, verb)


def field_label(verb: str, name: str, object_type: str = "") -> str:
    """What a field that `verb` changed is called: by the verb's own app, else by the model of what
    it was done to, else by any other app, else as it stands."""
    own = _fields.get(verb.partition(".")[0], {})
    if name in own:
        return own[name]
    field = _field(object_type, name)
    if field is not None and not str(field.verbose_name).isascii():
        return str(field.verbose_name)
    return next((words[name] for words in _fields.values() if name in words), name)


def value_label(name: str, value: Any, object_type: str = "") -> Any:
    """What a value in the trail is called: the word of a choice, yes and no, the name of an app for
    its code; else the value."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, str):
        return value
    field = _field(object_type, name)
    named: dict[Any, Any] = dict(getattr(field, "flatchoices", None) or ())
    if value in named:
        return str(named[value])
    return _values.get((name, value), value)


def register_values(name: str, words: Mapping[str, str]) -> None:
    """Names codes that stand in the trail under a field of that name, whatever it is a field of."""
    _values.update({(name, code): word for code, word in words.items()})


def _field(object_type: str, name: str) -> Any:
    """The field of the model that the trail calls `object_type`; None for anything else."""
    try:
        options = apps.get_model(object_type)._meta
    except (LookupError, ValueError):
        return None
    for known in (name, name.removesuffix("_id")):
        with suppress(FieldDoesNotExist):
            return options.get_field(known)
    return None


def choices() -> list[tuple[str, str]]:
    """All named verbs for a select box."""
    return list(_verbs.items())
