// Three panes, one view: each canvas holds exactly the device pixels it covers, so that 1 : 1 is one pixel on one pixel.
import { Backing } from "./backing.js"
import { Overviews } from "./overviews.js"
import { fitScale, fitted, moved, oneToOne, placed, scaledAt, scales, stepped, within } from "./view.js"

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Size} Size
 * @typedef {import("./backing.js").Obstacle} Obstacle
 * @typedef {"left" | "reference" | "right"} PaneName
 * @typedef {Record<PaneName, ImageBitmap | HTMLCanvasElement | OffscreenCanvas>} Pictures
 * @typedef {"reference" | "flicker" | null} InPlace whether the reference stands in place of the candidates, or in turns
 * @typedef {{scale: number, whole: boolean, seen: Size, inPlace: InPlace, obstacle: Obstacle | null}} Readout what is
 *   seen of the pictures, and how
 * @typedef {{t: number, cx: number, cy: number, scale: number, overview: boolean, inPlace: InPlace}} Look one entry of
 *   the trace: `t` in ms of `performance.now()`, the rest as in `View`
 * @typedef {{onChange: (readout: Readout) => void, onTrace?: (look: Look) => void}} Ears
 */

const TRACED_EVERY = 200 // ms: where a drag goes through is told this often, where it ends always

export class Viewer {
  /** @type {Pictures | null} */ #pictures = null
  /** @type {Size} */ #size = { width: 1, height: 1 }
  /** @type {View} */ #view = { cx: 0.5, cy: 0.5, scale: 1 }
  /** @type {InPlace} */ #inPlace = null
  #referenceEverywhere = false
  #scheduled = false
  #tracing = 0
  #traced = ""
  #overviews = new Overviews()

