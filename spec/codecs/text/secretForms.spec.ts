import { describe, expect, it } from '@jest/globals';
import { findKeys, hideKeys } from '../../../src/codecs/text/secretForms.js';

const random = 'Zx8Kq2Lw9RtY4uPm7Vb3';
const prefixes =
  'sk- sk-ant-api03- sk-proj- pk_live_ rk_ gsk_ xai- hf_ ghp_ gho_ github_pat_ glpat- xoxb- npm_ r8_ nvapi- fw_ csk- pplx- tgp_v1_ AIza ya29.';
const keys = [
  ...prefixes.split(' ').map((prefix) => `${prefix}${random}`),
  'AKIAIOSFODNN7EXAMPLE',
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIi${random}.${random}`,
];

describe('the forms of keys', () => {
  it.each(keys)('%s is found in a sentence, in a URL and in JSON', (key) => {
    for (const [before, after] of [
      ['Incorrect key ', ' given'],
      ['https://x/?q=', '&b=1'],
      ['{"a":"', '"}'],
      ['', ''],
      ['v1/', '/x'],
    ] as const) {
      expect(hideKeys(`${before}${key}${after}`, '…')).toBe(`${before}…${after}`);
      expect(findKeys(`${before}${key}${after}`)).toEqual([[before.length, before.length + key.length]]);
    }
  });

  it('are known behind a word too', () => {
    for (const before of [
      'Bearer ',
      'Basic ',
      'api_key=',
      'api-key: ',
      '"apiKey":"',
      'x-api-key: ',
      '?key=',
      '&sig=',
      'password=',
      'key provided: ',
    ]) {
      expect(hideKeys(`a ${before}${random} b`, '…')).toBe(`a ${before}… b`);
    }
    expect(hideKeys(`the key 0123456789abcdef0123456789abcdef.${random} is bad`, '…')).toBe('the key … is bad');
    expect(hideKeys('x -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- y', '…')).toBe('x … y');
    expect(hideKeys('x -----BEGIN RSA PRIVATE KEY-----\nMIIE', '…')).toBe('x …');
  });

  it('are in no ordinary text', () => {
    for (const text of [
      'Bearer token is missing',
      'Basic authentication is not supported',
      'API key: please set one',
      'max_tokens: 4096 is too large for gpt-4o-2024-08-06',
      'request req_011CSHoEeqs5C35K2UUqR7Fy failed',
      'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b was not found',
      'the task-force risk-assessment, asks-and-answers',
      '123e4567-e89b-12d3-a456-426614174000',
    ]) {
      expect(hideKeys(text, '…')).toBe(text);
    }
  });

  it('take linear time to find', () => {
    const repeated = [
      'eyJ-',
      'sk-',
      'Bearer ',
      'api_key=',
      '-----BEGIN A-----',
      'a.',
      'ab12',
      'password: "',
      '?key=',
      'AKIA',
      'ya29.',
    ];
    for (const piece of repeated) {
      const text = piece.repeat(40_000);
      const before = performance.now();
      hideKeys(text, '…');
      findKeys(text);
      expect(performance.now() - before).toBeLessThan(2_000);
    }
  });
});
