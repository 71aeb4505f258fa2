import { map, take, timer } from 'rxjs';
import { z } from 'zod';

const place = z.object({ city: z.string(), units: z.enum(['metric', 'imperial']).optional() });
const order = z.object({ item: z.string(), quantity: z.int().min(1).max(10), note: z.string().optional() });

const stages = ['Checking the stock', 'Reserving the item', 'Paying'];

/** The tools that the model may call. Each value but the last is progress; unsubscribing stops the tool. */
export const tools = {
  get_weather: {
    description: 'The weather of a city now',
    input: place,
    timeoutMs: 10_000,
    run: ({ city, units = 'metric' }: z.infer<typeof place>) =>
      timer(0, 400).pipe(
        take(4),
        map((count) => {
          if (count < 3) return `Station ${count + 1} of 3 in ${city}`;
          return { city, temperature: units === 'metric' ? 21 : 70, units, sky: 'sunny' };
        }),
      ),
  },
  place_order: {
    description: 'Orders an item in the shop. It costs money: the user approves each call.',
    input: order,
    timeoutMs: 30_000,
    run: ({ item, quantity }: z.infer<typeof order>) =>
      timer(0, 500).pipe(
        take(stages.length + 1),
        map((count) => stages[count] ?? { orderId: `A-${1000 + quantity}`, item, quantity, status: 'confirmed' }),
      ),
  },
};

/** The calls that wait for the user. */
const needsApproval: readonly string[] = ['place_order'];

/** @returns Whether a call may run; undefined if the user has to decide. */
export function approve({ name }: { readonly name: string }): true | undefined {
  return needsApproval.includes(name) ? undefined : true;
}
