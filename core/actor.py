"""Who acts: a person in one of his roles, or the system itself."""

from dataclasses import dataclass, field

Thing = tuple[str, int]  # the kind and the id of one thing that somebody can be named for alone
WHOLE: Thing = ("", 0)  # no one thing: all that hangs on an organisation


@dataclass(frozen=True, slots=True)
class Part:
    """What a person is given, or what is taken from him, by name: some permissions at the
    organisation at `path` (and under it), or for one thing there (`subject`: kind and id)."""

    path: str
    includes_below: bool
    permissions: frozenset[str]
    subject: Thing = WHOLE

    def holds(
        self, permission: str, path: str, *, whole: bool = False, about: Thing = WHOLE
    ) -> bool:
        """Whether it is about `permission` for all that hangs on the organisation at `path`, or
        for the one thing `about` there; with `whole` also for all below that organisation."""
        if whole and not self.includes_below:
            return False
        if permission not in self.permissions:
            return False
        if self.subject != WHOLE:
            return self.subject == about
        return path.startswith(self.path) if self.includes_below else path == self.path


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
    # Whether what stands below is part of his organisation: his like the organisation itself, and
    # no level of its own that he looks at from above.
    has_parts: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)
    principal_id: int | None = None  # for whom he acts, in a grant that he holds as deputy
    named: tuple[Part, ...] = ()
    recused: tuple[Part, ...] = ()
    ip: str = ""
    session_hash: str = ""
    request_id: str = ""

    def may(self, permission: str) -> bool:
        """Whether the actor holds `permission` anywhere: by the role acted in, or by name. Which
        rows it is for, the rows are asked (`visible_to`)."""
        return permission in self.permissions or any(
            permission in part.permissions for part in self.named
        )

    def may_at(
        self, permission: str, path: str, *, whole: bool = False, about: Thing = WHOLE
    ) -> bool:
        """Whether the actor holds `permission` for what hangs on the organisation at `path`, or
        for the one thing `about` there; with `whole` also for what hangs on those below."""
        if any(part.holds(permission, path, about=about) for part in self.recused):
            return False
        if permission in self.permissions and self.covers(path):
            return True
        return any(part.holds(permission, path, whole=whole, about=about) for part in self.named)

    def keeps_out(self, permission: str, path: str, about: Thing = WHOLE) -> bool:
        """Whether `permission` is taken from the actor by name for the organisation at `path`, or
        for the one thing `about` there."""
        return any(part.holds(permission, path, about=about) for part in self.recused)

    def owns(self, path: str) -> bool:
        """Whether the organisation at `path` is the one acted for, or a part of it."""
        if self.has_parts:
            return self.covers(path)
        return bool(path) and path == self.organization_path

    @property
    def mark(self) -> str:
        """Names the standing in which a form was opened: the grant, or the person without one."""
        return f"g{self.grant_id}" if self.grant_id else f"u{self.user_id}" if self.user_id else ""

    @property
    def persons(self) -> frozenset[int]:
        """Whose own work the actor must not judge: his, and that of the person he acts for."""
        return frozenset(one for one in (self.user_id, self.principal_id) if one is not None)

    def covers(self, path: str) -> bool:
        """Whether the organisation at `path` lies in the scope of the role acted in."""
        if not self.organization_path:
            return False
        if self.inherits or self.has_parts:
            return path.startswith(self.organization_path)
        return path == self.organization_path


def system(name: str = "系统") -> Actor:
    """The portal acting by itself, for example in a scheduled job."""
    return Actor(user_id=None, name=name, role="system", role_label="系统")
