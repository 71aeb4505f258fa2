import { isObject, listOf, nonEmptyText, objectOf, textOf } from '../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../events.js';

/**
 * What the model reads of the result of an MCP tool: its text, a list of texts and files, or else its structured content.
 *
 * @throws Error with the text of the result if the server reports that the tool failed.
 */
export function mcpResult(result: JsonValue): JsonValue {
  if (!isObject(result)) return result;
  const contents = listOf(result['content']).map(toShown);
  const texts = contents.flatMap(({ type, text }) => (type === 'text' ? [textOf(text)] : []));
  if (result['isError'] === true) throw new Error(texts.join('\n'));
  if (contents.length === 0) return result['structuredContent'] ?? result['toolResult'] ?? null;
  return texts.length === contents.length ? texts.join('\n') : contents;
}

/** A text or a file of a result. What has no equivalent is text, as JSON. */
function toShown(content: JsonValue): JsonObject {
  const { type, text, data, mimeType, resource, uri, name } = objectOf(content);
  const isFile = (type === 'image' || type === 'audio') && typeof data === 'string';
  if (isFile) return toFile(mimeType, { data });
  if (type === 'text' && typeof text === 'string') return { type, text };
  if (type === 'resource') return toResource(objectOf(resource));
  if (type === 'resource_link')
    return { type: 'text', text: [textOf(name), textOf(uri)].filter((word) => word !== '').join(': ') };
  return { type: 'text', text: JSON.stringify(content) };
}

function toResource({ text, blob, mimeType, uri }: JsonObject): JsonObject {
  if (typeof blob === 'string') return toFile(mimeType, { data: blob, filename: textOf(uri) });
  return { type: 'text', text: textOf(text) };
}

function toFile(mimeType: JsonValue | undefined, file: JsonObject): JsonObject {
  return { type: 'file', mediaType: nonEmptyText(mimeType) ?? 'application/octet-stream', ...file };
}
