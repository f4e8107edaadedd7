"""Programmes, sites, and what hangs on them, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from .models import AwardProgramme, DemonstrationSite, SiteAttachment, SiteEvidence


def get_programme(actor: Actor, uid: uuid.UUID) -> AwardProgramme:
    """The programme, if the actor may read of it. Raises Http404. One query."""
    rows = AwardProgramme.objects.visible_to(actor).select_related("organization")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_held_programme(actor: Actor, uid: uuid.UUID) -> AwardProgramme:
    """A programme that the actor keeps. Raises Http404."""
    found = get_programme(actor, uid)
    if not actor.may_at(Permission.SITE_EDIT, found.organization.path):
        raise Http404
    return found


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor keeps programmes. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.SITE_EDIT, place.path):
        raise Http404
    return place


def get_applicant(actor: Actor) -> Organization:
    """The organisation for which the actor applies. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not actor.may_at(Permission.SITE_APPLY, place.path):
        raise Http404
    return place


def get_site(actor: Actor, uid: uuid.UUID) -> DemonstrationSite:
    """The site, if the actor may know that there is one. Raises Http404. One query."""
    rows = DemonstrationSite.objects.visible_to(actor)
    found = rows.select_related("organization", "programme__organization").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def reads_all(actor: Actor, site: DemonstrationSite) -> bool:
    """Whether the actor may read the application, cards and warnings, not only the plaque. No query."""
    return (
        actor.may_at(Permission.SITE_VIEW, site.organization.path)
        or actor.may_at(Permission.SITE_APPLY, site.organization.path)
        or holds(actor, site)
    )


def holds(actor: Actor, site: DemonstrationSite) -> bool:
    """Whether the actor decides on the site. No query."""
    return actor.may_at(Permission.SITE_EDIT, site.programme.organization.path)


def applies(actor: Actor, site: DemonstrationSite) -> bool:
    """Whether the actor writes the application. No query."""
    return actor.may_at(Permission.SITE_APPLY, site.organization.path)


def get_read_site(actor: Actor, uid: uuid.UUID) -> DemonstrationSite:
    """A site of which the actor may read all. Raises Http404."""
    found = get_site(actor, uid)
    if not reads_all(actor, found):
        raise Http404
    return found


def get_held_site(actor: Actor, uid: uuid.UUID) -> DemonstrationSite:
    """A site that the actor decides on. Raises Http404."""
    found = get_site(actor, uid)
    if not holds(actor, found):
        raise Http404
    return found


def get_own_site(actor: Actor, uid: uuid.UUID) -> DemonstrationSite:
    """A site for which the actor applies. Raises Http404."""
    found = get_site(actor, uid)
    if not applies(actor, found):
        raise Http404
    return found


def get_kept_site(actor: Actor, uid: uuid.UUID) -> DemonstrationSite:
    """A site to which the actor may add files. Raises Http404."""
    found = get_site(actor, uid)
    if not (applies(actor, found) or holds(actor, found)):
        raise Http404
    return found


def get_attachment(actor: Actor, uid: uuid.UUID, *, writes: bool = False) -> SiteAttachment:
    """A file of a site of which the actor may read all, or with `writes` add files to. Raises Http404."""
    rows = SiteAttachment.objects.select_related(
        "site__organization", "site__programme__organization"
    ).filter(uid=uid, site__in=DemonstrationSite.objects.visible_to(actor))
    found = rows.first()
    if found is None:
        raise Http404
    may = applies(actor, found.site) or holds(actor, found.site)
    if not (may if writes else reads_all(actor, found.site)):
        raise Http404
    return found


def get_evidence(actor: Actor, pk: int) -> SiteEvidence:
    """A record that an application refers to which the actor writes. Raises Http404."""
    rows = SiteEvidence.objects.select_related("site__organization", "site__programme")
    found = rows.filter(pk=pk, site__in=DemonstrationSite.objects.visible_to(actor)).first()
    if found is None or not applies(actor, found.site):
        raise Http404
    return found


def may_apply(actor: Actor, programme: AwardProgramme) -> bool:
    """Whether the actor's own organisation stands below the programme's holder and he applies for it.
    No query."""
    path = actor.organization_path
    top = programme.organization.path
    return path != top and path.startswith(top) and actor.may_at(Permission.SITE_APPLY, path)


def may_read(actor: Actor, site: DemonstrationSite) -> bool:
    """Whether warnings and days of re-review of a row in a list are the actor's to see. No query."""
    path = site.organization.path
    return actor.may_at(Permission.SITE_VIEW, path) or actor.may_at(Permission.SITE_APPLY, path)
