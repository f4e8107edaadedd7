"""The signed sheets of a count, kept with its round."""

from assessments.schemes.actions import telling
from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, NotAllowed

from ..enums import RoundState
from ..models import BallotRound, CountScan


@action
def attach(*, found: BallotRound, file: attachments.Checked, by: Actor) -> CountScan:
    """Adds a checked scan once two have counted, for it tells what is on it; the same file twice is
    one. Raises NotAllowed, Conflict or DomainError."""
    stored = _locked(found, by)
    if stored.state == RoundState.OPEN:
        raise Conflict("两人都计完以后再上传计票单。", code="state")
    row, is_new = attachments.keep(CountScan, file=file, by=by, round=stored)
    if is_new:
        holder = found.assessed.cycle.organization
        telling.note(stored, "ballots.scan.attach", holder=holder, by=by)
    return row


@action
def detach(*, scan: CountScan, by: Actor) -> None:
    """Takes a scan away. Idempotent. Raises NotAllowed."""
    stored = _locked(scan.round, by)
    if not stored.scans.filter(pk=scan.pk).exists():
        return
    holder = scan.round.assessed.cycle.organization
    telling.note(stored, "ballots.scan.detach", holder=holder, by=by)
    attachments.discard(scan)


def _locked(found: BallotRound, by: Actor) -> BallotRound:
    if not BallotRound.objects.to_count(by).filter(pk=found.pk).exists():
        raise NotAllowed("由计票的人上传计票单。")
    return BallotRound.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
