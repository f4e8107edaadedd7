from .exemptions import ApproveForm, EndForm, ExemptionFilter, ExemptionForm, RefuseForm
from .groups import GroupForm, QuotaForm, SetFilter

__all__ = [
    "ApproveForm",
    "EndForm",
    "ExemptionFilter",
    "ExemptionForm",
    "GroupForm",
    "QuotaForm",
    "RefuseForm",
    "SetFilter",
]
