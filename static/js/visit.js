// On every page of a session but the trials: sends what an earlier visit could not, and says so.
import { Outbox } from "./outbox.js"
import { part, refusedWords, savedWords } from "./screen.js"
import { counted, texts } from "./texts.js"

const note = part("outbox")

/** @param {Outbox} outbox @param {number} inherited */
function show(outbox, inherited) {
  const saved = counted(texts.savedFromLastVisit, inherited)
  note.textContent = refusedWords(outbox) || (outbox.waiting ? savedWords(outbox) : saved)
  note.hidden = inherited === 0
}

const nothing = () => undefined
let inherited = 0
export const outbox = await Outbox.open(note.dataset.session ?? "", {
  changed: (queue) => {
    inherited = Math.max(inherited, queue.waiting)
    show(queue, inherited)
  },
  stored: nothing,
  conflicting: nothing,
  refused: nothing,
  withdrawn: () => {
    inherited = 0 // nothing was saved, and nothing is to be said
  },
})
