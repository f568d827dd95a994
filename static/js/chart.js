// A loss curve drawn by uPlot in the desk's own colours: ticks as on the server's drawing, an accent line, no grid.

import uPlot from '../vendor/uPlot-1.6.32.esm.js'

/** @typedef {{ steps: number[], losses: number[], total: number }} Curve */
/** @typedef {(step: number, loss: number) => void} Read */
/** @typedef {{ logarithmic: boolean, read: Read, zoom: (zoomed: boolean) => void }} Wishes */

const ROOM = 0.06 // of the range of losses, left free above and below

/** What uPlot draws: the curve, with the ends of the axis as points that have no loss. @param {Curve} curve */
export function columns({ steps, losses, total }) {
  /** @type {(number | null)[]} */
  const values = [...losses]
  const places = [...steps]
  if ((places[0] ?? 0) > 0) {
    places.unshift(0)
    values.unshift(null)
  }
  if ((places.at(-1) ?? 0) < total) {
    places.push(total)
    values.push(null)
  }
  return /** @type {uPlot.AlignedData} */ ([places, values])
}

/** A chart that fills its place. @param {HTMLElement} place @param {Curve} curve @param {Wishes} wishes */
export function chart(place, curve, wishes) {
  /** A colour of the present scheme. @param {string} name @returns {() => string} */
  const ink = name => () => getComputedStyle(place).getPropertyValue(`--${name}`)
  const { fontFamily } = getComputedStyle(place)
  /** @type {uPlot.Axis} */
  const axis = {
    font: `12px ${fontFamily}`,
    stroke: ink('quiet'),
    grid: { show: false },
    border: { show: true, stroke: ink('line'), width: 1 },
    ticks: { stroke: ink('line'), width: 1, size: 4 },
  }
  return new uPlot(
    {
      width: place.clientWidth,
      height: place.clientHeight,
      legend: { show: false },
      padding: [12, 32, 0, 0],
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: 4 },
        points: { size: 11, width: 2, stroke: ink('panel'), fill: ink('accent') },
      },
      scales: {
        x: { time: false },
        y: { distr: wishes.logarithmic ? 3 : 1, range: (_, low, high) => range(low, high, wishes.logarithmic) },
      },
      axes: [
        { ...axis, space: 80, size: 28, values: (_, ticks) => ticks.map(step => grouped(step)) },
        {
          ...axis,
          size: 56,
          space: 40,
          ...(wishes.logarithmic ? { splits: (_u, _a, low, high) => decades(low, high), filter: (_, all) => all } : {}),
          values: (_, ticks) => ticks.map(loss => String(Number(loss.toPrecision(6)))),
        },
      ],
      series: [{}, { stroke: ink('accent'), width: 1.75, points: { show: curve.steps.length < 3 } }],
      hooks: {
        setCursor: [drawn => read(drawn, curve, wishes)],
        setScale: [(drawn, name) => name === 'x' && wishes.zoom(isZoomed(drawn))],
      },
    },
    columns(curve),
    place,
  )
}

/** Whether less than the whole curve is shown. @param {uPlot} drawn */
export function isZoomed(drawn) {
  const places = drawn.data[0]
  return drawn.scales.x?.min !== places[0] || drawn.scales.x?.max !== places.at(-1)
}

/** Tells step and loss under the cursor, or the last. @param {uPlot} drawn @param {Curve} curve @param {Wishes} to */
function read(drawn, { steps, losses }, to) {
  const at = drawn.cursor.idx
  const step = at === null || at === undefined ? undefined : drawn.data[0][at]
  const found = step === undefined ? -1 : steps.indexOf(step)
  const index = found < 0 ? steps.length - 1 : found
  to.read(steps[index] ?? 0, losses[index] ?? 0)
}

/**
 * Where the axis begins and ends: a little outside the losses.
 * @param {number | null} low @param {number | null} high @param {boolean} logarithmic @returns {[number, number]}
 */
function range(low, high, logarithmic) {
  const [bottom, top] = [low ?? (logarithmic ? 0.1 : 0), high ?? 1]
  if (!logarithmic) {
    const room = ROOM * (top - bottom) || 0.5
    return [bottom - room, top + room]
  }
  const factor = (top / bottom) ** ROOM || 1
  return factor === 1 ? [bottom / 2, top * 2] : [bottom / factor, top * factor]
}

/**
 * 1, 2 and 5 of each decade, only 1 where there are many, and plain steps where there is none.
 * @param {number} low @param {number} high
 */
function decades(low, high) {
  const factors = Math.log10(high / low) < 2.5 ? [1, 2, 5] : [1]
  /** @type {number[]} */
  const found = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) found.push(Number(`${factor}e${power}`))
  }
  const inside = found.filter(loss => loss >= low && loss <= high)
  return inside.length > 2 ? inside : even(low, high)
}

/** Three to six round numbers between two numbers. @param {number} low @param {number} high */
function even(low, high) {
  const size = 10 ** Math.floor(Math.log10((high - low) / 4))
  const step = [1, 2, 5, 10].map(factor => factor * size).find(step => (high - low) / step <= 6) ?? size * 10
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step)
}

/** A number in groups of three. @param {number} number */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}
