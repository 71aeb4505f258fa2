import type { UIMessage, UIMessageChunk } from 'ai';
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';

/** The AI SDK of a version. Both have the same names; the types are those of version 7. */
export const sdks: Readonly<Record<Version, typeof ai7>> = { 6: ai6 as unknown as typeof ai7, 7: ai7 };
export const versions = [6, 7] as const;
export type Version = (typeof versions)[number];

/** What their client shows of a response, and the error that it reports. */
export interface Shown {
  readonly message: UIMessage | undefined;
  readonly error: unknown;
}

/** Their transport, which parses a body and checks each chunk. */
export function transportOf(version: Version, body: string): ai7.DefaultChatTransport<UIMessage> {
  const { DefaultChatTransport } = sdks[version];
  return new DefaultChatTransport({ fetch: () => Promise.resolve(new Response(body)) });
}

export async function show(version: Version, frames: readonly string[]): Promise<Shown> {
  const body = frames.map((data) => `data: ${data}\n\n`).join('');
  let message: UIMessage | undefined;
  let error: unknown;
  try {
    const stream = (await transportOf(version, body).sendMessages({
      chatId: 'chat',
      messages: [],
      trigger: 'submit-message',
      messageId: undefined,
      abortSignal: undefined,
    })) as ReadableStream<UIMessageChunk>;
    const onError = (reported: unknown): void => {
      error ??= reported;
    };
    const options = { stream, terminateOnError: true, onError };
    for await (const state of sdks[version].readUIMessageStream(options)) message = state;
  } catch (thrown) {
    error ??= thrown;
  }
  return { message, error };
}
