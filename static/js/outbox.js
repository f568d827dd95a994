// An answer leaves this queue only when the server has said that it has it.
import { sentences } from "./problem.js"
import { openStore } from "./store.js"

/**
 * @typedef {import("./store.js").Answer} Answer
 * @typedef {{trial: string, side: string, correct?: boolean}} Reply
 * @typedef {{
 *   changed: (outbox: Outbox) => void,
 *   stored: (answer: Answer, reply: Reply, created: boolean) => void,
 *   conflicting: (answer: Answer, reply: Reply) => void,
 *   refused: (answer: Answer, status: number) => void,
 * }} Listener
 */

const PATIENCE = 20_000 // ms for one attempt
const FIRST_WAIT = 1_000 // ms before the second attempt; doubled before each one after
const LONGEST_WAIT = 8_000 // ms between attempts: somebody may be waiting in front of the page
const LONGEST_MS = 86_400_000 // a pair that stood there for more than a day: how long it was looked at is not known
const AHEAD = 5 // answers that may wait on a device that keeps them; one where only the page remembers

export class Outbox {
  /** @type {Map<string, Answer>} */ #waiting = new Map()
  /** @type {Map<string, Answer>} */ #refused = new Map()
  /** @type {(() => void)[]} */ #watchers = []
  #interrupted = false
  #wait = FIRST_WAIT
  #sending = false
  #timer = 0

  /** @param {string} session @param {import("./store.js").Store} store @param {Listener} listener */
  constructor(session, store, listener) {
    this.session = session
    this.store = store
    this.lasting = store.lasting
    this.listener = listener
  }

  /** The session's queue, with what an earlier visit left in it; refused answers get another chance at every visit.
   * @param {string} session @param {Listener} listener */
  static async open(session, listener) {
    const outbox = new Outbox(session, await openStore(session), listener)
    for (const answer of await outbox.store.all()) outbox.#waiting.set(answer.trial, answer)
    addEventListener("online", () => outbox.#hurry())
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

  /** Whether another answer may be given before the server has the earlier ones. */
  get full() {
    return this.#waiting.size >= (this.lasting ? AHEAD : 1)
  }

  /** The trials whose answers wait. */
  get trials() {
    return [...this.#waiting.keys()]
  }

  /** Keeps the answer on the device, then sends it; the first answer to a trial stands, whichever tab it came from.
   * @param {Omit<Answer, "session" | "kept_at">} given */
  async add(given) {
    const answer = { ...given, session: this.session, kept_at: Date.now() }
    if (this.#waiting.has(answer.trial)) return
    this.#waiting.set(answer.trial, answer)
    try {
      const earlier = (await this.store.all()).find((other) => other.trial === answer.trial && !other.refused)
      if (earlier) this.#waiting.set(answer.trial, earlier)
      else await this.store.put(answer) // on the device first: closing the lid must not lose it
    } catch {
      this.lasting = false // a full disk: from here on the page waits for the server after each answer
    }
    this.#refused.delete(answer.trial)
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

  async #run() {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#timer)
    for (let answer = this.#first(); answer; answer = this.#first()) {
      this.#interrupted = !(await this.#send(answer))
      if (this.#interrupted) {
        this.#timer = setTimeout(() => this.#again(), this.#wait)
        break
      }
      this.#wait = FIRST_WAIT
      this.#changed()
    }
    this.#sending = false
    this.#changed()
  }

  #again() {
    this.#wait = Math.min(LONGEST_WAIT, 2 * this.#wait)
    void this.#run()
  }

  #first() {
    return this.#waiting.values().next().value
  }

  /** Whether the server has spoken; a refusal is kept aside. @param {Answer} answer */
  async #send(answer) {
    let status, reply
    try {
      const response = await fetch(answer.url, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ side: answer.side, elapsed_ms: answer.elapsed_ms > LONGEST_MS ? null : answer.elapsed_ms }),
        signal: AbortSignal.timeout(PATIENCE),
        keepalive: true, // goes on when the page is left
      })
      status = response.status
      reply = /** @type {Reply} */ (await response.json())
    } catch {
      return false // no connection, or something between us and the server that answers in pages of its own
    }
    if (reply.trial === answer.trial) {
      await this.#forget(answer)
      if (status === 409) this.listener.conflicting(answer, reply)
      else this.listener.stored(answer, reply, status === 201)
      return true
    }
    const why = sentences(reply)
    if (!why || status >= 500 || status === 408 || status === 429) return false
    await this.#setAside(answer, why, status)
    return true
  }

  /** @param {Answer} answer */
  async #forget(answer) {
    await this.store.remove(answer).catch(() => undefined) // sent once more at the next visit, which changes nothing
    this.#waiting.delete(answer.trial)
  }

  /** @param {Answer} answer @param {string} sentence @param {number} status */
  async #setAside(answer, sentence, status) {
    const refused = { ...answer, refused: sentence }
    await this.store.put(refused).catch(() => undefined)
    this.#waiting.delete(answer.trial)
    this.#refused.set(answer.trial, refused)
    this.listener.refused(refused, status)
  }

  #hurry() {
    if (this.#waiting.size) void this.#run()
  }

  #changed() {
    this.listener.changed(this)
    for (const look of [...this.#watchers]) look()
  }
}
