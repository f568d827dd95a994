// An answer leaves this queue only when the server has said that it has it.
import { sentences } from "./problem.js"
import { Store } from "./store.js"

/**
 * On what screen the pair stood, as the page measured it; `SentScreen` on the server says what may be in it.
 * @typedef {Record<string, string | number | boolean | null>} Seen
 * @typedef {import("./store.js").Answer} Answer
 * @typedef {{trial: string, side: string, correct?: boolean}} Reply
 * @typedef {{
 *   changed: (outbox: Outbox) => void,
 *   stored: (answer: Answer, reply: Reply, created: boolean) => void,
 *   conflicting: (answer: Answer, reply: Reply) => void,
 *   refused: (answer: Answer, status: number) => void,
 *   adopted?: (answers: Answer[]) => void,
 *   withdrawn?: () => void,
 * }} Listener `adopted`: another tab of this browser gave these, and they are sent from here as well;
 * `withdrawn`: the subject has withdrawn, and the answer was forgotten
 */

const PATIENCE = 20_000 // ms for one attempt
const FIRST_WAIT = 1_000 // ms before the second attempt; doubled before each one after
const LONGEST_WAIT = 8_000 // ms between attempts: somebody may be waiting in front of the page
const LONGEST_MS = 86_400_000 // a pair that stood there for more than a day: how long it was looked at is not known
const AHEAD = 5 // answers that may wait on a device that keeps them; one where only the page remembers

export class Outbox {
  /** @type {Map<string, Answer>} */ #waiting = new Map() // by their own keys, as everything here
  /** @type {Map<string, Answer>} */ #refused = new Map()
  /** @type {Set<string>} */ #arriving = new Set() // not yet on the device, hence not yet to be sent
  /** @type {Set<string>} */ #loose = new Set() // in this page's memory and nowhere else
  /** @type {Set<string>} */ #settled = new Set() // a look at the store may have begun before they left it
  /** @type {(() => void)[]} */ #watchers = []
  #latest = 0
  #interrupted = false
  #wait = FIRST_WAIT
  #sending = false
  #timer = 0

  /** @param {string} session @param {Listener} listener */
  constructor(session, listener) {
    this.session = session
    this.store = new Store(session)
    this.listener = listener
  }

  /** The session's queue, with what an earlier visit left in it; refused answers get another chance at every visit.
   * @param {string} session @param {Listener} listener */
  static async open(session, listener) {
    const outbox = new Outbox(session, listener)
    for (const answer of await outbox.store.all()) outbox.#take(answer)
    for (const event of ["online", "focus"]) addEventListener(event, () => outbox.#hurry())
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && outbox.#hurry())
    outbox.#changed()
    void outbox.#run()
    return outbox
  }

  get waiting() {
    return this.#waiting.size
  }

  get refused() {
    return [...this.#refused.values()]
  }

  /** Whether the last attempt did not get through. */
  get interrupted() {
    return this.#interrupted
  }

  /** Whether all that waits would outlive this page. */
  get lasting() {
    return this.#loose.size === 0
  }

  /** Whether another answer may be given before the server has the earlier ones. */
  get full() {
    return this.#waiting.size >= (this.lasting ? AHEAD : 1)
  }

  /** The trials whose answers wait. */
  get trials() {
    return [...this.#waiting.values()].map((answer) => answer.trial)
  }

  /** Keeps the answer on the device, then sends it. Where another tab has answered the same trial, its answer was first
   * and is sent first; the server keeps that one, and writes down that there was this one.
   * @param {{trial: string, url: string, side: string, elapsed_ms: number, screen?: Seen}} given */
  async add(given) {
    const order = Math.max(this.#latest, this.store.latest) + 1
    const answer = { ...given, session: this.session, key: ownKey(), order }
    this.#arriving.add(answer.key)
    this.#take(answer)
    await Promise.all([this.#keep(answer), this.#adopt()]) // on the device first: closing the lid must not lose it
    this.#arriving.delete(answer.key)
    this.#changed()
    void this.#run()
  }

  /** Resolves when `condition` holds; looked at whenever the queue changes. @param {() => boolean} condition
   * @returns {Promise<void>} */
  until(condition) {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return false
        this.#watchers = this.#watchers.filter((watcher) => watcher !== look)
        resolve()
        return true
      }
      if (!look()) this.#watchers.push(look)
    })
  }

  /** @param {Answer} answer */
  #take(answer) {
    this.#latest = Math.max(this.#latest, answer.order)
    this.#waiting.set(answer.key, answer)
  }

  /** @param {Answer} answer */
  async #keep(answer) {
    if (await this.store.put(answer)) this.#loose.delete(answer.key)
    else this.#loose.add(answer.key)
  }

  /** What another tab of this browser has left since: it may be closed by now. */
  async #adopt() {
    const known = (/** @type {Answer} */ { key }) => this.#waiting.has(key) || this.#refused.has(key) || this.#settled.has(key)
    const found = (await this.store.all()).filter((answer) => !answer.refused && !known(answer))
    for (const answer of found) this.#take(answer)
    if (found.length) this.#tell(() => this.listener.adopted?.(found))
  }

