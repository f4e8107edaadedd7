import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core import crypto
from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import TalkOccasion, TalkPair
from .versions import VersionedQuerySet

SEALED = ("talk_occasion", "talk_content", "talk_advice")


def column(item: str) -> str:
    """The name that a sealed item of a talk is bound to."""
    return f"life.talk.{item}"


class TalkQuerySet(VersionedQuerySet["Talk"]):
    written = "recorded_at"
    ended = "withdrawn_at"

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "TalkQuerySet":
        """Talks in the life of organisations for which the actor holds `permission`: that they took
        place. Who may read what was said is asked of each (`access.may_read`)."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class Talk(models.Model):
    """谈心谈话: two people talked, on one day, in the life of one organisation.

    What is counted (organisation, day, the two) is never changed: what is wrong is withdrawn and
    entered anew. What was said is sealed, bound to the row, and may be written anew.
    """

    PRIVACY = {
        "talker_name": Personal("to know who talked, where he is no member here"),
        "partner_name": Personal("to know who was talked with, where he is no member here"),
        "talk_occasion_sealed": Personal("for the two and the secretary alone", "highest"),
        "talk_content_sealed": Personal("for the two and the secretary alone", "highest"),
        "talk_advice_sealed": Personal("for the two and the secretary alone", "highest"),
        "place": Personal("to know where they talked; may be somebody's home"),
        "written_by_name": Personal("to know who wrote it down"),
    }

    # Made by who writes: sent again after a broken line, it is the same talk.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="talks",
        verbose_name="登记单位",
    )
    held_on = models.DateField("谈话时间")
    place = models.CharField("地点", max_length=100, blank=True)
    pair = models.CharField("类别", max_length=10, choices=TalkPair)
    # A member on the roll of the day; else a name out of the offices, here or directly above, with
    # the account of that office where there is one.
    talker = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="talks_led"
    )
    talker_name = models.CharField("谈话人", max_length=50, blank=True)
    talker_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    partner = models.ForeignKey(
        "members.Member", null=True, on_delete=models.PROTECT, related_name="talks_had"
    )
    partner_name = models.CharField("谈话对象", max_length=50, blank=True)
    partner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_on_paper = models.BooleanField("内容以纸质记录为准", default=False)
    talk_occasion_sealed = models.CharField(max_length=200, blank=True, editable=False)
    talk_content_sealed = models.TextField(blank=True, editable=False)
    talk_advice_sealed = models.TextField(blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)  # of what is sealed
    recorded_at = models.DateTimeField("登记于")
    written_at = models.DateTimeField("内容写于", null=True)
    written_by_id = models.BigIntegerField(null=True)
    written_by_name = models.CharField("登记人", max_length=100)
    withdrawn_at = models.DateTimeField("撤回于", null=True)

    objects = TalkQuerySet.as_manager()
    machine = Machine(
        state="withdrawn_at",
        revision="revision",
        moves={
            "write": Move("填写内容", from_=[None], refusal="这次谈心谈话已经撤回，不能再写。"),
            "withdraw": Move(
                "撤回", from_=[None], to=GIVEN, refusal="这次谈心谈话已经撤回，不用再撤。"
            ),
        },
        stale="另一人刚刚改过谈话内容。请核对下面的最新内容后再保存，写的字都在。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "谈心谈话"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["organization", "held_on"], name="talk_of_organization"),
            models.Index(fields=["talker", "held_on"], name="talk_of_talker"),
            models.Index(fields=["partner", "held_on"], name="talk_of_partner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(talker=None) & ~Q(talker_name=""))
                | (Q(talker__isnull=False) & Q(talker_name="", talker_user=None)),
                name="talk_has_talker",
            ),
            models.CheckConstraint(
                condition=(Q(partner=None) & ~Q(partner_name=""))
                | (Q(partner__isnull=False) & Q(partner_name="", partner_user=None)),
                name="talk_has_partner",
            ),
            models.CheckConstraint(
                condition=Q(talker=None) | Q(partner=None) | ~Q(talker=F("partner")),
                name="talk_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"谈心谈话 {self.held_on:%Y-%m-%d}"  # nobody's name: it stands in the audit trail

    def get_absolute_url(self) -> str:
        return reverse("life:talk-detail", args=[self.uid])

    @property
    def talker_label(self) -> str:
        """Who talked. No query where `talker` is loaded."""
        return self.talker.name if self.talker is not None else self.talker_name

    @property
    def partner_label(self) -> str:
        """With whom. No query where `partner` is loaded."""
        return self.partner.name if self.partner is not None else self.partner_name

    def unsealed(self, item: str) -> str:
        """What is sealed under one of the names of `SEALED`. Whoever shows it has asked who reads
        it. Raises core.crypto.Unreadable."""
        sealed = getattr(self, f"{item}_sealed")
        return crypto.unseal(sealed, column=column(item), row=self.uid).rstrip("\0")

    @property
    def occasion(self) -> TalkOccasion | None:
        """Why they talked, if it was said."""
        value = self.unsealed("talk_occasion")
        return TalkOccasion(value) if value in TalkOccasion.values else None


class OwnMembership(models.Model):
    """本人党员身份: which member of the register the person of an account is.

    Proven by himself, with the whole identity number that the register holds of the member who
    bears his name; nobody else makes it, and names alone never do. `failures` are those of the day
    `failed_on`.
    """

    PRIVACY: dict[str, Personal] = {}

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="own_membership"
    )
    member = models.OneToOneField(
        "members.Member", null=True, on_delete=models.CASCADE, related_name="own_account"
    )
    proven_at = models.DateTimeField("确认于", null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "本人党员身份"
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None, proven_at=None)
                | Q(member__isnull=False, proven_at__isnull=False),
                name="own_membership_proven",
            )
        ]

    def __str__(self) -> str:
        return f"本人党员身份 {self.user_id}"
