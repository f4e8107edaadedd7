"""The public form of the demo zone: switched on, and what came by it in the last days."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.utils import timezone

from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationClass
from orgs.models import Organization
from schedules.rounds.queries.calendar import load

from ..enums import ConcernSource, ConcernState, ConcernStepKind
from ..models import Concern, ConcernStep, Filing, OtherBody, PublicForm
from ..models.intake import ONLY, code_hash, token_hash
from ..rules import OTHER_BODIES, due_at

CODE = "66201843"  # of all of them, told in docs/concerns.md; the demo's only
# Number, days ago, what was said, where, how one is called, phone, how it stands now.
FILED = (
    ("48372915", 6, "东门的路灯还是不亮，接孩子看不见路。", "小区东门", "", "", "answered"),
    ("31904476", 2, "路灯坏了好几盏，晚上不敢走。", "东门外", "孙阿姨", "13900000000", "waiting"),
    ("75028361", 1, "楼下垃圾桶满了两天没人清。", "5 号楼前", "", "", "waiting"),
    ("60417729", 4, "专业开锁，二十四小时上门，价格优惠。", "", "", "", "dropped"),
)
ANSWER = "供电所已换好东门两盏灯泡，另一盏要换线，下周三前完成。"
DROPPED = "写的是广告，不是要办的事。有身边的问题欢迎再填。"


def build(seeding: Seeding) -> None:
    """The form with the usual bodies, and four that came by it."""
    communities = _communities(seeding)
    if not communities:
        return
    seeding.add([PublicForm(pk=ONLY, is_on=True, revision=2)])
    bodies = [
        OtherBody(name=name, words=words, phone=phone, address=address)
        for name, words, phone, address in OTHER_BODIES
    ]
    seeding.add(bodies)
    _Filed(seeding, communities).build()


def _communities(seeding: Seeding) -> list[tuple[Organization, Organization]]:
    """Communities with the streets above them, in the order of the tree."""
    rows = sorted(seeding.of(Tree).organizations, key=lambda one: one.path)
    streets = {row.path: row for row in rows if row.organization_class == OrganizationClass.STREET}
    return [
        (row, streets[row.path[:10]])
        for row in rows
        if row.organization_class == OrganizationClass.COMMUNITY
        and row.path[:10] in streets
        and row.was_there(seeding.today)
    ]


class _Filed:
    """Draws them one after the other."""

    def __init__(
        self, seeding: Seeding, communities: Sequence[tuple[Organization, Organization]]
    ) -> None:
        self.seeding, self.accounts = seeding, seeding.of(Accounts)
        self.community, self.street = communities[0]
        self.rng, self.calendar = seeding.rng("filings"), load()
        self.steps: list[ConcernStep] = []

    def build(self) -> None:
        concerns, filings = [], []
        for place, told in enumerate(FILED):
            concern = self._concern(place, *told[1:])
            concerns.append(concern)
            filings.append(self._filing(concern, told[0]))
        self.seeding.add(concerns)
        for filing in filings:
            filing.concern_id = filing.concern.pk
        self.seeding.add(filings)
        self.seeding.add(self.steps)

    def _concern(
        self, number: int, days: int, text: str, where: str, person: str, phone: str, state: str
    ) -> Concern:
        at = self._at(days, 19 - number)
        concern = Concern(
            uid=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            source=ConcernSource.PUBLIC,
            text=text,
            place=where,
            intake=self.street,
            organization=self.street,
            received_at=at,
            taken_by_name="群众自己填写",
            due_at=due_at(at, "normal", self.calendar),
            state=ConcernState.WAITING,
        )
        concern.seal_contact(person, phone)
        self._step(
            concern, ConcernStepKind.TAKEN, at, "群众（公开表单）", "群众在公开表单上填写，未核实"
        )
        user = self.accounts.responsible.get(self.street.pk)
        name = user.name if user else "街道工作人员"
        later = self._at(days - 1, 10)
        if state == "dropped":
            concern.state, concern.reason, concern.ended_at = ConcernState.DROPPED, DROPPED, later
            concern.revision = 2
            self._step(concern, ConcernStepKind.DROPPED, later, name, DROPPED)
        if state == "answered":
            concern.state, concern.answer, concern.revision = ConcernState.ANSWERED, ANSWER, 3
            concern.answered_at, concern.answered_by_name = later, name
            concern.answered_by_id = user.pk if user else None
            self._step(concern, ConcernStepKind.ASSIGNED, later, name, f"由{self.street}办理")
            later += dt.timedelta(hours=5)
            self._step(concern, ConcernStepKind.ANSWERED, later, name, ANSWER)
        return concern

    def _at(self, days: int, hour: int) -> dt.datetime:
        day = self.seeding.today - dt.timedelta(days=days)
        at = dt.datetime.combine(day, dt.time(hour, 12))
        return at.replace(tzinfo=timezone.get_current_timezone())

    def _filing(self, concern: Concern, number: str) -> Filing:
        return Filing(
            concern=concern,
            number=number,
            code_hash=code_hash(number, CODE),
            token_hash=token_hash(concern.uid),
            community=self.community,
            filed_at=concern.received_at,
        )

    def _step(
        self, concern: Concern, kind: ConcernStepKind, at: dt.datetime, name: str, text: str
    ) -> None:
        self.steps.append(ConcernStep(concern=concern, kind=kind, at=at, by_name=name, text=text))
