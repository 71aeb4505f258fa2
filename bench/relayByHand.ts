interface Chunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
  readonly usage: object | null;
}

/** The least work of a relay that is written by hand: decode, split, parse, write the same events, encode; one piece for each that came. */
export function relayByHand(response: Response): ReadableStream<Uint8Array> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        let frames = '';
        for (const line of lines) if (line.startsWith('data: {')) frames += framesOf(JSON.parse(line.slice(6)) as Chunk);
        controller.enqueue(encoder.encode(frames));
      },
    },
    { highWaterMark: 0 },
  );
}

function framesOf({ id, model, choices, usage }: Chunk): string {
  const [choice] = choices;
  const text = choice?.delta.content;
  let frames = '';
  if (text === '') frames += frame({ type: 'start', id, model, provider: 'openai' });
  else if (text !== undefined) frames += frame({ type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' });
  if (usage) frames += frame({ type: 'usage', usage });
  if (choice?.finish_reason) frames += frame({ type: 'finish', reason: choice.finish_reason });
  return frames;
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
