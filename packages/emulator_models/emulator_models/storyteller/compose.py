"""Writing the story: a plot told of these characters, turned by these themes, at the length asked for."""

from __future__ import annotations

from dataclasses import replace

from emulator_models.shapes import Beat, StoryContent
from emulator_models.storyteller.cast import Role, introductions
from emulator_models.storyteller.dialogue import a_paragraph_each, is_talk
from emulator_models.storyteller.fitting import Unit, fit, indispensable, size_of
from emulator_models.storyteller.grammar import Passage, read_block
from emulator_models.storyteller.library import interludes, themes, traits, words
from emulator_models.storyteller.request import StoryRequest
from emulator_models.storyteller.scenes import alt, cover_alt, cover_scene, seen, told_in_scenes
from emulator_models.storyteller.telling import Telling
from emulator_models.storyteller.typography import set_text
from emulator_models.storyteller.wishes import naming

_KEEP = -1  # a level below the indispensable: never left out, whatever the length
_WORDS_AN_ACT = 45
"""One act in the way of a trait is kept for so many words of the story; where there are more, a story with many traits
would be about nothing else."""


def compose(request: StoryRequest) -> StoryContent:
    """The story asked for."""
    telling = Telling(request)
    units = _units(telling, little=False)
    if indispensable(units) > request.most:
        units = _units(telling, little=True)
    told = fit(units, request.least, request.most, request.correction)
    plain, english = telling.verbatim.restore, telling.in_english()
    beats = [
        Beat(
            text=plain("\n\n".join(scene.paragraphs)),
            seen=plain(seen(english, scene)),
            alt=plain(alt(telling, scene)),
            cast=[role.sheet.name for role in telling.roles],
            mood=telling.plot.beats[scene.beat].mood,
        )
        for scene in told_in_scenes(told, len(telling.plot.beats), request.scenes)
    ]
    title = telling.random("title").choice(telling.plot.titles)
    return StoryContent(
        title=request.title or plain(telling.tell(title, "title")),
        beats=beats,
        cover_scene=plain(cover_scene(english)),
        cover_alt=plain(cover_alt(telling)),
        moral=plain(_moral(telling)),
        dedication=plain(telling.tell(telling.themes[0].dedication, "dedication")),
    )


def _units(telling: Telling, *, little: bool) -> list[Unit]:
    beats = range(len(telling.plot.beats))
    return [unit for beat in beats for unit in _Beat(telling, beat, little=little).units()]


def _moral(telling: Telling) -> str:
    moral = telling.random("moral").choice(telling.themes[0].morals)
    return telling.tell(moral, "moral")


