// What these scripts say, in the language of the page: the page brings the texts, and values are filled in here.

/**
 * A text in the plural forms of its language, by the categories of `Intl.PluralRules`; every language has `other`.
 * @typedef {{other: string} & Partial<Record<"zero" | "one" | "two" | "few" | "many", string>>} Forms
 * @typedef {{
 *   saved: string, saving: string, notTaken: Forms, keptOnDevice: Forms, keptInPage: Forms, savedFromLastVisit: Forms,
 *   lastAnswers: string, outboxFull: Forms, partFinished: string, fetching: string, noConnection: string,
 *   noPictures: string, otherSize: string, fault: string, timeLeft: string, leavingIn: Forms, timeRested: string,
 *   fit: string, referenceInPlace: string, flickering: string, overview: string, tooSmall: string,
 *   notExact: Record<import("./backing.js").Obstacle, string>,
 *   practiceRight: Record<"left" | "right", string>, practiceWrong: Record<"left" | "right" | "tie", string>,
 *   answeredBefore: string, sides: Record<"left" | "right" | "tie", string>,
 *   answersRefused: Forms, serverAnswered: string, refusals: Record<string, string>,
 *   gate: {words: Record<"right" | "advice" | "wrong", string>} & Record<"room" | "noRoom" | "noRoomOnScreen" | "exact" |
 *     "inexact" | "enlarged" | "computer" | "handheld" | "zoom" | "zoomed" | "zoomUnknown" | "gamut" | "wideGamut" | "noGamut" |
 *     "range" | "highRange" | "fit" | "mend" | "advised" | "on" | "onAllTheSame", string>,
 *   windowShrank: string,
 * }} Texts
 */

const LANGUAGE = document.documentElement.lang
const PLURALS = new Intl.PluralRules(LANGUAGE)
const NUMBERS = new Intl.NumberFormat(LANGUAGE)

/** @type {Texts} */
export const texts = JSON.parse(document.querySelector("meta[name=texts]")?.getAttribute("content") ?? "{}")

/** A number as the language writes it. @param {number} value */
export function number(value) {
  return NUMBERS.format(value)
}

/** The text with its values in place. @param {string} text @param {Record<string, string | number>} values */
export function filled(text, values) {
  return text.replace(/%\((\w+)\)s|%%/g, (found, /** @type {string} */ name) => {
    const value = values[name]
    if (value === undefined) return found === "%%" ? "%" : found
    return typeof value === "number" ? number(value) : value
  })
}

/** The form that goes with this number, with its values in place.
 * @param {Forms} forms @param {number} count @param {Record<string, string | number>} [values] */
export function counted(forms, count, values = {}) {
  return filled(forms[PLURALS.select(count)] ?? forms.other, { number: count, ...values })
}
