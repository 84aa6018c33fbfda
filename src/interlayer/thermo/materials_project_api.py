"""The Materials Project's API over HTTPS: one key, bounded answers, and patience (extra ``mp``).

Documented at https://api.materialsproject.org/docs. The key is sent as a header to that host alone: redirects are
not followed, and no message repeats it.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import sleep
from typing import Any, Final, Protocol, cast

from interlayer.composition import parse_formula
from interlayer.errors import InputError, shown

HOST: Final = "https://api.materialsproject.org"
KEY: Final = "MP_API_KEY"
KEY_PAGE: Final = "https://next-gen.materialsproject.org/api"
FIELDS: Final = ("material_id", "formula_pretty", "formation_energy_per_atom", "thermo_type")
_PAGE: Final = 1000
_TRIES: Final = 5
_TIMEOUT_S: Final = 60.0
_LONGEST_WAIT_S: Final = 60.0
_LARGEST_EV: Final = 100.0
"""eV/atom; beyond any formation energy, and what is no number at all."""
_MAX_BYTES: Final = 100_000_000
_MOST_PAGES: Final = 1000
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class Response(Protocol):
    """What is used of a response of the library requests."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Session(Protocol):
    """What is used of a session of the library requests."""

    def get(self, url: str, **options: Any) -> Response:
        """Send one GET request."""


@dataclass(frozen=True)
class Api:
    """A session with a key; `key` stays out of the representation."""

    session: Session
    key: str

    def __repr__(self) -> str:
        return "Api(key=...)"

    def database_version(self) -> str:
        """Return the version of the database, a date such as ``2025.09.25``, or ``unknown``."""
        return shown(str(self._answer("/heartbeat", {}).get("db_version") or "unknown"), 40).strip("'")

    def thermo(self, systems: Sequence[str], thermo_type: str) -> Iterator[tuple[str, str, float]]:
        """Yield (material id, formula, formation energy in eV/atom) of the materials of some chemical systems."""
        asked = {
            "chemsys": ",".join(systems),
            "thermo_types": thermo_type,
            "_fields": ",".join(FIELDS),
            "_limit": str(_PAGE),
        }
        skip = 0
        for _ in range(_MOST_PAGES):
            answer = self._answer("/materials/thermo/", {**asked, "_skip": str(skip)})
            documents, total = answer.get("data"), (answer.get("meta") or {}).get("total_doc")
            if not isinstance(documents, list):
                raise InputError("the Materials Project answered without the key 'data'; its API may have changed")
            for document in documents:
                yield _material(document, thermo_type)
            skip += len(documents)
            if not documents or (skip >= total if isinstance(total, int) else len(documents) < _PAGE):
                return
        raise InputError(f"the Materials Project has more than {_MOST_PAGES * _PAGE} materials of {systems[-1]}")

    def _answer(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        response = self._get(path, parameters)
        if len(response.content) > _MAX_BYTES:
            raise InputError(
                f"the Materials Project answered with more than {_MAX_BYTES} bytes; ask for fewer elements"
            )
        try:
            answer = json.loads(response.content)
        except (ValueError, RecursionError):
            raise InputError("the Materials Project answered with something that is not JSON") from None
        if not isinstance(answer, dict):
            raise InputError("the Materials Project answered with JSON that is no object; its API may have changed")
        return answer

    def _get(self, path: str, parameters: Mapping[str, str]) -> Response:
        """Return the response; wait and ask again while the server is busy or unreachable."""
        from requests.exceptions import RequestException

        problem, pause = "", 0.0
        for attempt in range(_TRIES):
            sleep(pause)
            pause = 2.0**attempt
            try:
                response = self.session.get(
                    HOST + path,
                    params=dict(parameters),
                    headers={"X-API-KEY": self.key, "Accept": "application/json"},
                    timeout=_TIMEOUT_S,
                    allow_redirects=False,
                )
            except RequestException as error:
                problem = type(error).__name__  # the text of such an error may repeat the request
                continue
            if response.status_code == 200:
                return response
            if response.status_code not in _TRY_AGAIN:
                raise InputError(self._refusal(response))
            problem = f"HTTP {response.status_code}"
            pause = max(pause, _asked_to_wait(response))
        raise InputError(
            f"the Materials Project did not answer in {_TRIES} tries ({problem}); what was loaded is kept, "
            f"ask again to go on"
        )

    def _refusal(self, response: Response) -> str:
        if response.status_code in (401, 403):
            return f"the Materials Project refused the key in {KEY}; keys are at {KEY_PAGE}"
        if 300 <= response.status_code < 400:
            return "the Materials Project sent the request elsewhere, which is not followed with a key"
        try:
            detail = json.loads(response.content)["detail"]
        except (ValueError, KeyError, TypeError, RecursionError):
            detail = "no reason given"
        reason = shown(str(detail), 200).replace(self.key, "...")
        return f"the Materials Project refused the request with HTTP {response.status_code}: {reason}"


def connect(session: Session | None = None) -> Api:
    """Return the API with the key of the environment.

    Raises InputError where there is no key, where it cannot be one, and where the library requests is missing.
    """
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise InputError(f"the Materials Project needs a key: put yours into the environment as {KEY} ({KEY_PAGE})")
    if not re.fullmatch(r"[A-Za-z0-9]{32}", key):
        raise InputError(f"what {KEY} holds is no key of the Materials Project, 32 letters and digits ({KEY_PAGE})")
    if session is None:
        try:
            import requests
        except ImportError:
            raise InputError("this needs the library requests; install it with: pip install 'interlayer[mp]'") from None
        session = cast(Session, requests.Session())
    return Api(session, key)


def _asked_to_wait(response: Response) -> float:
    """Return the seconds that the server asks to wait, bounded; a date there counts as nothing."""
    text = str(response.headers.get("Retry-After", ""))
    return min(float(text), _LONGEST_WAIT_S) if text.isdecimal() else 0.0


def _material(document: object, thermo_type: str) -> tuple[str, str, float]:
    if not isinstance(document, dict):
        raise InputError("the Materials Project answered with a material that is no object; its API may have changed")
    name, formula = str(document.get("material_id")), document.get("formula_pretty")
    energy = document.get("formation_energy_per_atom")
    if document.get("thermo_type", thermo_type) != thermo_type:
        raise InputError(f"the Materials Project answered with {name} of another functional than {thermo_type}")
    if isinstance(formula, str) and isinstance(energy, int | float) and abs(energy) < _LARGEST_EV:
        try:
            parse_formula(formula)
        except InputError as error:
            raise InputError(f"the Materials Project answered with {shown(name)}, and {error}") from None
        return name, formula, float(energy)
    raise InputError(
        f"the Materials Project answered with {shown(name)} whose formula_pretty is {shown(formula)} and whose "
        f"formation_energy_per_atom is {shown(energy)}; its API may have changed"
    )
