"""Action items, their lines and wishes for more time, and 意见建议, over the queries and actions of the
pages."""

from .acting import (
    ActionItemComment,
    ActionItemExtend,
    ActionItemLook,
    ActionItemProgress,
    ActionItemReceive,
    ActionItemReport,
    ActionItemResume,
    ActionItemReturn,
    ActionItemVerify,
    ActionItemWait,
    ActionItemWithdraw,
)
from .feedback import FeedbackDetail, FeedbackList
from .items import (
    ActionItemCancel,
    ActionItemDetail,
    ActionItemIssue,
    ActionItemList,
    ActionItemTransfer,
)
from .parts import (
    ActionLineReport,
    ActionLineReturn,
    ActionLineVerify,
    ExtensionGrant,
    ExtensionRefuse,
)

__all__ = [
    "ActionItemCancel",
    "ActionItemComment",
    "ActionItemDetail",
    "ActionItemExtend",
    "ActionItemIssue",
    "ActionItemList",
    "ActionItemLook",
    "ActionItemProgress",
    "ActionItemReceive",
    "ActionItemReport",
    "ActionItemResume",
    "ActionItemReturn",
    "ActionItemTransfer",
    "ActionItemVerify",
    "ActionItemWait",
    "ActionItemWithdraw",
    "ActionLineReport",
    "ActionLineReturn",
    "ActionLineVerify",
    "ExtensionGrant",
    "ExtensionRefuse",
    "FeedbackDetail",
    "FeedbackList",
]
