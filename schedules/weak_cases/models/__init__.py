from .case import CaseFact, CaseMeasure, CaseStep, WeakCase
from .criterion import Criterion

__all__ = ["CaseFact", "CaseMeasure", "CaseStep", "Criterion", "WeakCase"]
