"""Makes a seeded zone many times as large, set-based: copies of its organisations hang beside
the originals under the same top, with their members, duties, reports and office holders.

Sealed columns keep the original's text, which does not open under a new uid: the pages show
无法读取, after the same work of deciphering.
"""

from collections.abc import Mapping

from django.db import connection, models, transaction

from members.models import Member
from orgs.models import OfficeHolding, Organization
from schedules.models import Duty, MonthlyReport

APART = 10_000_000  # between the keys of one copy and the next
STRIDE = 200  # steps of the path that one copy may take up


def _copy(model: type[models.Model], changed: Mapping[str, str], where: str, copies: int) -> None:
    """INSERT … SELECT of all columns; `changed` are SQL expressions over t and the copy n.v."""
    quote = connection.ops.quote_name
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f"t.{quote(column)}") for column in columns)
    table = quote(model._meta.db_table)
    names = ", ".join(map(quote, columns))
    if connection.vendor == "postgresql":
        series, head = f"generate_series(1, {copies}) AS n(v)", ""
    else:
        series = "n"
        head = (
            f"WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < {copies}) "
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head}INSERT INTO {table} ({names}) "
            f"SELECT {values} FROM {table} t, {series} WHERE t.id < {APART} AND {where}"
        )


@transaction.atomic
def grow(times: int, *, months: int = 6) -> None:
    """The zone `times` as large; duties and reports of the last `months` only are copied."""
    zone = Organization.objects.order_by("path")[0]
    copies, top = times - 1, zone.pk
    step = f"CAST(substr(t.path, {len(zone.path) + 1}, 5) AS integer) + n.v * {STRIDE}"
    rest = f"substr(t.path, {len(zone.path) + 6})"
    if connection.vendor == "postgresql":
        uid, padded = "gen_random_uuid()", f"lpad(({step})::text, 5, '0')"
    else:
        uid, padded = "lower(hex(randomblob(16)))", f"substr('00000' || ({step}), -5)"
    shifted = f"t.id + n.v * {APART}"
    owner = f"t.organization_id + n.v * {APART}"
    organizations = {
        "id": shifted,
        "uid": uid,
        "code": "'C' || n.v || '-' || t.id",
        "path": f"'{zone.path}' || {padded} || {rest}",
        "parent_id": f"CASE WHEN t.parent_id = {top} THEN {top} "
        f"ELSE t.parent_id + n.v * {APART} END",
    }
    _copy(Organization, organizations, f"t.id <> {top}", copies)
    own = f"t.organization_id <> {top}"
    held = {"id": shifted, "organization_id": owner}
    _copy(Member, {**held, "uid": uid, "identity_index": "NULL"}, own, copies)
    _copy(OfficeHolding, held, own, copies)
    periods = Duty.objects.order_by("-period").values_list("period", flat=True).distinct()
    recent = f"{own} AND t.period IN ({', '.join(repr(p) for p in periods[:months]) or 'NULL'})"
    _copy(Duty, held, recent, copies)
    reports = {**held, "duty_id": f"t.duty_id + n.v * {APART}"}
    _copy(MonthlyReport, reports, recent, copies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
