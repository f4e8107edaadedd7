"""One indicator of the own self-assessment: marked, questioned, sent again."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from assessments.cycles.models import Assessed
from assessments.cycles.views.marks import AWARDS_HINT
from assessments.schemes.parameters import sentence
from core import acts, periods
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from orgs.permissions import Permission as P
from schedules.rounds import evidence as records
from schedules.rounds.evidence import with_addresses

from .. import words
from ..access import get_answered
from ..actions import items, sending
from ..forms import ItemForm, QuestionForm
from ..queries.sheet import Row, Sheet, sheet_of

FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
MOST_SEARCHED = 40


def _page(uid: uuid.UUID, key: str) -> str:
    return reverse("self_assessments:self-assessment", args=[uid])


@dataclass
class Subject:
    """The indicator in its self-assessment."""

    sheet: Sheet
    row: Row

    @property
    def assessed(self) -> Assessed:
        """Whose it is."""
        return self.sheet.assessed

    @property
    def revision(self) -> int:
        """Of what was said of it."""
        return self.row.revision

    @property
    def following(self) -> Row | None:
        """What is to be filled next: what is missing, or returned."""
        left = self.sheet.returned if self.row.is_open else self.sheet.missing
        keys = list(self.sheet.rows)
        here = keys.index(self.row.key)
        left = [one for one in left if one.key != self.row.key]
        later = [one for one in left if keys.index(one.key) > here]
        return next(iter([*later, *left]), None)


def _subject(request: PortalRequest, uid: uuid.UUID, key: str) -> Subject:
    sheet = sheet_of(get_answered(request.actor, uid), request.actor)
    row = sheet.rows.get(key)
    if row is None or (sheet.explained is None and not row.is_awards):
        raise Http404
    return Subject(sheet, row)


@needs(P.ASSESSMENT_ANSWER, methods=FORM)
def item_edit(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """Marks an indicator, or questions what was counted of it; records that show it are offered
    first. Twenty-five queries at most."""

    def form(subject: Subject) -> ItemForm | QuestionForm:
        kind = ItemForm if subject.row.by_hand else QuestionForm
        return kind(acts.typed(request), row=subject.row)

    def act(attempt: acts.Attempt[Subject, Any]) -> object:
        subject, given = attempt.subject, attempt.given
        common = {
            "assessed": subject.assessed,
            "indicator": key,
            "reason": given["reason"],
            "revision": given["revision"],
            "by": request.actor,
            "answers": request.POST.get("answer") == "1",
        }
        if subject.row.by_hand:
            items.save(facts=attempt.form.facts, **common)
        else:
            items.question(**common)
        return None

    def done(attempt: acts.Attempt[Subject, Any], nothing: object) -> HttpResponse:
        subject = attempt.subject
        text = f"“{subject.row.name}”已保存。"
        if request.POST.get("answer") == "1":
            text = f"“{subject.row.name}”已重新报送。"
        elif not subject.row.by_hand:
            text = f"“{subject.row.name}”已提出异议，报送后由考核组复核。"
        following = subject.following
        if request.POST.get("next") == "1" and following is not None:
            return acts.said(
                request, text, "self_assessments:item-edit", uid=uid, key=following.key
            )
        return acts.said(request, text, _place(uid, key))

    def show(attempt: acts.Attempt[Subject, Any]) -> HttpResponse:
        subject = attempt.subject
        if request.method != "POST" and not subject.sheet.may_write(subject.row):
            return redirect("self_assessments:self-assessment", uid=uid)
        return attempt.page("self_assessments/item.html", **_context(request, attempt))

    return acts.perform(
        request,
        load=lambda: _subject(request, uid, key),
        form=form,
        act=act,
        done=done,
        show=show,
    )


def _place(uid: uuid.UUID, key: str) -> str:
    return f"{reverse('self_assessments:self-assessment', args=[uid])}#{key}"


def _context(request: PortalRequest, attempt: acts.Attempt[Subject, Any]) -> dict[str, Any]:
    subject, row = attempt.subject, attempt.subject.row
    cycle = subject.assessed.cycle
    different = []
    if attempt.conflict:
        fresh = type(attempt.form)(row=row)
        different = acts.differences(attempt.form, fresh.stored(), none_of="无")
    cited = list(row.said.evidence.all()) if row.said else []
    query = request.GET.get("q", "").strip()[:MOST_SEARCHED]
    rules = [sentence(rule) for rule in row.leaf.node.get("rules", ())] if row.is_awards else []
    return {
        "subject": subject,
        "row": row,
        "item": row.item,
        "assessed": subject.assessed,
        "cycle": cycle,
        "rules": rules,
        "awards_hint": AWARDS_HINT if row.is_awards else "",
        "conflict": attempt.conflict,
        "different": different,
        "evidence": with_addresses(request.actor, cited) if cited else [],
        "files": list(row.said.attachments.all()) if row.said else [],
        "offered": [
            (one, one.label_for(subject.assessed.organization))
            for one in _offered(request, subject, query)
        ],
        "q": query,
        "asks_paper": row.leaf.node.get("asks_paper") is True or row.is_awards,
        "following": subject.following,
        "at_source": words.AT_SOURCE.format(day=date_zh(cycle.known_at)),
        "numbers": [
            (one, subject.sheet.urls.get((one.figure, one.period, one.place), ""))
            for one in (row.item.numbers if row.item is not None and not row.by_hand else ())
        ],
        "draft_of": row.key,
    }


def _offered(request: PortalRequest, subject: Subject, query: str) -> list[records.Found]:
    """Records of the half-year at and below the assessed that are not referred to yet, by the words
    looked for. One query for each kind of records."""
    period, row = subject.assessed.cycle.period, subject.row
    there = {(one.kind, one.uid) for one in row.said.evidence.all()} if row.said else set()
    found = records.offered_below(
        request.actor,
        subject.assessed.organization,
        periods.first_day(period),
        periods.last_day(period),
        query,
    )
    return [one for one in found if one.reference not in there]


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page)
def item_stand(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """What was counted stands after all."""
    return acts.press(
        request,
        load=lambda: _subject(request, uid, key),
        act=lambda subject: items.stand(assessed=subject.assessed, indicator=key, by=request.actor),
        done=lambda subject, nothing: acts.said(
            request, f"“{subject.row.name}”的异议已撤回。", _place(uid, key)
        ),
    )


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page)
def item_answer(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """A returned item is sent again as it stands."""
    return acts.press(
        request,
        load=lambda: _subject(request, uid, key),
        act=lambda subject: sending.answer(
            assessed=subject.assessed, indicator=key, by=request.actor
        ),
        done=lambda subject, row: acts.said(
            request, f"“{subject.row.name}”已重新报送。", _place(uid, key)
        ),
    )
