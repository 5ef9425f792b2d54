"""A drawing's colours on dark paper: for the pictures of the build, and for those that a page draws
when it runs (website/live). Plain Python, as it also goes into the reader's browser."""

import re
from colorsys import hls_to_rgb, rgb_to_hls


def turned(colour: str) -> str:
    """A colour as it is on dark paper: greys are turned over, all others are light and keep their
    hue, so that orange stays orange."""
    hue, lightness, saturation = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    if saturation < 0.1:
        lightness = 0.92 - 0.83 * lightness
    else:
        lightness, saturation = max(lightness, 0.66), 0.85 * saturation
    parts = hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def with_dark_colours(svg: str) -> str:
    """A drawing that follows the page: a browser hands its scheme on to the pictures in it.

    Pure black text stays: it stands on a coloured ground, which is light in the dark too.
    """
    colours = sorted(set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg)))
    rules = "".join(
        f'[style*="{what}: {colour}"]{{{what}:{turned(colour)}!important}}'
        for colour in colours
        for what in ("fill", "stroke")
        if f"{what}: {colour}" in svg
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
    return re.sub(r"(<svg[^>]*>)(<style>@media.*?</style>)?", rf"\g<1>{style}", svg, count=1)
