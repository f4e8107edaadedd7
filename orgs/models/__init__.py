from .account import PortalSession, User
from .event import OrganizationEvent, OrganizationPlacement
from .grant import AdministratorProposal, RoleGrant
from .importing import OrganizationImport
from .office import OfficeHolding
from .organization import Organization
from .token import AccessToken

__all__ = [
    "AccessToken",
    "AdministratorProposal",
    "OfficeHolding",
    "Organization",
    "OrganizationEvent",
    "OrganizationImport",
    "OrganizationPlacement",
    "PortalSession",
    "RoleGrant",
    "User",
]
