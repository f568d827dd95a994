// On every sheet of text: where the keyboard begins, and that a key held down on the page before presses nothing here.

/** @type {HTMLElement | null} */ const start = document.querySelector("[data-start]")
start?.focus({ preventScroll: true }) // not autofocus, which scrolls past the text that stands above a button

// a page that the browser kept whole is asked for again: on a shared computer it may be another subject's by now
addEventListener("pageshow", (event) => event.persisted && location.reload())

addEventListener("keydown", (event) => {
  const pressing = event.key === "Enter" || event.key === " "
  if (event.repeat && pressing && event.target instanceof Element && event.target.closest("form")) event.preventDefault()
})
