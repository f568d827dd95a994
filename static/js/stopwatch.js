// How long a pair has been visible: neither a pause nor a hidden tab counts.

/** @param {number} ms @returns {Promise<void>} */
export function sleep(ms) {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
}

export class Stopwatch {
  #gathered = 0
  /** @type {number | null} */ #since = null

  /** From nought. @param {boolean} running */
  start(running) {
    this.#gathered = 0
    this.#since = running ? performance.now() : null
  }

  /** @param {boolean} running */
  run(running) {
    this.#gathered = this.elapsed
    this.#since = running ? performance.now() : null
  }

  /** Milliseconds. */
  get elapsed() {
    return this.#gathered + (this.#since === null ? 0 : performance.now() - this.#since)
  }

  stop() {
    this.run(false)
    return this.#gathered
  }

  /** Resolves when so much time has been gathered. @param {number} ms */
  async reaches(ms) {
    while (this.elapsed < ms) await sleep(this.#since === null ? 100 : ms - this.elapsed)
  }
}
