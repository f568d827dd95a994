// The display gate: says what of this screen is right and how the rest is mended, and looks again by itself. What passing
// means is the server's decision; this page only spares its subject the way there and back.
import { Backing } from "./backing.js"
import { fillsScreen, screenOf, touchOnly, watch, zoomPercent } from "./display.js"
import { nearby } from "./room.js"
import { part } from "./screen.js"
import { filled, number, texts } from "./texts.js"

/**
 * `wrong` closes the gate, `advice` never does.
 * @typedef {"right" | "advice" | "wrong"} State
 * @typedef {{state: State, says: string}} Found
 */

const gate = part("gate")
const form = /** @type {HTMLFormElement} */ (part("gate-form"))
const button = part("onwards")
const details = /** @type {HTMLDetailsElement} */ (part("checks"))
const needed = { width: Number(gate.dataset.width), height: Number(gate.dataset.height) }
const insists = gate.dataset.gate === "require"
const canvases = /** @type {HTMLCanvasElement[]} */ ([...document.querySelectorAll("#probe canvas")])
nearby(part("panes"))
const backing = new Backing(canvases, look)

/** @param {State} state @param {string} says @param {Record<string, string | number>} [values] @returns {Found} */
const found = (state, says, values = {}) => ({ state, says: filled(says, values) })

/** What the smallest of the three panes shows at 1 : 1. */
function seen() {
  return { width: Math.min(...canvases.map((pane) => pane.width)), height: Math.min(...canvases.map((pane) => pane.height)) }
}

/** @returns {Found} */
function roomy() {
  const size = (/** @type {{width: number, height: number}} */ of) => `${number(of.width)} × ${number(of.height)}`
  const room = seen()
  const values = { seen: size(room), needed: size(needed) }
  if (room.width >= needed.width && room.height >= needed.height) return found("right", texts.gate.room, values)
  return found("wrong", fillsScreen() ? texts.gate.noRoomOnScreen : texts.gate.noRoom, values)
}

/** @returns {Found} */
function zoom() {
  const percent = zoomPercent()
  if (percent === null) return found("advice", texts.gate.zoomUnknown)
  return percent === 100 ? found("right", texts.gate.zoom) : found("advice", texts.gate.zoomed, { percent })
}

/** @returns {Found} */
function exact() {
  if (backing.obstacle === null) return found("right", texts.gate.exact)
  return found("wrong", backing.obstacle === "enlarged" ? texts.gate.enlarged : texts.gate.inexact)
}

/** @returns {Record<string, Found>} */
function everything() {
  const { gamut, dynamic_range } = screenOf()
  const wide = gamut === "p3" || gamut === "rec2020"
  return {
    room: roomy(),
    exact: exact(),
    computer: touchOnly() ? found("wrong", texts.gate.handheld) : found("right", texts.gate.computer),
    zoom: zoom(),
    gamut: gamut ? found("right", wide ? texts.gate.wideGamut : texts.gate.gamut) : found("advice", texts.gate.noGamut),
    range: dynamic_range === "high" ? found("advice", texts.gate.highRange) : found("right", texts.gate.range),
  }
}

/** @param {string} name @param {Found} what */
function tell(name, what) {
  const row = part(`check-${name}`)
  if (row.dataset.state === what.state && row.querySelector("p")?.textContent === what.says) return
  row.dataset.state = what.state
  const [word, says] = [".word", "p"].map((place) => /** @type {HTMLElement} */ (row.querySelector(place)))
  if (word) word.textContent = texts.gate.words[what.state]
  if (says) says.textContent = what.says
}

function fill() {
  const room = seen()
  const values = {
    pixel_ratio: devicePixelRatio, pane_width: room.width, pane_height: room.height,
    exact: backing.obstacle === null, touch_only: touchOnly(), window_width: innerWidth, window_height: innerHeight,
    screen_width: screen.width, screen_height: screen.height, zoom_percent: zoomPercent() ?? "", ...screenOf(),
  }
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement) field.value = String(value ?? "")
  }
}

function look() {
  const checks = everything()
  for (const [name, what] of Object.entries(checks)) tell(name, what)
  fill()
  const wrong = Object.values(checks).some((what) => what.state === "wrong")
  button.setAttribute("aria-disabled", String(wrong && insists))
  button.textContent = wrong && !insists ? texts.gate.onAllTheSame : texts.gate.on
  const verdict = part("verdict")
  const says = wrong ? (insists ? texts.gate.mend : texts.gate.advised) : texts.gate.fit
  if (verdict.textContent !== says) verdict.textContent = says
  if (Object.values(checks).some((what) => what.state !== "right")) details.open = true // and stays: what is mended is seen
  gate.hidden = false
}

form.addEventListener("submit", (event) => button.getAttribute("aria-disabled") === "true" && event.preventDefault())
watch(look)
