"""Triggers: the three administrators are exclusive, and hold no work role.

Grants end by the date in China, which has one zone and no summer time. SQLite rebuilds a table to
alter it and stumbles over triggers that name it: a migration that alters accounts or grants takes
the triggers away first and puts them back last.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = [
    """CREATE TRIGGER orgs_grant_exclusive BEFORE INSERT ON orgs_rolegrant
    WHEN (SELECT admin_kind FROM orgs_user WHERE id = NEW.user_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'an administrator holds no work role'); END""",
    """CREATE TRIGGER orgs_grant_exclusive_update BEFORE UPDATE ON orgs_rolegrant
    WHEN (NEW.valid_to IS NULL OR NEW.valid_to > date('now', '+8 hours'))
      AND (SELECT admin_kind FROM orgs_user WHERE id = NEW.user_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'an administrator holds no work role'); END""",
    """CREATE TRIGGER orgs_administrator_exclusive BEFORE UPDATE OF admin_kind ON orgs_user
    WHEN NEW.admin_kind <> '' AND EXISTS (
      SELECT 1 FROM orgs_rolegrant
      WHERE user_id = NEW.id AND (valid_to IS NULL OR valid_to > date('now', '+8 hours')))
    BEGIN SELECT RAISE(ABORT, 'an administrator holds no work role'); END""",
]
POSTGRES = [
    """CREATE FUNCTION orgs_grant_exclusive() RETURNS trigger AS $$
    BEGIN
      IF (NEW.valid_to IS NULL OR NEW.valid_to > (now() AT TIME ZONE 'Asia/Shanghai')::date)
         AND (SELECT admin_kind FROM orgs_user WHERE id = NEW.user_id FOR SHARE) <> '' THEN
        RAISE EXCEPTION 'an administrator holds no work role' USING ERRCODE = '23514';
      END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER orgs_grant_exclusive BEFORE INSERT OR UPDATE ON orgs_rolegrant
    FOR EACH ROW EXECUTE FUNCTION orgs_grant_exclusive()""",
    """CREATE FUNCTION orgs_administrator_exclusive() RETURNS trigger AS $$
    BEGIN
      IF NEW.admin_kind <> '' AND EXISTS (
        SELECT 1 FROM orgs_rolegrant
        WHERE user_id = NEW.id AND (valid_to IS NULL OR valid_to > (now() AT TIME ZONE 'Asia/Shanghai')::date)) THEN
        RAISE EXCEPTION 'an administrator holds no work role' USING ERRCODE = '23514';
      END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER orgs_administrator_exclusive BEFORE UPDATE OF admin_kind ON orgs_user
    FOR EACH ROW EXECUTE FUNCTION orgs_administrator_exclusive()""",
]
NAMES = {
    "orgs_grant_exclusive": "orgs_rolegrant",
    "orgs_grant_exclusive_update": "orgs_rolegrant",
    "orgs_administrator_exclusive": "orgs_user",
}


def install(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Puts the triggers into the database."""
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES
    for statement in statements:
        schema_editor.execute(statement)


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the triggers out of the database."""
    if schema_editor.connection.vendor == "sqlite":
        for name in NAMES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name, table in NAMES.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
