"""Cycles with their assessed, computations with what they read, scores and accounts."""

from .correction import Correction
from .cycle import ASSESSED, Assessed, Cycle, HandMark, Reading, Run, ScoreLedger, ScoreMark
from .score import IndicatorScore, Posting, Score

__all__ = [
    "ASSESSED",
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
