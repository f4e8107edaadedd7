"""The papers of a ballot: what is voted on, and what is counted on."""

import uuid

from django.http import FileResponse, Http404

from core import periods
from core.documents.writers import WRITERS
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_ballot
from ..exports.ballots import ballot_paper
from ..queries.reports import followed
from ..queries.rounds import asked

READ = ("GET", "HEAD")


@needs(P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW, methods=READ)
def ballot_papers(request: PortalRequest, uid: uuid.UUID, ending: str, key: str) -> FileResponse:
    """测评票 and 计票单 of a ballot as Word or PDF, with the organisations that it is of."""
    if ending not in WRITERS:
        raise Http404
    cycle, ballot = get_ballot(request.actor, uid, key)
    may = set(followed(request.actor, cycle).values_list("pk", flat=True))
    made = ballot_paper(cycle, ballot, [one for one in asked(cycle, ballot) if one.pk in may])
    return download(
        request,
        name=(ballot.name, periods.label(cycle.period), "测评票和计票单"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="ballots.round.export",
        entry=lambda written: {
            "organization_id": cycle.organization_id,
            "organization_path": cycle.organization.path,
            "changes": {"format": [None, ending], "indicator": [None, ballot.name]},
        },
    )
