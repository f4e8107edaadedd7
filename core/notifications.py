"""The portal's inbox, and mail for those who have an address."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage

from . import clock, effects
from .actor import Actor
from .models import Effect, Notification


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `key` is unique: told again with the same key, nothing happens."""

    user_id: int
    key: str
    title: str
    body: str = ""
    url: str = ""
    by_mail: bool = True


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


@effects.handler("core.mail", style="external", lease_seconds=60, max_attempts=4)
def send_mail(effect: Effect) -> None:
    """Sends one message of the inbox by mail. The Message-ID follows from the key."""
    message = Notification.objects.select_related("user").get(key=effect.payload["notification"])
    if not message.user.is_active or not message.user.email:
        return
    digest = hashlib.sha256(effect.key.encode()).hexdigest()[:32]
    link = f"\n\n{settings.PORTAL_URL}{message.url}" if message.url else ""
    EmailMessage(
        subject=message.title,
        body=f"{message.body}{link}",
        to=[message.user.email],
        headers={"Message-ID": f"<{digest}@party-portal>"},
    ).send()


def mark_read(*, by: Actor, notification_id: int | None = None) -> int:
    """Marks one message of the person (or all of them) as read; returns how many were unread.

    Not audited: reading one's own inbox changes nothing for anybody else.
    """
    mine = Notification.objects.filter(user_id=by.user_id or 0).unread()
    if notification_id is not None:
        mine = mine.filter(pk=notification_id)
    return mine.update(read_at=clock.now())
