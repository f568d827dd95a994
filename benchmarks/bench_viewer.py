"""How long the trial page's three panes take for a frame, in a Chromium that renders in software.

``python -m benchmarks.bench_viewer`` shows pictures of 2048 × 2048 noise, makes 300 random zooms and moves, one to a
frame, at device-pixel ratios 1 and 2, and prints the time between frames. Chromium runs without its limit of 60 frames
a second: what is timed is then how long a frame takes to make, not when the next one was due. The same page with
nothing on it but grey panes tells what the browser itself takes. On a busy machine frames wait for other programs; the
processor time of a frame, all of the browser's processes together, does not. The last line is JSON.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from tests.e2e.chromium import start
from tests.e2e.panes import serve

_FRAME = 1000 / 60  # ms
_WINDOWS = {1: "1920,1080", 2: "1280,800"}  # in CSS pixels: a usual screen, a usual laptop of the dense kind
_RUN = """async ({ size, steps, shown, seed }) => {
  const picture = async () => {
    const pixels = new ImageData(size, size)
    for (let i = 0; i < pixels.data.length; i += 65536) crypto.getRandomValues(pixels.data.subarray(i, i + 65536))
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255
    const canvas = new OffscreenCanvas(size, size)
    canvas.getContext("2d").putImageData(pixels, 0, 0)
    const file = await canvas.convertToBlob({ type: "image/png" })
    return createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" })
  }
  const pictures = { left: await picture(), reference: await picture(), right: await picture() }
  if (shown) viewer.show(pictures, { width: size, height: size })
  await new Promise((resolve) => setTimeout(resolve, 1000)) // somebody looks before they zoom
  const next = random(seed)
  const times = []
  let last = await frame()
  for (let step = 0; step < steps; step++) {
    const kind = next()
    const at = { x: Math.round(next() * 300 - 150), y: Math.round(next() * 300 - 150) }
    if (kind < 0.6) viewer.drag(at.x, at.y)
    else if (kind < 0.95) viewer.zoom(next() < 0.5 ? 1 : -1, at)
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
        shown = "pictures" if row["pictures"] else "only grey"
        times = "   ".join(f"{name} {row[name]:6.1f} ms" for name in ("processor", "median", "p99", "max"))
        within = f"within one frame of 60 a second {row['within']:6.1%}"
        print(f"ratio {row['ratio']}, panes {row['pane']:<11} {shown:<10} {times}   {within}")  # noqa: T201
    print(json.dumps({"frames": rows}))  # noqa: T201


def _measure(ratio: int, shown: bool, size: int, steps: int) -> dict[str, Any]:
    window = f"--window-size={_WINDOWS[ratio]}"
    with sync_playwright() as playwright:
        own = f"--beholder-bench={os.getpid()}"
        browser = start(
            playwright,
            own,
            f"--force-device-scale-factor={ratio}",
            window,
            "--disable-frame-rate-limit",
            "--disable-gpu-vsync",
        )
        page = browser.new_context(no_viewport=True).new_page()
        serve(page)
        asked = {"size": size, "shown": shown, "seed": 4}
        page.evaluate(_RUN, asked | {"steps": 1})  # makes the pictures, which takes time of its own
        before = _processor_ms(own)
        page.evaluate(_RUN, asked | {"steps": 1})
        between = _processor_ms(own)
        found = page.evaluate(_RUN, asked | {"steps": steps})
        spent = _processor_ms(own) - between - (between - before)
        browser.close()
    times = np.asarray(found["times"])
    return {
        "ratio": ratio,
        "pane": f"{found['width']} × {found['height']}",
        "pictures": shown,
        "processor": round(spent / (steps - 1), 1),
        "median": round(float(np.median(times)), 2),
        "p99": round(float(np.percentile(times, 99)), 2),
        "max": round(float(times.max()), 2),
        "within": round(float((times <= _FRAME).mean()), 4),
    }


def _processor_ms(argument: str) -> float:
    """What the process started with this argument, and all that it started, have had of the processors; Linux only."""
    taken: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    root = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        number = int(folder.name)
        children.setdefault(int(stat[1]), []).append(number)
        taken[number] = (int(stat[11]) + int(stat[12])) * 1000 / os.sysconf("SC_CLK_TCK")
        if argument in command and "--type=" not in command:
            root = number
    family, todo = 0.0, [root]
    while todo:
        number = todo.pop()
        family += taken.get(number, 0.0)
        todo += children.get(number, [])
    return family


if __name__ == "__main__":
    main()
