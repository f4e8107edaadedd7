from .feedback import AnswerForm, FeedbackForm
from .handing import HandForm

__all__ = ["AnswerForm", "FeedbackForm", "HandForm"]
