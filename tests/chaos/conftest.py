"""The families and the queue of the database's own tests."""

from tests.db.conftest import create_story, queue, stories, user

__all__ = ["create_story", "queue", "stories", "user"]
