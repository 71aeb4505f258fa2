import type { Attempt, Script } from './attempt.js';
import { errorCall } from './errors.js';
import { literalCode, valueCode } from './eventCode.js';
import { isEvents } from './scriptStream.js';

/** The operator that a source with pauses needs, as code. */
export const pacedCode = `/** Emits each notification after its own pause, in milliseconds. */
const paced = (pausesMs) => (source$) =>
  source$.pipe(
    materialize(),
    concatMap((each, index) => (pausesMs[index] ? of(each).pipe(delay(pausesMs[index])) : of(each))),
    dematerialize(),
  );`;

/** What that operator imports from rxjs. */
export const pacedNames: readonly string[] = ['concatMap', 'delay', 'dematerialize', 'materialize', 'of'];

/** The names that the code of a script uses. */
export function scriptNames({ attempts }: Script): ReadonlySet<string> {
  const names = new Set(attempts.length > 1 ? ['fakeProvider'] : []);
  for (const { values, pausesMs, end, marble } of attempts) {
    if (marble) names.add(marble.kind);
    if (marble?.text.includes('#')) names.add('ConnectionError');
    if (marble) continue;
    const isError = typeof end !== 'string';
    if (isEvents(values)) names.add('streamOf').add(values.length > 0 ? 'testing' : 'streamOf');
    else
      for (const name of ['from', ...(end === 'complete' ? [] : ['concat', isError ? 'throwError' : 'NEVER'])]) names.add(name);
    if (isError) names.add(errorCall(end).name);
    if (isPaced(values, pausesMs)) names.add('paced');
  }
  return names;
}

/** The source of a script as code: what `scriptStream` creates, in the words of rxjs and `rxllm/testing`. */
export function scriptCode({ attempts }: Script): string {
  const streams = attempts.map(attemptCode);
  const [first = ''] = streams;
  return streams.length === 1 ? first : `fakeProvider([\n${indented(streams.join(',\n'))},\n])`;
}

function attemptCode({ values, pausesMs, end, marble }: Attempt): string {
  if (marble) return marbleCode(marble);
  const options = pacesOf(values, pausesMs) ?? {};
  const played = isEvents(values) ? eventsCode(values, end, options) : valuesCode(values, end);
  return isPaced(values, pausesMs) ? `${played}.pipe(paced(${pausesCode(pausesMs)}))` : played;
}

/** The options of `streamOf` that make these pauses; `undefined` where none do. */
function pacesOf(values: readonly unknown[], pausesMs: readonly number[]): Readonly<Record<string, number>> | undefined {
  const { length } = values;
  const [firstMs = 0, second = 0] = pausesMs;
  const everyMs = length > 1 ? second : 0;
  const isEven = pausesMs.slice(1, length).every((ms) => ms === everyMs) && (pausesMs[length] ?? 0) === 0;
  if (!isEvents(values) || length === 0 || !isEven) return undefined;
  return { ...(firstMs > 0 ? { firstMs } : {}), ...(everyMs > 0 ? { everyMs } : {}) };
}

function isPaced(values: readonly unknown[], pausesMs: readonly number[]): boolean {
  return pausesMs.some((ms) => ms > 0) && pacesOf(values, pausesMs) === undefined;
}

function marbleCode({ kind, text }: NonNullable<Attempt['marble']>): string {
  const marble = literalCode(text);
  if (!text.includes('#')) return `${kind}(${marble})`;
  return kind === 'answer'
    ? `answer(${marble}, { error: new ConnectionError() })`
    : `stream(${marble}, {}, new ConnectionError())`;
}

function eventsCode(values: readonly unknown[], end: Attempt['end'], paces: Readonly<Record<string, number>>): string {
  const members = Object.entries(paces).map(([name, ms]) => `${name}: ${ms}`);
  if (end === 'open') members.push("end: 'open'");
  else if (end !== 'complete') members.push(`error: ${errorCode(end)}`);
  const options = members.length > 0 ? `, { ${members.join(', ')} }` : '';
  return `streamOf(${listCode(values)}${options})`;
}

function valuesCode(values: readonly unknown[], end: Attempt['end']): string {
  if (end === 'complete') return `from(${listCode(values)})`;
  return `concat(from(${listCode(values)}), ${end === 'open' ? 'NEVER' : `throwError(() => ${errorCode(end)})`})`;
}

function errorCode(error: Exclude<Attempt['end'], string>): string {
  const { name, args } = errorCall(error);
  return `new ${name}(${args.map(literalCode).join(', ')})`;
}

/** Equal neighbours are written once: a long script must not become a long text. */
function listCode(values: readonly unknown[]): string {
  const runs = runsOf(values.map(valueCode));
  const items = runs.map(([code, count]) =>
    count > 3 ? `...Array.from({ length: ${count} }, () => (${code}))` : Array(count).fill(code).join(', '),
  );
  const line = `[${items.join(', ')}]`;
  return line.length <= 90 ? line : `[\n${indented(items.join(',\n'))},\n]`;
}

function pausesCode(pausesMs: readonly number[]): string {
  const runs = runsOf(pausesMs.map(String));
  return `[${runs.map(([ms, count]) => (count > 8 ? `...Array(${count}).fill(${ms})` : Array(count).fill(ms).join(', '))).join(', ')}]`;
}

function runsOf(codes: readonly string[]): readonly (readonly [code: string, count: number])[] {
  const runs: [string, number][] = [];
  for (const code of codes) {
    const last = runs.at(-1);
    if (last?.[0] === code) last[1]++;
    else runs.push([code, 1]);
  }
  return runs;
}

export function indented(code: string): string {
  return code.replace(/^(?=.)/gm, '  ');
}
