"""What is cleared away at night."""

from core import clock
from core.actions import action
from core.actor import Actor
from core.models import StoredAnswer

from ..sessions import SessionStore


@action
def clear_sessions(*, by: Actor) -> None:
    """Removes the rows of sessions that have run out."""
    SessionStore.clear_expired()


@action
def clear_answers(*, by: Actor) -> None:
    """Removes answers of the API that are no longer given again."""
    StoredAnswer.objects.outlived(clock.now()).delete()
