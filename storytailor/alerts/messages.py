"""What an operator reads: which stage, what the provider said, which story, and where to look."""

from __future__ import annotations

from storytailor.catalog import in_order
from storytailor.db.alerts import Alert, Placeholders
from storytailor.db.workers import ProviderCircuit

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


def says_of_placeholders(risen: Placeholders) -> str:
    """What an operator reads of pictures that could not be drawn, in more books than a false alarm explains."""
    return (
        f"{risen.stories} of {risen.of_stories} books of the last hour have pictures that could not be drawn "
        f"({', '.join(in_order(risen.stages))}). Their families read: {risen.reason} Where there are many, the "
        "provider's filter or the picture model has changed. "
        f"The last story: {risen.last_story} (storytailor story show {risen.last_story})"
    )


def says_of_stopped(stopped: ProviderCircuit) -> str:
    """What an operator reads of a provider that has not answered for minutes."""
    workers = "a worker" if stopped.workers == 1 else f"{stopped.workers} workers"
    return (
        f"{stopped.provider} has let no call to {stopped.model} through for minutes, at {workers}: {stopped.reason} "
        "Stories wait for it, and fail if it stays so: look at its status page."
    )


def over(alert: Alert) -> tuple[str, str]:
    """Title and body when what stood in the way is over."""
    return f"{TITLE}: over", f"No longer so: {alert.says}"
