// Under a strict display gate nobody judges a pair through a window that has become too small for it.
import { filled, texts } from "./texts.js"

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
