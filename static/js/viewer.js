// Three panes, one view: each canvas holds exactly the device pixels it covers, so that 1 : 1 is one pixel on one pixel.
import { corner, fitScale, fitted, moved, oneToOne, scaledAt, scales, stepped, within } from "./view.js"

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Size} Size
 * @typedef {"left" | "reference" | "right"} PaneName
 * @typedef {Record<PaneName, CanvasImageSource>} Pictures
 * @typedef {{scale: number, whole: boolean, seen: Size, inPlace: boolean}} Readout what is seen of the pictures, and how
 */

export class Viewer {
  /** @type {Pictures | null} */ #pictures = null
  /** @type {Size} */ #size = { width: 1, height: 1 }
  /** @type {View} */ #view = { cx: 0.5, cy: 0.5, scale: 1 }
  #referenceEverywhere = false
  #scheduled = false
  /** @type {(readout: Readout) => void} */ #onChange

  /**
   * @param {Record<PaneName, HTMLCanvasElement>} panes
   * @param {(readout: Readout) => void} onChange
   */
  constructor(panes, onChange) {
    this.panes = panes
    this.#onChange = onChange
    const observer = new ResizeObserver((entries) => this.#resize(entries))
    for (const canvas of Object.values(panes)) {
      try {
        observer.observe(canvas, { box: "device-pixel-content-box" })
      } catch {
        observer.observe(canvas) // Safari knows no such box: sizes are rounded in #resize
      }
    }
  }

  /** Shows a trial's pictures, every trial from the middle and at 1 : 1. @param {Pictures} pictures @param {Size} size */
  show(pictures, size) {
    this.#pictures = pictures
    this.#size = size
    this.#referenceEverywhere = false
    this.#look(oneToOne(size))
    this.#draw()
  }

  /** Nothing but grey, at once. */
  blank() {
    this.#pictures = null
    this.#draw()
  }

  /** @param {boolean} held */
  holdReference(held) {
    if (this.#referenceEverywhere === held) return
    this.#referenceEverywhere = held
    this.#redraw()
  }

  /** One level in (`1`) or out (`-1`), about a point given in device pixels from a pane's middle.
   * @param {number} direction @param {{x: number, y: number}} [about] */
  zoom(direction, about = { x: 0, y: 0 }) {
    const scale = stepped(this.#view.scale, direction, scales(this.#size, this.#port))
    this.#look(scaledAt(this.#view, scale, about.x, about.y))
  }

  /** In by one level; from the last one back to 1 : 1. @param {{x: number, y: number}} about */
  zoomRound(about) {
    const highest = scales(this.#size, this.#port).at(-1)
    if (this.#view.scale === highest) this.#look(scaledAt(this.#view, 1, about.x, about.y))
    else this.zoom(1, about)
  }

  /** @param {number} x @param {number} y device pixels */
  drag(x, y) {
    this.#look(moved(this.#view, x, y))
  }

  fit() {
    this.#look(fitted(this.#size, this.#port))
  }

  oneToOne() {
    this.#look({ ...this.#view, scale: 1 })
  }

  /** The smallest of the panes, which differ by a device pixel at some window widths: all three obey one limit. */
  get #port() {
    const all = Object.values(this.panes)
    return { width: Math.min(...all.map((pane) => pane.width)), height: Math.min(...all.map((pane) => pane.height)) }
  }

  /** @param {View} view */
  #look(view) {
    this.#view = within(view, this.#size, this.#port)
    this.#redraw()
  }

  /** @param {ResizeObserverEntry[]} entries */
  #resize(entries) {
    for (const entry of entries) {
      const canvas = /** @type {HTMLCanvasElement} */ (entry.target)
      const exact = entry.devicePixelContentBoxSize?.[0]
      const ratio = window.devicePixelRatio
      canvas.width = Math.max(1, exact ? exact.inlineSize : Math.round(entry.contentRect.width * ratio))
      canvas.height = Math.max(1, exact ? exact.blockSize : Math.round(entry.contentRect.height * ratio))
    }
    if (this.#view.scale < 1) this.#view = { ...this.#view, scale: fitScale(this.#size, this.#port) }
    this.#view = within(this.#view, this.#size, this.#port)
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
    for (const [name, canvas] of /** @type {[PaneName, HTMLCanvasElement][]} */ (Object.entries(this.panes))) {
      this.#paint(canvas, this.#pictures?.[this.#referenceEverywhere ? "reference" : name])
    }
    const port = this.#port
    const seen = { width: Math.floor(port.width / this.#view.scale), height: Math.floor(port.height / this.#view.scale) }
    const whole = seen.width >= this.#size.width && seen.height >= this.#size.height
    this.#onChange({ scale: this.#view.scale, whole, seen, inPlace: this.#referenceEverywhere })
  }

  /** @param {HTMLCanvasElement} canvas @param {CanvasImageSource | undefined} picture */
  #paint(canvas, picture) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    context.clearRect(0, 0, canvas.width, canvas.height)
    if (!picture) return
    const { scale } = this.#view
    context.imageSmoothingEnabled = scale < 1 // only the overview is interpolated
    context.imageSmoothingQuality = "high"
    const { x, y } = corner(this.#view, canvas)
    context.drawImage(picture, x, y, Math.round(this.#size.width * scale), Math.round(this.#size.height * scale))
  }
}
