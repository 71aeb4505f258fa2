/**
 * A page that asks a question and shows the answer while it grows, with the same few lines for each client. Prints what it loads: all of them
 * bundled and minified by esbuild, then gzipped.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { printTable } from './support/outcome.js';

const byHand = `
export async function ask(question, show, signal) {
  const response = await fetch('/api', { method: 'POST', body: JSON.stringify({ question }), signal });
  let [text, tail] = ['', ''];
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const lines = (tail + decoder.decode(bytes, { stream: true })).split('\\n');
    tail = lines.pop();
    for (const line of lines) if (line.startsWith('data: ')) show((text += JSON.parse(line.slice(6)).text ?? ''));
  }
}`;
const messages = "[{ role: 'user', content: question }]";
const own = (operator: string): string => `
import { ${operator} } from 'rxllm';
import { fromWire, sse } from 'rxllm/http';
export const ask = (question, show) =>
  fromWire(new Request('/api', { method: 'POST', body: question }), { wire: sse() }).pipe(${operator}()).subscribe(show);`;
const aiSdk = (imports: string): string => `${imports}
export class Chat extends AbstractChat {
  constructor(state) { super({ state, transport: new DefaultChatTransport({ api: '/api' }) }); }
}
export const ask = (question, state) => new Chat(state).sendMessage({ text: question });`;

const pages: Readonly<Record<string, string>> = {
  'fetch by hand': byHand,
  'rxllm: fromWire(), accumulateText()': own('accumulateText'),
  'rxllm: fromWire(), toMessageState()': own('toMessageState'),
  'AI SDK 6: chat': aiSdk("import { AbstractChat, DefaultChatTransport } from 'ai-6';"),
  'AI SDK 7: chat': aiSdk("import { AbstractChat, DefaultChatTransport } from 'ai';"),
  'TanStack AI: ChatClient': `
import { ChatClient, fetchServerSentEvents } from '@tanstack/ai-client';
export const ask = (question, show) =>
  new ChatClient({ connection: fetchServerSentEvents('/api'), onMessagesChange: show }).sendMessage(question);`,
  'AG-UI: HttpAgent': `
import { HttpAgent } from '@ag-ui/client';
export const ask = (question, show) => new HttpAgent({ url: '/api', initialMessages: ${messages} }).runAgent({}, show);`,
  'openai: create()': `
import OpenAI from 'openai';
export const ask = (question, client = new OpenAI({ baseURL: '/api', dangerouslyAllowBrowser: true })) =>
  client.chat.completions.create({ model: 'm', stream: true, messages: ${messages} });`,
};

async function sizeOf(contents: string, external: string[]): Promise<string> {
  const stdin = { contents, resolveDir: import.meta.dirname };
  const options = { bundle: true, minify: true, write: false, tsconfig: 'tsconfig.json', logLevel: 'error' } as const;
  const { outputFiles } = await build({ ...options, stdin, external, format: 'esm', platform: 'browser' });
  return `${(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1_000).toFixed(1)} kB`;
}

const rows = [['page', 'gzipped', 'where RxJS is there']];
for (const [name, code] of Object.entries(pages)) rows.push([name, await sizeOf(code, []), await sizeOf(code, ['rxjs'])]);
printTable(rows);
