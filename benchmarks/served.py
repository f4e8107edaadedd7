"""The portal as its web workers serve it, and beside it a bare page to measure it against.

`granian benchmarks.served:application`. The bare page passes the same middleware: one indexed
read, fifty rows, no frame, nobody signed in.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

settings.ROOT_URLCONF = "benchmarks.served"
settings.API_RATES = dict.fromkeys(settings.API_RATES, "1000000/s")  # one person, eight clients
application = get_wsgi_application()

from config import started  # noqa: E402 - models exist only now
from members.models import Member  # noqa: E402

_PAGE = Engine().from_string(
    "<!doctype html><title>bare</title><table>{% for row in rows %}<tr><td>{{ row.name }}</td>"
    "<td>{{ row.category }}</td><td>{{ row.joined_on }}</td><td>{{ row.organization.name }}</td>"
    "</tr>{% endfor %}</table>"
)


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Fifty members by primary key: what Django costs before the portal does anything."""
    rows = Member.objects.select_related("organization").order_by("pk")[:50]
    return HttpResponse(_PAGE.render(Context({"rows": rows})))


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
started.settle()
