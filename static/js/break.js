// An enforced break: counts down and then lets the button be pressed. The server keeps to the time as well.
import { part } from "./screen.js"
import { filled, texts } from "./texts.js"

const button = /** @type {HTMLButtonElement} */ (part("onwards"))
const left = part("left")
const until = performance.now() + 1000 * Number(button.dataset.seconds)

function tick() {
  const seconds = Math.ceil((until - performance.now()) / 1000)
  button.disabled = seconds > 0
  left.hidden = seconds <= 0
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  left.textContent = filled(texts.timeLeft, { time })
  if (seconds > 0) setTimeout(tick, 250)
  else button.focus({ preventScroll: true })
}

tick()
