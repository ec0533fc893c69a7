"""One telling of a plot: who plays in it, what it has picked, and what its tokens mean."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from random import Random

from emulator_models.prompt_data import CharacterSheet
from emulator_models.storyteller.cast import Role, together
from emulator_models.storyteller.grammar import expand
from emulator_models.storyteller.library import Plot, pictured_in_english, plots, words
from emulator_models.storyteller.request import StoryRequest
from emulator_models.storyteller.typography import Verbatim, set_text
from emulator_models.storyteller.wishes import Wish, read_wish


class Telling:
    """A plot with its parts given out. Deterministic: everything hangs on the request and its seed."""

    def __init__(self, request: StoryRequest) -> None:
        self.request = request
        self.language = request.language
        self.verbatim = Verbatim()
        self.roles = [Role(self.verbatim.keep(sheet.name), sheet, request.language) for sheet in request.sheets]
        self._grammar = words("names", request.language)
        sidekick = self.random("sidekick").choice(self._grammar["sidekicks"])
        self.sidekick_enters = str(sidekick["enters"])
        self._sidekick: dict[str, str] = {} if self.roles[1:] else sidekick
        company = Role(self.verbatim.keep(sidekick["name"]), CharacterSheet(name=sidekick["name"]), request.language)
        self._companions = self.roles[1:] or [company]
        random = self.random("plot")
        self.plot: Plot = random.choice(plots(request.language, request.story_type))
        self.picks = {name: random.choice(options) for name, options in self.plot.picks.items()}
        self.wishes = [read_wish(theme, request.language) for theme in request.themes]
        self.themes = [wish.theme for wish in self.wishes]

    def in_english(self) -> Telling:
        """The same telling, as its pictures are told of in English."""
        if self.language == "en":
            return self
        told = copy(self)
        told.language = "en"
        told.roles = [replace(role, language="en") for role in self.roles]
        told._companions = [replace(role, language="en") for role in self._companions]
        told._grammar = words("names")
        told.plot = pictured_in_english(self.plot)
        other = self.plot.others_in_english[self.plot.picks["other"].index(self.picks["other"])]
        told.picks = {**self.picks, "other": other}
        return told

    @property
    def along(self) -> str:
        """The sentence that says of a picture that the sidekick is there too; empty where nobody has one."""
        if not self._sidekick:
            return ""
        kind = self._sidekick["in_english" if self.language == "en" and self.request.language != "en" else "kind"]
        return str(self._grammar["along"]).format(name=self._sidekick["name"], kind=kind)

    def random(self, purpose: str) -> Random:
        """A source of chance of its own for each purpose, so that one choice does not shift another."""
        return Random(f"{self.request.key}:{purpose}")

    def tell(
        self, text: str, purpose: str, *, role: Role | None = None, theme: int = 0, called: str | None = None
    ) -> str:
        """The text told: expanded and set, names still kept apart; the theme `called` so, if given."""
        speaker = self.random(f"speaker {purpose}").choice(self._companions)

        def look(name: str, separator: str, rest: str) -> str:
            player = {"a": self.roles[0], "x": speaker, "c": role or self.roles[0]}.get(name)
            if player is None:
                return self._asked(called, name) if called and name.lower() == "theme" else self._word(name, theme)
            if separator == ".":
                return player.own if rest == "own" else player.speech(rest, self.random(f"{purpose} {rest}"))
            return player.verb(rest) if separator == ":" else player.name

        told = expand(text, self.random(purpose), look, company=len(self.roles))
        return set_text(told, self.language)

    def _word(self, name: str, theme: int) -> str:
        key = name.lower()
        if key == "theme":
            return self._theme_word(self.wishes[theme], name)
        if key == "all":
            word = together(self.roles, self._grammar["and"])
        elif key == "everyone":
            word = self._grammar["everyone"]
        elif key == "other":
            word = _short_name(self.picks["other"], self._grammar["short_before"])
        elif key == "other_full":
            word = self.picks["other"]
        else:
            word = self.picks[key]
        return word[:1].upper() + word[1:] if name[0].isupper() else word

    def _theme_word(self, wish: Wish, name: str) -> str:
        """The theme's own word, else the words the family used for it."""
        own = wish.theme.words
        if not own:
            return self._asked(wish.asked, name)
        word = wish.asked.lower()
        fits = self.language == "en" and word in own and word not in words("names")["no_nouns"]
        shown = word if fits else own[0]
        return shown[:1].upper() + shown[1:] if name[0].isupper() else shown

    def _asked(self, asked: str, name: str) -> str:
        """What stands for a family's words, which nothing may touch; capitalised for `Theme`."""
        return self.verbatim.keep(asked[:1].upper() + asked[1:] if name[0].isupper() else asked)


def _short_name(full: str, breaks: list[str]) -> str:
    """`Mistress Murre` of `Mistress Murre the puffin`; where nothing parts them, the last word is the name."""
    if not breaks:
        return full.split()[-1]  # "el dragón Tizón", "der kleine Stern Funkel"
    for word in breaks:
        full = full.partition(word)[0]
    return full
