"""免考: proposed with a reason, approved by another person, ended by its last day or before it."""

import datetime as dt

from core import clock, notifications
from core.actions import action
from core.actor import Actor
from core.dates import in_words
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.access import who_may
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import ExemptionMode, ExemptionState
from ..models import IndicatorExemption, Scheme
from ..queries.exemptions import (
    in_force_on,
    indicators_of,
    names_of,
    next_half_year,
    same,
)
from ..queries.reading import measured_by
from . import telling

LEAST_REASON = 4  # characters


@action
def propose(
    *,
    scheme: Scheme,
    indicator: str,
    organization: Organization,
    reason: str,
    since: dt.date,
    until: dt.date,
    by: Actor,
    mode: str = ExemptionMode.RESCALE,
) -> IndicatorExemption:
    """Asks that one indicator be out for one organisation from a day to a day of the scheme's year.
    Raises NotAllowed; DomainError for an indicator that the version in force on the first day does
    not have and for an organisation that the scheme does not measure; Conflict where the same is
    asked for or holds."""
    _expect(Permission.SCHEME_EDIT, scheme, by)
    # Two who ask for the same at once go one after the other.
    Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    reason = _reason(reason, "请写明免考的理由")
    if mode not in ExemptionMode.values:
        raise DomainError("请选择计法。", field="mode")
    _check_days(scheme, since, until)
    _check_indicator(scheme, indicator, since)
    _check_measured(scheme, organization)
    _check_alone(scheme, indicator, organization, since, until)
    row = IndicatorExemption.objects.create(
        scheme=scheme,
        indicator=indicator,
        organization=organization,
        mode=mode,
        reason=reason,
        since=since,
        until=until,
        proposed_by_id=by.user_id,
        proposed_by_name=by.name[:100],
        proposed_at=clock.now(),
    )
    changes = {
        "indicator": [None, indicator],
        "organization": [None, organization.pk],
        "mode": [None, mode],
        "since": [None, since.isoformat()],
        "until": [None, until.isoformat()],
    }
    telling.note(
        row,
        "schemes.exemption.propose",
        holder=scheme.organization,
        by=by,
        changes=changes,
        text=reason,
    )
    return row


@action
def approve(*, exemption: IndicatorExemption, approved_by: str, by: Actor) -> IndicatorExemption:
    """Approves what another person has proposed, and says which body decided it, or by which
    document. The organisation is told. Raises NotAllowed, MovedOn, DomainError."""
    scheme = exemption.scheme
    _expect(Permission.SCHEME_PUBLISH, scheme, by)
    stored = IndicatorExemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    IndicatorExemption.machine.expect(stored, "approve")
    if stored.proposed_by_id in by.persons:
        raise NotAllowed("提出的人不能自己批准，请由另一人办理。")
    approved_by = clean(approved_by)[:100]
    if not approved_by:
        raise DomainError("请填写批准机关、会议或文号。", field="approved_by")
    if stored.until < clock.today():
        raise DomainError("免考的最后一天已过，请不予批准，改日期后重新提出。")
    _check_indicator(scheme, stored.indicator, stored.since)
    _check_measured(scheme, stored.organization)
    IndicatorExemption.machine.move(
        exemption,
        "approve",
        approved_by=approved_by,
        approved_at=clock.now(),
        decided_by_name=by.name[:100],
    )
    _note(exemption, "schemes.exemption.approve", by, {"approved_by": [None, approved_by]})
    span = f"{in_words(exemption.since)}至{in_words(exemption.until)}"
    body = f"{span}，{exemption.get_mode_display()}。批准：{approved_by}。"
    _tell(exemption, "approved", "已批准免考", body, by)
    return exemption


@action
def refuse(*, exemption: IndicatorExemption, reason: str, by: Actor) -> IndicatorExemption:
    """Does not approve it, and says why; who proposed it takes it back so. The organisation is told.
    Raises NotAllowed, MovedOn, DomainError."""
    _expect(Permission.SCHEME_PUBLISH, exemption.scheme, by)
    reason = _reason(reason, "请写明不批准的理由")
    IndicatorExemption.machine.move(
        exemption, "refuse", answer=reason, decided_by_name=by.name[:100]
    )
    _note(exemption, "schemes.exemption.refuse", by, text=reason)
    _tell(exemption, "refused", "没有批准免考", f"理由：{reason}", by)
    return exemption


