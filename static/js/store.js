// Where answers wait on this device: IndexedDB, else localStorage, else only the page's memory. No secure context is
// needed by any of them: laboratories serve plain HTTP.

/**
 * `refused` holds the server's sentence where it would not take the answer; such an answer is kept and shown.
 * @typedef {{session: string, trial: string, url: string, side: string, elapsed_ms: number, kept_at: number,
 *   refused?: string}} Answer
 * @typedef {{
 *   lasting: boolean,
 *   all: () => Promise<Answer[]>,
 *   put: (answer: Answer) => Promise<void>,
 *   remove: (answer: Answer) => Promise<void>,
 * }} Store
 */

/** The most lasting place this browser offers, for the answers of one session only. @param {string} session
 * @returns {Promise<Store>} */
export async function openStore(session) {
  try {
    return await indexed(session)
  } catch {
    return simple(session)
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** @param {string} session @returns {Promise<Store>} */
async function indexed(session) {
  const opening = indexedDB.open("beholder", 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("answers", { keyPath: ["session", "trial"] })
  }
  const database = await done(opening)
  /** Resolves when it is on disk, not when it was asked for. @param {(answers: IDBObjectStore) => void} change
   * @returns {Promise<void>} */
  const write = (change) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction("answers", "readwrite", { durability: "strict" })
      transaction.oncomplete = () => resolve()
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
      change(transaction.objectStore("answers"))
    })
  return {
    lasting: true,
    all: async () => {
      const range = IDBKeyRange.bound([session], [session, []]) // an array sorts after every string
      const answers = await done(database.transaction("answers").objectStore("answers").getAll(range))
      return answers.sort((a, b) => a.kept_at - b.kept_at)
    },
    put: (answer) => write((answers) => answers.put(answer)),
    remove: (answer) => write((answers) => answers.delete([answer.session, answer.trial])),
  }
}

/** @param {string} session @returns {Store} */
function simple(session) {
  const prefix = `beholder.answer.${session}.`
  const shelf = usable() ? localStorage : null
  /** @type {Map<string, string>} */ const memory = new Map()
  return {
    lasting: shelf !== null,
    all: async () => {
      const keys = shelf ? Object.keys(shelf).filter((key) => key.startsWith(prefix)) : [...memory.keys()]
      const read = (/** @type {string} */ key) => JSON.parse((shelf ? shelf.getItem(key) : memory.get(key)) ?? "null")
      return keys.map(read).filter(Boolean).sort((a, b) => a.kept_at - b.kept_at)
    },
    put: async (answer) => {
      const key = prefix + answer.trial
      if (shelf) shelf.setItem(key, JSON.stringify(answer))
      else memory.set(key, JSON.stringify(answer))
    },
    remove: async (answer) => {
      if (shelf) shelf.removeItem(prefix + answer.trial)
      else memory.delete(prefix + answer.trial)
    },
  }
}

function usable() {
  try {
    localStorage.setItem("beholder.try", "1")
    localStorage.removeItem("beholder.try")
    return true
  } catch {
    return false
  }
}
