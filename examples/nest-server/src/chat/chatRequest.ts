import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { Turn } from 'rxllm';
import { z } from 'zod';
import { type Fault, faults } from '../local/faults.js';

/** What the page sends. */
export interface ChatRequest {
  /** Names this answer: by it the page reads the rest after a reload, and stops it. */
  readonly id: string;
  /** The conversation so far. */
  readonly turns: readonly Turn[];
  /** The decisions on calls that wait, by callId. */
  readonly decisions?: Readonly<Record<string, boolean>> | undefined;
  readonly fault?: Fault | undefined;
}

const part = z.looseObject({ type: z.string() });
// The prompt of the system is this server's.
const turn = z.object({ role: z.enum(['user', 'assistant', 'tool']), parts: z.array(part).max(500) });

export const idSchema = z.string().regex(/^[\w-]{1,100}$/, 'must have 1 to 100 letters, digits, - or _');

const chatRequestSchema = z.object({
  id: idSchema,
  turns: z.array(turn).min(1).max(500),
  decisions: z.record(z.string(), z.boolean()).optional(),
  fault: z.enum(faults).optional(),
});

/** Answers with 400 what is no request of a chat. */
function schemaPipe<T>(schema: z.ZodType): PipeTransform<unknown, T> {
  return {
    transform(value) {
      const { success, data, error } = schema.safeParse(value);
      if (!success) throw new BadRequestException(z.prettifyError(error));
      return data as T;
    },
  };
}

export const toChatRequest: PipeTransform<unknown, ChatRequest> = schemaPipe(chatRequestSchema);
export const toAnswerId: PipeTransform<unknown, string> = schemaPipe(idSchema);
