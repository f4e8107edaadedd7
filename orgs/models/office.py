import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.privacy import Personal
from core.states import GIVEN, Machine, Move

from ..enums import Appointment, Post


class OfficeHoldingQuerySet(models.QuerySet["OfficeHolding"]):
    def held_on(self, day: dt.date, known_at: dt.datetime | None = None) -> "OfficeHoldingQuerySet":
        """Offices held on the day, by what is known now or was at the moment."""
        begun, over = Q(started_on=None) | Q(started_on__lte=day), Q(ended_on__lte=day)
        if known_at is not None:
            begun &= Q(recorded_at=None) | Q(recorded_at__lte=known_at)
            over &= Q(end_recorded_at=None) | Q(end_recorded_at__lte=known_at)
        return self.filter(begun & (Q(ended_on=None) | ~over))

    def current(self) -> "OfficeHoldingQuerySet":
        """Offices held today."""
        return self.held_on(clock.today())


class OfficeHolding(models.Model):
    """A person in a post of an organisation, from one day to another."""

    PRIVACY = {"person_name": Personal("to know who holds which office")}

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="offices"
    )
    post = models.CharField("职务", max_length=32, choices=Post)
    person_name = models.CharField("姓名", max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="offices",
    )
    appointment = models.CharField("产生方式", max_length=12, choices=Appointment, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    started_on = models.DateField("任职日期", null=True, blank=True)
    ended_on = models.DateField("免职日期", null=True, blank=True)
    # When it was written down; NULL: before that was kept.
    recorded_at = models.DateTimeField(null=True, editable=False)
    end_recorded_at = models.DateTimeField(null=True, editable=False)

    objects = OfficeHoldingQuerySet.as_manager()
    machine = Machine(
        state="ended_on",
        moves={
            "leave": Move("免职", from_=[None], to=GIVEN, refusal="这项任职已经登记过免职"),
            "correct": Move("更正", to=GIVEN, refusal="这项任职刚被别人改过，请核对后再更正"),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        indexes = [models.Index(fields=["organization", "post"], name="office_post")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="office_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["organization", "post", "person_name"],
                condition=Q(ended_on=None),
                name="office_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.person_name}"
