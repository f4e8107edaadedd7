import uuid

from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "InvitationQuerySet":
        """Those to organisations for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def open(self) -> "InvitationQuerySet":
        """Those that wait for the part of the organisation."""
        return self.filter(answered_at=None)


class Invitation(models.Model):
    """Another organisation took part (联合开展), and calls its own roll: who of it was there is for
    itself to say. Until it has, it is no unit of the record and nothing counts for it."""

    PRIVACY = {"invited_by_name": Personal("to know who said that they took part")}

    record_uid = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="life_invitations"
    )
    invited_at = models.DateTimeField("请于")
    invited_by_name = models.CharField("登记人", max_length=100)
    # Its part was written, or it was said that it took no part.
    answered_at = models.DateTimeField("答复于", null=True)

    objects = InvitationQuerySet.as_manager()
    machine = Machine(
        state="answered_at",
        moves={"answer": Move("点名", from_=[None], to=GIVEN, refusal="你们单位刚刚已经点过名。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "待点名的参加单位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["record_uid", "organization"], name="invited_once"),
        ]
        indexes = [
            models.Index(
                fields=["organization"], name="invitation_open", condition=Q(answered_at=None)
            )
        ]

    def __str__(self) -> str:
        return str(self.organization)
