"""What starts an installation: the first organisation, a mail that is tried, and that all is done."""

import datetime as dt

from core import audit, clock, effects, mailing, start_steps
from core.actions import action
from core.actor import Actor, system
from core.errors import Conflict
from core.models import Effect, StartMark

from .. import tree
from ..enums import OrganizationKind
from ..models import Organization, User
from ..queries.starting import MAIL, MAIL_TEST, mail_is_under_way
from . import organizations
from .history import Decision


@action
def found_root(*, by: Actor, name: str, short_name: str, on: dt.date) -> Organization:
    """Enters the work committee of the zone, the first organisation of a new installation; from
    then on its staff enter the rest. Raises Conflict when there is one."""
    tree.lock()
    if Organization.objects.active().filter(parent=None).exists():
        raise Conflict("党工委已经登记，其余组织由党工委工作人员导入或登记。")
    made = organizations.found(
        name=name,
        short_name=short_name,
        kind=OrganizationKind.WORK_COMMITTEE,
        parent=None,
        decision=Decision(on=on, note="启用时登记"),
        by=system(by.name),
    )
    audit.record(
        by=by,
        verb="orgs.start.root",
        obj=made,
        organization_id=made.pk,
        organization_path=made.path,
        changes={"name": [None, name]},
    )
    return made


@action
def try_mail(*, by: Actor, address: str) -> None:
    """Has a mail sent to the address in the background; the answer of the mail server is kept.
    Raises Conflict while another is under way."""
    # Several presses of one person wait for each other.
    User.objects.select_for_update().filter(pk=by.user_id or 0).first()
    if mail_is_under_way():
        raise Conflict("上一封测试邮件还没有结果，请稍等。")
    key = f"{MAIL_TEST}:{clock.now():%Y%m%d%H%M%S%f}"
    effects.enqueue(MAIL_TEST, key, address=address, by=by.name)
    audit.record(by=by, verb="orgs.start.mail", label=_masked(address))


@effects.handler(MAIL_TEST, label="测试邮件", style="external", lease_seconds=60, max_attempts=1)
def send_test(effect: Effect) -> None:
    """Sends the mail and keeps what the server said. Failing is an answer, too."""
    address = effect.payload["address"]
    note_mail(by=system(effect.payload["by"]), address=address, failure=mailing.sent_to(address))


@action
def note_mail(*, by: Actor, address: str, failure: str) -> StartMark:
    """Keeps how the last mail ended that was tried; `failure` is empty when it went out."""
    text = f"{_masked(address)}：{failure or '邮件服务器已收下，请本人到邮箱里看一眼'}。"
    mark, _ = StartMark.objects.update_or_create(
        key=MAIL,
        defaults={
            "is_good": not failure,
            "at": clock.now(),
            "by_name": by.name[:100],
            "detail": text[:300],
        },
    )
    return mark


def _masked(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:2]}***@{host}"


@action
def note_complete(*, by: Actor) -> bool:
    """Notes that all steps are done, so that pages stop telling; returns whether they are. One
    query from then on."""
    if start_steps.was_complete():
        return True
    if not start_steps.is_complete(start_steps.standings()):
        return False
    StartMark.objects.get_or_create(
        key=start_steps.COMPLETE, defaults={"at": clock.now(), "by_name": by.name}
    )
    audit.record(by=by, verb="orgs.start.complete")
    return True
