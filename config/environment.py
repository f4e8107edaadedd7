"""Reads settings from the environment and says in a sentence what is wrong with one."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from .new_environment import fresh_keys

env = environ.Env()


def read(name: str, cast: Callable[[str], Any] | type, default: Any, hint: str) -> Any:
    """The setting `name` as `cast` makes it; `default` when it is unset or empty.

    Raises ImproperlyConfigured with a sentence that names the variable, what was found and
    what is wanted (`hint`).
    """
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        if cast is bool:
            lowered = raw.lower()
            if lowered in {"1", "true", "yes", "on"}:
                return True
            if lowered in {"0", "false", "no", "off"}:
                return False
            raise ValueError(raw)
        return cast(raw)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} is {raw!r}, which cannot be used: {hint}."
        ) from error


def required(name: str, hint: str) -> str:
    """The setting `name`, which production cannot do without."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        raise ImproperlyConfigured(
            f"The environment variable {name} is missing. Production needs it: {hint}."
        )
    return raw


def one_of(*choices: str) -> Callable[[str], str]:
    """A cast that accepts only the listed words."""

    def cast(raw: str) -> str:
        if raw not in choices:
            raise ValueError(raw)
        return raw

    return cast


def database(url: str) -> dict[str, Any]:
    """The Django database settings for `url` (sqlite:///path or postgres://user:pw@host/name)."""
    config: dict[str, Any]
    try:
        config = dict(env.db_url_config(url))
    except Exception as error:
        config = {}
        cause: Exception | None = error
    else:
        cause = None
    engine = config.get("ENGINE", "")
    if engine not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            "The environment variable DATABASE_URL cannot be used: "
            "write postgres://user:password@host:5432/name or sqlite:////absolute/path.sqlite3."
        ) from cause
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    if engine.endswith("sqlite3"):
        # WAL and IMMEDIATE: writers queue up instead of failing with "database is locked".
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
            ),
        }
    else:
        options = dict(config.get("OPTIONS") or {})
        options.setdefault("connect_timeout", 5)
        options.setdefault(
            "options", "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000"
        )
        config["OPTIONS"] = options
        # Server-side cursors break behind PgBouncer in transaction mode.
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
    return config


def caches(redis_url: str) -> dict[str, Any]:
    """The caches: one of this process, and with Redis one of all processes for counters."""
    found: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},  # two for each person or address
        }
    }
    if redis_url:
        found["counters"] = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": [redis_url],  # as a text it would be cut at a comma in the password
            "KEY_PREFIX": "portal",
            "OPTIONS": {
                "serializer": "core.throttles.Numbers",
                "socket_timeout": 1,
                "socket_connect_timeout": 1,
            },
        }
    return found


def field_keys(raw: str) -> dict[str, bytes]:
    """Parses FIELD_KEYS, `id:base64,id:base64`: the last one encrypts, all of them decrypt."""
    keys: dict[str, bytes] = {}
    for part in raw.split(","):
        key_id, _, encoded = part.strip().partition(":")
        key = base64.b64decode(encoded, validate=True)
        if not key_id or len(key) != 32:
            raise ValueError(raw)
        keys[key_id] = key
    if not keys:
        raise ValueError(raw)
    return keys


def key_bytes(raw: str) -> bytes:
    """A 32-byte key from its base64 text."""
    key = base64.b64decode(raw, validate=True)
    if len(key) != 32:
        raise ValueError(raw)
    return key


def local_keys(data_dir: Path) -> dict[str, str]:
    """Keys of a demo or test installation: made once, kept beside the data, readable by its owner."""
    path = data_dir / "keys.json"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(fresh_keys()))
        try:
            os.link(temporary, path)  # whoever comes first wins; the others read his file
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return dict(json.loads(path.read_text()))
