import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable } from 'rxjs';
import type { DeltaEvent, Usage } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { withCost } from '../../src/operators/withCost.js';
import { genaiPrices } from '../../src/pricing/genaiPrices.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { dataFolder } from '../support/dataFolder.js';
import { respondWith } from '../support/respond.js';

interface UsageCase {
  readonly name: string;
  readonly wire: 'chat' | 'responses' | 'messages';
  readonly model: string;
  readonly events: readonly { readonly type?: string }[];
  /** The fields of the last usage; `cost` is its total. */
  readonly want: Readonly<Record<string, unknown>>;
}

const file = dataFolder('cases', 'values.json');
const cases = file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { readonly usages: UsageCase[] }).usages;

function read({ wire, model, events }: UsageCase): Observable<DeltaEvent> {
  const frames = events.map((event) => `${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
  const client = respondWith(Buffer.from(frames.join('') + (wire === 'chat' ? 'data: [DONE]\n\n' : '')));
  if (wire === 'chat') return fromChatCompletions(client, { model, messages: [] });
  return wire === 'responses'
    ? fromResponses(client, { model, input: '' })
    : fromMessages(client, { model, max_tokens: 1, messages: [] });
}

function expectField(usage: Usage, name: string, wanted: unknown): void {
  const got = name === 'cost' ? usage.cost?.total : usage[name as keyof Usage];
  if (typeof wanted !== 'object' || wanted === null) {
    expect([name, got]).toEqual([name, typeof wanted === 'number' ? expect.closeTo(wanted, 9) : wanted]);
  } else if ('not' in wanted) expect([name, got]).not.toEqual([name, wanted.not]);
  else if ('atLeast' in wanted) expect(got).toBeGreaterThanOrEqual(Number(wanted.atLeast));
  else throw new Error(`an unknown expectation of ${name}`);
}

// Cases after public reports, which are no part of the project.
(cases.length === 0 ? describe.skip : describe)('the usage of', () => {
  it.each(cases)('$name', async (one) => {
    const { usage } = await lastValueFrom(read(one).pipe(aggregateUsage(), withCost(genaiPrices()), ofEvent('usage')));
    for (const [name, wanted] of Object.entries(one.want)) expectField(usage, name, wanted);
  });

  it('has cases', () => expect(cases.length).toBeGreaterThan(0));
});
