from .standing import ThemeMonth, ThemePlace, ThemeStanding
from .theme import Theme, ThemeCommittee, ThemeDate, ThemeFigure, ThemeRemark

__all__ = [
    "Theme",
    "ThemeCommittee",
    "ThemeDate",
    "ThemeFigure",
    "ThemeMonth",
    "ThemePlace",
    "ThemeRemark",
    "ThemeStanding",
]
