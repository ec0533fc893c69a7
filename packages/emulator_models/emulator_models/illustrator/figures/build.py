"""Bodies in numbers: how tall and how wide, by age, kind and recorded build.

Units: an average seven-year-old stands 350 high.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from emulator_models.illustrator.figures.look import Look

CHILD = 350.0


@dataclass(frozen=True)
class Build:
    """The measures of a body."""

    head: float  # half the head's height, chin to crown
    neck: float  # from chin to the line of the shoulders
    torso: float
    leg: float
    arm: float
    shoulder: float  # half width
    hip: float  # half width
    belly: float  # half width
    arm_width: float
    leg_width: float
    hand: float
    foot: float
    jaw: float = 0.0  # 0 round as a small child's, 1 long as an adult's

    @property
    def height(self) -> float:
        """Standing height without hair."""
        return self.leg + self.torso + self.neck + 2 * self.head

    def scaled(self, by: float) -> Build:
        """The same body, larger or smaller as a whole."""
        values = {k: v * by for k, v in vars(self).items() if k != "jaw"}
        return replace(self, **values)


_AGES: tuple[tuple[int, Build], ...] = (
    (1, Build(50, 1, 66, 58, 62, 30, 27, 33, 22, 26, 11, 28, 0.0)),
    (3, Build(53, 3, 76, 86, 74, 32, 27, 32, 21, 26, 11.5, 31, 0.05)),
    (7, Build(57, 5, 90, 132, 94, 35, 28, 32, 20, 26, 12.5, 36, 0.2)),
    (10, Build(57, 8, 104, 162, 112, 38, 29, 33, 20, 27, 13, 39, 0.4)),
    (14, Build(56, 12, 124, 200, 134, 44, 33, 36, 21, 29, 14, 42, 0.7)),
    (18, Build(55, 15, 138, 220, 148, 49, 36, 39, 23, 31, 15, 44, 0.95)),
    (60, Build(55, 12, 138, 212, 146, 48, 39, 44, 24, 32, 15, 44, 1.0)),
    (75, Build(55, 8, 132, 198, 142, 46, 39, 44, 23, 31, 15, 43, 1.0)),
)
# standing height against a seven-year-old's; other kinds are drawn a little smaller than children
_SIZES = {
    "bear": 1.16, "elephant": 1.14, "dragon": 1.12, "lion": 1.08, "robot": 0.98, "dog": 0.9, "fox": 0.9,
    "cat": 0.84, "rabbit": 0.8, "owl": 0.76, "bird": 0.7, "turtle": 0.78, "hedgehog": 0.7,
    "wolf": 1.0, "panda": 1.12, "otter": 0.84, "squirrel": 0.72, "koala": 0.8, "penguin": 0.78, "dormouse": 0.6,
    "mouse": 0.64, "frog": 0.7, "mole": 0.66, "octopus": 0.92, "unicorn": 1.02, "horse": 1.06,
}  # fmt: skip
_ANIMAL = Build(62, -4, 96, 80, 82, 33, 37, 44, 25, 31, 13, 35, 0.0)


def body_of(look: Look) -> Build:
    """The body of a character."""
    body = _ANIMAL.scaled(_SIZES.get(look.kind.key, 0.85)) if look.kind else _at_age(look.years)
    if not look.human and look.years >= 18:
        body = body.scaled(1.1)
    if "larger_body" in look:
        body = replace(
            body,
            shoulder=body.shoulder * 1.2,
            hip=body.hip * 1.55,
            belly=body.belly * 1.72,
            arm_width=body.arm_width * 1.4,
            leg_width=body.leg_width * 1.4,
        )
    if "short_stature" in look:
        body = _short(body)
    if "down_syndrome" in look:
        body = replace(
            body,
            neck=body.neck * 0.6,
            leg=body.leg * 0.9,
            arm=body.arm * 0.92,
            belly=body.belly * 1.12,
            jaw=body.jaw / 2,
        )
    return body


def _short(body: Build) -> Build:
    """Proportions of dwarfism: trunk and head of the age, short limbs, shorter still above the joint."""
    return replace(
        body,
        head=body.head * 1.06,
        torso=body.torso * 0.95,
        leg=body.leg * 0.5,
        arm=body.arm * 0.6,
        arm_width=body.arm_width * 1.12,
        leg_width=body.leg_width * 1.16,
        hip=body.hip * 1.1,
        hand=body.hand * 0.92,
    )


def _at_age(years: int) -> Build:
    if years <= _AGES[0][0]:
        return _AGES[0][1]
    for (young, a), (old, b) in pairwise(_AGES):
        if years <= old:
            t = (years - young) / (old - young)
            return Build(**{k: v + (vars(b)[k] - v) * t for k, v in vars(a).items()})
    return _AGES[-1][1]
