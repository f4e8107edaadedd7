"""The revision of a row as ETag and If-Match: nobody writes over what he has not seen."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from ..problems import Refused

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="所依据的版本（ETag）；缺少则答 428"
)


def etag(revision: int) -> str:
    """The ETag of a row's revision."""
    return f'"{revision}"'


def revision_wanted(request: Request, current: int) -> int:
    """The revision that If-Match names. Raises Refused: 428 without it, 412 when it is not
    `current`, so that nobody writes over what he has not seen."""
    raw = request.headers.get("If-Match", "").strip()
    if not raw:
        raise Refused(428, "请带上 If-Match，写明所依据的版本。", code="if_match_missing")
    if raw != etag(current):
        raise Refused(412, "内容已更新，请重新读取后再提交。", code="stale")
    return current
