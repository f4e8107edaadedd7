from .paper import application
from .sheets import write_coverage, write_sites

__all__ = ["application", "write_coverage", "write_sites"]
