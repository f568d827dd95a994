// While somebody types objectives of their own, what is wrong with a line is told beneath, with what was probably meant.

const PAUSE = 300 // ms without a key before the server is asked

const area = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('own'))
const place = /** @type {HTMLElement | null} */ (document.getElementById('own-readings'))
let timer = 0
let asked = 0

/** @typedef {{text: string, canonical: string, problem: string, meant: string}} Reading */

/** @param {string} said @param {string} kind */
function sentence(said, kind) {
  const made = document.createElement('p')
  made.className = `${kind} small`
  made.append(said)
  return made
}

/** @param {Reading} reading */
function told(reading) {
  if (!reading.problem) return sentence(`✓ ${reading.canonical}`, 'quiet')
  const made = sentence(reading.problem, 'stop')
  if (reading.meant && area) {
    const take = document.createElement('button')
    take.type = 'button'
    take.append(`Write “${reading.meant}”`)
    take.addEventListener('click', () => {
      const lines = area.value.split('\n')
      area.value = lines.map((line) => (line.trim() === reading.text ? reading.meant : line)).join('\n')
      area.focus()
      ask()
    })
    made.append(' ', take)
  }
  return made
}

/** Only the answer to the latest question is shown. */
async function ask() {
  if (!area || !place) return
  const mine = ++asked
  if (!area.value.trim()) {
    place.replaceChildren()
    return area.setAttribute('aria-invalid', 'false')
  }
  const reply = await fetch('/admin/trainings/objectives', { method: 'POST', body: new URLSearchParams({ own: area.value }) }).catch(() => null)
  if (!reply?.ok || mine !== asked) return // checking says it all the same
  const readings = /** @type {Reading[]} */ (await reply.json())
  place.replaceChildren(...readings.map(told))
  area.setAttribute('aria-invalid', String(readings.some((one) => one.problem !== '')))
}

area?.addEventListener('input', () => {
  clearTimeout(timer)
  timer = window.setTimeout(ask, PAUSE)
})
