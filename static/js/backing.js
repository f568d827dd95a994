// Each canvas holds exactly the device pixels that it covers; where a browser does not say how many, this says so.

/**
 * Why one picture pixel is not one device pixel: `scaling` where the browser does not tell which pixels a canvas
 * covers and the ratio is no whole number, `enlarged` where fingers have magnified the page over its layout.
 * @typedef {"scaling" | "enlarged"} Obstacle
 */

const BOX = "device-pixel-content-box"
const ENLARGED = 1.001 // browsers leave a little behind when the page is pinched back to its size

export class Backing {
  #told = "devicePixelContentBoxSize" in ResizeObserverEntry.prototype
  #believed = true

  /** @param {HTMLCanvasElement[]} canvases @param {() => void} onChange after sizes, ratio or enlargement changed */
  constructor(canvases, onChange) {
    this.canvases = canvases
    this.onChange = onChange
    const observer = new ResizeObserver((entries) => (this.#told ? this.#take(entries) : this.#align()))
    for (const canvas of canvases) {
      if (this.#told) observer.observe(canvas, { box: BOX })
      else observer.observe(/** @type {Element} */ (canvas.parentElement)) // the canvas itself is set by #align
    }
    window.visualViewport?.addEventListener("resize", () => this.onChange())
    this.#watchRatio()
  }

  /** What keeps the pictures from being exact; null where nothing does. @returns {Obstacle | null} */
  get obstacle() {
    if ((window.visualViewport?.scale ?? 1) > ENLARGED) return "enlarged"
    return (this.#told && this.#believed) || Number.isInteger(devicePixelRatio) ? null : "scaling"
  }

  /** @param {ResizeObserverEntry[]} entries */
  #take(entries) {
    for (const entry of entries) {
      const canvas = /** @type {HTMLCanvasElement} */ (entry.target)
      const box = entry.devicePixelContentBoxSize[0]
      if (!box) continue
      canvas.width = Math.max(1, box.inlineSize)
      canvas.height = Math.max(1, box.blockSize)
      const expected = entry.contentRect.width * devicePixelRatio
      this.#believed = Math.abs(box.inlineSize - expected) <= 1 + expected / 100 // a ratio that is only emulated is not in it
    }
    this.onChange()
  }

  /** Sizes each canvas so that its edges are edges of device pixels; with a whole ratio that is exact as well. */
  #align() {
    const ratio = devicePixelRatio
    for (const canvas of this.canvases) {
      canvas.removeAttribute("style")
      const free = canvas.getBoundingClientRect()
      const left = Math.ceil(free.left * ratio)
      const top = Math.ceil(free.top * ratio)
      canvas.width = Math.max(1, Math.floor(free.right * ratio) - left)
      canvas.height = Math.max(1, Math.floor(free.bottom * ratio) - top)
      const room = /** @type {Element} */ (canvas.parentElement).getBoundingClientRect()
      canvas.style.inset = "auto"
      canvas.style.top = `${top / ratio - room.top}px`
      canvas.style.left = `${left / ratio - room.left}px`
      canvas.style.width = `${canvas.width / ratio}px`
      canvas.style.height = `${canvas.height / ratio}px`
    }
    this.onChange()
  }

  /** A window dragged to another screen changes its ratio, and no size in CSS pixels. */
  #watchRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.#watchRatio()
        if (this.#told) this.onChange()
        else this.#align()
      },
      { once: true },
    )
  }
}
