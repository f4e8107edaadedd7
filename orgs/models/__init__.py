from .account import PortalSession, User
from .event import OrganizationEvent, OrganizationPlacement
from .grant import AdministratorProposal, RoleGrant
from .importing import OrganizationImport
from .office import OfficeHolding
from .organization import Organization

__all__ = [
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
