import { explanation, form, table } from './texts.js';

/** What a model answers: pieces of reasoning, then text or a call of a tool. */
export interface Reply {
  readonly reasoning?: string;
  readonly text?: string;
  readonly call?: { readonly name: string; readonly input: object };
}

/** What is read of a message of the request. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
}

/** The replies, by words of the question. */
const replies: readonly (readonly [words: RegExp, reply: (question: string) => Reply])[] = [
  [/\b(table|products?)\b/i, () => ({ text: table })],
  [/\bform\b/i, () => ({ text: form })],
  [/\border\b/i, orderReply],
  [/\bweather\b/i, weatherReply],
];

/** Chooses a reply by words of the last message of the user; after a tool, it reports what the tool returned. */
export function replyTo(messages: readonly ChatMessage[]): Reply {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: reportOf(textOf(last.content)) };
  const question = textOf(messages.findLast(({ role }) => role === 'user')?.content);
  const [, reply] = replies.find(([words]) => words.test(question)) ?? [];
  return reply?.(question) ?? explanation;
}

function orderReply(question: string): Reply {
  const [, quantity = '1', item = 'laptop'] = /\border\s+(?:an?\b|(\d+))?\s*(\w+)/i.exec(question) ?? [];
  const note = 'Deliver on a weekday, between nine and five, to the front desk.';
  return {
    reasoning: 'An order costs money, so the user has to approve it.',
    call: { name: 'place_order', input: { item, quantity: Number(quantity), note } },
  };
}

function weatherReply(question: string): Reply {
  const city = /\bin (\p{Lu}[\p{L}-]*)/u.exec(question)?.[1] ?? 'Paris';
  return { call: { name: 'get_weather', input: { city, units: 'metric' } } };
}

function reportOf(result: string): string {
  if (/not approved/i.test(result)) return 'I did not place the order, because you **declined** it.';
  if (/orderId/.test(result)) return `Your order is placed. The shop confirmed it:\n\n\`\`\`json\n${result}\n\`\`\`\n`;
  return `The weather service reports:\n\n\`\`\`json\n${result}\n\`\`\`\n\nTake a light jacket for the evening.`;
}

/** The content of a message is a text, or a list of parts with texts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('');
}
