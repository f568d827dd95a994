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

/** Moves the reading by one point. @param {number} by */
function step(by) {
  if (!drawn) return
  const at = drawn.cursor.idx ?? curve.steps.length - 1
  const places = drawn.data[0]
  const next = Math.min(Math.max(at + by, 0), places.length - 1)
  drawn.setCursor({ left: drawn.valToPos(places[next] ?? 0, 'x'), top: 0 })
}

/** The whole curve again. */
function unzoom() {
  const places = drawn?.data[0] ?? []
  drawn?.setScale('x', { min: places[0] ?? 0, max: places.at(-1) ?? 0 })
}

whole.addEventListener('click', unzoom)
logarithmic.addEventListener('change', draw)
place.addEventListener('keydown', event => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (!by || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  step(by)
})
place.addEventListener('blur', () => drawn?.setCursor({ left: -1, top: -1 }))
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn?.redraw(false))
new ResizeObserver(() => drawn?.setSize({ width: place.clientWidth, height: place.clientHeight })).observe(place)
new MutationObserver(update).observe(section, { childList: true }) // desk.js swaps the live part
update()
