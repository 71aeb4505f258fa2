import { describe, expect, it } from '@jest/globals';
import { calcPrice, extractUsage, findProvider, type PriceCalculationResult } from '@pydantic/genai-prices';
import type { Observable } from 'rxjs';
import type { DeltaEvent, Usage } from '../../src/events.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { withCost } from '../../src/operators/withCost.js';
import { genaiPrices } from '../../src/pricing/genaiPrices.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { recordings } from '../support/recordings.js';
import { collect, respondWith } from '../support/respond.js';

type Client = () => Promise<Response>;

interface Wire {
  readonly name: 'chat' | 'responses' | 'anthropic';
  readonly provider: string;
  /** The price list's name for the form of the usage. */
  readonly flavor: string;
  readonly source: (client: Client) => Observable<DeltaEvent>;
}

const wires: readonly Wire[] = [
  {
    name: 'chat',
    provider: 'openai',
    flavor: 'chat',
    source: (client) => fromChatCompletions(client, { model: '', messages: [] }),
  },
  {
    name: 'responses',
    provider: 'openai',
    flavor: 'responses',
    source: (client) => fromResponses(client, { model: '', input: '' }),
  },
  {
    name: 'anthropic',
    provider: 'anthropic',
    flavor: 'default',
    source: (client) => fromMessages(client, { model: '', max_tokens: 1, messages: [] }),
  },
];

/** An independent reading: the price list itself reads the provider's own figures. */
function oracle({ native }: Usage, model: string, { provider, flavor }: Wire): PriceCalculationResult {
  const by = findProvider({ providerId: provider });
  if (!by) throw new Error(`The list does not know ${provider}`);
  const { usage } = extractUsage(by, { model, usage: native }, flavor);
  return calcPrice(usage, model, { providerId: provider }) ?? calcPrice(usage, model);
}

/** The cost that the provider reports, in dollars. */
function billed({ native }: Usage): number | undefined {
  const { cost, cost_in_usd_ticks: ticks } = native as { readonly cost?: unknown; readonly cost_in_usd_ticks?: unknown };
  if (typeof ticks === 'number') return ticks / 1e10;
  return typeof cost === 'number' ? cost : undefined;
}

describe.each(wires)('the cost of the recordings of $name', (wire) => {
  const recorded = recordings(wire.name);

  (recorded.length === 0 ? it.skip : it)('equals the cost by the price list, or the cost that the provider reports', async () => {
    let compared = 0;
    for (const { name, bytes } of recorded) {
      const { events } = await collect(wire.source(respondWith(bytes)).pipe(aggregateUsage(), withCost(genaiPrices())));
      const start = events.find((event) => event.type === 'start');
      const usage = events.findLast((event) => event.type === 'usage')?.usage;
      if (!start?.model || usage?.native === undefined || usage.estimated) continue;
      const bill = billed(usage);
      const listed = oracle(usage, start.model, wire);
      compared++;
      const near = (amount: number): unknown => expect.closeTo(amount, 9);
      // xAI does not include reasoning in the completion, which the list ignores: there the reported cost decides.
      if (bill !== undefined) expect([name, usage.cost?.total]).toEqual([name, near(bill)]);
      else if (!listed) expect([name, usage.cost]).toEqual([name, undefined]);
      else
        expect([name, usage.cost?.input, usage.cost?.output]).toEqual([
          name,
          near(listed.input_price),
          near(listed.output_price),
        ]);
    }
    expect(compared).toBeGreaterThan(recorded.length / 3);
  });
});
