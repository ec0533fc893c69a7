"""Pictures that are handed out by an address, as servers do that send none as base64."""

from __future__ import annotations

from collections import OrderedDict
from uuid import uuid4

KEPT = 64


class Pictures:
    """The last pictures that were to be fetched."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def keep(self, picture: bytes) -> str:
        """Keeps a picture; its name."""
        name = uuid4().hex
        self._kept[name] = picture
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> bytes | None:
        """The picture of that name; None where there is none, or no longer."""
        return self._kept.get(name)
