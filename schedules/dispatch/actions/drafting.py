"""The agenda drafts itself from the month's exceptions, any number of times."""

from collections import Counter
from dataclasses import dataclass

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from ..enums import Section
from ..models import AgendaCard, DispatchMeeting
from ..queries.agenda import AUTO
from ..queries.exceptions import exceptions_of
from ..queries.findings import Finding, Kind, speakers_for
from ..words import LISTED, SECTIONS, TOPICS, minutes_for, worded
from . import rights, telling
from .cards import MOST_CARDS, Content

MOST_LEFT_OUT = 60
# What is written anew of a card that nobody has written at.
_RENEWED = ("title", "note", "facts", "figures", "chart", "as_of", "speaker_name")


@dataclass(frozen=True, slots=True)
class Told:
    """What drafting did."""

    added: int
    refreshed: int
    left_out: int


@action
def draft_agenda(*, meeting: DispatchMeeting, by: Actor) -> Told:
    """Puts what the month shows onto the agenda and renews the figures of what it had found
    before. What people wrote, took away or put off stays so; minutes and places stay. Told again
    it changes nothing but figures. Raises NotAllowed, or MovedOn once the meeting has begun."""
    meeting = _locked(meeting, by)
    findings = exceptions_of(meeting)
    contents = _contents(meeting, findings)
    cards = {
        card.origin: card
        for card in AgendaCard.objects.select_for_update(of=("self",)).filter(
            meeting=meeting, origin__startswith=AUTO, is_removed=False
        )
    }
    refused = _refused(meeting)
    seen: Counter[Kind] = Counter()
    added: list[AgendaCard] = []
    left: list[dict[str, str]] = []
    refreshed = 0
    position = _last(meeting)
    room = MOST_CARDS - AgendaCard.objects.on_agenda().filter(meeting=meeting).count()
    for finding in findings:
        content = contents[finding.key]
        if content.origin in cards:
            seen[finding.kind] += 1
            refreshed += _renew(cards[content.origin], content)
        elif content.origin in refused:
            continue
        elif seen[finding.kind] < LISTED.get(finding.kind, MOST_CARDS) and len(added) < room:
            seen[finding.kind] += 1
            position += 1
            added.append(_card(meeting, content, position))
        else:
            left.append(
                {"origin": content.origin, "topic": str(content.topic), "title": content.title}
            )
    left = left[:MOST_LEFT_OUT]
    told = Told(len(added), refreshed, len(left))
    if not added and not refreshed and left == meeting.left_out and meeting.drafted_at:
        return told
    AgendaCard.objects.bulk_create(added, batch_size=100)
    DispatchMeeting.machine.move(meeting, "arrange", left_out=left, drafted_at=clock.now())
    telling.note(
        meeting,
        "dispatch.card.draft",
        meeting=meeting,
        by=by,
        changes={"cards": [None, len(added)]},
    )
    return told


@action
def add_found(*, meeting: DispatchMeeting, origin: str, by: Actor) -> AgendaCard:
    """An exception that was not listed comes onto the agenda. Told again it is the card that there
    is. Raises NotAllowed, MovedOn, or DomainError where the month does not show it any more."""
    meeting = _locked(meeting, by)
    present = AgendaCard.objects.on_agenda().filter(meeting=meeting, origin=origin).first()
    if present is not None:
        return present
    if AgendaCard.objects.on_agenda().filter(meeting=meeting).count() >= MOST_CARDS:
        raise DomainError(f"一次会最多 {MOST_CARDS} 个议题。")
    findings = [one for one in exceptions_of(meeting) if _origin(meeting, one) == origin]
    if not findings:
        raise DomainError("这一条现在已经不是异常，请重新算异常。")
    content = _contents(meeting, findings)[findings[0].key]
    card = _card(meeting, content, _last(meeting) + 1)
    AgendaCard.objects.bulk_create([card])
    left = [one for one in meeting.left_out if one["origin"] != origin]
    DispatchMeeting.machine.move(meeting, "arrange", left_out=left)
    telling.note(card, "dispatch.card.add", meeting=meeting, by=by)
    return card


def _locked(meeting: DispatchMeeting, by: Actor) -> DispatchMeeting:
    held = rights.locked(meeting.pk)
    rights.expect_holder(held.organization, by, "议程由召集单位安排。")
    DispatchMeeting.machine.expect(held, "arrange")
    return held


def _origin(meeting: DispatchMeeting, finding: Finding) -> str:
    return f"{AUTO}{meeting.period}:{finding.key}"


def _contents(meeting: DispatchMeeting, findings: list[Finding]) -> dict[str, Content]:
    """Key -> what the card says. One query, for who speaks."""
    speakers = speakers_for(one.committee for one in findings if one.committee is not None)
    found = {}
    for finding in findings:
        said = worded(finding)
        committee = finding.committee
        speaker = speakers.get(committee.pk, "") if committee else ""
        if finding.kind == Kind.PLAN:
            speaker = meeting.chair_name
        found[finding.key] = Content(
            section=SECTIONS.get(finding.kind, Section.EXCEPTIONS),
            topic=TOPICS[finding.kind],
            title=said.title,
            minutes=minutes_for(finding, meeting.speech_minutes),
            note=said.note,
            speaker_name=speaker or meeting.recorder_name,
            organization=committee if speaker else None,
            is_chair=finding.kind == Kind.PLAN,
            origin=_origin(meeting, finding),
            facts=said.facts,
            figures=said.figures,
            chart=said.chart,
        )
    return found


def _refused(meeting: DispatchMeeting) -> set[str]:
    """Origins that people took off this agenda or put off from it, to the backlog or to another
    meeting. One query."""
    gone = AgendaCard.objects.filter(
        series=meeting.series_id, origin__startswith=f"{AUTO}{meeting.period}:"
    )
    elsewhere = gone.filter(is_removed=False).exclude(meeting=meeting)
    taken_off = gone.filter(meeting=meeting, is_removed=True) | gone.filter(meeting=None)
    taken_off |= elsewhere.exclude(meeting=None)
    return set(taken_off.values_list("origin", flat=True))


def _card(meeting: DispatchMeeting, content: Content, position: int) -> AgendaCard:
    return AgendaCard(series=meeting.series, meeting=meeting, position=position, **content.values())


def _last(meeting: DispatchMeeting) -> int:
    rows = meeting.cards.order_by("-position").values_list("position", flat=True)
    return rows.first() or 0


def _renew(card: AgendaCard, content: Content) -> bool:
    """Writes the newest figures into a card that nobody has written at; whether anything differs
    but the moment."""
    if card.is_written:
        return False
    values = {name: one for name, one in content.values().items() if name in _RENEWED}
    differs = any(getattr(card, name) != one for name, one in values.items() if name != "as_of")
    if differs:
        AgendaCard.machine.move(card, "refresh", **values)
    return differs
