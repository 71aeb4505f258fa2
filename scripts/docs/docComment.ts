/** A doc comment by its parts, each as it is written, but without the stars. */
export interface DocComment {
  /** The first sentence. */
  readonly sentence: string;
  /** What follows it: paragraphs, lists and marbles. */
  readonly details: string;
  /** By the names of the parameters. */
  readonly params: ReadonlyMap<string, string>;
  readonly returns: string | undefined;
  /** At call time. */
  readonly throws: string | undefined;
  readonly emitsError: string | undefined;
  readonly unsubscribe: string | undefined;
  readonly reset: string | undefined;
  readonly cost: string | undefined;
  readonly defaultValue: string | undefined;
  readonly see: readonly string[];
}

/** Reads a doc comment from its source text. */
export function readDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const [first = '', ...tags] = lines.join('\n').split(/^@(?=\w)|(?<=\s)@(?=param\b)/m);
  // The default of an option stands in its text, so that editors show it there.
  const [description = '', inlineDefault] = first.split('@defaultValue');
  const [, sentence = description, details = ''] = /^\s*([\s\S]*?\.)(?=\s|$)([\s\S]*)$/.exec(description) ?? [];
  const texts = (name: string): readonly string[] => tags.filter((tag) => tagName(tag) === name).map(tagText);
  const one = (name: string): string | undefined => texts(name).join('\n') || undefined;
  const [text, inText] = untagged(details);
  const [throws, inThrows] = untagged(one('throws') ?? '');
  return {
    sentence: oneLine(sentence),
    details: text.replace(/^\n+|\s+$/g, ''),
    params: new Map(texts('param').map(readParam)),
    returns: one('returns'),
    throws: throws || undefined,
    emitsError: one('emitsError') ?? inThrows.emitsError ?? inText.emitsError,
    unsubscribe: one('unsubscribe') ?? inThrows.unsubscribe ?? inText.unsubscribe,
    reset: one('reset'),
    cost: one('cost'),
    defaultValue: inlineDefault?.trim() ?? one('defaultValue'),
    see: texts('see'),
  };
}

function tagName(tag: string): string {
  return /^\w*/.exec(tag)?.[0] ?? '';
}

function tagText(tag: string): string {
  return tag.slice(tagName(tag).length).trim();
}

function readParam(text: string): readonly [name: string, text: string] {
  const [, name = '', rest = ''] = /^(\S+)\s*(?:- )?([\s\S]*)$/.exec(text) ?? [];
  return [name, rest];
}

interface Untagged {
  readonly emitsError?: string | undefined;
  readonly unsubscribe?: string | undefined;
}

/** Takes `Emits error: … On unsubscribe: …` off the end of a text: the form from before there were tags. */
function untagged(text: string): readonly [rest: string, Untagged] {
  const [, rest = text, emitsError, unsubscribe] =
    /^([\s\S]*?)(?:\s*Emits error:\s*([\s\S]*?))?(?:\s*On unsubscribe:\s*([\s\S]*?))?\s*$/.exec(text) ?? [];
  return [rest, { emitsError: capitalized(emitsError), unsubscribe: capitalized(unsubscribe) }];
}

function capitalized(text: string | undefined): string | undefined {
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
