"""Encryption at rest of personal fields, and a keyed index to look them up by exact value.

Sealed text is `1.<key id>.<base64 of nonce + ciphertext>` (AES-256-GCM). The associated data
binds it to model, field and row, so that a value copied to another row does not open.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "1"


class Unreadable(Exception):
    """The sealed text was altered, belongs to another row, or its key is gone."""


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


@lru_cache(maxsize=256)
def _cipher(key_id: str, column: str) -> AESGCM:
    return AESGCM(_derive(settings.FIELD_KEYS[key_id], f"seal:{column}"))


@lru_cache(maxsize=64)
def _index_key(column: str) -> bytes:
    return _derive(settings.INDEX_KEY, f"index:{column}")


def seal(text: str, *, column: str, row: object) -> str:
    """`text` encrypted for `column` (app.model.field) of the row with the uuid `row`.

    An empty text stays empty.
    """
    if not text:
        return ""
    key_id = list(settings.FIELD_KEYS)[-1]
    nonce = os.urandom(12)
    sealed = _cipher(key_id, column).encrypt(nonce, text.encode(), f"{column}:{row}".encode())
    return f"{VERSION}.{key_id}.{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, column: str, row: object) -> str:
    """The text that was sealed. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        version, key_id, encoded = sealed.split(".", 2)
        raw = base64.b64decode(encoded)
        if version != VERSION:
            raise Unreadable(version)
        cipher = _cipher(key_id, column)
        return cipher.decrypt(raw[:12], raw[12:], f"{column}:{row}".encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise Unreadable(column) from error


def seal_bytes(content: bytes, *, purpose: str, row: object) -> bytes:
    """A whole file encrypted for `purpose` (such as `core.import`) of the row with that uuid."""
    key_id = list(settings.FIELD_KEYS)[-1]
    nonce = os.urandom(12)
    sealed = _cipher(key_id, purpose).encrypt(nonce, content, f"{purpose}:{row}".encode())
    return f"{VERSION}.{key_id}.".encode() + nonce + sealed


def unseal_bytes(sealed: bytes, *, purpose: str, row: object) -> bytes:
    """The content that was sealed. Raises Unreadable."""
    try:
        version, key_id, raw = sealed.split(b".", 2)
        if version.decode() != VERSION:
            raise Unreadable(purpose)
        cipher = _cipher(key_id.decode(), purpose)
        return cipher.decrypt(raw[:12], raw[12:], f"{purpose}:{row}".encode())
    except (ValueError, KeyError, InvalidTag) as error:
        raise Unreadable(purpose) from error


def blind_index(text: str, *, column: str) -> str:
    """A keyed hash of the normalised `text`: equal texts, equal index; nothing else to learn.

    Empty text gives an empty index.
    """
    if not text:
        return ""
    return hmac.new(_index_key(column), text.encode(), hashlib.sha256).hexdigest()
