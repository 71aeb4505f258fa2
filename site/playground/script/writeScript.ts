import { isDeltaEvent } from 'rxllm';
import type { Attempt, Script, ScriptError } from './attempt.js';
import { isSame } from './same.js';
import { statements } from './statements.js';

/** Writes a script that reads as the same attempts. */
export function writeScript({ frames, attempts }: Script): string {
  const indent = attempts.length > 1 ? '  ' : '';
  const blocks = attempts.map((attempt) =>
    writeAttempt(attempt)
      .map((line) => indent + line)
      .join('\n'),
  );
  const text = blocks.length === 1 ? (blocks[0] ?? '') : blocks.map((block) => `attempt\n${block}`).join('\n');
  return frames === undefined ? text : `frames ${frames}\n${text}`;
}

function writeAttempt({ values, pausesMs, end, marble }: Attempt): readonly string[] {
  if (marble) return [`${marble.kind} ${marble.text}`];
  const lines: string[] = [];
  const everyMs = mostFrequent(pausesMs.slice(1, values.length));
  if (everyMs > 0) lines.push(`every ${everyMs}`);
  const written = writer();
  let current = everyMs;
  for (const [index, value] of values.entries()) {
    const pauseMs = pausesMs[index] ?? 0;
    const usual = index === 0 ? 0 : current;
    if (pauseMs < usual) {
      lines.push(`every ${pauseMs}`);
      current = pauseMs;
    } else if (pauseMs > usual) lines.push(`wait ${pauseMs - usual}`);
    lines.push(written(value));
  }
  const lastMs = pausesMs[values.length] ?? 0;
  if (lastMs > 0) lines.push(`wait ${lastMs}`);
  if (end === 'open') lines.push('stall');
  else if (end !== 'complete') lines.push(errorLine(end));
  return lines.length === 0 ? ['complete'] : lines;
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

function errorLine({ kind, ...details }: ScriptError): string {
  const given = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `error ${kind}${given}`;
}

/** Writes values as the shortest statement that reads as the same one. */
function writer(): (value: unknown) => string {
  let block = -1;
  let last: string | undefined;
  const blockOf = (kind: string, commit: boolean): number => {
    const next = kind === last ? block : block + 1;
    if (commit) [block, last] = [next, kind];
    return next;
  };
  return (value) => {
    const candidates = isDeltaEvent(value) ? shortForms(value) : [];
    for (const line of candidates) {
      const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      const read = statements[word];
      const trial = (commit: boolean): readonly unknown[] =>
        read?.(rest, { nextCallId: () => '', blockOf: (kind) => blockOf(kind, commit) }) ?? [];
      if (!isSame(trial(false), [value])) continue;
      trial(true);
      return line;
    }
    return `value ${JSON.stringify(value)}`;
  };
}

function shortForms(event: { readonly type: string; readonly [field: string]: unknown } | object): readonly string[] {
  const { type, text, reason, usage } = event as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'start':
      return ['start', `start ${JSON.stringify(differing(event))}`];
    case 'text-delta':
      return [`text ${JSON.stringify(text)}`];
    case 'reasoning-delta':
      return [`reasoning ${JSON.stringify(text)}`];
    case 'refusal-delta':
      return [`refusal ${JSON.stringify(text)}`];
    case 'usage': {
      const { inputTokens, outputTokens } = usage as Readonly<Record<string, unknown>>;
      return [`usage ${inputTokens} ${outputTokens}`].filter((line) => !line.includes('undefined'));
    }
    case 'ping':
      return ['ping'];
    case 'finish':
      return ['finish', `finish ${reason}`].filter((_, index) => index > 0 || reason === 'stop');
    default:
      return [];
  }
}

/** The fields of a `start` event. */
function differing(event: object): object {
  const { type: _type, ...fields } = event as { readonly type?: unknown };
  return fields;
}
