"""The kinds of duties that records of organisation life fulfil; each module registers its own."""

from . import meetings, talks

__all__ = ["meetings", "talks"]