@action
def end(
    *,
    exemption: IndicatorExemption,
    reason: str,
    by: Actor,
    is_error: bool = False,
) -> IndicatorExemption:
    """Ends it before its last day: from the next half-year on, for what is against the assessed
    holds from the next period only; with `is_error` as if it had never been. One that has not begun
    never begins. The organisation is told. Raises NotAllowed, MovedOn, DomainError."""
    _expect(Permission.SCHEME_PUBLISH, exemption.scheme, by)
    reason = _reason(reason, "请写明终止的理由")
    stored = IndicatorExemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    IndicatorExemption.machine.expect(stored, "end")
    today = clock.today()
    if stored.until < today:
        raise Conflict(f"这项免考已于{in_words(stored.until)}到期，不用终止。", code="state")
    if is_error or stored.since > today:
        ended_on = stored.since
    else:
        ended_on = next_half_year(today)
        if ended_on > stored.until:
            raise DomainError(
                f"对被考核单位不利的改动自下一期起算，这项免考在那之前就到期（{in_words(stored.until)}）。"
                "批准有误的，请选“更正作废”。",
                field="is_error",
            )
    IndicatorExemption.machine.move(
        exemption, "end", ended_on=ended_on, answer=reason, decided_by_name=by.name[:100]
    )
    _note(
        exemption,
        "schemes.exemption.end",
        by,
        {"ended_on": [None, ended_on.isoformat()]},
        text=reason,
    )
    how = "自始不算" if ended_on == stored.since else f"自{in_words(ended_on)}起照常考核"
    _tell(exemption, "ended", "终止免考", f"{how}。理由：{reason}", by)
    return exemption


# --- what is asked of them -----------------------------------------------------------------------


def _expect(permission: Permission, scheme: Scheme, by: Actor) -> None:
    if not by.may_at(permission, scheme.organization.path):
        raise NotAllowed("免考由制定这份细则的党委办理。")


def _reason(text: str, words: str) -> str:
    text = clean(text)
    if len(text) < LEAST_REASON:
        raise DomainError(f"{words}（至少 {LEAST_REASON} 个字）。", field="reason")
    if len(text) > 300:
        raise DomainError("理由请写在 300 字以内。", field="reason")
    return text


def _check_days(scheme: Scheme, since: dt.date, until: dt.date) -> None:
    if since.year != scheme.year:
        raise DomainError(f"起始日期应在{scheme.year}年内。", field="since")
    if until.year != scheme.year:
        raise DomainError(
            f"细则管{scheme.year}年度，免考到年底为止；下一年度另行提出。", field="until"
        )
    if until < since:
        raise DomainError("结束日期不能早于起始日期。", field="until")
    if until < clock.today():
        raise DomainError("结束日期不能早于今天。", field="until")


def _check_indicator(scheme: Scheme, indicator: str, since: dt.date) -> None:
    version = in_force_on(scheme, since)
    if version is None:
        raise DomainError(f"{in_words(since)}还没有适用的细则。", field="since")
    if indicator not in {leaf.key for leaf in indicators_of(version)}:
        raise DomainError(
            f"{in_words(since)}适用的第{version.number}版没有这项指标。", field="indicator"
        )


def _check_measured(scheme: Scheme, organization: Organization) -> None:
    if organization.pk not in {one.pk for one in measured_by(scheme, clock.today())}:
        raise DomainError(f"{organization}不由这份细则考核。", field="organization")


def _check_alone(
    scheme: Scheme, indicator: str, organization: Organization, since: dt.date, until: dt.date
) -> None:
    for one in same(scheme, indicator, organization.pk):
        if one.state == ExemptionState.PROPOSED:
            raise Conflict(f"{organization}的这一项已经提出，正等批准。", field="organization")
        last = one.held_until
        if max(one.since, since) <= min(last, until) or (
            one.state == ExemptionState.APPROVED and last >= clock.today()
        ):
            raise Conflict(
                f"{organization}的这一项已免考（{in_words(one.since)}至{in_words(last)}），不能重复。",
                field="organization",
            )
        if one.state == ExemptionState.APPROVED:
            IndicatorExemption.machine.move(one, "lapse", ended_on=last + dt.timedelta(days=1))


def _note(
    exemption: IndicatorExemption,
    verb: str,
    by: Actor,
    changes: dict[str, list[str | None]] | None = None,
    text: str = "",
) -> None:
    telling.note(
        exemption, verb, holder=exemption.scheme.organization, by=by, changes=changes, text=text
    )


def _tell(exemption: IndicatorExemption, what: str, title: str, body: str, by: Actor) -> None:
    """Tells the staff of the exempted organisation. Four queries."""
    name = names_of([exemption]).get(
        (exemption.scheme_id, exemption.indicator), exemption.indicator
    )
    people = who_may(Permission.ASSESSMENT_VIEW, exemption.organization, nearest=True)
    notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"exemption:{exemption.pk}:{what}:{user_id}",
            title=f"{title}：{name}",
            body=f"{exemption.organization}，{exemption.scheme}。{body}",
            url=exemption.get_absolute_url(),
            about=f"exemption:{exemption.pk}",
        )
        for user_id in people.filter(is_active=True).values_list("pk", flat=True)
        if user_id not in by.persons
    )
