import { kinds } from '../codecs/json/candidates.js';
import { findValues } from '../codecs/json/findValues.js';
import type { FencedBlock, ProseText } from '../codecs/json/prose.js';
import { countLines, createLineCounter, type LineCounter } from '../codecs/text/lineCounter.js';
import type { JsonValue } from '../events.js';
import type { AnswerCandidate } from '../structured/chooseCandidate.js';
import type { ParserVerdict } from '../structured/parser.js';
import { documentsAmongProse, leadingDocument } from './bareDocuments.js';
import { outdent } from './fences.js';
import { readToonLoosely } from './readLoosely.js';
import { readJsonPart, readToonPart, type TextPart } from './readPart.js';
import { type Repair, repairLines } from './repairLines.js';
import { describeMismatch, startsLikeJson, startsLikeToon, type ToonForm } from './toonForm.js';
import type { ToonRefusal } from './toonResult.js';

export interface CandidateRules {
  readonly accept: ToonForm | 'any';
  readonly allowPrimitive: boolean;
  readonly strict: boolean;
}

/** A piece of the text that may be the value, and the format to read it in. */
export interface Candidate extends AnswerCandidate {
  readonly format: 'toon' | 'json';
  /** What is wrong with the piece although it was read; filled by `read`. */
  readonly deviations: readonly ToonRefusal[];
}

/** Returns why a value that was read is rejected all the same, or undefined. */
type Check = (value: JsonValue, text: string) => string | undefined;

/** The kinds of candidates, from the best to the worst. Several of one kind are ambiguous. */
const order = {
  any: 10,
  labelled: 9,
  unlabelled: 8,
  wholeJson: 7,
  wholeToon: 6,
  leading: 5,
  otherLabel: 4,
  amongProse: 3,
} as const;
type Kind = (typeof order)[keyof typeof order];
/** A piece that was read loosely is worse than every piece that was read strictly. */
const looseness = 10;

/** An answer, and the pieces that the reader of JSON finds in it. */
interface Answer {
  readonly text: string;
  readonly cut: boolean;
  readonly found: ProseText;
  /** The answer after the thoughts. */
  readonly rest: TextPart;
  /** What was repaired in it, if it is to be read loosely. */
  readonly repairs: readonly Repair[] | undefined;
}

/**
 * Finds the candidates of a text, in the order in which they are tried.
 *
 * @param cut Whether the end of the text is missing: then only its certain part is read.
 */
export function* findCandidates(text: string, cut: boolean, rules: CandidateRules): Generator<Candidate> {
  if (text.trim() === '') return;
  yield* candidatesIn(readAnswer(text, cut), rules);
  if (rules.strict) return;
  const repair = repairLines(text);
  const repaired = readAnswer(repair.text, cut, repair.repairs);
  for (const candidate of candidatesIn(repaired, rules)) if (candidate.format === 'toon') yield candidate;
}

function readAnswer(text: string, cut: boolean, repairs?: readonly Repair[]): Answer {
  // The depth is checked where a piece is read.
  const { found } = findValues(text, { maxDepth: Number.POSITIVE_INFINITY }, { cut });
  const { beginning } = found;
  const rest = { text: text.slice(beginning), linesBefore: countLines(text, 0, beginning), cut };
  return { text, cut, found, rest, repairs };
}

function* candidatesIn(answer: Answer, { accept, allowPrimitive }: CandidateRules): Generator<Candidate> {
  const { text, cut, found, rest, repairs } = answer;
  const asToon = (kind: Kind, part: TextPart, check: Check, rejectListedRows = true): Candidate =>
    toonCandidate(repairs ? kind - looseness : kind, part, check, rejectListedRows, repairs);
  const check = allowPrimitive ? acceptAll : rejectPrimitive;
  if (accept === 'any') yield asToon(order.any, rest, check, false);
  const linesBefore = createLineCounter(text);
  const blocks = found.blocks.map((block) => ({ label: block.label, part: partOf(answer, block, linesBefore) }));
  for (const { label, part } of blocks) {
    // JSON under a toon label would decode as TOON too, to a wrong value.
    const mayBeToon = label === 'toon' && startsLikeToon(part.text);
    if (isJsonLabel(label) || (label === 'toon' && !mayBeToon)) yield jsonCandidate(order.labelled, part, acceptAll);
    else if (mayBeToon) yield asToon(order.labelled, part, acceptAll);
  }
  for (const { label, part } of blocks) {
    if (label !== '') continue;
    if (startsLikeJson(part.text)) yield jsonCandidate(order.unlabelled, part, acceptAll);
    else if (startsLikeToon(part.text)) yield asToon(order.unlabelled, part, requireForm(unlabelledForms[accept]));
  }
  // A cut primitive cannot be distinguished from a whole one.
  if (startsLikeJson(rest.text) || (allowPrimitive && !cut)) yield jsonCandidate(order.wholeJson, rest, check);
  if (accept !== 'any' && startsLikeToon(rest.text)) yield* bareToon(rest, accept, asToon);
  for (const { label, part } of blocks) {
    if (label === '' || label === 'toon' || isJsonLabel(label)) continue;
    if (startsLikeJson(part.text)) {
      if (blocks.length === 1 && isWhole(answer)) yield jsonCandidate(order.otherLabel, part, acceptAll);
    } else yield* asToonDocuments(part, order.otherLabel, asToon);
  }
  yield* jsonAmongProse(answer);
  yield* asToonDocuments(outsideBlocks(answer), order.amongProse, asToon, triedAsWhole(rest));
}

