"""What every resource stands on: who acts, strict input, pages of a list.

The views of the apps say whom they are for by `access` and `permissions`; `as_view` turns that
into the same access marker that pages carry.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.datastructures import MultiValueDict
from rest_framework import exceptions, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import problems
from ..actor import Actor
from ..guards import Marker
from ..throttles import PersonThrottle
from .strict import NothingQuery, StrictJSONParser, StrictSerializer


class ProblemOrJSONRenderer(JSONRenderer):
    """JSON in UTF-8 as it is read by people too."""

    charset = "utf-8"
    ensure_ascii = False


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class PortalView(APIView):
    """A resource. `access` is public, signed_in or needs; with needs, one of `permissions`."""

    access: ClassVar[str] = "needs"
    permissions: ClassVar[tuple[str, ...]] = ()
    query: ClassVar[type[StrictSerializer]] = NothingQuery
    parser_classes: Any = (StrictJSONParser,)
    renderer_classes: Any = (ProblemOrJSONRenderer,)
    throttle_classes = (PersonThrottle,)
    pagination_class = Pages
    permission_classes = (AllowAny,)  # `initial` asks, so that what is not mine is not there
    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view function, with its access marker; other methods are refused before all else."""
        view = super().as_view(**initkwargs)
        methods = tuple(
            name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(cls, name)
        )
        if "GET" in methods:
            methods += ("HEAD",)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                answer = problems.problem(405, detail=f"这里只接受 {'、'.join(methods)}。")
                answer["Allow"] = ", ".join(methods)
                return answer
            return view(request, *args, **kwargs)

        guarded.access_marker = Marker(  # type: ignore[attr-defined]
            cls.access, tuple(map(str, cls.permissions)), methods
        )
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        guarded.login_required = False  # type: ignore[attr-defined]
        return guarded

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who acts, whether he may, and whether the address says only what it can say."""
        super().initial(request, *args, **kwargs)
        if self.access == "public":
            return
        if not request.user or not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        self.actor = request._request.actor  # type: ignore[attr-defined]
        if self.access == "needs" and not any(self.actor.may(one) for one in self.permissions):
            raise Http404

    def narrowed(self) -> dict[str, Any]:
        """The checked parameters of the address. Raises ValidationError for any other."""
        given = self.request.query_params
        twice = [key for key in given if len(given.getlist(key)) > 1]
        if twice:
            raise ValidationError({key: ["只能写一次。"] for key in twice})
        checked = self.query(data=given.dict())
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def body(self, kind: type[StrictSerializer]) -> dict[str, Any]:
        """The checked body. Raises ValidationError; a field of a form that is sent twice is one,
        because all but the last would be silently left out."""
        if isinstance(self.request.data, MultiValueDict):
            twice = [key for key, values in self.request.data.lists() if len(values) > 1]
            if twice:
                raise ValidationError({key[:100]: ["只能写一次。"] for key in twice[:20]})
        checked = kind(data=self.request.data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def page(
        self,
        rows: Any,
        kind: type[serializers.Serializer[Any]],
        prepared: Callable[[Any], Any] = lambda row: row,
    ) -> Response:
        """One page of `rows`, each `prepared`, as `kind` shows it. Two queries.

        One serializer makes the whole page: a serializer copies its fields when it is made, which
        costs more than a row. It finds the actor in its context.
        """
        pages = Pages()
        found: list[Any] = pages.paginate_queryset(rows, self.request, view=self) or []
        shown = kind([prepared(row) for row in found], many=True, context={"actor": self.actor})
        return pages.get_paginated_response(shown.data)
