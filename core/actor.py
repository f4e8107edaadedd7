"""Who acts: a person in one of his roles, or the system itself."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """Told to every action as `by`. Carries rights of this moment, never cached longer."""

    user_id: int | None
    name: str
    role: str = ""
    role_label: str = ""
    grant_id: int | None = None
    organization_id: int | None = None
    organization_name: str = ""
    organization_path: str = ""
    inherits: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)
    ip: str = ""
    session_hash: str = ""
    request_id: str = ""

    def may(self, permission: str) -> bool:
        """Whether the role acted in holds `permission` anywhere."""
        return permission in self.permissions

    def covers(self, path: str) -> bool:
        """Whether the organisation at `path` lies in the scope of the role acted in."""
        if not self.organization_path:
            return False
        if self.inherits:
            return path.startswith(self.organization_path)
        return path == self.organization_path


def system(name: str = "系统") -> Actor:
    """The portal acting by itself, for example in a scheduled job."""
    return Actor(user_id=None, name=name, role="system", role_label="系统")
