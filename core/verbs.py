"""What the verbs of the audit trail, and the fields they changed, are called: a registry that the
apps fill. A verb belongs to the app whose label it begins with."""

from collections.abc import Mapping

_verbs: dict[str, str] = {}
_fields: dict[str, dict[str, str]] = {}


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


def field_label(verb: str, name: str) -> str:
    """What a field that `verb` changed is called: by the verb's own app, else by any other, else
    as it stands."""
    own = _fields.get(verb.partition(".")[0], {})
    if name in own:
        return own[name]
    return next((words[name] for words in _fields.values() if name in words), name)


def choices() -> list[tuple[str, str]]:
    """All named verbs for a select box."""
    return list(_verbs.items())
