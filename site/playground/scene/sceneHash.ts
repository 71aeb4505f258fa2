import { type Given, limits, paces, type Scene } from './scene.js';

/** The version of the form below, at the beginning of every hash. */
const version = '1';

/** Longest hash that is read, in characters: servers and messengers cut longer addresses. */
const longest = 16_000;

/** A hash that is not a scene. */
export class SceneHashError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SceneHashError';
  }
}

/** Whether a hash of the address is that of a scene. */
export function isSceneHash(hash: string): boolean {
  return /^#?\d+[.~]/.test(hash);
}

/**
 * Writes a scene as the hash of an address: `1.` and its JSON, deflated, in base64url.
 *
 * @throws SceneHashError for a scene that is too long to be shared so.
 */
export async function writeSceneHash({ script, given, operators, pace }: Scene): Promise<string> {
  const json = JSON.stringify([script, given.map(({ name, code }) => [name, code]), operators, pace]);
  const bytes = await bytesOf(new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw')), Infinity);
  const hash = `#${version}.${toBase64(bytes)}`;
  if (hash.length > longest)
    throw new SceneHashError(`the scene is too long for an address: ${hash.length} of ${longest} characters`);
  return hash;
}

/**
 * Reads the hash of an address: a scene, or `1~retryStream` for the id of a preset.
 *
 * @throws SceneHashError for anything else.
 */
export async function readSceneHash(hash: string): Promise<Scene | string> {
  const [, found, form, rest = ''] = /^#?(\d{1,4})([.~])(.*)$/s.exec(hash) ?? [];
  if (found === undefined) throw new SceneHashError('the address has no scene');
  if (found !== version) throw new SceneHashError(`the address is of version ${found}, and this page reads version ${version}`);
  if (form === '~') return readId(rest);
  if (hash.length > longest) throw new SceneHashError('the address is too long');
  return toScene(await inflate(rest));
}

/** The hash that opens a preset. */
export function presetHash(id: string): string {
  return `#${version}~${id}`;
}

function readId(id: string): string {
  if (!/^[\w-]{1,60}$/.test(id)) throw new SceneHashError('the address names no preset');
  return id;
}

async function inflate(text: string): Promise<unknown> {
  try {
    const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const bytes = await bytesOf(stream, 4 * limits.script);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SceneHashError(`the address cannot be read: ${(error as Error).message}`);
  }
}

async function bytesOf(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new SceneHashError('too long');
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function toBase64(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new SceneHashError('it is not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toScene(json: unknown): Scene {
  const [script, given, operators, pace] = Array.isArray(json) ? (json as readonly unknown[]) : [];
  const isText = (value: unknown, longestText: number): value is string =>
    typeof value === 'string' && value.length <= longestText;
  if (!isText(script, limits.script)) throw new SceneHashError('the script of the address is not a text');
  if (!Array.isArray(operators) || operators.length > limits.operators || !operators.every((code) => isText(code, limits.code))) {
    throw new SceneHashError('the operators of the address are not texts');
  }
  if (!Array.isArray(given) || given.length > limits.given)
    throw new SceneHashError('the given names of the address are not a list');
  if (typeof pace !== 'number' || !paces.includes(pace))
    throw new SceneHashError(`the pace of the address is none of ${paces.join(', ')}`);
  return { script, given: given.map(toGiven), operators, pace };
}

function toGiven(entry: unknown): Given {
  const [name, code] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  if (typeof name !== 'string' || !isGivenName(name)) throw new SceneHashError('a given name of the address is no name');
  if (typeof code !== 'string' || code.length > limits.code) throw new SceneHashError(`${name} of the address is no text`);
  return { name, code };
}

/** Whether a name can be given: one that JavaScript accepts, and that has no meaning of its own. */
export function isGivenName(name: string): boolean {
  return /^[A-Za-z_$][\w$]{0,40}$/.test(name) && !reserved.has(name);
}

const reserved = new Set(
  `animate answer await arguments break case catch class cold const continue debugger default delete do else enum eval export extends false
  finally flush for function hot if implements import in instanceof interface let mark marbleLane marbles new null paced package private protected public result return
  source source$ result$ static stream super switch testing this throw toErrorInfo true try typeof undefined var virtualTime void while with yield`.split(
    /\s+/,
  ),
);
