"""From a character sheet to a drawn figure."""

from __future__ import annotations

from emulator.illustrator.figures import accessories, clothes, limbs
from emulator.illustrator.figures.build import CHILD, body_of
from emulator.illustrator.figures.colours import SHADE
from emulator.illustrator.figures.face import draw_ears, draw_face, human_head
from emulator.illustrator.figures.hair import draw_hair, draw_hair_behind
from emulator.illustrator.figures.limbs import draw_arm, draw_leg
from emulator.illustrator.figures.look import read_look
from emulator.illustrator.figures.model import Facing, Figure, Mark, Mood, Pose
from emulator.illustrator.figures.pen import Pen
from emulator.illustrator.figures.poses import STANCES
from emulator.illustrator.figures.skeleton import stand
from emulator.wire import Sheet


def draw_figure(
    sheet: Sheet,
    *,
    pose: Pose,
    mood: Mood,
    facing: Facing,
    height: float,
    key: str,
    omit: frozenset[str] = frozenset(),
) -> Figure:
    """Draw a character; `height` is that of a standing seven-year-old at this place, in px."""
    unit = height / CHILD
    look = read_look(sheet, omit, mirrored=facing == "left")
    body = body_of(look, look.species)
    bones = stand(body, STANCES[pose])
    pen = Pen(key)
    out = look.outfit
    bottom = (out.bib and clothes.Garment("trousers", out.bib.colour)) or out.bottom
    with pen.moved(0, 0, 0, -unit if facing == "left" else unit, unit):
        pen.ellipse((0, 2), 70, 10, pen.glow(SHADE, 0.4))
        accessories.draw_behind(pen, look, bones)
        with pen.moved(*bones.head, bones.tilt, body.head / 50):
            draw_hair_behind(pen, look)
        if not bones.far.front:
            draw_arm(pen, look, bones, bones.far, out.top)
        draw_leg(pen, look, bones, bones.far_leg, bottom, out.shoes)
        draw_leg(pen, look, bones, bones.near_leg, bottom, out.shoes)
        limbs.skin_tube(pen, [bones.chest, bones.head], (22, 22), look.skin)
        clothes.draw_trunk(pen, look, bones)
        if bottom and bottom.kind == "skirt":
            clothes.draw_skirt(pen, bones, bottom, 0.36)
        accessories.draw_over(pen, look, bones)
        with pen.moved(*bones.head, bones.tilt, body.head / 50):
            draw_ears(pen, look)
            draw_face(pen, look, body, mood, asleep=pose == "sleeping")
            draw_hair(pen, look)
            accessories.draw_headwear(pen, look, human_head(look))
        if bones.far.front:
            draw_arm(pen, look, bones, bones.far, out.top)
        draw_arm(pen, look, bones, bones.near, out.top)
    x0, y0, x1, y1 = pen.extent
    marks = tuple(Mark(sheet.name, trait, box) for trait, box in pen.boxes.items())
    return Figure(pen.svg(), x1 - x0, y1 - y0, marks)
