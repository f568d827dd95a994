// Everything on the trial page that is not a picture: the strip, the buttons, the words.
import { counted, filled, number, texts } from "./texts.js"

/** @typedef {import("./outbox.js").Outbox} Outbox */

const NARROW = matchMedia("(width < 480px)") // the page says so above the pictures: trial.css

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

/** What the strip says about answers on their way. @param {Outbox} outbox */
export function savedWords(outbox) {
  const refused = outbox.refused.length
  if (outbox.waiting === 0) return refused ? counted(texts.notTaken, refused) : texts.saved
  if (!outbox.interrupted) return texts.saving
  return counted(outbox.lasting ? texts.keptOnDevice : texts.keptInPage, outbox.waiting)
}

/** @param {Outbox} outbox */
export function refusedWords(outbox) {
  const first = outbox.refused[0]
  if (!first) return ""
  return counted(texts.answersRefused, outbox.refused.length, { why: first.refused ?? "" })
}

/** What practice says about the last answer; nothing where the server did not judge it.
 * @param {import("./outbox.js").Reply} reply */
export function practiceWords(reply) {
  if (reply.correct === undefined) return ""
  const said = /** @type {Record<string, string>} */ (reply.correct ? texts.practiceRight : texts.practiceWrong)
  return said[reply.side] ?? ""
}

/** What the reader of a picture's scale is told. @param {number} scale */
function zoomWords(scale) {
  return scale < 1 ? filled(texts.fit, { percent: Math.round(scale * 100) }) : `${number(scale)} : ${number(1)}`
}

/** What there is to say about what is seen, where it is not simply the whole pictures.
 * @param {import("./viewer.js").Readout} readout @param {{width: number, height: number}} size */
function hintWords(readout, size) {
  if (readout.inPlace === "flicker") return texts.flickering
  if (readout.inPlace) return texts.referenceInPlace
  if (readout.obstacle) return filled(texts.notExact[readout.obstacle], { percent: Math.round(100 * devicePixelRatio) })
  if (readout.scale < 1) return texts.overview
  if (readout.scale > 1 || readout.whole || NARROW.matches) return ""
  const { width, height } = readout.seen
  const seen = `${number(Math.min(width, size.width))} × ${number(Math.min(height, size.height))}`
  return filled(texts.tooSmall, { seen, whole: `${number(size.width)} × ${number(size.height)}` })
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
  /** @type {Record<"onwards" | "gate", HTMLElement>} */ #links = { onwards: part("halt-onwards"), gate: part("halt-gate") }
  #refused = ""
  #overruled = ""

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

  /** @param {number} position @param {number} total */
  counted(position, total) {
    write(this.#count, `${number(position)} / ${number(total)}`)
    this.#progress.max = total
    this.#progress.value = position - 1
  }

  /** @param {Outbox} outbox */
  saved(outbox) {
    const words = savedWords(outbox)
    write(this.#saved, words)
    this.#saved.classList.toggle("waiting", (outbox.interrupted && outbox.waiting > 0) || outbox.refused.length > 0)
    for (const element of this.#pausedSaved) write(element, words)
    if (outbox.interrupted && outbox.waiting > 0) this.tell(words)
    this.#refused = refusedWords(outbox)
    this.#notices()
  }

  #notices() {
    const words = this.#refused || this.#overruled
    write(this.#notice, words)
    this.#notice.hidden = !words
  }

  /** @param {import("./viewer.js").Readout} readout @param {{width: number, height: number}} size
   * @param {boolean} halted what there is to say stands over the pictures already */
  looked(readout, size, halted) {
    write(this.#zoom, zoomWords(readout.scale))
    write(this.#hint, halted ? "" : hintWords(readout, size))
  }

  /** What there is to say about the last answer; an empty text clears it. @param {string} sentence */
  feedback(sentence) {
    this.overruled("")
    write(this.#feedback, sentence)
    this.tell(sentence)
  }

  /** That an answer did not count, in full: the strip would cut it short. @param {string} sentence */
  overruled(sentence) {
    this.#overruled = sentence
    this.#notices()
  }

  /** Says it to a screen reader. @param {string} sentence */
  tell(sentence) {
    write(this.#told, sentence)
  }

  /** Instead of pictures, why there are none now, with a link onwards where there is one; null takes it away.
   * @param {string | null} sentence @param {"onwards" | "gate" | null} [link] */
  halted(sentence, link = null) {
    if (sentence) write(this.#haltText, sentence)
    for (const [name, element] of Object.entries(this.#links)) element.hidden = name !== link
    this.#halt.hidden = sentence === null
  }
}