  async #run() {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#timer)
    try {
      for (const key of this.#loose) await this.#keep(/** @type {Answer} */ (this.#waiting.get(key))) // there may be room by now
      await this.#adopt()
      await this.#sendAll()
    } catch (error) {
      console.error(error)
      this.#interrupted = true
    } finally {
      this.#sending = false
    }
    if (this.#interrupted) this.#timer = setTimeout(() => this.#again(), this.#wait * (0.75 + Math.random() / 2))
    this.#changed()
  }

  /** One after the other; where the server has trouble with one of them, the others get their chance all the same. */
  async #sendAll() {
    /** @type {Set<string>} */ const troubled = new Set()
    for (let answer = this.#first(troubled); answer; answer = this.#first(troubled)) {
      const outcome = await this.#send(answer)
      if (outcome === "trouble") troubled.add(answer.key)
      this.#interrupted = outcome !== "settled"
      if (outcome === "silence") return
      if (outcome === "settled") this.#wait = FIRST_WAIT
      this.#changed()
    }
    this.#interrupted = troubled.size > 0
  }

  #again() {
    this.#wait = Math.min(LONGEST_WAIT, 2 * this.#wait)
    void this.#run()
  }

  #hurry() {
    this.#wait = FIRST_WAIT
    void this.#run()
  }

  /** The earliest that waits. @param {Set<string>} without */
  #first(without) {
    const open = [...this.#waiting.values()].filter(({ key }) => !without.has(key) && !this.#arriving.has(key))
    return open.sort((a, b) => a.order - b.order)[0]
  }

  /** What became of it; a refusal settles it too, and is kept aside. @param {Answer} answer
   * @returns {Promise<"settled" | "trouble" | "silence">} */
  async #send(answer) {
    let status, reply
    try {
      const response = await fetch(answer.url, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(sent(answer)),
        signal: AbortSignal.timeout(PATIENCE),
        keepalive: true, // goes on when the page is left
      })
      status = response.status
      reply = await response.json()
    } catch {
      return "silence" // no connection, or something between us and the server that answers in pages of its own
    }
    if (isStored(answer, reply, status)) return this.#stored(answer, reply, status)
    if (status === 410 && reply?.trial === answer.trial) return this.#withdrawn(answer)
    const why = sentences(reply)
    if (!why || status === 408 || status === 429) return "silence"
    if (status >= 500) return "trouble"
    if (status === 422 && answer.screen) return this.#sendWithoutScreen(answer)
    await this.#setAside(answer, why, status)
    return "settled"
  }

  /** @param {Answer} answer @param {Reply} reply @param {number} status @returns {Promise<"settled">} */
  async #stored(answer, reply, status) {
    this.#settled.add(answer.key)
    await this.store.remove(answer)
    this.#waiting.delete(answer.key)
    this.#loose.delete(answer.key)
    for (const other of this.refused) if (other.trial === answer.trial) this.#giveAnotherChance(other)
    if (status === 409) this.#tell(() => this.listener.conflicting(answer, reply))
    else this.#tell(() => this.listener.stored(answer, reply, status === 201))
    return "settled"
  }

  /** The subject has withdrawn: their answers are to be on no device any more. @param {Answer} answer
   * @returns {Promise<"settled">} */
  async #withdrawn(answer) {
    this.#settled.add(answer.key)
    await this.store.remove(answer)
    this.#waiting.delete(answer.key)
    this.#loose.delete(answer.key)
    this.#tell(() => this.listener.withdrawn?.())
    return "settled"
  }

  /** What is known of the screen may not fit, and must not cost the answer. @param {Answer} answer
   * @returns {Promise<"settled">} */
  async #sendWithoutScreen(answer) {
    const { screen: _, ...plain } = answer
    this.#waiting.set(answer.key, plain)
    await this.#keep(plain)
    return "settled"
  }

  /** @param {Answer} answer @param {string} sentence @param {number} status */
  async #setAside(answer, sentence, status) {
    const refused = { ...answer, refused: sentence }
    await this.store.put(refused)
    this.#waiting.delete(answer.key)
    this.#loose.delete(answer.key)
    this.#refused.set(answer.key, refused)
    this.#tell(() => this.listener.refused(refused, status))
  }

  /** The trial has an answer now: the server only writes down that there was this one. @param {Answer} answer */
  #giveAnotherChance(answer) {
    this.#refused.delete(answer.key)
    this.#take(answer)
  }

  #changed() {
    this.#tell(() => this.listener.changed(this))
    for (const look of [...this.#watchers]) look()
  }

  /** A slip of the page's must not keep answers from being sent. @param {() => void} listener */
  #tell(listener) {
    try {
      listener()
    } catch (error) {
      console.error(error)
    }
  }
}

/** A key by which the server knows again what it is sent; not `randomUUID`, which plain HTTP does not have. */
export function ownKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** @param {Answer} answer */
function sent({ side, elapsed_ms: elapsed, key, screen }) {
  return { side, elapsed_ms: elapsed >= 0 && elapsed <= LONGEST_MS ? elapsed : null, key, ...(screen && { screen }) }
}

/** Whether the server says that it holds an answer to this very trial: this one, or (409) another.
 * @param {Answer} answer @param {any} reply @param {number} status @returns {reply is Reply} */
function isStored(answer, reply, status) {
  if (reply?.trial !== answer.trial || typeof reply.side !== "string") return false
  return status === 409 || ((status === 200 || status === 201) && reply.side === answer.side)
}
