"""POSTs that act once for each Idempotency-Key of a person."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .. import clock
from ..models import StoredAnswer
from ..problems import Refused
from .views import PortalView


def once(
    method: Callable[..., Response],
) -> Callable[..., Response]:
    """Makes a POST act once for each Idempotency-Key of a person.

    The key's row, the act and the answer commit together: a second request with the key waits
    for the first and gets its answer; an act that was refused leaves nothing behind.
    """

    @wraps(method)
    def run(self: PortalView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(self, request, *args, **kwargs)
        if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
            raise Refused(400, "Idempotency-Key 应为 1 至 200 个 ASCII 字符。", code="bad_key")
        digest = _digest(self, request)
        user_id = self.actor.user_id or 0
        now = clock.now()
        with transaction.atomic():
            mine = StoredAnswer.objects.filter(user_id=user_id)
            mine.outlived(now).delete()
            try:
                with transaction.atomic():
                    row = StoredAnswer.objects.create(
                        user_id=user_id, key=key, digest=digest, created_at=now
                    )
            except IntegrityError:
                return _again(mine.filter(key=key).first(), digest)
            response = method(self, request, *args, **kwargs)
            headers = {
                name: response[name] for name in ("ETag", "Location") if response.has_header(name)
            }
            row.status, row.headers = response.status_code, headers
            row.answer = json.loads(JSONRenderer().render(response.data) or b"{}")
            row.save(update_fields=["status", "answer", "headers"])
        return response

    return run


def _again(row: StoredAnswer | None, digest: str) -> Response:
    if row is None:
        raise Refused(
            409, "同一个 Idempotency-Key 的请求正在办理，请稍后再试。", code="in_progress"
        )
    if row.digest != digest:
        raise Refused(422, "这个 Idempotency-Key 已用于另一个请求。", code="key_reused")
    return Response(
        None if row.status == 204 else row.answer,
        status=row.status,
        headers={**row.headers, "Idempotent-Replayed": "true"},
    )


def _digest(view: PortalView, request: Request) -> str:
    told = hashlib.sha256()
    told.update(f"{request.method} {request.path} {view.actor.grant_id}\n".encode())
    for name, value in sorted(request.data.items() if hasattr(request.data, "items") else []):
        told.update(f"{name}\n".encode())
        if hasattr(value, "chunks"):
            for chunk in value.chunks():
                told.update(chunk)
            value.seek(0)
        else:
            told.update(json.dumps(value, sort_keys=True).encode())
    return told.hexdigest()
