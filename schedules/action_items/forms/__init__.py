from .alike import GatherForm
from .feedback import AnswerForm, FeedbackForm
from .handing import HandForm

__all__ = ["AnswerForm", "FeedbackForm", "GatherForm", "HandForm"]
