/** Google's native API by a format of one's own: the same events, operators and errors as of every other source. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { retryStream, toMessage } from 'rxllm';
import { fromServerSentEvents } from 'rxllm/http';
import { geminiFormat } from './geminiFormat.js';

const parts = [{ text: 'Two and two.', thought: true }, { text: 'Fo' }, { text: 'ur.' }];
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  parts.forEach((part, index) => {
    const finishReason = index === parts.length - 1 ? 'STOP' : undefined;
    const candidates = [{ content: { parts: [part] }, finishReason }];
    const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: index, totalTokenCount: 9 + index };
    response.write(`data: ${JSON.stringify({ responseId: 'r-1', modelVersion: 'gemini', candidates, usageMetadata })}\r\n\r\n`);
  });
  response.end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
// https://generativelanguage.googleapis.com/v1beta/models/MODEL:streamGenerateContent?alt=sse, with the header x-goog-api-key
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'How much is two and two?' }] }] });

const events$ = fromServerSentEvents(({ signal }) => fetch(url, { method: 'POST', body, signal }), geminiFormat);
const message = await lastValueFrom(events$.pipe(retryStream(), toMessage()));

console.log('reasoning:', message.reasoning);
console.log('text:', message.text);
console.log('tokens:', message.usage?.totalTokens);
server.close();

/* Prints:
reasoning: Two and two.
text: Four.
tokens: 11
*/
