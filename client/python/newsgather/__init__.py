"""Client of Newsgather's API: articles, search, and the change stream. It needs only the standard library.

    from newsgather import Client

    client = Client("http://127.0.0.1:3000", key="ng_...")
    for article in client.articles(topic="egov", since="7d"):
        print(article["title"])
"""

from __future__ import annotations

import http.client
import json
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Generator, Iterator, List, Mapping, Optional, Sequence, Union

__all__ = ["Change", "Client", "Consumer", "Item", "Lease", "ProblemError", "Step"]

Item = Dict[str, Any]
"""An article as the API returns it: `id`, `version`, `title`, `url` and more; see `/docs` on the server."""
Change = Dict[str, Any]
"""A change: `seq`, `kind`, `articleId`, `version`, and the `item`, which is None if the article was retracted."""
Value = Union[str, int, float, bool, datetime, Sequence[str], None]
"""The value of a parameter. A list means several values; None omits the parameter."""
OnRetry = Callable[[Exception, float], None]
"""Called before each pause, with the error and the length of the pause in seconds."""

PATIENCE_S = 30.0
"""Time limit of a response, in addition to the `wait` of the request, in seconds."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0


class ProblemError(Exception):
    """An error response of the API (RFC 9457): `code` is for programs, the message says what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id
        """The id of the request in the server's log; None if the response isn't from Newsgather but, e.g., a proxy."""
        self.retry_after = retry_after
        """How long the server asks the client to wait before the next attempt, in seconds; None if unknown."""


