from .acts import NamedForm, PublishForm, ReturnForm, SchemeForm, SubmitForm
from .exemptions import ApproveForm, EndForm, ExemptionFilter, ExemptionForm, RefuseForm
from .groups import GroupForm, QuotaForm, SetFilter
from .indicators import GroupNameForm, PanelForm, TreeForm
from .settings import SettingsForm

__all__ = [
    "ApproveForm",
    "EndForm",
    "ExemptionFilter",
    "ExemptionForm",
    "GroupForm",
    "GroupNameForm",
    "NamedForm",
    "PanelForm",
    "PublishForm",
    "QuotaForm",
    "RefuseForm",
    "ReturnForm",
    "SchemeForm",
    "SetFilter",
    "SettingsForm",
    "SubmitForm",
    "TreeForm",
]
