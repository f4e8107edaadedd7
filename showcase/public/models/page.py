import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models import Attachment
from core.privacy import Personal

from ..enums import StoryKind
from ..rules import CAPTION, PLACES, TITLE


class PublicPageQuerySet(models.QuerySet["PublicPage"]):
    def shown(self, on: dt.date) -> "PublicPageQuerySet":
        """Those that anybody reads on the day."""
        return self.filter(shown_q(on))


def shown_q(on: dt.date, prefix: str = "") -> Q:
    """Rows of a page that is shown on the day: begun, not over, not taken down."""
    return (Q(**{f"{prefix}taken_down_at": None, f"{prefix}shown_from__lte": on})) & (
        Q(**{f"{prefix}shown_until": None}) | Q(**{f"{prefix}shown_until__gte": on})
    )


class PublicPage(models.Model):
    """What anybody reads: a story's words and names as they were when it was published. Public pages are
    made from these rows and their pictures alone."""

    PRIVACY = {
        "words": Personal("what the public is told; names only who agreed"),
    }

    story = models.OneToOneField("public.Story", on_delete=models.CASCADE, related_name="page")
    kind = models.CharField("类别", max_length=8, choices=StoryKind)
    slug = models.CharField("编号", max_length=12)
    title = models.CharField("标题", max_length=TITLE)
    words = models.JSONField("文字", default=dict)  # text by its name in `rules.TEXTS`
    facts = models.JSONField("牌匾", default=list)  # label and text
    honour = models.CharField("荣誉", max_length=20, blank=True)
    place = models.CharField("党组织", max_length=100)
    committee = models.CharField("所属党委", max_length=100, blank=True)
    names_people = models.BooleanField("写到人", default=False)
    told_on = models.DateField("答复日期", null=True)
    is_solved = models.BooleanField("已经解决", default=True)
    promised_on = models.DateField("答应再回音的日期", null=True)
    published_on = models.DateField("发布日期")
    shown_from = models.DateField("从哪天起")
    shown_until = models.DateField("到哪天止", null=True)
    taken_down_at = models.DateTimeField("撤下于", null=True)

    objects = PublicPageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公开页"
        ordering = ["committee", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="public_page_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("public:page-detail", args=[PLACES[StoryKind(self.kind)], self.slug])

    def is_shown(self, on: dt.date) -> bool:
        """Whether anybody reads it on the day."""
        return (
            self.taken_down_at is None
            and self.shown_from <= on
            and (self.shown_until is None or self.shown_until >= on)
        )


class PublicPicture(Attachment):
    """A picture of a public page: a copy of its own, under a name that says nothing."""

    PRIVACY = {
        **Attachment.PRIVACY,
        "caption": Personal("what the picture shows; names only who agreed"),
        "alt": Personal("the picture in words, for who cannot see it"),
    }

    page = models.ForeignKey(PublicPage, on_delete=models.CASCADE, related_name="pictures")
    caption = models.CharField("图注", max_length=CAPTION, blank=True)
    alt = models.CharField("图上是什么", max_length=CAPTION, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开图片"
        ordering = ["pk"]


class PublicStamp(models.Model):
    """One row: what rendered pages are kept by, another one with everything that changes what anybody
    reads. Never the same twice, also not where a backup was taken back. Who changes it holds the row, so
    that two publish one after the other."""

    ONLY = 1

    version = models.UUIDField(default=uuid.uuid4)
    changed_at = models.DateTimeField(null=True)
    # Whether the public form is on: a copy, so that pages for all are made from rows for all alone.
    takes_concerns = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = "公开页版本"

    def __str__(self) -> str:
        return str(self.version)
