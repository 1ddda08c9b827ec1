import type { Banded, Driver, Findings, HorizonGain, Plan, Verdict } from "@firebreak/engine";
import { durationText, grouped, percent } from "../cli/text/numbers.js";

/** `4,120 ETH [1,310 to 9,870]`; no band where it is as narrow as what is printed. */
export function bandText({ value, low, high }: Banded, unit: string, digits = 0): string {
  const [middle, least, most] = [value, low, high].map((one) => gainText(one, digits));
  const unitText = unit === "" ? "" : ` ${unit}`;
  return least === most ? `${middle}${unitText}` : `${middle}${unitText} [${least} to ${most}]`;
}

/** A gain, or any number with fixed digits; forced flow that meets no depth has no number. */
export function gainText(value: number, digits = 2): string {
  if (value === Number.POSITIVE_INFINITY) return "no depth";
  if (!Number.isFinite(value)) return "none";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Dollars in a sentence: `1.02 M USD`, `85,131 USD`. */
export function usdText(value: number): string {
  if (Math.abs(value) >= 1e9) return `${gainText(value / 1e9, 2)} bn USD`;
  if (Math.abs(value) >= 1e6) return `${gainText(value / 1e6, 2)} M USD`;
  return `${grouped(value, 0)} USD`;
}

/** Dollars with their band. */
export function usdBandText({ value, low, high }: Banded): string {
  const scale = Math.max(Math.abs(low), Math.abs(high)) >= 1e6 ? 1e6 : 1;
  const [middle, least, most] = [value, low, high].map((one) => gainText(one / scale, scale === 1 ? 0 : 2));
  const unit = scale === 1 ? "USD" : "M USD";
  return least === most ? `${middle} ${unit}` : `${middle} ${unit} [${least} to ${most}]`;
}

/** Who sells, in a sentence. */
export function sellersOf(plan: Plan): string {
  const names = plan.mechanisms
    .filter(({ part, kind }) => part === "pressure" && kind !== "owners")
    .map(({ name }) => name);
  return names.length <= 3 ? names.join(", ") : `${names.length} mechanisms`;
}

/** The one sentence. */
export function sentenceOf(plan: Plan, found: Findings): string {
  const { sentence, symbol, horizonMs } = found;
  return `If ${symbol} falls ${percent(-sentence.move)} in an hour, accounts of ${sellersOf(plan)} sell ${bandText(sentence.soldSoon, symbol)} by ten minutes after that hour and ${bandText(sentence.soldDay, symbol)} within a day, into depth of ${bandText(sentence.depthCoins, symbol)} down to that price; bad debt ${usdBandText(sentence.badDebtUsd)}. Gain at most ${bandText(sentence.gain, "", 2)} on the way (over 1 % within ${durationText(horizonMs)}).`;
}

/** What decides it. */
export function decisiveText(found: Findings): string {
  const { drivers, planned } = found.tornado;
  const [first] = drivers;
  if (first === undefined || (first.soldSpan === 0 && first.gainSpan === 0))
    return "None of the assumptions that were varied changes it.";
  return `The decisive assumption is ${first.name}: ${sideText(first, found, planned)}.${overshootText(found)}`;
}

/** Where somebody trades more against a move than the move: what is sold is bought back, and sold again. */
function overshootText({ sentence }: Findings): string {
  if (sentence.gain.low >= -1) return "";
  return " With a gain below -1 hedges overshoot: what is sold in a day is then mostly bought back, and the same coins sold again.";
}

function sideText({ low, high }: Driver, { symbol }: Findings, planned: Findings["tornado"]["planned"]): string {
  const words = ({ words, soldDay, gain }: Driver["low"]) =>
    `${words}: ${grouped(soldDay, 0)} ${symbol} sold in a day, gain ${gainText(gain)}`;
  return `${words(low)}; as planned: ${grouped(planned.soldDay, 0)} ${symbol}, gain ${gainText(planned.gain)}; ${words(high)}`;
}

/** The claim that the verdict is about, and what was found. */
export function verdictText(verdict: Verdict): string {
  return `“Forced selling dies out (gain below 1)” is ${verdict.answer}: ${verdict.reasons.join("; ")}.`;
}

/** A gain at one horizon, in words: a zero because nobody can react yet is no safety. */
export function horizonText(gain: HorizonGain): string {
  const within = durationText(gain.horizonMs);
  if (gain.reacting === 0) {
    const slow = gain.tooSlow.map((one) => `${one.mechanism} reacts after ${durationText(one.reactionMs)}`).join(", ");
    return `Within ${within} the gain is exactly 0, for nobody can react so soon (${slow}): a delay, not safety.`;
  }
  const rest =
    gain.tooSlow.length === 0
      ? ""
      : `; without ${gain.tooSlow.map((one) => one.mechanism).join(", ")}, too slow for it`;
  return `Within ${within} the gain is ${gainText(gain.atSpot)} at spot and at most ${gainText(gain.largest)}, at ${grouped(gain.largestAtUsd, 0)} USD${rest}.`;
}
