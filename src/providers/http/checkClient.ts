import { ProtocolError } from '../../errors.js';

/** What a source needs of its client. */
export interface ClientShape {
  /** The source's name, for messages. */
  readonly source: string;
  /** The client's own name. */
  readonly client: string;
  /** The path of the method that sends the request, for instance `chat.completions.create`. */
  readonly method: string;
}

/**
 * Checks that a client is one that a source can call: an SDK client that has the method, or a function.
 *
 * @throws TypeError that names what was given and what is wanted.
 */
export function checkClient({ source, client: wanted, method }: ClientShape, client: unknown): void {
  if (typeof client === 'function' && !isClass(client)) return;
  if (typeof client === 'object' && typeof member(client, method) === 'function') return;
  throw new TypeError(`${source}: client must be ${wanted} client or a function, and is ${describe(client, method)}`);
}

/** Clients of the SDKs by their methods, and the sources for them. */
const known: readonly (readonly [method: string, given: string])[] = [
  ['chat.completions.create', 'an OpenAI client: use fromChatCompletions or fromResponses'],
  ['responses.create', 'an OpenAI client: use fromResponses'],
  ['messages.create', 'an Anthropic client: use fromMessages'],
  ['models.generateContentStream', "Google's client: use an OpenAI client with the address of Google's OpenAI form"],
];

function describe(client: unknown, method: string): string {
  if (typeof client === 'function') return `the class ${client.name}: give an instance, \`new ${client.name}(…)\``;
  if (typeof client !== 'object' || client === null) return client === null ? 'null' : `a value of type ${typeof client}`;
  if (typeof Reflect.get(client, 'then') === 'function') return 'a promise: await it first';
  const steps = method.split('.');
  for (let at = 1; at < steps.length; at++) {
    const isMethod = typeof member(client, steps.slice(at).join('.')) === 'function';
    // A resource of another SDK may have a method of that name too.
    if (isMethod && (at + 1 < steps.length || isResourceOf(client, steps[at - 1]))) {
      return `its \`${steps.slice(0, at).join('.')}\`: give the client itself`;
    }
  }
  const other = known.find(([path]) => path !== method && typeof member(client, path) === 'function')?.[1];
  return other ?? `an object without \`${method}\``;
}

/** Whether an object is what a client has under that name, by the name of its class. */
function isResourceOf(client: object, name = ''): boolean {
  return client.constructor.name.toLowerCase().endsWith(name.toLowerCase());
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function member(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, name) => Reflect.get(Object(current), name), value);
}

/**
 * Checks what a client gave in answer to a request.
 *
 * @throws ProtocolError if it is no Response, or one whose body cannot be read.
 */
export function checkResponse(value: unknown): asserts value is Response {
  const { status, headers, body, bodyUsed } = Object(value) as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.get !== 'function') {
    throw new ProtocolError(`The client must resolve with a Response, and gave ${describeAnswer(value)}`);
  }
  if (bodyUsed === true || body?.locked === true)
    throw new ProtocolError('The client gave a Response whose body was read already');
  if (body && typeof body.getReader !== 'function') {
    throw new ProtocolError('The client gave a Response whose body is no ReadableStream: use the fetch of the platform');
  }
}

function describeAnswer(value: unknown): string {
  if (value === undefined) return 'undefined: it may lack a `return`';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  if (Symbol.asyncIterator in value) return 'the events of an SDK: return the Response of `fetch`, or `asResponse()`';
  return 'an object: return the Response itself, not its parsed body';
}
