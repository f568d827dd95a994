"""One view of three panes: no drift, no flash, and every look told."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.panes import serve

pytestmark = pytest.mark.one_database  # arithmetic and drawing

_WALK = """async () => {
  const next = random(11), size = 600, { canvas, pixels } = noise(size, 5)
  viewer.show({ left: canvas, reference: canvas, right: canvas }, { width: size, height: size })
  const rounded = (number) => Math.round(number), faults = [], scales = new Set()
  const step = () => {
    const kind = next(), at = { x: next() * 300 - 150, y: next() * 300 - 150 }
    if (kind < 0.5) viewer.drag(at.x, at.y)
    else if (kind < 0.9) viewer.zoom(next() < 0.5 ? 1 : -1, at)
    else if (kind < 0.95) viewer.zoomRound(at)
    else if (kind < 0.97) viewer.fit()
    else viewer.zoomTo([1, 2, 4, 8][Math.floor(next() * 4)])
  }
  for (let count = 1; count <= 1000; count++) {
    step()
    const { cx, cy, scale } = viewer.view
    const onGrid = [cx, cy].every((place) => scale < 1 || place * 16 === rounded(place * 16))
    if (!onGrid) faults.push(`off the grid: ${cx}, ${cy}`)
    if (count % 20) continue
    await drawn()
    scales.add(scale)
    const { width, height } = viewer.port
    const held = (pane) => pane.getContext("2d").getImageData(0, 0, width, height).data
    const [left, reference, right] = Object.values(panes).map(held)
    const alike = reference.every((value, i) => value === left[i] && value === right[i])
    if (!alike) faults.push(`panes differ after ${count}`)
    if (scale < 1) continue
    const corner = { x: rounded(width / 2 - cx * scale), y: rounded(height / 2 - cy * scale) }
    for (let probe = 0; probe < 200; probe++) {
      const x = Math.floor(next() * width), y = Math.floor(next() * height)
      const [px, py] = [Math.floor((x - corner.x) / scale), Math.floor((y - corner.y) / scale)]
      const inside = px >= 0 && py >= 0 && px < size && py < size
      const wanted = [0, 1, 2].map((c) => (inside ? pixels.data[4 * (py * size + px) + c] : 0x77))
      const found = reference.subarray(4 * (y * width + x))
      if (wanted.some((value, c) => found[c] !== value)) faults.push(`wrong at ${x}, ${y} of ${scale}`)
    }
  }
  return { faults, scales: scales.size, widths: Object.values(panes).map((pane) => pane.width) }
}"""

_THERE_AND_BACK = """() => {
  const next = random(23), size = 8000, canvas = document.createElement("canvas")
  canvas.width = canvas.height = size
  viewer.show({ left: canvas, reference: canvas, right: canvas }, { width: size, height: size })
  const undo = []
  const same = (one, other) => one.cx === other.cx && one.cy === other.cy && one.scale === other.scale
  while (undo.length < 1000) {
    const before = viewer.view, out = next() < 0.5
    const at = { x: next() * 300 - 150, y: next() * 300 - 150 }
    if (next() < 0.6) {
      viewer.drag(at.x, at.y)
      undo.push([before, () => viewer.drag(-at.x, -at.y)])
    } else if (out ? before.scale > 1 : before.scale < 8) {
      viewer.zoom(out ? -1 : 1, at)
      undo.push([before, () => viewer.zoom(out ? 1 : -1, at)])
    }
  }
  const far = viewer.view
  let astray = 0
  for (const [before, back] of undo.reverse()) {
    back()
    if (!same(viewer.view, before)) astray++
  }
  return { astray, moved: !same(far, viewer.view), at: viewer.view }
}"""


@pytest.fixture
def panes(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 661, "height": 400})  # not to be divided by three
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    serve(page)
    yield page
    context.close()
    assert wrong == []


def test_a_thousand_zooms_and_moves_show_the_same_pixels_in_all_panes(panes: Page) -> None:
    found = panes.evaluate(_WALK)
    assert found["faults"] == []
    assert found["scales"] == 5  # every zoom there is was looked at
    assert len(set(found["widths"])) == 2  # and the panes differ by a pixel


def test_a_thousand_zooms_and_moves_undone_end_exactly_where_they_began(panes: Page) -> None:
    assert panes.evaluate(_THERE_AND_BACK) == {"astray": 0, "moved": True, "at": {"cx": 4000, "cy": 4000, "scale": 1}}


def test_looks_are_told_a_few_times_a_second_and_always_the_last(panes: Page) -> None:
    looks: list[dict[str, Any]] = panes.evaluate(
        """async () => {
          const { canvas } = noise(400, 1)
          viewer.show({ left: canvas, reference: canvas, right: canvas }, { width: 400, height: 400 })
          viewer.zoomTo(8)
          for (let i = 0; i < 40; i++) { viewer.drag(3, 0); await frame() }
          viewer.fit()
          viewer.replace(true, "reference")
          await drawn()
          viewer.blank() // an answer: what was seen last is told before the pictures go
          viewer.zoomTo(2) // and nothing after them
          await new Promise((resolve) => setTimeout(resolve, 300))
          return seen.looks
        }"""
    )
    *before, last = looks
    assert [look["cx"] for look in before] == sorted((look["cx"] for look in before), reverse=True)
    assert 1 <= len(before) < 20
    assert (last["overview"], last["inPlace"]) == (True, "reference")
    assert last.keys() == {"t", "cx", "cy", "scale", "overview", "inPlace"}


_FLICKER = """async () => {
  const changes = [], button = document.createElement("button")
  const replace = (swapped, how) => changes.push([performance.now(), swapped, how])
  const inPlace = new InPlace({ replace }, null, button)
  inPlace.press()
  inPlace.release() // a tap: it goes on
  while (changes.length < 6) await frame()
  inPlace.press()
  const stopped = changes.length
  await new Promise((resolve) => setTimeout(resolve, 600))
  return { changes: changes.slice(0, stopped), after: changes.length - stopped, pressed: button.ariaPressed }
}"""


def test_flicker_never_comes_near_three_flashes_a_second(panes: Page) -> None:
    found = panes.evaluate(_FLICKER)
    *turns, end = found["changes"]
    assert [swapped for _, swapped, _ in turns] == [True, False, True, False, True, False]
    assert {how for *_, how in turns} == {"flicker"}
    gaps = [after[0] - before[0] for before, after in pairwise(turns)]
    assert min(gaps) > 1000 / 6 + 16.7  # a flash is two changes, and each is drawn within a frame
    assert (end[1:], found["after"], found["pressed"]) == ([False, None], 0, "false")


def test_who_wants_no_motion_changes_the_picture_by_each_press(panes: Page) -> None:
    panes.emulate_media(reduced_motion="reduce")
    changes = panes.evaluate(
        """async () => {
          const changes = []
          const replace = (swapped, how) => changes.push([swapped, how])
          const inPlace = new InPlace({ replace }, null, document.createElement("button"))
          inPlace.press()
          inPlace.release()
          await new Promise((resolve) => setTimeout(resolve, 600))
          inPlace.press()
          return changes
        }"""
    )
    assert changes == [[True, "reference"], [False, None]]


def test_a_step_without_motion_outlasts_whoever_passes_over_the_other_button(panes: Page) -> None:
    panes.emulate_media(reduced_motion="reduce")
    found = panes.evaluate(
        """() => {
          const changes = [], hold = document.createElement("button"), flicker = document.createElement("button")
          const inPlace = new InPlace({ replace: (swapped) => changes.push(swapped) }, hold, flicker)
          inPlace.press()
          for (const passed of ["pointerdown", "pointerup", "pointerleave"]) hold.dispatchEvent(new Event(passed))
          const [stepped, pressed] = [[...changes], flicker.ariaPressed]
          inPlace.press()
          inPlace.hold(true)
          const shown = changes.at(-1)
          inPlace.hold(false)
          return { stepped, pressed, shown, released: changes.at(-1) }
        }"""
    )
    assert found == {"stepped": [True], "pressed": "true", "shown": True, "released": False}
