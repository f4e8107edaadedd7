"""Serves the pages behind nginx: one web node."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from core.management import preflight


class Command(BaseCommand):
    help = "Serves the pages on HOST and PORT, behind nginx. Becomes the web server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--workers", default="2", help="processes")

    def handle(self, *, host: str, port: str, workers: str, **options: Any) -> None:
        number = preflight.port_of(port)
        preflight.look(host, number)
        connections.close_all()
        command = [
            *(sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi"),
            *("--host", host, "--port", str(number), "--http", "1", "--no-ws"),
            *("--workers", workers, "--blocking-threads", "4"),
            *("--workers-kill-timeout", "12", "--log-level", "warning"),
            *("--working-dir", str(settings.BASE_DIR)),
        ]
        os.execv(command[0], command)  # noqa: S606  # takes this process's place, as systemd knows it
