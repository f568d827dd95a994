// The pictures of the trials to come: fetched while an earlier pair is judged, decoded before they are needed.
import { sentences } from "./problem.js"
import { filled, texts } from "./texts.js"

/**
 * @typedef {import("./viewer.js").PaneName} PaneName
 * @typedef {{token: string, position: number, width: number, height: number, vote: string,
 *   pictures: Record<PaneName, string>}} Trial all that a subject's browser is told of a trial
 * @typedef {Record<PaneName, ImageBitmap>} Decoded
 * @typedef {{blobs: Promise<Blob[]>, decoded: Promise<Decoded> | null, stop: AbortController}} Entry
 */

/** @type {PaneName[]} */ const PANES = ["left", "reference", "right"]
const FETCHED_AHEAD = 5 // as many as answers may wait: a short interruption then goes unnoticed
const DECODED_AHEAD = 2 // a decoded picture takes four bytes a pixel

/** The server will not give this picture; the message is its own sentence. */
export class PictureRefused extends Error {}

export class Pictures {
  /** @type {Map<string, Entry>} */ #entries = new Map()
  #fetching = Promise.resolve()

  /** @param {(sentence: string | null) => void} onTrouble */
  constructor(onTrouble) {
    this.onTrouble = onTrouble
  }

  /** The trial's three pictures, ready to be drawn. @param {Trial} trial @returns {Promise<Decoded>} */
  of(trial) {
    const entry = this.#entry(trial)
    entry.decoded ??= entry.blobs.then((blobs) => decode(trial, blobs))
    return entry.decoded
  }

  /** Prepares the trials that come next and lets go of all others. @param {Trial[]} trials */
  prepare(trials) {
    const kept = new Set(trials.slice(0, FETCHED_AHEAD + 1).map((trial) => trial.token))
    for (const [token, entry] of this.#entries) if (!kept.has(token)) this.#drop(token, entry)
    for (const trial of trials.slice(0, FETCHED_AHEAD + 1)) this.#entry(trial)
    for (const trial of trials.slice(0, DECODED_AHEAD)) this.of(trial).catch(() => undefined) // told when it is its turn
  }

  /** @param {Trial} trial */
  #entry(trial) {
    const known = this.#entries.get(trial.token)
    if (known) return known
    const stop = new AbortController()
    const blobs = this.#fetching.then(() => Promise.all(PANES.map((pane) => this.#fetch(trial.pictures[pane], stop.signal))))
    blobs.catch(() => undefined)
    this.#fetching = blobs.then(() => undefined, () => undefined) // one trial at a time leaves the line free for answers
    /** @type {Entry} */ const entry = { blobs, decoded: null, stop }
    this.#entries.set(trial.token, entry)
    return entry
  }

  /** @param {string} address @param {AbortSignal} signal */
  async #fetch(address, signal) {
    for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
      const sentence = await this.#attempt(address, signal)
      if (typeof sentence !== "string") return sentence
      this.onTrouble(sentence)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** The picture, or why there is none yet. @param {string} address @param {AbortSignal} signal */
  async #attempt(address, signal) {
    signal.throwIfAborted()
    let response
    try {
      response = await fetch(address, { headers: { Accept: "image/png, application/json" }, signal })
      if (response.ok) {
        const blob = await response.blob()
        this.onTrouble(null)
        return blob
      }
    } catch {
      signal.throwIfAborted()
      return texts.noPictures
    }
    const sentence = sentences(await response.json().catch(() => null)) || filled(texts.serverAnswered, { status: String(response.status) })
    if (response.status < 500) throw new PictureRefused(sentence)
    return sentence
  }

  /** @param {string} token @param {Entry} entry */
  #drop(token, entry) {
    entry.stop.abort()
    entry.decoded?.then((pictures) => Object.values(pictures).forEach((picture) => picture.close())).catch(() => undefined)
    this.#entries.delete(token)
  }
}

/** @param {Trial} trial @param {Blob[]} blobs @returns {Promise<Decoded>} */
async function decode(trial, blobs) {
  // "none": the numbers in the file are the numbers on the canvas, whatever profile the file carries
  const options = /** @type {const} */ ({ colorSpaceConversion: "none", premultiplyAlpha: "none" })
  const bitmaps = await Promise.all(blobs.map((blob) => createImageBitmap(blob, options)))
  if (bitmaps.some((bitmap) => bitmap.width !== trial.width || bitmap.height !== trial.height)) {
    throw new PictureRefused(texts.otherSize)
  }
  return /** @type {Decoded} */ (Object.fromEntries(PANES.map((pane, index) => [pane, bitmaps[index]])))
}
