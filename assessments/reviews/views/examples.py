"""样题 are written by who carries the cycle on, before the review begins."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import render

from assessments.cycles.models import Assessed
from assessments.schemes.definitions import Leaf, leaves
from assessments.schemes.models import SchemeVersion
from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P

from ..access import get_example, get_review
from ..actions import examples
from ..forms.marks import MarkForm
from ..models import Review, ReviewExample
from ..queries.exceptions import markable

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


class CaseForm(MarkForm):
    """An example: the case, the mark that it should get, and why."""

    def __init__(self, *args: Any, case: str = "", why: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"] = forms.CharField(
            label="案例",
            max_length=2000,
            initial=case,
            widget=forms.Textarea({"rows": 6}),
            help_text="写清楚做了什么、有什么材料、缺什么；用虚拟的单位，不写真名",
        )
        if self.has_reason:
            return  # of 酌情 the reason is a part of the mark
        del self.fields["reason"]
        self.fields["basis"] = forms.CharField(
            label="参考分的理由",
            max_length=300,
            initial=why,
            widget=forms.Textarea({"rows": 3}),
            help_text="评完样题的人会看到",
        )

    def why(self) -> BoundField:
        """Why the case gets that mark."""
        return super().why() if self.has_reason else self["basis"]

    @property
    def said(self) -> str:
        """The same as it was typed."""
        given = [one.get("reason") for one in self.facts.values() if one.get("reason")]
        return str(self.cleaned_data.get("basis") or (given or [""])[0])


@dataclass(frozen=True, slots=True)
class Writing:
    """An example that is being written."""

    review: Review
    version: SchemeVersion
    leaf: Leaf
    rules: Sequence[tuple[int, Mapping[str, Any]]]
    example: ReviewExample | None = None


@needs(P.ASSESSMENT_RUN, methods=READ)
def example_list(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Indicators that an example can be of. Three queries."""
    found = get_review(request.actor, uid)
    used = Assessed.objects.filter(cycle=found.cycle, is_out=False).values("version_id")
    versions = SchemeVersion.objects.filter(pk__in=used).select_related("scheme").order_by("pk")
    rows = [
        (version, [leaf for leaf in leaves(version.content) if markable(leaf, counted=False)])
        for version in versions
    ]
    return render(
        request, "reviews/example_list.html", {"review": found, "cycle": found.cycle, "rows": rows}
    )


def _writing(review: Review, version: SchemeVersion, key: str, example: Any = None) -> Writing:
    leaf = next((one for one in leaves(version.content) if one.key == key), None)
    rules = markable(leaf, counted=False) if leaf is not None else []
    if leaf is None or not rules:
        raise Http404
    return Writing(review, version, leaf, rules, example)


@needs(P.ASSESSMENT_RUN, methods=FORM)
def example_new(request: PortalRequest, uid: uuid.UUID, version: int, key: str) -> HttpResponse:
    """A new example of an indicator."""

    def load() -> Writing:
        review = get_review(request.actor, uid)
        used = Assessed.objects.filter(cycle=review.cycle, is_out=False).values("version_id")
        found = SchemeVersion.objects.filter(pk__in=used, pk=whole_number(str(version))).first()
        if found is None:
            raise Http404
        return _writing(review, found, key)

    return _edit(request, load)


@needs(P.ASSESSMENT_RUN, methods=FORM)
def example_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """An example that nobody has marked yet."""

    def load() -> Writing:
        found = get_example(request.actor, uid)
        return _writing(found.review, found.version, found.indicator, found)

    return _edit(request, load)


def _edit(request: PortalRequest, load: Any) -> HttpResponse:
    def form(subject: Writing) -> CaseForm:
        there = subject.example
        return CaseForm(
            acts.typed(request),
            rules=subject.rules,
            full=str(subject.leaf.node["full"]),
            facts=there.facts if there else None,
            is_given=there is not None,
            revision=there.revision if there else 0,
            case=there.case if there else "",
            why=there.reason if there else "",
        )

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: examples.save(
            review=attempt.subject.review,
            version=attempt.subject.version,
            indicator=attempt.subject.leaf.key,
            case=attempt.given["case"],
            facts=attempt.form.facts,
            reason=attempt.form.said,
            example=attempt.subject.example,
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, found: acts.said(
            request, "样题已保存。", "reviews:review", uid=found.review.cycle.uid
        ),
        show=lambda attempt: attempt.page(
            "reviews/example_edit.html",
            subject=attempt.subject,
            cycle=attempt.subject.review.cycle,
            boxes=attempt.form.shown_boxes(),
            reason=attempt.form.why(),
            conflict=attempt.conflict,
        ),
    )


@needs(P.ASSESSMENT_RUN, methods=ACT)
def example_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes an example away before the review begins."""
    return acts.press(
        request,
        load=lambda: get_example(request.actor, uid),
        act=lambda found: examples.remove(example=found, by=request.actor),
        done=lambda found, nothing: acts.said(
            request, "样题已删去。", "reviews:review", uid=found.review.cycle.uid
        ),
    )
