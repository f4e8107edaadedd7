from .acts import CheckForm, DeclineForm, NameForm, ReasonForm, WarnForm
from .applying import SiteFilter, WordsForm
from .programmes import ProgrammeForm, RegisterForm

__all__ = [
    "CheckForm",
    "DeclineForm",
    "NameForm",
    "ProgrammeForm",
    "ReasonForm",
    "RegisterForm",
    "SiteFilter",
    "WarnForm",
    "WordsForm",
]
