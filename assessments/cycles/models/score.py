from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.privacy import Personal
from orgs.permissions import Permission

from ..enums import PostingKind
from .cycle import Assessed, Cycle, Run


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "ScoreQuerySet":
        """Those of the assessed whose items the actor may open."""
        return self.filter(assessed__in=Assessed.objects.visible_to(actor, permission))

    def current(self) -> "ScoreQuerySet":
        """Those of the computation that counts."""
        return self.filter(run=models.F("assessed__cycle__run"))


class Score(models.Model):
    """What a run gives for one organisation: its total, its place, and everything that led to it as
    data. Same version and same facts give the same bytes, and the same digest."""

    PRIVACY = {
        "facts": Personal("what led to the score; reasons of marks may name people"),
        "result": Personal("each step of the score; may name people"),
    }

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="scores")
    assessed = models.ForeignKey(Assessed, on_delete=models.CASCADE, related_name="scores")
    # Null while something is still to be marked: then only `points` of `full_known` are known.
    total = models.DecimalField("得分", max_digits=12, decimal_places=4, null=True)
    points = models.DecimalField("已有得分", max_digits=12, decimal_places=4)
    full_known = models.DecimalField("已计满分", max_digits=12, decimal_places=4)
    full = models.DecimalField("满分", max_digits=12, decimal_places=4)
    share = models.DecimalField("占满分", max_digits=9, decimal_places=6, null=True)
    grade = models.CharField("等次", max_length=20, blank=True)
    band = models.CharField("按分数的等次", max_length=20, blank=True)  # before quotas
    rank = models.PositiveIntegerField("组内位次", null=True)  # null in groups too small
    standing = models.SmallIntegerField("与组均值", null=True)  # 1, 0, -1; null without pairs
    waiting = models.JSONField("待评指标", default=list)
    facts = models.JSONField("事实", default=dict)
    result = models.JSONField("计算", default=dict)
    # What it is laid beside others by: `standings.compared_of`.
    compared = models.JSONField("可比", default=dict)
    digest = models.CharField("校验码", max_length=64)
    computed_at = models.DateTimeField("算于")

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核得分"
        constraints = [
            models.UniqueConstraint(fields=["run", "assessed"], name="score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.points}"


class IndicatorScore(models.Model):
    """One indicator of a score, for adding up over many: what it brought of how much."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="indicators")
    key = models.CharField("指标", max_length=40)
    full = models.DecimalField("满分", max_digits=12, decimal_places=4)
    # Rounded for reading and adding up by SQL; exact in the score's result. Null where it is out.
    points = models.DecimalField("得分", max_digits=12, decimal_places=4, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标得分"
        constraints = [
            models.UniqueConstraint(fields=["score", "key"], name="indicator_score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.points}"


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "PostingQuerySet":
        """Those whose cycle's items the actor may open."""
        shown = Assessed.objects.visible_to(actor, permission)
        return self.filter(
            models.Exists(
                shown.filter(
                    organization=models.OuterRef("organization"), cycle=models.OuterRef("cycle")
                )
            )
        )


class Posting(models.Model):
    """A booking of an organisation's account of a year. Bookings are only added; the account as of
    a day is their sum up to it."""

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField("项目", max_length=12, choices=PostingKind)
    points = models.CharField("分", max_length=40)  # exact, as the engine writes it
    about = models.CharField("说明", max_length=200, blank=True)
    posted_on = models.DateField("记于")
    posted_at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)  # once, whoever retries

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度账户"
        ordering = ["year", "organization_id", "posted_on", "pk"]
        indexes = [
            models.Index(fields=["organization", "year"], name="posting_of_year"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(points=""), name="posting_has_points"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year} {self.kind} {self.points}"
