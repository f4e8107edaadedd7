from .finder import Finder, FinderFigure, FinderMonth
from .standing import ThemeMonth, ThemePlace, ThemeStanding
from .theme import Theme, ThemeCommittee, ThemeDate, ThemeFigure, ThemeRemark

__all__ = [
    "Finder",
    "FinderFigure",
    "FinderMonth",
    "Theme",
    "ThemeCommittee",
    "ThemeDate",
    "ThemeFigure",
    "ThemeMonth",
    "ThemePlace",
    "ThemeRemark",
    "ThemeStanding",
]
