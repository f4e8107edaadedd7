from .acts import (
    AskForm,
    CancelForm,
    CommentForm,
    GrantForm,
    LineReportForm,
    LineReturnForm,
    LookForm,
    PlainForm,
    ProgressForm,
    ReceiveForm,
    RefuseForm,
    ReportForm,
    ResumeForm,
    SendBackForm,
    TransferForm,
    VerifyForm,
    WaitForm,
)
from .alike import GatherForm
from .feedback import AnswerForm, FeedbackForm
from .filters import SHOWING_WORDS, TAB_WORDS, BoardFilter
from .giving import GivenForm, NewForm, values_of
from .handing import HandForm

__all__ = [
    "SHOWING_WORDS",
    "TAB_WORDS",
    "AnswerForm",
    "AskForm",
    "BoardFilter",
    "CancelForm",
    "CommentForm",
    "FeedbackForm",
    "GatherForm",
    "GivenForm",
    "GrantForm",
    "HandForm",
    "LineReportForm",
    "LineReturnForm",
    "LookForm",
    "NewForm",
    "PlainForm",
    "ProgressForm",
    "ReceiveForm",
    "RefuseForm",
    "ReportForm",
    "ResumeForm",
    "SendBackForm",
    "TransferForm",
    "VerifyForm",
    "WaitForm",
    "values_of",
]
