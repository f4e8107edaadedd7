"""A brand is written, cultivated, sent to be reviewed, decided about, looked at again, ended."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from showcase.panels.forms.panels import NamingForm

from ..access import get_holder, get_run_brand, get_written_brand
from ..actions import cultivating, deciding
from ..enums import BrandState
from ..forms import DecideForm, FileForm, KeepForm, ReasonForm, StepsForm
from ..models import Brand
from .brands import panel_shown

FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
Attempt = acts.Attempt[Any, Any]
Load = Callable[..., Brand]


def _held(request: PortalRequest, load: Load, uid: uuid.UUID, *may: str) -> Brand:
    """The brand; where its time for that is over it is said before anybody types."""
    brand = load(request.actor, uid)
    if request.method != "POST" and not any(Brand.machine.may(brand, one) for one in may):
        Brand.machine.expect(brand, may[0])
    return brand


def _done(request: PortalRequest, brand: Brand, text: str) -> HttpResponse:
    return acts.said(request, text, "brands:brand-detail", brand.uid)


def _show(attempt: Attempt, template: str, values_of: Any = None, **more: Any) -> HttpResponse:
    different = []
    if values_of is not None and attempt.conflict and hasattr(attempt.form, "cleaned_data"):
        different = acts.differences(attempt.form, values_of(attempt.subject))
    return attempt.page(
        template,
        brand=attempt.subject,
        conflict=attempt.conflict,
        different=different,
        **more,
    )


@needs(P.BRAND_PROPOSE, methods=FORM)
def brand_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The file of a brand."""
    return acts.perform(
        request,
        load=lambda: _held(request, get_written_brand, uid, "edit"),
        form=lambda brand: FileForm(acts.typed(request), initial=FileForm.values_of(brand)),
        act=lambda attempt: cultivating.edit(
            brand=attempt.subject,
            revision=attempt.given["revision"],
            file=attempt.given,
            figures=attempt.form.keys(),
            by=request.actor,
        ),
        done=lambda attempt, brand: _done(request, brand, "档案已保存。"),
        show=lambda attempt: _show(attempt, "brands/brand_edit.html", FileForm.values_of),
    )


@needs(P.BRAND_PROPOSE, methods=FORM)
def brand_steps(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The dated steps of cultivating a brand."""
    return acts.perform(
        request,
        load=lambda: _held(request, get_written_brand, uid, "plan"),
        form=lambda brand: StepsForm(acts.typed(request), initial=StepsForm.values_of(brand)),
        act=lambda attempt: cultivating.plan(
            brand=attempt.subject,
            revision=attempt.given["revision"],
            steps=attempt.form.steps(),
            by=request.actor,
        ),
        done=lambda attempt, brand: _done(request, brand, "培育步骤已保存。"),
        show=lambda attempt: _show(attempt, "brands/brand_steps.html", StepsForm.values_of),
    )


@needs(P.BRAND_RUN, methods=ACT)
def brand_begin(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A candidate is cultivated."""
    return acts.press(
        request,
        load=lambda: get_run_brand(request.actor, uid),
        act=lambda brand: cultivating.begin(brand=brand, by=request.actor),
        done=lambda brand, _: _done(request, brand, "已列入培育，由本单位排步骤、写档案。"),
        back=lambda brand: brand,
    )


@needs(P.BRAND_PROPOSE, methods=ACT)
def brand_submit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A brand is to be reviewed."""
    return acts.press(
        request,
        load=lambda: get_written_brand(request.actor, uid),
        act=lambda brand: cultivating.submit(brand=brand, by=request.actor),
        done=lambda brand, _: _done(request, brand, "已提交评审。"),
        back=lambda brand: brand,
    )


@needs(P.BRAND_RUN, methods=FORM)
def brand_arrange(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who judges the brand, each alone."""
    return acts.perform(
        request,
        load=lambda: (
            _held(request, get_run_brand, uid, "arrange"),
            get_holder(request.actor),
        ),
        form=lambda found: NamingForm(
            acts.typed(request), holder=found[1], judged=found[0].organization
        ),
        act=lambda attempt: deciding.arrange(
            brand=attempt.subject[0], by=request.actor, **attempt.form.given()
        ),
        done=lambda attempt, brand: _done(request, brand, "评审已安排，评审人已收到通知。"),
        show=lambda attempt: attempt.page(
            "brands/brand_arrange.html", brand=attempt.subject[0], conflict=attempt.conflict
        ),
    )


@needs(P.BRAND_RUN, methods=FORM)
def brand_decide(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What is decided after a review."""
    said = {
        BrandState.NAMED: "已命名，全区都看得到。",
        BrandState.CULTIVATING: "已退回培育，理由本单位看得到。",
        BrandState.WITHDRAWN: "已撤销命名。",
    }

    def form(brand: Brand) -> Any:
        made = KeepForm if brand.state == BrandState.RECHECKING else DecideForm
        return made(acts.typed(request), initial={"revision": brand.revision})

    return acts.perform(
        request,
        load=lambda: _held(request, get_run_brand, uid, "name", "keep"),
        form=form,
        act=lambda attempt: deciding.decide(
            brand=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, brand: _done(request, brand, said[BrandState(brand.state)]),
        show=lambda attempt: _show(
            attempt, "brands/brand_decide.html", **panel_shown(request, attempt.subject)
        ),
    )


@needs(P.BRAND_RUN, methods=FORM)
def brand_recheck(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A named brand is looked at again."""
    return acts.perform(
        request,
        load=lambda: _held(request, get_run_brand, uid, "recheck"),
        form=lambda brand: ReasonForm(
            acts.typed(request), initial={"reason": brand.wanted_why or "命名期满，按期复审"}
        ),
        act=lambda attempt: deciding.recheck(
            brand=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, brand: _done(request, brand, "已开始复审，名称照用。"),
        show=lambda attempt: _show(attempt, "brands/brand_recheck.html"),
    )


@needs(P.BRAND_RUN, methods=FORM)
def brand_end(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A brand is cultivated no more, or loses its name."""
    return acts.perform(
        request,
        load=lambda: _held(request, get_run_brand, uid, "withdraw", "drop"),
        form=lambda brand: ReasonForm(acts.typed(request)),
        act=lambda attempt: deciding.end(brand=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, brand: _done(request, brand, f"已记为“{brand.get_state_display()}”。"),
        show=lambda attempt: _show(attempt, "brands/brand_end.html"),
    )
