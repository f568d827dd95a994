// What each key does on the trial page; the legend at its foot says the same.

/**
 * @typedef {import("./viewer.js").Viewer} Viewer
 * @typedef {{viewer: Viewer, inPlace: import("./inplace.js").InPlace, pause: () => void, paused: () => boolean,
 *   choose: (side: "left" | "right" | "tie") => void}} Hands
 */

const STEP = 48 // device pixels per press of an arrow key with shift, or of a letter

/** What is seen goes the way the arrow points, and the pictures the other way. @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

/** The same with one hand and without a second key. @type {Record<string, [number, number]>} */
const LETTERS = { a: [1, 0], d: [-1, 0], w: [0, 1], s: [0, -1] }

/** @type {Record<string, "left" | "right" | "tie">} */
const ANSWERS = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "tie" }

/** @type {Record<string, (viewer: Viewer) => void>} */
const ZOOM = {
  "+": (viewer) => viewer.zoom(1),
  "=": (viewer) => viewer.zoom(1), // the same key without shift on many keyboards
  "-": (viewer) => viewer.zoom(-1),
  0: (viewer) => viewer.fit(),
  1: (viewer) => viewer.zoomTo(1),
  2: (viewer) => viewer.zoomTo(2),
  4: (viewer) => viewer.zoomTo(4),
  8: (viewer) => viewer.zoomTo(8),
}

/** @param {Hands} hands */
export function listen(hands) {
  addEventListener("keydown", (event) => {
    if (hands.paused() || event.ctrlKey || event.metaKey || event.altKey) return // the browser's own, left alone
    if (pressed(event, hands)) event.preventDefault()
  })
  addEventListener("keyup", (event) => {
    if (letter(event) === "r") hands.inPlace.hold(false)
    if (letter(event) === "f") hands.inPlace.release()
  })
}

/** Whether the key meant something. @param {KeyboardEvent} event @param {Hands} hands */
function pressed(event, hands) {
  const { viewer, inPlace } = hands
  const move = event.shiftKey ? ARROWS[event.key] : LETTERS[letter(event)]
  const answer = ANSWERS[event.key]
  const zoom = ZOOM[event.key]
  if (move) viewer.drag(move[0] * STEP, move[1] * STEP)
  else if (answer) {
    if (!event.repeat) hands.choose(answer) // a key held down answers once
  } else if (zoom) zoom(viewer)
  else if (letter(event) === "r" && inPlace.holds) inPlace.hold(true)
  else if (letter(event) === "f" && inPlace.flickers) {
    if (!event.repeat) inPlace.press()
  } else if (event.key === "Escape") hands.pause()
  else return false
  return true
}

/** The letter on the key; where letters are not Latin, the one that the key has in its place elsewhere.
 * @param {KeyboardEvent} event */
function letter({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase()
  return key.length === 1 && code.startsWith("Key") ? code.slice(3).toLowerCase() : ""
}
