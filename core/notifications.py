"""The portal's inbox, and mail for those who have an address."""

import contextlib
import hashlib
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection

from . import clock, effects
from .actor import Actor
from .models import Effect, Notification

State = Effect.State


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `key` is unique: told again with the same key, nothing happens."""

    user_id: int
    key: str
    title: str
    body: str = ""
    url: str = ""
    by_mail: bool = True
    about: str = ""  # what it is about, such as `duty:17`: finds its messages again


def known_keys(keys: Iterable[str]) -> set[str]:
    """Those of `keys` that have been told already. One query."""
    return set(Notification.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def tell(messages: Iterable[Message]) -> int:
    """Puts messages into inboxes, and by mail where wanted, in the running transaction.

    Returns how many were new. Four queries however many messages.
    """
    wanted = {message.key: message for message in messages}
    known = known_keys(wanted)
    fresh = [message for key, message in wanted.items() if key not in known]
    if not fresh:
        return 0
    now = clock.now()
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=message.user_id,
                key=message.key,
                title=message.title[:200],
                body=message.body,
                url=message.url,
                about=message.about,
                created_at=now,
            )
            for message in fresh
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    reachable = set(
        get_user_model()
        .objects.filter(pk__in={message.user_id for message in fresh}, is_active=True)
        .exclude(email="")
        .values_list("pk", flat=True)
    )
    effects.enqueue_many(
        effects.Order(f"mail:{message.key}", "core.mail", {"notification": message.key})
        for message in fresh
        if message.by_mail and message.user_id in reachable
    )
    return len(fresh)


def settle(keys: Iterable[str]) -> int:
    """What these messages asked for is asked no more, in the running transaction: they are unread no
    longer, and mails that are not on their way are not sent. Returns how many were unread. Two
    queries."""
    wanted = list(keys)
    Effect.objects.filter(key__in=[f"mail:{key}" for key in wanted], state=State.PENDING).delete()
    unread = Notification.objects.unread().filter(key__in=wanted)
    return unread.update(read_at=clock.now())


@effects.handler("core.mail", label="发送邮件", style="external", lease_seconds=60, max_attempts=12)
def send_mail(effect: Effect) -> None:
    """Sends one message of the inbox by mail. The Message-ID follows from the key."""
    message = Notification.objects.select_related("user").get(key=effect.payload["notification"])
    if not message.user.is_active or not message.user.email:
        return
    digest = hashlib.sha256(effect.key.encode()).hexdigest()[:32]
    link = f"\n\n{settings.PORTAL_URL}{message.url}" if message.url else ""
    mail = EmailMessage(
        subject=message.title,
        body=f"{message.body}{link}",
        to=[message.user.email],
        headers={"Message-ID": f"<{digest}@party-portal>"},
    )
    mail.connection = get_connection()
    mail.connection.open()  # what fails here was certainly not sent, and is tried again
    try:
        mail.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        raise  # the server said no: tried again, then stopped with its words
    except OSError as error:
        # Cut off on the way: the server may have taken the mail before the line went dead.
        raise effects.Uncertain("与邮件服务器的连接中断，不知道是否已发出") from error
    finally:
        with contextlib.suppress(OSError):  # parting badly undoes nothing
            mail.connection.close()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and how far it came. `mail` is empty for a message of the inbox alone."""

    message: Notification
    mail: str  # "", pending, sent, unknown, failed, given_up
    label: str
    tone: str


_MAIL: dict[str, tuple[str, str, str]] = {
    "": ("", "只在消息里", "mute"),
    State.PENDING: ("pending", "邮件待发", "info"),
    State.LEASED: ("pending", "邮件待发", "info"),
    State.SENDING: ("pending", "邮件待发", "info"),
    State.DONE: ("sent", "邮件已发", "ok"),
    State.UNKNOWN: ("unknown", "邮件结果不明", "warn"),
    State.DEAD: ("failed", "邮件发送失败", "bad"),
    State.SKIPPED: ("given_up", "邮件已放弃", "bad"),
}


def deliveries(about: Iterable[str]) -> list[Delivery]:
    """How far the messages about these things came, newest first, with their person. Two queries."""
    found = list(
        Notification.objects.filter(about__in=set(about) - {""})
        .select_related("user")
        .order_by("-created_at", "-pk")
    )
    states = dict(
        Effect.objects.filter(key__in=[f"mail:{message.key}" for message in found]).values_list(
            "key", "state"
        )
    )
    return [Delivery(message, *_MAIL[states.get(f"mail:{message.key}", "")]) for message in found]


def mark_read(*, by: Actor, notification_id: int | None = None) -> int:
    """Marks one message of the person (or all of them) as read; returns how many were unread.

    Not audited: reading one's own inbox changes nothing for anybody else.
    """
    mine = Notification.objects.filter(user_id=by.user_id or 0).unread()
    if notification_id is not None:
        mine = mine.filter(pk=notification_id)
    return mine.update(read_at=clock.now())
