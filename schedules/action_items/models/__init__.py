from .evidence import ActionEvidence
from .extension import Extension
from .feedback import Feedback, FeedbackNotice
from .item import ActionAttachment, ActionItem, ActionLink, ActionNotice, ActionStep
from .line import ActionLine
from .series import NumberSeries
from .standing import ActionStanding

__all__ = [
    "ActionAttachment",
    "ActionEvidence",
    "ActionItem",
    "ActionLine",
    "ActionLink",
    "ActionNotice",
    "ActionStanding",
    "ActionStep",
    "Extension",
    "Feedback",
    "FeedbackNotice",
    "NumberSeries",
]
