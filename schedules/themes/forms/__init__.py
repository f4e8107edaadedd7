from .themes import ConcludeForm, DatesForm, PublishForm, RemarkForm, ScopeForm, ThemeForm

__all__ = ["ConcludeForm", "DatesForm", "PublishForm", "RemarkForm", "ScopeForm", "ThemeForm"]
