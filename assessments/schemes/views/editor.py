"""The editor of a draft: the tree with its marks, one indicator open beside it, each edit an act.

An edit is a pure function of the content (`editing`); `versions.save` stores what it gives, for the
revision that the page was made from. Of two who edit at once the second is shown what the first has
written, with all that he typed himself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from assessments.scoring import schemes as engine
from assessments.scoring.explaining import Result
from assessments.scoring.numbers import plain
from assessments.scoring.refusals import Refused
from core import acts, clock, periods
from core.actor import Actor
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest, is_fragment
from core.text import clean, whole_number
from orgs.permissions import Permission as P

from .. import editing, offers
from ..access import get_version, get_version_to_edit, rights_of
from ..actions import versions
from ..comparing import settings_words
from ..definitions import leaves, scheme_of
from ..enums import Level, VersionState
from ..forms import GroupNameForm, PanelForm, SettingsForm, TreeForm
from ..models import SchemeVersion
from ..parameters import KINDS
from ..queries import reading
from ..queries.problems import problems_of
from ..validation import forbidden
from .heads import VERSION_LINKS, links
from .lists import classes_words
from .tree import address_of, heads_of, rows_of, wrong_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
SHOWN = 6  # of what is wrong; the rest is counted
GONE = "这一项已经被删去或移走，请核对下面的最新内容。"
Attempt = acts.Attempt[SchemeVersion, Any]
Change = Callable[[Attempt], tuple[dict[str, Any], str]]
"""What an edit makes of the content, and the key that stands open afterwards."""


@needs(P.SCHEME_EDIT, methods=READ)
def version_edit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The editor; the page of the version when it is no draft any more."""
    found = get_version(request.actor, uid)
    if not rights_of(request.actor, found.scheme).edits:
        found = get_version_to_edit(request.actor, uid)
    if found.state != VersionState.DRAFT:
        return redirect(found)
    tree = TreeForm(content=found.content, revision=found.revision)
    return _page(acts.Attempt(request, found, tree), opened=request.GET.get("node", ""))


def _edit(
    request: PortalRequest,
    uid: UUID,
    *,
    form: Callable[[SchemeVersion], Any],
    change: Change,
    show: Callable[[Attempt], HttpResponse],
    said: str = "",
) -> HttpResponse:
    def act(attempt: Attempt) -> str:
        version, revision = attempt.subject, attempt.given["revision"]
        # Before the change: what somebody else has taken out is no mistake of this form.
        SchemeVersion.machine.expect(version, "save", revision)
        try:
            content, opened = change(attempt)
        except editing.NotThere:
            raise DomainError(GONE, code="gone") from None
        except editing.TooMany as error:
            raise DomainError(str(error), code="too_many") from error
        versions.save(version=version, revision=revision, content=content, by=request.actor)
        return opened

    def done(attempt: Attempt, opened: str) -> HttpResponse:
        edit = reverse("schemes:version-edit", args=[uid])
        to = address_of(attempt.subject, opened) if opened else f"{edit}#tree"
        return acts.said(request, said, to) if said else redirect(to)

    return acts.perform(
        request,
        load=lambda: get_version_to_edit(request.actor, uid),
        form=form,
        act=act,
        done=done,
        show=show,
    )


# --- the tree ------------------------------------------------------------------------------------


def _of_tree(
    request: PortalRequest,
    uid: UUID,
    change: Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[dict[str, Any], str]],
    *,
    said: str = "",
) -> HttpResponse:
    """An act on the tree; the marks that stand typed in it are stored with it."""

    def apply(attempt: Attempt) -> tuple[dict[str, Any], str]:
        typed = editing.set_marks(attempt.subject.content, attempt.form.marks)
        return change(typed, attempt.given)

    return _edit(
        request,
        uid,
        form=lambda found: TreeForm(request.POST, content=found.content, revision=found.revision),
        change=apply,
        show=lambda attempt: _page(attempt, opened=request.POST.get("open", "")),
        said=said,
    )


