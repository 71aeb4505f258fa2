import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, Observable, of } from 'rxjs';
import type { DeltaEvent } from '../../../src/events.js';
import { toResponse, uiMessages } from '../../../src/http/index.js';
import { reset, start, text } from '../../../src/testing/index.js';

describe('a host of uiMessages', () => {
  it('unsubscribes from the source where the protocol cannot express what happened', async () => {
    let unsubscribed = false;
    const events$ = new Observable<DeltaEvent>((subscriber) => {
      const inner = concat(of(start(), text('a'), reset(), start({ id: 'id-2' }), text('b')), NEVER).subscribe(subscriber);
      return () => {
        unsubscribed = true;
        inner.unsubscribe();
      };
    });
    const response = await toResponse(events$, { wire: uiMessages({ version: 6 }) });
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    const body = await response.text();
    expect(body).toMatch(/\{"type":"error","errorText":"The connection failed".*\}\n\ndata: \[DONE\]\n\n$/);
    expect(unsubscribed).toBe(true);
  });
});