  /** @param {Record<PaneName, HTMLCanvasElement>} panes @param {Ears} ears */
  constructor(panes, ears) {
    this.panes = panes
    this.ears = ears
    this.surround = getComputedStyle(/** @type {Element} */ (panes.left.parentElement)).backgroundColor
    this.backing = new Backing(Object.values(panes), () => this.#resized())
  }

  /** Shows a trial's pictures, every trial from the middle and at 1 : 1. @param {Pictures} pictures @param {Size} size */
  show(pictures, size) {
    this.#pictures = pictures
    this.#size = { width: size.width, height: size.height }
    this.#inPlace = null
    this.#referenceEverywhere = false
    this.#traced = ""
    this.#look(oneToOne(size))
    this.#draw()
    const whole = placed(fitted(size, this.port), size, this.port).to
    if (this.#overviewScale < 1) this.#overviews.prepare(Object.values(pictures), whole)
  }

  /** Nothing but grey, at once. */
  blank() {
    this.#trace() // where the last look ended belongs to this trial
    this.#pictures = null
    this.#draw()
  }

  /** The reference in all three places, or each picture in its own. @param {boolean} everywhere @param {InPlace} how */
  replace(everywhere, how) {
    if (this.#referenceEverywhere === everywhere && this.#inPlace === how) return
    this.#referenceEverywhere = everywhere
    this.#inPlace = how
    this.#redraw()
  }

  /** One level in (`1`) or out (`-1`), about a point given in device pixels from a pane's middle.
   * @param {number} direction @param {{x: number, y: number}} [about] */
  zoom(direction, about = { x: 0, y: 0 }) {
    const scale = stepped(this.#view.scale, direction, scales(this.#size, this.port))
    if (scale !== this.#view.scale) this.#look(scaledAt(this.#view, scale, about.x, about.y))
  }

  /** In by one level; from the last one back to 1 : 1. @param {{x: number, y: number}} about */
  zoomRound(about) {
    const highest = scales(this.#size, this.port).at(-1)
    if (this.#view.scale === highest) this.#look(scaledAt(this.#view, 1, about.x, about.y))
    else this.zoom(1, about)
  }

  /** At this many device pixels to a picture pixel, the middle staying where it is. @param {number} scale */
  zoomTo(scale) {
    this.#look({ ...this.#view, scale })
  }

  /** @param {number} x @param {number} y device pixels */
  drag(x, y) {
    this.#look(moved(this.#view, x, y))
  }

  fit() {
    this.#look(fitted(this.#size, this.port))
  }

  /** The one view of all three panes. */
  get view() {
    return { ...this.#view }
  }

  /** What all three panes can show: they differ by a device pixel at some window widths, and the smallest decides. */
  get port() {
    const all = Object.values(this.panes)
    return { width: Math.min(...all.map((pane) => pane.width)), height: Math.min(...all.map((pane) => pane.height)) }
  }

  /** Whether one picture pixel is one device pixel at 1 : 1. */
  get exact() {
    return this.backing.obstacle === null
  }

  /** How the pictures are shown here, as an answer tells it. */
  get shown() {
    const { width, height } = this.port
    return { pixel_ratio: devicePixelRatio, pane_width: width, pane_height: height, exact: this.exact }
  }

  get #overviewScale() {
    return fitScale(this.#size, this.port)
  }

  /** @param {View} view */
  #look(view) {
    this.#view = within(view, this.#size, this.port)
    this.#redraw()
  }

  #resized() {
    if (this.#view.scale < 1) this.#view = { ...this.#view, scale: this.#overviewScale }
    this.#view = within(this.#view, this.#size, this.port)
    this.#draw() // before the next paint: a resized canvas is empty
  }

  #redraw() {
    if (this.#scheduled) return
    this.#scheduled = true
    requestAnimationFrame(() => {
      this.#scheduled = false
      this.#draw()
    })
  }

  #draw() {
    const port = this.port
    for (const [name, canvas] of /** @type {[PaneName, HTMLCanvasElement][]} */ (Object.entries(this.panes))) {
      this.#paint(canvas, port, this.#pictures?.[this.#referenceEverywhere ? "reference" : name])
    }
    const { scale } = this.#view
    const seen = { width: Math.floor(port.width / scale), height: Math.floor(port.height / scale) }
    const whole = seen.width >= this.#size.width && seen.height >= this.#size.height
    this.ears.onChange({ scale, whole, seen, inPlace: this.#inPlace, obstacle: this.backing.obstacle })
    if (this.#pictures && this.ears.onTrace) this.#tracing ||= setTimeout(() => this.#trace(), TRACED_EVERY)
  }

  #trace() {
    clearTimeout(this.#tracing)
    this.#tracing = 0
    const look = { ...this.#view, overview: this.#view.scale < 1, inPlace: this.#inPlace }
    const said = JSON.stringify(look)
    if (!this.#pictures || said === this.#traced) return
    this.#traced = said
    this.ears.onTrace?.({ t: Math.round(performance.now()), ...look })
  }

  /** @param {HTMLCanvasElement} canvas @param {Size} port @param {Pictures[PaneName] | undefined} picture */
  #paint(canvas, port, picture) {
    // without an alpha channel there is less to blend: a frame took a tenth less where no graphics card helps
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }))
    const { from, to } = placed(this.#view, this.#size, port)
    const covered = to.x <= 0 && to.y <= 0 && to.x + to.width >= canvas.width && to.y + to.height >= canvas.height
    context.fillStyle = this.surround
    if (!picture || !covered) context.fillRect(0, 0, canvas.width, canvas.height)
    if (!picture) return
    context.imageSmoothingEnabled = false
    if (this.#view.scale < 1) context.drawImage(this.#overviews.of(picture, to), to.x, to.y)
    else context.drawImage(picture, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height)
    if (canvas.width > port.width) context.fillRect(port.width, 0, canvas.width - port.width, canvas.height)
    if (canvas.height > port.height) context.fillRect(0, port.height, canvas.width, canvas.height - port.height)
  }
}
