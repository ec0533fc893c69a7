"""What one socket may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Sizes and counts of one socket; times in seconds."""

    frame_characters: int = 64 * 1024
    """Of a frame that is sent to us; ours are as large as a story's row."""
    channels: int = 100
    subscriptions: int = 50
    """In one channel."""
    idle: float = 60.0
    """Without a frame from the client. supabase-js sends a heartbeat every 25 s."""
    lifetime: float = 4 * 3600.0
    slowness: float = 30.0
    """A client that does not take a frame for so long is let go."""
    recheck: float = 60.0
    """Rows are compared again after so long without news: a LISTEN can go deaf without noticing."""
    patience: float = 2.0
    """Between tries when the database does not answer."""
    waiting: int = 1000
    """Changed stories in a channel's inbox; beyond, it asks the database what has changed."""
