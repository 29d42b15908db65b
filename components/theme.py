"""Colours, sizes and fonts: the one source of the CSS variables, the Mantine theme and the Plotly template."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Literal

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

FONT = "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
TYPE_SCALE_PX = {"xs": 12, "sm": 14, "md": 16, "lg": 20, "xl": 28}
SPACE_PX = {"1": 4, "2": 8, "3": 12, "4": 16, "5": 20, "6": 24, "8": 32, "10": 40, "12": 48}
RADIUS_PX = 8

# One line a token: (light, dark).
COLOURS: dict[str, tuple[str, str]] = {
    "page": ("#F5F7FA", "#0B1220"),
    "panel": ("#FFFFFF", "#121C31"),
    "raised": ("#F8FAFC", "#18243D"),
    "line": ("#E3E8EF", "#22304D"),
    "line-strong": ("#C6CFDB", "#34466B"),
    "ink": ("#0F172A", "#E6EDF7"),
    "muted": ("#5B6778", "#93A4BF"),
    "brand": ("#1D4ED8", "#4C8DFF"),
    "brand-soft": ("#E8EEFC", "#1A2B52"),
    "brand-ink": ("#1B3FA8", "#A9C8FF"),
    "on-brand": ("#FFFFFF", "#071022"),
    "good": ("#0B7A54", "#34D399"),
    "bad": ("#C2410C", "#FB923C"),
    "focus": ("#1D4ED8", "#7FB0FF"),
    "demo": ("#854D0E", "#FCD34D"),
    "demo-soft": ("#FEF6DC", "#33290F"),
    "level-blue": ("#2563EB", "#60A5FA"),
    "level-yellow": ("#EAB308", "#FACC15"),
    "level-orange": ("#F97316", "#FB923C"),
    "level-red": ("#DC2626", "#F87171"),
    "theme-public": ("#0F766E", "#2DD4BF"),
    "theme-elite": ("#6D28D9", "#A78BFA"),
    "theme-youth": ("#B45309", "#FBBF24"),
    "theme-industry": ("#1D4ED8", "#60A5FA"),
    "theme-government": ("#475569", "#94A3B8"),
    "theme-facility": ("#0E7490", "#22D3EE"),
    "theme-safety": ("#B91C1C", "#F87171"),
    "map-land": ("#FBFCFD", "#101A2E"),
    "map-water": ("#C5DAEE", "#1A3154"),
    "map-line": ("#AAB6C6", "#3B4E75"),
    "map-street": ("#DDE3EB", "#24334F"),
    "map-label": ("#334155", "#C7D3E6"),
    "map-halo": ("#FFFFFF", "#0B1220"),
    "no-data": ("#CBD5E1", "#3A4A68"),
}

# Coverage, low to high: seven steps of ColorBrewer YlGnBu. In the dark the order of lightness stays, the ends are
# drawn in so that the lowest step does not glare and the highest does not sink into the page.
COVERAGE: dict[Scheme, tuple[str, ...]] = {
    "light": ("#FFFFCC", "#C7E9B4", "#7FCDBB", "#41B6C4", "#1D91C0", "#225EA8", "#0C2C84"),
    "dark": ("#F2F3C2", "#BFE3AE", "#7FCDBB", "#41B6C4", "#2A94C6", "#3B74C2", "#3553B0"),
}
# Differences around zero: ColorBrewer PuOr, limits symmetric.
DIFFERENCE = ("#B35806", "#F1A340", "#FEE0B6", "#F7F7F7", "#D8DAEB", "#998EC3", "#542788")
# In the dark zero is the ground and both ends shine.
DIFFERENCE_DARK = ("#FDB863", "#C77B2B", "#6E4A26", "#26324A", "#55508A", "#8B7FCB", "#CFC4FF")

# Text on ground that must reach WCAG AA (4.5:1), and marks that must reach 3:1; a test computes the ratios.
TEXT_PAIRS = (
    ("ink", "page"),
    ("ink", "panel"),
    ("ink", "raised"),
    ("muted", "page"),
    ("muted", "panel"),
    ("muted", "raised"),
    ("brand", "panel"),
    ("brand", "page"),
    ("brand-ink", "brand-soft"),
    ("on-brand", "brand"),
    ("good", "panel"),
    ("bad", "panel"),
    ("demo", "demo-soft"),
    ("map-label", "map-land"),
)
MARK_PAIRS = (("focus", "panel"), ("focus", "page"), *((f"theme-{name}", "panel") for name in ("public", "elite")))


def colour(name: str, scheme: Scheme) -> str:
    """Return a token's colour as ``#RRGGBB``."""
    return COLOURS[name][SCHEMES.index(scheme)]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#RRGGBB`` colours, from 1 to 21.

    Notes
    -----
    WCAG 2.2, definitions of relative luminance and contrast ratio.
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(hex_colour: str) -> float:
    channels = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def stylesheet() -> str:
    """Return the tokens as CSS custom properties for both schemes."""
    sizes = [f"--text-{name}:{px / 16:g}rem" for name, px in TYPE_SCALE_PX.items()]
    spaces = [f"--space-{name}:{px}px" for name, px in SPACE_PX.items()]
    shared = [f"--font:{FONT}", f"--radius:{RADIUS_PX}px", *sizes, *spaces]
    blocks = [f":root{{{';'.join(shared)}}}"]
    for scheme in SCHEMES:
        tokens = [f"--{name}:{colour(name, scheme)}" for name in COLOURS]
        tokens += [f"--coverage-{step}:{value}" for step, value in enumerate(COVERAGE[scheme])]
        difference = DIFFERENCE if scheme == "light" else DIFFERENCE_DARK
        tokens += [f"--difference-{step}:{value}" for step, value in enumerate(difference)]
        tokens.append(f"color-scheme:{scheme}")
        blocks.append(f":root[data-scheme={scheme}]{{{';'.join(tokens)}}}")
    # Paper is white, whatever the screen was: the tokens of the light scheme, after all others.
    blocks.append(f"@media print{{{blocks[1].replace('=light', '')}}}")
    return "\n".join(blocks)


