"""Database sessions with columns for whose they are, from where, and when last seen."""

import datetime as dt
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from core import clock
from core.prepared import Given, Prepared


class SessionStore(DatabaseStore):
    row: Any = None
    """The row this session was read from; None before it is read and for a new session."""

    def _get_session_from_db(self) -> Any:
        found = _alive(key=self.session_key, now=timezone.now())
        self.row = found[0] if found else None
        if self.row is None:
            self._session_key = None  # a key of somebody else's making is not taken over
        return self.row

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import PortalSession

        return PortalSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        now = clock.now()
        # Whichever way somebody signs in, his session's life is counted from then.
        started = data.setdefault("started", now.isoformat())
        row: Any = super().create_model_instance(data)
        user_id = data.get("_auth_user_id")
        row.user_id = int(user_id) if user_id else None
        row.ip = str(data.get("ip", ""))[:45]
        row.agent = str(data.get("agent", ""))[:200]
        row.seen_at = now
        row.created_at = dt.datetime.fromisoformat(started)
        return row


_alive = Prepared(
    lambda: SessionStore.get_model_class().objects.filter(
        session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField())
    )
)
