// A break: how long it has lasted, or where one is enforced how long it lasts still; then the button may be pressed. The
// server keeps to the time as well.
import { part } from "./screen.js"
import { filled, texts } from "./texts.js"

const button = /** @type {HTMLButtonElement} */ (part("onwards"))
const told = part("left")
const began = performance.now()
const enforced = Number(button.dataset.seconds)

function tick() {
  const seconds = Math.floor((performance.now() - began) / 1000)
  const left = enforced - seconds
  if (button.disabled && left <= 0) {
    button.disabled = false
    button.focus({ preventScroll: true })
  }
  told.textContent = left > 0 ? filled(texts.timeLeft, { time: clock(left) }) : filled(texts.timeRested, { time: clock(seconds) })
  setTimeout(tick, 250)
}

/** Minutes and seconds. @param {number} seconds */
function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

button.focus({ preventScroll: true })
tick()
