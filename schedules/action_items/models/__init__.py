from .extension import Extension
from .feedback import Feedback, FeedbackNotice
from .item import ActionAttachment, ActionItem, ActionLink, ActionNotice, ActionStep
from .line import ActionLine
from .series import NumberSeries

__all__ = [
    "ActionAttachment",
    "ActionItem",
    "ActionLine",
    "ActionLink",
    "ActionNotice",
    "ActionStep",
    "Extension",
    "Feedback",
    "FeedbackNotice",
    "NumberSeries",
]
