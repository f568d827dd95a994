// The loss curve of a job, to be read point by point and zoomed into; without this file the server's drawing stays.

import uPlot from '../vendor/uPlot-1.6.32.esm.js'
import { chart, columns, grouped, isZoomed } from './chart.js'

/** @typedef {import('./chart.js').Curve} Curve */

const section = /** @type {HTMLElement} */ (document.getElementById('curve'))
const panel = /** @type {HTMLElement} */ (section.querySelector('.chart'))
const place = /** @type {HTMLElement} */ (panel.querySelector('.chart-place'))
const reading = /** @type {HTMLElement} */ (panel.querySelector('.chart-reading'))
const whole = /** @type {HTMLButtonElement} */ (panel.querySelector('button'))
const logarithmic = /** @type {HTMLInputElement} */ (panel.querySelector('input'))

/** @type {uPlot | null} */
let drawn = null
let shown = '' // the points on screen, as the page said them
/** @type {Curve} */
const curve = { steps: [], losses: [], total: 0 } // filled anew by each look at the page, and always the same object

/** The points that the page holds now; whether they differ from those on screen. */
function fetched() {
  const figure = /** @type {HTMLElement | null} */ (section.querySelector('[data-points]'))
  const said = figure?.dataset.points ?? ''
  if (!figure || said === shown) return false
  /** @type {[number, number][]} */
  const points = JSON.parse(said)
  shown = said
  curve.steps = points.map(([step]) => step)
  curve.losses = points.map(([, loss]) => loss)
  curve.total = Number(figure.dataset.steps)
  place.setAttribute('aria-label', figure.querySelector('img')?.alt ?? '')
  return true
}

/** Draws from the beginning: at first, and when the scale changes. */
function draw() {
  const before = drawn && isZoomed(drawn) ? drawn.scales.x : null
  drawn?.destroy()
  const possible = curve.losses.every(loss => loss > 0)
  logarithmic.disabled = !possible
  drawn = chart(place, curve, {
    logarithmic: possible && logarithmic.checked,
    read: (step, loss) => (reading.textContent = `step ${grouped(step)} · loss ${Number(loss.toPrecision(4))}`),
    zoom: zoomed => (whole.disabled = !zoomed),
  })
  if (before?.min !== undefined && before.max !== undefined) {
    drawn.setScale('x', { min: /** @type {number} */ (before.min), max: /** @type {number} */ (before.max) })
  }
  drawn.setCursor({ left: -1, top: -1 }) // nobody points at anything: the last value is read
}

/** Shows what the page holds now; a part that somebody has zoomed into stays where it is. */
function update() {
  if (!fetched()) return
  if (panel.hidden) {
    panel.hidden = false
    section.classList.add('charted')
  }
  const turned = logarithmic.disabled === curve.losses.every(loss => loss > 0)
  if (!drawn || turned) return draw()
  const { min, max } = drawn.scales.x ?? {}
  const zoomed = isZoomed(drawn)
  drawn.setData(columns(curve), !zoomed)
  if (zoomed) drawn.setScale('x', { min: Number(min), max: Number(max) })
  drawn.setCursor({ left: drawn.cursor.left ?? -1, top: drawn.cursor.top ?? -1 })
}

/** The part of the steps on screen. @param {uPlot} of @returns {[number, number]} */
const range = of => [Number(of.scales.x?.min), Number(of.scales.x?.max)]

/** The step that is read: under the cursor, or else the last. @param {uPlot} of */
function here(of) {
  const under = of.cursor.idx === null || of.cursor.idx === undefined ? undefined : of.data[0][of.cursor.idx]
  const index = under === undefined ? -1 : curve.steps.indexOf(under)
  return index < 0 ? curve.steps.length - 1 : index
}

/** Shows a part of the steps, at once. @param {uPlot} chart @param {number} min @param {number} max */
function show(chart, min, max) {
  chart.batch(() => chart.setScale('x', { min, max }))
}

/** Reads the report of that number; where it lies outside the part on screen, that part moves. @param {number} to */
function go(to) {
  if (!drawn) return
  const step = curve.steps[Math.min(Math.max(to, 0), curve.steps.length - 1)] ?? 0
  const [min, max] = range(drawn)
  if (step < min || step > max) {
    const least = Math.max(drawn.data[0][0] ?? 0, step < min ? step : step - (max - min))
    show(drawn, least, least + max - min)
  }
  drawn.setCursor({ left: Math.max(0, drawn.valToPos(step, 'x')), top: 0 })
}

/** Makes the part on screen so many times as wide, around the step that is read. @param {number} factor */
function zoom(factor) {
  if (!drawn) return
  const [min, max] = range(drawn)
  const places = drawn.data[0]
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? 0]
  const index = here(drawn)
  const step = curve.steps[index] ?? 0
  const width = (max - min) * factor
  const least = Math.max(first, Math.min(step - width * ((step - min) / (max - min)), last - width))
  if (width >= last - first) unzoom()
  else if (curve.steps.filter(one => one >= least && one <= least + width).length < 2) return
  else show(drawn, least, least + width)
  go(index)
}

/** The whole curve again. */
function unzoom() {
  const places = drawn?.data[0] ?? []
  if (drawn) show(drawn, places[0] ?? 0, places.at(-1) ?? 0)
}

/** What each key does, told the number of the report that is read. @type {Record<string, (at: number) => void>} */
const keys = {
  ArrowLeft: at => go(at - 1),
  ArrowRight: at => go(at + 1),
  Home: () => go(0),
  End: () => go(curve.steps.length - 1),
  '+': () => zoom(1 / 2),
  '=': () => zoom(1 / 2), // the key of + without Shift
  '-': () => zoom(2),
  0: () => zoom(Infinity),
}

whole.addEventListener('click', unzoom)
logarithmic.addEventListener('change', draw)
place.addEventListener('keydown', event => {
  const act = keys[event.key]
  if (!drawn || !act || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  act(here(drawn))
})
place.addEventListener('blur', () => drawn?.setCursor({ left: -1, top: -1 }))
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn?.redraw(false))
new ResizeObserver(() => drawn?.setSize({ width: place.clientWidth, height: place.clientHeight })).observe(place)
new MutationObserver(update).observe(section, { childList: true }) // desk.js swaps the live part
update()
