"""How long things take, as stored: what was estimated from histories, else the constants of kinds."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core import periods

from .. import item_kinds
from ..asks import Minutes
from ..item_kinds import Spec
from ..item_kinds.efforts import FEWEST, Effort
from ..models import MinutesEstimate, ReportItem

WHOLE = "all"  # the row that says when the last estimate was made
TOGETHER = 2000  # rows read at once


def subject_of_item(form: str, key: str) -> str:
    """What an item of a form is called among the estimates."""
    return f"item:{form}:{key}"


def subject_of_kind(kind: str) -> str:
    """What a kind of items is called among the estimates."""
    return f"kind:{kind}"


@dataclass(frozen=True, slots=True)
class Estimates:
    """What is known of how long things take, by subject."""

    rows: Mapping[str, tuple[float, int]]

    @classmethod
    def load(cls) -> "Estimates":
        """Those that rest on enough answers. One query."""
        rows = MinutesEstimate.objects.filter(answers__gte=FEWEST).exclude(subject=WHOLE)
        columns = ("subject", "minutes", "answers")
        return cls({key: (float(minutes), n) for key, minutes, n in rows.values_list(*columns)})

    def of(self, subject: str, constant: float) -> Minutes:
        """Minutes of one subject, the constant while too little is known."""
        if subject in self.rows:
            return Minutes(*self.rows[subject])
        return Minutes(constant, 0, 1)

    def of_form(self, form: str, specs: Sequence[Spec]) -> Minutes:
        """Minutes of a form with these items: each by its own history, else its kind's, else the
        constant. The answers told are the fewest that one of its items rests on."""
        total, fewest, guessed = 0.0, 0, 0
        for spec in specs:
            kind = item_kinds.of(spec["kind"])
            if not kind.is_typed:
                total += kind.cost(spec)
                continue
            own = self.rows.get(subject_of_item(form, spec["key"]))
            found = own or self.rows.get(subject_of_kind(spec["kind"]))
            if found is None:
                total += kind.cost(spec)
                guessed += 1
            else:
                total += found[0]
                fewest = min(fewest or found[1], found[1])
        return Minutes(round(total, 1), fewest, guessed)

    def minutes(self, form: str, specs: Sequence[Spec]) -> float:
        """The minutes alone."""
        return self.of_form(form, specs).minutes


def written_items(since: dt.date) -> Iterator[tuple[Sequence[str], Effort]]:
    """Every item of the reports that were sent for periods since the day, each with what it says
    something of: itself and its kind. One query, read piece by piece."""
    first = periods.containing(since, periods.MONTH)
    rows: Iterable[tuple[str, str, str, dict[str, object]]] = (
        ReportItem.objects.filter(report__submitted_at__date__gte=since)
        .filter(period__gte=first[:4])
        .order_by()
        .values_list("report__definition__key", "key", "kind", "value")
        .iterator(chunk_size=TOGETHER)
    )
    for form, key, kind, value in rows:
        one = item_kinds.of(kind)
        if one.is_typed:
            yield (subject_of_item(form, key), subject_of_kind(kind)), one.effort(value or {})
