"""Short addresses of the rows behind a figure: a board has some two hundred of them.

`?r=17.2026-10.late.6kj0x9z1c2` names organisation, period, what is shown and moment, and perhaps a
class of organisations and a plan. The long form, with a name for each, goes on being understood.
"""

import datetime as dt

from django.http import Http404, QueryDict
from django.utils.http import base36_to_int, int_to_base36

from core.figures import moment_word

SHORT = "r"
# The names of the long form, in the order of the short one.
NAMES = ("organization", "period", "show", "at", "class", "plan")


def shortened(
    organization_id: int,
    period: str,
    as_of: dt.datetime | None,
    shown: str = "",
    kind: str = "",
    plan: str = "",
) -> str:
    """The query of the address. The moment is in microseconds since 1970, for figures are told
    apart by them."""
    at = int_to_base36(int(moment_word(as_of))) if as_of else ""
    return f"{SHORT}={'.'.join((str(organization_id), period, shown, at, kind, plan)).rstrip('.')}"


def spelled_out(given: QueryDict) -> QueryDict:
    """The query in its long form, whichever it came in. Raises Http404 for a short one that is
    none."""
    if SHORT not in given:
        return given
    parts = str(given[SHORT]).split(".")
    if not 2 <= len(parts) <= len(NAMES):
        raise Http404
    named = dict(zip(NAMES, parts, strict=False))
    if named.get("at"):
        try:
            named["at"] = str(base36_to_int(named["at"]))
        except ValueError:
            raise Http404 from None
    long = given.copy()
    del long[SHORT]
    long.update({name: value for name, value in named.items() if value})
    return long
