from .brand import Brand, BrandMark, BrandPassage, BrandStep
from .copy import BrandCopy
from .figure import BrandFigure, BrandMonth
from .highlight import Highlight

__all__ = [
    "Brand",
    "BrandCopy",
    "BrandFigure",
    "BrandMark",
    "BrandMonth",
    "BrandPassage",
    "BrandStep",
    "Highlight",
]
