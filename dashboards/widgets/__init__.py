"""The one widget of all pages: plain ES modules beside this file, no build step."""

from __future__ import annotations

import anywidget
import traitlets

# The modules are served as files, so they can import each other and stay in the browser's cache; the address
# of their folder changes with their content and stands in the page's head.
LOADER = """
export default async () => {
  const root = document.querySelector('meta[name="regime-abm"]').dataset.ui;
  return (await import(new URL(root + "/widgets/desk.js", location.href).href)).default;
};
"""


class DeskView(anywidget.AnyWidget):
    """Everything the pages draw. Values go to the browser as they are set; what it wants comes as messages.

    fixed: what changes with the scenario alone. desk: the question that all pages share. setup: what stays the
    same in a run. frame: one month. band: the futures so far; base: those of the unchanged scenario. why: the
    terms behind one tie or state. notice: one line for the reader. sliders, choices, subjects, about: what the
    pages of that kind need. comparison: the same futures under several questions. explained: why something
    stands as it does. claims: the claims as their files state them; trial: one tried live.
    """

    _esm = LOADER
    fixed = traitlets.Dict().tag(sync=True)
    desk = traitlets.Dict().tag(sync=True)
    base = traitlets.Dict().tag(sync=True)
    sliders = traitlets.Dict().tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
    comparison = traitlets.Dict().tag(sync=True)
    subjects = traitlets.Dict().tag(sync=True)
    explained = traitlets.Dict().tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    claims = traitlets.Dict().tag(sync=True)
    trial = traitlets.Dict().tag(sync=True)
    setup = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    band = traitlets.Dict().tag(sync=True)
    why = traitlets.Dict().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)
