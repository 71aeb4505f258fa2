/**
 * A provider sends 64 MB in texts of 64 kB, as fast as its socket takes them, and the reader is busy with the third text. Prints how much was
 * sent when the socket took nothing for 400 ms: what the buffers hold. Or that all of it was sent, into the memory of the reader.
 */
import { createDemand, textDeltas } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { printTable } from './support/outcome.js';
import { chatParams } from './support/params.js';
import { type Answer, startProvider } from './support/provider.js';
import { type Reader, readers } from './support/readers.js';

const whole = 64;
const text = 'x'.repeat(65_536);
const size = text.length / 1024 / 1024;

/** Calls back when everything is sent, or when nothing more could be. */
function sendAll(answer: Answer, onEnd: (megabytes: number) => void): void {
  let sent = 0;
  let stuck: NodeJS.Timeout | undefined;
  const send = (): void => {
    clearTimeout(stuck);
    while (sent < whole) {
      sent += size;
      answer.text(text);
      if (answer.response.writableNeedDrain) break;
    }
    stuck = setTimeout(() => onEnd(sent), 400);
  };
  answer.response.on('drain', send);
  send();
}

const all: Readonly<Record<string, Reader>> = {
  ...readers,
  'rxllm: fromChatCompletions(), demand'({ openai }, onText) {
    const demand = createDemand();
    fromChatCompletions(openai, chatParams, { demand })
      .pipe(textDeltas())
      .subscribe({ next: (each) => onText(each) && demand.pause(), error: () => undefined });
    return Promise.resolve();
  },
};

const rows = [['reader', 'sent while the reader is busy']];
for (const [name, read] of Object.entries(all)) {
  const sent = new Promise<number>((resolve) => {
    void startProvider((answer) => sendAll(answer, resolve)).then((provider) => {
      let texts = 0;
      read(provider, () => ++texts >= 3 && new Promise(() => undefined)).catch(() => undefined);
    });
  });
  const megabytes = await sent;
  rows.push([name, megabytes < whole ? `stops after ${megabytes.toFixed(1)} MB` : 'all of it']);
}
printTable(rows);
process.exit();
