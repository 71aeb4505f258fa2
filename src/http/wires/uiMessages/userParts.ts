import type { Turn, TurnPart } from '../../../events.js';
import { type Body, fieldOf, optionalText, textOf } from './bodyFields.js';

/** A turn of a user or a system. Parts that a model cannot be shown, data of the interface for instance, are omitted. */
export function userTurn(role: 'user' | 'system', parts: readonly Body[]): Turn {
  return { role, parts: parts.flatMap(toPart) };
}

function toPart(part: Body): readonly TurnPart[] {
  switch (textOf(fieldOf(part, 'type'))) {
    case 'text':
      return [{ type: 'text', text: textOf(fieldOf(part, 'text')) }];
    case 'file':
      return [fileReference(part)];
    default:
      return [];
  }
}

export function fileReference(part: Body): Extract<TurnPart, { readonly url: string }> {
  const filename = optionalText(fieldOf(part, 'filename'));
  const mediaType = textOf(fieldOf(part, 'mediaType'));
  return { type: 'file', mediaType, url: textOf(fieldOf(part, 'url')), ...(filename !== undefined && { filename }) };
}
