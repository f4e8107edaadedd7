"""测评: counts of paper ballots, and the secretary's report that some of them are of."""

from .ballot import BallotCount, BallotRound, CountScan
from .report import ReportFile, SecretaryReport

__all__ = ["BallotCount", "BallotRound", "CountScan", "ReportFile", "SecretaryReport"]
