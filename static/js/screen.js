// Everything on the trial page that is not a picture: the strip, the buttons, the words.

/** @typedef {import("./outbox.js").Outbox} Outbox */

/** The element with this id; the template and this file name the same ones. @param {string} id */
export function part(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}

/** Sets a text only where it differs, so that screen readers do not say it again.
 * @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** @param {number} number */
function answers(number) {
  return number === 1 ? "1 answer" : `${number} answers`
}

/** What the strip says about answers on their way. @param {Outbox} outbox */
export function savedWords(outbox) {
  const refused = outbox.refused.length
  if (outbox.waiting === 0) return refused ? `${answers(refused)} not taken` : "saved ✓"
  if (!outbox.interrupted) return "saving…"
  const where = outbox.lasting ? "kept on this device" : "kept in this page: leave it open"
  return `${answers(outbox.waiting)} ${where}, waiting for the connection`
}

/** @param {Outbox} outbox */
export function refusedWords(outbox) {
  const first = outbox.refused[0]
  if (!first) return ""
  return `The server did not take ${answers(outbox.refused.length)}: ${first.refused} Nothing is lost: what you chose is kept on this device. Please tell the experimenter.`
}

export class Screen {
  #buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("button[data-side]")])
  #panes = part("panes")
  #count = part("count")
  #progress = /** @type {HTMLProgressElement} */ (part("progress"))
  #saved = part("saved")
  #notice = part("notice")
  #zoom = part("zoom")
  #hint = part("hint")
  #halt = part("halt")
  #haltText = part("halt-text")
  #told = part("told")
  /** @type {HTMLElement[]} */ #pausedSaved = [...document.querySelectorAll("[data-saved]")].map((e) => /** @type {HTMLElement} */ (e))
  #feedback = part("feedback")
  #onwards = part("halt-onwards")

  /** @param {(side: "left" | "right" | "tie") => void} choose */
  constructor(choose) {
    for (const button of this.#buttons) {
      button.addEventListener("click", () => choose(/** @type {"left" | "right" | "tie"} */ (button.dataset.side)))
    }
  }

  get allowsTie() {
    return this.#buttons.some((button) => button.dataset.side === "tie")
  }

  /** aria-disabled instead of disabled: the focus of somebody who works by keyboard stays where it is.
   * @param {boolean} open */
  answerable(open) {
    for (const button of this.#buttons) button.setAttribute("aria-disabled", String(!open))
  }

  /** Whether there is nothing to see for now. @param {boolean} busy */
  busy(busy) {
    this.#panes.setAttribute("aria-busy", String(busy))
  }

  /** @param {number} number @param {number} total */
  counted(number, total) {
    write(this.#count, `${number} / ${total}`)
    this.#progress.max = total
    this.#progress.value = number - 1
  }

  /** @param {Outbox} outbox */
  saved(outbox) {
    const words = savedWords(outbox)
    write(this.#saved, words)
    this.#saved.classList.toggle("waiting", (outbox.interrupted && outbox.waiting > 0) || outbox.refused.length > 0)
    for (const element of this.#pausedSaved) write(element, words)
    if (outbox.interrupted && outbox.waiting > 0) this.tell(words)
    const refused = refusedWords(outbox)
    write(this.#notice, refused)
    this.#notice.hidden = !refused
  }

  /** @param {{zoom: string, whole: boolean, seen: {width: number, height: number}, inPlace: boolean}} readout
   * @param {{width: number, height: number}} size */
  looked(readout, size) {
    write(this.#zoom, readout.zoom)
    let hint = ""
    if (readout.inPlace) hint = "The reference is shown in all three places."
    else if (readout.zoom.startsWith("fit")) hint = "Overview only: press 1 to judge pixel by pixel."
    else if (readout.zoom === "1 : 1" && !readout.whole) {
      const { width, height } = readout.seen
      const inView = `${Math.min(width, size.width)} × ${Math.min(height, size.height)} of ${size.width} × ${size.height} pixels`
      hint = `This window is too small for the whole pictures at 1 : 1; ${inView} are in view. Enlarge it, or drag.`
    }
    write(this.#hint, hint)
  }

  /** What there is to say about the last answer; an empty text clears it. @param {string} sentence */
  feedback(sentence) {
    write(this.#feedback, sentence)
    this.tell(sentence)
  }

  /** Says it to a screen reader. @param {string} sentence */
  tell(sentence) {
    write(this.#told, sentence)
  }

  /** Instead of pictures, why there are none now, with a link onwards where there is one; null takes it away.
   * @param {string | null} sentence @param {boolean} [onwards] */
  halted(sentence, onwards = false) {
    if (sentence) write(this.#haltText, sentence)
    this.#onwards.hidden = !onwards
    this.#halt.hidden = sentence === null
  }
}
