"""How many requests a person or an address may make, counted for all web processes together.

With Redis the counters lie there; while it is silent, and without it, each process counts for
itself. A counter is a whole number raised in one step, so that processes never overwrite each
other's count, and nothing but whole numbers is ever read back.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import BaseCache, caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from .http import client_network
from .quiet import Quiet

SHARED = "counters"  # the alias of the cache in Redis; missing in the embedded edition
OWN = "default"
PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

logger = logging.getLogger("portal.throttles")
_redis = Quiet()


class Numbers:
    """What the cache in Redis holds: whole numbers, never pickles."""

    def dumps(self, value: Any) -> int:
        """The number. Raises for anything else."""
        return int(value)

    def loads(self, data: Any) -> int:
        """The number. Raises for anything else."""
        return int(data)


class PersonThrottle(BaseThrottle):
    """Requests of a person, or of an address while nobody is known.

    The count is that of the running period and, of the one before, the share that still lies
    within the last `seconds`: nobody gets twice the rate where two periods meet. A request that
    is refused does not count.
    """

    scope: str = "person"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts the request; False when it is one too many."""
        rate = str(settings.API_RATES[self.scope])  # read each time: a setting changed in a test
        return self.counted(rate, self.ident(request))

    def counted(self, rate: str, ident: str) -> bool:
        """Counts one of `ident`; False when it is one too many for `rate`, such as "10/h"."""
        number, _, period = rate.partition("/")
        self.limit, self.seconds = int(number), PERIODS[period[0]]
        now = time.time()
        self.period, self.gone = int(now // self.seconds), now % self.seconds / self.seconds
        self.key = f"api-throttle:{self.scope}:{ident}"
        return self._allowed()

    def ident(self, request: Request) -> str:
        """By account, else by address."""
        person = request.user.pk if request.user and request.user.is_authenticated else None
        return f"u{person}" if person else f"a{client_network(request._request)}"

    def wait(self) -> float:
        """Seconds until the next request would be allowed, if no other comes before."""
        room = self.limit - 1 - self.now
        if room >= 0:
            faded = _faded(self.before, room) - self.gone
        else:
            faded = 1 - self.gone + _faded(self.now, self.limit - 1)
        return max(0.0, faded) * self.seconds

    def _allowed(self) -> bool:
        if SHARED in settings.CACHES and _redis.may_ask():
            try:
                allowed = self._count(caches[SHARED])
            except Exception as error:
                _redis.failed()
                logger.warning("Redis does not count: %s", type(error).__name__)
            else:
                _redis.answered()
                return allowed
        return self._count(caches[OWN])

    def _count(self, cache: BaseCache) -> bool:
        key = f"{self.key}:{self.period}"
        try:
            self.now = cache.incr(key)
        except ValueError:  # the first of the period, unless another process was faster
            cache.add(key, 0, 2 * self.seconds)
            self.now = cache.incr(key)
        self.before: int = cache.get(f"{self.key}:{self.period - 1}", 0)
        if self.before * (1 - self.gone) + self.now <= self.limit:
            return True
        self.now = cache.decr(key)
        return False


class TokenThrottle(PersonThrottle):
    """Attempts to get a token, by address."""

    scope = "token"


def seconds_to_wait(scope: str, ident: str, rate: str) -> float:
    """Counts one thing that somebody does on a page without signing in; 0 where it is allowed, else
    after how many seconds it would be."""
    throttle = PersonThrottle()
    throttle.scope = scope
    return 0.0 if throttle.counted(rate, ident) else max(1.0, throttle.wait())


def _faded(count: int, room: int) -> float:
    """The share of a period after which at most `room` of `count` are left of it."""
    return 1 - room / count if count > room else 0.0
