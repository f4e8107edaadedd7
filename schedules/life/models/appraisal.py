from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Grade
from .versions import VersionedQuerySet, superseding


class AppraisalQuerySet(VersionedQuerySet["Appraisal"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "AppraisalQuerySet":
        """Those of organisations for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class Appraisal(models.Model):
    """What came of one 民主评议党员: how many ballots there were, with a row for each member.

    It hangs on the uid of its record and is written in versions like it (ADR 49), so that a
    frozen figure finds the rows again that it counted.
    """

    PRIVACY = {"written_by_name": Personal("to know who wrote it down")}

    record_uid = models.UUIDField(editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="life_appraisals"
    )
    year = models.PositiveSmallIntegerField(
        "年度"
    )  # the year that it is about, by the day known then
    given_count = models.PositiveSmallIntegerField("发出票数", default=0)
    returned_count = models.PositiveSmallIntegerField("收回票数", default=0)
    valid_count = models.PositiveSmallIntegerField("有效票数", default=0)
    written_at = models.DateTimeField("写于")
    written_by_id = models.BigIntegerField(null=True)
    written_by_name = models.CharField("登记人", max_length=100)
    superseded_at = models.DateTimeField("被替代于", null=True)

    objects = AppraisalQuerySet.as_manager()
    versions = superseding("另一人刚刚改过评议结果。请核对下面的最新内容后再保存，填的数都在。")

    class Meta:
        verbose_name = verbose_name_plural = "民主评议结果"
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record_uid", "version"], name="appraisal_once"),
            models.UniqueConstraint(
                fields=["record_uid"], condition=Q(superseded_at=None), name="appraisal_latest_once"
            ),
            models.CheckConstraint(
                condition=Q(given_count__gte=F("returned_count"))
                & Q(returned_count__gte=F("valid_count")),
                name="appraisal_ballots_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度民主评议党员"

    def get_absolute_url(self) -> str:
        return reverse("life:appraisal-detail", args=[self.record_uid])


class AppraisalResult(models.Model):
    """How the ballots spoke of one member, and the grade that the committee decided."""

    PRIVACY = {"grade": Personal("to know how the branch has appraised its members")}

    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="results")
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="appraisal_results"
    )
    is_probationary = models.BooleanField("预备党员", default=False)  # takes part, gets no grade
    excellent_count = models.PositiveSmallIntegerField("优秀票", default=0)
    qualified_count = models.PositiveSmallIntegerField("合格票", default=0)
    basic_count = models.PositiveSmallIntegerField("基本合格票", default=0)
    failed_count = models.PositiveSmallIntegerField("不合格票", default=0)
    grade = models.CharField("等次", max_length=10, choices=Grade, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "党员评议结果"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "member"], name="appraised_once"),
            models.CheckConstraint(
                condition=Q(is_probationary=False) | Q(grade=""), name="probationer_has_no_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_grade_display()}"
