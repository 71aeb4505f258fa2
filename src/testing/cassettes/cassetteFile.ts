import type { JsonObject, JsonValue } from '../../events.js';
import { CassetteError } from './cassetteError.js';

/** Version of the format that docs/guides/testing.md describes. */
const version = 1;

/** The parts of a request that are compared. No headers, no keys and no origin. */
export interface CassetteRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The body as JSON, else as text; `null` without a body, and for a stream, a `Blob` or `FormData`. */
  readonly body: JsonValue;
}

export interface CassetteResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An error without stack and cause; `code` is that of its chain of causes. */
export interface CassetteFailure {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

/** A line of a cassette. Times are in milliseconds since the request. */
export type CassetteLine = { readonly exchange: number } & (
  | ({ readonly type: 'request' } & CassetteRequest)
  | ({ readonly type: 'response'; readonly atMs: number } & CassetteResponse)
  | CassetteStep
);

/** A step of an exchange after its request and the head of its response; the last three end it. */
export type CassetteStep =
  | { readonly type: 'chunk'; readonly atMs: number; readonly base64: string }
  | { readonly type: 'end'; readonly atMs: number }
  | ({ readonly type: 'error'; readonly atMs: number } & CassetteFailure)
  | { readonly type: 'abort'; readonly atMs: number };

/** One request and its response, or its failure. */
export interface Exchange {
  readonly number: number;
  readonly request: CassetteRequest;
  readonly response: (CassetteResponse & { readonly atMs: number }) | undefined;
  readonly steps: readonly CassetteStep[];
}

/** Creates or overwrites a cassette. */
export function createCassette(file: string): void {
  const { mkdirSync, writeFileSync } = fileSystem();
  mkdirSync(builtIn('node:path').dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ cassette: version })}\n`);
}

/** Writes synchronously, so that the line is kept even if the process crashes. */
export function appendLine(file: string, line: CassetteLine): void {
  fileSystem().appendFileSync(file, `${JSON.stringify(line)}\n`);
}

export function cassetteExists(file: string): boolean {
  return fileSystem().existsSync(file);
}

/** @throws CassetteError if the file does not exist or is not a cassette. */
export function readCassette(file: string): readonly Exchange[] {
  const [head, ...lines] = readText(file).split('\n');
  if (parseLine(head ?? '', file, 1)['cassette'] !== version) {
    throw new CassetteError(`${file} is not a cassette of version ${version}`);
  }
  const exchanges = new Map<number, Exchange & { readonly steps: CassetteStep[] }>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const line = parseLine(text, file, index + 2);
    checkLine(line, `${file}, line ${index + 2}`);
    addLine(exchanges, line as unknown as CassetteLine, `${file}, line ${index + 2}`);
  }
  return [...exchanges.values()];
}

function readText(file: string): string {
  if (!cassetteExists(file)) {
    const place = builtIn('node:path').isAbsolute(file) ? '' : ` in ${process.cwd()}`;
    throw new CassetteError(`There is no cassette ${file}${place}: record it first`);
  }
  try {
    const text = fileSystem()
      .readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '');
    if (text !== '') return text;
  } catch (error) {
    throw new CassetteError(`The cassette ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  throw new CassetteError(`The cassette ${file} is empty`);
}

const atMs = { atMs: 'number' } as const;

/** Required fields of each type of line, beside `exchange`. */
const fieldsOfTypes: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'object'>>>> = {
  request: { method: 'string', path: 'string' },
  response: { ...atMs, status: 'number', headers: 'object' },
  chunk: { ...atMs, base64: 'string' },
  end: atMs,
  error: { ...atMs, name: 'string', message: 'string' },
  abort: atMs,
};

function checkLine(line: JsonObject, place: string): void {
  const type = String(line['type']);
  const fields = Object.hasOwn(fieldsOfTypes, type) ? fieldsOfTypes[type] : undefined;
  if (!fields) throw new CassetteError(`${place}: has an unknown type`);
  const missing = Object.entries({ exchange: 'number', ...fields }).find(([name, kind]) => typeof line[name] !== kind);
  if (missing) throw new CassetteError(`${place}: a ${type} needs ${missing[0]}`);
  const status = Number(line['status'] ?? 200);
  if (!(status >= 200 && status <= 599)) throw new CassetteError(`${place}: status must be from 200 to 599`);
}

function addLine(exchanges: Map<number, Exchange & { readonly steps: CassetteStep[] }>, line: CassetteLine, place: string): void {
  if (line.type === 'request') {
    const { method, path, body } = line;
    exchanges.set(line.exchange, { number: line.exchange, request: { method, path, body }, response: undefined, steps: [] });
    return;
  }
  const known = exchanges.get(line.exchange);
  if (!known) throw new CassetteError(`${place}: belongs to no request`);
  if (line.type === 'response') exchanges.set(line.exchange, { ...known, response: line });
  else known.steps.push(line);
}

function parseLine(text: string, file: string, number: number): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as JsonObject;
  } catch {
    // Reported below.
  }
  throw new CassetteError(`${file}, line ${number}: is not a JSON object`);
}

function fileSystem(): typeof import('node:fs') {
  return builtIn('node:fs');
}

/** Not imported, so that the rest of the entry point also runs in browsers. */
function builtIn<Name extends 'node:fs' | 'node:path'>(
  name: Name,
): Name extends 'node:fs' ? typeof import('node:fs') : typeof import('node:path') {
  const found = globalThis.process?.getBuiltinModule?.(name);
  if (!found) throw new CassetteError('Cassettes are files: they need Node 20.16 or newer');
  return found as never;
}
