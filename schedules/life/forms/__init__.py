from .appraisals import AppraisalForm, stored_of_appraisal, values_of_ballots
from .default_plans import UsualPlansForm
from .filters import DayForm, FindForm, RecordFilter
from .people import EndForm, ExemptionForm, GroupsForm
from .problems import ProblemsForm
from .records import ReasonForm, RecordForm, stored_of, values_of
from .rolls import PartForm
from .study import StudyForm, StudyRulesForm
from .year_plans import PARTY_DAY_WORDS, YearPlanForm

__all__ = [
    "PARTY_DAY_WORDS",
    "AppraisalForm",
    "DayForm",
    "EndForm",
    "ExemptionForm",
    "FindForm",
    "GroupsForm",
    "PartForm",
    "ProblemsForm",
    "ReasonForm",
    "RecordFilter",
    "RecordForm",
    "StudyForm",
    "StudyRulesForm",
    "UsualPlansForm",
    "YearPlanForm",
    "stored_of",
    "stored_of_appraisal",
    "values_of",
    "values_of_ballots",
]
