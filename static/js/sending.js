// A form with a large file shows how far it has been sent; without this script the browser sends it as it always does.

/** Follows where the server leads: to another page, or to this one with what is wrong. @param {HTMLFormElement} form */
function send(form) {
  const line = /** @type {HTMLElement} */ (form.querySelector('[data-progress]'))
  const meter = /** @type {HTMLProgressElement} */ (line.querySelector('progress'))
  const words = /** @type {HTMLElement} */ (line.querySelector('[data-words]'))
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'))
  const page = /** @type {HTMLElement} */ (document.querySelector('main'))
  const request = new XMLHttpRequest()
  request.open('POST', form.action)
  request.upload.onprogress = ({ loaded, total }) => {
    meter.max = total
    meter.value = loaded
    words.textContent = loaded < total ? `${Math.floor((100 * loaded) / total)} % sent` : (line.dataset.progress ?? '')
  }
  request.onload = () => {
    if (request.responseURL !== form.action) return location.assign(request.responseURL)
    const fresh = new DOMParser().parseFromString(request.responseText, 'text/html').querySelector('main')
    if (!fresh) return location.reload()
    page.replaceWith(document.adoptNode(fresh))
    watch()
    scrollTo(0, 0)
  }
  request.onerror = () => {
    words.textContent = 'The server did not answer. Look at the list of studies before you send it again.'
    idle(button, true)
  }
  line.hidden = false
  idle(button, false)
  request.send(new FormData(form))
}

/** @param {HTMLButtonElement} button @param {boolean} ready */
function idle(button, ready) {
  button.disabled = !ready
  button.classList.toggle('primary', ready)
}

function watch() {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-sending]'))) {
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      send(form)
    })
  }
}

watch()
