// The arithmetic of one view shared by three panes: which part of the pictures is seen, at how many device pixels each.

/**
 * `cx`, `cy`: the point of the pictures (in picture pixels) at the middle of every pane; `scale`: device pixels per
 * picture pixel.
 * @typedef {{cx: number, cy: number, scale: number}} View
 * @typedef {{width: number, height: number}} Size
 */

/** Whole numbers only: a picture pixel is then a square of device pixels, and nothing is interpolated. */
const FACTORS = [1, 2, 4, 8]

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
  return Math.min(Math.max(centre, seen / 2), length - seen / 2)
}

/** The view at another scale, with the point at (`x`, `y`) device pixels from the pane's middle staying where it is.
 * @param {View} view @param {number} scale @param {number} x @param {number} y @returns {View} */
export function scaledAt(view, scale, x, y) {
  return { cx: view.cx + x / view.scale - x / scale, cy: view.cy + y / view.scale - y / scale, scale }
}

/** The view after the pictures were dragged by (`x`, `y`) device pixels.
 * @param {View} view @param {number} x @param {number} y @returns {View} */
export function moved(view, x, y) {
  return { ...view, cx: view.cx - x / view.scale, cy: view.cy - y / view.scale }
}

/** The next scale up (`1`) or down (`-1`); the same one at either end.
 * @param {number} scale @param {number} direction @param {readonly number[]} on_offer */
export function stepped(scale, direction, on_offer) {
  const further = on_offer.filter((other) => (direction > 0 ? other > scale : other < scale))
  return (direction > 0 ? further[0] : further.at(-1)) ?? scale
}

/** Where the pictures' top left corner lies in a pane: whole device pixels.
 * @param {View} view @param {Size} port */
export function corner(view, port) {
  return { x: Math.round(port.width / 2 - view.cx * view.scale), y: Math.round(port.height / 2 - view.cy * view.scale) }
}
