"""What an EPUB's package says of its accessibility and its media overlays."""

from __future__ import annotations

from collections.abc import Sequence

from storytailor.book.overlays import ACTIVE_CLASS, PLAYBACK_ACTIVE_CLASS, clock_value
from storytailor.book.package import Meta
from storytailor.book.strings import Strings


def accessibility(strings: Strings, *, narrated: bool) -> list[Meta]:
    """How the book can be read, as schema.org's accessibility properties, and said in the book's language."""
    modes = ["textual", "visual", *(["auditory"] if narrated else [])]
    features = ["alternativeText", "displayTransformability", "readingOrder", "structuralNavigation"]
    features += ["tableOfContents", *(["synchronizedAudioText"] if narrated else [])]
    return [
        *(Meta("schema:accessMode", mode) for mode in modes),
        *(Meta("schema:accessModeSufficient", mode) for mode in ("textual,visual", "textual")),
        *(Meta("schema:accessibilityFeature", feature) for feature in features),
        Meta("schema:accessibilityHazard", "none"),
        Meta("dcterms:conformsTo", "EPUB Accessibility 1.1 - WCAG 2.1 Level AA", id="conformance"),
        Meta("a11y:certifiedBy", "Storytailor", refines="conformance"),
        Meta("schema:accessibilitySummary", strings.summary(narrated=narrated)),
    ]


def overlays(durations: Sequence[tuple[str, int]]) -> list[Meta]:
    """How long each overlay, by its id, and all of them last, and the classes of what is spoken."""
    if not durations:
        return []
    total = sum(length for _, length in durations)
    return [
        *(Meta("media:duration", clock_value(length), overlay) for overlay, length in durations),
        Meta("media:duration", clock_value(total)),
        Meta("media:active-class", ACTIVE_CLASS),
        Meta("media:playback-active-class", PLAYBACK_ACTIVE_CLASS),
    ]
