"""Pages and answers of the API, compressed for whoever can read that."""

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml|javascript)\b|image/svg\+xml\b")
SUFFIX = "-gzip"


class CompressionMiddleware(GZipMiddleware):
    """Django's, for texts only: files stream or are compressed already, and stay as they are.

    A guess at what a page keeps secret could be told from its size (BREACH), where a page shows
    what somebody else put into its address. Django masks the CSRF token anew in each page and
    adds up to 100 random bytes; the session's cookie does not go with requests from other sites.

    An ETag stays a strong one, for it is compared by If-Match: the compressed body has its own,
    which stands for the same revision.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Whoever read a compressed answer names the revision by that answer's ETag."""
        wanted = request.META.get("HTTP_IF_MATCH", "")
        if f'{SUFFIX}"' in wanted:
            request.META["HTTP_IF_MATCH"] = wanted.replace(f'{SUFFIX}"', '"')

    def process_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The response, compressed when it is a text of some length and the client asks for it."""
        if (
            response.streaming
            or response.has_header("Content-Disposition")
            or not TEXTS.match(response.get("Content-Type", ""))
        ):
            return response
        etag = response.get("ETag", "")
        answer: HttpResponseBase = super().process_response(request, response)
        if etag.startswith('"') and answer.get("Content-Encoding") == "gzip":
            answer["ETag"] = f'{etag[:-1]}{SUFFIX}"'
        return answer
