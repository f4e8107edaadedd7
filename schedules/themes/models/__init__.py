from .finding import Candidate, CandidateMonth, Finding
from .standing import ThemeMonth, ThemePlace, ThemeStanding
from .theme import Theme, ThemeCommittee, ThemeDate, ThemeFigure, ThemeRemark

__all__ = [
    "Candidate",
    "CandidateMonth",
    "Finding",
    "Theme",
    "ThemeCommittee",
    "ThemeDate",
    "ThemeFigure",
    "ThemeMonth",
    "ThemePlace",
    "ThemeRemark",
    "ThemeStanding",
]
