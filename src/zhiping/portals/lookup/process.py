"""The RSGI application of the look-up process: parse, ask the desk, answer in JSON."""

import asyncio
import gc
import json
import logging
import os
import re
from typing import Any
from urllib.parse import parse_qs, unquote

from django.conf import settings

from zhiping.apps.certificates import limits, lookups
from zhiping.apps.certificates.errors import (
    CertificateNotFoundError,
    SecondFactMissingError,
    TooManyRequestsError,
)
from zhiping.apps.certificates.messages import MESSAGES
from zhiping.kernel.errors import DomainError
from zhiping.kernel.sealing import Sealer
from zhiping.portals.clock import current_clock
from zhiping.portals.lookup.desk import DATABASE_FAILURES, Desk, opener

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
_COMMON = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
_JSON = [*_COMMON, ("content-type", "application/json; charset=utf-8")]
_PROBLEM = [*_COMMON, ("content-type", "application/problem+json; charset=utf-8")]

type Response = tuple[int, list[tuple[str, str]], str]


def client_address(peer: str, forwarded: str | None, proxies: frozenset[str]) -> str:
    """Return the address of whoever asks: the peer's, or what a trusted proxy says of it.

    Of a chain the last address that is no trusted proxy counts; what stands before it could have been
    made up by the client.

    >>> client_address("203.0.113.9:4711", "198.51.100.1", frozenset())
    '203.0.113.9'
    >>> client_address("127.0.0.1:4711", "192.0.2.77, 198.51.100.1", frozenset({"127.0.0.1"}))
    '198.51.100.1'
    """
    address = peer.rsplit(":", 1)[0].strip("[]")
    if address not in proxies or not forwarded:
        return address
    chain = [each.strip() for each in forwarded.split(",")]
    return next((each for each in reversed(chain) if each and each not in proxies), address)


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

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start forgetting old counters.

        What is loaded by now stays for good: the collector of unreachable objects need not walk it again.
        """
        gc.collect()
        gc.freeze()
        self._forgetting = loop.create_task(self._forget_now_and_then())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close the connections."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        if not loop.is_running():
            loop.run_until_complete(self.desk.close())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.close()
            return
        status, headers, body = await self.respond(
            scope.method,
            scope.path,
            scope.query_string,
            client_address(scope.client, scope.headers.get("x-forwarded-for"), self.proxies),
        )
        protocol.response_str(status=status, headers=headers, body=body)

    async def respond(self, method: str, path: str, query: str, client: str) -> Response:
        """Return status, headers and body for a request."""
        if path == "/healthz":
            return 200, _JSON, '{"status": "ok"}'
        found = _PATH.fullmatch(path)
        if found is None or len(query) > _LONGEST_QUERY:
            return _plain_problem(404, "not_found", "没有这个地址。")
        if method != "GET":
            return _plain_problem(405, "method_not_allowed", "只支持 GET。")
        return await self._look_up(unquote(found[1]), query, client)

    async def _look_up(self, number: str, query: str, client: str) -> Response:
        given = _parameters(query)
        try:
            asked = lookups.question(number, name=given.get("name"), last_four=given.get("last_four"))
            shown = await self.desk.ask(asked, client=client)
        except (SecondFactMissingError, TooManyRequestsError) as refusal:
            return _problem(refusal)
        except DATABASE_FAILURES:
            _LOG.exception("the database did not answer")
            return _plain_problem(503, "unavailable", "查询服务暂时不可用，请稍后再试。")
        if shown is None:
            return _problem(CertificateNotFoundError(value=asked.number))
        return 200, _JSON, shown

    async def _forget_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_FORGET_EVERY)
            await self.desk.forget()


def _parameters(query: str) -> dict[str, str]:
    """Return the first value of each parameter; one plain `name=value` takes the short way."""
    name, _, value = query.partition("=")
    if value.isascii() and value.isalnum() and name.isidentifier():
        return {name: value}
    return {name: values[0] for name, values in parse_qs(query).items()}


def _problem(refusal: DomainError) -> Response:
    title = MESSAGES[refusal.code].format_map(refusal.facts)
    status, headers, body = _plain_problem(_STATUS[type(refusal)], refusal.code, title)
    seconds = refusal.facts.get("seconds")
    return status, headers if seconds is None else [*headers, ("retry-after", str(seconds))], body


def _plain_problem(status: int, code: str, title: str) -> Response:
    body = {"type": f"urn:zhiping:{code}", "title": title, "status": status}
    return status, _PROBLEM, _encode(body)


app = LookUpProcess()
