// Where answers wait on this device: in localStorage, which has them before the next line of a script runs, and in
// IndexedDB, which has them on disk when it says so. Each may be forbidden, full, broken or silent; one of them is
// enough. Neither needs a secure context: laboratories serve plain HTTP.

/**
 * `key` is the answer's own, `order` its place among the session's answers on this device: the clock may be set back.
 * `refused` holds the server's sentence where it would not take the answer; such an answer is kept and shown.
 * @typedef {import("./outbox.js").Seen} Seen
 * @typedef {{session: string, key: string, order: number, trial: string, url: string, side: string,
 *   elapsed_ms: number, screen?: Seen, refused?: string}} Answer
 * @typedef {{
 *   all: () => Promise<unknown[]>,
 *   put: (answer: Answer) => Promise<void>,
 *   remove: (answer: Answer) => Promise<void>,
 * }} Shelf
 */

const PATIENCE = 2_000 // ms; an IndexedDB that does not answer at all has been seen in every browser

/** The answers of one session, whichever shelf they are on. */
export class Store {
  #local
  #shelves

  /** @param {string} session */
  constructor(session) {
    this.session = session
    this.#local = new Local(session)
    this.#shelves = [this.#local, new Patient(new Indexed(session))]
  }

  /** All that any shelf holds, in the order in which it was given. @returns {Promise<Answer[]>} */
  async all() {
    const read = await Promise.allSettled(this.#shelves.map((shelf) => shelf.all()))
    /** @type {Map<string, Answer>} */ const found = new Map()
    for (const answer of read.flatMap((shelf) => (shelf.status === "fulfilled" ? shelf.value : []))) {
      if (this.#isOurs(answer)) found.set(answer.key, answer)
    }
    return [...found.values()].sort((a, b) => a.order - b.order)
  }

  /** Whether it is anywhere where it outlives the page; in localStorage it is at once. @param {Answer} answer */
  async put(answer) {
    const kept = await Promise.allSettled(this.#shelves.map((shelf) => shelf.put(answer)))
    return kept.some((shelf) => shelf.status === "fulfilled")
  }

  /** What a shelf will not let go is sent once more at the next visit, which changes nothing. @param {Answer} answer */
  async remove(answer) {
    await Promise.allSettled(this.#shelves.map((shelf) => shelf.remove(answer)))
  }

  /** The highest order that can be seen at once; another tab may have given it. */
  get latest() {
    try {
      return Math.max(0, ...this.#local.read().map((found) => (this.#isOurs(found) ? found.order : 0)))
    } catch {
      return 0
    }
  }

  /** @param {any} found @returns {found is Answer} */
  #isOurs(found) {
    const texts = [found?.key, found?.trial, found?.side, found?.url].every((value) => typeof value === "string")
    return texts && typeof found.order === "number" && found.session === this.session
  }
}

/** @implements {Shelf} */
class Local {
  /** @param {string} session */
  constructor(session) {
    this.prefix = `beholder.answer.${session}.`
  }

  async all() {
    return this.read()
  }

  read() {
    return Object.keys(localStorage).filter((name) => name.startsWith(this.prefix)).map((name) => read(localStorage.getItem(name)))
  }

  /** @param {Answer} answer */
  async put(answer) {
    localStorage.setItem(this.prefix + answer.key, JSON.stringify(answer))
  }

  /** @param {Answer} answer */
  async remove(answer) {
    localStorage.removeItem(this.prefix + answer.key)
  }
}

/** Nothing, where it is no JSON: one damaged entry must not keep the others. @param {string | null} text
 * @returns {unknown} */
function read(text) {
  try {
    return JSON.parse(text ?? "null")
  } catch {
    return null
  }
}

/** @implements {Shelf} */
class Indexed {
  /** @type {Promise<IDBDatabase> | null} */ #opened = null

  /** @param {string} session */
  constructor(session) {
    this.session = session
  }

  async all() {
    const range = IDBKeyRange.bound([this.session], [this.session, []]) // an array sorts after every string
    return done((await this.#transaction("readonly")).objectStore("answers").getAll(range))
  }

  /** @param {Answer} answer */
  async put(answer) {
    await this.#write((answers) => answers.put(answer))
  }

  /** @param {Answer} answer */
  async remove(answer) {
    await this.#write((answers) => answers.delete([answer.session, answer.key]))
  }

  /** Resolves when it is on disk, not when it was asked for. @param {(answers: IDBObjectStore) => void} change
   * @returns {Promise<void>} */
  async #write(change) {
    const transaction = await this.#transaction("readwrite")
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
      change(transaction.objectStore("answers"))
    })
  }

  /** @param {IDBTransactionMode} mode */
  async #transaction(mode) {
    try {
      return (await this.#database()).transaction("answers", mode, { durability: "strict" })
    } catch (error) {
      this.#opened = null // browsers close connections of their own accord: the next time opens another
      throw error
    }
  }

  #database() {
    return (this.#opened ??= open(() => (this.#opened = null)))
  }
}

/** @param {() => void} closed @returns {Promise<IDBDatabase>} */
async function open(closed) {
  const opening = indexedDB.open("beholder-answers", 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore("answers", { keyPath: ["session", "key"] })
  const database = await done(opening)
  database.onclose = closed
  database.onversionchange = () => {
    database.close() // a later version's page waits for it
    closed()
  }
  return database
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** A shelf for which nobody waits long, and not twice while it is silent; what it was asked to do it may do yet.
 * @implements {Shelf} */
class Patient {
  #silent = 0 // how many things it owes an answer to beyond its time

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf
  }

  all() {
    return this.#within(this.shelf.all())
  }

  /** @param {Answer} answer */
  put(answer) {
    return this.#within(this.shelf.put(answer))
  }

  /** @param {Answer} answer */
  remove(answer) {
    return this.#within(this.shelf.remove(answer))
  }

  /** @template T @param {Promise<T>} asked @returns {Promise<T>} */
  #within(asked) {
    return new Promise((resolve, reject) => {
      let late = false
      const giveUp = () => {
        late = true
        this.#silent++
        reject(new Error("IndexedDB is silent"))
      }
      const timer = setTimeout(giveUp, this.#silent ? 0 : PATIENCE)
      const settle = () => {
        clearTimeout(timer)
        if (late) this.#silent--
      }
      asked.then(resolve, reject).finally(settle)
    })
  }
}
