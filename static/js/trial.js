// One block of trials: shows a pair, takes one answer, keeps it, shows the next.
import { Refused, fetchBlock, onReturn, standing } from "./block.js"
import { screenOf } from "./display.js"
import { listen as listenToGestures } from "./gestures.js"
import { InPlace } from "./inplace.js"
import { listen as listenToKeys } from "./keys.js"
import { Outbox } from "./outbox.js"
import { PictureRefused, Pictures } from "./pictures.js"
import { Room, nearby } from "./room.js"
import { Screen, part, practiceWords } from "./screen.js"
import { Stopwatch, sleep } from "./stopwatch.js"
import { counted, filled, texts } from "./texts.js"
import { Trace } from "./trace.js"
import { Viewer } from "./viewer.js"

/**
 * @typedef {import("./pictures.js").Trial} Trial
 * @typedef {Trial & {number: number}} NumberedTrial as the strip counts it
 * @typedef {"left" | "right" | "tie"} Side
 */

const SLOW = 1500 // ms after which waiting is explained
const SESSION_REFUSED = [403, 410] // not this answer alone: the browser holds another session now, or this one has ended

class Sitting {
  /** @type {NumberedTrial[]} */ #open = []
  /** @type {NumberedTrial | null} */ #shown = null
  /** @type {Set<string>} */ #given = new Set() // here, or left by an earlier visit: a reply under way may not know of them
  #planned = 1
  #last = 0 // the number of the block's last trial
  #restAfter = Infinity // ms of judging, after which the server sends the subject to rest
  #over = false // stopped for good: only a new visit goes on
  #turn = 0 // raised whenever what is to be shown changes: older steps then stop by themselves
  #blankSince = -Infinity
  #stopwatch = new Stopwatch()
  #place = 0 // of the pair shown last, in the session
  #narrow = "" // what is to be mended on the screen before the pair can be judged
  /** @type {string | null} */ #trouble = null

