// Whole pictures made small enough to be seen at once: the only thing on the trial page that is interpolated.

/** @typedef {import("./view.js").Size} Size
 * @typedef {ImageBitmap | HTMLCanvasElement | OffscreenCanvas} Picture */

const BETWEEN = 150 // ms from one to the next: each takes about as long as a frame

export class Overviews {
  /** @type {WeakMap<Picture, ImageBitmap>} */ #made = new WeakMap()
  #timer = 0

  /** The picture in this size, made once. @param {Picture} picture @param {Size} size */
  of(picture, { width, height }) {
    const known = this.#made.get(picture)
    if (known?.width === width && known.height === height) return known
    const canvas = new OffscreenCanvas(width, height)
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }))
    context.imageSmoothingQuality = "high"
    context.drawImage(picture, 0, 0, width, height)
    const made = canvas.transferToImageBitmap() // drawn now, and not only when it is first shown
    this.#made.set(picture, made)
    return made
  }

  /** Makes them while nobody waits for them. @param {Picture[]} pictures @param {Size} size */
  prepare([picture, ...others], size) {
    clearTimeout(this.#timer)
    if (!picture) return
    this.#timer = setTimeout(() => {
      if (picture.width) this.of(picture, size) // else it was closed: its trial is over
      this.prepare(others, size)
    }, BETWEEN)
  }
}
