from .brief import brief, write_standings
from .finder import write_found

__all__ = ["brief", "write_found", "write_standings"]
