import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ProblemState
from .versions import VersionedQuerySet, superseding


class ProblemList(models.Model):
    """问题清单 of one record of 组织生活会 or 民主评议党员: of the committee and of single members.

    It holds no words itself; its lines are rows of `Problem`. Its revision makes two who write
    at once wait for each other.
    """

    PRIVACY = {"written_by_name": Personal("to know who wrote it down last")}

    record_uid = models.UUIDField(unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="life_problem_lists"
    )
    year = models.PositiveSmallIntegerField("年度")  # the year that it is about
    revision = models.PositiveIntegerField(default=1, editable=False)
    written_at = models.DateTimeField("写于")
    written_by_name = models.CharField("登记人", max_length=100)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这份问题清单。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "问题清单"
        ordering = ["-year", "pk"]
        indexes = [models.Index(fields=["organization", "year"], name="problem_list_of_year")]

    def __str__(self) -> str:
        return f"{self.year}年度问题清单"

    def get_absolute_url(self) -> str:
        return reverse("life:problem-list", args=[self.record_uid])


class ProblemQuerySet(VersionedQuerySet["Problem"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "ProblemQuerySet":
        """Those of organisations for which the actor holds `permission`; of single members only to
        the organisation's own people and to the level directly above it."""
        if actor is None:
            return self.none()
        near = Q(organization=actor.organization_id) | Q(organization__parent=actor.organization_id)
        return self.filter(in_scope(actor, permission)).filter(Q(member=None) | near)


class Problem(models.Model):
    """One line of a 问题清单, as it was written on one occasion.

    What was written is never changed: a line written anew is another row of the same `uid`; one
    that was taken out has its `superseded_at` and no row after it.
    """

    PRIVACY = {
        "text": Personal("to know what a member is to put right"),
        "measure": Personal("to know how it is to be put right; may name people"),
        "responsible_name": Personal("to know who sees to it"),
        "due_text": Personal("to know by when; may name people"),
        "outcome": Personal("to know what came of it; may name people"),
        "written_by_name": Personal("to know who wrote it down"),
    }

    list = models.ForeignKey(ProblemList, on_delete=models.CASCADE, related_name="problems")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    member = models.ForeignKey(  # none: of the committee (班子)
        "members.Member", on_delete=models.PROTECT, null=True, related_name="life_problems"
    )
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("问题", max_length=300)
    measure = models.CharField("整改措施", max_length=300, blank=True)
    responsible_name = models.CharField("责任人", max_length=50, blank=True)
    due_text = models.CharField("整改时限", max_length=50, blank=True)  # as it was typed
    due_on = models.DateField("整改时限（日期）", null=True)  # when the words are a day
    state = models.CharField(
        "整改情况", max_length=10, choices=ProblemState, default=ProblemState.OPEN
    )
    outcome = models.CharField("结果", max_length=200, blank=True)
    # The line of the year before that was carried over into this one.
    carried_from = models.UUIDField(null=True, editable=False)
    written_at = models.DateTimeField("写于")
    written_by_name = models.CharField("登记人", max_length=100)
    superseded_at = models.DateTimeField("被替代于", null=True)

    objects = ProblemQuerySet.as_manager()
    versions = superseding("另一人刚刚改过这一条。请核对最新的内容。")

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["organization", "member"], name="problem_of_member")]
        constraints = [
            models.UniqueConstraint(
                fields=["uid"], condition=Q(superseded_at=None), name="problem_latest_once"
            ),
            # Carried over into one list once, whoever presses.
            models.UniqueConstraint(
                fields=["carried_from"],
                condition=Q(superseded_at=None),
                name="problem_carried_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text
