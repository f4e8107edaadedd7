"""Choices of stories and public pages. Values are stable and never reused."""

from django.db.models import TextChoices


class StoryKind(TextChoices):
    """What a story tells of."""

    SITE = "site", "示范点"
    BRAND = "brand", "品牌"
    PROJECT = "project", "项目"
    ECHO = "echo", "诉求回音"


class StoryState(TextChoices):
    """草稿 → 待发布 → 已发布, or 退回修改; 已撤下. A page that is shown stays while its story is written
    again."""

    DRAFT = "draft", "草稿"
    HANDED_IN = "handed_in", "待发布"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    TAKEN_DOWN = "taken_down", "已撤下"


class StoryStepKind(TextChoices):
    HANDED_IN = "handed_in", "送审"
    TAKEN_BACK = "taken_back", "取回"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "发布"
    SCHEDULED = "scheduled", "改日期"
    REOPENED = "reopened", "改写"
    TAKEN_DOWN = "taken_down", "撤下"
    INHERITED = "inherited", "随合并转入"
