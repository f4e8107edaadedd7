"""An act on a row, as the API offers it."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from .idempotency import once
from .revisions import IF_MATCH
from .strict import StrictSerializer

Method = Callable[..., Response]


def act_on_revision(
    summary: str, description: str, body: type[StrictSerializer], *, answer: Any
) -> Callable[[Method], Method]:
    """For a POST that reads If-Match and `body`, acts once for each Idempotency-Key, and answers
    with the row as it is then, in the shape `answer`."""
    document = extend_schema(
        summary=summary,
        description=description,
        parameters=[IF_MATCH],
        request=body,
        responses={200: answer},
    )

    def decorate(method: Method) -> Method:
        acting: Method = document(once(method))
        return acting

    return decorate
