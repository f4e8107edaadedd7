"""What is wrong with a stored version."""

from core import figures

from ..models import SchemeVersion
from ..validation import Problem, problems


def problems_of(version: SchemeVersion) -> list[Problem]:
    """All that is wrong with what the version says, for the classes of its scheme. No query when it
    comes with its scheme."""
    known = figures.registered()
    return problems(
        version.content,
        classes=version.scheme.classes,
        figures=known.keys(),
        only_whole={key for key, one in known.items() if one.only_whole},
    )
