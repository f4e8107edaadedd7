"""Accounts opened in bulk for those who hold offices. Whoever opens them never sees a secret: they
have none until a slip is printed (actions/slips.py) by another person."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.identity import mask_phone
from core.states import Stale

from .. import tree
from ..backends import PHONE_COLUMN, phone_index
from ..models import OfficeHolding, User
from ..queries.account_plans import Opening, opening_plan

_CHANGED = "名单刚刚有变化，没有开户。请核对下面现在的名单再确认。"


@dataclass(frozen=True, slots=True)
class Opened:
    """How many accounts were opened, and how many offices tied to accounts that existed."""

    accounts: int
    tied: int


@action
def open_accounts(
    *, by: Actor, within: str = "", everybody: bool = False, seen: str | None = None
) -> Opened:
    """Opens an account for everybody who holds an office at or under the path `within` and has
    none, and ties the office to it. Safe to repeat: whoever has one gets no second.

    `seen` is the mark of the preview (`opening_plan`): Stale when somebody else would be opened.
    Queries do not grow with the rows but for batches.
    """
    tree.lock()
    plan = opening_plan(within=within, everybody=everybody)
    if seen is not None and seen != plan.mark:
        raise Stale(_CHANGED, None)
    fresh, tied = plan.fresh, 0
    for row in fresh:
        row.account = _account(row, by)
    try:
        with transaction.atomic():
            User.objects.bulk_create([row.account for row in fresh if row.account], batch_size=500)
    except IntegrityError as error:  # somebody opened one by hand just now
        raise Stale(_CHANGED, None) from error
    holdings = []
    for row in plan.rows:
        for holding in row.holdings:
            holding.user = row.account
            holdings.append(holding)
    OfficeHolding.objects.bulk_update(holdings, ["user"], batch_size=500)
    for row in plan.rows:
        user = row.account
        if user is None:
            continue
        place = row.holdings[0].organization
        posts = "、".join(f"{one.organization}{one.get_post_display()}" for one in row.holdings)
        if row.username:
            changes = {"username": [None, user.username], "phone": [None, mask_phone(row.phone)]}
        else:
            tied += 1
            changes = {"post": [None, posts]}
        audit.record(
            by=by,
            verb="orgs.user.created" if row.username else "orgs.office.tied",
            obj=user,
            organization_id=place.pk,
            organization_path=place.path,
            changes=changes,
            note=f"按任职批量开户：{posts}",
        )
    return Opened(len(fresh), tied)


def _account(row: Opening, by: Actor) -> User:
    user = User(
        username=row.username,
        name=row.name,
        password=make_password(None),
        must_change_password=True,
        proof_due=True,
        opened_by_id=by.user_id,
        created_at=clock.now(),
    )
    if row.phone:
        user.phone_index = phone_index(row.phone)
        user.phone_sealed = crypto.seal(row.phone, column=PHONE_COLUMN, row=user.uid)
    return user
