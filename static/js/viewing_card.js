// A drawn card is made as wide as a real one; then a dot walks out to the blind spot, time after time.
import { part } from "./screen.js"

const CARD_MM = 85.6
const TIMES = 5
const FIRST_MM = 40 // from the cross: nearer than the blind spot of anybody
const JITTER_MM = 15 // each walk begins elsewhere, so that nobody counts seconds
const SPEED_MM = 20 // a second
const DOT_MM = 6
const REST = 700 // ms between two walks

const form = /** @type {HTMLFormElement} */ (part("measure"))
const slider = /** @type {HTMLInputElement} */ (part("width"))
const card = part("bank-card")
const [blind, dot, cross] = [part("blind"), part("dot"), part("cross")]
/** @type {number[]} */ let spots = [] // device pixels
let walking = 0 // raised whenever a walk begins or ends: an older one then stops by itself
let away = 0 // CSS pixels from the cross to the dot

/** CSS pixels of a millimetre, as the drawn card has it. */
const scale = () => Number(slider.value) / CARD_MM

function drawn() {
  card.style.width = `${slider.value}px`
}

/** @param {number} width CSS pixels */
function widened(width) {
  slider.value = String(width)
  drawn()
}

/** @param {boolean} card */
function step(card) {
  part("step-card").hidden = !card
  part("step-distance").hidden = card
  part(card ? "width" : "begin").focus()
}

function fitted() {
  /** @type {HTMLInputElement} */ (part("card-pixels")).value = String(Number(slider.value) * devicePixelRatio)
  step(false)
}

/** @param {PointerEvent} pressed */
function drag(pressed) {
  const edge = part("edge")
  const start = Number(slider.value) - pressed.clientX
  /** @param {PointerEvent} moved */
  const follow = (moved) => widened(start + moved.clientX)
  edge.setPointerCapture(pressed.pointerId)
  edge.addEventListener("pointermove", follow)
  edge.addEventListener("lostpointercapture", () => edge.removeEventListener("pointermove", follow), { once: true })
  pressed.preventDefault()
}

function walk() {
  const turn = ++walking
  const began = performance.now()
  const first = FIRST_MM + JITTER_MM * Math.random()
  const size = DOT_MM * scale()
  const box = cross.getBoundingClientRect()
  const middle = box.left + box.width / 2
  part("which").textContent = `${spots.length + 1} / ${TIMES}`
  dot.style.width = dot.style.height = `${size}px`
  /** @param {number} time */
  const move = (time) => {
    if (turn !== walking) return
    away = (first + (SPEED_MM * Math.max(0, time - began)) / 1000) * scale()
    if (away > middle - size) {
      part("edge-reached").hidden = false
      away = 0 // the edge is no blind spot
      walkAfterRest()
      return
    }
    dot.style.translate = `${middle - away - size / 2}px -50%`
    requestAnimationFrame(move)
  }
  move(began) // not in the next frame: until then the dot would stand where the last walk ended
}

function walkAfterRest() {
  const next = ++walking
  setTimeout(() => next === walking && walk(), REST)
}

function begun() {
  spots = []
  part("edge-reached").hidden = true
  blind.hidden = false
  part("gone").focus()
  walk()
}

function stopped() {
  walking++
  blind.hidden = true
  part("begin").focus()
}

function gone() {
  if (!away) return
  spots.push(away * devicePixelRatio)
  away = 0
  if (spots.length < TIMES) {
    walkAfterRest()
    return
  }
  walking++
  for (const spot of spots) {
    const field = document.createElement("input")
    field.type = "hidden"
    field.name = "spots"
    field.value = String(spot)
    form.append(field)
  }
  form.submit()
}

slider.addEventListener("input", drawn)
slider.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return
  event.preventDefault() // it would send the form
  fitted()
})
part("smaller").addEventListener("click", () => widened(Number(slider.value) - 0.5))
part("larger").addEventListener("click", () => widened(Number(slider.value) + 0.5))
part("edge").addEventListener("pointerdown", drag)
part("fits").addEventListener("click", fitted)
part("again").addEventListener("click", () => step(true))
part("begin").addEventListener("click", begun)
part("gone").addEventListener("click", gone)
part("stop").addEventListener("click", stopped)
form.addEventListener("submit", (event) => {
  const distance = /** @type {HTMLInputElement} */ (part("distance"))
  if (distance.value) return
  event.preventDefault()
  distance.focus()
})
blind.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stopped()
  else if (event.key === " " && !event.repeat) gone()
  else return
  event.preventDefault()
})
blind.addEventListener("keyup", (event) => {
  if (event.key === " ") event.preventDefault() // the button would be pressed a second time
})
drawn()
slider.focus({ preventScroll: true })
