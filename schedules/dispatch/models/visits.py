import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.models import Attachment
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import paths_above
from orgs.permissions import Permission

from ..enums import VISIT_OPEN, DrawState, VisitState


class VisitDrawQuerySet(models.QuerySet["VisitDraw"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.DISPATCH_VIEW
    ) -> "VisitDrawQuerySet":
        """Those that the actor's organisations hold; and what was published by one above him, so
        that he can draw it again."""
        if actor is None:
            return self.none()
        rows = in_scope(actor, permission, "organization")
        if permission in actor.permissions and actor.organization_path:
            above = [*paths_above(actor.organization_path), actor.organization_path]
            rows |= Q(state=DrawState.PUBLISHED, organization__path__in=above)
        return self.filter(rows)


class VisitDraw(models.Model):
    """双随机: a seed fixed first, then who is visited and by whom, as anybody can draw it again.

    `published` is everything that went in and came out (`rules.canonical`), `digest` its SHA-256.
    Neither is ever written again.
    """

    PRIVACY = {
        "published": Personal("to let anybody draw again; names who visits"),
        "seeded_by_name": Personal("to know who fixed the seed"),
        "drawn_by_name": Personal("to know who drew"),
    }

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="组织单位"
    )
    title = models.CharField("名称", max_length=60)
    seed = models.CharField("种子", max_length=120)
    seed_source = models.CharField("种子出处", max_length=200)
    count = models.PositiveSmallIntegerField("抽取支部数")
    visitors_each = models.PositiveSmallIntegerField("每处人数", default=2)
    state = models.CharField("状态", max_length=10, choices=DrawState, default=DrawState.SEEDED)
    seeded_at = models.DateTimeField("定种子于")
    seeded_by_name = models.CharField("定种子的人", max_length=100)
    drawn_at = models.DateTimeField("抽取于", null=True)
    drawn_by_name = models.CharField("抽取人", max_length=100, blank=True)
    published_at = models.DateTimeField("公布于", null=True)
    published = models.TextField("公布内容", blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True)

    objects = VisitDrawQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "draw": Move("抽取", from_=[DrawState.SEEDED], to=DrawState.DRAWN),
            "publish": Move("公布", from_=[DrawState.DRAWN], to=DrawState.PUBLISHED),
        },
        refusal="这次抽取现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "双随机抽取"
        ordering = ["-seeded_at", "-pk"]
        constraints = [
            # Drawing once more with a seed that has been used would be choosing.
            models.UniqueConstraint(fields=["organization", "seed"], name="draw_of_seed_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dispatch:draw-detail", args=[self.pk])


class FieldVisitQuerySet(models.QuerySet["FieldVisit"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.DISPATCH_VIEW
    ) -> "FieldVisitQuerySet":
        """Visits that the actor's organisations hold or that he makes himself; to the visited and
        those above them once it is over: nobody is told that he will be visited."""
        if actor is None or not actor.may(permission):
            return self.none()
        mine = VisitVisitor.objects.filter(user_id__in=actor.persons).values("visit_id")
        # By range of the tree first: joined, the whole of it would be read.
        places = Organization.objects.visible_to(actor, permission).order_by().values("pk")
        visited = Q(organization__in=places, state=VisitState.DONE)
        return self.filter(Q(holder__in=places) | Q(pk__in=mine) | visited)

    def open(self) -> "FieldVisitQuerySet":
        """To be made, or under way."""
        return self.filter(state__in=VISIT_OPEN)

    def of_visitor(self, actor: Actor) -> "FieldVisitQuerySet":
        """Those that the actor makes himself."""
        mine = VisitVisitor.objects.filter(user_id__in=actor.persons)
        return self.filter(pk__in=mine.values("visit_id"))


class FieldVisit(models.Model):
    """现场调研: some people go to one organisation and look for themselves.

    `notes` are the visitors' own, for them and the holder; `conclusion` is what the visited read
    when it is over.
    """

    PRIVACY = {
        "notes": Personal("what visitors write down on the way; may name people"),
        "conclusion": Personal("what the visit found; may name people"),
        "cancel_reason": Personal("to tell why it is not made; may name people"),
        "saved_by_name": Personal("to show who wrote last"),
    }

    holder = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="组织单位"
    )
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="visits", verbose_name="去哪里"
    )
    draw = models.ForeignKey(
        VisitDraw, null=True, on_delete=models.PROTECT, related_name="visits", verbose_name="抽取"
    )
    visit_on = models.DateField("日期", null=True)
    state = models.CharField("状态", max_length=10, choices=VisitState, default=VisitState.PLANNED)
    revision = models.PositiveIntegerField(default=1)
    notes = models.TextField("现场记录", max_length=4000, blank=True)
    conclusion = models.TextField("调研情况", max_length=2000, blank=True)
    saved_by_name = models.CharField("最近保存人", max_length=100, blank=True)
    saved_at = models.DateTimeField("最近保存", null=True)
    begun_at = models.DateTimeField("开始于", null=True)
    done_at = models.DateTimeField("结束于", null=True)
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True)

    objects = FieldVisitQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "plan": Move("定日期", from_=VISIT_OPEN),
            "begin": Move("到现场", from_=[VisitState.PLANNED], to=VisitState.UNDER_WAY),
            "note": Move("记录", from_=[VisitState.UNDER_WAY]),
            "finish": Move("结束", from_=[VisitState.UNDER_WAY], to=VisitState.DONE),
            "cancel": Move("取消", from_=VISIT_OPEN, to=VisitState.CANCELLED),
        },
        refusal="这次调研现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚写过这次调研的记录。请核对下面的最新内容后再保存，写的字都在。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "现场调研"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organization", "done_at"], name="visit_of_organization"),
            models.Index(fields=["holder", "state"], name="visit_of_holder"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "organization"], name="visit_of_draw_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}现场调研"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:visit-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """To be made, or under way."""
        return self.state in VISIT_OPEN


class VisitVisitor(models.Model):
    """Who makes a visit."""

    PRIVACY = {"name": Personal("to know who visits")}

    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="visitors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "调研人员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "user"], name="visitor_once"),
        ]

    def __str__(self) -> str:
        return self.name


class VisitFinding(models.Model):
    """发现的问题: one thing a visit found; an action item can be made of it."""

    PRIVACY = {
        "text": Personal("to have it put right; may name people"),
        "written_by_name": Personal("to know who found it"),
    }

    # Made by who types: sent again after a broken line, it is the same finding.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="findings")
    text = models.CharField("发现的问题", max_length=500)
    item = models.ForeignKey(
        "action_items.ActionItem", null=True, on_delete=models.PROTECT, related_name="findings"
    )
    written_by_name = models.CharField("记录人", max_length=100)
    written_at = models.DateTimeField("记录于")

    class Meta:
        verbose_name = verbose_name_plural = "调研发现"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class VisitAttachment(Attachment):
    """A photograph or paper of a visit; whoever may see the visit's files may see it."""

    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="attachments")
    # Made by the device that sends it: sent again after a broken line, it is the same file. Never
    # where the file lies, which `uid` says and nobody outside chooses.
    sent_as = models.UUIDField("上传号", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "调研照片"
        constraints = [
            models.UniqueConstraint(fields=["visit", "sent_as"], name="visit_attachment_sent_once"),
            models.UniqueConstraint(
                fields=["visit", "sha256"],
                condition=Q(state="ready"),
                name="visit_attachment_once",
            ),
        ]
