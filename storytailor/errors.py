"""Everything that can go wrong, in one tree.

StorytailorError
├── RequestError                    what a caller did; rendered by the API as it stands
│   ├── UnauthorizedError           401 UNAUTHORIZED
│   ├── QuotaExceededError          403 QUOTA_EXCEEDED
│   ├── SignatureError              403 URL_ENDED
│   ├── NotFoundError               404 CHARACTER_NOT_FOUND, STORY_NOT_FOUND, LIBRARY_NOT_FOUND
│   ├── AssetBusyError              409 ASSET_BUSY
│   ├── IdempotencyConflictError    409 IDEMPOTENCY_CONFLICT
│   ├── PayloadTooLargeError        413 PAYLOAD_TOO_LARGE
│   ├── ValidationError             422 VALIDATION_ERROR
│   ├── ContentRejectedError        422 CONTENT_REJECTED
│   ├── RateLimitedError            429 RATE_LIMITED
│   └── ServiceUnavailableError     503 SERVICE_UNAVAILABLE
├── MakingError                     what happened while an asset was made
│   ├── TransientError              may go well next time: timeouts, 5xx, broken answers
│   │   ├── PictureBlockedError     the provider's filter blocked what it had drawn
│   │   ├── PromptBlockedError      a provider's filter, or the model itself, declined what it was asked
│   │   ├── UnfitOutputError        what a model made does not pass: not fit to be shown, or not as recorded
│   │   ├── NotJudgedError          whether it is fit nobody could say, after long patience
│   │   ├── ObjectMissingError      a stored object is not there
│   │   └── ProviderBusyError       the provider is overloaded, or says how long to wait
│   │       └── ProviderAwayError   nobody answers where the provider should be
│   ├── PermanentError              will not: bad key, bad request, refused content
│   │   ├── ProviderStoppedError    no call to this model is answered until the operator acts
│   │   ├── VoiceGoneError          the account that speaks has no such voice, or no longer
│   │   ├── TooManyReferencesError  more reference pictures than may be sent: with fewer it may
│   │   ├── UnprintableError        the book has a letter that no typeface has
│   │   └── UnreadableRowError      what the database has of the story cannot be read
│   └── LeaseLostError              somebody else makes this asset now: write nothing
├── UnreadableSecretError           what is sealed in the database opens by none of our keys
└── SettingsError                   a setting is missing or wrong; says which and what to do
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from storytailor.withheld import without_words


class StorytailorError(Exception):
    """The root of the tree. Its text is fit to be shown to whoever asked."""


class RequestError(StorytailorError):
    """A request that cannot be answered as asked. Carries its HTTP status, code and short name."""

    status: int
    code: str
    error: str

    def __init_subclass__(cls, status: int, code: str = "", error: str = "") -> None:
        cls.status, cls.code, cls.error = status, code, error

    def __init__(self, message: str, data: Any = None, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        self.retry_after = retry_after


class UnauthorizedError(RequestError, status=401, code="UNAUTHORIZED", error="Unauthorized"):
    """No bearer token, or one that is wrong, expired or for somebody else."""


class QuotaExceededError(RequestError, status=403, code="QUOTA_EXCEEDED", error="Quota exceeded"):
    """The user has no story left, or no money left today; `data` says the tier, what was used, and what can be bought.

    For the day's budget it says `opensAt` as well: when to ask again, null for what is more than a whole day's.
    """


class SignatureError(RequestError, status=403, code="URL_ENDED", error="URL ended"):
    """The URL of a stored object has ended, or is not as it was given out; its owner gets a new one."""


class NotFoundError(RequestError, status=404):
    """No such row among the caller's own; another tenant's looks the same."""

    def __init__(self, what: Literal["character", "story", "library"], name: str) -> None:
        missing = f"There is no {what} {name}." if name else f"There is no such {what}."
        super().__init__(f"{missing} Create one first." if what == "character" else missing, {"id": name})
        self.code = f"{what.upper()}_NOT_FOUND"
        self.error = f"{what.capitalize()} not found"


class AssetBusyError(RequestError, status=409, code="ASSET_BUSY", error="Asset busy"):
    """The asset is being made right now; ask again when it is done."""


class IdempotencyConflictError(RequestError, status=409, code="IDEMPOTENCY_CONFLICT", error="Idempotency conflict"):
    """The idempotency key was used for another request; the same request again gets the first answer."""


class PayloadTooLargeError(RequestError, status=413, code="PAYLOAD_TOO_LARGE", error="Payload too large"):
    """The body is larger than is accepted."""


class ValidationError(RequestError, status=422, code="VALIDATION_ERROR", error="Validation error"):
    """The request is not of the documented form; `data` lists each fault and where it stands."""


class ContentRejectedError(RequestError, status=422, code="CONTENT_REJECTED", error="Content rejected"):
    """What was asked for is not fit for a children's book."""


