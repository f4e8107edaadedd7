"""What can still be done about a figure, and until when.

A figure of a period that is over does not change any more; only what is made up for counts, in the
year's account. So each figure that people can move says here which way, what the work is called,
and whether it can be made up for afterwards. What is not here is suggested to nobody: nobody brings
back a report that was late, or makes up for an absence after its thirty days, and nobody wins by
having more members.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DOWN, UP = -1, 1


@dataclass(frozen=True, slots=True)
class Remedy:
    """Which way a figure is moved, by what work, and whether making up for it counts afterwards.
    `{n}` is how much, `{what}` the figure's label without `strip`."""

    way: int
    work: str
    strip: str = ""
    after: bool = False
    after_work: str = ""

    def words(self, units: int, label: str, *, is_after: bool) -> str:
        """补开 3 次主题党日."""
        work = self.after_work or self.work if is_after else self.work
        return work.format(n=units, what=label.removeprefix(self.strip))


_HELD = Remedy(UP, "再开 {n} 次{what}")
_MISSED = Remedy(DOWN, "补开 {n} 次{what}", strip="未开", after=True)
REMEDIES: Mapping[str, Remedy] = {
    "life_missing": Remedy(DOWN, "补开 {n} 次组织生活", after=True),
    "life_held": Remedy(UP, "再开 {n} 次组织生活"),
    "life_meetings_held": _HELD,
    "appraisals_held": _HELD,
    "study_reached": Remedy(UP, "{n} 名党员补足学时", after=True),
    "members_talked": Remedy(UP, "与 {n} 名党员谈心", after=True),
    "talks_held": Remedy(UP, "再谈心谈话 {n} 次"),
    "items_overdue": Remedy(DOWN, "办结并销号 {n} 项逾期督办", after=True),
    "items_closed": Remedy(UP, "再销号 {n} 项督办"),
    "offices_vacant": Remedy(DOWN, "配齐 {n} 个书记", after=True),
    "terms_overdue": Remedy(DOWN, "{n} 个单位完成换届", after=True),
    "reports_sent": Remedy(UP, "补报 {n} 份月报"),
    "monthly_reports_unsent": Remedy(DOWN, "补报 {n} 份月报", after=True),
}
KINDS = (
    *("general_meeting", "committee_meeting", "group_meeting", "lesson", "party_day"),
    *("life_meeting", "appraisal"),
)


def remedy_of(figure: str) -> Remedy | None:
    """What can be done about a figure; None where nothing can."""
    if figure in REMEDIES:
        return REMEDIES[figure]
    for kind in KINDS:
        if figure == f"life_{kind}_missing":
            return _MISSED
        if figure == f"life_{kind}":
            return _HELD
    return None
