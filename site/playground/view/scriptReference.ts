import { errorKinds } from '../script/errors.js';
import { element } from './element.js';

const rows: readonly (readonly [code: string, does: string])[] = [
  [
    'answer Hel-lo|',
    'a whole answer as a marble: a character is a millisecond; [reasoning], <tool:{"a":1}>, ~ a ping, _ a blank',
  ],
  ['stream s-a-u-f|', 'a marble of events: s start, a to e text, u usage, p ping, R reset, f finish, # a ConnectionError'],
  ['attempt', 'another request begins; one attempt alone answers every request'],
  ['start', 'the provider accepts the request; fields as JSON: start {"model":"m-1"}'],
  ['text "Hel"', 'a delta of text; also reasoning and refusal'],
  ['words "Hello world"', 'a delta for each word'],
  ['call get_time {"zone":1}', 'a tool call with its arguments'],
  ['result call-1 get_time "12:00"', 'the result of a call'],
  ['usage 10 5', 'input and output tokens'],
  ['finish', 'the definite end; or finish length, finish refusal, …'],
  ['value {"any":"JSON"}', 'anything else: an event as JSON, or no event at all'],
  ['every 3', 'a pause before each of the following, in milliseconds'],
  ['wait 20', 'one pause more'],
  ['repeat 5000 text "word "', 'a statement many times'],
  ['cut', 'completes here, without finish'],
  ['stall', 'emits nothing more, and stays open'],
  ['error rate-limit {"retryAfterMs":2000}', `an error by its kind: ${errorKinds.join(', ')}`],
  ['frames ---x---x', 'the animation frames'],
];

/** The statements of a script, to be looked up. */
export function scriptReference(): HTMLElement {
  return element(
    'details',
    { class: 'pg-details' },
    element('summary', {}, 'Statements'),
    element(
      'dl',
      { class: 'pg-statements' },
      ...rows.flatMap(([code, does]) => [element('dt', {}, element('code', {}, code)), element('dd', {}, does)]),
    ),
  );
}
