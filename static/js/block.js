// What the server says is still open of a session: asked at the start, and again when another window may have gone on.
import { sentences } from "./problem.js"
import { sleep } from "./stopwatch.js"
import { texts } from "./texts.js"

/**
 * @typedef {{last: number, planned: number, trials: import("./pictures.js").Trial[], rest_after_ms?: number}} Block what
 *   the server says is still open; `last` is the number of the block's last trial, `rest_after_ms` how much more may be
 *   judged in this sitting
 */

/** The server will not let this browser go on; the message is its own sentence. */
export class Refused extends Error {}

/** @param {string} session */
const asked = (session) => fetch(`${session}/trials`, { headers: { Accept: "application/json" } }).catch(() => null)

/** The open block, however long it takes. @param {string} session @param {(why: string) => void} waits
 * @returns {Promise<Block>} */
export async function fetchBlock(session, waits) {
  for (let wait = 1000; ; wait = Math.min(2 * wait, 15_000)) {
    const response = await asked(session)
    const body = await response?.json().catch(() => null)
    if (response?.ok && body) return body
    const why = sentences(body)
    if (response && why && response.status < 500) throw new Refused(why)
    waits(why || texts.noConnection)
    await sleep(wait)
  }
}

/** Calls whenever the subject comes back to this window from another one. @param {() => void} back */
export function onReturn(back) {
  addEventListener("focus", back)
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && back())
}

/** Whether the trial shown here is still open: "behind" where a later one is due by now, "elsewhere" where another page
 * is. Where the server cannot be asked, nothing has changed. @param {string} session @param {string} shown its token
 * @param {number} last @returns {Promise<"here" | "behind" | "elsewhere">} */
export async function standing(session, shown, last) {
  const response = await asked(session)
  /** @type {Block | null} */ const block = response?.ok ? await response.json().catch(() => null) : null
  if (!block) return "here"
  if (!block.trials.length || block.last !== last) return "elsewhere"
  return block.trials.some((trial) => trial.token === shown) ? "here" : "behind"
}
