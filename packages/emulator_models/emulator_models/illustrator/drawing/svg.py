"""SVG elements as strings, and the gradients and clips they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import num, smooth, smooth_loop, straight, straight_loop

Stop = tuple[float, str, float]
"""Of a gradient: offset 0 to 1, color, opacity."""


def path(d: str, fill: str = "none", *, stroke: str = "", width: float = 0, opacity: float = 1, dash: str = "") -> str:
    """A path from path data."""
    return f'<path d="{d}"{_paint(fill, stroke, width, opacity, dash)}/>'


def circle(x: float, y: float, r: float, fill: str, *, opacity: float = 1) -> str:
    """A disc."""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}"{_paint(fill, opacity=opacity)}/>'


def ellipse(
    x: float,
    y: float,
    rx: float,
    ry: float,
    fill: str,
    *,
    stroke: str = "",
    width: float = 0,
    opacity: float = 1,
    turn: float = 0,
) -> str:
    """An ellipse, turned by degrees about its centre."""
    turned = f' transform="rotate({num(turn)} {num(x)} {num(y)})"' if turn else ""
    shape = f'cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}"'
    return f"<ellipse {shape}{_paint(fill, stroke, width, opacity)}{turned}/>"


def rect(x: float, y: float, width: float, height: float, fill: str, *, round_: float = 0, opacity: float = 1) -> str:
    """A rectangle with its top left at x, y."""
    corner = f' rx="{num(round_)}"' if round_ else ""
    shape = f'x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"'
    return f"<rect {shape}{corner}{_paint(fill, opacity=opacity)}/>"


def polygon(points: Iterable[Point], fill: str, *, opacity: float = 1) -> str:
    """A closed shape with straight sides."""
    return path(straight_loop(points), fill, opacity=opacity)


def blob(points: Sequence[Point], fill: str, *, opacity: float = 1) -> str:
    """A closed smooth shape through the points."""
    return path(smooth_loop(points), fill, opacity=opacity)


def line(points: Sequence[Point], color: str, width: float, *, opacity: float = 1) -> str:
    """A smooth stroke with round ends through the points."""
    return path(line_data(points), stroke=color, width=width, opacity=opacity)


def line_data(points: Sequence[Point]) -> str:
    """The path of a line through the points."""
    return smooth(points) if len(points) > 2 else straight(points)


def group(content: str, *, x: float = 0, y: float = 0, turn: float = 0, scale: float = 1, mirror: bool = False) -> str:
    """Content scaled and perhaps mirrored about its own origin, then turned by degrees, then moved."""
    return f"{opened(x, y, turn, -scale if mirror else scale, scale)}{content}</g>"


def opened(x: float, y: float, turn: float, sx: float, sy: float) -> str:
    """The start of a group: what follows, up to `</g>`, is scaled, turned, then moved."""
    turned = f" rotate({turn:.4g})" if turn else ""
    scaled = f" scale({sx:.4g} {sy:.4g})" if (sx, sy) != (1, 1) else ""
    return f'<g transform="translate({num(x)} {num(y)}){turned}{scaled}">'


def _paint(fill: str, stroke: str = "", width: float = 0, opacity: float = 1, dash: str = "") -> str:
    paint = f' fill="{fill}"'
    if opacity < 1 and fill != "none":
        paint += f' fill-opacity="{opacity:.2f}"'
    if stroke:
        paint += f' stroke="{stroke}" stroke-width="{num(width)}" stroke-linecap="round" stroke-linejoin="round"'
        paint += f' stroke-opacity="{opacity:.2f}"' if opacity < 1 else ""
        paint += f' stroke-dasharray="{dash}"' if dash else ""
    return paint


class Defs:
    """The gradients and clips of one drawing; their ids start with `key`, and the same one twice is one."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._ids: dict[tuple[str, str, str], str] = {}

    def down(self, *stops: Stop) -> str:
        """A paint running from the top of the shape to its foot."""
        return self._gradient("linearGradient", 'x1="0" y1="0" x2="0" y2="1"', stops)

    def across(self, *stops: Stop) -> str:
        """A paint running from the left of the shape to its right."""
        return self._gradient("linearGradient", 'x1="0" y1="0" x2="1" y2="0"', stops)

    def aslant(self, *stops: Stop) -> str:
        """A paint running from the upper left of the shape to its lower right."""
        return self._gradient("linearGradient", 'x1=".15" y1="0" x2=".8" y2="1"', stops)

    def out(self, *stops: Stop) -> str:
        """A paint running from the middle of the shape outwards."""
        return self._gradient("radialGradient", 'cx="0.5" cy="0.5" r="0.5"', stops)

    def clip(self, shapes: Iterable[str]) -> str:
        """What lies inside these paths."""
        return self._added("clipPath", "", "".join(f'<path d="{d}"/>' for d in shapes))

    @property
    def markup(self) -> str:
        """The whole as a `<defs>` element."""
        made = (
            f'<{tag} id="{ident}" {attributes}>{inner}</{tag}>' for (tag, attributes, inner), ident in self._ids.items()
        )
        return f"<defs>{''.join(made)}</defs>"

    def _gradient(self, tag: str, attributes: str, stops: Sequence[Stop]) -> str:
        inner = "".join(
            f'<stop offset="{offset:.3g}" stop-color="{color}"'
            + (f' stop-opacity="{opacity:.3g}"/>' if opacity < 1 else "/>")
            for offset, color, opacity in stops
        )
        return self._added(tag, attributes, inner)

    def _added(self, tag: str, attributes: str, inner: str) -> str:
        ident = self._ids.setdefault((tag, attributes, inner), f"{self._key}-{len(self._ids)}")
        return f"url(#{ident})"
