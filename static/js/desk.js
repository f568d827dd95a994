// The desk's pages work without this file; with it, parts marked data-live keep themselves up to date, and the page
// says so where they do not: nobody should take an old number for a new one.

const EVERY = 4_000 // ms
const PATIENCE = 20_000 // ms, for one reply

const told = document.getElementById('stale')

/** When the page was last as the server has it. */
let asked = new Date()

/** What the server last said of each part: what stands there may have been opened, or drawn by another script. */
const shown = new Map([...document.querySelectorAll('[data-live]')].map((part) => [part.id, part.outerHTML]))

/** Since when a part that somebody uses is behind. @type {Map<string, Date>} */
const held = new Map()

/** Somebody has a control of it under their fingers, or a form or list in it open. @param {Element} part */
const inUse = (part) => part.contains(document.activeElement) || part.querySelector('details[open]') !== null

/** New parts of a growing list take their places in it, and those that are gone leave. @param {Document} fresh */
function fill(fresh) {
  for (const list of document.querySelectorAll('[data-live-list]')) {
    const next = fresh.getElementById(list.id)
    if (!next) continue
    for (const part of [...list.children]) {
      if (!fresh.getElementById(part.id) && !inUse(part)) part.remove()
    }
    let after = null
    for (const part of [...next.children].reverse()) {
      const known = document.getElementById(part.id)
      if (!known) {
        shown.set(part.id, part.outerHTML)
        list.insertBefore(document.adoptNode(part), after)
      }
      after = known ?? part
    }
  }
}

/** Swaps every live part whose content has changed for the one of a fresh copy of this page. @param {Document} fresh */
function replace(fresh) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id)
    if (next && next.outerHTML !== shown.get(part.id)) {
      if (inUse(part)) {
        held.set(part.id, held.get(part.id) ?? asked)
        continue
      }
      shown.set(part.id, next.outerHTML)
      part.replaceWith(document.adoptNode(next))
    }
    held.delete(part.id)
  }
}

/** The page by a request of its own: one that came by a form would be sent again. */
const anew = () => location.replace(location.pathname + location.search)

/** One look at the server: why this page is not as the server has it, in words; '' where it is. */
async function look() {
  const began = new Date()
  const signal = AbortSignal.timeout(PATIENCE)
  const reply = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store', signal })
  if (reply.redirected || [401, 403, 404].includes(reply.status)) {
    anew() // the page that is there now says so itself
    return ''
  }
  if (!reply.ok) return `the server answers with an error (${reply.status})`
  const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html')
  fill(fresh)
  replace(fresh)
  asked = began
  return ''
}

/** Says since when the page, or a part of it, is behind, and why. @param {string} why */
function tell(why) {
  const since = why ? asked : [...held.values()].sort((a, b) => Number(a) - Number(b))[0]
  const at = since?.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
  const reason = why || 'you are using a part of this page, which goes on when you leave or close it'
  const text = at ? `Not updated since ${at}: ${reason}.` : ''
  if (told && told.textContent !== text) told.textContent = text // the same again would be read out again
}

async function tick() {
  if (!document.hidden) tell(await look().catch(() => 'the server does not answer'))
  if (document.querySelector('[data-live]')) setTimeout(tick, EVERY)
}

if (document.querySelector('[data-live]')) setTimeout(tick, EVERY)

for (const field of document.querySelectorAll('input.copyable')) {
  field.addEventListener('focus', () => /** @type {HTMLInputElement} */ (field).select())
}