class _Beat:
    """A quarter of the story as units, its slots filled."""

    def __init__(self, telling: Telling, number: int, *, little: bool) -> None:
        self.telling = telling
        self.number = number
        self.plan = telling.plot.beats[number]
        self.is_last = number == len(telling.plot.beats) - 1
        self.passages = self.plan.little if little else self.plan.passages

    def units(self) -> list[Unit]:
        company, band = len(self.telling.roles), self.telling.request.band
        units: list[Unit] = []
        waiting: list[Unit] = []
        for index, passage in enumerate(self.passages):
            if not passage.suits(company, band):
                continue
            told = self._slot(passage.slot) if passage.slot else [self._unit(passage, f"{index}")]
            if passage.slot == "acts":  # one at a time: all in a row they read like a form
                told, waiting = told[:1], told[1:]
            elif waiting and not passage.slot and not is_talk(told[0].text):
                told.append(waiting.pop(0))
            units += told
            units += self._interludes(passage.slot)
        units += waiting
        if band == "3-5" and not self.is_last:
            units += self._refrain(level=0)
        return units

    def _unit(self, passage: Passage, purpose: str, role: Role | None = None, theme: int = 0) -> Unit:
        text = self.telling.tell(passage.text, f"{self.number} {purpose}", role=role, theme=theme)
        return self._set(text, passage.level)

    def _set(self, text: str, level: int) -> Unit:
        text = a_paragraph_each(text, self.telling.language)
        return Unit(self.number, text, level, size_of(self.telling.verbatim.restore(text)))

    def _slot(self, slot: str) -> list[Unit]:
        if slot == "refrain":
            return self._refrain(level=2) if self.telling.request.band == "3-5" else []
        filled: list[Unit] = getattr(self, f"_{slot}")()
        return filled

    def _refrain(self, level: int) -> list[Unit]:
        return [self._set(self.telling.tell(self.telling.plot.refrain, "refrain"), level)]

    def _intro(self) -> list[Unit]:
        """Everyone enters, each with what they are and their first trait."""
        telling = self.telling
        sentences = introductions(telling.roles, telling.random("intro"))
        paragraphs = []
        for role, sentence in zip(telling.roles, sentences, strict=True):
            told = [set_text(sentence, telling.language)]
            known = [trait.id for trait in role.sheet.traits if trait.id in traits(telling.language)]
            told += [
                telling.tell(
                    telling.random(f"intro {role.name} {id_}").choice(traits(telling.language)[id_].intro),
                    f"intro {id_}",
                    role=role,
                )
                for id_ in known[:1]
            ]
            if len(telling.roles) == 1:
                told.append(telling.tell(telling.sidekick_enters, "sidekick"))
            paragraphs.append(" ".join(told))
        return [self._set(text, _KEEP) for text in paragraphs]

    def _task(self) -> list[Unit]:
        """Everyone but the hero has a task on the way; alone, the hero has one."""
        doers = self.telling.roles[1:] or self.telling.roles
        start = self.telling.random("tasks").randrange(len(self.plan.tasks))
        told = [
            self.telling.tell(self.plan.tasks[(start + index) % len(self.plan.tasks)], f"task {index}", role=role)
            for index, role in enumerate(doers)
        ]
        return [self._set(" ".join(told), _KEEP)]

    def _acts(self) -> list[Unit]:
        """What characters do in the way of a trait: on the way, those not told yet; at the end, in joy.

        Each character's first ones are kept; the others are told where there is room.
        """
        units = []
        kept = max(1, self.telling.request.most // _WORDS_AN_ACT // len(self.telling.roles))
        for role in self.telling.roles:
            known = [trait.id for trait in role.sheet.traits if trait.id in traits(self.telling.language)]
            if self.is_last:
                units += self._in_joy(role, known[:1])
                continue
            units += [self._act(role, id_, _KEEP if index < kept else 2) for index, id_ in enumerate(known[1:])]
            if len(known) == 1:
                units.append(self._act(role, known[0], 2))
        return units

    def _act(self, role: Role, id_: str, level: int) -> Unit:
        trait = traits(self.telling.language)[id_]
        acts = trait.still if self.plan.indoors_or_afloat and trait.still else trait.acts
        act = self.telling.random(f"act {role.name} {id_}").choice(acts)
        return self._set(self.telling.tell(act, f"act {id_}", role=role), level)

    def _in_joy(self, role: Role, known: list[str]) -> list[Unit]:
        party = interludes(self.telling.language).get("party", {})
        return [self._set(self.telling.tell(party[id_], f"joy {id_}", role=role), 2) for id_ in known if id_ in party]

    def _interludes(self, after: str | None) -> list[Unit]:
        """What longer stories have besides, once each, in an order of the seed."""
        bedtime = self.telling.request.story_type == "bedtime"
        kind = {
            (0, "intro"): "beginning",
            (1, "task"): "night" if bedtime else "road",
            (3, "echo"): "" if bedtime else "end",
        }.get((self.number, after or ""), "")
        blocks = interludes(self.telling.language)
        if not blocks.get(kind):
            return []
        units = [replace(unit, level=4) for unit in self._block(blocks[kind], kind, 0)]
        self.telling.random(kind).shuffle(units)
        return units

    def _turn(self) -> list[Unit]:
        turn = self.telling.random("turn").choice(self.telling.themes[0].turns)
        return self._block(turn, "turn", 0)

    def _moment(self) -> list[Unit]:
        """The second theme's moment, and those of any further ones; talk, where things cannot happen."""
        telling, units = self.telling, []
        for index, theme in enumerate(telling.themes[1:], 1):
            nowhere = self.plan.indoors_or_afloat and theme.id in words("names")["open_ground"]
            moments = themes(telling.language)["other"].moments if nowhere else theme.moments
            block = self._block(self._pick(moments, index), f"moment {index}", index)
            units += [replace(unit, level=1 if index == 1 else 2) for unit in block]
        return units

    def _echo(self) -> list[Unit]:
        """The sentence that names the theme, for each; in the family's own words where those are others."""
        telling, units = self.telling, []
        for index, wish in enumerate(telling.wishes):
            told = telling.tell(self._pick(wish.theme.echoes, index), f"echo {index}", theme=index)
            units.append(self._set(told, _KEEP))
            named = wish.asked.lower() in telling.verbatim.restore(told).lower()
            if not named and (echoes := naming(wish, telling.language)):
                echo = telling.tell(self._pick(echoes, index), f"named {index}", called=wish.asked)
                units.append(self._set(echo, _KEEP))
        return units

    def _block(self, block: str, purpose: str, theme: int) -> list[Unit]:
        company, band = len(self.telling.roles), self.telling.request.band
        return [
            self._unit(passage, f"{purpose} {index}", theme=theme)
            for index, passage in enumerate(read_block(block))
            if passage.suits(company, band)
        ]

    def _pick(self, options: tuple[str, ...], index: int) -> str:
        return self.telling.random(f"pick {index} {self.number}").choice(options)
