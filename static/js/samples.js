// A closer look at what a training restores: three panes with one shared view, as subjects see pictures.
import { listen } from './gestures.js'
import { Viewer } from './viewer.js'

/** @typedef {import('./viewer.js').PaneName} PaneName */

const section = /** @type {HTMLElement} */ (document.getElementById('samples'))
const lens = /** @type {HTMLElement} */ (section.querySelector('.lens'))
const reading = /** @type {HTMLElement} */ (lens.querySelector('.chart-reading'))
const order = /** @type {PaneName[]} */ (['left', 'reference', 'right'])
const panes = /** @type {Record<PaneName, HTMLCanvasElement>} */ (
  Object.fromEntries(order.map((name) => [name, lens.querySelector(`[data-pane="${name}"]`)]))
)
let told = ''

/** Somebody has chosen what the closer look shows, or moved in it: then nothing else takes its place. */
let taken = false

/** The row that was asked for last: pictures of an earlier one may arrive after its own. @type {Element | null} */
let wanted = null

/** The viewer, made when there is something to see: a hidden canvas has no size. @type {Viewer | null} */
let viewer = null

/** @param {string} address */
async function decoded(address) {
  const reply = await fetch(address)
  // "none": the numbers in the file are the numbers on the canvas
  return createImageBitmap(await reply.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
}

/** @param {HTMLTableRowElement} row */
async function show(row) {
  wanted = row
  const addresses = [...row.querySelectorAll('a')].map((link) => link.href)
  const pictures = await Promise.all(addresses.map(decoded))
  const [first] = pictures
  if (wanted !== row || !first || pictures.length !== order.length) return
  lens.hidden = false
  told = row.dataset.told ?? ''
  viewer ??= made()
  viewer.show(/** @type {Record<PaneName, ImageBitmap>} */ (Object.fromEntries(order.map((name, at) => [name, pictures[at]]))), first)
}

function made() {
  const fresh = new Viewer(panes, {
    onChange: ({ scale }) => {
      const zoom = scale < 1 ? 'whole' : `${scale} : 1`
      reading.textContent = `${told} · ${zoom}`
    },
  })
  listen(fresh)
  return fresh
}

for (const button of lens.querySelectorAll('button')) {
  button.addEventListener('click', () => viewer?.zoom(Number(button.dataset.zoom)))
}

for (const kind of ['pointerdown', 'wheel', 'keydown']) {
  lens.addEventListener(kind, () => { taken = true }, { passive: true })
}

section.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest('td a')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  taken = true
  show(/** @type {HTMLTableRowElement} */ (link.closest('tr'))).catch(() => location.assign(/** @type {HTMLAnchorElement} */ (link).href))
})

/** The first crop of the newest step stands in the closer look, until somebody wants another. */
function follow() {
  const row = /** @type {HTMLTableRowElement | null} */ (section.querySelector('tbody tr'))
  if (row && !taken) show(row).catch(() => { lens.hidden = true })
}

new MutationObserver(follow).observe(section, { childList: true }) // desk.js swaps the live part
follow()
