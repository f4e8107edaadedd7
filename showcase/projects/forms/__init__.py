"""What is typed about projects and campaigns."""

from .acts import (
    AnswerForm,
    AskForm,
    CheckForm,
    CloseForm,
    DecideForm,
    FinishForm,
    GradeForm,
    MidtermForm,
    SettleForm,
    SpendForm,
)
from .proposals import CampaignForm, ListFilter, ProjectForm

__all__ = [
    "AnswerForm",
    "AskForm",
    "CampaignForm",
    "CheckForm",
    "CloseForm",
    "DecideForm",
    "FinishForm",
    "GradeForm",
    "ListFilter",
    "MidtermForm",
    "ProjectForm",
    "SettleForm",
    "SpendForm",
]
