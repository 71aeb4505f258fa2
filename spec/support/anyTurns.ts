import fc from 'fast-check';
import type { JsonValue, NativeFormat, Turn, TurnPart } from '../../src/events.js';

const formats = ['chat', 'responses', 'messages'] as const;

/** Text that every API accepts: not blank, and without blank lines, which separate system texts. */
const anyWords = fc.stringMatching(/^[a-z"{ü🌍]{1,9}$/u).map((word) => `${word}.`);

const images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
const anyData = fc.base64String({ minLength: 4, maxLength: 12 });
const anyImage: fc.Arbitrary<TurnPart> = fc.oneof(
  fc.record({ type: fc.constant('file' as const), mediaType: fc.constantFrom(...images), url: fc.webUrl() }),
  fc
    .tuple(fc.constantFrom(...images), anyData)
    .map(([mediaType, data]) => ({ type: 'file' as const, mediaType, url: `data:${mediaType};base64,${data}` })),
);
const anyDocument: fc.Arbitrary<TurnPart> = fc
  .tuple(
    fc.constantFrom('application/pdf', 'text/plain'),
    fc.constantFrom('aGVsbG8=', 'YQ=='),
    fc.option(anyWords, { nil: undefined }),
  )
  .map(([mediaType, data, filename]) => ({ type: 'file', mediaType, url: `data:${mediaType};base64,${data}`, filename }));

/** Ids as servers send them: short, long, with signs that only some APIs accept, repeated. */
const anyId = fc.oneof(
  fc.constantFrom('call_1', 'call_2', 'functions.clock:0', 'a.b', 'a:b', '0', 'é😀'),
  fc.constantFrom('x'.repeat(40), 'x'.repeat(41), `${'x'.repeat(39)}😀`, `call__thought__${'Zm9v+/=='.repeat(20)}`),
);

const anyArguments = fc.oneof(
  fc
    .dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
    .map((value) => JSON.stringify(value)),
  fc.constantFrom('', ' ', '{"a":', '[1]', '"text"', 'ls -l'),
);

const anyContent: fc.Arbitrary<JsonValue> = fc.oneof(
  anyWords.map((text): JsonValue => ({ type: 'text', text })),
  fc.tuple(fc.constantFrom(...images), anyData).map(([mediaType, data]): JsonValue => ({ type: 'file', mediaType, data })),
  fc.tuple(fc.constantFrom(...images), anyData).map(([mimeType, data]): JsonValue => ({ type: 'image', mimeType, data })),
);
const anyOutput: fc.Arbitrary<JsonValue> = fc.oneof(
  anyWords,
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
  fc.array(anyContent, { minLength: 1, maxLength: 3 }),
);

function anySaid(format: NativeFormat | undefined): fc.Arbitrary<TurnPart> {
  const native = format && { type: 'from elsewhere', content: 'lost' };
  const origin = { step: 0, native, nativeFormat: format };
  return fc.oneof(
    anyWords.map((text): TurnPart => ({ type: 'text', text, phase: 'answer', ...origin })),
    anyWords.map((text): TurnPart => ({ type: 'text', text })),
    anyWords.map((text): TurnPart => ({ type: 'reasoning', text, ...origin })),
    anyWords.map((transcript): TurnPart => ({ type: 'file', mediaType: 'audio/wav', data: 'YQ==', transcript, ...origin })),
    fc.constant<TurnPart>({ type: 'other', kind: 'redacted_thinking', step: 0, native: native ?? {}, nativeFormat: format }),
    fc.constant<TurnPart>({ type: 'approval', callId: 'call_1', approved: true }),
  );
}

/** A call, with its result if it is one that is answered. */
function anyCall(
  format: NativeFormat | undefined,
): fc.Arbitrary<{ readonly call: TurnPart; readonly result: TurnPart | undefined }> {
  const native = format && { type: 'from elsewhere', id: 'lost', tool_calls: [{}], call_id: 'lost' };
  const parts = fc.record({
    callId: anyId,
    argumentsText: anyArguments,
    kind: fc.constantFrom('json', 'json', 'text', 'provider', 'cut'),
    output: anyOutput,
    isError: fc.boolean(),
  });
  return parts.map(({ callId, argumentsText, kind, output, isError }) => {
    const executor = kind === 'provider' ? 'provider' : 'client';
    const how = { executor, format: kind === 'text' ? 'text' : 'json', ended: kind !== 'cut' } as const;
    const call: TurnPart = {
      type: 'tool-call',
      callId,
      name: 'tool',
      argumentsText,
      input: undefined,
      ...how,
      native,
      nativeFormat: format,
    };
    return { call, result: kind === 'cut' ? undefined : { type: 'tool-result', callId, name: 'tool', output, isError } };
  });
}

/** A question, an answer in the native form of some API, and the results of its calls. */
function anyExchange(target: NativeFormat): fc.Arbitrary<readonly Turn[]> {
  const anyFormat = fc.constantFrom(undefined, ...formats.filter((format) => format !== target));
  return anyFormat.chain((format) =>
    fc
      .record({
        asked: fc.array(
          fc.oneof(
            anyWords.map((text): TurnPart => ({ type: 'text', text })),
            anyImage,
            anyDocument,
          ),
          { minLength: 1, maxLength: 3 },
        ),
        said: fc.array(anySaid(format), { maxLength: 3 }),
        calls: fc.uniqueArray(anyCall(format), { maxLength: 3, selector: ({ call }) => ('callId' in call ? call.callId : '') }),
        refusal: fc.option(anyWords, { nil: undefined }),
        reversed: fc.boolean(),
      })
      .map(({ asked, said, calls, refusal, reversed }) => {
        const refused: readonly TurnPart[] = refusal === undefined ? [] : [{ type: 'refusal', text: refusal }];
        const results = calls.flatMap(({ result }) => result ?? []);
        const replies = reversed ? results.toReversed() : results;
        return [
          { role: 'user', parts: asked },
          { role: 'assistant', parts: [...said, ...refused, ...calls.map(({ call }) => call)] },
          ...(replies.length === 0 ? [] : [{ role: 'tool' as const, parts: replies }]),
        ];
      }),
  );
}

/** A conversation whose answers come from other APIs than `target`, or from none. */
export function anyTurns(target: NativeFormat): fc.Arbitrary<readonly Turn[]> {
  const anySystem = anyWords.map((text): readonly Turn[] => [{ role: 'system', parts: [{ type: 'text', text }] }]);
  return fc
    .array(fc.oneof({ weight: 4, arbitrary: anyExchange(target) }, { weight: 1, arbitrary: anySystem }), { maxLength: 4 })
    .map((exchanges) => exchanges.flat());
}
