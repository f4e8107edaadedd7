"""What people type about their self-assessment."""

from .items import ItemForm, QuestionForm
from .returns import ReturnForm

__all__ = ["ItemForm", "QuestionForm", "ReturnForm"]
