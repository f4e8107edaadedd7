"""What the clock does for orgs."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import alarms, dormancy, housekeeping, starting


@scheduler.daily("orgs.clear_sessions", label="清理过期会话", hour=3, minute=20)
def clear_sessions(planned_for: dt.datetime) -> None:
    """Removes the rows of sessions that have run out."""
    housekeeping.clear_sessions(by=system())


@scheduler.daily("orgs.clear_answers", label="清理旧答复", hour=3, minute=25)
def clear_answers(planned_for: dt.datetime) -> None:
    """Removes answers of the API that are no longer given again."""
    housekeeping.clear_answers(by=system())


@scheduler.daily("orgs.shut_dormant_accounts", label="停用长期不用的账号", hour=3, minute=30)
def shut_dormant_accounts(planned_for: dt.datetime) -> None:
    """Shuts accounts that nobody has used for ACCOUNT_DORMANT_DAYS."""
    dormancy.shut_dormant(by=system())


@scheduler.every("orgs.note_complete_start", label="查看启用进度", minutes=10)
def note_complete_start(planned_for: dt.datetime) -> None:
    """Notes that all steps of starting the portal are done."""
    starting.note_complete(by=system())


@scheduler.every("orgs.raise_alarms", label="查看异常并告警", minutes=5)
def raise_alarms(planned_for: dt.datetime) -> None:
    """Tells the security administrators of what is conspicuous."""
    alarms.raise_alarms(by=system())


@scheduler.daily("orgs.check_chain", label="核验审计链", hour=2, minute=40)
def check_chain(planned_for: dt.datetime) -> None:
    """Recomputes the audit chain; tells who must know when it does not hold."""
    alarms.check_chain(by=system())
