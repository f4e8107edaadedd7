from .cases import AcceptForm, CaseFilter, CaseForm, DecideForm, FollowForm, PlanForm
from .criteria import CriterionForm

__all__ = [
    "AcceptForm",
    "CaseFilter",
    "CaseForm",
    "CriterionForm",
    "DecideForm",
    "FollowForm",
    "PlanForm",
]
