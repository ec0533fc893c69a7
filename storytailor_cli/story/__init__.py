"""`storytailor story`: one book, from the wish to the files in out/<story-id>/."""

from storytailor_cli.story.command import make_story

__all__ = ["make_story"]
