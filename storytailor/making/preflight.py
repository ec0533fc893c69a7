"""What the preflight says of a book's files, as it is kept in the story's status."""

from __future__ import annotations

from collections.abc import Mapping

from storytailor.printing.facts import read_facts
from storytailor.printing.preflight import judge
from storytailor.printing.profiles import HOME, file_name, profiles


def preflight(files: Mapping[str, bytes]) -> Mapping[str, object]:
    """Of each printer, whether it takes these files (by name), and why not. Takes processor time.

    A printer for whom nothing was made is shown the home print file: `made` is then false, and its problems are why
    that one does not do.
    """
    facts = {name: read_facts(body) for name, body in files.items() if name == "print" or name in _parts()}
    found: dict[str, object] = {}
    for name, printer in profiles().items():
        interior, cover = facts.get(file_name(name, "interior")), facts.get(file_name(name, "cover"))
        if interior and cover:
            found[name] = {"made": True, **judge(printer, interior, cover).as_json()}
        else:
            found[name] = {"made": name == HOME, **judge(printer, facts["print"], None).as_json()}
    return found


def _parts() -> frozenset[str]:
    return frozenset(file_name(name, part) for name in profiles() for part in ("interior", "cover"))
