from .acts import NamedForm, PublishForm, ReturnForm, SchemeForm, SubmitForm
from .indicators import GroupForm, PanelForm, TreeForm
from .settings import SettingsForm

__all__ = [
    "GroupForm",
    "NamedForm",
    "PanelForm",
    "PublishForm",
    "ReturnForm",
    "SchemeForm",
    "SettingsForm",
    "SubmitForm",
    "TreeForm",
]
