from .publishing import DaysForm, PublishForm, ReasonForm, TakeDownForm
from .stories import PictureForm, StoryFilter, StoryForm, SubjectForm

__all__ = [
    "DaysForm",
    "PictureForm",
    "PublishForm",
    "ReasonForm",
    "StoryFilter",
    "StoryForm",
    "SubjectForm",
    "TakeDownForm",
]
