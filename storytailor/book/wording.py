"""The book's own few words, in the languages we can vouch for; English where we cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """What the book itself says, around the story."""

    language: str
    story_about: str  # {names}
    conjunction: str
    cover: str
    dedication: str
    belongs_to: str
    scene: str  # {number}
    the_end: str
    questions: str
    look_again: str  # {page}
    words: str
    drawing: str
    talking: str
    answers: str
    colours: str  # {motif}
    faces: str
    resolution: str  # {dpi}

    def about(self, names: Sequence[str]) -> str:
        """Who the story is about, as a sentence's end; empty without names."""
        known = [name.strip() for name in names if name.strip()]
        if not known:
            return ""
        last = f" {self.conjunction} ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        return self.story_about.format(names=last)


_ENGLISH = Wording(
    "en", "A story about {names}", "and", "Cover", "Dedication", "This book belongs to", "Scene {number}",
    "The end", "Think back", "Look again at page {page}.", "Words to keep", "Something to draw",
    "Something to talk about", "Answers", "The colours of this story: {motif}",
    "Set in Andika and Caprasimo.", "Pictures at {dpi} dots per inch.",
)  # fmt: skip
_WORDINGS = (
    _ENGLISH,
    Wording(
        "de", "Eine Geschichte von {names}", "und", "Umschlag", "Widmung", "Dieses Buch gehört", "Szene {number}",
        "Ende", "Weißt du noch?", "Schau noch einmal auf Seite {page} nach.", "Wörter zum Behalten",
        "Etwas zum Malen", "Etwas zum Erzählen", "Antworten", "Die Farben dieser Geschichte: {motif}",
        "Gesetzt aus Andika und Caprasimo.", "Bilder mit {dpi} Punkten pro Zoll.",
    ),
    Wording(
        "fr", "Une histoire de {names}", "et", "Couverture", "Dédicace", "Ce livre appartient à", "Scène {number}",
        "Fin", "Te souviens-tu ?", "Regarde encore la page {page}.", "Des mots à garder", "À dessiner",
        "Pour en parler", "Réponses", "Les couleurs de cette histoire : {motif}",
        "Composé en Andika et Caprasimo.", "Images à {dpi} points par pouce.",
    ),
    Wording(
        "es", "Un cuento sobre {names}", "y", "Cubierta", "Dedicatoria", "Este libro pertenece a", "Escena {number}",
        "Fin", "¿Te acuerdas?", "Vuelve a mirar la página {page}.", "Palabras para guardar", "Algo para dibujar",
        "Algo para conversar", "Respuestas", "Los colores de este cuento: {motif}",
        "Compuesto en Andika y Caprasimo.", "Imágenes a {dpi} puntos por pulgada.",
    ),
    Wording(
        "it", "Una storia su {names}", "e", "Copertina", "Dedica", "Questo libro appartiene a", "Scena {number}",
        "Fine", "Ti ricordi?", "Guarda di nuovo a pagina {page}.", "Parole da tenere", "Qualcosa da disegnare",
        "Qualcosa di cui parlare", "Risposte", "I colori di questa storia: {motif}",
        "Composto in Andika e Caprasimo.", "Immagini a {dpi} punti per pollice.",
    ),
    Wording(
        "nl", "Een verhaal over {names}", "en", "Omslag", "Opdracht", "Dit boek is van", "Scène {number}",
        "Einde", "Weet je het nog?", "Kijk nog eens op bladzijde {page}.", "Woorden om te bewaren",
        "Iets om te tekenen", "Iets om over te praten", "Antwoorden", "De kleuren van dit verhaal: {motif}",
        "Gezet in Andika en Caprasimo.", "Afbeeldingen met {dpi} punten per inch.",
    ),
    Wording(
        "pt", "Uma história sobre {names}", "e", "Capa", "Dedicatória", "Este livro pertence a", "Cena {number}",
        "Fim", "Lembras-te?", "Vê outra vez a página {page}.", "Palavras para guardar", "Algo para desenhar",
        "Algo para conversar", "Respostas", "As cores desta história: {motif}",
        "Composto em Andika e Caprasimo.", "Imagens a {dpi} pontos por polegada.",
    ),
)  # fmt: skip


def wording(language: str) -> Wording:
    """The wording for a language tag such as `en` or `pt-BR`."""
    wanted = language.lower().replace("_", "-").split("-")[0]
    return next((words for words in _WORDINGS if words.language == wanted), _ENGLISH)
