"""`manage.py make_keys`: the environment file of a new installation, with fresh keys.

Standard library only and no settings: without the keys that it makes there are none.
"""

import argparse
import base64
import os
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "deploy" / "portal.env.example"
LINE = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$")
# Read alike by systemd, by deploy/manage and by people.
_PLAIN = re.compile(r"[^\s'\"\\`$;#]*")


class Unusable(Exception):
    """What was asked for cannot be written; the text says why and what to do."""


def fresh_keys() -> dict[str, str]:
    """The four keys of one installation."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"1:{key()}",
        "INDEX_KEY": key(),
        "AUDIT_KEY": key(),
    }


def names_in(template: str) -> list[str]:
    """The variables that a template has a line for, on or off."""
    return [found[2] for line in template.splitlines() if (found := LINE.match(line))]


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with `values` on their lines.

    Raises Unusable for a variable that it has no line for and for a value that does not fit one.
    """
    unknown = sorted(set(values) - set(names_in(template)))
    if unknown:
        raise Unusable(f"There is no setting {unknown[0]}; {TEMPLATE.name} lists those there are.")
    lines = []
    for line in template.splitlines():
        found = LINE.match(line)
        if found and found[2] in values:
            line = f"{found[2]}={_quoted(found[2], values[found[2]])}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _quoted(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    if "'" in value or not value.isprintable():
        raise Unusable(
            f"The value of {name} holds a single quote, a line break or a control character, which "
            "this file cannot hold. Inside an address write it as %27; else choose another value."
        )
    return f"'{value}'"


def write_new(path: Path, text: str) -> None:
    """Writes a file that only its owner reads, at no moment anybody else. Raises Unusable when
    there is one: keys that are overwritten are lost, and with them what they encrypted."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unusable(
            f"{path} is there already and stays as it is: its keys open what is stored. "
            "For another installation give another --output."
        ) from None
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def main(arguments: Sequence[str]) -> int:
    """The command. 0 when the file was written."""
    parser = argparse.ArgumentParser(
        prog="manage.py make_keys",
        description="Writes the environment file of a new installation, with fresh keys, mode 0600, "
        f"from deploy/{TEMPLATE.name}. Never overwrites one.",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("/etc/portal/environment"), metavar="FILE"
    )
    parser.add_argument(
        "--host", required=True, help="the name that people type, such as portal.example.cn"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another setting; may be repeated",
    )
    options = parser.parse_args(list(arguments))
    try:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", options.host):
            raise Unusable(f"{options.host!r} is no host name: write it without https:// and port.")
        values = {
            **fresh_keys(),
            "ALLOWED_HOSTS": options.host,
            "PORTAL_URL": f"https://{options.host}",
            "REDIS_URL": f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:6379/0",
        }
        for pair in options.set:
            name, equals, value = pair.partition("=")
            if not equals:
                raise Unusable(f"--set {pair}: write NAME=VALUE.")
            values[name] = value
        write_new(options.output, filled(TEMPLATE.read_text(encoding="utf-8"), values))
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{options.output} is written, with new keys. Copy it now to a second safe place that is "
        "not where the backups go:\nwithout it no backup can be read.\n"
    )
    return 0
