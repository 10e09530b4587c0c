"""How charts look: every colour, pattern and dash has its name here and only here.

Okabe and Ito's colours stay apart for every kind of colour vision. Colour is never the only sign: areas also have a pattern,
lines a dash, and both a label. Ink, paper and hairlines are those of the dashboard's page.
"""

from __future__ import annotations

from dataclasses import dataclass

THEMES = ("light", "dark")

# name -> (on light paper, on dark paper)
COLOURS = {
    "paper": ("#ffffff", "#191e24"),
    "ink": ("#15191e", "#e9ecef"),
    "soft": ("#505b66", "#a7b1bb"),
    "faint": ("#c9ced4", "#49525c"),
    "hair": ("#dfe3e7", "#2e353d"),
    "hatch": ("#15191e", "#191e24"),  # the lines of patterns: dark on both, since the fills are alike on both
    # Okabe and Ito; black turns to white on dark paper
    "black": ("#000000", "#f4f4f4"),
    "orange": ("#e69f00", "#e69f00"),
    "sky": ("#56b4e9", "#56b4e9"),
    "green": ("#009e73", "#009e73"),
    "yellow": ("#f0e442", "#f0e442"),
    "blue": ("#0072b2", "#0f83c6"),
    "vermillion": ("#d55e00", "#d55e00"),
    "purple": ("#cc79a7", "#cc79a7"),
    "grey": ("#999999", "#8b8b8b"),
    # the nested bands of a fan: one hue, darker toward the middle
    "band_90": ("#d5e5f1", "#1f3648"),
    "band_80": ("#a9cbe4", "#2a5374"),
    "band_50": ("#6fa9d3", "#3d7aa8"),
}

PATTERNS = ("", "/", "\\", "x", "-", "|", "+", ".")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")

# What tells lines of one chart apart, in order: colour and dash.
LINES = (
    ("black", "solid"),
    ("vermillion", "dash"),
    ("blue", "dot"),
    ("green", "dashdot"),
    ("purple", "longdash"),
    ("orange", "solid"),
    ("sky", "dash"),
)


@dataclass(frozen=True)
class Fill:
    """The colour (a name in COLOURS) and the pattern (one of PATTERNS) of an area."""

    colour: str
    pattern: str


# Outcome classes in the order of the peace scale, from war up. Neighbours differ in lightness and in pattern.
OUTCOMES = {
    "war": Fill("black", ""),
    "crisis": Fill("vermillion", "x"),
    "chronic_hostility": Fill("grey", "/"),
    "cold_peace": Fill("yellow", "."),
    "ad_hoc_management": Fill("sky", ""),
    "issue_regime": Fill("blue", "\\"),
    "fragile_regime": Fill("purple", "|"),
    "robust_regime": Fill("green", ""),
    "security_community": Fill("orange", "+"),
}
REGIME = Fill("green", "/")  # a security regime of whatever kind
PLUS, MINUS = Fill("blue", ""), Fill("orange", "/")


def colour(name: str, theme: str = "light") -> str:
    """The colour of a name on the paper of a theme.

    >>> colour("black", "dark")
    '#f4f4f4'
    """
    return COLOURS[name][THEMES.index(theme)]


def mixed(name: str, share: float, theme: str = "light") -> str:
    """A colour thinned with the paper: `share` of it is left.

    >>> mixed("black", 0.0), mixed("black", 0.5), mixed("black", 1.0)
    ('#ffffff', '#808080', '#000000')
    """
    ink, paper = ([int(colour(one, theme)[k : k + 2], 16) for k in (1, 3, 5)] for one in (name, "paper"))
    return "#" + "".join(f"{round(share * a + (1.0 - share) * b):02x}" for a, b in zip(ink, paper, strict=True))
