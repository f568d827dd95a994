// The desk's pages work without this file; with it, parts marked data-live keep themselves up to date.

const EVERY = 4_000 // ms

/** Swaps every live part whose content has changed for the one of a fresh copy of this page. @param {Document} fresh */
function replace(fresh) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id)
    if (!next) continue
    if (part.innerHTML === next.innerHTML) continue
    // never pull a control, or an opened form, from under somebody's fingers
    if (part.contains(document.activeElement) || part.querySelector('details[open]')) continue
    part.replaceWith(document.adoptNode(next))
  }
}

/** One look at the server; a page that has been signed out, or is gone, reloads to say so itself. */
async function look() {
  const reply = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' })
  if (reply.redirected || reply.status === 404) return location.reload()
  if (reply.ok) replace(new DOMParser().parseFromString(await reply.text(), 'text/html'))
}

async function tick() {
  if (!document.hidden) await look().catch(() => {}) // the server is away: the page keeps what it last knew
  if (document.querySelector('[data-live]')) setTimeout(tick, EVERY)
}

if (document.querySelector('[data-live]')) setTimeout(tick, EVERY)

for (const field of document.querySelectorAll('input.copyable')) {
  field.addEventListener('focus', () => /** @type {HTMLInputElement} */ (field).select())
}
