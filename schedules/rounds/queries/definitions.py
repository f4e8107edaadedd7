"""Which form an organisation reports on."""

from collections.abc import Callable

from orgs.models import Organization

from ..models import ReportDefinition


def definition_for(period: str) -> Callable[[Organization], ReportDefinition | None]:
    """A chooser of the form in force in `period`: of the newest published version of each key
    that fits the organisation's kind, the one that names its class, else one for all classes.

    One query, made at once.
    """
    newest: dict[str, ReportDefinition] = {}
    for definition in ReportDefinition.objects.filter(
        is_published=True, valid_from__lte=period
    ).order_by("key", "version"):
        newest[definition.key] = definition

    def choose(organization: Organization) -> ReportDefinition | None:
        fitting = [row for row in newest.values() if organization.kind in row.kinds]
        for row in fitting:
            if organization.organization_class in row.classes:
                return row
        return next((row for row in fitting if not row.classes), None)

    return choose
