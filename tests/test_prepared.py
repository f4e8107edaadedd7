"""Reads whose SQL is written once give what an ordinary query set gives, now and later."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, DateField, QuerySet

from core import clock
from core.prepared import Given, Prepared
from orgs.access import current_grants
from orgs.models import Organization, PortalSession, RoleGrant, User

pytestmark = pytest.mark.django_db


def test_the_query_is_written_once_and_the_rows_are_read_each_time(
    zone: Any, django_assert_num_queries: Any
) -> None:
    written = []

    def write() -> QuerySet[User, User]:
        written.append(1)
        return User.objects.filter(username=Given("name", CharField()))

    named = Prepared(write)
    assert [user.pk for user in named(name="huzhuang1")] == [zone.users["huzhuang1"].pk]
    assert [user.pk for user in named(name="taoyuan1")] == [zone.users["taoyuan1"].pk]
    assert named(name="nobody") == []
    User.objects.filter(username="huzhuang1").update(name="改了名")
    with django_assert_num_queries(1):
        assert named(name="huzhuang1")[0].name == "改了名"
    assert written == [1]


def test_values_are_never_read_as_sql(zone: Any) -> None:
    named = Prepared(lambda: User.objects.filter(username=Given("name", CharField())))
    for text in ("' OR '1'='1", "%s", "%(name)s", '"; DROP TABLE orgs_user; --'):
        assert named(name=text) == []
    User.objects.filter(username="huzhuang1").update(username="100%' s")
    assert named(name="100%' s")[0].username == "100%' s"


def test_rows_have_their_relations_dates_and_counts(
    zone: Any, django_assert_num_queries: Any
) -> None:
    held = Prepared(
        lambda: (
            RoleGrant.objects.dated(Given("today", DateField()))
            .filter(user_id=Given("user", BigIntegerField()))
            .select_related("organization")
        )
    )
    user, today = zone.users["huzhuang1"], clock.today()
    with django_assert_num_queries(1):
        found = held(user=user.pk, today=today)
        assert [grant.organization.name for grant in found]
    plain = RoleGrant.objects.dated(today).filter(user=user).select_related("organization")
    assert [vars(a.organization) | {"_state": 0} for a in found] == [
        vars(b.organization) | {"_state": 0} for b in plain
    ]
    assert held(user=user.pk, today=dt.date(1990, 1, 1)) == []
    counted: Prepared[int] = Prepared(
        lambda: (
            Organization.objects.filter(depth=Given("depth", BigIntegerField()))
            .order_by()
            .values("depth")
            .annotate(count=Count("pk"))
            .values_list("count", flat=True)
        )
    )
    assert counted(depth=1) == [Organization.objects.filter(depth=1).count()]
    assert counted(depth=99) == []


def test_nothing_is_no_value(zone: Any) -> None:
    named = Prepared(lambda: User.objects.filter(username=Given("name", CharField())))
    with pytest.raises(ValueError, match="name is None"):
        named(name=None)
    with pytest.raises(KeyError):
        named()


def test_rows_belong_to_the_transaction_they_are_read_in(zone: Any) -> None:
    named = Prepared(lambda: User.objects.filter(username=Given("name", CharField())))
    with transaction.atomic():
        User.objects.filter(username="huzhuang1").update(username="other")
        assert named(name="huzhuang1") == []
        transaction.set_rollback(True)
    assert len(named(name="huzhuang1")) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_read_their_own_on_their_own_connections(zone: Any) -> None:
    named = Prepared(lambda: User.objects.filter(username=Given("name", CharField())))
    names = [*zone.users][:4]

    def read(name: str) -> set[str]:
        try:
            return {user.username for _ in range(25) for user in named(name=name)}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, names)) == [{name} for name in names]


def test_rights_act_at_the_next_request(zone: Any, client: Any) -> None:
    """What every page reads through prepared queries is read anew."""
    user = zone.users["huzhuang1"]
    client.force_login(user, backend="orgs.backends.NameOrPhoneBackend")
    assert client.get("/members/").status_code == 200
    grants = RoleGrant.objects.filter(user=user)
    grants.update(valid_to=clock.today())
    assert current_grants(user) == []
    assert client.get("/members/").status_code == 404
    grants.update(valid_to=None)
    assert client.get("/members/").status_code == 200
    role = grants.get().role
    grants.update(role="reviewer")
    assert client.get("/members/").status_code == 404
    grants.update(role=role)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/members/").status_code == 302
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert client.get("/members/").status_code == 200
    PortalSession.objects.filter(user=user).delete()
    assert client.get("/members/").status_code == 302
