// What the browser tells of the screen that a page is on. Nothing here needs a secure context.

/**
 * `gamut`, `dynamic_range`: null where the browser does not say.
 * @typedef {{gamut: "srgb" | "p3" | "rec2020" | null, dynamic_range: "standard" | "high" | null}} Colours
 */

const ZOOMS = [25, 30, 33, 50, 67, 75, 80, 90, 100, 110, 120, 125, 133, 150, 170, 175, 200, 240, 250, 300, 400, 500]
const BORDERS = 16 // CSS pixels of a window's two edges
const NEAR = 0.015 // of a zoom on offer: further off, something else stands beside the page
const HAND_HELD = 600 // CSS pixels: the shorter side of every tablet's screen is longer

/** What the screen that the window is on right now can show: sent with every answer. @returns {Colours} */
export function screenOf() {
  const gamuts = /** @type {const} */ (["rec2020", "p3", "srgb"])
  const ranges = /** @type {const} */ (["high", "standard"])
  return {
    gamut: gamuts.find((gamut) => matchMedia(`(color-gamut: ${gamut})`).matches) ?? null,
    dynamic_range: ranges.find((range) => matchMedia(`(dynamic-range: ${range})`).matches) ?? null,
  }
}

/** Whether this is a telephone or a tablet without mouse and touchpad. */
export function touchOnly() {
  const coarse = matchMedia("(pointer: coarse)").matches
  return coarse && (!matchMedia("(any-hover: hover)").matches || Math.min(screen.width, screen.height) < HAND_HELD)
}

/** The browser's zoom in percent, from how much of the window the page has; null where nobody can tell. */
export function zoomPercent() {
  if (CSS.supports("-moz-appearance", "none")) return null // Firefox zooms the window's measures along
  if (!outerWidth || !innerWidth) return null
  const [least, most] = [(outerWidth - BORDERS) / innerWidth, outerWidth / innerWidth]
  const fits = ZOOMS.filter((zoom) => zoom / 100 > least - NEAR && zoom / 100 < most + NEAR)
  const middle = (100 * (least + most)) / 2
  return fits.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? null
}

/** Whether the window fills its screen already. */
export function fillsScreen() {
  return outerWidth >= 0.97 * screen.availWidth && outerHeight >= 0.93 * screen.availHeight
}

/** Calls whenever the window changed, or the screen that it is on. @param {() => void} changed */
export function watch(changed) {
  addEventListener("resize", changed)
  const asked = ["(color-gamut: p3)", "(color-gamut: rec2020)", "(dynamic-range: high)", "(pointer: coarse)", "(any-hover: hover)"]
  for (const query of asked) matchMedia(query).addEventListener("change", changed)
}
