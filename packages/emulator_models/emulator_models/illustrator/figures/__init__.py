"""The characters of a picture, drawn from their sheets as flat-vector SVG."""

from emulator_models.illustrator.figures.figure import draw_figure
from emulator_models.illustrator.figures.model import STAGE_TRAITS, Facing, Figure, Mark, Mood, Pose

__all__ = ["STAGE_TRAITS", "Facing", "Figure", "Mark", "Mood", "Pose", "draw_figure"]
