from .page import PublicPage, PublicPicture, PublicStamp
from .story import Story, StoryPerson, StoryPicture, StoryStep

__all__ = [
    "PublicPage",
    "PublicPicture",
    "PublicStamp",
    "Story",
    "StoryPerson",
    "StoryPicture",
    "StoryStep",
]
