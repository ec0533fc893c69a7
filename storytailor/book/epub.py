"""The book as an EPUB 3 that reads itself aloud.

It is reflowable: a child who needs larger letters, or a parent with a telephone, gets them, and the
pictures take the width of the page either way. A fixed layout would give up both for nothing, as no
text stands on a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from storytailor.book import covers, fonts, ornaments, overlays, pictures, xhtml
from storytailor.book.colours import Scheme, scheme_of
from storytailor.book.manuscript import Book
from storytailor.book.overlays import Clip
from storytailor.book.package import Metadata, Resource, container, package_document
from storytailor.book.screen import SCREEN
from storytailor.book.wording import wording
from storytailor.story import STORY_BEATS, Narration

_QUALITY, _LONGEST, _ORNAMENT = 86, 1600, 1000
_XHTML, _SMIL = "application/xhtml+xml", "application/smil+xml"
_SUMMARY = (
    "A picture story. Every picture has alternative text, the text flows and can be enlarged, and headings and "
    "a table of contents lead through the book."
)
_SUMMARY_ALOUD = " The story is narrated; each word lights up as it is spoken."


def epub(book: Book, narration: Narration | None, audio: bytes | None) -> bytes:
    """The book as EPUB 3, with media overlays if there is a narration with its audio (MP3, AAC or Opus)."""
    return _Publication(book, narration if audio else None, audio or b"").written()


def audio_type(audio: bytes) -> tuple[str, str]:
    """Media type and file ending of an audio file; ValueError for one that EPUB readers need not play."""
    if audio[:3] == b"ID3" or (audio[:1] == b"\xff" and audio[1:2] >= b"\xe0"):
        return "audio/mpeg", "mp3"
    if audio[4:8] == b"ftyp":
        return "audio/mp4", "m4a"
    if audio[:4] == b"OggS":
        return "audio/ogg; codecs=opus", "opus"
    raise ValueError("the narration is neither MP3 nor AAC in MP4 nor Opus in Ogg")


class _Publication:
    """One EPUB in the making."""

    def __init__(self, book: Book, narration: Narration | None, audio: bytes) -> None:
        self.book = book
        self.words = wording(book.language)
        self.schemes = [scheme_of(step) for step in book.palette.steps]
        self.about = self.words.about(book.authors)
        self.narrated = narration is not None
        self.audio = audio
        texts = [beat.text for beat in book.content.beats]
        self.clips = (
            overlays.spoken_words(texts, narration) if narration else [None] * len(overlays.words_of(texts))
        )
        self.resources: list[Resource] = []
        self.contents: list[tuple[str, str]] = []
        self.durations: list[tuple[str, int]] = []

    def written(self) -> bytes:
        """The publication's bytes."""
        self._cover()
        content, words = self.book.content, self.words
        self._page("dedication", words.dedication, xhtml.dedication(content, self.about), "frontmatter")
        audio_href = self._audio() if self.narrated else ""
        rest = iter(self.clips)
        for number in range(1, STORY_BEATS + 1):
            self._scene(number, rest, audio_href)
        self._page("ending", words.the_end, xhtml.ending(content.moral, words), "backmatter")
        if self.book.activities:
            work = self.book.activities
            self._page("activities", words.questions, xhtml.activities(work, words), "backmatter")
            self._page("answers", words.answers, xhtml.answers(work, words), "backmatter")
        imprint = [content.title, words.faces, f"Storytailor · {self.book.story_id}"]
        body = xhtml.colophon(self.book.palette, words, imprint)
        self._page("colophon", "", body, "backmatter")
        self._furniture()
        metadata = Metadata(
            _identifier(self.book.story_id),
            content.title,
            self.book.language,
            " ".join(filter(None, (f"{self.about}." if self.about else "", content.moral))),
            self.book.palette.motif,
            self._metas(),
        )
        package = package_document(metadata, self.resources, xhtml.direction(self.book.language))
        return container(package, self.resources)

    def _page(self, name: str, label: str, body: str, kind: str, *, css: str = "", overlay: str = "") -> None:
        """Add a page to the spine, and to the contents if it has a label there."""
        document = xhtml.page(label or self.book.content.title, self.book.language, body, kind, css or name)
        self.resources.append(
            Resource(name, f"{name}.xhtml", _XHTML, document.encode(), overlay=overlay, read=True)
        )
        if label:
            self.contents.append((f"{name}.xhtml", label))

    def _cover(self) -> None:
        scheme, content = self.schemes[0], self.book.content
        picture = self.book.pictures.get("cover")
        image = pictures.opened(picture)
        cover = covers.design(image, content.title, self.about, self.book.palette.steps[0], SCREEN)
        data = pictures.jpeg(covers.drawn(cover, scheme, SCREEN, _LONGEST if image else _ORNAMENT), _QUALITY)
        self.resources.append(Resource("cover-image", "images/cover.jpg", "image/jpeg", data, "cover-image"))
        alt = ". ".join(filter(None, (content.title, picture.alt if picture and image else "")))
        self._page("cover", self.words.cover, xhtml.figure("images/cover.jpg", alt), "cover")

    def _scene(self, number: int, clips: Iterator[Clip | None], audio: str) -> None:
        name, beat = f"scene_{number}", self.book.content.beats[number - 1]
        mine = [next(clips) for _ in overlays.words_of([beat.text])]
        label = self.words.scene.format(number=number)
        href, alt = self._image(name)
        spoken = [clip for clip in mine if clip]
        overlay = f"{name}-overlay" if spoken else ""
        body = xhtml.scene(href, alt, label, beat.text, iter(mine))
        self._page(name, label, body, "bodymatter", css=f"scene step-{number}", overlay=overlay)
        if spoken:
            document = overlays.smil(f"{name}.xhtml", audio, spoken)
            self.resources.append(Resource(overlay, f"{name}.smil", _SMIL, document.encode()))
            self.durations.append((overlay, overlays.duration(spoken)))

    def _image(self, name: str) -> tuple[str, str]:
        """Add the picture of a scene, or a landscape in its palette; its href and alternative text."""
        picture = self.book.pictures.get(name)
        image = pictures.opened(picture)
        number = int(name[-1])
        if image is None:
            scheme = self.schemes[number]
            image = ornaments.raster(ornaments.landscape(scheme, number), _ORNAMENT)
            alt = ""
        else:
            alt = picture.alt if picture else ""
        href = f"images/{name}.jpg"
        data = pictures.jpeg(image, _QUALITY, _LONGEST)
        self.resources.append(Resource(f"{name}-image", href, "image/jpeg", data))
        return href, alt

    def _audio(self) -> str:
        media_type, ending = audio_type(self.audio)
        href = f"audio/story.{ending}"
        self.resources.append(Resource("audio", href, media_type, self.audio))
        return href

    def _furniture(self) -> None:
        """Navigation, style and fonts."""
        navigation = xhtml.navigation(
            self.contents,
            "cover.xhtml",
            "scene_1.xhtml",
            self.book.content.title,
            self.words,
            self.book.language,
        )
        self.resources.append(Resource("nav", "nav.xhtml", _XHTML, navigation.encode(), "nav"))
        self.resources.append(
            Resource("style", "style.css", "text/css", _style(self.schemes, aloud=self.narrated).encode())
        )
        for face in (fonts.TEXT, fonts.DISPLAY):
            data = fonts.font_file(face).read_bytes()
            self.resources.append(Resource(face.lower(), f"fonts/{face}.ttf", "font/ttf", data))

    def _metas(self) -> list[tuple[str, str, str]]:
        modes = ["textual", "visual", *(["auditory"] if self.narrated else [])]
        features = ["alternativeText", "displayTransformability", "readingOrder", "structuralNavigation"]
        features += ["tableOfContents", *(["synchronizedAudioText"] if self.narrated else [])]
        metas = [("schema:accessMode", mode, "") for mode in modes]
        metas += [("schema:accessModeSufficient", mode, "") for mode in ("textual,visual", "textual")]
        metas += [("schema:accessibilityFeature", feature, "") for feature in features]
        metas.append(("schema:accessibilityHazard", "none", ""))
        metas.append(
            ("schema:accessibilitySummary", _SUMMARY + (_SUMMARY_ALOUD if self.narrated else ""), "")
        )
        if self.durations:
            metas += [("media:duration", overlays.clock(length), name) for name, length in self.durations]
            metas.append(("media:duration", overlays.clock(sum(length for _, length in self.durations)), ""))
            metas.append(("media:active-class", overlays.ACTIVE_CLASS, ""))
            metas.append(("media:playback-active-class", overlays.PLAYING_CLASS, ""))
        return metas


def _style(schemes: Sequence[Scheme], *, aloud: bool) -> str:
    """The style sheet, with each scene's colours, and the light on the word that is spoken."""
    rules = [(Path(__file__).parent / "style.css").read_text(encoding="utf-8")]
    for number, scheme in enumerate(schemes):
        page = f".step-{number}" if number else "body"
        rules.append(f"{page} {{ background-color: {scheme.paper}; color: {scheme.ink}; }}")
        accented = ", ".join(f"{page} {part}" for part in ("h1", "h2", ".lead"))
        rules.append(f"{accented} {{ color: {scheme.accent}; }}")
        if aloud:
            lit = f"background-color: {scheme.sun}; color: {scheme.numeral}; border-radius: 0.25em;"
            rules.append(f"{page} .{overlays.ACTIVE_CLASS} {{ {lit} }}")
    return "\n".join(rules) + "\n"


def _identifier(story_id: str) -> str:
    try:
        return f"urn:uuid:{UUID(story_id)}"
    except ValueError:
        return story_id