@dataclass(frozen=True)
class Step:
    """What to do next to your copy. Store `cursor` together with the data, in one transaction if possible."""

    kind: str
    """`snapshot`: store `items`; `changes`: apply `changes` by `articleId` and `version`."""
    cursor: Optional[str]
    """The cursor from which to continue. During a snapshot, None until the last page: if you stop earlier, the
    snapshot starts again."""
    first: bool = False
    """Whether this page starts a new copy. If so, delete what you have."""
    items: List[Item] = field(default_factory=list)
    changes: List[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Lease:
    """Changes that no other client gets until the time `until`. Without changes, `lease` and `until` are None."""

    lease: Optional[str]
    until: Optional[str]
    items: List[Change]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirects: the API sends none, and a key must not be sent to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """A client of the API at the URL `base`; `key` comes from `newsgather keys add`."""

    def __init__(self, base: str, key: Optional[str] = None) -> None:
        if not re.match(r"https?://.", base):
            raise ValueError(f"{base}: the server's address begins with http:// or https://")
        self._root = base.rstrip("/")
        self._key = key
        self._opener = urllib.request.build_opener(_NoRedirects)

    def call(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Value]] = None,
        body: Optional[Mapping[str, Any]] = None,
        wait: float = 0,
    ) -> Any:
        """Sends one request and returns the JSON of the response; None if the response is empty. Raises `ProblemError`
        for an error response, and `OSError` or `http.client.HTTPException` if there is no response.
        """
        words = [(name, _word(value)) for name, value in (query or {}).items() if value is not None]
        address = self._root + path + (f"?{urllib.parse.urlencode(words)}" if words else "")
        headers = {"accept": "application/json", "user-agent": "newsgather-python"}
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._key}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["content-type"] = "application/json"
        request = urllib.request.Request(address, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=wait + PATIENCE_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _problem_of(error) from None
        return json.loads(text) if text else None

    def articles(self, **query: Value) -> Iterator[Item]:
        """Iterates over published articles, newest first. Filters are, for example, `topic="egov"` and `since="7d"`."""
        cursor = query.pop("cursor", None)
        while True:
            page = self.call("GET", "/v1/articles", {**query, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def article(self, id: str) -> Item:
        """Returns one article, with the evidence for each field. Raises a 404 problem if there is none, a 410 problem
        if it is no longer available.
        """
        found: Item = self.call("GET", f"/v1/articles/{_part(id)}")
        return found

    def search(self, q: str, **query: Value) -> Iterator[Item]:
        """Iterates over the results of a search, best first; each item has its `highlights`."""
        offset = query.pop("offset", 0)
        while True:
            page = self.call("GET", "/v1/search", {**query, "q": q, "offset": offset})
            yield from page["items"]
            offset = page["next_offset"]
            if offset is None:
                return

    def follow(
        self,
        cursor: Optional[str] = None,
        *,
        wait: int = 30,
        limit: Optional[int] = None,
        on_retry: Optional[OnRetry] = None,
        **filter: Value,
    ) -> Iterator[Step]:
        """Iterates over the change stream without a gap, until you stop. Starts with a snapshot if there is no
        `cursor`, or if the cursor has expired (410). `cursor="latest"` gives only new changes. While the server is
        unavailable, waits and tries again.
        """
        query: Dict[str, Value] = {**filter, "limit": limit}
        while True:
            if cursor is None:
                cursor = yield from self._snapshot(query, on_retry)
            asked = {**query, "wait": wait, "cursor": cursor}
            try:
                page = _patiently(lambda: self.call("GET", "/v1/changes", asked, wait=wait), on_retry)
            except ProblemError as error:
                if error.code != "cursor-expired":
                    raise
                cursor = None
                continue
            if page["next_cursor"] != cursor:
                cursor = page["next_cursor"]
                yield Step("changes", cursor, changes=page["items"])

    def _snapshot(
        self, query: Mapping[str, Value], on_retry: Optional[OnRetry]
    ) -> Generator[Step, None, str]:
        """Yields the published articles that match the query. Returns the cursor from which the stream continues."""
        cursor: Optional[str] = None
        first = True
        while True:
            asked = {**query, "cursor": cursor}
            page = _patiently(lambda: self.call("GET", "/v1/snapshot", asked), on_retry)
            cursor = page["next_cursor"]
            whole = cursor is None
            yield Step("snapshot", page["changes_cursor"] if whole else None, first, page["items"])
            first = False
            if whole:
                return str(page["changes_cursor"])

    def consumer(self, name: str) -> Consumer:
        """Returns a consumer. The server stores its position in the stream."""
        return Consumer(self, name)


class Consumer:
    """A consumer of the stream. The server stores its position, see `/v1/consumers`."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._path = f"/v1/consumers/{_part(name)}"

    def lease(self, *, limit: int = 100, seconds: int = 60, wait: int = 0) -> Lease:
        """Leases the next changes, exclusively. Raises a 409 problem while another client leases changes."""
        body = {"limit": limit, "seconds": seconds, "wait": wait}
        answer = self._client.call("POST", f"{self._path}/lease", body=body, wait=wait)
        return Lease(answer["lease"], answer["until"], answer["items"])

    def ack(self, lease: str, seq: Optional[int] = None) -> int:
        """Acknowledges the changes of a lease: all, or those up to `seq`. Returns the consumer's new position."""
        body = {"lease": lease} if seq is None else {"lease": lease, "seq": seq}
        return int(self._client.call("POST", f"{self._path}/ack", body=body)["seq"])


def _patiently(ask: Callable[[], Any], on_retry: Optional[OnRetry]) -> Any:
    """Repeats a request until it succeeds, with exponential backoff and full jitter, or after the time that the server
    asks for. Raises errors that a repetition can't solve.
    """
    tries = 0
    while True:
        try:
            return ask()
        except http.client.InvalidURL:
            raise
        except (ProblemError, OSError, http.client.HTTPException) as error:
            if isinstance(error, ProblemError) and error.status != 429 and error.status < 500:
                raise
            asked = error.retry_after if isinstance(error, ProblemError) else None
            longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries, 10))
            # A `Retry-After` of 0 would repeat the request without end and without a pause.
            pause = asked or random.uniform(0, longest)
            if on_retry is not None:
                on_retry(error, pause)
            time.sleep(pause)
            tries += 1


def _problem_of(error: urllib.error.HTTPError) -> ProblemError:
    text = error.read().decode("utf-8", "replace")
    after = _seconds_of(error.headers.get("retry-after"))
    is_problem = (error.headers.get("content-type") or "").startswith("application/problem+json")
    # Only Newsgather's problems have all fields; a proxy's can lack any.
    try:
        problem = json.loads(text) if is_problem else {}
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    detail = problem.get("detail") or f"{error.code} without a reason that programs can read: {text[:200]}"
    code = problem.get("code", "no-problem-details")
    return ProblemError(error.code, code, detail, problem.get("request_id"), after)


def _seconds_of(after: Optional[str]) -> Optional[float]:
    """Returns the delay of a Retry-After header (RFC 9110) in seconds; None if it is missing or malformed."""
    if after is None:
        return None
    if after.isdigit():
        return float(after)
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return str(value)
    return ",".join(value or ())


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")
