import { describe, expect, it } from '@jest/globals';
import { encodingOf, encodings } from '../../src/tiktoken/encodings.js';

describe('encodingOf', () => {
  it.each([
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4o-mini-2024-07-18',
    'gpt-4o-audio-preview-2024-12-17',
    'gpt-4o:extended',
    'chatgpt-4o-latest',
    'gpt-4.1',
    'gpt-4.1-nano-2025-04-14',
    'gpt-4.5-preview',
    'gpt-5',
    'gpt-5-mini-2025-08-07',
    'gpt-5-chat-latest',
    'gpt-5.1',
    'gpt-5.2-pro',
    'gpt-5.1-codex-max',
    'gpt-oss-120b',
    'gpt-realtime',
    'o1',
    'o1-preview-2024-09-12',
    'o3',
    'o3-mini',
    'o3-deep-research',
    'o4-mini-2025-04-16',
    'codex-mini-latest',
    'computer-use-preview',
    'openai/gpt-4o',
    'openrouter/openai/o3',
    'openai:gpt-4o',
    'openai.gpt-oss-20b-1:0',
    'ft:gpt-4o-mini-2024-07-18:acme::8k2',
    'GPT-4o',
  ])('returns o200k_base for %s', (model) => {
    expect(encodingOf(model)).toBe('o200k_base');
  });

  it.each([
    'gpt-4',
    'gpt-4-0613',
    'gpt-4-32k',
    'gpt-4-turbo-2024-04-09',
    'gpt-4-1106-preview',
    'gpt-3.5-turbo',
    'gpt-3.5-turbo-16k-0613',
    'gpt-35-turbo',
    'ft:gpt-3.5-turbo-0613:acme::8k2',
    'text-embedding-ada-002',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'davinci-002',
  ])('returns cl100k_base for %s', (model) => {
    expect(encodingOf(model)).toBe('cl100k_base');
  });

  it.each(encodings)('returns %s for its own name', (encoding) => {
    expect(encodingOf(encoding)).toBe(encoding);
  });

  it.each(['claude-sonnet-4-5', 'grok-4', 'gpt-4.2', 'gpt-4all', 'gpt-5x', 'o1000', 'o2', 'my-gpt-4o', 'toString', ''])(
    'returns undefined for %j',
    (model) => {
      expect(encodingOf(model)).toBeUndefined();
    },
  );
});
