"""The book as an EPUB 3 that reads itself aloud.

It is reflowable: a child who needs larger letters, or a parent with a telephone, gets them, and the
pictures take the width of the page either way. A fixed layout would give up both for nothing, as no
text stands on a picture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from storytailor.book import epub_metadata, fonts, ornaments, overlays, pictures, xhtml
from storytailor.book.color_scheme import color_scheme
from storytailor.book.covers import cover_picture, design_cover
from storytailor.book.embedding import embedded_font, typefaces_of
from storytailor.book.formats import SCREEN
from storytailor.book.model import Book
from storytailor.book.overlays import Clip
from storytailor.book.package import Metadata, Resource, package_document, zip_container
from storytailor.book.strings import strings_in
from storytailor.book.style import style_sheet
from storytailor.catalog import SCENES, SceneName
from storytailor.story import Narration, scene_number
from storytailor.text.typefaces import names_of_faces

_JPEG_QUALITY, _MAX_PIXELS, _ORNAMENT_PIXELS = 86, 1600, 1000
_XHTML, _SMIL = "application/xhtml+xml", "application/smil+xml"


def epub(book: Book, narration: Narration | None, audio: bytes | None) -> bytes:
    """The book as EPUB 3, with media overlays if there is a narration with its audio (MP3, AAC or Opus)."""
    with fonts.printing_in(book.language):
        return _Publication(book, narration if audio else None, audio or b"").build()


def audio_type(audio: bytes) -> tuple[str, str]:
    """Media type and file extension of an audio file; ValueError for one that EPUB readers need not play."""
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
        self.strings = strings_in(book.language)
        self.schemes = [color_scheme(step) for step in book.palette.steps]
        self.subtitle = self.strings.subtitle(book.authors)
        self.is_narrated = narration is not None
        self.audio = audio
        self.clips = iter(self._clips(narration))
        self.resources: list[Resource] = []
        self.characters: set[str] = set()
        self.contents: list[tuple[str, str]] = []  # href, label
        self.durations: list[tuple[str, int]] = []  # overlay's id, milliseconds

    def build(self) -> bytes:
        """The publication's bytes."""
        content, strings = self.book.content, self.strings
        self._add_cover()
        self._add_dedication()
        for scene in SCENES:
            self._add_scene(scene)
        self._add_ending()
        if self.is_narrated:
            self._add_audio()
        self._add_activities()
        faces = strings.typefaces_line.format(faces=names_of_faces(self.book.language))
        imprint = [content.title, f"{strings.ai_line} {faces}", f"Storytailor · {self.book.story_id}"]
        colophon = xhtml.colophon(self.book.palette, strings, imprint)
        self._add_page("colophon", "", colophon, "backmatter")
        self._add_navigation()
        self._add_style_and_fonts()
        package = package_document(self._metadata(), self.resources, xhtml.text_direction(self.book.language))
        return zip_container(package, self.resources)

    def _clips(self, narration: Narration | None) -> list[Clip | None]:
        """A clip for each word that can be spoken, in the book's order; None for what was not."""
        content = self.book.content
        texts = [content.title, content.dedication, *(beat.text for beat in content.beats)]
        words = overlays.words_of([*texts, self.strings.the_end, content.moral], self.book.language)
        return overlays.clips_of(words, narration) if narration else [None] * len(words)

    def _clips_for(self, *texts: str) -> list[Clip | None]:
        """The clips of the next texts of the book."""
        return [next(self.clips) for _ in overlays.words_of(texts, self.book.language)]

    def _metadata(self) -> Metadata:
        book, narrated = self.book, self.is_narrated
        return Metadata(
            identifier=_identifier(book.story_id),
            title=book.content.title,
            language=book.language,
            description=" ".join(filter(None, (f"{self.subtitle}." if self.subtitle else "", book.content.moral))),
            subject=book.palette.motif,
            modified=book.modified,
            metas=[
                *epub_metadata.accessibility(self.strings, narrated=narrated),
                *epub_metadata.overlays(self.durations),
            ],
        )

    def _add_page(
        self,
        name: str,
        label: str,
        body: str,
        kind: str,
        *,
        css_class: str = "",
        clips: Sequence[Clip | None] = (),
    ) -> None:
        """Add a page to the spine, to the contents if it has a label there, and what reads it aloud."""
        title = label or self.book.content.title
        spoken = [clip for clip in clips if clip]
        overlay = f"{name}-overlay" if spoken else ""
        document = xhtml.page(title, self.book.language, body, kind, css_class or name)
        fonts.require_printable(document)
        self.characters.update(unicodedata.normalize("NFC", document))
        self.resources.append(
            Resource(name, f"{name}.xhtml", _XHTML, document.encode(), overlay=overlay, in_spine=True)
        )
        if label:
            self.contents.append((f"{name}.xhtml", label))
        if spoken:
            document = overlays.smil(f"{name}.xhtml", self._audio_file()[1], spoken)
            self.resources.append(Resource(overlay, f"{name}.smil", _SMIL, document.encode()))
            self.durations.append((overlay, overlays.duration(spoken)))

    def _add_dedication(self) -> None:
        content, label = self.book.content, self.strings.dedication_label
        clips = self._clips_for(content.title, content.dedication)
        body = xhtml.dedication(content, self.subtitle, self.book.language, iter(clips))
        self._add_page("dedication", label, body, "frontmatter", clips=clips)

    def _add_ending(self) -> None:
        moral, strings = self.book.content.moral, self.strings
        clips = self._clips_for(strings.the_end, moral)
        body = xhtml.ending(moral, strings, self.book.language, iter(clips))
        self._add_page("ending", strings.the_end, body, "backmatter", clips=clips)

    def _add_picture(self, identifier: str, href: str, data: bytes, properties: str = "") -> None:
        self.resources.append(Resource(identifier, href, "image/jpeg", data, properties))

    def _add_cover(self) -> None:
        scheme, content = self.schemes[0], self.book.content
        picture = self.book.pictures.get("cover")
        image = pictures.open_picture(picture)
        step, language = self.book.palette.step("cover"), self.book.language
        cover = design_cover(image, content.title, self.subtitle, step, SCREEN, language)
        drawn = cover_picture(cover, scheme, SCREEN, _MAX_PIXELS if image else _ORNAMENT_PIXELS)
        data = pictures.to_jpeg(drawn, _JPEG_QUALITY)
        self._add_picture("cover-image", "images/cover.jpg", data, "cover-image")
        alt = ". ".join(filter(None, (content.title, picture.alt if picture and image else "")))
        self._add_page("cover", self.strings.cover_label, xhtml.figure("images/cover.jpg", alt), "cover")

    def _add_scene(self, name: SceneName) -> None:
        """Add a scene's page, picture and overlay."""
        number = scene_number(name)
        beat, label = self.book.content.beats[number - 1], self.strings.scene(number)
        clips = self._clips_for(beat.text)
        href, alt = self._add_scene_picture(name)
        body = xhtml.scene(href, alt, label, beat.text, self.book.language, iter(clips))
        self._add_page(name, label, body, "bodymatter", css_class=f"scene step-{number}", clips=clips)

    def _add_scene_picture(self, name: SceneName) -> tuple[str, str]:
        """Add the picture of a scene, or a landscape in its palette; its href and alternative text."""
        picture = self.book.pictures.get(name)
        image = pictures.open_picture(picture)
        alt = picture.alt if picture and image else ""
        if image is None:
            number = scene_number(name)
            landscape = ornaments.landscape(self.schemes[number], number)
            image = ornaments.rasterize(landscape, _ORNAMENT_PIXELS)
        href = f"images/{name}.jpg"
        self._add_picture(f"{name}-image", href, pictures.to_jpeg(image, _JPEG_QUALITY, _MAX_PIXELS))
        return href, alt

    def _audio_file(self) -> tuple[str, str]:
        """Media type and href of the recording."""
        media_type, extension = audio_type(self.audio)
        return media_type, f"audio/story.{extension}"

    def _add_audio(self) -> None:
        media_type, href = self._audio_file()
        self.resources.append(Resource("audio", href, media_type, self.audio))

    def _add_activities(self) -> None:
        activities, strings = self.book.activities, self.strings
        if activities:
            questions = xhtml.activities(activities, strings, self.book.language)
            self._add_page("activities", strings.questions_heading, questions, "backmatter")
            answers = xhtml.answers(activities, strings, self.book.language)
            self._add_page("answers", strings.answers_heading, answers, "backmatter")

    def _add_navigation(self) -> None:
        title, start = self.book.content.title, f"{SCENES[0]}.xhtml"
        document = xhtml.navigation(self.contents, "cover.xhtml", start, title, self.strings, self.book.language)
        self.resources.append(Resource("nav", "nav.xhtml", _XHTML, document.encode(), "nav"))

    def _add_style_and_fonts(self) -> None:
        faces = typefaces_of(self.characters, self.book.language)
        style = style_sheet(self.schemes, faces, self.book.language, highlight=self.is_narrated)
        self.resources.append(Resource("style", "style.css", "text/css", style.encode()))
        for face in faces.all:
            data = embedded_font(face, self.characters)
            self.resources.append(Resource(face.lower(), f"fonts/{face}.ttf", "font/ttf", data))


def _identifier(story_id: str) -> str:
    """The story's id as a URN where it is a UUID."""
    try:
        return f"urn:uuid:{UUID(story_id)}"
    except ValueError:
        return story_id
