"""A cassette in use: vcrpy at httpx's transports, recording or replaying.

Which recorded answer fits a request is the rule of `matching`. Nothing of a request is rewritten
but the venue's address, and under the user's own keys the signature.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import vcr
from vcr.errors import CannotOverwriteExistingCassetteException, UnhandledHTTPRequestError
from vcr.record_mode import RecordMode
from vcr.serialize import deserialize, serialize

from exchangekit.adapter.request import Outgoing
from exchangekit.testing.cassette import AGAIN, Cassette, RequestNotRecorded
from exchangekit.testing.matching import asked, match_exactly
from exchangekit.testing.nearest import explain
from exchangekit.testing.sanitise import Sanitiser

_KEPT_HEADERS = frozenset({"content-type", "retry-after", "date"})


def address(venue: str) -> str:
    """What stands in a cassette for the venue's address, which for a simulation is never the
    same."""
    return f"http://{venue}.cassette.invalid"


class Tape:
    """One cassette being recorded or replayed.

    ``base_url`` is where requests really go (None while replaying), ``keep`` the reply headers
    that the venue's adapter reads, ``sanitiser`` takes the secrets out of what is recorded.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        path: Path | None = None,
        base_url: str | None = None,
        keep: frozenset[str] = frozenset(),
        sanitiser: Sanitiser | None = None,
    ) -> None:
        self.cassette = cassette
        self.path = path
        self.recording = base_url is not None
        self.base_url = base_url or address(cassette.venue)
        self._keep = _KEPT_HEADERS | keep
        self._sanitiser = sanitiser
        self._real: Outgoing | None = None
        self._twin: Outgoing | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[Tape]:
        """Every request of httpx inside goes to the tape."""
        recorder = vcr.VCR(
            record_mode=RecordMode.ALL if self.recording else RecordMode.NONE,
            match_on=["exactly"],
            decode_compressed_response=True,
        )
        recorder.register_matcher("exactly", match_exactly)
        recorder.register_persister(_Drawer(self.cassette, self.recording))
        with recorder.use_cassette(
            self.cassette.check,
            before_record_request=self._request,
            before_record_response=self._response,
        ):
            yield self

    def instead_of(self, real: Outgoing, twin: Outgoing) -> None:
        """`twin` is written down where `real` is sent: the same request under dummy keys."""
        self._real, self._twin = real, twin

    def translated(self, problem: Exception) -> Exception:
        """What vcrpy raised, in plain words."""
        if not isinstance(
            problem, (CannotOverwriteExistingCassetteException, UnhandledHTTPRequestError)
        ):
            return problem
        failed = getattr(problem, "failed_request", None)
        held = [asked(request) for request in _requests(self.cassette)]
        words = explain(asked(self._request(failed)), held) if failed is not None else str(problem)
        name = str(self.path or self.cassette.check)
        made = RequestNotRecorded(
            f"the cassette {name} (exchangekit {self.cassette.kit}) does not fit: {words}. If this"
            f" is meant, {AGAIN}."
        )
        made.__suppress_context__ = True
        return made

    def _request(self, request: Any) -> Any:
        target = request.uri.removeprefix(self.base_url)
        if target == request.uri:
            return request
        request.uri = address(self.cassette.venue) + target
        twin = self._twin
        real = self._real if self.recording else None
        if real is not None and twin is not None and target == real.target:
            request.uri = address(self.cassette.venue) + twin.target
            request.headers = dict(twin.headers)
            request.body = twin.body or None
        request.headers = dict(asked(request).headers)
        return request

    def _response(self, response: dict[str, Any]) -> dict[str, Any]:
        kept = {name.lower(): values for name, values in response["headers"].items()}
        response["headers"] = {
            name: values for name, values in sorted(kept.items()) if name in self._keep
        }
        if "retry-after" not in kept:
            response["headers"].pop("date", None)
        if self._sanitiser is not None:
            clean: Callable[[bytes], bytes] = self._sanitiser.body
            response["body"]["string"] = clean(response["body"]["string"])
        return response


class _Drawer:
    """Where vcrpy puts a cassette and finds it: in memory, files are this package's business."""

    def __init__(self, cassette: Cassette, recording: bool) -> None:
        self.cassette = cassette
        self.recording = recording

    def load_cassette(self, path: str, serializer: Any) -> Any:
        return deserialize("", _Held({"version": 1, "interactions": self._copy()}))

    def save_cassette(self, path: str, data: Any, serializer: Any) -> None:
        if self.recording:
            held = _Held({})
            serialize(data, held)
            self.cassette.interactions = held.data["interactions"]

    def _copy(self) -> list[dict[str, Any]]:
        if self.recording:
            return []
        return [
            {
                "request": dict(one["request"]),
                "response": {**one["response"], "body": dict(one["response"]["body"])},
            }
            for one in self.cassette.interactions
        ]


class _Held:
    """A serialiser of vcrpy that leaves everything as it is."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def serialize(self, data: dict[str, Any]) -> str:
        self.data = data
        return ""

    def deserialize(self, text: str) -> dict[str, Any]:
        return self.data


def _requests(cassette: Cassette) -> list[Any]:
    drawer = _Drawer(cassette, recording=False)
    return list(drawer.load_cassette("", None)[0])


__all__ = ["Tape", "address"]