@cache
def stylesheet_fingerprint() -> str:
    """Return the part of the stylesheet's address that changes with its content."""
    return hashlib.sha256(stylesheet().encode()).hexdigest()[:12]


def mantine_theme() -> dict[str, Any]:
    """Return the theme of the Mantine components."""
    shades = [
        "#E8EEFC", "#D0DCF9", "#A9C8FF", "#7FB0FF", "#4C8DFF",
        "#2F6BEA", "#1D4ED8", "#1B3FA8", "#17337F", "#10235A",
    ]  # fmt: skip
    return {
        "fontFamily": FONT,
        "fontFamilyMonospace": "ui-monospace,'Noto Sans Mono CJK SC',monospace",
        "primaryColor": "brand",
        "primaryShade": {"light": 6, "dark": 4},
        "autoContrast": True,
        "defaultRadius": RADIUS_PX,
        "colors": {"brand": shades},
        "fontSizes": {name: f"{px / 16:g}rem" for name, px in TYPE_SCALE_PX.items()},
        "headings": {"fontFamily": FONT, "fontWeight": "600"},
    }


def plotly_template(scheme: Scheme) -> dict[str, Any]:
    """Return the Plotly template of a scheme as a plain dict."""
    axis = {
        "gridcolor": colour("line", scheme),
        "linecolor": colour("line-strong", scheme),
        "zerolinecolor": colour("line-strong", scheme),
        "tickfont": {"color": colour("muted", scheme), "size": TYPE_SCALE_PX["xs"]},
    }
    names = ("brand", "theme-public", "theme-youth", "theme-elite", "theme-facility", "theme-safety")
    return {
        "layout": {
            "font": {"family": FONT, "color": colour("ink", scheme), "size": TYPE_SCALE_PX["sm"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colour(name, scheme) for name in names],
            "margin": {"l": 48, "r": 16, "t": 16, "b": 40},
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"bgcolor": colour("panel", scheme), "font": {"color": colour("ink", scheme)}},
        }
    }
