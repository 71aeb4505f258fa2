import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import { type Fence, findFences } from './fences.js';
import type { Part } from './part.js';
import { readJson } from './readJson.js';
import { readToon } from './readToon.js';
import { refuseForm, startsLikeJson, startsLikeToon, type ToonForm } from './toonForm.js';

export interface AttemptRules {
  readonly accept: ToonForm | 'any';
  readonly allowPrimitive: boolean;
}

/** One way to read a text. */
export interface Attempt {
  readonly format: 'toon' | 'json';
  /** Reads it; lines are counted in the whole text. */
  read(): ParserVerdict<JsonValue>;
}

/** Says why a value is not taken although it could be read. */
type Check = (value: JsonValue, text: string) => string | undefined;

/**
 * The ways to read a text, in the order in which they are tried.
 *
 * @param cut The text's end is missing: read what is left of it.
 */
export function* attempts(text: string, cut: boolean, { accept, allowPrimitive }: AttemptRules): Generator<Attempt> {
  if (text.trim() === '') return;
  const whole: Part = { text, linesBefore: 0, cut };
  const check = allowPrimitive ? acceptAll : refusePrimitive;
  if (accept === 'any') yield asToon(whole, check, false);
  for (const fence of findFences(text)) yield* attemptFence(fence, cut, accept);
  // A cut primitive looks like a whole one.
  if (startsLikeJson(text) || (allowPrimitive && !cut)) yield asJson(whole, check);
  if (accept !== 'any' && startsLikeToon(text)) yield asToon(whole, ofForm(accept));
}

/** What a document in a fence without a label must show: such fences hold code and settings, which have canonical form by chance. */
const fencedForms: Readonly<Record<AttemptRules['accept'], ToonForm>> = {
  header: 'header',
  canonical: 'header',
  keys: 'keys',
  any: 'keys',
};

function* attemptFence(
  { language, body, linesBefore, closed }: Fence,
  cut: boolean,
  accept: AttemptRules['accept'],
): Generator<Attempt> {
  const part: Part = { text: body, linesBefore, cut: cut && !closed };
  // JSON under a toon label would decode too, to nonsense.
  const mayBeJson = language === 'json' || ((language === '' || language === 'toon') && startsLikeJson(body));
  if (mayBeJson) yield asJson(part, acceptAll);
  if (!startsLikeToon(body)) return;
  if (language === '') yield asToon(part, ofForm(fencedForms[accept]));
  if (language === 'toon') yield asToon(part, acceptAll);
}

function asJson(part: Part, check: Check): Attempt {
  return { format: 'json', read: () => checked(readJson(part), part, check) };
}

function asToon(part: Part, check: Check, refuseListedRows = true): Attempt {
  return {
    format: 'toon',
    read() {
      const certain = part.cut ? wholeLines(part) : part;
      // It would decode to an empty object.
      if (part.cut && certain.text.trim() === '') return { accepted: false, message: 'No whole line' };
      return checked(readToon(certain, refuseListedRows), certain, check);
    },
  };
}

/** All that is certain of a cut document, because a cut cell looks like a whole one. */
function wholeLines(part: Part): Part {
  return { ...part, text: part.text.slice(0, part.text.lastIndexOf('\n') + 1) };
}

function checked(verdict: ParserVerdict<JsonValue>, { text }: Part, check: Check): ParserVerdict<JsonValue> {
  const message = verdict.accepted ? check(verdict.value, text) : undefined;
  return message === undefined ? verdict : { accepted: false, message, value: verdict.value };
}

function ofForm(form: ToonForm): Check {
  return (value, text) => refuseForm(form, text, value);
}

function acceptAll(): undefined {
  return undefined;
}

function refusePrimitive(value: JsonValue): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : 'A single primitive';
}
