// What each key does on the trial page; the legend at its foot says the same.

/**
 * @typedef {import("./viewer.js").Viewer} Viewer
 * @typedef {{viewer: Viewer, choose: (side: "left" | "right" | "tie") => void, pause: () => void, paused: () => boolean}} Hands
 */

const STEP = 48 // device pixels per press of shift and an arrow key

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

/** @type {Record<string, "left" | "right" | "tie">} */
const ANSWERS = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "tie" }

/** @type {Record<string, (viewer: Viewer) => void>} */
const ZOOM = {
  "+": (viewer) => viewer.zoom(1),
  "=": (viewer) => viewer.zoom(1), // the same key without shift on many keyboards
  "-": (viewer) => viewer.zoom(-1),
  0: (viewer) => viewer.fit(),
  1: (viewer) => viewer.oneToOne(),
}

/** @param {Hands} hands */
export function listen(hands) {
  addEventListener("keydown", (event) => {
    if (hands.paused() || event.ctrlKey || event.metaKey || event.altKey) return // the browser's own, left alone
    if (pressed(event, hands)) event.preventDefault()
  })
  addEventListener("keyup", (event) => {
    if (isR(event)) hands.viewer.holdReference(false)
  })
  addEventListener("blur", () => hands.viewer.holdReference(false)) // the key may come up in another window
}

/** Whether the key meant something. @param {KeyboardEvent} event @param {Hands} hands */
function pressed(event, hands) {
  const { viewer } = hands
  const arrow = ARROWS[event.key]
  if (event.shiftKey && arrow) {
    viewer.drag(arrow[0] * STEP, arrow[1] * STEP)
    return true
  }
  const answer = ANSWERS[event.key]
  if (answer) {
    if (!event.repeat) hands.choose(answer) // a key held down answers once
    return true
  }
  const zoom = ZOOM[event.key]
  if (zoom) zoom(viewer)
  else if (isR(event)) viewer.holdReference(true)
  else if (event.key === "Escape") hands.pause()
  else return false
  return true
}

/** Also the key in its place on keyboards whose letters are not Latin. @param {KeyboardEvent} event */
function isR(event) {
  return event.key.toLowerCase() === "r" || (event.code === "KeyR" && !/^[a-z]$/i.test(event.key))
}
