"""The judge of this machine: what is not for a child in texts and pictures, by rules and without any model.

It stands in for a model that is asked by a rubric. Its rules speak of kinds of harm, in the concepts that make them up;
it knows seventeen languages' words for those, and is no protection: a model understands, this does not.
"""

from emulator_models.child_safety.pictures import judge_picture, picture_scores
from emulator_models.child_safety.texts import judge_texts

__all__ = ["judge_picture", "judge_texts", "picture_scores"]