type AsToon = (kind: Kind, part: TextPart, check: Check) => Candidate;

/**
 * The text as a document, or the document that it begins with: if that is the only one, and has a header, without which nothing proves a
 * document with prose after it.
 */
function* bareToon(rest: TextPart, accept: ToonForm, asToon: AsToon): Generator<Candidate> {
  const lines = rest.text.split('\n');
  const leading = leadingDocument(lines);
  if (leading.last) return yield asToon(order.wholeToon, rest, requireForm(accept));
  const part = { text: leading.text, linesBefore: rest.linesBefore, cut: false };
  if (accept === 'keys') {
    yield asToon(order.wholeToon, part, requireForm(accept));
    yield asToon(order.leading, rest, requireForm(accept));
  } else if (
    documentsAmongProse(lines.slice(leading.lines)).length === 0 &&
    documentsAmongProse(lines.slice(0, leading.lines)).length > 0
  )
    yield asToon(order.wholeToon, part, requireForm('header'));
}

/** The document that was tried as a whole, if it was. */
function triedAsWhole({ text }: TextPart): string | undefined {
  const leading = leadingDocument(text.split('\n'));
  return leading.last ? leading.text : undefined;
}

/** @param tried A document that was tried as a whole. */
function* asToonDocuments(
  { text, linesBefore, cut }: TextPart,
  kind: Kind,
  asToon: AsToon,
  tried?: string,
): Generator<Candidate> {
  for (const document of documentsAmongProse(text.split('\n'))) {
    if (document.text.trim() === tried?.trim()) continue;
    const part = { text: document.text, linesBefore: linesBefore + document.linesBefore, cut: cut && document.last };
    yield asToon(kind, part, requireForm('header'));
  }
}

/** JSON by itself, in a paragraph of its own or below a line that introduces it, if the prose around it holds no other. */
function* jsonAmongProse({ text, found }: Answer): Generator<Candidate> {
  const values = found.values.filter(({ kind }) => kind === kinds.data);
  const [value] = values;
  if (!value || values.length > 1) return;
  const { start, end } = value;
  if (!/(?:^|\n[ \t\r]*\n|:[ \t\r]*\n)[ \t]*$/.test(text.slice(0, start))) return;
  if (!/^[ \t]*(?:$|\r?\n[ \t]*(?:$|\r?\n))/.test(text.slice(end))) return;
  const part = { text: text.slice(start, end), linesBefore: countLines(text, 0, start), cut: false };
  yield jsonCandidate(order.amongProse, part, acceptAll);
}

/** The form required in a fence without a label. Such fences hold code and settings, which have the canonical form by chance. */
const unlabelledForms: Readonly<Record<CandidateRules['accept'], ToonForm>> = {
  header: 'header',
  canonical: 'header',
  keys: 'keys',
  any: 'keys',
};

function partOf({ text, cut }: Answer, { start, end, indent, closed }: FencedBlock, linesBefore: LineCounter): TextPart {
  const lines = text.slice(start, end).split('\n');
  // The marks that close the block are on a line of their own.
  if (closed && lines.length > 1 && lines.at(-1)?.trim() === '') lines.pop();
  const body = lines.map((line) => outdent(line, indent)).join('\n');
  return { text: body, linesBefore: linesBefore(start), cut: cut && !closed };
}

/** The text with blank lines in place of its blocks and thoughts. */
function outsideBlocks({ text, cut, found }: Answer): TextPart {
  let outside = text.slice(0, found.beginning).replace(/[^\n]+/g, '');
  let from = found.beginning;
  for (const { start, end } of found.blocks) {
    outside += text.slice(from, start) + text.slice(start, end).replace(/[^\n]+/g, '');
    from = end;
  }
  return { text: outside + text.slice(from), linesBefore: 0, cut };
}

/** Whether the one block is the whole answer. */
function isWhole({ text, found }: Answer): boolean {
  const [block] = found.blocks;
  if (!block) return false;
  const before = text.slice(found.beginning, block.start).trim();
  return /^[`~]{3,}[^\n]*$/.test(before) && /^[`~]*\s*$/.test(text.slice(block.end));
}

function jsonCandidate(kind: number, part: TextPart, check: Check): Candidate {
  return { format: 'json', kind, deviations: [], read: () => applyCheck(readJsonPart(part), part, check) };
}

function toonCandidate(
  kind: number,
  part: TextPart,
  check: Check,
  rejectListedRows: boolean,
  repairs: readonly Repair[] | undefined,
): Candidate {
  const deviations: ToonRefusal[] = [];
  return {
    format: 'toon',
    kind,
    deviations,
    read() {
      const certain = part.cut ? wholeLines(part) : part;
      // An empty document would decode to an empty object.
      if (part.cut && certain.text.trim() === '') return { accepted: false, message: 'No whole line' };
      const verdict = repairs ? readToonLoosely(certain, repairs, deviations) : readToonPart(certain, rejectListedRows);
      return applyCheck(verdict, certain, check);
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

function isJsonLabel(label: string): boolean {
  return label.includes('json');
}
