/** One question about a stream, and what answers it. */
export interface Choice {
  readonly question: string;
  /** The function or functions to use. */
  readonly use: readonly string[];
}

/** What a reader wants to do with a stream. */
export interface Aim {
  readonly name: string;
  readonly about: string;
  readonly choices: readonly Choice[];
}

const choice = (question: string, ...use: readonly string[]): Choice => ({ question, use });

/** From an aim to an operator: the picture of docs/guides/choosing-operators.md, whose tables have the same rows. */
export const decisionTree: readonly Aim[] = [
  {
    name: 'Show',
    about: 'an answer while it arrives',
    choices: [
      choice('in a view, with status, tools and errors', 'toMessageState'),
      choice('a whole chat, by commands', 'conversation'),
      choice('the text so far, and nothing else', 'accumulateText'),
      choice('where text can only be appended', 'textDeltas'),
      choice('as Markdown, each block rendered once', 'markdownBlocks'),
      choice('line by line', 'splitLines'),
      choice('sentence by sentence, for a voice', 'sentences'),
      choice('at an even pace', 'smooth'),
      choice('once for each frame of the screen', 'batchFrames'),
    ],
  },
  {
    name: 'Collect',
    about: 'the whole answer, once',
    choices: [choice('its text', 'bufferToText'), choice('all of it: text, calls, usage, reason', 'toMessage')],
  },
  {
    name: 'Parse',
    about: 'an answer that is data',
    choices: [
      choice('JSON, when it is complete', 'parseJsonOnComplete'),
      choice('TOON, JSON or prose, when it is complete', 'parseToonOnComplete'),
      choice('formats in your own order', 'parseOnComplete'),
      choice('an object while it grows', 'partialJson'),
      choice('a list, element by element', 'jsonElements'),
      choice('a table, row by row', 'toonRows'),
      choice('the input of a tool call while it grows', 'partialToolInput'),
      choice('check values with a schema', 'validate'),
    ],
  },
  {
    name: 'Protect',
    about: 'a stream from what goes wrong',
    choices: [
      choice('the provider is silent', 'timeoutBetweenChunks'),
      choice('a request fails by a transient fault', 'retryStream'),
      choice('a provider fails', 'fallbackTo'),
      choice('a provider is slow', 'hedge'),
      choice('a provider fails again and again', 'circuitBreaker'),
      choice('the provider limits its rate', 'rateLimit'),
      choice('too many streams run at the same time', 'limitConcurrency'),
      choice('an answer becomes too long or too expensive', 'takeWithinBudget'),
      choice('the user stops it', 'stopOn'),
      choice('several of these, from options', 'applyOptions'),
    ],
  },
  {
    name: 'Meter',
    about: 'what a stream used',
    choices: [
      choice('tokens', 'aggregateUsage'),
      choice('money', 'withCost'),
      choice('times', 'measureStream'),
      choice('callbacks for your own log', 'tapStream'),
      choice('OpenTelemetry', 'traceStream'),
    ],
  },
  {
    name: 'Share',
    about: 'one stream between readers',
    choices: [choice('many readers, at any time', 'shareStream'), choice('a reader of some types of events', 'ofEvent')],
  },
  {
    name: 'Serve',
    about: 'a stream to a page',
    choices: [
      choice('a handler of NestJS', 'toSseMessages'),
      choice('a handler that returns a Response', 'toResponse'),
      choice('a handler of node:http, Express, Fastify', 'pipeToNode'),
      choice('the page', 'fromWire'),
      choice("the page, by Angular's HttpClient", 'fromHttpEvents'),
    ],
  },
  {
    name: 'Test',
    about: 'code that reads streams',
    choices: [
      choice('in virtual time', 'marbles', 'virtualTime'),
      choice('without a provider', 'fakeProvider', 'streamOf'),
      choice('with the bytes of a provider', 'replayCassette'),
      choice('with faults', 'cutAfter', 'stallAfter'),
      choice('an operator of your own', 'operatorContract'),
    ],
  },
];

const rowHeight = 28;
const characterWidth = 7.25;
const columns = { trunk: 10, aim: 26, branch: 42, question: 60, use: 394 } as const;
const width = 592;

/** Draws the tree in the colours of the other pictures, as narrow as the text of a page: an aim, under it its questions, and on the right what to use. */
export function drawDecisionTree(aims: readonly Aim[] = decisionTree): string {
  const parts: string[] = [];
  const top = 20;
  let y = top + 32;
  let lastAim = y;
  for (const aim of aims) {
    lastAim = y;
    parts.push(...drawAim(aim, y));
    y += (aim.choices.length + 1) * rowHeight + 14;
  }
  const height = y - rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12">`,
    '<title>Which operator? From what you want to do to the function that does it.</title>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    label(columns.trunk - 4, top, 'What do you want to do?', '#111827', 'font-weight="bold"'),
    line(columns.trunk, top + 10, columns.trunk, lastAim),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function drawAim({ name, about, choices }: Aim, y: number): readonly string[] {
  const boxWidth = name.length * characterWidth + 20;
  return [
    line(columns.trunk, y, columns.aim, y),
    line(columns.branch, y, columns.branch, y + choices.length * rowHeight),
    box(columns.aim, y, boxWidth, '#eef0f3', '#6b7280'),
    label(columns.aim + 10, y + 4, name, '#111827', 'font-weight="bold"'),
    label(columns.aim + boxWidth + 10, y + 4, about, '#6b7280'),
    ...choices.flatMap((each, index) => drawChoice(each, y + (index + 1) * rowHeight)),
  ];
}

function drawChoice({ question, use }: Choice, y: number): readonly string[] {
  const text = use.join(', ');
  const questionEnd = columns.question + question.length * characterWidth;
  return [
    line(columns.branch, y, columns.question - 6, y),
    label(columns.question, y + 4, question, '#111827'),
    line(questionEnd + 6, y, columns.use, y, '#eceef1'),
    box(columns.use, y, text.length * characterWidth + 20, '#dbeafe', '#1d4ed8'),
    label(columns.use + 10, y + 4, text, '#1d4ed8'),
  ];
}

function line(x1: number, y1: number, x2: number, y2: number, colour = '#9ca3af'): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="1.5"/>`;
}

function box(x: number, y: number, boxWidth: number, fill: string, stroke: string): string {
  return `<rect x="${x}" y="${y - 12}" width="${boxWidth}" height="24" rx="12" fill="${fill}" stroke="${stroke}" stroke-width="1.2"/>`;
}

function label(x: number, y: number, text: string, colour: string, more = ''): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
  return `<text x="${x}" y="${y}" fill="${colour}"${more === '' ? '' : ` ${more}`}>${escaped}</text>`;
}
