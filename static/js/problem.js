// What the server says when it refuses, as one text to read.

/** @typedef {{type: string, title: string, status: number, detail: string, fix: string}} Problem */

/** What was wrong and what to do next; empty where the reply is no problem of our server's. @param {any} reply
 * @returns {string} */
export function sentences(reply) {
  if (typeof reply?.type !== "string" || typeof reply.detail !== "string") return ""
  const detail = /[.!?…]$/.test(reply.detail) ? reply.detail : `${reply.detail}.`
  return reply.fix ? `${detail} ${reply.fix}` : detail
}
