import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStreamError } from '../../../../src/errors.js';
import type { DeltaEvent, JsonObject } from '../../../../src/events.js';
import type { Collected } from '../../../support/respond.js';

const folder = fileURLToPath(new URL('../../../fixtures/chat', import.meta.url));

/** The names of all fixtures: each is a whole stream. */
export const chatFixtureNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sse'))
  .map((file) => file.slice(0, -'.sse'.length))
  .sort();

export function chatFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, `${name}.sse`)));
}

/** The expected events of a fixture, in the format of `digestOf`. */
export function chatFixtureEvents(name: string): string {
  return readFileSync(join(folder, `${name}.events`), 'utf8');
}

/** A stream's payloads, read without our own decoders. */
export function chatPayloads(bytes: Uint8Array): readonly JsonObject[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(\{.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data) as JsonObject);
}

/** All events as text, one a line, and the outcome. */
export function digestOf({ events, error }: Collected): string {
  const end = isStreamError(error)
    ? `${error.name} ${error.kind} ${error.retryable ? 'retryable' : 'final'} ${error.message}`
    : 'complete';
  return [...digest(events), end, ''].join('\n');
}

/** Events as readable lines: type, `@` and its block (`choice.block` for a choice other than 0), and its content. */
export function digest(events: readonly DeltaEvent[]): readonly string[] {
  return events.map((event) => {
    const at = 'block' in event ? `@${event.choice === 0 ? '' : `${event.choice}.`}${event.block}` : '';
    return `${event.type}${at} ${contentOf(event)}`.trim();
  });
}

function contentOf(event: DeltaEvent): string {
  switch (event.type) {
    case 'start':
      return `${event.id} ${event.model}`;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return JSON.stringify(event.text);
    case 'tool-call-start':
      return `${event.callId} ${event.name} ${event.format}`;
    case 'tool-call-delta':
      return `${event.callId} ${event.argumentsText}`;
    case 'tool-call-end':
      return `${event.callId} ${event.name} ${event.argumentsText}`;
    case 'file':
      return `${event.mediaType} ${JSON.stringify(event.data)} ${JSON.stringify(event.transcript)}${event.final ? ' final' : ''}`;
    case 'citation':
      return `${event.url} ${event.title} ${event.text} ${event.start}-${event.end} ${JSON.stringify(event.native)}`;
    case 'logprobs':
      return JSON.stringify(event.tokens);
    case 'block-end':
      return `${event.kind} ${JSON.stringify(event.native)}`;
    case 'usage': {
      const { native: _, estimated, confidence, ...figures } = event.usage;
      return `${confidence}${estimated ? ' estimated' : ''} ${JSON.stringify(figures)}`;
    }
    case 'raw':
      return `${event.provider} ${event.name} ${JSON.stringify(event.data)}`;
    case 'finish': {
      const { serviceTier, systemFingerprint } = event.metadata;
      const choices = event.choices.map(({ choice, reason, rawReason }) => `${choice}:${reason}(${rawReason})`);
      return [`${event.reason}(${event.rawReason})`, ...choices, serviceTier ?? '', systemFingerprint ?? ''].join(' ');
    }
    default:
      return '';
  }
}
