from .brief import brief, write_standings

__all__ = ["brief", "write_standings"]