class RateLimitedError(RequestError, status=429, code="RATE_LIMITED", error="Rate limited"):
    """Too many requests; `Retry-After` says when to come back."""


class ServiceUnavailableError(RequestError, status=503, code="SERVICE_UNAVAILABLE", error="Service unavailable"):
    """A part we depend on cannot be reached; `Retry-After` says when to try again."""


class MakingError(StorytailorError):
    """Something went wrong while an asset was made. Its text is the family's: plain words, no keys, accounts, settings.

    `remedy` and `detail` are for the operator's log and Dagster only: what it is and what to do about it, naming the
    setting, and the provider's own words without secrets.
    """

    def __init__(self, message: str, *, remedy: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy
        self.detail = detail

    @property
    def for_operator(self) -> str:
        """What an operator reads in place of the text: the remedy, where there is one, and the provider's words."""
        said = self.remedy or str(self)
        return without_words(f"{said} [{self.detail}]" if self.detail else said)


class TransientError(MakingError):
    """It may go well next time: a timeout, a dropped connection, a 5xx, an answer that does not parse."""


class PictureBlockedError(TransientError):
    """The provider's filter blocked the picture it had drawn, not the request: another try draws another picture."""


class PromptBlockedError(TransientError):
    """A provider's filter, or the model itself, declined what it was asked: softer words may pass."""


class UnfitOutputError(TransientError):
    """What a model made does not pass: it is not fit to be shown, or does not show what is recorded.

    `concerns` are the names of what is wrong with it, where a judge gave any; never words of the model's.
    """

    def __init__(self, message: str, *, concerns: Sequence[str] = (), remedy: str = "", detail: str = "") -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.concerns = tuple(concerns)


class NotJudgedError(TransientError):
    """Nobody could say whether it is fit, though asked again and again: asking anew for what is judged is no help."""


class ObjectMissingError(TransientError):
    """The store answers, and has no such object: it was removed, or is not there yet."""


class ProviderBusyError(TransientError):
    """The provider cannot answer now; it asked to wait `seconds`, or did not say how long.

    `limit` is what it said of a limit a minute: of what ("images", …), and how many.
    """

    def __init__(
        self,
        message: str,
        seconds: float | None = None,
        *,
        limit: tuple[str, int] | None = None,
        remedy: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.seconds = seconds
        self.limit = limit


class ProviderAwayError(ProviderBusyError):
    """Nobody answers where the provider should be, so nothing was asked; it may be there again in a minute."""


class PermanentError(MakingError):
    """It will not go well next time either: a bad key, a bad request, refused content."""


class ProviderStoppedError(PermanentError):
    """No call to this model is answered until the operator acts: no credit, a refused key, no such model."""


class VoiceGoneError(PermanentError):
    """The account that speaks has no such voice, or no longer: another may speak."""


class TooManyReferencesError(PermanentError):
    """The picture cannot be drawn from so many reference pictures; from `most` it can."""

    def __init__(self, message: str, most: int, *, remedy: str = "", detail: str = "") -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.most = most


class UnprintableError(PermanentError):
    """The book has letters that no typeface has; its text names them and their script."""


class UnreadableRowError(PermanentError):
    """What the database has of the story cannot be read; the text repeats nothing of it."""

    def __init__(self, what: str, why: Exception) -> None:
        faults: list[dict[str, Any]] = getattr(
            why, "errors", list
        )()  # pydantic's: of which only the places are fit to be told
        places = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults[:3])
        super().__init__(
            "What was written down of this story cannot be read: something is to be put right on our side.",
            remedy=f"{what} cannot be read: was it written by hand, or by a newer version?",
            detail=places or type(why).__name__,
        )


class LeaseLostError(MakingError):
    """This worker's claim on the asset has ended: its writes change nothing and it should stop."""


class UnreadableSecretError(StorytailorError):
    """What is sealed in the database opens by none of our keys; the text repeats nothing of it."""


class SettingsError(StorytailorError):
    """A setting is missing or wrong; the text names it and says what to do."""
