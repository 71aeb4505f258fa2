import { type EventWriter, type ProviderFormat, providerError } from 'rxllm/http';

/** What is read of Google's native stream (`:streamGenerateContent?alt=sse`). Every field may be missing. */
interface GeminiPayload {
  readonly responseId?: string;
  readonly modelVersion?: string;
  readonly candidates?: readonly Candidate[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: Readonly<Record<string, number>>;
}

interface Candidate {
  readonly content?: { readonly parts?: readonly Part[] };
  readonly finishReason?: string;
  readonly groundingMetadata?: { readonly groundingChunks?: readonly { readonly web?: { uri?: string; title?: string } }[] };
}

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly id?: string; readonly name?: string; readonly args?: Readonly<Record<string, string>> };
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
}

/**
 * Google's native wire, with thoughts, their signatures, calls, images, sources and usage. One candidate: ask for no more.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const geminiFormat: ProviderFormat = {
  provider: 'google',
  knows: (payload) => ['candidates', 'promptFeedback', 'usageMetadata', 'error'].some((field) => field in payload),
  decode(payload, write) {
    const { responseId, modelVersion, candidates = [], promptFeedback, usageMetadata } = payload as GeminiPayload;
    write.start({ id: responseId, model: modelVersion });
    const [candidate] = candidates;
    for (const part of candidate?.content?.parts ?? []) writePart(part, write);
    for (const { web } of candidate?.groundingMetadata?.groundingChunks ?? []) {
      write.citation({ url: web?.uri, title: web?.title, native: { ...web } });
    }
    if (usageMetadata) writeUsage(usageMetadata, write);
    // Each of the two is the definite end: nothing follows.
    const reason = candidate?.finishReason ?? promptFeedback?.blockReason;
    if (reason) write.finish(reason);
  },
  // Most payloads differ from the one before in their text and their figures of usage, which are read; so none is skipped.
};

function writePart({ text, thought, thoughtSignature, functionCall, inlineData }: Part, write: EventWriter): void {
  if (text) thought ? write.reasoning(text) : write.text(text);
  let callId: string | undefined;
  if (functionCall) {
    if (!functionCall.name) throw providerError({ code: 'MALFORMED_FUNCTION_CALL', message: 'A call has no name' });
    callId = write.call({ id: functionCall.id, name: functionCall.name, input: functionCall.args ?? {} });
  }
  if (inlineData?.data) write.file({ mediaType: inlineData.mimeType ?? 'image/png', data: inlineData.data });
  // Google refuses the next request without it. With an empty text it is a part of its own.
  const block = callId === undefined && text === '' ? 'signature' : undefined;
  if (thoughtSignature) write.blockEnd({ thoughtSignature }, { callId, block, kind: 'part' });
}

function writeUsage(figures: Readonly<Record<string, number>>, write: EventWriter): void {
  const { promptTokenCount, candidatesTokenCount = 0, thoughtsTokenCount = 0, totalTokenCount } = figures;
  write.usage({
    inputTokens: promptTokenCount,
    // Google counts thoughts beside the answer.
    outputTokens: candidatesTokenCount + thoughtsTokenCount,
    totalTokens: totalTokenCount,
    reasoningTokens: figures['thoughtsTokenCount'],
    cachedInputTokens: figures['cachedContentTokenCount'],
    native: figures,
  });
}
