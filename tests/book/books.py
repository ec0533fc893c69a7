"""Books in ten languages, with all that a book can have, each in the words of its language."""

from __future__ import annotations

from storytailor.book import Book
from storytailor.story import Activities, Idea, Question, VocabularyWord
from tests.book.sample_book import make_book, make_content
from tests.book.scripts import SAMPLES, Sample

_LATIN = (
    Sample("en", "The Lantern in the Whispering Wood", ("Maya", "Leo"),
           "Maya lived in the last house of the village, where the road stopped and the wood began.\n\n"
           "“I am a little afraid,” she said—and she walked on."),
    Sample("fr", "La lanterne de l’éléphant", ("Zoë", "Tison"),
           "Zoë habitait la dernière maison du village, là où la route s’arrête : « Où est l’éléphant ? » dit-elle.\n\n"
           "Tison compta 10 km, puis rit."),
    Sample("de", "Die Laterne im Flüsterwald", ("Krümel", "Jürgen"),
           "Krümel wohnte im letzten Haus, gleich neben der Donaudampfschifffahrtsgesellschaftskapitänsmütze.\n\n"
           "„Ich habe ein bisschen Angst“, sagte er und ging weiter."),
)  # fmt: skip
TEN = {
    sample.language: sample
    for sample in (*_LATIN, *map(SAMPLES.__getitem__, ("ru", "he", "ar", "hi", "th", "ja", "ko")))
}


def whole_book(sample: Sample) -> Book:
    """Four scenes, questions, words and an idea, all in the sample's language."""
    first, second = sample.text.split("\n\n")
    activities = Activities(
        questions=[
            Question(question=first, answer=answer, page=page) for page, answer in enumerate([*sample.names, second], 1)
        ],
        vocabulary=[VocabularyWord(word=name, meaning=second) for name in sample.names],
        idea=Idea(kind="talking" if sample.language == "en" else "drawing", prompt=second),
    )
    content = make_content((f"{sample.text} {second} {first}",) * 4, sample.title)
    content = content.model_copy(update={"moral": second, "dedication": first})
    return make_book(content=content, language=sample.language, authors=sample.names, activities=activities)
