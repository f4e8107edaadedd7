"""What is looked at before the portal starts. Whatever only a person can put right ends the start
with one sentence and a status of its own, after which no unit tries again."""

import socket

from django.core.management.base import CommandError

from core.deployment import DEMO_IN_PRODUCTION, NOT_TO_BE_TRIED_AGAIN, is_demo_in_production


def look(host: str, port: int) -> None:
    """Raises CommandError when the port is taken, or the demo zone is in a production database."""
    _refuse_demo_zone()
    _refuse_taken_port(host, port)


def _refuse_demo_zone() -> None:
    if is_demo_in_production():
        raise CommandError(DEMO_IN_PRODUCTION, returncode=NOT_TO_BE_TRIED_AGAIN)


def port_of(raw: str) -> int:
    """The number of a port. Raises CommandError."""
    if raw.isascii() and raw.isdigit() and len(raw) < 6 and 0 < int(raw) < 65536:
        return int(raw)
    raise CommandError(
        f"PORT is {raw!r}, which cannot be used: write a number, 1 to 65535.",
        returncode=NOT_TO_BE_TRIED_AGAIN,
    )


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"The portal cannot use port {port} on {host} ({error.strerror}). "
                f"Stop the program that uses it, or choose another port: PORT={port + 1} make run",
                returncode=NOT_TO_BE_TRIED_AGAIN,
            ) from error
