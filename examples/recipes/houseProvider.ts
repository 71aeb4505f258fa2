import type { Observable } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { fromServerSentEvents, type ProviderFormat, type SourceOptions } from 'rxllm/http';

/**
 * The protocol of a model server in one's own house:
 *
 *     data: {"job":"j-1","model":"house-7b"}
 *     data: {"token":"Paris"}
 *     data: {"tool":"lookup","input":{"city":"Paris"}}
 *     data: {"tokens_in":9,"tokens_out":2}
 *     data: {"done":"stop"}
 */
export const houseFormat: ProviderFormat = {
  provider: 'house',
  decode({ job, model, token, tool, input = {}, tokens_in: inputTokens, tokens_out: outputTokens, done }, write) {
    if (typeof job === 'string') write.start({ id: job, model: String(model) });
    if (typeof token === 'string') write.text(token);
    if (typeof tool === 'string') write.call({ name: tool, input });
    if (typeof inputTokens === 'number' && typeof outputTokens === 'number') write.usage({ inputTokens, outputTokens });
    // The definite end. A body that ends without it is a `TruncatedError`.
    if (typeof done === 'string') write.finish(done);
  },
};

/** The source: subscribing sends the prompt, and unsubscribing aborts the request. */
export function fromHouse(url: string, prompt: string, options: SourceOptions = {}): Observable<DeltaEvent> {
  return fromServerSentEvents(
    ({ signal }) => fetch(url, { method: 'POST', body: JSON.stringify({ prompt }), signal }),
    houseFormat,
    options,
  );
}
