"""Who may open an address."""

from collections.abc import Iterator

from .house import House, Reasons, guard, owner

# Addresses that answer without signing in, and why.
PUBLIC = Reasons(
    {
        "core:healthz": "a load balancer asks whether the process answers",
        "core:readyz": "monitoring asks for the state of the parts; names nobody",
        "core:metrics": "Prometheus brings a token of its own; not there without",
        "orgs:login": "one signs in here",
        "public:front": "what anybody may read: published copies alone",
        "public:page-list": "published copies alone",
        "public:page-detail": "published copies alone",
        "public:picture-show": "pictures of published copies alone",
        "api:token": "a program signs in here",
        "concerns:filing-create": "residents raise something here; not there until switched on",
        "concerns:filing-query": "residents look how it stands, by number and code",
        "api:calendar-feed": "a calendar program fetches it by its secret address",
    }
)


@guard("decorate the view with public, signed_in or needs of core.guards")
def addresses_without_a_marker(house: House) -> Iterator[str]:
    for address in house.addresses:
        if address.marker is None:
            yield address.name


@guard("say in PUBLIC why nobody has to sign in", PUBLIC)
def public_addresses_without_a_reason(house: House) -> Iterator[str]:
    for address in house.addresses:
        marker = address.marker
        if marker and marker.kind == "public" and not PUBLIC.excuse(address.name):
            yield address.name


@guard("every address has a name, in the namespace of its app, of its own")
def addresses_badly_named(house: House) -> Iterator[str]:
    seen: set[str] = set()
    for address in house.addresses:
        app = owner(house.apps, address.view.__module__)
        if app is None or address.app not in (app.label, "api"):
            yield f"{address.name}, whose view is in {address.view.__module__}"
        if address.name in seen:
            yield f"{address.name} is there twice"
        seen.add(address.name)
