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
from orgs.permissions import Permission

from ..enums import StoryKind, StoryState, StoryStepKind
from ..rules import BASIS, CAPTION, LEAD, LONG, LONGEST, REASON, SHORT, TITLE

WRITTEN = (StoryState.DRAFT, StoryState.RETURNED)


class StoryQuerySet(models.QuerySet["Story"]):
    def visible_to(self, actor: Actor | None) -> "StoryQuerySet":
        """Those of organisations that the actor writes for; and, once they are handed in, those that he
        may publish."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.STORY_WRITE)
        told = in_scope(actor, Permission.SHOWCASE_PUBLISH) & ~Q(state=StoryState.DRAFT, page=None)
        return self.filter(own | told)


class Story(models.Model):
    """公开故事: what the public is to be told of a site, a brand, a project or a concern, as it is
    written. What the public reads is a copy (`PublicPage`), made when somebody else publishes it."""

    PRIVACY = {
        "lead": Personal("what the public is told; names only who agreed"),
        "origin": Personal("what the public is told; names only who agreed"),
        "practice": Personal("what the public is told; names only who agreed"),
        "results": Personal("what the public is told; names only who agreed"),
        "copied": Personal("what the public is told; names only who agreed"),
        "lacking": Personal("what the public is told; names only who agreed"),
        "reason": Personal("why it was returned or taken down; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    kind = models.CharField("类别", max_length=8, choices=StoryKind)
    # The site, brand, project or concern, by its own id; the kind says which.
    subject = models.UUIDField("讲的是")
    subject_label = models.CharField("讲的是", max_length=120)
    title = models.CharField("标题", max_length=TITLE)
    lead = models.CharField("一句话", max_length=LEAD, blank=True)
    origin = models.TextField("从哪件事开始", max_length=LONGEST, blank=True)
    practice = models.TextField("怎么做", max_length=LONGEST, blank=True)
    results = models.TextField("做成了什么", max_length=LONG, blank=True)
    source = models.CharField("数字从哪里来", max_length=SHORT, blank=True)
    copied = models.TextField("谁照着做了", max_length=LONG, blank=True)
    lacking = models.TextField("还不够好的地方", max_length=LONG, blank=True)
    visit = models.CharField("参观与交流", max_length=SHORT, blank=True)
    # Of an echo: the day of the answer, whether it is solved, else when there will be word again.
    told_on = models.DateField("答复日期", null=True)
    is_solved = models.BooleanField("已经解决", default=True)
    promised_on = models.DateField("答应再回音的日期", null=True)
    state = models.CharField("状态", max_length=12, choices=StoryState, default=StoryState.DRAFT)
    reason = models.CharField("理由", max_length=REASON, blank=True)
    written_at = models.DateTimeField("写于")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = StoryQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=WRITTEN),
            "hand_in": Move("送审", from_=WRITTEN, to=StoryState.HANDED_IN),
            "take_back": Move("取回", from_=[StoryState.HANDED_IN], to=StoryState.DRAFT),
            "send_back": Move("退回修改", from_=[StoryState.HANDED_IN], to=StoryState.RETURNED),
            "publish": Move("发布", from_=[StoryState.HANDED_IN], to=StoryState.PUBLISHED),
            "schedule": Move("改日期", from_=[StoryState.PUBLISHED]),
            "reopen": Move(
                "改写",
                from_=[StoryState.PUBLISHED, StoryState.TAKEN_DOWN],
                to=StoryState.DRAFT,
            ),
            "take_down": Move(
                "撤下",
                from_=[*WRITTEN, StoryState.HANDED_IN, StoryState.PUBLISHED],
                to=StoryState.TAKEN_DOWN,
            ),
            "inherit": Move("随合并转入"),
        },
        refusal="这篇故事现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这篇故事。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "公开故事"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state"], name="story_state")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="story_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("public:story-detail", args=[self.uid])

    @property
    def is_written(self) -> bool:
        """Whether its text can be changed."""
        return self.state in WRITTEN

    @property
    def is_echo(self) -> bool:
        """Whether it answers a concern."""
        return self.kind == StoryKind.ECHO


class StoryPerson(models.Model):
    """Who is named in a story and agreed to it, by which paper and on which day. It stays inside."""

    PRIVACY = {
        "name": Personal("to name nobody in public who has not agreed"),
        "basis": Personal("by what somebody agreed; may name people"),
    }

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="people")
    name = models.CharField("姓名", max_length=50)
    basis = models.CharField("同意的凭据", max_length=BASIS)
    agreed_on = models.DateField("同意日期")

    class Meta:
        verbose_name = verbose_name_plural = "文中人物"
        ordering = ["story", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["story", "name"], name="story_person_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StoryPicture(Attachment):
    """A picture of a story, through the upload gate, which draws it anew, with what it shows."""

    PRIVACY = {
        **Attachment.PRIVACY,
        "caption": Personal("what the picture shows; may name people"),
        "alt": Personal("the picture in words, for who cannot see it"),
    }

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pictures")
    caption = models.CharField("图注", max_length=CAPTION, blank=True)
    alt = models.CharField("图上是什么", max_length=CAPTION, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    description = Machine(
        revision="revision",
        moves={"describe": Move("写图上是什么")},
        stale="另一人刚刚改过这张图片的说明。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "故事图片"
        constraints = [
            models.UniqueConstraint(
                fields=["story", "sha256"],
                condition=Q(state="ready"),
                name="story_picture_once",
            ),
        ]


class StoryStep(Step):
    """One step of a story's way."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StoryStepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "故事经过"

    def __str__(self) -> str:
        return self.get_kind_display()
