import type { JsonObject } from '../../events.js';
import type { Tool } from './tool.js';

/** What some libraries' schemas have beside the Standard Schema. */
interface JsonSchemaHolder {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The JSON Schema of a tool's arguments: its own, else that of its schema.
 *
 * @throws TypeError if neither has one, or if the library cannot express the schema.
 */
export function toolSchema(caller: string, name: string, { jsonSchema, input }: Tool<unknown>): JsonObject {
  if (jsonSchema) return withoutDialect(jsonSchema);
  if (!input) return { type: 'object', properties: {} };
  const { jsonSchema: converter } = input['~standard'] as JsonSchemaHolder;
  if (typeof converter?.input !== 'function') {
    throw new TypeError(`${caller}: the schema of ${name} gives no JSON Schema: set ${name}.jsonSchema`);
  }
  try {
    return withoutDialect(converter.input({ target: 'draft-2020-12' }) as JsonObject);
  } catch (cause) {
    throw new TypeError(`${caller}: the schema of ${name} cannot be expressed as JSON Schema: set ${name}.jsonSchema`, { cause });
  }
}

/** Some servers reject the address of the dialect. */
function withoutDialect({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema;
}
