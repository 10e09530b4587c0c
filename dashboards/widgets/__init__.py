"""The one widget of the page "Watch": plain ES modules beside this file, no build step."""

from __future__ import annotations

import anywidget
import traitlets

# The modules are served as files, so they can import each other and stay in the browser's cache; the address
# of their folder changes with their content and stands in the page's head.
LOADER = """
export default async () => {
  const root = document.querySelector('meta[name="regime-abm"]').dataset.ui;
  return (await import(new URL(root + "/widgets/watch.js", location.href).href)).default;
};
"""


class WatchView(anywidget.AnyWidget):
    """Everything the page draws. Values go to the browser as they are set; what it wants comes as messages.

    setup: what stays the same in a run. frame: one month. band: the futures so far. why: the terms behind one
    tie or state. notice: one line for the reader.
    """

    _esm = LOADER
    setup = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    band = traitlets.Dict().tag(sync=True)
    why = traitlets.Dict().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)
