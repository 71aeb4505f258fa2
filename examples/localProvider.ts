import { LLMock } from '@copilotkit/aimock';
import { decode, encode } from '@toon-format/toon';

export interface LocalProvider {
  /** Base URL of the OpenAI wires. */
  readonly openai: string;
  /** Base URL of the Anthropic wire. */
  readonly anthropic: string;
  stop(): Promise<void>;
}

export interface LocalProviderOptions {
  /** Time between two deltas of the answer, in milliseconds. @defaultValue 0 */
  readonly latencyMs?: number;
  /** HTTP statuses that the first requests fail with, one per request. @defaultValue none */
  readonly failures?: readonly number[];
}

/** Starts a loopback server with the wires of OpenAI and Anthropic, so that every example runs without a key. */
export async function localProvider({ latencyMs = 0, failures = [] }: LocalProviderOptions = {}): Promise<LocalProvider> {
  const server = new LLMock({ host: '127.0.0.1', port: 0, logLevel: 'silent', chunkSize: 5, latency: latencyMs });
  server.addFixture({
    match: { predicate: () => true },
    response: ({ messages, tools }) => {
      const prompt = messages.map(({ content }) => contentText(content)).join('\n');
      const city = /weather in (\w+)/i.exec(prompt)?.[1];
      const tool = tools?.[0]?.function.name;
      const last = messages.at(-1);
      if (last?.role === 'tool') return { content: `The tool answered ${contentText(last.content)}.` };
      if (city && tool) return { toolCalls: [{ name: tool, arguments: JSON.stringify({ city, days: 3, units: 'metric' }) }] };
      const content = answer(prompt);
      return {
        content,
        usage: usageOf(prompt, content),
        ...(/think/i.test(prompt) ? { reasoning: 'Two and two are four.' } : {}),
      };
    },
  });
  // Reversed, because each call is inserted before the earlier ones.
  for (const status of failures.toReversed()) server.nextRequestError(status, { message: 'The local provider fails on purpose' });
  const origin = await server.start();
  return { openai: `${origin}/v1`, anthropic: origin, stop: () => server.stop() };
}

function contentText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

interface Product {
  readonly name: string;
  readonly price: number;
}

const priceList = {
  products: [
    { name: 'USB Cable', price: 9.5 },
    { name: 'Desk Lamp', price: 'on request' },
    { name: 'Laptop Pro', price: 1999 },
  ],
};
const priceTable = {
  products: [
    { name: 'USB Cable', price: 9.5, stock: 420 },
    { name: 'Dock, small', price: 79, stock: 12 },
    { name: 'Laptop Pro', price: 1999, stock: 7 },
  ],
};
const customer = {
  name: 'Ann Lee',
  born: '1984-05-17',
  address: { street: 'Rue Cler 7', city: 'Paris' },
  newsletter: true,
};

/** The answers to questions without a table. */
const knowledge: readonly (readonly [question: RegExp, answer: string])[] = [
  [/capital of France/i, 'Paris is the capital of France.'],
  [/two and two/i, 'Four.'],
  [/products as JSON/i, JSON.stringify(priceList)],
  [/products as TOON/i, `Here are the products:\n\n\`\`\`toon\n${encode(priceTable)}\n\`\`\`\n`],
  [/customer as JSON/i, JSON.stringify(customer)],
];

/** The answer from the products table in the prompt or from `knowledge`; for any other question, a hint. */
function answer(prompt: string): string {
  const table = /```toon\n([\s\S]*?)```/.exec(prompt)?.[1];
  const products = table === undefined ? [] : (decode(table) as unknown as Product[]);
  const byPrice = [...products].sort((a, b) => b.price - a.price);
  if (/most expensive/i.test(prompt)) return productAnswer('most expensive', byPrice.at(0));
  if (/cheapest/i.test(prompt)) return productAnswer('cheapest', byPrice.at(-1));
  const known = knowledge.find(([question]) => question.test(prompt));
  return known?.[1] ?? 'I am the local stand-in for a model: set OPENAI_API_KEY or ANTHROPIC_API_KEY to ask a real one.';
}

function productAnswer(superlative: string, product: Product | undefined): string {
  if (product === undefined) return 'I see no products.';
  const { name, price } = product;
  const table = encode({ answer: [{ name, price }] });
  return `The ${superlative} product is ${name}, at ${price}.\n\n\`\`\`toon\n${table}\n\`\`\`\n`;
}

/** The usage in the fields of all three wires. Four characters count as a token. */
function usageOf(prompt: string, content: string): Readonly<Record<string, number>> {
  const input = Math.ceil(prompt.length / 4);
  const output = Math.ceil(content.length / 4);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    input_tokens: input,
    output_tokens: output,
  };
}
