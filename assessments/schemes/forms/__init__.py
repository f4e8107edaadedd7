from .acts import NamedForm, PublishForm, ReturnForm, SchemeForm, SubmitForm
from .indicators import GroupNameForm, PanelForm, TreeForm
from .settings import SettingsForm

__all__ = [
    "GroupNameForm",
    "NamedForm",
    "PanelForm",
    "PublishForm",
    "ReturnForm",
    "SchemeForm",
    "SettingsForm",
    "SubmitForm",
    "TreeForm",
]
