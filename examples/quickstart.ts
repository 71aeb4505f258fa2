import { parseArgs } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { connect, fromEvent, ignoreElements, lastValueFrom, merge, type Observable, tap } from 'rxjs';
import {
  aggregateUsage,
  type DeltaEvent,
  isStreamError,
  type Message,
  measureStream,
  retryStream,
  stopOn,
  tapStream,
  textDeltas,
  timeoutBetweenChunks,
  withCost,
} from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { parseToonOnComplete, toonPrompt } from 'rxllm/toon';
import { localProvider } from './localProvider.js';

const help = `Usage: npm start -- [options] ["QUESTION"]

Sends a question about a table of products and prints the table as the model gets it, the answer as it arrives, then its usage, its speed,
its cost and its parsed data.
Uses the provider's API if OPENAI_API_KEY or ANTHROPIC_API_KEY is set, otherwise a local server.

Options:
  --provider NAME   openai (chat completions), responses or anthropic
                    (default: openai, or anthropic if only ANTHROPIC_API_KEY is set)
  --model NAME      model to request (default: gpt-4o-mini or claude-haiku-4-5)
  --base-url URL    another server, such as http://127.0.0.1:11434/v1 (Ollama) or http://127.0.0.1:8000/v1 (vLLM)
  -h, --help        print this help`;

const products = [
  { id: 1, name: 'USB Cable', price: 9.5, stock: 420 },
  { id: 2, name: 'Mechanical Keyboard', price: 129, stock: 38 },
  { id: 3, name: 'Laptop Pro', price: 1999, stock: 7 },
  { id: 4, name: 'Monitor 27"', price: 449, stock: 15 },
];

type Provider = 'openai' | 'responses' | 'anthropic';

const defaultModels: Readonly<Record<Provider, string>> = {
  openai: 'gpt-4o-mini',
  responses: 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
};

interface Settings {
  readonly provider: Provider;
  readonly model: string;
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  readonly question: string;
}

function isProvider(name: string): name is Provider {
  return Object.hasOwn(defaultModels, name);
}

function readSettings(): Settings | 'help' {
  const { values, positionals } = parseArgs({
    options: {
      provider: { type: 'string' },
      model: { type: 'string' },
      'base-url': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help) return 'help';
  const { OPENAI_API_KEY: openaiKey, ANTHROPIC_API_KEY: anthropicKey } = process.env;
  const provider = values.provider ?? (anthropicKey && !openaiKey ? 'anthropic' : 'openai');
  if (!isProvider(provider))
    throw new Error(`--provider must be one of ${Object.keys(defaultModels).join(', ')}, got "${provider}"`);
  const baseUrl = values['base-url'];
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) throw new Error(`--base-url must be a URL, got "${baseUrl}"`);
  if (positionals.length > 1) throw new Error('Only one question is allowed: put it in quotes');
  return {
    provider,
    model: values.model ?? defaultModels[provider],
    baseUrl,
    apiKey: (provider === 'anthropic' ? anthropicKey : openaiKey) || undefined,
    question: positionals[0] ?? 'What is the most expensive product?',
  };
}

/** The table as the model gets it, and what that saves. */
async function productTable(): Promise<{ readonly text: string; readonly saving: string }> {
  const countTokens = tiktokenCounter('gpt-4o');
  await countTokens.load();
  const { text, tokens, saving = 0 } = toonPrompt(products, { countTokens });
  const percent = Math.round(saving * 100);
  return { text, saving: `${tokens?.toon} tokens as TOON, ${tokens?.json} as compact JSON: ${percent} % saved` };
}

function promptFor(table: string, question: string): string {
  return `Here is a table of products:\n\n${table}\n\n${question} Answer in one sentence, then repeat the answer as a fenced TOON table with the header answer[1]{name,price}:`;
}

/** The request as a cold Observable: it is sent on subscribe. */
function ask({ provider, model }: Settings, prompt: string, apiKey: string, baseURL: string | undefined): Observable<DeltaEvent> {
  const messages = [{ role: 'user' as const, content: prompt }];
  if (provider === 'anthropic') return fromMessages(new Anthropic({ apiKey, baseURL }), { model, max_tokens: 500, messages });
  const client = new OpenAI({ apiKey, baseURL });
  if (provider === 'responses') return fromResponses(client, { model, input: prompt });
  return fromChatCompletions(client, { model, messages });
}

async function main(): Promise<void> {
  const settings = readSettings();
  if (settings === 'help') {
    console.log(help);
    return;
  }
  const { provider, model, baseUrl, apiKey, question } = settings;
  const local = baseUrl === undefined && apiKey === undefined ? await localProvider({ latencyMs: 15 }) : undefined;
  const url = baseUrl ?? (provider === 'anthropic' ? local?.anthropic : local?.openai);
  console.log(`${question}  (${provider}, ${model}, ${local ? 'local server' : (url ?? 'api')})\n`);

  const table = await productTable();
  console.log(`${table.text}\n${table.saving}\n`);

  const prompt = promptFor(table.text, question);
  const events$ = ask(settings, prompt, apiKey ?? 'none', url).pipe(
    timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
    retryStream({ maxRetries: 2, initialDelayMs: 200 }),
    stopOn(fromEvent(process, 'SIGINT')),
    aggregateUsage({ prompt }),
    withCost(genaiPrices()),
    measureStream(),
    tapStream({ complete: report }),
  );
  // One request with two subscribers: the text as it arrives, and the parsed result at the end.
  const result$ = events$.pipe(
    connect((shared$) =>
      merge(
        shared$.pipe(
          textDeltas(),
          tap((text) => process.stdout.write(text)),
          ignoreElements(),
        ),
        shared$.pipe(parseToonOnComplete()),
      ),
    ),
  );
  try {
    const { format, value } = await lastValueFrom(result$);
    console.log(`parsed  ${format} ${JSON.stringify(value)}`);
  } finally {
    await local?.stop();
  }
}

function report({ usage, timing, finishReason, model }: Message): void {
  console.log(`\n\nusage   in ${usage?.inputTokens}, out ${usage?.outputTokens}${usage?.estimated ? ' (estimated)' : ''}`);
  const speed = timing?.tokensPerSecond === undefined ? 'unknown' : timing.tokensPerSecond.toFixed(1);
  console.log(`time    first token after ${timing?.firstDeltaMs ?? 'unknown'} ms, ${speed} tokens per second`);
  const isCounted = usage?.inputTokens !== undefined && usage.outputTokens !== undefined;
  const reason = isCounted ? `the list has no price for such a request of ${model}` : 'its tokens are unknown';
  console.log(`cost    ${usage?.cost ? `$${usage.cost.total.toFixed(6)} (list price of ${model})` : `unknown: ${reason}`}`);
  console.log(`finish  ${finishReason}`);
}

/** Describes an error and its root cause in one line. */
function explain(error: unknown): string {
  const root = rootOf(error);
  const [sentence = ''] = (root instanceof Error ? root.message : String(root)).split(/\. |\n/);
  if (isStreamError(error, 'connection') || isStreamError(error, 'retry-exhausted')) return `${error.message}: ${sentence}`;
  return sentence;
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;
}

main().catch((error: unknown) => {
  console.error(`rxllm quickstart: ${explain(error)}`);
  process.exitCode = 1;
});
