import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.actor import WHOLE, Thing
from core.privacy import Personal
from core.states import GIVEN, Machine, Move

from ..roles import WORK_ROLES
from .grant import RoleGrant
from .organization import Organization

ALWAYS = dt.date.max  # stands for no last day


class NamedRightQuerySet(models.QuerySet["NamedRight"]):
    def current(self) -> "NamedRightQuerySet":
        """Those in force today, of people who can sign in and are no administrators."""
        today = clock.today()
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=today),
            valid_from__lte=today,
            user__is_active=True,
            user__admin_kind="",
        )

    def not_over(self) -> "NamedRightQuerySet":
        """Those in force today or later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()))

    def giving(self) -> "NamedRightQuerySet":
        """Namings, of people to whom rights may be given by name."""
        barred = [key for key, role in WORK_ROLES.items() if not role.may_be_named]
        holders = RoleGrant.objects.current().filter(role__in=barred, deputy_for=None)
        return self.filter(is_recusal=False).exclude(user__in=holders.values("user"))

    def taking(self) -> "NamedRightQuerySet":
        """Recusals."""
        return self.filter(is_recusal=True)

    def at(self, organization: Organization, about: Thing = WHOLE) -> "NamedRightQuerySet":
        """Those that are about the organisation as a whole, by themselves or from above, or about
        the one thing `about` of it."""
        whole = Q(subject_kind="") & (
            Q(organization=organization)
            | Q(organization__path__in=organization.ancestor_paths(), includes_below=True)
        )
        if about == WHOLE:
            return self.filter(whole)
        kind, number = about
        return self.filter(whole | Q(subject_kind=kind, subject_id=number))


class NamedRight(models.Model):
    """指名与回避: a right given to one person by name at one organisation, or taken from him there.

    `relation` is a key of `orgs/relations.py` and says which permissions. With a subject it is
    about that one thing of the organisation (a case, a duty), without one about all of it.
    """

    PRIVACY = {
        "reason": Personal("to know why somebody was named, or must keep out of it"),
        "named_by_name": Personal("to know who gave or took a right"),
        "ended_by_name": Personal("to know who ended it"),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="named_rights"
    )
    relation = models.CharField("关系", max_length=40)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="named_rights"
    )
    includes_below = models.BooleanField("含下级", default=False)
    subject_kind = models.CharField("对象种类", max_length=40, blank=True)
    subject_id = models.BigIntegerField(default=0)
    is_recusal = models.BooleanField("回避", default=False)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)  # no longer on this day
    reason = models.CharField("理由", max_length=200)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    named_by_name = models.CharField("办理人", max_length=100)
    named_at = models.DateTimeField("办理时间")
    ended_by_name = models.CharField("结束人", max_length=100, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = NamedRightQuerySet.as_manager()
    # Whether it still runs on a day is a condition of the act.
    machine = Machine(
        state="valid_to",
        moves={
            "end": Move("结束指名", to=GIVEN, refusal="这项指名已经结束。"),
            "take_back": Move("撤销回避", to=GIVEN, refusal="这项回避已经撤销。"),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "指名与回避"
        ordering = ["-valid_from", "-pk"]
        indexes = [
            models.Index(fields=["user", "valid_to"], name="named_right_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("user", "relation", "organization"),
                    *("subject_kind", "subject_id", "is_recusal"),
                ],
                condition=Q(valid_to=None),
                name="named_right_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="named_right_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id=0)
                | (~Q(subject_kind="") & Q(includes_below=False)),
                name="named_right_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.organization}"

    @property
    def word(self) -> str:
        """What it is called on pages."""
        return "回避" if self.is_recusal else "指名"

    @property
    def last_day(self) -> Any:
        """The last day on which it is in force; None when it has no end."""
        return self.valid_to - dt.timedelta(days=1) if self.valid_to else None

    @property
    def is_own_recusal(self) -> bool:
        """Whether the person has recused himself, so that he can take it back."""
        return self.is_recusal and self.named_by_id == self.user_id
