"""党小组 of the larger branches with who is in them, and who need not come for a time."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from core import periods
from core.demo import RECORDER, Seeding
from members.demo.people import People
from members.enums import Category, MembershipState
from members.models import Member
from orgs import titles
from orgs.demo.committees import NUMERALS
from orgs.demo.tree import Tree, months_before
from orgs.enums import EventKind, OrganizationKind, UnitSituation
from orgs.models import Organization, OrganizationEvent, OrganizationPlacement
from orgs.models.organization import STEP

from ..enums import ExemptionReason
from ..models import Exemption, GroupMembership

FROM_MEMBERS = 30  # branches of so many have their groups in the tree; others tell how many only
SHARE_ILL, OLD = 0.006, 78


@dataclass
class Groups:
    """The groups, each with its branch."""

    pairs: list[tuple[Organization, Organization]] = field(default_factory=list)

    def of(self, branch: Organization) -> list[Organization]:
        """Those of the branch."""
        return [group for group, above in self.pairs if above.pk == branch.pk]


def write(seeding: Seeding) -> Groups:
    """Writes groups, who is in them, and exemptions; keeps the groups for those who come after."""
    tree, people = seeding.of(Tree), seeding.of(People)
    found = Groups()
    number = len(tree.organizations)
    members: list[tuple[Organization, list[Member]]] = []
    for branch in tree.branches:
        rows = people.by_branch.get(branch.pk, [])
        if len(rows) < FROM_MEMBERS or not branch.group_count:
            continue
        for index in range(branch.group_count):
            number += 1
            group = _group(seeding, branch, index, number)
            found.pairs.append((group, branch))
            members.append((group, rows[index :: branch.group_count]))
    seeding.insert([group for group, _ in found.pairs], found_by="uid")
    if not seeding.is_again:
        _write_history(seeding, found)
        seeding.add([row for group, rows in members for row in _memberships(seeding, group, rows)])
        seeding.add(_exemptions(seeding, people))
    seeding.keep(found)
    return found


def _group(seeding: Seeding, branch: Organization, index: int, number: int) -> Organization:
    rng = seeding.rng("life group", branch.path, str(index))
    said = f"第{_numeral(index + 1)}党小组"
    name = f"{branch.name.removesuffix('支部委员会').removesuffix('联合')}支部{said}"
    path = f"{branch.path}{index + 1:0{STEP}d}"
    spelled, initials = titles.spelled(name)
    # Before anything that is told here, unless the branch is younger.
    founded = periods.first_day(seeding.months[0]) - dt.timedelta(days=rng.randint(30, 900))
    return Organization(
        uid=uuid.UUID(int=rng.getrandbits(128), version=4),
        code=titles.code_of(number),
        name=name,
        name_key=titles.name_key(name),
        short_name=f"{branch.short_name}{said}",
        name_pinyin=spelled,
        name_initials=initials,
        kind=OrganizationKind.PARTY_GROUP,
        organization_class=branch.organization_class,
        sector=branch.sector,
        parent=branch,
        path=path,
        depth=len(path) // STEP,
        term_years=None,
        unit_situation=UnitSituation.AS_SUPERIOR,
        unit_name=branch.unit_name,
        unit_nature=branch.unit_nature,
        founded_on=max(founded, branch.founded_on or founded),
        updated_at=seeding.now,
    )


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def _write_history(seeding: Seeding, groups: Groups) -> None:
    seeding.add(
        [
            OrganizationEvent(
                organization=group,
                kind=EventKind.FOUNDED,
                happened_on=group.founded_on or seeding.today,
                approved_by=branch.name,
                details={"name": group.name},
                recorded_by_name=RECORDER,
                recorded_at=timezone.make_aware(
                    dt.datetime.combine(group.founded_on or seeding.today, dt.time())
                ),
            )
            for group, branch in groups.pairs
        ]
    )
    seeding.add(
        [
            OrganizationPlacement(
                organization=group,
                parent=branch,
                path=group.path,
                name=group.name,
                kind=group.kind,
                valid_from=group.founded_on,
            )
            for group, branch in groups.pairs
        ]
    )


def _memberships(
    seeding: Seeding, group: Organization, rows: list[Member]
) -> list[GroupMembership]:
    """All of them, since they or the group came; one of a year's standing leads it."""
    founded = group.founded_on or seeding.today
    since = [max(founded, row.joined_on or founded) for row in rows]
    leader = next(
        (
            row
            for row, day in zip(rows, since, strict=True)
            if day == founded and row.category == Category.FULL and not row.party_post
            if row.state == MembershipState.NORMAL and not (row.is_mobile or row.is_excused)
        ),
        None,
    )
    return [
        GroupMembership(group=group, member=row, is_leader=row is leader, since=day)
        for row, day in zip(rows, since, strict=True)
    ]


def _exemptions(seeding: Seeding, people: People) -> list[Exemption]:
    """For age without an end, for illness for some months, a few abroad."""
    rng = seeding.rng("life exemptions")
    found = []
    for row in people.members:
        rolled, months = rng.random(), rng.randint(1, 30)
        if row.state != MembershipState.NORMAL or row.is_excused or row.is_mobile:
            continue
        born = row.birth_on or seeding.today
        since = months_before(seeding.today, months).replace(day=1)
        if since <= (row.joined_on or since):
            continue
        is_old = born <= months_before(seeding.today, 12 * OLD) and not row.party_post
        if is_old and rolled < 0.5:
            reason, note, until = ExemptionReason.AGE, "年高行动不便，本人申请", None
        elif rolled < SHARE_ILL and not row.party_post:
            reason, note = ExemptionReason.ILLNESS, "住院治疗和休养"
            until = since + dt.timedelta(days=150)
        elif rolled > 1 - SHARE_ILL / 4 and not row.party_post:
            reason, note = ExemptionReason.ABROAD, "探亲"
            until = since + dt.timedelta(days=90)
        else:
            continue
        found.append(
            Exemption(
                member=row,
                reason=reason,
                note=note,
                since=since,
                until=until,
                approver_name=row.organization.contact_name or RECORDER,
                written_at=min(
                    seeding.now,
                    seeding.now - dt.timedelta(days=max(0, (seeding.today - since).days - 2)),
                ),
                written_by_name=RECORDER,
            )
        )
    return found
