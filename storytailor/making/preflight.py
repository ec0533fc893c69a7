"""What the preflight says of a book's files, as it is kept in the story's status."""

from __future__ import annotations

from collections.abc import Mapping

from storytailor.printing.facts import PdfFacts
from storytailor.printing.preflight import judge
from storytailor.printing.profiles import HOME, file_name, profiles


def preflight(pdfs: Mapping[str, PdfFacts]) -> Mapping[str, object]:
    """Of each printer, whether it takes the files that these were read from (by name), and why not.

    A printer for whom nothing was made is shown the home print file: `made` is then false, and its problems are why
    that one does not do.
    """
    found: dict[str, object] = {}
    for name, printer in profiles().items():
        interior, cover = pdfs.get(file_name(name, "interior")), pdfs.get(file_name(name, "cover"))
        if interior and cover:
            found[name] = {"made": True, **judge(printer, interior, cover).as_json()}
        else:
            found[name] = {"made": name == HOME, **judge(printer, pdfs["print"], None).as_json()}
    return found
