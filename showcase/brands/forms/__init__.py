from .brands import (
    CopyForm,
    CopyTellForm,
    DecideForm,
    FileForm,
    KeepForm,
    ReasonForm,
    StepsForm,
    TakeForm,
)
from .filters import BrandFilter, YearFilter
from .highlights import HighlightForm

__all__ = [
    "BrandFilter",
    "CopyForm",
    "CopyTellForm",
    "DecideForm",
    "FileForm",
    "HighlightForm",
    "KeepForm",
    "ReasonForm",
    "StepsForm",
    "TakeForm",
    "YearFilter",
]
