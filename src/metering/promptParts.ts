import type { PromptImage } from './imageTokens.js';

/** What a prompt in any provider's form consists of, as far as rules for tokens tell its parts apart. */
export interface PromptParts {
  /** Every text for the model: of messages, of content blocks, of tool definitions. */
  readonly texts: readonly string[];
  readonly images: readonly PromptImage[];
  /** The messages, instructions among them, and those with a name. */
  readonly messages: number;
  readonly names: number;
  /** The tool definitions, those with properties, the properties, those with an enum, and the items of the enums. */
  readonly tools: number;
  readonly objects: number;
  readonly properties: number;
  readonly enums: number;
  readonly items: number;
  /** Whether it has parts for which no rule is published: calls, files, audio, schemas within schemas. */
  readonly hasOther: boolean;
  /** The model that the params ask for. */
  readonly model: string | undefined;
}

type Draft = {
  -readonly [Key in keyof PromptParts]: PromptParts[Key] extends readonly (infer Item)[] ? Item[] : PromptParts[Key];
};

type Members = Readonly<Record<string, unknown>>;

/** The values of these keys are no text for the model: identifiers, addresses, base64, types. */
const keysWithoutText = /(^|_)(id|url|data|type|role|model|format|detail|signature|thought|encrypted|cache|fingerprint)(_|$)/;

/** The members of request params that are the prompt; all others are settings. */
const promptKeys = ['instructions', 'system', 'messages', 'input', 'prompt', 'tools', 'functions', 'response_format', 'text'];
const schemaKeys: readonly string[] = ['response_format', 'text'];
const toolKeys: readonly string[] = ['tools', 'functions'];

const textTypes: readonly unknown[] = [undefined, 'text', 'input_text', 'output_text', 'message'];
const imageTypes: readonly unknown[] = ['image', 'image_url', 'input_image'];

export function readPrompt(prompt: unknown): PromptParts {
  const draft: Draft = {
    texts: [],
    images: [],
    messages: typeof prompt === 'string' ? 1 : 0,
    names: 0,
    tools: 0,
    objects: 0,
    properties: 0,
    enums: 0,
    items: 0,
    hasOther: false,
    model: undefined,
  };
  if (isObject(prompt) && ('messages' in prompt || 'input' in prompt)) readParams(draft, prompt);
  else collect(draft, prompt);
  return draft;
}

function readParams(draft: Draft, params: Members): void {
  draft.model = textOf(params['model']) || undefined;
  for (const key of promptKeys) {
    const value = params[key];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') draft.messages++;
    if (schemaKeys.includes(key)) draft.hasOther = true;
    if (toolKeys.includes(key) && Array.isArray(value)) for (const tool of value) readTool(draft, tool);
    else collect(draft, value);
  }
}

/** Without recursion: what a model wrote goes back in the next prompt, and may be nested as deep as it likes. */
function collect(draft: Draft, value: unknown): void {
  // The last one is the next one, so that the texts keep their order.
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string' && !next.startsWith('data:')) draft.texts.push(next);
    else if (Array.isArray(next)) for (let index = next.length - 1; index >= 0; index--) pending.push(next[index]);
    else if (isObject(next)) readObject(draft, next, pending);
  }
}

function readObject(draft: Draft, value: Members, pending: unknown[]): void {
  if (typeof value['role'] === 'string') {
    draft.messages++;
    if (typeof value['name'] === 'string') draft.names++;
    if (value['role'] === 'tool' || value['tool_calls']) draft.hasOther = true;
  }
  if (imageTypes.includes(value['type'])) {
    draft.images.push(imageOf(value));
    return;
  }
  if (!textTypes.includes(value['type'])) draft.hasOther = true;
  for (const [key, member] of Object.entries(value).reverse()) if (!keysWithoutText.test(key)) pending.push(member);
}

/** The form of chat, of responses, or of Anthropic. */
function imageOf({ image_url: url, source, detail }: Members): PromptImage {
  const held = isObject(url) ? url : isObject(source) ? source : { url, detail };
  return { data: textOf(held['data']) || textOf(held['url']), detail: textOf(held['detail'] ?? detail) || undefined };
}

function readTool(draft: Draft, tool: unknown): void {
  const definition = isObject(tool) && isObject(tool['function']) ? tool['function'] : tool;
  const schema = isObject(definition) ? (definition['parameters'] ?? definition['input_schema']) : undefined;
  if (!isObject(definition) || typeof definition['name'] !== 'string') {
    draft.hasOther = true;
    return collect(draft, definition);
  }
  draft.tools++;
  draft.texts.push(`${definition['name']}:${withoutPoint(definition['description'])}`);
  const properties = isObject(schema) && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  if (properties.length > 0) draft.objects++;
  for (const [name, property] of properties) if (isObject(property)) readProperty(draft, name, property);
}

function readProperty(draft: Draft, name: string, property: Members): void {
  const { type, description, enum: items, ...rest } = property;
  draft.properties++;
  draft.texts.push(`${name}:${textOf(type)}:${withoutPoint(description)}`);
  if (Array.isArray(items)) {
    draft.enums++;
    draft.items += items.length;
    draft.texts.push(...items.map(String));
  }
  if (['properties', 'items', 'anyOf', 'oneOf', 'allOf', '$ref'].some((key) => key in rest)) {
    draft.hasOther = true;
    collect(draft, rest);
  }
}

function withoutPoint(description: unknown): string {
  const text = textOf(description);
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
