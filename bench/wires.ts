/** A response body like a recorded one: the deltas of one answer, in the format of one provider. */
export interface Wire {
  readonly name: string;
  readonly api: 'chat' | 'responses' | 'messages';
  /** Whether each event has padding of a different length, which providers send against traffic analysis. */
  readonly padded: boolean;
}

export interface WireBody {
  /** The body in the chunks of a network. */
  readonly chunks: readonly Uint8Array[];
  /** The text of each delta. */
  readonly texts: readonly string[];
}

export const wires: readonly Wire[] = (['chat', 'responses', 'messages'] as const).flatMap((api) => [
  { name: `${api}, constant`, api, padded: false },
  { name: `${api}, padded`, api, padded: true },
]);

/** The number of bytes of a chunk. */
const chunkBytes = 16_384;

/** Tokens of a model: one of twelve needs an escape in JSON, and one is not ASCII. */
const tokens = [
  ...['The', ' answer', ' is', ' that', ' streams', ' compose', ',', ' and', ' every', ' operator', ' keeps', ' its'],
  ...[' promise', '.\n', ' A', ' retry', ' never', ' doubles', ' text', ';', ' a', ' "', 'cut', '"', ' is', ' never', ' success'],
  ...[
    '.',
    '\n\n',
    '##',
    ' united',
    ' backpressure',
    ' ',
    '1',
    '2',
    '0',
    ' ms',
    ' later',
    ' it',
    ' comp',
    'letes',
    ' -',
    ' or',
    ' errors',
  ],
];

export function createBody({ api, padded }: Wire, deltas: number): WireBody {
  const texts = Array.from({ length: deltas }, (_, index) => tokens[(index * 7) % tokens.length] ?? '');
  const padding = createPadding(padded);
  return { chunks: toChunks(framings[api](texts, padding, padded).join('')), texts };
}

type Framing = (texts: readonly string[], padding: () => string, padded: boolean) => readonly string[];

const framings: Readonly<Record<Wire['api'], Framing>> = { chat: frameChat, responses: frameResponses, messages: frameMessages };

function frameChat(texts: readonly string[], padding: () => string, padded: boolean): readonly string[] {
  const head = `"id":"chatcmpl-C3jdKZ3xczO7kloiecuMwgPAmBCbN","object":"chat.completion.chunk","created":1755006434,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_560af6e559"`;
  const chunk = (delta: object, reason: string | null): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: reason }];
    const obfuscation = padded ? `,"obfuscation":"${padding()}"` : '';
    return `data: {${head},"choices":${JSON.stringify(choices)},"usage":null${obfuscation}}\n\n`;
  };
  const usage = { prompt_tokens: 9, completion_tokens: texts.length, total_tokens: texts.length + 9 };
  return [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...texts.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    `data: {${head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`,
    'data: [DONE]\n\n',
  ];
}

function frameResponses(texts: readonly string[], padding: () => string, padded: boolean): readonly string[] {
  let sequence = 0;
  const event = (type: string, fields: string): string =>
    `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence++},${fields}}\n\n`;
  const item = '"item_id":"msg_689f74e7a6c48192a4bfe9856d1898c60d633b0c8e3fd59d","output_index":0,"content_index":0';
  const whole = texts.join('');
  const response = { id: 'resp_689f74e7a6c4', object: 'response', model: 'gpt-4o-mini-2024-07-18', status: 'in_progress' };
  const message = { id: 'msg_689f74e7a6c48192a4bfe9856d1898c60d633b0c8e3fd59d', type: 'message', role: 'assistant' };
  const part = { type: 'output_text', annotations: [], logprobs: [], text: whole };
  const done = { ...message, status: 'completed', content: [part] };
  const usage = { input_tokens: 9, output_tokens: texts.length, total_tokens: texts.length + 9 };
  return [
    event('response.created', `"response":${JSON.stringify(response)}`),
    event('response.output_item.added', `"output_index":0,"item":${JSON.stringify({ ...message, content: [] })}`),
    event('response.content_part.added', `${item},"part":${JSON.stringify({ ...part, text: '' })}`),
    ...texts.map((text) => {
      const obfuscation = padded ? `,"obfuscation":"${padding()}"` : '';
      return event('response.output_text.delta', `${item},"delta":${JSON.stringify(text)},"logprobs":[]${obfuscation}`);
    }),
    event('response.output_text.done', `${item},"text":${JSON.stringify(whole)},"logprobs":[]`),
    event('response.output_item.done', `"output_index":0,"item":${JSON.stringify(done)}`),
    event('response.completed', `"response":${JSON.stringify({ ...response, status: 'completed', output: [done], usage })}`),
  ];
}

function frameMessages(texts: readonly string[], padding: () => string): readonly string[] {
  const event = (type: string, fields = ''): string =>
    `event: ${type}\ndata: {"type":"${type}"${fields}${' '.repeat(padding().length)}}\n\n`;
  const message = { model: 'claude-sonnet-4-5', id: 'msg_01TRpkkgb2QsnyjsGSVdRtGr', type: 'message', role: 'assistant' };
  const usage = { input_tokens: 9, output_tokens: 1 };
  return [
    event('message_start', `,"message":${JSON.stringify({ ...message, content: [], stop_reason: null, usage })}`),
    event('content_block_start', ',"index":0,"content_block":{"type":"text","text":""}'),
    event('ping'),
    ...texts.map((text) =>
      event('content_block_delta', `,"index":0,"delta":{"type":"text_delta","text":${JSON.stringify(text)}}`),
    ),
    event('content_block_stop', ',"index":0'),
    event('message_delta', `,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":${texts.length}}`),
    event('message_stop'),
  ];
}

/** Up to 16 characters, the same in every run. */
function createPadding(padded: boolean): () => string {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return padded ? 'aB3xK9mQzT7wLp2V'.slice(0, seed % 17) : '';
  };
}

function toChunks(text: string): readonly Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += chunkBytes) chunks.push(bytes.slice(from, from + chunkBytes));
  return chunks;
}

/** A response without the cost of a network. */
export function respond({ chunks }: WireBody): Response {
  let next = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
}
