"""A chart of bars on a logarithmic scale, drawn as SVG: readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from bench.measured import format_seconds
from bench.tables import Bar

_WIDTH, _ROW, _TOP, _LEFT, _RIGHT = 760, 26, 44, 290, 90
_STYLE = """<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .head { font-weight: 600; font-size: 15px; }
  .small { font-size: 11px; fill: #59636e; }
  .line { stroke: #d1d9e0; stroke-width: 1; }
  .other { fill: #8c96a0; }
  .ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .line { stroke: #3d444d; }
    .other { fill: #6e7681; }
    .ours { fill: #4493f8; }
  }
</style>"""


def draw_bars(title: str, bars: Sequence[Bar]) -> str:
    """Text of an SVG picture; the shortest bar stands at the top, and every step of the grid is ten times the last."""
    ordered = sorted(bars, key=lambda bar: bar.seconds)
    low = math.floor(math.log10(ordered[0].seconds))
    high = max(math.ceil(math.log10(ordered[-1].seconds)), low + 1)
    height = _TOP + len(ordered) * _ROW + 34
    scale = (_WIDTH - _LEFT - _RIGHT) / (high - low)
    told = ", ".join(f"{bar.name} {format_seconds(bar.seconds)}" for bar in ordered)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}: {escape(told)}</title>",
        _STYLE,
        f'<text class="head" x="12" y="24">{escape(title)}</text>',
    ]
    bottom = _TOP + len(ordered) * _ROW
    for power in range(low, high + 1):
        x = _LEFT + (power - low) * scale
        parts.append(f'<line class="line" x1="{x:.1f}" y1="{_TOP - 4}" x2="{x:.1f}" y2="{bottom + 2}"/>')
        label = format_seconds(10.0**power)
        parts.append(f'<text class="small" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{label}</text>')
    for place, bar in enumerate(ordered):
        y = _TOP + place * _ROW
        width = max((math.log10(bar.seconds) - low) * scale, 2)
        kind = "ours" if bar.ours else "other"
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(bar.name)}</text>')
        parts.append(f'<rect class="{kind}" x="{_LEFT}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 9}" rx="2"/>')
        parts.append(f'<text x="{_LEFT + width + 8:.1f}" y="{y + 16}">{format_seconds(bar.seconds)}</text>')
    return "\n".join([*parts, "</svg>", ""])
