// On the last page: goes on to whoever sent the subject, but only when the server holds every answer, and not at once.
import { part } from "./screen.js"
import { counted, texts } from "./texts.js"
import { outbox } from "./visit.js"

const SECONDS = 10
const back = part("back")
const note = part("leaving")
let left = SECONDS

function say() {
  part("leaving-in").textContent = counted(texts.leavingIn, left)
}

await outbox.until(() => outbox.waiting === 0)
if (outbox.refused.length === 0) {
  say()
  note.hidden = false
  const timer = setInterval(() => {
    left -= 1
    say()
    if (left > 0) return
    clearInterval(timer)
    back.click()
  }, 1_000)
  for (const stop of [part("stay"), back]) {
    stop.addEventListener("click", () => {
      clearInterval(timer)
      note.hidden = true
    })
  }
}
