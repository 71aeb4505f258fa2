import { z } from 'zod';
import type { NativeFormat } from '../../src/events.js';

// The requests that the APIs accept, as far as the converters write them: strict, so that a field of another API is rejected. They are written
// from the references of the APIs, and share no code with the converters.

const text = z.string().min(1);
const dataUrl = z.string().regex(/^data:[^,]+;base64,/);
const image = z.strictObject({ url: z.union([dataUrl, z.url()]) });
const callId = z.string().min(1).max(40);

const chatText = z.strictObject({ type: z.literal('text'), text: z.string() });
const chatContent = z.union([
  chatText,
  z.strictObject({ type: z.literal('image_url'), image_url: image }),
  z.strictObject({
    type: z.literal('input_audio'),
    input_audio: z.strictObject({ data: z.base64(), format: z.enum(['wav', 'mp3']) }),
  }),
  z.strictObject({ type: z.literal('file'), file: z.strictObject({ filename: text, file_data: dataUrl }) }),
]);
const chatCall = z.union([
  z.strictObject({
    id: callId,
    type: z.literal('function'),
    function: z.strictObject({ name: text, arguments: text }),
  }),
  z.strictObject({ id: callId, type: z.literal('custom'), custom: z.strictObject({ name: text, input: z.string() }) }),
]);

const chat = z.array(
  z.union([
    z.strictObject({ role: z.literal('system'), content: z.union([text, z.array(chatText).min(1)]) }),
    z.strictObject({ role: z.literal('user'), content: z.union([text, z.array(chatContent).min(1)]) }),
    z.strictObject({
      role: z.literal('assistant'),
      content: z.string().nullable(),
      refusal: z.string().optional(),
      tool_calls: z.array(chatCall).min(1).optional(),
    }),
    z.strictObject({ role: z.literal('tool'), tool_call_id: callId, content: z.string() }),
  ]),
);

const inputContent = z.union([
  z.strictObject({ type: z.literal('input_text'), text: z.string() }),
  z.strictObject({ type: z.literal('input_image'), image_url: z.union([dataUrl, z.url()]), detail: z.literal('auto') }),
  z.strictObject({ type: z.literal('input_file'), filename: text, file_data: dataUrl }),
  z.strictObject({ type: z.literal('input_file'), file_url: z.url() }),
]);
const outputs = z.union([z.string(), z.array(inputContent).min(1)]);

const responses = z.array(
  z.union([
    z.strictObject({ role: z.enum(['user', 'system']), content: z.union([text, z.array(inputContent).min(1)]) }),
    z.strictObject({ role: z.literal('assistant'), content: text, phase: z.literal('commentary').optional() }),
    z.strictObject({ type: z.literal('function_call'), call_id: callId, name: text, arguments: text }),
    z.strictObject({ type: z.literal('custom_tool_call'), call_id: callId, name: text, input: z.string() }),
    z.strictObject({ type: z.enum(['function_call_output', 'custom_tool_call_output']), call_id: callId, output: outputs }),
  ]),
);

const notBlank = z.string().regex(/\S/);
const blockText = z.strictObject({ type: z.literal('text'), text: notBlank });
const urlSource = z.strictObject({ type: z.literal('url'), url: z.url() });
const blockImage = z.strictObject({
  type: z.literal('image'),
  source: z.union([
    urlSource,
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.base64(),
    }),
  ]),
});
const blockDocument = z.strictObject({
  type: z.literal('document'),
  title: text.optional(),
  source: z.union([
    urlSource,
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: z.base64() }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
  ]),
});
const shown = z.union([blockText, blockImage, blockDocument]);
const useId = z.string().regex(/^[a-zA-Z0-9_-]+$/);

const messages = z.strictObject({
  system: text.optional(),
  messages: z.array(
    z.union([
      z.strictObject({
        role: z.literal('user'),
        content: z
          .array(
            z.union([
              shown,
              z.strictObject({
                type: z.literal('tool_result'),
                tool_use_id: useId,
                content: z.union([z.string(), z.array(shown).min(1)]),
                is_error: z.literal(true).optional(),
              }),
            ]),
          )
          .min(1),
      }),
      z.strictObject({
        role: z.literal('assistant'),
        content: z
          .array(
            z.union([
              blockText,
              z.strictObject({
                type: z.literal('tool_use'),
                id: useId,
                name: text,
                input: z.record(z.string(), z.unknown()),
              }),
            ]),
          )
          .min(1),
      }),
    ]),
  ),
});

/** The conversation of a request: `messages` of chat completions, `input` of responses, `system` and `messages` of messages. */
export const requestSchemas: Readonly<Record<NativeFormat, z.ZodType>> = { chat, responses, messages };
