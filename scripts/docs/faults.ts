import { type FaultLine, faultMatrix, type Group, type Outcome } from '../../spec/wire/faultMatrix.js';
import { sourceNames } from '../../spec/wire/wires.js';

const chapters: readonly (readonly [group: Group, title: string, about: string])[] = [
  ['before', 'Before the answer', 'Nothing was delivered, so a repeat costs nothing but time.'],
  [
    'mid',
    'In the middle of the answer',
    'A part was delivered: `error.partial` holds it, and `onPartial` of `retryStream` decides whether a repeat takes it back (`reset`), goes on from it, or is not made.',
  ],
  [
    'end',
    'The end',
    'A stream completes only when the provider has said that the answer is over. An end without that is an error, however clean it looks.',
  ],
  ['http', 'HTTP', 'The answer is not an event stream. The status decides `kind`, over what the body says.'],
  ['in-band', 'Errors inside the stream', 'The status was 200, and the error came as an event.'],
  ['content', 'Content', 'What looks odd is mostly no fault: the answer arrives, whole.'],
  [
    'consumer',
    'When you leave, or are slow',
    'Who leaves hears nothing more: the request is aborted, and its socket closed within 100 ms.',
  ],
];

interface Entry {
  readonly row: number;
  readonly fault: string;
  readonly forms: readonly string[];
  readonly sources: readonly string[];
  readonly outcome: Outcome;
}

/** What each fault gives: made of the table that the wire specs run. */
export function faultsPage(): string {
  return [
    '# What each fault gives',
    '',
    '<!-- Made by `npm run docs` of spec/wire/faultMatrix.ts. Do not edit. -->',
    '',
    `Each line of this page is run by \`spec/wire/faults.spec.ts\`, through the SDKs' own clients, against a server that says exactly`,
    'these bytes: once as it is, and once through `retryStream()`.',
    '',
    'Whatever the fault:',
    '',
    '- There is one notification, and nothing after it. A stream that is cut never completes.',
    '- Every error is a `StreamError`. `error.partial` is what was said before: text, tool calls, usage.',
    "- The source sends one request. The SDK's own retries are off.",
    '- The socket closes within 100 ms of an error, unless the response was whole and its connection can serve another request.',
    '',
    '**Repeated** says whether `retryStream()` sends the request again. It does when `error.retryable` is true, which tells of the',
    'fault alone; after something was delivered, `onPartial` has the last word. Usage of the failed attempts is added up.',
    '',
    'A limit is needed for what has no end: `timeoutBetweenChunks({ firstMs, betweenMs, totalMs })`.',
    ...chapters.flatMap(([group, title, about]) => ['', `## ${title}`, '', about, '', ...tableOf(group)]),
    '',
  ].join('\n');
}

function tableOf(group: Group): readonly string[] {
  const entries = entriesOf(faultMatrix.filter((line) => line.group === group));
  const head = ['#', 'What happens', 'Sources', 'What you get', '`kind`, or finish reason', 'Repeated', 'Notes'];
  return [cells(head), cells(head.map(() => '---')), ...[...entries].sort((a, b) => a.row - b.row).map(toLine)];
}

/** Lines that give the same are one, whatever the source or the form. */
function entriesOf(lines: readonly FaultLine[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { row, fault, form, source, outcome } of lines) {
    const key = JSON.stringify([row, fault, toResult(outcome)]);
    const { forms, sources } = entries.get(key) ?? { forms: [], sources: [] };
    entries.set(key, {
      row,
      fault,
      forms: form === undefined ? forms : [...new Set([...forms, form])],
      sources: [...new Set([...sources, sourceNames[source]])],
      outcome,
    });
  }
  return [...entries.values()];
}

function toLine({ row, fault, forms, sources, outcome }: Entry): string {
  const from = sources.length === Object.keys(sourceNames).length ? 'all' : sources.map((name) => `\`${name}\``).join(', ');
  const inForms = forms.length === 0 ? '' : ` (${forms.join('; ')})`;
  return cells([String(row), `${fault}${inForms}`, from, ...toResult(outcome)]);
}

type Result = readonly [gives: string, kind: string, repeated: string, note: string];

function toResult(outcome: Outcome): Result {
  switch (outcome.ends) {
    case 'error': {
      const phase = outcome.phase && `\`phase\`: \`${outcome.phase}\``;
      return [
        either(outcome.error),
        either(outcome.kind),
        outcome.requests === 2 ? 'yes' : 'no',
        [phase, outcome.note].filter(Boolean).join('; '),
      ];
    }
    case 'complete':
      return ['the answer', `\`${outcome.finish}\``, '', outcome.note ?? ''];
    default:
      return ['nothing more', '', '', outcome.requests === 0 ? 'no request is sent' : 'no further request is sent'];
  }
}

const either = (names: string | readonly string[]): string =>
  [names]
    .flat()
    .map((name) => `\`${name}\``)
    .join(' or ');
const cells = (texts: readonly string[]): string =>
  `| ${texts.join(' | ')} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |');
