"""Who is put in which team, and whom it looks at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms import BoundField

from ..actions.teams import Arranged

MOST = 9
NOT = "0"


class TeamsForm(forms.Form):
    """One select for each person and each organisation; how the sample is drawn, and by when."""

    due_on = forms.DateField(
        label="复核截止", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    sampled = forms.IntegerField(
        label="每家抽查几项",
        min_value=0,
        max_value=10,
        initial=2,
        help_text="没有疑问的自动计分项里，随机抽几项由两人独立评；0 为不抽",
    )
    seed = forms.CharField(
        label="抽样种子",
        max_length=80,
        required=False,
        help_text="一个别人公布的数，例如当天的开奖号码；谁都可以按它重抽",
    )
    count = forms.TypedChoiceField(
        label="分几个组", coerce=int, choices=[(n, f"{n} 个组") for n in range(1, MOST + 1)]
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    left: Sequence[int] = ()  # the cases that a proposal found no team for

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        cases: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.cases = people, cases
        teams = [(NOT, "—"), *[(str(n), f"{n} 组") for n in range(1, MOST + 1)]]
        for kind, rows in (("p", people), ("c", cases)):
            for pk, name in rows:
                self.fields[f"{kind}-{pk}"] = forms.ChoiceField(
                    label=f"{name}编入", choices=teams, required=False
                )

    @property
    def helper(self) -> FormHelper:
        """The page draws the selects itself."""
        helper = FormHelper()
        helper.layout = Layout("due_on", "sampled", "seed", "count", "revision")
        return helper

    def box(self, kind: str, pk: int) -> BoundField:
        """The select of a person (`p`) or an organisation (`c`)."""
        return self[f"{kind}-{pk}"]

    def chosen(self) -> list[int]:
        """The people who are put in any team."""
        return [pk for pk, _ in self.people if self._team("p", pk)]

    def _team(self, kind: str, pk: int) -> int:
        found = self.cleaned_data.get(f"{kind}-{pk}") or NOT
        return int(found)

    def teams(self) -> list[Arranged]:
        """The teams as they are wanted, in the order of their numbers."""
        found: dict[int, tuple[list[int], list[int]]] = {}
        for kind, rows, place in (("p", self.people, 0), ("c", self.cases, 1)):
            for pk, _ in rows:
                if number := self._team(kind, pk):
                    found.setdefault(number, ([], []))[place].append(pk)
        return [Arranged(f"考核{n}组", *found[n]) for n in sorted(found)]


def initial_of(
    teams: Sequence[tuple[Sequence[int], Sequence[int]]], more: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form begins with: teams as people and cases."""
    found: dict[str, Any] = dict(more)
    for number, (people, cases) in enumerate(teams, start=1):
        found |= {f"p-{pk}": str(number) for pk in people}
        found |= {f"c-{pk}": str(number) for pk in cases}
    found.setdefault("count", max(1, len(teams)))
    return found


def usual_due(today: dt.date) -> dt.date:
    """Ten days from now, which reviewers have elsewhere."""
    return today + dt.timedelta(days=10)
