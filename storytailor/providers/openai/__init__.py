"""OpenAI, another server of its wire format, or the emulator: writing, looking, drawing, moderating."""

from storytailor.providers.openai.answers import Moderation
from storytailor.providers.openai.client import OpenAI
from storytailor.providers.openai.models import MOST_REFERENCES, ImageFamily, image_family

__all__ = ["MOST_REFERENCES", "ImageFamily", "Moderation", "OpenAI", "image_family"]
