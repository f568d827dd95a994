"""How long the trial page's three panes take for a frame, in a Chromium that renders in software.

``python -m benchmarks.bench_viewer`` shows pictures of 2048 × 2048 noise, makes 300 random zooms and moves, one to a
frame, at device-pixel ratios 1 and 2, and prints the time between frames. Chromium runs without its limit of 60 frames
a second: what is timed is then how long a frame takes to make, not when the next one was due. The same page with
nothing on it but grey panes tells what the browser itself takes. The last line is JSON.
"""

import argparse
import json
import mimetypes
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

from tests.e2e.chromium import start

_STATIC = Path(__file__).resolve().parents[1] / "static"
_FRAME = 1000 / 60  # ms
_PAGE = """<!doctype html><html class="subject"><meta charset="utf-8"><title>bench</title>
<link rel="stylesheet" href="/css/tokens.css"><link rel="stylesheet" href="/css/base.css">
<link rel="stylesheet" href="/css/subject.css"><link rel="stylesheet" href="/css/trial.css">
<main class="trial"><section class="panes">
<figure class="pane"><div class="window"><canvas id="left"></canvas></div></figure>
<figure class="pane"><div class="window"><canvas id="reference"></canvas></div></figure>
<figure class="pane"><div class="window"><canvas id="right"></canvas></div></figure>
</section><footer class="foot"><output id="zoom"></output></footer></main></html>"""
_RUN = """async ({ size, steps, shown, seed }) => {
  const { Viewer } = await import("/js/viewer.js")
  const panes = Object.fromEntries(["left", "reference", "right"].map((name) => [name, document.getElementById(name)]))
  const viewer = new Viewer(panes, { onChange: (readout) => (document.getElementById("zoom").textContent = readout.scale) })
  const picture = async () => {
    const pixels = new ImageData(size, size)
    for (let i = 0; i < pixels.data.length; i += 65536) crypto.getRandomValues(pixels.data.subarray(i, i + 65536))
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255
    const canvas = new OffscreenCanvas(size, size)
    canvas.getContext("2d").putImageData(pixels, 0, 0)
    const file = await canvas.convertToBlob({ type: "image/png" })
    return createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" })
  }
  const frame = () => new Promise(requestAnimationFrame)
  await frame()
  if (shown) viewer.show({ left: await picture(), reference: await picture(), right: await picture() }, { width: size, height: size })
  for (let i = 0; i < 20; i++) await frame()
  let state = seed
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648
  const times = []
  let last = await frame()
  for (let step = 0; step < steps; step++) {
    const kind = random()
    const at = { x: Math.round(random() * 300 - 150), y: Math.round(random() * 300 - 150) }
    if (kind < 0.6) viewer.drag(at.x, at.y)
    else if (kind < 0.95) viewer.zoom(random() < 0.5 ? 1 : -1, at)
    else viewer.fit()
    const now = await frame()
    times.push(now - last)
    last = now
  }
  return { times, width: panes.left.width, height: panes.left.height }
}"""


def main() -> None:
    """Prints a table and the line of JSON."""
    parser = argparse.ArgumentParser(description="Frame times of the trial page's viewer.")
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--steps", type=int, default=300)
    asked = parser.parse_args()
    rows = [_measure(ratio, shown, asked.size, asked.steps) for ratio in (1, 2) for shown in (True, False)]
    for row in rows:
        print(  # noqa: T201
            f"ratio {row['ratio']}, panes {row['pane']:<11} {'pictures' if row['pictures'] else 'only grey':<10}"
            f"median {row['median']:6.1f} ms   p99 {row['p99']:6.1f} ms   max {row['max']:6.1f} ms   "
            f"within one frame of 60 a second {row['within']:6.1%}"
        )
    print(json.dumps({"frames": rows}))  # noqa: T201


def _measure(ratio: int, shown: bool, size: int, steps: int) -> dict[str, Any]:
    window = f"--window-size={1920 * ratio},{1080 * ratio}"
    with sync_playwright() as playwright:
        browser = start(
            playwright,
            f"--force-device-scale-factor={ratio}",
            window,
            "--disable-frame-rate-limit",
            "--disable-gpu-vsync",
        )
        page = browser.new_context(no_viewport=True).new_page()
        _serve(page)
        found = page.evaluate(_RUN, {"size": size, "steps": steps, "shown": shown, "seed": 4})
        browser.close()
    times = np.asarray(found["times"])
    return {
        "ratio": ratio,
        "pane": f"{found['width']} × {found['height']}",
        "pictures": shown,
        "median": round(float(np.median(times)), 2),
        "p99": round(float(np.percentile(times, 99)), 2),
        "max": round(float(times.max()), 2),
        "within": round(float((times <= _FRAME).mean()), 4),
    }


def _serve(page: Page) -> None:
    """The page and the files it asks for come from the checkout; nothing listens anywhere."""

    def answer(route: Route) -> None:
        path = route.request.url.split("://", 1)[1].partition("/")[2].partition("?")[0]
        file = _STATIC / path
        if not path:
            route.fulfill(body=_PAGE, content_type="text/html; charset=utf-8")
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(path)[0] or "text/plain")
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    page.goto("http://viewer.test/")


if __name__ == "__main__":
    main()
