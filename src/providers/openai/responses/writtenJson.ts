import { objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import type { JsonObject, JsonValue } from '../../../events.js';

// The argument JSON of a shell call and of a patch is built here, because the provider streams only the text of the commands and of the
// diff. It is built so that the JSON of the whole item extends the JSON so far.

/** The action of a shell call, its commands first. */
export function shellArguments({ action }: JsonObject): string {
  const { commands = [], ...rest } = objectOf(action);
  return writeJson({ commands, ...rest });
}

/** The operation of a patch, its diff last. */
export function patchArguments({ operation }: JsonObject): string {
  const { type, path, diff, ...rest } = objectOf(operation);
  return writeJson({ type, path, ...rest, diff } as JsonObject);
}

/** The end of the JSON if the whole item does not extend it. */
export const shellClosing = '"]}';
export const patchClosing = '"}';

/** The JSON before the text of a command. */
export function commandOpening(isFirst: boolean): string {
  return isFirst ? '{"commands":["' : '","';
}

/** The JSON before the text of a diff. */
export function diffOpening({ operation }: JsonObject): string {
  return patchArguments({ operation: { ...objectOf(operation), diff: '' } }).slice(0, -patchClosing.length);
}

/** A piece of text, escaped for a JSON string. */
export function jsonPiece(text: JsonValue | undefined): string {
  return writeJson(textOf(text)).slice(1, -1);
}
