// What the server says when it refuses, as one text to read in the language of the page.
import { texts } from "./texts.js"

/** @typedef {{type: string, title: string, status: number, detail: string, fix: string}} Problem */

/** What is told of a kind that has no text of its own.
 * @type {Record<number, string>} */
const BY_STATUS = { 403: "forbidden", 404: "not-found", 409: "conflict", 410: "gone", 422: "bad-input" }

/** What happened and what to do next; empty where the reply is no problem of our server's. The problem's own sentences
 * are English, and written for whoever runs the study. @param {any} reply @returns {string} */
export function sentences(reply) {
  if (typeof reply?.type !== "string" || typeof reply.detail !== "string") return ""
  const kind = reply.type.split("#")[1] ?? ""
  return texts.refusals[kind] ?? texts.refusals[BY_STATUS[reply.status] ?? ""] ?? texts.refusals["app-error"] ?? ""
}
