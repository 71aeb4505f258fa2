import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/events.js';
import { isHeartbeat, isHeartbeatText } from '../../../src/providers/wire/heartbeats.js';

describe('isHeartbeat', () => {
  it.each<JsonObject>([
    {},
    { type: 'keepalive', sequence_number: 3 },
    { type: 'keep-alive' },
    { type: 'PING' },
    { type: 'response.keep_alive' },
    { event: 'heartbeat' },
    { object: 'ping' },
    { id: 'ping', object: 'chat.completion.chunk', choices: [] },
    { ping: 1_700_000_000 },
    { heartbeat: true, ts: 1 },
  ])('is true for %j', (payload) => {
    expect(isHeartbeat(payload, '')).toBe(true);
  });

  it.each<JsonObject>([
    { type: 'status' },
    { type: 'error' },
    { message: 'ping' },
    { id: 'chatcmpl-1', choices: [] },
    { type: 1 },
  ])('is false for %j', (payload) => {
    expect(isHeartbeat(payload, '')).toBe(false);
  });

  it.each(['ping', 'heartbeat', 'keep-alive'])('is true for any payload of the event %s', (name) => {
    expect(isHeartbeat({ time: 1 }, name)).toBe(true);
  });
});

describe('isHeartbeatText', () => {
  it.each([': OPENROUTER PROCESSING', ':', 'ping', '[PING]', '"ping"', 'keep-alive', 'heartbeat'])('is true for %j', (data) => {
    expect(isHeartbeatText(data)).toBe(true);
  });

  it.each(['', 'Hello', '[DONE]', 'error: ping', 'true', `ping${' '.repeat(60)}pong`])('is false for %j', (data) => {
    expect(isHeartbeatText(data)).toBe(false);
  });
});
