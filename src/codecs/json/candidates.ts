import { ignoreJson, type JsonReceiver } from './handler.js';
import { createJsonScanner, type JsonScannerOptions, type ValueWeight } from './scanner.js';
import { AmbiguousJsonError, type JsonSpan, JsonSyntaxError } from './syntaxError.js';

/** A value in a text. */
export interface JsonCandidate extends JsonSpan {
  /** One of `kinds`: of two candidates the one of the higher kind is the answer. */
  readonly kind: number;
}

/** The kinds of candidates, from the worst to the best: what stands in the text by itself, and in a fence of code, without a label, of JSON. */
export const kinds = { token: 1, numbers: 2, code: 3, data: 4, fence: 5, json: 6 } as const;

export interface CandidateRules extends JsonScannerOptions {
  /** Several candidates of the best kind are an error. */
  readonly single: boolean;
  /** All candidates are values, one after the other. */
  readonly all: boolean;
}

/** How the text ends. */
export interface JsonEnding {
  /** Whether the end of the answer is missing: then an open number is not whole. */
  readonly cut?: boolean;
  /** The whole text, from which a candidate is read again that has given way too early. */
  readonly text?: () => string;
}

/** Reads the candidates of a text, and passes to a receiver the one that is the answer as far as the text goes. */
export interface Candidates {
  /** The values so far, in order. */
  readonly values: readonly JsonCandidate[];
  /** The state of the latest candidate. */
  readonly state: 'open' | 'closed' | 'broken';
  /** The brackets that it left open, if it looked like data. */
  readonly unclosed: number;
  /** Begins the next candidate. @param fence The kind of the fence around it; 0 without a fence */
  open(start: number, fence: number): void;
  /** Reads on. Returns the index after the candidate, or where it proves not to be a value. @param base The offset of the text */
  read(text: string, from: number, base: number): number;
  /** The candidate is closed and ends here. */
  accept(end: number): void;
  reject(message: string, offset: number): void;
  /** Every candidate so far is void. */
  forget(): void;
  /** @throws JsonSyntaxError for several values, or if the only candidates are not values. @returns Whether there is a value. */
  end(ending: JsonEnding): boolean;
}

class Breach extends Error {
  offset = 0;
}

const bareKinds: Readonly<Record<ValueWeight, number>> = { token: kinds.token, numbers: kinds.numbers, data: kinds.data };

export function createCandidates(receiver: JsonReceiver, rules: CandidateRules): Candidates {
  const { single, all } = rules;
  /** Why the scanner stopped. One error for all candidates: most brackets in prose are no values, and an error costs more than they do. */
  const breach = new Breach();
  /** The offset of the current chunk. */
  let chunk = 0;
  const scanner = createJsonScanner(rules, (message, index) => {
    breach.message = message;
    breach.offset = chunk + index;
    throw breach;
  });
  const values: JsonCandidate[] = [];
  let state: Candidates['state'] = 'closed';
  let start = 0;
  let fence = 0;
  /** The kind of the best value so far, and the first of that kind. */
  let best = 0;
  let winner: JsonCandidate | undefined;
  let rivals = 0;
  /** The best candidate that is no value. */
  let fault: { readonly kind: number; readonly start: number; readonly error: JsonSyntaxError } | undefined;
  /** Whether the receiver reads the candidate, and the start of the last one that it read. */
  let shown = false;
  let shownStart = -1;
  let shownWhole = false;
  /** The text of a candidate that is not shown yet. */
  let held = '';

  function kindNow(): number {
    return fence || bareKinds[scanner.weight];
  }

  function show(from: number): void {
    const instead = shownStart >= 0 && !(all && shownWhole);
    shown = true;
    shownStart = from;
    shownWhole = false;
    scanner.open(receiver.begin(instead));
  }

  /** Shows a candidate as soon as it is better than the best value so far. Without a fence, that depends on what it holds. */
  function rise(piece: string): void {
    held += piece;
    if (kindNow() <= best) return;
    show(start);
    scanner.read(held, 0);
    held = '';
  }

  function reject(message: string, offset: number): void {
    state = 'broken';
    const kind = kindNow();
    if (!fault || kind > fault.kind) fault = { kind, start, error: new JsonSyntaxError(message, offset) };
    if (shown) receiver.giveWay?.(() => new JsonSyntaxError(message, offset));
  }

  /** Reads a span again, so that the receiver has its value. */
  function showAgain(from: number, to: number, { text }: JsonEnding): void {
    if (shownStart === from || !text) return;
    show(from);
    scanner.read(text().slice(from, to), 0);
    if (scanner.end()) receiver.close();
  }

  /** Ends a candidate that the text ends in. Returns whether the answer is missing. */
  function endOpen({ cut = false }: JsonEnding): boolean {
    const kind = kindNow();
    if (!cut && scanner.end()) {
      if (shown) receiver.close();
      accept(Number.POSITIVE_INFINITY);
      return false;
    }
    return winner === undefined || (cut && kind > best);
  }

  function accept(end: number): void {
    const value = { kind: kindNow(), start, end };
    values.push(value);
    if (shown) shownWhole = true;
    if (value.kind === best) rivals++;
    else if (value.kind > best) {
      winner = value;
      best = value.kind;
      rivals = 1;
    }
    // No candidate can be better than these.
    if (single && best === kinds.json && rivals > 1) throw ambiguity();
  }

  return {
    values,
    get state() {
      return state;
    },
    get unclosed() {
      return scanner.numeric ? 0 : scanner.depth;
    },
    open(from, fenceKind) {
      state = 'open';
      start = from;
      fence = fenceKind;
      shown = false;
      held = '';
      if (all || best === 0 || fenceKind > best) show(from);
      else scanner.open(ignoreJson);
    },
    read(text, from, base) {
      chunk = base;
      let next: number;
      try {
        next = scanner.read(text, from);
      } catch (error) {
        if (error !== breach) throw error;
        reject(breach.message, breach.offset);
        return breach.offset - base;
      }
      if (!shown && fence === 0 && best < kinds.data) rise(text.slice(from, next));
      if (scanner.closed) {
        state = 'closed';
        if (shown) receiver.close();
      }
      return next;
    },
    accept,
    reject,
    forget() {
      values.length = 0;
      best = 0;
      rivals = 0;
      winner = undefined;
      fault = undefined;
      if (shownStart < 0) return;
      shownStart = -1;
      receiver.begin(true);
    },
    end(ending) {
      if (state === 'open' && endOpen(ending)) return false;
      if (all) return values.length > 0;
      if (winner) {
        if (single && rivals > 1) throw ambiguity();
        showAgain(winner.start, winner.end, ending);
      } else if (values.length === 0 && fault) failAt(fault, ending);
      return values.length > 0;
    },
  };

  function ambiguity(): AmbiguousJsonError {
    return new AmbiguousJsonError(values.filter(({ kind }) => kind === best));
  }

  /** The error is about the best candidate, so its value is what was read of that. */
  function failAt(at: NonNullable<typeof fault>, ending: JsonEnding): never {
    const { error } = at;
    showAgain(at.start, error.offset, ending);
    throw error;
  }
}
