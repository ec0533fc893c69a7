"""Supabase's Realtime protocol, as far as a story's changes need it (docs/decisions/0008)."""

from api.realtime.routes import realtime_routes

__all__ = ["realtime_routes"]
