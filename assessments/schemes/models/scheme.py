import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models.organization import paths_above
from orgs.permissions import Permission

from ..enums import Level, SchemeStepKind, VersionState


def above(path: str) -> list[str]:
    """The paths of an organisation and of all above it."""
    return [*paths_above(path), path]


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SCHEME_VIEW
    ) -> "SchemeQuerySet":
        """Those that it is the actor's work to write or to publish; those of the actor's
        organisations and those made above them once a version of them is published: who is
        measured by a rule may read it."""
        if actor is None:
            return self.none()
        work = in_scope(actor, Permission.SCHEME_EDIT) | in_scope(actor, Permission.SCHEME_PUBLISH)
        read = in_scope(actor, permission)
        if actor.organization_path and permission in actor.permissions:
            read |= Q(organization__path__in=above(actor.organization_path))
        published = SchemeVersion.objects.filter(state=VersionState.PUBLISHED).values("scheme_id")
        return self.filter(work | (read & Q(pk__in=published)))

    def of_year(self, year: int) -> "SchemeQuerySet":
        """Those of one year."""
        return self.filter(year=year)


class Scheme(models.Model):
    """考核细则 of a year, a level and a set of classes. What it says is in its versions."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="制定单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    level = models.CharField("考核对象", max_length=10, choices=Level, default=Level.DIRECT)
    name = models.CharField("名称", max_length=60)
    classes = models.JSONField("适用类型", default=list)  # values of orgs.enums.OrganizationClass
    copied_from = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="沿用自"
    )
    created_at = models.DateTimeField("建于")

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核细则"
        ordering = ["-year", "organization_id", "level", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "level", "name"], name="scheme_name_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度考核细则 · {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("schemes:scheme", args=[self.uid])


class SchemeVersionQuerySet(models.QuerySet["SchemeVersion"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SCHEME_VIEW
    ) -> "SchemeVersionQuerySet":
        """What is published of the schemes that the actor may see; all else for whose work it is:
        who may edit them, or publish them."""
        if actor is None:
            return self.none()
        seen = Q(scheme__in=Scheme.objects.visible_to(actor, permission))
        work = in_scope(actor, Permission.SCHEME_EDIT, "scheme__organization") | in_scope(
            actor, Permission.SCHEME_PUBLISH, "scheme__organization"
        )
        return self.filter(seen & (Q(state=VersionState.PUBLISHED) | work))

    def published(self) -> "SchemeVersionQuerySet":
        """Those by which somebody is measured."""
        return self.filter(state=VersionState.PUBLISHED)

    def in_force(self, period: str) -> "SchemeVersionQuerySet":
        """Of each scheme of the period's year the newest version that holds for the half-year."""
        newer = SchemeVersion.objects.published().filter(
            scheme=models.OuterRef("scheme"),
            from_period__lte=period,
            number__gt=models.OuterRef("number"),
        )
        return (
            self.published()
            .filter(scheme__year=int(period[:4]), from_period__lte=period)
            .exclude(models.Exists(newer))
        )


class SchemeVersion(models.Model):
    """What a scheme says (`content`, see `definitions`), from one half-year on. A draft is written by
    many; once published it is kept as it is, with the digest of its content."""

    PRIVACY = {
        "submitted_by_name": Personal("to know who drew up the rules"),
        "published_by_name": Personal("to know who confirmed the rules"),
        "note": Personal("what was changed and why; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    content = models.JSONField("内容", default=dict)
    note = models.CharField("变更说明", max_length=400, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=VersionState, default=VersionState.DRAFT
    )
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField("改于")
    from_period = models.CharField("自何期起适用", max_length=8, blank=True)  # 2026-H1
    document_number = models.CharField("文号", max_length=60, blank=True)
    document_on = models.DateField("文件日期", null=True)
    # Issued on paper before the period, and brought in here afterwards.
    is_entered_later = models.BooleanField("事后录入", default=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_by_name = models.CharField("提交人", max_length=100, blank=True)
    submitted_at = models.DateTimeField("提交于", null=True)
    published_by_name = models.CharField("审定人", max_length=100, blank=True)
    published_at = models.DateTimeField("发布于", null=True)
    digest = models.CharField("校验码", max_length=64, blank=True)

    objects = SchemeVersionQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        touched="changed_at",
        moves={
            "save": Move("保存", from_=[VersionState.DRAFT]),
            "submit": Move("提交审定", from_=[VersionState.DRAFT], to=VersionState.SUBMITTED),
            "send_back": Move("退回修改", from_=[VersionState.SUBMITTED], to=VersionState.DRAFT),
            "publish": Move("发布", from_=[VersionState.SUBMITTED], to=VersionState.PUBLISHED),
            "discard": Move("作废", from_=[VersionState.DRAFT], to=VersionState.DISCARDED),
        },
        refusal="这一版细则现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这一版细则。请核对下面的最新内容后再改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "细则版本"
        ordering = ["scheme_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_once"),
            # Two who begin the next version at once: one of them finds the other's.
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]),
                name="scheme_draft_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} 第{self.number}版"

    def get_absolute_url(self) -> str:
        return reverse("schemes:version", args=[self.uid])


class SchemeStep(Step):
    """A step of a version's way."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=SchemeStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "细则经过"


class SchemeScan(Attachment):
    """The paper on which a version was issued."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="scans")

    class Meta:
        verbose_name = verbose_name_plural = "细则扫描件"
