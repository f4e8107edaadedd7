"""Sessions that have run out are removed; those in use are not."""

import datetime as dt

from core import clock
from orgs.jobs import clear_sessions
from orgs.models import PortalSession
from tests.world import Zone


def test_clear_sessions_removes_only_what_has_run_out(zone: Zone) -> None:
    zone.client("huzhuang1")
    old = zone.client("huzhuang2").session.session_key
    PortalSession.objects.filter(pk=old).update(expire_date=clock.now() - dt.timedelta(days=1))
    for _ in range(2):
        clear_sessions(clock.now())
        assert PortalSession.objects.count() == 1
    assert not PortalSession.objects.filter(pk=old).exists()