@needs(P.SCHEME_EDIT, methods=POST)
def marks_save(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Full marks of all groups and indicators, as typed in the tree."""
    return _of_tree(request, uid, lambda content, given: (dict(content), ""), said="满分已保存。")


@needs(P.SCHEME_EDIT, methods=POST)
def node_add(request: PortalRequest, uid: UUID) -> HttpResponse:
    """A group or an indicator at the end of a group."""

    def add(content: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        name = clean(given["name"])
        if given["group"]:
            return editing.add_group(content, given["into"], name=name or editing.NEW_GROUP)
        for problem in forbidden({"name": name}):
            text = f"{problem.text}依据：{problem.source}。{problem.instead}"
            raise DomainError(text, field="name", code="forbidden")
        basis = str(content.get("plan_basis") or "")
        return editing.add_indicator(
            content, given["into"], name=name or editing.NEW_INDICATOR, plan_basis=basis
        )

    return _of_tree(request, uid, add)


@needs(P.SCHEME_EDIT, methods=POST)
def node_move(request: PortalRequest, uid: UUID) -> HttpResponse:
    """A group or an indicator one place up or down, or to the end of another group."""

    def move(content: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        if given["up"] or given["down"]:
            key = given["up"] or given["down"]
            return editing.move(content, key, -1 if given["up"] else 1), request.POST.get(
                "open", ""
            )
        return editing.move_to(content, given["key"], given["into"]), given["key"]

    return _of_tree(request, uid, move)


@needs(P.SCHEME_EDIT, methods=POST)
def node_remove(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes a group with all in it, or an indicator, out of the draft; it can be put back."""
    return _of_tree(
        request, uid, lambda content, given: (editing.remove(content, given["key"]), "")
    )


@needs(P.SCHEME_EDIT, methods=POST)
def node_restore(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Puts back what was taken out of the draft."""
    return _of_tree(
        request, uid, lambda content, given: (editing.restore(content, given["key"]), given["key"])
    )


# --- one indicator, one group --------------------------------------------------------------------


def _panel(request: PortalRequest, found: SchemeVersion) -> PanelForm:
    """The panel of the indicator that was sent; of one that is gone, with what was typed."""
    key = request.POST.get("key", "")[:40]
    try:
        node = editing.find(found.content, key).node
    except editing.NotThere:
        node = {"key": key, "name": "", "rules": []}
    return PanelForm(request.POST, node=node, revision=found.revision)


@needs(P.SCHEME_EDIT, methods=POST)
def indicator_save(request: PortalRequest, uid: UUID) -> HttpResponse:
    """An indicator with its rules. One that names what no indicator may measure is refused in
    place, with the source of that rule and what would do instead."""
    pressed = request.POST.get("press", "")

    def change(attempt: Attempt) -> tuple[dict[str, Any], str]:
        panel = attempt.form
        values = pressed_on(panel.values, pressed)
        without = [name for name in ("floor", "ceiling") if name not in values]
        key = panel.node["key"]
        content = editing.set_indicator(attempt.subject.content, key, values, without=without)
        return content, key

    return _edit(
        request,
        uid,
        form=lambda found: _panel(request, found),
        change=change,
        show=lambda attempt: _page(attempt, panel=attempt.form, opened=attempt.form.node["key"]),
        said="" if pressed else "指标已保存。",
    )


def pressed_on(values: dict[str, Any], pressed: str) -> dict[str, Any]:
    """The indicator after a button of its panel: one rule more (`add-rule`), or without one
    (`remove-rule:1`). Another word changes nothing."""
    act, _, place = pressed.partition(":")
    rules = list(values["rules"])
    if act == "add-rule" and len(rules) < 6:
        rules.append({"rule": "deduct_each", "params": {}, "source": {"kind": "hand"}})
    number = whole_number(place, digits=2)
    if act == "remove-rule" and number is not None and 1 < len(rules) > number:
        del rules[number]
    return {**values, "rules": rules}


@needs(P.SCHEME_EDIT, methods=POST)
def indicator_try(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What an indicator as typed gives for facts typed beside it. Nothing is stored."""
    found = get_version_to_edit(request.actor, uid)
    panel = _panel(request, found)
    attempt: Attempt = acts.Attempt(request, found, panel)
    if not panel.is_valid():
        attempt.status = acts.INVALID
    if is_fragment(request):  # while somebody types: what does not hold is told when it is saved
        return attempt.page(
            "schemes/parts/tried.html",
            tried=tried(panel),
            cases=tried_on_cases(request.actor, found, panel),
        )
    return _page(attempt, panel=panel, opened=panel.node["key"])


@needs(P.SCHEME_EDIT, methods=POST)
def group_save(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What a group is called."""

    def change(attempt: Attempt) -> tuple[dict[str, Any], str]:
        key, name = attempt.given["key"], clean(attempt.given["name"])
        return editing.set_group(attempt.subject.content, key, name=name), key

    return _edit(
        request,
        uid,
        form=lambda found: GroupNameForm(request.POST, auto_id="g-%s"),
        change=change,
        show=lambda attempt: _page(
            attempt, group=attempt.form, opened=request.POST.get("key", "")[:40]
        ),
        said="名称已保存。",
    )


# --- what holds for the whole --------------------------------------------------------------------


@needs(P.SCHEME_EDIT, methods=FORM)
def version_settings(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Basis, grades, quota, ties, weights, bonus and vetoes of a draft."""

    def act(attempt: Attempt) -> SchemeVersion:
        version, revision = attempt.subject, attempt.given["revision"]
        SchemeVersion.machine.expect(version, "save", revision)
        content = editing.set_settings(version.content, attempt.form.values)
        return versions.save(version=version, revision=revision, content=content, by=request.actor)

    def show(attempt: Attempt) -> HttpResponse:
        stored = attempt.subject.content
        differing: list[tuple[str, str, str]] = []
        if attempt.conflict and attempt.form.is_valid():
            typed = editing.set_settings(stored, attempt.form.values)
            pairs = zip(settings_words(stored), settings_words(typed), strict=True)
            differing = [(one[0], one[1], two[1]) for one, two in pairs if one != two]
        return attempt.page(
            "schemes/version_settings.html",
            version=attempt.subject,
            scheme=attempt.subject.scheme,
            conflict=attempt.conflict,
            differing=differing,
        )

    found = get_version_to_edit(request.actor, uid)
    if request.method != "POST" and found.state != VersionState.DRAFT:
        return redirect(found)
    return acts.perform(
        request,
        load=lambda: get_version_to_edit(request.actor, uid),
        form=lambda found: SettingsForm(
            acts.typed(request), content=found.content, revision=found.revision
        ),
        act=act,
        done=lambda attempt, version: acts.said(
            request, "设置已保存。", "schemes:version-edit", uid=version.uid
        ),
        show=show,
    )


# --- the page ------------------------------------------------------------------------------------


def _page(
    attempt: Attempt,
    *,
    opened: str,
    panel: PanelForm | None = None,
    group: GroupNameForm | None = None,
) -> HttpResponse:
    """The editor with one node open: what was typed where it was typed, all else as it is stored."""
    version, request = attempt.subject, attempt.request
    content, scheme = version.content, version.scheme
    before = reading.before(version)
    problems = problems_of(version)
    rows = rows_of(content, before=before.content if before else None, problems=problems)
    form = attempt.form
    tree = form if isinstance(form, TreeForm) else None
    if tree is None:
        tree = TreeForm(content=content, revision=version.revision)
    elif not {row.key for row in rows} <= tree.nodes.keys():
        # Somebody else has added to it since this form was read: what was typed stands, and his too.
        tree = TreeForm(tree.data, content=content, revision=version.revision)
    for row in rows:
        row.is_open = row.key == opened
        row.mark = tree[TreeForm.mark_of(row.key)]
    here = next((row for row in rows if row.is_open), None)
    if here is not None and not here.is_group and panel is None:
        panel = PanelForm(None, node=here.node, revision=version.revision)
    if here is not None and here.is_group and group is None:
        group = GroupNameForm(
            initial={"key": here.key, "name": here.name, "revision": version.revision},
            auto_id="g-%s",
        )
    wrong = wrong_of(version, [one for one in problems if not one.is_warning])
    count = len(reading.measured_by(scheme, clock.today()))
    unit = "家" if scheme.level == Level.DIRECT else "个支部"
    root = content["root"]
    differing: list[tuple[str, str, str]] = []
    if attempt.conflict:
        part = panel if panel is form else form if isinstance(form, TreeForm) else None
        differing = part.differing if part is not None else []
    return attempt.page(
        "schemes/version_edit.html",
        version=version,
        scheme=scheme,
        before=before,
        classes=classes_words(scheme.classes),
        count=count,
        unit=unit,
        heads=heads_of(content, count, unit, before.content if before else None),
        wrong=wrong[:SHOWN],
        more=max(0, len(wrong) - SHOWN),
        warnings=[one for one in problems if one.is_warning],
        rows=rows,
        tree=tree,
        root_mark=tree[TreeForm.mark_of(str(root["key"]))],
        before_total=before.content["root"].get("full", "") if before else "",
        here=here,
        panel=panel,
        tried=tried(panel) if panel is not None else None,
        cases=tried_on_cases(request.actor, version, panel) if panel is not None else None,
        group=group,
        conflict=attempt.conflict,
        differing=differing,
        refusals=panel.refusals if panel is not None else [],
        twin=_twin(content, panel),
        removed=content.get("removed") or [],
        due=_due(version),
        links=[
            *links(VERSION_LINKS, request.actor, version.uid),
            *offers.links_of(request.actor, version),
        ],
        settings=[pair for pair in settings_words(content) if pair[1]],
        kinds=KINDS,
    )


# Two characters that names of indicators share without being about the same.
USUAL_PAIRS = frozenset({"党员", "支部", "组织", "工作", "情况", "党支", "党组", "开展", "落实"})


def _twin(content: Mapping[str, Any], panel: PanelForm | None) -> Any:
    """A lawful indicator of the scheme that a refused one could be merged into: one that counts by
    itself and whose name shares two characters with it."""
    if panel is None or not panel.refusals:
        return None
    name = str(panel.data.get("name", ""))
    pairs = {name[n : n + 2] for n in range(len(name) - 1)} - USUAL_PAIRS
    for leaf in leaves(content):
        if leaf.key == panel.node.get("key") or not leaf.is_counted:
            continue
        if any(pair in leaf.name for pair in pairs):
            return leaf
    return None


def _due(version: SchemeVersion) -> tuple[Any, int] | None:
    """The first day by which it must be published, and how many days are left; None when both
    halves of its year have begun."""
    today = clock.today()
    for half in (f"{version.scheme.year}-H1", f"{version.scheme.year}-H2"):
        first = periods.first_day(half)
        if first > today:
            return first, (first - today).days
    return None


# --- tried at once -------------------------------------------------------------------------------

STEP_WORDS = {
    "lost": "扣分",
    "cap": "封顶",
    "left": "剩下",
    "place": "其中",
    "met": "做到",
    "not_met": "没有做到",
    "level": "档次",
    "step": "落在",
    "steps": "相差的步数",
    "whole_steps": "只计整步",
    "moved": "加减后",
    "earned": "加分",
    "rank": "名次",
    "part_cut": "超出部分不计",
    "parts": "各方相加",
    "factor": "折算",
    "ballot": "按有效票平均",
    "scaled": "折算到满分",
    "awards": "加分",
    "discretion": "酌情",
    "together": "合计",
    "floor": "保底",
    "ceiling": "不超过满分",
}


def tried(panel: PanelForm) -> dict[str, Any] | None:
    """What the indicator as typed gives for the facts typed beside it: points, the steps in words,
    or why not. None where nothing was typed to try."""
    if not panel.head.is_bound:
        return None
    if any(one.errors for one in (panel.head, *panel.rules)):
        return None
    values = {**panel.values, "key": "1"}
    facts = []
    for one, rule in zip(panel.tries, values["rules"], strict=False):
        found = one.facts(rule["params"])
        if found is None:
            return {"waits": True}
        facts.append(found)
    try:
        result = evaluated(values, facts)
    except Refused as refusal:
        return {"refused": refusal.text}
    points = "不计" if result.points is None else plain(result.points)
    steps = [
        (STEP_WORDS.get(step.kind, step.kind), step.about, step.formula, plain(step.value))
        for step in result.steps
    ]
    return {"points": points, "full": values["full"], "steps": steps}


def tried_on_cases(actor: Actor, version: SchemeVersion, panel: PanelForm) -> dict[str, Any] | None:
    """The same on facts of organisations in a past period, where all is counted: (name, the numbers,
    points or why there are none). None while the indicator as typed does not hold."""
    node: Mapping[str, Any] = panel.node
    if panel.head.is_bound:
        if any(one.errors for one in (panel.head, *panel.rules)):
            return None
        node = {**panel.values, "key": "1"}
    found = offers.cases_of(actor, version, node) if node.get("rules") else None
    if found is None:
        return None
    rows = []
    for case in found.cases:
        points = ""
        if case.facts:
            try:
                result = evaluated(node, case.facts)
            except Refused as refusal:
                rows.append((case.name, f"算不出来：{refusal.text}", ""))
                continue
            points = "不计" if result.points is None else plain(result.points)
        rows.append((case.name, case_words(case), points))
    return {"period": found.period, "full": node["full"], "rows": rows}


def case_words(case: offers.Case) -> str:
    """The numbers of a case, or why there are none."""
    if case.is_empty:
        return "没有可以计算比率的"
    return "；".join(_read_words(one) for one in case.read) if case.facts else "那一期没有这项数据"


def _read_words(read: Mapping[str, Any]) -> str:
    if "items" in read:
        lacking = [item for item, one in read["items"].items() if one["value"]]
        return "缺" + "、".join(lacking) if lacking else "不缺"
    return f"{read['value']} / {read['of_value']}" if "of_value" in read else str(read["value"])


def evaluated(node: Mapping[str, Any], facts: Sequence[Mapping[str, Any]]) -> Result:
    """What one indicator gives for the facts of each of its rules. Raises Refused."""
    root = {"key": "0", "name": "", "full": node["full"], "parts": [node]}
    (indicator,) = scheme_of({"root": root}).indicators
    return engine.score_indicator(indicator, facts)