  /** @param {HTMLElement} root */
  constructor(root) {
    this.session = root.dataset.session ?? ""
    this.blankMs = Number(root.dataset.blankMs)
    this.minViewMs = Number(root.dataset.minViewMs)
    this.screen = new Screen((side) => void this.choose(side))
    this.room = new Room(root.dataset)
    this.kept = root.dataset.looks === "kept" // how the pictures are shown and looked at
    this.trace = new Trace(this.session, this.kept)
    this.viewer = new Viewer(panes(), {
      onChange: (readout) => this.#changed(readout),
      onTrace: ({ inPlace, ...look }) => this.trace.note("view", { trial: this.#place, ...look, in_place: inPlace }),
    })
    this.inPlace = new InPlace(this.viewer, document.getElementById("hold"), document.getElementById("flicker"))
    this.pictures = new Pictures((sentence) => this.#troubled(sentence))
    /** @type {Outbox | null} */ this.outbox = null
    this.dialog = /** @type {HTMLDialogElement} */ (part("paused"))
  }

  async start() {
    this.#listen()
    const outbox = await Outbox.open(this.session, {
      changed: (outbox) => this.screen.saved(outbox),
      stored: (answer, reply, created) => this.#stored(reply, created || !this.#given.has(answer.trial)),
      conflicting: (answer, reply) => this.#conflicting(answer.side, reply.side),
      refused: (answer, status) => this.#refused(answer, status),
      adopted: (answers) => this.#adopted(answers),
      withdrawn: () => location.replace(this.session),
    })
    this.outbox = outbox
    this.#given = new Set(outbox.trials)
    await this.#synchronize()
    if (this.#open.length || this.#given.size) await this.#next()
    else this.#halt(texts.partFinished, true) // a link, not a jump: two pages that send each other on never end
  }

  #listen() {
    listenToGestures(this.viewer)
    listenToKeys({
      viewer: this.viewer,
      inPlace: this.inPlace,
      choose: (side) => void this.choose(side),
      pause: () => this.#pause(),
      paused: () => this.dialog.open,
    })
    part("pause").addEventListener("click", () => this.#pause())
    this.dialog.addEventListener("close", () => (this.trace.note("resumed"), this.#stopwatch.run(this.#visible)))
    document.addEventListener("visibilitychange", () => this.#stopwatch.run(this.#visible))
    onReturn(() => void this.#lookAgain())
    addEventListener("pageshow", (event) => event.persisted && location.reload()) // never a page out of the back button's cache
    addEventListener("beforeunload", (event) => {
      if (this.outbox && !this.outbox.lasting && this.outbox.waiting) event.preventDefault()
    })
  }

  get #visible() {
    return this.#shown !== null && !this.#narrow && !this.dialog.open && document.visibilityState === "visible"
  }

  /** One answer to the pair on the screen; anything pressed while none is there is ignored. @param {Side} side */
  async choose(side) {
    const trial = this.#shown
    if (!trial || !this.outbox || this.dialog.open || (side === "tie" && !this.screen.allowsTie)) return
    if (this.#narrow || this.#stopwatch.elapsed < this.minViewMs) return
    this.#shown = null
    const elapsed = Math.round(this.#stopwatch.stop())
    this.#blank()
    this.screen.feedback("") // it was about an answer before
    this.#given.add(trial.token)
    const screen = this.kept ? { ...this.viewer.shown, ...screenOf() } : undefined
    await this.outbox.add({ trial: trial.token, url: trial.vote, side, elapsed_ms: elapsed, screen })
    this.trace.note("answered", { trial: trial.position, elapsed_ms: elapsed })
    this.trace.rest()
    this.#restAfter -= elapsed
    this.#open = this.#restAfter > 0 ? this.#open.filter((other) => other.token !== trial.token) : []
    await this.#next()
  }

  async #next() {
    if (this.#over) return undefined
    const turn = ++this.#turn
    const outbox = /** @type {Outbox} */ (this.outbox)
    const trial = this.#open[0]
    if (!trial) return this.#finish()
    if (outbox.full) {
      this.#halt(counted(texts.outboxFull, outbox.waiting))
      await outbox.until(() => !outbox.full)
      if (turn !== this.#turn) return undefined
    }
    this.pictures.prepare(this.#open)
    const slow = setTimeout(() => turn === this.#turn && this.#halt(this.#trouble ?? texts.fetching), SLOW)
    try {
      const pictures = await this.pictures.of(trial)
      clearTimeout(slow)
      await sleep(this.#blankSince + this.blankMs - performance.now())
      if (turn === this.#turn) this.#show(trial, pictures)
    } catch (error) {
      clearTimeout(slow)
      if (turn === this.#turn) this.stopped(error)
    }
    return undefined
  }

  /** @param {NumberedTrial} trial @param {import("./pictures.js").Decoded} pictures */
  #show(trial, pictures) {
    this.inPlace.stop()
    this.screen.halted(null)
    this.screen.counted(trial.number, this.#planned)
    this.#shown = trial
    this.#place = trial.position
    this.trace.note("shown", { trial: trial.position })
    this.viewer.show(pictures, trial)
    this.screen.busy(false)
    this.#stopwatch.start(this.#visible)
    this.screen.answerable(this.minViewMs === 0 && !this.#narrow)
    void this.#stopwatch.reaches(this.minViewMs).then(() => this.screen.answerable(this.#shown === trial && !this.#narrow))
  }

  /** @param {import("./viewer.js").Readout} readout */
  #changed(readout) {
    this.trace.panes(this.viewer.shown)
    if (!this.#shown) return
    const narrow = this.room.wants(this.viewer, this.#shown)
    this.screen.looked(readout, this.#shown, narrow !== "")
    if (narrow === this.#narrow) return
    this.#narrow = narrow
    this.screen.halted(narrow || null, "gate")
    this.screen.tell(narrow)
    this.#stopwatch.run(this.#visible)
    this.screen.answerable(!narrow && this.#stopwatch.elapsed >= this.minViewMs)
  }

  #blank() {
    this.viewer.blank()
    this.#narrow = ""
    this.inPlace.stop()
    this.screen.busy(true)
    this.screen.answerable(false)
    this.#blankSince = performance.now()
  }

  /** The next page is asked for only when the server holds every answer. */
  async #finish() {
    const outbox = /** @type {Outbox} */ (this.outbox)
    const turn = this.#turn
    const slow = setTimeout(() => turn === this.#turn && this.#halt(texts.lastAnswers), SLOW)
    await outbox.until(() => outbox.waiting === 0)
    clearTimeout(slow)
    if (turn === this.#turn) location.replace(this.session)
  }

  /** Takes over what the server says is still open, without the answers that are on their way to it. */
  async #synchronize() {
    const block = await fetchBlock(this.session, (why) => this.#halt(why))
    const before = block.last - block.trials.length // counted from the end, which no answer under way can move
    const numbered = block.trials.map((trial, index) => ({ ...trial, number: before + index + 1 }))
    this.#open = numbered.filter((trial) => !this.#given.has(trial.token))
    this.#planned = block.planned
    this.#last = block.last
    this.#restAfter = block.rest_after_ms ?? Infinity
  }

  /** Another tab or another device may have answered what is shown here, or finished the block. */
  async #lookAgain() {
    const trial = this.#shown
    if (!trial || this.outbox?.waiting) return
    const where = await standing(this.session, trial.token, this.#last)
    if (this.#shown !== trial) return
    if (where === "elsewhere") location.replace(this.session)
    else if (where === "behind") this.#catchUp()
  }

  /** @param {import("./outbox.js").Reply} reply @param {boolean} expected */
  #stored(reply, expected) {
    if (reply.correct !== undefined) this.screen.feedback(practiceWords(reply))
    if (!expected) this.#catchUp()
  }

  /** @param {string} ours @param {string} stored */
  #conflicting(ours, stored) {
    const sides = /** @type {Record<string, string>} */ (texts.sides)
    this.screen.overruled(filled(texts.answeredBefore, { stored: sides[stored] ?? "", given: sides[ours] ?? "" }))
    this.#catchUp()
  }

  /** The trial may still be open, and is then shown again. @param {import("./store.js").Answer} answer
   * @param {number} status */
  #refused(answer, status) {
    this.#given.delete(answer.trial)
    if (SESSION_REFUSED.includes(status)) this.stopped(new Refused(answer.refused))
    else this.#catchUp()
  }

  /** Another window of this browser has answered these. @param {import("./store.js").Answer[]} answers */
  #adopted(answers) {
    for (const answer of answers) this.#given.add(answer.trial)
    this.#catchUp()
  }

  /** Goes on from what the server says is open: another window of this session may be ahead. */
  #catchUp() {
    if (this.#over) return
    this.#synchronize()
      .then(() => {
        if (this.#over) return undefined
        if (this.#shown && this.#open[0]?.token === this.#shown.token) return undefined
        this.#shown = null
        this.#blank()
        return this.#next()
      })
      .catch((error) => this.stopped(error))
  }

  #pause() {
    if (this.dialog.open) return
    this.inPlace.stop()
    this.trace.note("paused")
    this.dialog.showModal()
    this.#stopwatch.run(false)
  }

  /** @param {string | null} sentence */
  #troubled(sentence) {
    this.#trouble = sentence
    if (sentence && !this.#shown && this.outbox && !this.outbox.full) this.#halt(sentence)
  }

  /** @param {string} sentence @param {boolean} [onwards] */
  #halt(sentence, onwards = false) {
    if (this.#over) return
    this.screen.halted(sentence, onwards ? "onwards" : null)
    this.screen.tell(sentence)
  }

  /** The end of this page: its reason instead of pictures, whatever else was under way. @param {unknown} error */
  stopped(error) {
    const told = error instanceof Refused || error instanceof PictureRefused
    if (!told) console.error(error)
    this.#halt(told ? error.message : texts.fault)
    this.#over = true
    this.#turn++
    this.#shown = null
    this.#open = []
    this.#stopwatch.stop()
    this.pictures.prepare([])
    this.#blank()
  }
}

function panes() {
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (part(`pane-${name}`))
  return { left: canvas("left"), reference: canvas("reference"), right: canvas("right") }
}

nearby(part("panes"))
const sitting = new Sitting(part("trial"))
sitting.start().catch((error) => sitting.stopped(error))
