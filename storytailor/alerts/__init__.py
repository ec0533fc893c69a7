"""Telling an operator: what went wrong, once a cause, and when what stood in the way is over."""

from storytailor.alerts.channels import Channels
from storytailor.alerts.watch import Watch

__all__ = ["Channels", "Watch"]
