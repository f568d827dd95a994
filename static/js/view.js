// The arithmetic of one view shared by three panes: which part of the pictures is seen, at how many device pixels each.

/**
 * `cx`, `cy`: the point of the pictures (in picture pixels) at the middle of every pane; `scale`: device pixels per
 * picture pixel.
 * @typedef {{cx: number, cy: number, scale: number}} View
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */

/** Whole numbers only: a picture pixel is then a square of device pixels, and nothing is interpolated. */
const FACTORS = [1, 2, 4, 8]

// A view stands on a grid of sixteenths of a picture pixel, which is half a device pixel at 8 : 1. Sixteenths, halved
// and doubled, are exact in floating point: a way there and back ends where it began, however long it was.
const GRAIN = 16

/** @param {number} place */
function snapped(place) {
  return Math.round(place * GRAIN) / GRAIN
}

/** The scale at which a whole picture is seen; 1 where it fits as it is. @param {Size} picture @param {Size} port */
export function fitScale(picture, port) {
  return Math.min(1, port.width / picture.width, port.height / picture.height)
}

/** Every scale on offer, smallest first. @param {Size} picture @param {Size} port */
export function scales(picture, port) {
  const fit = fitScale(picture, port)
  return fit < 1 ? [fit, ...FACTORS] : FACTORS
}

/** The middle of the pictures, one picture pixel to one device pixel. @param {Size} picture @returns {View} */
export function oneToOne(picture) {
  return { cx: picture.width / 2, cy: picture.height / 2, scale: 1 }
}

/** The whole picture. @param {Size} picture @param {Size} port @returns {View} */
export function fitted(picture, port) {
  return { ...oneToOne(picture), scale: fitScale(picture, port) }
}

/** The view moved so far back that no empty surround is shown where there is picture left to see.
 * @param {View} view @param {Size} picture @param {Size} port @returns {View} */
export function within(view, picture, port) {
  return {
    cx: held(view.cx, picture.width, port.width / view.scale),
    cy: held(view.cy, picture.height, port.height / view.scale),
    scale: view.scale,
  }
}

/** @param {number} centre @param {number} length @param {number} seen */
function held(centre, length, seen) {
  if (seen >= length) return length / 2
  return snapped(Math.min(Math.max(centre, seen / 2), length - seen / 2))
}

/** The view at another scale, with the point at (`x`, `y`) device pixels from the pane's middle staying where it is.
 * @param {View} view @param {number} scale @param {number} x @param {number} y @returns {View} */
export function scaledAt(view, scale, x, y) {
  const kept = 1 / view.scale - 1 / scale
  return { cx: snapped(view.cx + Math.round(x) * kept), cy: snapped(view.cy + Math.round(y) * kept), scale }
}

/** The view after the pictures were dragged by (`x`, `y`) device pixels.
 * @param {View} view @param {number} x @param {number} y @returns {View} */
export function moved(view, x, y) {
  return { ...view, cx: snapped(view.cx - Math.round(x) / view.scale), cy: snapped(view.cy - Math.round(y) / view.scale) }
}

/** The next scale up (`1`) or down (`-1`); the same one at either end.
 * @param {number} scale @param {number} direction @param {readonly number[]} on_offer */
export function stepped(scale, direction, on_offer) {
  const further = on_offer.filter((other) => (direction > 0 ? other > scale : other < scale))
  return (direction > 0 ? further[0] : further.at(-1)) ?? scale
}

/** The part of the pictures that is in view, and where it lies: whole picture pixels on whole device pixels.
 * @param {View} view @param {Size} picture @param {Size} port @returns {{from: Box, to: Box}} */
export function placed(view, picture, port) {
  const across = stretch(view.cx, view.scale, picture.width, port.width)
  const down = stretch(view.cy, view.scale, picture.height, port.height)
  return {
    from: { x: across.first, y: down.first, width: across.count, height: down.count },
    to: { x: across.start, y: down.start, width: across.length, height: down.length },
  }
}

/** @param {number} centre @param {number} scale @param {number} length @param {number} room */
function stretch(centre, scale, length, room) {
  const corner = Math.round(room / 2 - centre * scale)
  if (scale < 1) return { first: 0, count: length, start: corner, length: Math.max(1, Math.round(length * scale)) }
  const first = Math.max(0, Math.floor(-corner / scale))
  const last = Math.min(length, Math.ceil((room - corner) / scale))
  return { first, count: last - first, start: corner + first * scale, length: (last - first) * scale }
}
