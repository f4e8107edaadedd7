from .account import PortalSession, User
from .deputy import DeputyRequest
from .event import OrganizationEvent, OrganizationPlacement
from .full_export import FullExport
from .grant import AdministratorProposal, RoleGrant
from .importing import OrganizationImport
from .naming import NamedRight
from .office import OfficeHolding
from .organization import Organization
from .term import Term
from .token import AccessToken

__all__ = [
    "AccessToken",
    "AdministratorProposal",
    "DeputyRequest",
    "FullExport",
    "NamedRight",
    "OfficeHolding",
    "Organization",
    "OrganizationEvent",
    "OrganizationImport",
    "OrganizationPlacement",
    "PortalSession",
    "RoleGrant",
    "Term",
    "User",
]
