"""评审: several named people judge one thing, each alone."""

from .panel import Panel, PanelSeat

__all__ = ["Panel", "PanelSeat"]
