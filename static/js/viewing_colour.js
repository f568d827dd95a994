// Discs of dots, one at a time: a digit's key or a click chooses and goes on. Without this file all stand in one page.
import { part } from "./screen.js"

const form = /** @type {HTMLFormElement} */ (part("plates"))
const onwards = part("onwards")
/** @type {HTMLFieldSetElement[]} */ const plates = [...form.querySelectorAll("fieldset")]
let current = 0

/** @param {number} index */
function show(index) {
  current = index
  plates.forEach((plate, other) => (plate.hidden = other !== index))
  plates[index]?.focus({ preventScroll: true }) // not its first digit, which would look as if it were chosen
}

/** On to the next disc, and from the last one to the server; nowhere before this one is answered. */
function next() {
  if (!plates[current]?.querySelector("input:checked")) return
  if (current + 1 < plates.length) show(current + 1)
  else form.submit()
}

form.addEventListener("click", (event) => {
  const chosen = event.target instanceof HTMLInputElement && event.target.type === "radio"
  if (chosen && event.detail > 0) next() // by a pointer: arrow keys choose too, and go on with Enter
})
onwards.addEventListener("click", (event) => {
  event.preventDefault()
  next()
})
addEventListener("keydown", (event) => {
  if (event.repeat || event.altKey || event.ctrlKey || event.metaKey) return
  const value = event.key.toLowerCase() === "n" ? "none" : event.key
  if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
    event.preventDefault()
    next()
    return
  }
  /** @type {HTMLInputElement | null | undefined} */
  const choice = /^([0-9]|none)$/.test(value) ? plates[current]?.querySelector(`input[value="${value}"]`) : null
  if (!choice) return
  event.preventDefault()
  choice.checked = true
  next()
})
show(0)
