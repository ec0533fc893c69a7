"""The characters as the story tells of them: how each is introduced, speaks, moves and notices."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from emulator_models.prompt_data import CharacterSheet
from emulator_models.storyteller.appearance import pronoun_of, read_appearance
from emulator_models.storyteller.library import words
from emulator_models.storyteller.typography import listed, with_article

_WHEELS = frozenset({"manual_wheelchair", "power_wheelchair"})
_AIDS = frozenset({"walker_gait_trainer", "crutches_cane"})
_ADULT = 18


@dataclass(frozen=True)
class Role:
    """A character in the telling; `name` is the private character that stands for the real one."""

    name: str
    sheet: CharacterSheet
    language: str = "en"

    def speech(self, verb: str, random: Random) -> str:
        """`said Maya`, in this character's own way of speaking."""
        table = words("verbs", self.language)
        phrase = table["speech"].get(verb, verb + " {who}")
        for trait in ("sign_language", "aac_device"):
            if trait in self.sheet.trait_ids:
                phrase = table.get("speech_as", {}).get(trait, {}).get(verb, phrase)
        chosen = random.choice(phrase) if isinstance(phrase, list) else str(phrase)
        return chosen.replace("{who}", self.name)

    @property
    def own(self) -> str:
        """`her`, `his` or `their`, as the record tells."""
        return {"she": "her", "he": "his"}.get(pronoun_of(self.sheet.appearance), "their")

    def verb(self, verb: str) -> str:
        """The verb by which this character moves or notices, for that of most others."""
        table = words("verbs", self.language)
        traits = self.sheet.trait_ids
        if traits & _WHEELS:
            verb = table["motion_as"]["wheels"].get(verb, verb)
        elif traits & _AIDS:
            verb = table["motion_as"]["aids"].get(verb, verb)
        for trait in ("white_cane", "sign_language"):
            if trait in traits:
                verb = table["notice_as"][trait].get(verb, verb)
        return verb

    @property
    def kind(self) -> str:
        """`a six-year-old`, `an owl`, `a nine-year-old robot`, `a grown-up of seventy`, in English."""
        table = words("names")
        species = " ".join(self.sheet.species.split()).lower()
        age = self.sheet.age
        human = species in table["human"] or not species
        if age is None or age < 1:
            return "a child" if human else with_article(species)
        if human and age >= _ADULT:
            return f"a grown-up of {number(age)}"
        years = f"{number(age)}-year-old"
        return with_article(years if human else f"{years} {species}")

    def introduction(self, template: str, hero: str) -> str:
        """The sentence in which the character enters: kind and looks."""
        text = template.replace("{c}", self.name).replace("{hero}", hero)
        if self.language != "en":
            return text.replace("{kind}", self._kind_abroad())
        looks = read_appearance(self.sheet.appearance).phrase()
        return text.replace("{kind}", self.kind).replace("{looks}", looks)

    def _kind_abroad(self) -> str:
        """`, un zorro, de seis años`: the kind as an apposition, in the story's language."""
        table = words("names", self.language)
        species = words("species", self.language)["names"].get(self.sheet.species.strip().lower())
        kind = f", {species}" if species else ""
        age, numbers = self.sheet.age, table["numbers"]
        if age is not None and age > 1:  # one would need the singular
            kind += str(table["age"]).replace("{age}", numbers[age] if age < len(numbers) else str(age))
        return kind

    def blind_to(self, pose: str) -> bool:
        """Whether the pose is one of looking, which a character with a white cane leaves to others."""
        return "white_cane" in self.sheet.trait_ids and pose.split()[0] in words("names", self.language)["looking"]

    def pose(self, phrase: str) -> str:
        """The pose with its verb as this character would do it."""
        verb, _, rest = phrase.partition(" ")
        return f"{self.name} {self.verb(verb)} {rest}".strip()


def number(value: int) -> str:
    """An age in words: `six`, `seventy-two`."""
    table = words("names")
    if value < len(table["numbers"]):
        return str(table["numbers"][value])
    if value >= 100:
        return str(value)
    tens, ones = divmod(value, 10)
    return f"{table['tens'][tens]}{'-' + table['numbers'][ones] if ones else ''}"


def introductions(roles: list[Role], random: Random) -> list[str]:
    """One sentence for each character, in order, no two alike in shape as far as there are shapes."""
    table = words("names", roles[0].language)
    if len(roles) == 1:
        return [roles[0].introduction(random.choice(table["solo"]), roles[0].name)]
    shapes = random.sample(table["next"], len(table["next"]))
    templates = [random.choice(table["first"])]
    templates += [shapes[index % len(shapes)] for index in range(len(roles) - 2)]
    templates.append(random.choice(table["last"]))
    return [role.introduction(template, roles[0].name) for role, template in zip(roles, templates, strict=True)]


def together(roles: list[Role], word: str) -> str:
    """The whole company by name."""
    return listed([role.name for role in roles], word)
