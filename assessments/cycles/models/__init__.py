"""Cycles with their assessed, computations with what they read, scores and accounts."""

from .cycle import Assessed, Cycle, HandMark, Reading, Run, ScoreLedger, ScoreMark
from .score import IndicatorScore, Posting, Score

__all__ = [
    "Assessed",
    "Cycle",
    "HandMark",
    "IndicatorScore",
    "Posting",
    "Reading",
    "Run",
    "Score",
    "ScoreLedger",
    "ScoreMark",
]
