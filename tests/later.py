"""The portal's pages as they will be in some days: `granian tests.later:application`, with
DAYS_LATER=60. A journey that goes on two months later opens it on the data that it began with."""

import datetime as dt
import os
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from config.wsgi import application as portal
from core import clock

LATER = dt.timedelta(days=int(os.environ["DAYS_LATER"]))


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers as the portal does, with its clock ahead."""
    with clock.at(timezone.now() + LATER):
        answer: Iterable[bytes] = portal(environ, start_response)
        return answer
