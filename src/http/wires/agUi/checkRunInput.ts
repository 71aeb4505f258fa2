import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import { maxDepth } from '../bounds.js';
import { isRecord } from '../fields/readers.js';
import type { RunInput } from './runInput.js';
import { isTooDeep } from './shallowJson.js';

const roles = ['developer', 'system', 'user', 'assistant', 'tool', 'reasoning', 'activity'];
const mediaTypes = ['image', 'audio', 'video', 'document'];

/**
 * Checks what this wire reads of the body of a request.
 *
 * @param name How messages name the value.
 * @throws TypeError with the path of what is wrong. It quotes nothing of the body.
 */
export function checkRunInput(value: unknown, name: string): asserts value is RunInput {
  if (!isRecord(value)) throw new TypeError(`${name} must be an object`);
  checkLevels(value, name);
  for (const field of ['threadId', 'runId']) requireText(value[field], `${name}.${field}`);
  optionalText(value['protocolVersion'], `${name}.protocolVersion`);
  for (const [item, path] of items(value['messages'], `${name}.messages`)) checkMessage(item, path);
  for (const [item, path] of optionalItems(value['resume'], `${name}.resume`)) {
    const entry = requireObject(item, path);
    requireText(entry['interruptId'], `${path}.interruptId`);
    requireWord(entry['status'], ['resolved', 'cancelled'], `${path}.status`);
  }
}

type Item = readonly [value: unknown, path: string];

function checkMessage(value: unknown, path: string): void {
  const message = requireObject(value, path);
  requireText(message['id'], `${path}.id`);
  requireWord(message['role'], roles, `${path}.role`);
  checkSealed(message['encryptedValue'], `${path}.encryptedValue`);
  const content = message['content'];
  switch (message['role']) {
    case 'activity':
      return;
    case 'assistant':
      optionalText(content, `${path}.content`);
      for (const [item, at] of optionalItems(message['toolCalls'], `${path}.toolCalls`)) checkCall(item, at);
      return;
    case 'tool':
      requireText(message['toolCallId'], `${path}.toolCallId`);
      optionalText(message['error'], `${path}.error`);
      return checkContent(content, `${path}.content`);
    case 'user':
      return checkContent(content, `${path}.content`);
    default:
      requireText(content, `${path}.content`);
  }
}

function checkCall(value: unknown, path: string): void {
  const call = requireObject(value, path);
  requireText(call['id'], `${path}.id`);
  const called = requireObject(call['function'], `${path}.function`);
  requireText(called['name'], `${path}.function.name`);
  requireText(called['arguments'], `${path}.function.arguments`);
  checkSealed(call['encryptedValue'], `${path}.encryptedValue`);
}

function checkContent(value: unknown, path: string): void {
  if (typeof value === 'string') return;
  if (!Array.isArray(value)) throw new TypeError(`${path} must be text or a list`);
  for (const [item, at] of items(value, path)) {
    const part = requireObject(item, at);
    requireText(part['type'], `${at}.type`);
    if (part['type'] === 'text') requireText(part['text'], `${at}.text`);
    else if (mediaTypes.includes(part['type'] as string)) {
      const source = requireObject(part['source'], `${at}.source`);
      requireText(source['type'], `${at}.source.type`);
      requireText(source['value'], `${at}.source.value`);
      optionalText(source['mimeType'], `${at}.source.mimeType`);
    }
  }
}

function checkLevels(value: unknown, name: string): void {
  if (isTooDeep(value)) throw new TypeError(`${name} has more than ${maxDepth} levels`);
}

function checkSealed(value: unknown, path: string): void {
  optionalText(value, path);
  if (typeof value === 'string') checkLevels(tryParseJson(value), path);
}

function requireObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new TypeError(`${path} must be an object`);
  return value;
}

function requireText(value: unknown, path: string): void {
  if (typeof value !== 'string') throw new TypeError(`${path} must be text`);
}

function optionalText(value: unknown, path: string): void {
  if (value !== undefined && value !== null) requireText(value, path);
}

function requireWord(value: unknown, words: readonly string[], path: string): void {
  if (typeof value !== 'string' || !words.includes(value)) throw new TypeError(`${path} must be one of ${words.join(', ')}`);
}

function items(value: unknown, path: string): readonly Item[] {
  if (!Array.isArray(value)) throw new TypeError(`${path} must be a list`);
  return value.map((item, index): Item => [item, `${path}[${index}]`]);
}

function optionalItems(value: unknown, path: string): readonly Item[] {
  return value === undefined || value === null ? [] : items(value, path);
}
