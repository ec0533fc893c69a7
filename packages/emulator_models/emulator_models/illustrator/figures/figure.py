"""From a character sheet to a drawn figure: who it is, how it stands, and what is drawn before what."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from emulator_models.illustrator.drawing.color import SHADE
from emulator_models.illustrator.drawing.paths import rounded
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures import accessories, clothes
from emulator_models.illustrator.figures.aids_head import draw_head_aids
from emulator_models.illustrator.figures.aids_limbs import draw_arm_as_is, draw_leg_as_is
from emulator_models.illustrator.figures.aids_trunk import draw_trunk_aids
from emulator_models.illustrator.figures.animal_bodies import draw_animal_back, draw_feathers, draw_tentacles
from emulator_models.illustrator.figures.animal_heads import draw_animal_ears, draw_animal_face
from emulator_models.illustrator.figures.animals import animal_head
from emulator_models.illustrator.figures.build import CHILD, Build, body_of
from emulator_models.illustrator.figures.chairs import draw_chair, draw_chair_behind
from emulator_models.illustrator.figures.companion import draw_assistance_dog
from emulator_models.illustrator.figures.coverings import covering_of, draw_covering, draw_drape
from emulator_models.illustrator.figures.expression import Expression, expression_of
from emulator_models.illustrator.figures.fabric import skin_tube
from emulator_models.illustrator.figures.face import draw_ears, draw_face, human_head
from emulator_models.illustrator.figures.hair import draw_hair, draw_hair_behind
from emulator_models.illustrator.figures.held import draw_held, draw_treasure
from emulator_models.illustrator.figures.likeness import head_marks, trunk_marks
from emulator_models.illustrator.figures.look import Look, read_look
from emulator_models.illustrator.figures.model import Facing, Figure, Mark, Mood, Pose
from emulator_models.illustrator.figures.rig import Rig, pose_body
from emulator_models.illustrator.figures.walking_aids import draw_walking_aids, draw_walking_aids_behind
from emulator_models.illustrator.figures.wardrobe import Garment
from emulator_models.prompt_data import CharacterSheet

_WORN = ("heritage_dress_setting", "gender_expression", "larger_body")


@dataclass(frozen=True)
class _Scene:
    """What all the steps of one drawing share."""

    pen: Pen
    look: Look
    body: Build
    rig: Rig
    pose: Pose
    expression: Expression
    omit: frozenset[str]

    @property
    def bottom(self) -> Garment | None:
        bib = self.look.outfit.bib
        return Garment("trousers", bib.color, bib.pattern) if bib else self.look.outfit.bottom


def draw_figure(
    sheet: CharacterSheet,
    *,
    pose: Pose,
    mood: Mood,
    facing: Facing,
    height: float,
    key: str,
    omit: frozenset[str] = frozenset(),
) -> Figure:
    """Draw a character; `height` is that of a standing seven-year-old at this place, in px.

    `key` prefixes every id in the fragment. Traits in `omit` are not drawn, or drawn unlike the record
    where something must be drawn (a skin has some tone), and have no mark.
    """
    unit = height / CHILD
    look = read_look(sheet, omit, mirrored=facing == "left")
    body = body_of(look)
    pen = Pen(key)
    scene = _Scene(pen, look, body, pose_body(look, body, pose), pose, expression_of(mood, pose), omit)
    with pen.moved(0, 0, 0, -unit if facing == "left" else unit, unit):
        _draw(scene)
    x0, y0, x1, y1 = pen.extent
    marks = tuple(Mark(sheet.name, trait, box) for trait, box in sorted(pen.boxes.items()))
    return Figure(pen.svg(), x1 - x0, y1 - y0, marks)


def _draw(scene: _Scene) -> None:
    pen, look, rig = scene.pen, scene.look, scene.rig
    if rig.lying:
        _draw_mat(scene)
    else:
        wide = 62 * rig.size * (1.5 if rig.chair else 1.0)
        pen.ellipse((0, 2), wide, wide * 0.14, pen.glow(SHADE, 0.45))
    with ExitStack() as spaces:
        if rig.lying:
            head = scene.body.head
            rise = math.degrees(math.asin((head * 1.15 - 18) / (scene.body.height - head)))
            spaces.enter_context(pen.moved(scene.body.height * 0.47, -34, rise - 90))
        if "short_stature" in look:
            spaces.enter_context(pen.marking("short_stature"))
        _draw_body(scene)


def _draw_body(scene: _Scene) -> None:
    pen, look, rig, bones = scene.pen, scene.look, scene.rig, scene.rig.bones
    draw_walking_aids_behind(pen, look, rig)
    draw_chair_behind(pen, look, rig)
    accessories.draw_behind(pen, look, bones)
    if look.kind:
        draw_animal_back(pen, look, look.kind, bones)
    _in_head_space(scene, _draw_head_back)
    if not bones.far.front:
        draw_arm_as_is(pen, look, bones, 1, look.outfit.top)
    level = clothes.lap_only(bones)
    if not level:
        _draw_legs(scene)
    _draw_trunk(scene)
    if level:
        _draw_legs(scene)
    accessories.draw_over(pen, look, bones)
    draw_trunk_aids(pen, look, bones)
    draw_drape(pen, look, bones)
    with pen.marking(*head_marks(look, scene.omit)):
        _in_head_space(scene, _draw_head)
    draw_chair(pen, look, rig)
    draw_assistance_dog(pen, look, rig)
    if look.kind and look.kind.key in ("owl", "bird") and not look.outfit.top:
        draw_feathers(pen, look, bones)
    if bones.far.front:
        draw_arm_as_is(pen, look, bones, 1, look.outfit.top)
    draw_walking_aids(pen, look, rig)
    draw_arm_as_is(pen, look, bones, -1, look.outfit.top)
    if scene.pose == "holding" and not rig.hands and not rig.chair:
        draw_treasure(pen, look, rig)
    draw_held(pen, look, rig)


def _draw_legs(scene: _Scene) -> None:
    pen, look, bones, bottom = scene.pen, scene.look, scene.rig.bones, scene.bottom
    if look.kind and look.kind.key == "octopus" and not scene.rig.chair and not scene.rig.lying:
        draw_tentacles(pen, look, bones)
        return
    for side in (1, -1):
        draw_leg_as_is(pen, look, bones, side, bottom, look.outfit.shoes)
    if clothes.lap_only(bones):
        clothes.draw_lap(pen, bones, look.outfit.top, bottom)


def _draw_trunk(scene: _Scene) -> None:
    pen, look, bones, bottom = scene.pen, scene.look, scene.rig.bones, scene.bottom
    skin_tube(pen, [bones.chest, bones.head], (22, 22), look.skin)
    with pen.marking(*(t for t in _WORN if t in look), *trunk_marks(look, scene.omit)):
        clothes.draw_trunk(pen, look, bones)
        if bottom and bottom.kind == "skirt" and not clothes.lap_only(bones):
            clothes.draw_skirt(pen, bones, bottom, 0.36)
        elif bottom and bottom.kind == "tutu":
            clothes.draw_tutu(pen, bones, bottom)


def _in_head_space(scene: _Scene, draw: Callable[[_Scene], None]) -> None:
    bones = scene.rig.bones
    with scene.pen.moved(*bones.head, bones.tilt, scene.body.head / 50):
        draw(scene)


def _draw_head_back(scene: _Scene) -> None:
    pen, look = scene.pen, scene.look
    if look.kind:
        draw_animal_ears(pen, look, look.kind)
    elif covering_of(look) in (None, "kippah"):
        draw_hair_behind(pen, look)


def _draw_head(scene: _Scene) -> None:
    pen, look, covering = scene.pen, scene.look, covering_of(scene.look)
    head = animal_head(look.kind) if look.kind else human_head(look)
    if look.kind:
        draw_animal_face(pen, look, look.kind, scene.expression)
    else:
        if covering != "hijab":
            draw_ears(pen, look)
        draw_face(pen, look, scene.body, scene.expression)
        if covering in (None, "kippah"):
            draw_hair(pen, look)
    draw_covering(pen, look)
    if covering is None:
        accessories.draw_headwear(pen, look, head)
    draw_head_aids(pen, look, head)


def _draw_mat(scene: _Scene) -> None:
    pen, long = scene.pen, scene.body.height
    color = scene.look.text.pick("mat", ("#7fa8c9", "#c98f9f", "#8fb58a", "#b7a3d0"))
    pen.ellipse((0, 2), long * 0.62, 12, pen.glow(SHADE, 0.45))
    pen.path(rounded(-long * 0.56, -16, long * 1.12, 18, 8), pen.shaded(color))
    head = scene.body.head
    pen.path(
        rounded(-long * 0.55, -16 - head * 0.4, head * 2.1, head * 0.62, head * 0.28),
        pen.shaded("#fbf3e4", 0.14),
    )
