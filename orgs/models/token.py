import datetime as dt
import hashlib

from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move


def digest(secret: str) -> str:
    """What is stored of a secret. It is 256 random bits: a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def visible_to(self, actor: Actor | None) -> "AccessTokenQuerySet":
        """The person's own."""
        return self.filter(user_id=actor.user_id or 0) if actor else self.none()

    def live(self, now: dt.datetime) -> "AccessTokenQuerySet":
        """Neither revoked nor run out, of people who can sign in."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, user__is_active=True
        )


class AccessToken(models.Model):
    """A key by which a program acts for a person in one of his grants, or reads his calendar.

    Only its hash is kept: what was shown once cannot be read again.
    """

    PRIVACY = {
        "name": Personal("to recognise a token, for its owner and who revokes it"),
    }

    class Scope(models.TextChoices):
        READ = "read", "只读"
        WRITE = "write", "读写"
        CALENDAR = "calendar", "日历订阅"

    user = models.ForeignKey("orgs.User", on_delete=models.CASCADE, related_name="tokens")
    grant = models.ForeignKey(
        "orgs.RoleGrant", null=True, on_delete=models.CASCADE, related_name="tokens"
    )  # null for a calendar, which shows the duties of all grants
    name = models.CharField("用途", max_length=60)
    scope = models.CharField("范围", max_length=10, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=12, editable=False)
    created_at = models.DateTimeField("建立于")
    expires_at = models.DateTimeField("有效至", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("撤销于", null=True)

    objects = AccessTokenQuerySet.as_manager()
    machine = Machine(
        state="revoked_at",
        moves={"revoke": Move("撤销", from_=[None], to=GIVEN, refusal="这个令牌已经撤销。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "访问令牌"
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="calendar") | Q(grant__isnull=False, expires_at__isnull=False),
                name="token_has_grant_and_end",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(scope="calendar", revoked_at=None),
                name="calendar_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name
