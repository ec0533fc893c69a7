"""What an operator reads: which stage, what the provider said, which story, and where to look."""

from __future__ import annotations

from storytailor.catalog import in_order
from storytailor.db.alerts import Alert

TITLE = "Storytailor"


def message(alert: Alert) -> tuple[str, str]:
    """Title and body of an alert."""
    if alert.standing:
        return f"{TITLE}: something needs you", f"{alert.says}\nSince {alert.first_at:%F %H:%M} UTC."
    stories = "a story" if alert.stories == 1 else f"{alert.stories} stories"
    title = f"{TITLE}: {stories} failed at {', '.join(in_order(alert.stages))}"
    lines = [alert.says, f"Met first at {alert.first_at:%F %H:%M} UTC."]
    if alert.story_id is not None:
        lines.append(f"The last story: {alert.story_id} (storytailor story show {alert.story_id})")
    return title, "\n".join(lines)


def over(alert: Alert) -> tuple[str, str]:
    """Title and body when what stood in the way is over."""
    return f"{TITLE}: over", f"No longer so: {alert.says}"
