import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import { type Fence, findFences } from './fences.js';
import { readJsonPart, readToonPart, type TextPart } from './readPart.js';
import { describeMismatch, startsLikeJson, startsLikeToon, type ToonForm } from './toonForm.js';

export interface CandidateRules {
  readonly accept: ToonForm | 'any';
  readonly allowPrimitive: boolean;
}

/** A piece of the text that may be the value, and the format to read it in. */
export interface Candidate {
  readonly format: 'toon' | 'json';
  /** Reads the piece. A rejection counts lines from the beginning of the whole text. */
  read(): ParserVerdict<JsonValue>;
}

/** Returns why a value that was read is rejected all the same, or undefined. */
type Check = (value: JsonValue, text: string) => string | undefined;

/**
 * Finds the candidates of a text, in the order in which they are tried.
 *
 * @param cut Whether the end of the text is missing: then only its certain part is read.
 */
export function* findCandidates(text: string, cut: boolean, { accept, allowPrimitive }: CandidateRules): Generator<Candidate> {
  if (text.trim() === '') return;
  const whole: TextPart = { text, linesBefore: 0, cut };
  const check = allowPrimitive ? acceptAll : rejectPrimitive;
  if (accept === 'any') yield asToon(whole, check, false);
  for (const fence of findFences(text)) yield* candidatesInFence(fence, cut, accept);
  // A cut primitive cannot be distinguished from a whole one.
  if (startsLikeJson(text) || (allowPrimitive && !cut)) yield asJson(whole, check);
  if (accept !== 'any' && startsLikeToon(text)) yield asToon(whole, requireForm(accept));
}

/** The form required in a fence without a label. Such fences hold code and settings, which have the canonical form by chance. */
const unlabelledForms: Readonly<Record<CandidateRules['accept'], ToonForm>> = {
  header: 'header',
  canonical: 'header',
  keys: 'keys',
  any: 'keys',
};

function* candidatesInFence(
  { language, body, linesBefore, closed }: Fence,
  cut: boolean,
  accept: CandidateRules['accept'],
): Generator<Candidate> {
  const part: TextPart = { text: body, linesBefore, cut: cut && !closed };
  // JSON under a toon label would decode as TOON too, to a wrong value.
  const mayBeJson = language === 'json' || ((language === '' || language === 'toon') && startsLikeJson(body));
  if (mayBeJson) yield asJson(part, acceptAll);
  if (!startsLikeToon(body)) return;
  if (language === '') yield asToon(part, requireForm(unlabelledForms[accept]));
  if (language === 'toon') yield asToon(part, acceptAll);
}

function asJson(part: TextPart, check: Check): Candidate {
  return { format: 'json', read: () => applyCheck(readJsonPart(part), part, check) };
}

function asToon(part: TextPart, check: Check, rejectListedRows = true): Candidate {
  return {
    format: 'toon',
    read() {
      const certain = part.cut ? wholeLines(part) : part;
      // An empty document would decode to an empty object.
      if (part.cut && certain.text.trim() === '') return { accepted: false, message: 'No whole line' };
      return applyCheck(readToonPart(certain, rejectListedRows), certain, check);
    },
  };
}

/** The certain part of a cut document: a cut cell cannot be distinguished from a whole one. */
function wholeLines(part: TextPart): TextPart {
  return { ...part, text: part.text.slice(0, part.text.lastIndexOf('\n') + 1) };
}

function applyCheck(verdict: ParserVerdict<JsonValue>, { text }: TextPart, check: Check): ParserVerdict<JsonValue> {
  const message = verdict.accepted ? check(verdict.value, text) : undefined;
  return message === undefined ? verdict : { accepted: false, message, value: verdict.value };
}

function requireForm(form: ToonForm): Check {
  return (value, text) => describeMismatch(form, text, value);
}

function acceptAll(): undefined {
  return undefined;
}

function rejectPrimitive(value: JsonValue): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : 'A single primitive';
}
