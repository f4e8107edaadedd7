from .publishing import DaysForm, PublishForm, ReasonForm, TakeDownForm
from .stories import NewStoryForm, PictureForm, StoryFilter, StoryForm

__all__ = [
    "DaysForm",
    "NewStoryForm",
    "PictureForm",
    "PublishForm",
    "ReasonForm",
    "StoryFilter",
    "StoryForm",
    "TakeDownForm",
]
