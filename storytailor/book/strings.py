"""The strings that a book prints around the story, in the languages we can vouch for; English elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Strings:
    """What the book itself says, around the story; placeholders stand in braces."""

    language: str
    story_about: str  # {names}
    conjunction: str
    cover_label: str
    dedication_label: str
    belongs_to: str
    scene_label: str  # {number}
    the_end: str
    questions_heading: str
    look_again: str  # {page}
    vocabulary_heading: str
    drawing_heading: str
    talking_heading: str
    answers_heading: str
    colors_line: str  # {motif}
    typefaces_line: str
    resolution_line: str  # {dpi}

    def subtitle(self, names: Sequence[str]) -> str:
        """Who the story is about, as a line under its title; empty without names."""
        known = [name.strip() for name in names if name.strip()]
        if not known:
            return ""
        joined = f" {self.conjunction} ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        return self.story_about.format(names=joined)

    def scene(self, number: int) -> str:
        """The label of a scene."""
        return self.scene_label.format(number=number)

    def idea_heading(self, kind: Literal["drawing", "talking"]) -> str:
        """The heading over an idea of this kind."""
        return self.drawing_heading if kind == "drawing" else self.talking_heading


_ENGLISH = Strings(
    "en", "A story about {names}", "and", "Cover", "Dedication", "This book belongs to", "Scene {number}",
    "The end", "Think back", "Look again at page {page}.", "Words to keep", "Something to draw",
    "Something to talk about", "Answers", "The colours of this story: {motif}",
    "Set in Andika and Caprasimo.", "Pictures at {dpi} dots per inch.",
)  # fmt: skip
_TRANSLATIONS = (
    _ENGLISH,
    Strings(
        "de", "Eine Geschichte von {names}", "und", "Umschlag", "Widmung", "Dieses Buch gehört", "Szene {number}",
        "Ende", "Weißt du noch?", "Schau noch einmal auf Seite {page} nach.", "Wörter zum Behalten",
        "Etwas zum Malen", "Etwas zum Erzählen", "Antworten", "Die Farben dieser Geschichte: {motif}",
        "Gesetzt aus Andika und Caprasimo.", "Bilder mit {dpi} Punkten pro Zoll.",
    ),
    Strings(
        "fr", "Une histoire de {names}", "et", "Couverture", "Dédicace", "Ce livre appartient à", "Scène {number}",
        "Fin", "Te souviens-tu ?", "Regarde encore la page {page}.", "Des mots à garder", "À dessiner",
        "Pour en parler", "Réponses", "Les couleurs de cette histoire : {motif}",
        "Composé en Andika et Caprasimo.", "Images à {dpi} points par pouce.",
    ),
    Strings(
        "es", "Un cuento sobre {names}", "y", "Cubierta", "Dedicatoria", "Este libro pertenece a", "Escena {number}",
        "Fin", "¿Te acuerdas?", "Vuelve a mirar la página {page}.", "Palabras para guardar", "Algo para dibujar",
        "Algo para conversar", "Respuestas", "Los colores de este cuento: {motif}",
        "Compuesto en Andika y Caprasimo.", "Imágenes a {dpi} puntos por pulgada.",
    ),
    Strings(
        "it", "Una storia su {names}", "e", "Copertina", "Dedica", "Questo libro appartiene a", "Scena {number}",
        "Fine", "Ti ricordi?", "Guarda di nuovo a pagina {page}.", "Parole da tenere", "Qualcosa da disegnare",
        "Qualcosa di cui parlare", "Risposte", "I colori di questa storia: {motif}",
        "Composto in Andika e Caprasimo.", "Immagini a {dpi} punti per pollice.",
    ),
    Strings(
        "nl", "Een verhaal over {names}", "en", "Omslag", "Opdracht", "Dit boek is van", "Scène {number}",
        "Einde", "Weet je het nog?", "Kijk nog eens op bladzijde {page}.", "Woorden om te bewaren",
        "Iets om te tekenen", "Iets om over te praten", "Antwoorden", "De kleuren van dit verhaal: {motif}",
        "Gezet in Andika en Caprasimo.", "Afbeeldingen met {dpi} punten per inch.",
    ),
    Strings(
        "pt", "Uma história sobre {names}", "e", "Capa", "Dedicatória", "Este livro pertence a", "Cena {number}",
        "Fim", "Lembras-te?", "Vê outra vez a página {page}.", "Palavras para guardar", "Algo para desenhar",
        "Algo para conversar", "Respostas", "As cores desta história: {motif}",
        "Composto em Andika e Caprasimo.", "Imagens a {dpi} pontos por polegada.",
    ),
)  # fmt: skip


def strings_in(language: str) -> Strings:
    """The strings for a language tag such as `en` or `pt-BR`."""
    wanted = language.lower().replace("_", "-").split("-")[0]
    return next((strings for strings in _TRANSLATIONS if strings.language == wanted), _ENGLISH)
