"""Cycles with their assessed, computations with what they read, scores and accounts."""

from .correction import Correction
from .cycle import Assessed, Cycle, HandMark, Reading, Run, ScoreLedger, ScoreMark
from .score import IndicatorScore, Posting, Score

__all__ = [
    "Assessed",
    "Correction",
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
