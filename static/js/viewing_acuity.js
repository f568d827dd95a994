// Rings, one after the other, each on whole device pixels; where their gaps are, the server knows.
import { part } from "./screen.js"

/** @type {Record<string, string>} */
const KEYS = { ArrowUp: "up", ArrowRight: "right", ArrowDown: "down", ArrowLeft: "left", 0: "none" }

const form = /** @type {HTMLFormElement} */ (part("rings"))
const canvas = /** @type {HTMLCanvasElement} */ (part("ring"))
const total = Number(form.dataset.rings)
const turn = new FormData(form).get("turn")
/** @type {string[]} */ const said = []
/** @type {HTMLImageElement[]} */ let rings = []

function draw() {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  context.clearRect(0, 0, canvas.width, canvas.height)
  const ring = rings[said.length]
  if (!ring) return
  context.imageSmoothingEnabled = false
  const [x, y] = [Math.floor((canvas.width - ring.width) / 2), Math.floor((canvas.height - ring.height) / 2)]
  context.drawImage(ring, x, y)
}

/** @param {ResizeObserverEntry[]} entries */
function resized(entries) {
  for (const entry of entries) {
    const exact = entry.devicePixelContentBoxSize?.[0]
    canvas.width = exact ? exact.inlineSize : Math.round(entry.contentRect.width * devicePixelRatio)
    canvas.height = exact ? exact.blockSize : Math.round(entry.contentRect.height * devicePixelRatio)
  }
  draw()
}

/** @param {string} way */
function answer(way) {
  if (rings.length < total || said.length >= total) return
  said.push(way)
  draw()
  if (said.length < total) {
    part("which").textContent = `${said.length + 1} / ${total}`
    return
  }
  for (const direction of said) {
    const field = document.createElement("input")
    field.type = "hidden"
    field.name = "direction"
    field.value = direction
    form.append(field)
  }
  form.submit()
}

/** @param {number} number counted from 1 */
async function fetched(number) {
  const ring = new Image()
  ring.src = `${form.action}/${number}.png?turn=${turn}`
  await ring.decode()
  return ring
}

for (const button of form.querySelectorAll("button")) {
  button.addEventListener("click", () => answer(button.dataset.way ?? "none"))
}
addEventListener("keydown", (event) => {
  const way = KEYS[event.key]
  if (!way || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault() // the arrows would scroll
  answer(way)
})
addEventListener("pageshow", (event) => event.persisted && location.reload()) // never an answered page again
const observer = new ResizeObserver(resized)
try {
  observer.observe(canvas, { box: "device-pixel-content-box" })
} catch {
  observer.observe(canvas) // Safari knows no such box
}
rings = await Promise.all(Array.from({ length: total }, (_, index) => fetched(index + 1)))
draw()
canvas.dataset.ready = "yes"
