// How much room pictures are given; under a strict display gate nobody judges a pair through a window that has become too small for it.
import { filled, texts } from "./texts.js"

const BESIDES = 1.5 // of the tallest picture's height: room for whoever zooms, and the buttons close to the pictures

/** Leaves the panes no taller than the study's pictures want them, so that the buttons stand near small ones; the same
 * for every pair, and for the gate that measures the panes. @param {HTMLElement} panes */
export function nearby(panes) {
  const tallest = Number(panes.dataset.tallest)
  const fit = () => panes.parentElement?.style.setProperty("--pane-most", `${(BESIDES * tallest) / devicePixelRatio}px`)
  addEventListener("resize", fit)
  fit()
}

export class Room {
  #insists
  #most

  /** @param {DOMStringMap} settings of the trial page */
  constructor(settings) {
    this.#insists = settings.gate === "require"
    this.#most = Number(settings.gatePixels)
  }

  /** What is to be mended before this pair is judged; empty where nothing is, or where the study does not insist.
   * @param {import("./viewer.js").Viewer} viewer @param {import("./view.js").Size} size */
  wants(viewer, size) {
    if (!this.#insists) return ""
    const { obstacle } = viewer.backing
    if (obstacle) return filled(texts.notExact[obstacle], { percent: Math.round(100 * devicePixelRatio) })
    const { width, height } = viewer.port
    const enough = width >= Math.min(size.width, this.#most) && height >= Math.min(size.height, this.#most)
    return enough ? "" : texts.windowShrank
  }
}
