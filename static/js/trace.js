// What a trial page notices besides the answers, sent in batches to the session's log. A batch may be lost: nothing waits
// for one, no answer depends on one, and none is in the way of an answer that is being sent.

import { ownKey } from "./outbox.js"

/** @typedef {{kind: string, t: number} & Record<string, unknown>} Noticed */

const EVERY = 10_000 // ms between batches while there is something to tell
const MOST = 150 // events of one batch, well below what the server takes
const MOST_WAITING = 1_000 // events kept while there is no connection; then the oldest go
const ATTEMPTS = 3 // times that one batch is sent

export class Trace {
  /** @type {Noticed[]} */ #noticed = []
  /** @type {{body: string, left: number} | null} */ #batch = null // as it was sent: under its key it counts once
  #sending = false
  #timer = 0
  #sent = performance.now()
  #panes = ""

  /** @param {string} session @param {boolean} kept whether the study stores it at all */
  constructor(session, kept) {
    this.url = `${session}/events`
    this.kept = kept
    if (!kept) return
    addEventListener("focus", () => this.note("focus"))
    addEventListener("blur", () => this.note("blur"))
    document.addEventListener("visibilitychange", () => {
      this.note(document.visibilityState === "visible" ? "visible" : "hidden")
      if (document.visibilityState === "hidden") this.#leave()
    })
    addEventListener("pagehide", () => this.#leave())
  }

  /** Remembers what happened now. @param {string} kind @param {Record<string, unknown>} [data] */
  note(kind, data = {}) {
    if (!this.kept) return
    this.#noticed.push({ kind, t: Math.round(10 * performance.now()) / 10, ...data })
    if (this.#noticed.length > MOST_WAITING) this.#noticed.shift()
    this.#timer ||= setTimeout(() => this.flush(), EVERY)
  }

  /** Remembers how large the panes are, where that has changed. @param {import("./viewer.js").Viewer["shown"]} shown */
  panes(shown) {
    const said = { width: shown.pane_width, height: shown.pane_height, ratio: shown.pixel_ratio }
    if (JSON.stringify(said) === this.#panes) return
    this.#panes = JSON.stringify(said)
    this.note("panes", said)
  }

  /** A place where the work pauses anyway: what has gathered goes off, unless that was only just done. */
  rest() {
    if (performance.now() - this.#sent > EVERY / 2) this.flush()
  }

  /** Sends what there is. */
  flush() {
    clearTimeout(this.#timer)
    this.#timer = 0
    if (this.#sending || !(this.#batch || this.#noticed.length)) return
    this.#batch ??= { body: this.#body(), left: ATTEMPTS }
    void this.#send(this.#batch)
  }

  #body() {
    return JSON.stringify({ key: ownKey(), events: this.#noticed.splice(0, MOST) })
  }

  /** @param {{body: string, left: number}} batch */
  async #send(batch) {
    this.#sending = true
    this.#sent = performance.now()
    batch.left -= 1
    const status = await this.#post(batch.body).catch(() => 0)
    const refused = status >= 400 && status < 500 && status !== 408 && status !== 429
    const done = (status >= 200 && status < 300) || refused || batch.left === 0
    if (done && this.#batch === batch) this.#batch = null
    this.#sending = false
    if (this.#batch || this.#noticed.length) this.#timer ||= setTimeout(() => this.flush(), EVERY)
  }

  /** @param {string} body @param {boolean} [leaving] */
  async #post(body, leaving = false) {
    const headers = { "Content-Type": "application/json", Accept: "application/json" }
    // what outlives the page shares one small allowance with answers on their way: nothing but the last batch does
    return (await fetch(this.url, { method: "POST", headers, body, keepalive: leaving })).status
  }

  /** The page may be gone the next moment. A batch on its way goes off once more, which changes nothing. */
  #leave() {
    const bodies = this.#batch ? [this.#batch.body] : []
    this.#batch = null
    if (this.#noticed.length) bodies.push(this.#body())
    for (const body of bodies) this.#post(body, true).catch(() => undefined)
  }
}
