"""What a project is joined to, what shows it, who is told of its days."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from assessments.schemes.models import Scheme
from core import attachments, clock
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from schedules.action_items.models import ActionItem
from schedules.rounds.actions import reminders
from schedules.rounds.evidence import numbered
from showcase.brands.queries import origins
from showcase.projects.actions import deciding, evidence, proposals, work
from showcase.projects.models import Project
from showcase.projects.queries import indicators
from showcase.sites.actions import evidence as site_evidence
from tests.access_objects import given_out, own
from tests.project_world import NOW, fresh, on_its_way, planned
from tests.scheme_world import published
from tests.site_world import applied, opened
from tests.world import Zone


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    return zone_in_june


def made(zone: Zone, state: str = "running", **more: Any) -> Project:
    return on_its_way(
        zone.branch, zone.actor("huzhuang1"), zone.actor("dahuangshan"), state, **more
    )


def item_of(zone: Zone) -> ActionItem:
    with clock.at(NOW):
        return ActionItem.objects.select_related("owner", "issuer").get(pk=given_out(own(zone)))


@pytest.mark.django_db
def test_an_item_is_joined_once_and_told_on_both_pages(zone: Zone) -> None:
    project, item, by = made(zone), item_of(zone), zone.actor("huzhuang1")
    with clock.at(NOW):
        assert evidence.link_item(project=project, item=item, by=by)
        assert not evidence.link_item(project=project, item=item, by=by)
        with pytest.raises(NotAllowed):
            evidence.link_item(project=project, item=item, by=zone.actor("dahuangshan"))
        item.owner_id = zone.branch2.pk
        with pytest.raises(DomainError, match="本单位"):
            evidence.link_item(project=project, item=item, by=by)
        with pytest.raises(Conflict):
            evidence.link_item(project=made(zone, "draft"), item=item_of(zone), by=by)
        client = zone.client("huzhuang1")
        assert item.title in client.get(project.get_absolute_url()).content.decode()
        assert project.get_absolute_url() in client.get(item.get_absolute_url()).content.decode()
    assert AuditEntry.objects.filter(verb="projects.item.link").count() == 1


def fetched(item: ActionItem) -> ActionItem:
    return ActionItem.objects.select_related("owner", "issuer").get(pk=item.pk)


@pytest.mark.django_db
def test_an_item_is_parted_once_after_a_question_and_can_be_joined_again(zone: Zone) -> None:
    project, item, by = made(zone), item_of(zone), zone.actor("huzhuang1")
    url = reverse("projects:item-unlink", args=[project.uid, item.pk])
    with clock.at(NOW):
        evidence.link_item(project=project, item=item, by=by)
        with pytest.raises(NotAllowed):
            evidence.unlink_item(project=project, item=item, by=zone.actor("dahuangshan"))
        client = zone.client("huzhuang1")
        assert url in client.get(project.get_absolute_url()).content.decode()
        asked = client.post(url).context["question"]
        assert str(item) in asked.lines[0]
        assert item.links.filter(source_kind="project").exists()
        for _ in range(2):
            answer = client.post(url, {"agreed": "yes", "seen": asked.seen}, follow=True)
            assert "已取消关联" in answer.content.decode()
        assert url not in answer.content.decode()
        page = client.get(item.get_absolute_url()).content.decode()
        assert project.get_absolute_url() not in page
        assert "取消关联" in page
        for verb in ("projects.item.unlink", "action_items.item.unlink"):
            assert AuditEntry.objects.filter(verb=verb).count() == 1
        # Whoever has to do it by now: the project is its own.
        assert evidence.link_item(project=project, item=item, by=by)
        ActionItem.objects.filter(pk=item.pk).update(owner=zone.branch2)
        assert evidence.unlink_item(project=project, item=fetched(item), by=by)
        # What it came from stays, and so does all when the project is over.
        ActionItem.objects.update(source_kind="project", source_id=project.pk)
        with pytest.raises(Conflict, match="来源"):
            evidence.unlink_item(project=project, item=fetched(item), by=by)
        Project.objects.filter(pk=project.pk).update(state="closed")
        with pytest.raises(Conflict, match="已结项"):
            evidence.unlink_item(project=project, item=fetched(item), by=by)


@pytest.mark.django_db
def test_an_indicator_is_of_a_scheme_in_force_and_leads_both_ways(zone: Zone) -> None:
    version = published(zone.root, classes=("street",))
    own_actor = zone.actor("huzhuang1")
    with clock.at(NOW):
        [(scheme, rows)] = indicators.offered(own_actor)
        assert scheme == version.scheme
        key, name = rows[0]
        project = proposals.create(
            organization=zone.branch,
            proposal=planned(indicator=indicators.word_of(scheme.pk, key)),
            by=own_actor,
        )
        with pytest.raises(DomainError) as refused:
            proposals.create(
                organization=zone.branch, proposal=planned(indicator="0:xx"), by=own_actor
            )
        assert refused.value.field == "indicator"
        assert (project.indicator, project.indicator_key) == (name, key)
        page = zone.client("huzhuang1").get(project.get_absolute_url()).content.decode()
        assert Scheme.objects.get().get_absolute_url() in page
        # What was typed before there was a scheme to choose from stays, and is kept by an edit.
        Project.objects.filter(pk=project.pk).update(scheme=None, indicator_key="")
        kept = fresh(project)
        edited = proposals.edit(
            project=kept,
            revision=kept.revision,
            proposal=planned(indicator=kept.indicator_word),
            by=own_actor,
        )
        assert edited.indicator == name
        listed = reverse("projects:project-list")
        found = zone.client("huzhuang1").get(f"{listed}?scheme={scheme.pk}")
        assert project.title not in found.content.decode()


@pytest.mark.django_db
def test_files_stay_with_their_milestone_and_are_closed_with_the_project(zone: Zone) -> None:
    project, by = made(zone), zone.actor("huzhuang1")
    file = attachments.Checked("验收单.pdf", "application/pdf", b"%PDF-1.4 of a project")
    with clock.at(NOW):
        first = evidence.attach(project=project, position=1, file=file, by=by)
        assert evidence.attach(project=project, position=1, file=file, by=by) == first
        evidence.attach(project=project, position=None, file=file, by=by)
        with pytest.raises(DomainError):
            evidence.attach(project=project, position=9, file=file, by=by)
        with pytest.raises(NotAllowed):
            evidence.attach(project=project, position=1, file=file, by=zone.actor("zone"))
        address = reverse("projects:attachment-open", args=[first.uid])
        assert zone.client("dahuangshan").get(address).status_code == 200
        assert zone.client("jinshanqiao").get(address).status_code == 404
        Project.objects.filter(pk=project.pk).update(state="closed")
        with pytest.raises(Conflict):
            evidence.remove(attachment=first, by=by)
    assert project.attachments.count() == 2


@pytest.mark.django_db
def test_a_project_can_be_told_of_and_cited_by_who_sees_it(zone: Zone) -> None:
    project, item, own_actor = made(zone), item_of(zone), zone.actor("huzhuang1")
    key = str(project.uid)
    with clock.at(NOW):
        [offered] = origins.offer_projects(own_actor, zone.branch)
        assert (offered.reference, offered.label) == (("project", key), project.title)
        found = origins.find_project(own_actor, key)
        assert found is not None
        assert found.organization_id == zone.branch.pk
        for nobodys in ("taoyuan1", "jinshanqiao"):
            assert origins.find_project(zone.actor(nobodys), key) is None
        site = applied(opened(zone.root, zone.actor("zone")), zone.branch, own_actor, "draft")
        page = zone.client("huzhuang1").get(site.get_absolute_url()).content.decode()
        assert f"project:{key}" in page
        assert f"item:{numbered(item.pk)}" in page
        for reference in (("project", project.uid), ("item", numbered(item.pk))):
            site_evidence.cite(site=site, reference=reference, by=own_actor)
        page = zone.client("huzhuang1").get(project.get_absolute_url()).content.decode()
        assert f"示范点 {site} 引用" in page


def send(month: int, day: int) -> int:
    with clock.at(NOW.replace(month=month, day=day, hour=10)):
        return reminders.send_digests(by=system())


@pytest.mark.django_db
def test_a_late_milestone_is_told_once_a_stage_and_anew_after_a_new_day(zone: Zone) -> None:
    """Due Monday the 20th of July."""
    project = made(zone, "asked")

    def told() -> list[str]:
        rows = Notification.objects.filter(user=zone.users["huzhuang1"], body__contains="的节点")
        return list(rows.order_by("key").values_list("key", flat=True))

    for day in (7, 20, 20, 21, 22):
        send(7, day)
    days = [key.split(":")[1] for key in told()]
    assert days == sorted(set(days)), "each day once"
    assert {"20260720", "20260721"} <= set(days)
    late = Notification.objects.get(key__contains="20260721", user=zone.users["huzhuang1"])
    assert "其中 1 个逾期" in late.title
    assert "“摸清要装几盏”：已逾期 1 天" in late.body
    before = len(days)
    with clock.at(NOW.replace(day=22)):
        deciding.answer(
            request=project.requests.get(),
            revision=fresh(project).revision,
            outcome="grant",
            answer="",
            by=zone.actor("dahuangshan"),
        )
    send(7, 23)
    send(7, 24)
    assert len(told()) == before
    send(8, 10)
    assert len(told()) == before + 1
    with clock.at(NOW.replace(month=8, day=10)):
        work.finish(
            milestone=project.milestones.get(position=1),
            revision=fresh(project).revision,
            done_on=dt.date(2026, 8, 10),
            evidence="楼长签了字",
            by=zone.actor("huzhuang1"),
        )
    send(8, 11)
    assert len(told()) == before + 1
