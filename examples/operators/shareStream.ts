/** One request for two readers, of which one comes late. */
import { firstValueFrom, lastValueFrom, skip } from 'rxjs';
import { accumulateText, shareStream, toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');
const shared$ = events$.pipe(shareStream());

const message = lastValueFrom(shared$.pipe(toMessage()));
const text$ = shared$.pipe(accumulateText());
await firstValueFrom(text$.pipe(skip(1)));
// This reader comes late: its first text is all of the text so far.
console.log(await firstValueFrom(text$));
console.log((await message).text);
await stop();
