"""Three panes on a page of their own, without a server: the viewer as it is, for whoever drives it from inside."""

import mimetypes
from pathlib import Path

from playwright.sync_api import Page, Route

_STATIC = Path(__file__).resolve().parents[2] / "static"
_STYLES = "".join(f'<link rel="stylesheet" href="/css/{name}.css">' for name in ("tokens", "base", "subject", "trial"))
_PANES = "".join(
    f'<figure class="pane"><div class="window"><canvas id="{name}"></canvas></div></figure>'
    for name in ("left", "reference", "right")
)
_PAGE = f"""<!doctype html><html class="subject" lang="en"><meta charset="utf-8"><title>Three panes</title>{_STYLES}
<main class="trial"><section class="panes">{_PANES}</section>
<footer class="foot"><output id="zoom"></output></footer></main>
<script type="module">
import {{ InPlace }} from "/js/inplace.js"
import {{ Viewer }} from "/js/viewer.js"
const panes = Object.fromEntries(["left", "reference", "right"].map((name) => [name, document.getElementById(name)]))
const seen = {{ readout: null, looks: [] }}
const viewer = new Viewer(panes, {{
  onChange: (readout) => {{ seen.readout = readout; document.getElementById("zoom").textContent = readout.scale }},
  onTrace: (look) => seen.looks.push(look),
}})
const frame = () => new Promise(requestAnimationFrame)
const drawn = () => frame().then(frame) // a change asks for the next frame
/** Noise that is the same for the same seed. */
function random(state) {{ return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648 }}
function noise(size, seed) {{
  const pixels = new ImageData(size, size), next = random(seed)
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = i % 4 === 3 ? 255 : Math.floor(next() * 256)
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = size
  canvas.getContext("2d").putImageData(pixels, 0, 0)
  return {{ canvas, pixels }}
}}
Object.assign(window, {{ panes, viewer, seen, frame, drawn, random, noise, InPlace }})
document.documentElement.dataset.ready = "true"
</script></html>"""


def serve(page: Page) -> None:
    """Opens it; its page and every file it asks for come from the checkout, and nothing listens anywhere."""

    def answer(route: Route) -> None:
        path = route.request.url.split("://", 1)[1].partition("/")[2]
        file = _STATIC / path
        if not path:
            route.fulfill(body=_PAGE, content_type="text/html; charset=utf-8")
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(path)[0] or "text/plain")
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    page.goto("http://panes.test/")
    page.wait_for_selector("html[data-ready]")
