import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messagesFormat } from '../../src/providers/anthropic/format.js';
import { chatFormat } from '../../src/providers/openai/chat/format.js';
import { responsesFormat } from '../../src/providers/openai/responses/format.js';
import type { WireFormat } from '../../src/providers/wire/wireFormat.js';
import { fixture, fixtureNames } from '../providers/anthropic/fixtures.js';
import { chatFixture, chatFixtureNames } from '../providers/openai/chat/fixtures.js';
import { responsesFixture, responsesFixtureNames } from '../providers/openai/responses/fixtures.js';
import { dataFolder } from './dataFolder.js';
import { decodeBytes } from './decodeBytes.js';
import { recordings } from './recordings.js';
import type { Collected } from './respond.js';

export type WireKind = 'chat' | 'responses' | 'anthropic';

/** A whole stream that a provider sent, or could have sent. */
export interface ProviderStream {
  readonly wire: WireKind;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** False if only the events were recorded, and their lines were rebuilt. */
  readonly asSent: boolean;
}

const kinds = ['chat', 'responses', 'anthropic'] as const;

const fixtures: Readonly<Record<WireKind, readonly (readonly [name: string, bytes: Uint8Array])[]>> = {
  chat: chatFixtureNames.map((name) => [name, chatFixture(name)]),
  responses: responsesFixtureNames.map((name) => [name, responsesFixture(name)]),
  anthropic: fixtureNames.map((name) => [name, fixture(name)]),
};

/** The fixtures of the formats' specs. */
export const fixtureStreams: readonly ProviderStream[] = kinds.flatMap((wire) =>
  fixtures[wire].map(([name, bytes]) => ({ wire, name, bytes, asSent: true })),
);

const rebuilt: ReadonlySet<string> = readRebuilt();

/** Streams of real providers; none, with a message, if the recordings are absent. */
export const recordedStreams: readonly ProviderStream[] = kinds.flatMap((wire) =>
  recordings(wire).map(({ name, bytes }) => ({ wire, name, bytes, asSent: !rebuilt.has(name) })),
);

export const allStreams: readonly ProviderStream[] = [...fixtureStreams, ...recordedStreams];

function readRebuilt(): ReadonlySet<string> {
  const folder = dataFolder('recordings', '.');
  if (folder === undefined) return new Set();
  const lines = readFileSync(join(folder, 'INDEX.tsv'), 'utf8').split('\n');
  return new Set(lines.flatMap((line) => (line.includes('rebuilt') ? (line.split('\t')[1] ?? []) : [])));
}

export const formats: Readonly<Record<WireKind, WireFormat>> = {
  chat: chatFormat(),
  responses: responsesFormat,
  anthropic: messagesFormat,
};

/** Decodes the pieces of a stream synchronously, without a network. */
export function decodeStream(wire: WireKind, pieces: readonly Uint8Array[]): Collected {
  return decodeBytes(formats[wire], pieces);
}
