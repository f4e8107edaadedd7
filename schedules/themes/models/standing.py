from django.db import models

from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Outcome
from .theme import Theme, ThemeFigure


class ThemePlaceQuerySet(models.QuerySet["ThemePlace"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.THEME_VIEW
    ) -> "ThemePlaceQuerySet":
        """Those of organisations in the actor's scope."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def counted(self) -> "ThemePlaceQuerySet":
        """Those that the theme is for now."""
        return self.filter(is_out=False)


class ThemePlace(models.Model):
    """An organisation that a theme concerns. One that the theme is no longer for stays, and does not
    count."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="places")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )
    is_out = models.BooleanField("已不在范围", default=False)
    joined_at = models.DateTimeField("列入于")

    objects = ThemePlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题所及组织"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "organization"], name="theme_place_once"),
        ]

    def __str__(self) -> str:
        return str(self.organization)


class ThemeStandingQuerySet(models.QuerySet["ThemeStanding"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.THEME_VIEW
    ) -> "ThemeStandingQuerySet":
        """Those of organisations in the actor's scope."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, "place__organization"))

    def counted(self) -> "ThemeStandingQuerySet":
        """Those of organisations that the theme is for now."""
        return self.filter(place__is_out=False)


class ThemeStanding(models.Model):
    """Where an organisation stood at a figure when the theme was published, which is never changed,
    and where it stands now. Nothing where history does not tell."""

    figure = models.ForeignKey(ThemeFigure, on_delete=models.CASCADE, related_name="standings")
    place = models.ForeignKey(ThemePlace, on_delete=models.CASCADE, related_name="standings")
    start_part = models.IntegerField(null=True)
    start_whole = models.IntegerField(null=True)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    short = models.IntegerField("还差", default=0)
    outcome = models.CharField("情况", max_length=10, choices=Outcome)

    objects = ThemeStandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题进度"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "place"], name="theme_standing_once"),
        ]
        indexes = [models.Index(fields=["place", "outcome"], name="standing_of_place")]

    def __str__(self) -> str:
        return f"{self.part} / {self.whole}"


class ThemeMonth(models.Model):
    """A figure in one month, of all organisations that a theme concerns: a point of its line. It
    is read again until what is written down late has come in."""

    figure = models.ForeignKey(ThemeFigure, on_delete=models.CASCADE, related_name="months")
    period = models.CharField("月份", max_length=8)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    count = models.IntegerField("组织数")
    is_settled = models.BooleanField("不再重读")
    read_at = models.DateTimeField("读于")

    class Meta:
        verbose_name = verbose_name_plural = "主题月度数"
        ordering = ["figure", "period"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "period"], name="theme_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.part}"
