import type { DeltaEvent, FinishReason, JsonValue } from 'rxllm';
import { testing } from './builders.js';

/** Reads the rest of a statement. @throws Error for what is wrong with it. */
export type ReadStatement = (rest: string, context: StatementContext) => readonly unknown[];

export interface StatementContext {
  /** The id of the next call of the attempt. */
  nextCallId(): string;
  /** The block of a kind of content: a new one where the kind changes. */
  blockOf(kind: string): number;
}

/** The statements that emit something, by their first word. */
export const statements: Readonly<Record<string, ReadStatement>> = {
  start: (rest) => [testing.start(readFields(rest))],
  text: (rest, { blockOf }) => [testing.text(readText(rest), { block: blockOf('text') })],
  words: (rest, { blockOf }) => {
    const block = blockOf('text');
    return readText(rest)
      .split(/(?<=\s)(?=\S)/)
      .map((word) => testing.text(word, { block }));
  },
  reasoning: (rest, { blockOf }) => [testing.reasoning(readText(rest), { block: blockOf('reasoning') })],
  refusal: (rest, { blockOf }) => [testing.refusal(readText(rest), { block: blockOf('refusal') })],
  call: readCall,
  result: readResult,
  usage: readUsage,
  ping: (rest) => [nothingAfter(rest, testing.ping())],
  finish: (rest) => [testing.finish(readReason(rest))],
  value: (rest) => [readJson(rest)],
};

function readCall(rest: string, { nextCallId, blockOf }: StatementContext): readonly DeltaEvent[] {
  const [, name, text = ''] = /^([\w.-]{1,64})(?:\s+(.*))?$/.exec(rest) ?? [];
  if (name === undefined)
    throw new Error('a call needs the name of a tool, and then its arguments: call get_weather {"city":"Paris"}');
  const callId = nextCallId();
  const fields = { block: blockOf(callId) };
  const pieces = text === '' ? [] : [testing.toolCallDelta(callId, text, fields)];
  return [testing.toolCallStart(callId, name, fields), ...pieces, testing.toolCallEnd(callId, name, text, fields)];
}

function readResult(rest: string): readonly DeltaEvent[] {
  const [, callId, name, output] = /^(\S{1,64})\s+([\w.-]{1,64})\s+(.+)$/.exec(rest) ?? [];
  if (callId === undefined || name === undefined) {
    throw new Error('a result needs the id of a call, the name of its tool and JSON: result call-1 get_weather {"celsius":21}');
  }
  return [testing.toolResult(callId, name, readJson(output ?? '') as JsonValue)];
}

function readUsage(rest: string): readonly DeltaEvent[] {
  if (rest.startsWith('{')) return [testing.usage(readFields(rest))];
  const [, input, output] = /^(\d{1,9})\s+(\d{1,9})$/.exec(rest) ?? [];
  if (input === undefined) throw new Error('usage needs the input and the output tokens: usage 10 5');
  const [inputTokens, outputTokens] = [Number(input), Number(output)];
  return [testing.usage({ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens })];
}

const reasons: readonly FinishReason[] = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'refusal',
  'paused',
  'aborted',
  'other',
];

function readReason(rest: string): FinishReason {
  const reason = reasons.find((each) => each === (rest === '' ? 'stop' : rest));
  if (!reason) throw new Error(`the reason must be one of ${reasons.join(', ')}`);
  return reason;
}

/** A JSON text in quotes; without quotes, the words as they are. */
function readText(rest: string): string {
  if (rest === '') throw new Error('a text is missing');
  if (!rest.startsWith('"')) return rest;
  const text = readJson(rest);
  if (typeof text !== 'string') throw new Error('this is not a text');
  return text;
}

function readFields(rest: string): Readonly<Record<string, JsonValue>> {
  if (rest === '') return {};
  const fields = readJson(rest);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new Error('the fields must be a JSON object');
  return fields as Readonly<Record<string, JsonValue>>;
}

/** @throws Error that begins as the parser's own message. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`this is not JSON: ${(error as Error).message}`);
  }
}

function nothingAfter<T>(rest: string, value: T): T {
  if (rest !== '') throw new Error(`nothing may follow here, got "${rest}"`);
  return value;
}
