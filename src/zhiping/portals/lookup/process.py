"""The application of the look-up process: parse, ask the desk, answer in JSON."""

import asyncio
import functools
import json
import logging
import os
import re
from urllib.parse import parse_qs, unquote

from django.conf import settings

from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.errors import (
    CertificateNotFoundError,
    SecondFactMissingError,
    TooManyRequestsError,
)
from zhiping.apps.certificates.lookups import Question
from zhiping.apps.certificates.messages import MESSAGES
from zhiping.kernel.errors import DomainError
from zhiping.kernel.sealing import Sealer
from zhiping.portals.clock import current_clock
from zhiping.portals.lookup.desk import DATABASE_FAILURES, Desk, opener
from zhiping.portals.lookup.wire import Headers, Reply, Request, Response

_encode = json.JSONEncoder(ensure_ascii=False).encode
_LOG = logging.getLogger(__name__)
_PATH = re.compile(r"/api/v1/certificates/([^/]{1,200})/?\Z")
_LONGEST_QUERY = 2000
_FORGET_EVERY = 600.0
_STATUS = {
    CertificateNotFoundError: 404,
    SecondFactMissingError: 400,
    TooManyRequestsError: 429,
}
_COMMON: Headers = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))
_JSON: Headers = (*_COMMON, ("content-type", "application/json; charset=utf-8"))
_PROBLEM: Headers = (*_COMMON, ("content-type", "application/problem+json; charset=utf-8"))


def client_address(peer: str, forwarded: str | None, proxies: frozenset[str]) -> str:
    """Return the address of whoever asks: the peer's, or what a trusted proxy says of it.

    Of a chain the last address that is no trusted proxy counts; what stands before it could have been
    made up by the client.

    >>> client_address("203.0.113.9", "198.51.100.1", frozenset())
    '203.0.113.9'
    >>> client_address("127.0.0.1", "192.0.2.77, 198.51.100.1", frozenset({"127.0.0.1"}))
    '198.51.100.1'
    """
    if peer not in proxies or not forwarded:
        return peer
    chain = [each.strip() for each in forwarded.split(",")]
    return next((each for each in reversed(chain) if each and each not in proxies), peer)


class LookUpProcess:
    """The application: one desk for each process."""

    def __init__(self) -> None:
        """Take keys and places from the environment; connect with the first question."""
        self.proxies = frozenset(filter(None, os.environ.get("ZHIPING_PROXIES", "").split(",")))
        self.desk = Desk(
            connect=opener(settings.DATABASES["default"]),
            clock=current_clock,
            last_four=Sealer(settings.FIELD_KEY, lookups.PURPOSE),
            counts=Sealer(settings.FIELD_KEY, limits.PURPOSE),
        )
        self._forgetting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start forgetting old counters."""
        self._forgetting = asyncio.get_running_loop().create_task(self._forget_now_and_then())

    async def close(self) -> None:
        """Merge what was counted, close the connections to the database."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        await self.desk.close()

    def answer(self, request: Request, reply: Reply) -> asyncio.Future[str | None] | None:
        """Answer a request: at once, or when the desk has looked (then its future is returned)."""
        asked = _read(request)
        if isinstance(asked, Response):
            reply(asked)
            return None
        client = client_address(request.peer, request.forwarded, self.proxies)
        answer = self.desk.ask(asked, client=client)
        answer.add_done_callback(functools.partial(_tell, asked, reply))
        return answer

    async def _forget_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_FORGET_EVERY)
            await self.desk.forget()


def _read(request: Request) -> Question | Response:
    """Return the look-up that is asked for, or what to answer at once."""
    if request.path == "/healthz":
        return Response(200, _JSON, '{"status": "ok"}')
    found = _PATH.fullmatch(request.path)
    if found is None or len(request.query) > _LONGEST_QUERY:
        return _plain_problem(404, "not_found", "没有这个地址。")
    if request.method != "GET":
        return _plain_problem(405, "method_not_allowed", "只支持 GET。", ("allow", "GET"))
    given = _parameters(request.query)
    try:
        return lookups.question(unquote(found[1]), name=given.get("name"), last_four=given.get("last_four"))
    except SecondFactMissingError as refusal:
        return _problem(refusal)


def _tell(asked: Question, reply: Reply, answer: asyncio.Future[str | None]) -> None:
    """Reply what the desk found."""
    if answer.cancelled():
        return  # the client went away
    refusal = answer.exception()
    if refusal is None:
        shown = answer.result()
        if shown is None:
            reply(_problem(CertificateNotFoundError(value=asked.number)))
        else:
            reply(Response(200, _JSON, shown))
    elif isinstance(refusal, TooManyRequestsError):
        reply(_problem(refusal))
    elif isinstance(refusal, DATABASE_FAILURES):
        _LOG.error("the database did not answer", exc_info=refusal)
        reply(_plain_problem(503, "unavailable", "查询服务暂时不可用，请稍后再试。"))
    else:
        _LOG.error("a look-up failed", exc_info=refusal)
        reply(_plain_problem(500, "failed", "查询服务出错，请稍后再试。"))


def _parameters(query: str) -> dict[str, str]:
    """Return the first value of each parameter; one plain `name=value` takes the short way."""
    name, _, value = query.partition("=")
    if value.isascii() and value.isalnum() and name.isidentifier():
        return {name: value}
    return {name: values[0] for name, values in parse_qs(query).items()}


def _problem(refusal: DomainError) -> Response:
    title = MESSAGES[refusal.code].format_map(refusal.facts)
    seconds = refusal.facts.get("seconds")
    more = () if seconds is None else (("retry-after", str(seconds)),)
    return _plain_problem(_STATUS[type(refusal)], refusal.code, title, *more)


def _plain_problem(status: int, code: str, title: str, *more: tuple[str, str]) -> Response:
    body = {"type": f"urn:zhiping:{code}", "title": title, "status": status}
    return Response(status, (*_PROBLEM, *more), _encode(body))
