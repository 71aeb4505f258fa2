import { objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';

// The argument JSON of a shell call and of a patch is ours: the provider streams only the text of the commands and of the diff. We
// write it so that the whole item, written the same way, extends what was written so far.

/** A shell call's action, its commands first. */
export function shellArguments({ action }: JsonObject): string {
  const { commands = [], ...rest } = objectOf(action);
  return JSON.stringify({ commands, ...rest });
}

/** A patch's operation, its diff last. */
export function patchArguments({ operation }: JsonObject): string {
  const { type, path, diff, ...rest } = objectOf(operation);
  return JSON.stringify({ type, path, ...rest, diff });
}

/** What ends the JSON where the whole item does not extend it. */
export const shellClosing = '"]}';
export const patchClosing = '"}';

/** What comes before the text of a command. */
export function commandOpening(isFirst: boolean): string {
  return isFirst ? '{"commands":["' : '","';
}

/** What comes before the text of a diff. */
export function diffOpening({ operation }: JsonObject): string {
  return patchArguments({ operation: { ...objectOf(operation), diff: '' } }).slice(0, -patchClosing.length);
}

/** A piece of a text, as it stands inside a JSON string. */
export function jsonPiece(text: JsonValue | undefined): string {
  return JSON.stringify(textOf(text)).slice(1, -1);
}
