// Wheel, mouse, pen and fingers over the panes, told to the viewer in device pixels.

/** @typedef {import("./viewer.js").Viewer} Viewer */

const NOTCH = 60 // pixels of wheel travel for one level; a mouse sends about 100 a notch, a trackpad many small ones
const PINCH = Math.SQRT2 // the fingers' distance grows or shrinks by this much for one level

/** @param {Viewer} viewer */
export function listen(viewer) {
  for (const canvas of Object.values(viewer.panes)) {
    new Wheel(viewer, canvas)
    new Fingers(viewer, canvas)
    canvas.addEventListener("dblclick", (event) => viewer.zoomRound(fromMiddle(canvas, event)))
  }
}

/** Device pixels in one CSS pixel of this canvas; its own measure, because browsers round the page's ratio.
 * @param {HTMLCanvasElement} canvas */
function ratio(canvas) {
  return canvas.width / canvas.getBoundingClientRect().width
}

/** @param {HTMLCanvasElement} canvas @param {{clientX: number, clientY: number}} point */
function fromMiddle(canvas, point) {
  const box = canvas.getBoundingClientRect()
  return {
    x: (point.clientX - box.left - box.width / 2) * ratio(canvas),
    y: (point.clientY - box.top - box.height / 2) * ratio(canvas),
  }
}

class Wheel {
  #travel = 0

  /** @param {Viewer} viewer @param {HTMLCanvasElement} canvas */
  constructor(viewer, canvas) {
    this.viewer = viewer
    this.canvas = canvas
    canvas.addEventListener("wheel", (event) => this.#turn(event), { passive: false })
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    event.preventDefault() // also keeps a trackpad's pinch from scaling the page, and with it the pictures
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * NOTCH
    const travel = event.ctrlKey ? pixels * 4 : pixels // a trackpad's pinch arrives as small steps with ctrl
    this.#travel = Math.sign(travel) === Math.sign(this.#travel) ? this.#travel + travel : travel
    if (Math.abs(this.#travel) < NOTCH) return
    this.viewer.zoom(-Math.sign(this.#travel), fromMiddle(this.canvas, event))
    this.#travel = 0
  }
}

class Fingers {
  /** @type {Map<number, {clientX: number, clientY: number}>} */ #down = new Map()
  #spread = 0
  #owed = { x: 0, y: 0 } // of a device pixel: pictures move by whole ones, and a drag to and fro ends where it began

  /** @param {Viewer} viewer @param {HTMLCanvasElement} canvas */
  constructor(viewer, canvas) {
    this.viewer = viewer
    this.canvas = canvas
    canvas.addEventListener("pointerdown", (event) => this.#press(event))
    canvas.addEventListener("pointermove", (event) => this.#move(event))
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.#lift(/** @type {PointerEvent} */ (event)))
    }
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return
    this.canvas.setPointerCapture(event.pointerId)
    this.#down.set(event.pointerId, event)
    this.#spread = this.#distance()
    this.#owed = { x: 0, y: 0 }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#down.get(event.pointerId)
    if (!before) return
    this.#down.set(event.pointerId, event)
    const share = ratio(this.canvas) / this.#down.size // two fingers that move together drag once
    const x = this.#owed.x + (event.clientX - before.clientX) * share
    const y = this.#owed.y + (event.clientY - before.clientY) * share
    this.viewer.drag(Math.round(x), Math.round(y))
    this.#owed = { x: x - Math.round(x), y: y - Math.round(y) }
    if (this.#down.size === 2) this.#pinch()
  }

  #pinch() {
    const now = this.#distance()
    const grown = now / this.#spread
    if (grown < PINCH && grown > 1 / PINCH) return
    this.viewer.zoom(grown > 1 ? 1 : -1, fromMiddle(this.canvas, this.#middle()))
    this.#spread = now
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    this.#down.delete(event.pointerId)
    this.#spread = this.#distance()
  }

  #distance() {
    const [first, second] = this.#down.values()
    return first && second ? Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY) : 1
  }

  #middle() {
    const points = [...this.#down.values()]
    const mean = (/** @type {"clientX" | "clientY"} */ axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length
    return { clientX: mean("clientX"), clientY: mean("clientY") }
  }
}
