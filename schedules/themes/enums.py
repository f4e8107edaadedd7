"""Choices of quarterly themes. Values are stable and never reused."""

from django.db.models import TextChoices


class ThemeState(TextChoices):
    """拟定 (nobody is told) → 进行中 → 已作结论; 不办 for a draft that was given up."""

    DRAFT = "draft", "拟定"
    RUNNING = "running", "进行中"
    CONCLUDED = "concluded", "已作结论"
    DROPPED = "dropped", "不办"


class Conclusion(TextChoices):
    """What the holder makes of a theme whose time is over."""

    REACHED = "reached", "达到，结束"
    STANDING = "standing", "达到，定为常规做法"
    AGAIN = "again", "没有达到，下季度再来"


class DateKind(TextChoices):
    """The key dates of a theme: meetings and tours, which ask for no paper."""

    LAUNCH = "launch", "启动"
    TOUR = "tour", "观摩"
    SUMMARY = "summary", "总结"


class Outcome(TextChoices):
    """How an organisation stands against a figure's goal."""

    REACHED = "reached", "已达到"
    SHORT = "short", "还差"
    NONE = "none", "没有这件事"  # nobody was absent: nothing to make up for
    UNKNOWN = "unknown", "无法回算"
