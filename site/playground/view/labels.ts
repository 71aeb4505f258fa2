import { isDeltaEvent, toErrorInfo } from 'rxllm';
import type { LaneMark } from 'rxllm/testing';

const longestLabel = 18;
const longestDescription = 120;

/** A few characters for a marble. */
export function labelOf(mark: LaneMark): string {
  if (mark.kind !== 'next') return mark.kind;
  const { value } = mark;
  if (!isDeltaEvent(value)) return shorten(typeof value === 'string' ? visible(value) : textOf(value), longestLabel);
  switch (value.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return shorten(visible(value.text), longestLabel);
    case 'tool-call-start':
      return `${shorten(value.name, longestLabel - 1)}(`;
    case 'tool-call-delta':
      return shorten(visible(value.argumentsText), longestLabel);
    case 'tool-call-end':
      return ')';
    case 'finish':
      return value.reason === 'stop' ? 'finish' : `finish: ${value.reason}`;
    default:
      return value.type;
  }
}

/** A mark in words, for those who do not see it. */
export function describeMark(mark: LaneMark): string {
  const at = `${formatMs(mark.atMs)} ms`;
  if (mark.kind === 'error') {
    const { name, message } = toErrorInfo(mark.error);
    return `${at}, error ${name}: ${message}`;
  }
  if (mark.kind !== 'next') return `${at}, ${mark.kind}`;
  const { value } = mark;
  if (!isDeltaEvent(value)) return `${at}, ${shorten(textOf(value), longestDescription)}`;
  const text = 'text' in value ? value.text : 'argumentsText' in value ? value.argumentsText : undefined;
  const detail = typeof text === 'string' ? ` ${JSON.stringify(text)}` : value.type === 'finish' ? ` ${value.reason}` : '';
  return `${at}, ${value.type}${shorten(detail, longestDescription)}`;
}

/** The name of the colours of a mark. */
export function toneOf(mark: LaneMark): string {
  if (mark.kind !== 'next') return mark.kind;
  if (!isDeltaEvent(mark.value)) return 'value';
  const { type } = mark.value;
  if (type === 'text-delta') return 'text';
  if (type === 'reasoning-delta') return 'reasoning';
  if (type.startsWith('tool-')) return 'tool';
  if (type === 'usage' || type === 'finish') return 'done';
  return type === 'reset' || type === 'refusal-delta' ? 'reset' : 'other';
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function formatMs(atMs: number): string {
  return numbers.format(atMs);
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Makes line ends and outer blanks visible. */
function visible(text: string): string {
  return text
    .slice(0, 2 * longestLabel)
    .replace(/\r?\n/g, '⏎')
    .replace(/^ | $/g, '␣');
}

function shorten(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length)];
  return characters.length <= length && text.length <= 2 * length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
