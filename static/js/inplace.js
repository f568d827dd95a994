// The reference in place of both candidates: for as long as R is held, or in turns by F. Both are options of the study;
// the page has a button for each that is on.

/** @typedef {import("./viewer.js").Viewer} Viewer */

const TURN = 250 // ms for each picture: two changes there and back a second, and never near the three that may harm
const TAP = 400 // ms: a key held for longer stops when it is let go, a shorter press starts and the next one stops

export class InPlace {
  #timer = 0
  #flickers = false
  #swapped = false
  #held = false // by R or its button, and not since stepped on by F
  #pressedAt = -Infinity

  /** @param {Viewer} viewer @param {HTMLElement | null} hold @param {HTMLElement | null} flicker the buttons */
  constructor(viewer, hold, flicker) {
    this.viewer = viewer
    this.holds = hold !== null
    this.flickers = flicker !== null
    this.button = flicker
    if (hold) this.#listenToHold(hold)
    flicker?.addEventListener("click", () => this.#toggle())
    addEventListener("blur", () => this.stop()) // the key may come up in another window
  }

  /** @param {boolean} held */
  hold(held) {
    if (!this.holds || (held ? this.#swapped && !this.#flickers : !this.#held)) return
    if (held) this.stop()
    this.#held = held
    this.#swap(held, held ? "reference" : null)
  }

  /** F goes down. */
  press() {
    if (!this.flickers) return
    this.#pressedAt = performance.now()
    this.#toggle()
  }

  /** F comes up. */
  release() {
    if (this.#flickers && performance.now() - this.#pressedAt > TAP) this.stop()
  }

  /** Every picture in its own place. */
  stop() {
    clearTimeout(this.#timer)
    this.#flickers = this.#held = false
    this.#swap(false, null)
    this.button?.setAttribute("aria-pressed", "false")
  }

  #toggle() {
    this.#held = false
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#swap(!this.#swapped, this.#swapped ? null : "reference") // each press is one step: nothing moves by itself
      this.button?.setAttribute("aria-pressed", String(this.#swapped))
    } else if (this.#flickers) this.stop()
    else {
      this.#flickers = true
      this.button?.setAttribute("aria-pressed", "true")
      this.#turn()
    }
  }

  #turn() {
    this.#swap(!this.#swapped, "flicker")
    this.#timer = setTimeout(() => this.#turn(), TURN) // one after the other: late ones must not come in a burst
  }

  /** @param {boolean} swapped @param {import("./viewer.js").InPlace} how */
  #swap(swapped, how) {
    this.#swapped = swapped
    this.viewer.replace(swapped, how)
  }

  /** @param {HTMLElement} button */
  #listenToHold(button) {
    button.addEventListener("pointerdown", () => this.hold(true))
    button.addEventListener("keydown", (event) => {
      if (event.key === " " || event.key === "Enter") this.hold(true)
    })
    for (const end of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) {
      button.addEventListener(end, () => this.hold(false))
    }
  }
}
