import datetime as dt

from django.db import models
from django.db.models import F, Q

from core.actor import Actor
from core.privacy import Personal
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Category, MembershipState
from .member import Member

# What changes from a day on, and what is a fact of all days: a date put right was never otherwise.
STATE = (
    *("organization_id", "category", "state"),
    *("is_lost_contact", "is_mobile", "is_excused", "is_on_party_probation"),
)
FACTS = ("joined_on", "full_member_on")
COLUMNS = (*STATE, *FACTS)
COUNTED = frozenset(COLUMNS)


class MemberStandingQuerySet(models.QuerySet["MemberStanding"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.MEMBER_VIEW
    ) -> "MemberStandingQuerySet":
        """How those members stood for whom the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def in_force(self) -> "MemberStandingQuerySet":
        """As it is known now, of all days."""
        return self.filter(withdrawn_at=None)

    def on(self, day: dt.date, known_at: dt.datetime | None = None) -> "MemberStandingQuerySet":
        """How members stood on the day, by what is known now, or was at the moment `known_at`.
        At most one row for each member."""
        if known_at is None:
            known = self.in_force()
        else:
            known = self.filter(
                Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at), recorded_at__lte=known_at
            )
        return known.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class MemberStanding(models.Model):
    """How a member stood from one day to another: where he belonged and what is counted of him.

    Has the columns of `Member` under the same names, so that one condition fits both. A row is
    never changed: what becomes known later is written as new rows, and those it contradicts are
    withdrawn. So the roll can be read as of any day, and also as it was known at any moment.
    """

    PRIVACY = {
        "category": Personal("the register as of a past day"),
        "joined_on": Personal("the register as of a past day"),
        "full_member_on": Personal("the register as of a past day"),
        "state": Personal("the register as of a past day", "sensitive"),
        "valid_from": Personal("the register as of a past day"),
        "valid_to": Personal("the register as of a past day"),
    }

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="standings")
    organization = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        related_name="member_standings",
        db_index=False,  # the first column of an index below
    )
    category = models.CharField("人员类别", max_length=20, choices=Category)
    joined_on = models.DateField("入党时间", null=True)
    full_member_on = models.DateField("转正时间", null=True)
    state = models.CharField("党籍状态", max_length=10, choices=MembershipState)
    is_lost_contact = models.BooleanField("失联党员")
    is_mobile = models.BooleanField("流动党员")
    is_excused = models.BooleanField("免到")
    is_on_party_probation = models.BooleanField("留党察看")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True)  # the first day on which it no longer holds
    recorded_at = models.DateTimeField("记入于")
    withdrawn_at = models.DateTimeField("更正于", null=True)

    objects = MemberStandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "在册沿革"
        indexes = [
            models.Index(fields=["organization", "valid_from"], name="standing_place"),
            models.Index(fields=["recorded_at"], name="standing_recorded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to=None, withdrawn_at=None),
                name="standing_one_current",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="standing_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.valid_from}–{self.valid_to or ''}"
