"""What is known of the start of the installation."""

from core.models import Effect, StartMark

MAIL = "mail"  # key of the mark of the last mail that was tried
MAIL_TEST = "orgs.mail_test"  # kind of the effect that sends it
_State = Effect.State


def mail_is_under_way() -> bool:
    """Whether a mail that somebody tries has not been answered yet. One query."""
    running = [_State.PENDING, _State.LEASED, _State.SENDING]
    return Effect.objects.filter(kind=MAIL_TEST, state__in=running).exists()


def last_mail() -> StartMark | None:
    """How the last mail ended that was tried. One query."""
    return StartMark.objects.filter(key=MAIL).first()
